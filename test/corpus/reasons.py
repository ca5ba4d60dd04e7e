# SPDX-License-Identifier: Apache-2.0
"""Why sections of onnx-mlir's tests do not pass: `file:function`, and a few words."""

from __future__ import annotations

REASONS: dict[str, str] = {}
