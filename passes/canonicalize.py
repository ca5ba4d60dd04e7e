# SPDX-License-Identifier: Apache-2.0
"""Canonicalize: MLIR's own pass, then equal constants made one, then dead onnx ops erased."""

from __future__ import annotations

from ..dialect.bindings import ir
from .rewriting.base import FunctionPass, run_upstream
from .rewriting.effects import erase_dead_ops
from .rewriting.redundancy import merge_equal_ops


def canonicalize(op: ir.Operation) -> None:
    """MLIR's canonicalizer knows no onnx op; what it would do for them is done here."""
    run_upstream(op, "canonicalize")
    merge_equal_ops(op, lambda spec: spec.constant_like)
    erase_dead_ops(op)


PASS = FunctionPass(
    argument="canonicalize",
    summary="Canonicalize (MLIR's own), merge equal onnx constants, erase dead onnx ops",
    function=canonicalize,
)
