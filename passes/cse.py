# SPDX-License-Identifier: Apache-2.0
"""Common subexpression elimination: MLIR's own pass, then the same for onnx ops."""

from __future__ import annotations

from ..dialect.bindings import ir
from .rewriting.base import FunctionPass, run_upstream
from .rewriting.effects import erase_dead_ops
from .rewriting.redundancy import merge_equal_ops


def cse(op: ir.Operation) -> None:
    """Ops that draw random numbers are left alone; what a model says beside its graph makes no ops different."""
    run_upstream(op, "cse")
    merge_equal_ops(op)
    erase_dead_ops(op)


PASS = FunctionPass(
    argument="cse",
    summary="Eliminate common subexpressions (MLIR's own, and side-effect-free onnx ops)",
    function=cse,
)
