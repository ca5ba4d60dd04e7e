# SPDX-License-Identifier: Apache-2.0
"""What makes a module valid."""

from __future__ import annotations

from .verify import verify

__all__ = ["verify"]
