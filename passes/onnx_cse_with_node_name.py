# SPDX-License-Identifier: Apache-2.0
"""onnx-mlir's name for `--cse` on ops with names: there MLIR's pass keeps ops apart whose `onnx_node_name` differs."""

from __future__ import annotations

from .cse import cse
from .rewriting.base import FunctionPass

PASS = FunctionPass(
    argument="onnx-cse-with-node-name",
    summary="Eliminate common subexpressions whatever their nodes are called, as --cse does",
    function=cse,
)
