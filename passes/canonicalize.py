# SPDX-License-Identifier: Apache-2.0
"""Canonicalize: MLIR's own pass, then equal constants made one, then dead onnx ops erased."""

from __future__ import annotations

from enum import Enum

from ..dialect.bindings import ir
from .rewriting.base import FunctionPass, Option, run_upstream, upstream_text
from .rewriting.effects import erase_dead_ops
from .rewriting.redundancy import merge_equal_ops


class RegionSimplify(Enum):
    """How far MLIR's canonicalizer simplifies the blocks of regions."""

    DISABLED = "disabled"
    NORMAL = "normal"
    AGGRESSIVE = "aggressive"


OPTIONS = (
    Option("top-down", bool, True, "Seed MLIR's worklist from above"),
    Option("region-simplify", RegionSimplify, RegionSimplify.NORMAL, "Simplify the blocks of regions"),
    Option("max-iterations", int, 10, "Most iterations of MLIR's driver, -1 for no limit"),
    Option("max-num-rewrites", int, -1, "Most rewrites of MLIR's in one iteration, -1 for no limit"),
    Option("test-convergence", bool, False, "Fail where MLIR's driver does not converge"),
    Option("disable-patterns", frozenset, frozenset(), "Patterns of MLIR's to leave out"),
    Option("enable-patterns", frozenset, frozenset(), "The only patterns of MLIR's to apply"),
)  # fmt: skip
"""Those of MLIR's own pass, which are passed on to it."""


def canonicalize(op: ir.Operation, **options: object) -> None:
    """MLIR's canonicalizer knows no onnx op; what it would do for them is done here."""
    run_upstream(op, upstream_text("canonicalize", OPTIONS, options))
    merge_equal_ops(op, lambda spec: spec.constant_like)
    erase_dead_ops(op)


PASS = FunctionPass(
    argument="canonicalize",
    summary="Canonicalize (MLIR's own), merge equal onnx constants, erase dead onnx ops",
    function=canonicalize,
    options=OPTIONS,
)
