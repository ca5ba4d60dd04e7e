# SPDX-License-Identifier: Apache-2.0
"""An mlir-opt for ONNX models, in Python."""

__version__ = "0.1.0"
