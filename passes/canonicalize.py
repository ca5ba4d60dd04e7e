# SPDX-License-Identifier: Apache-2.0
"""Canonicalize: MLIR's own pass, the rules of `canonicalization/`, constants first and each once, no dead ops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import count
from typing import Any

from ..dialect.bindings import ir
from .canonicalization import PATTERNS, RULES
from .rewriting.base import Option, Remark, run_upstream, upstream_text
from .rewriting.effects import erase_dead_ops
from .rewriting.ops import OpFamily
from .rewriting.patterns import Applied, RewritePass
from .rewriting.redundancy import hoist_constants, merge_equal_ops


class RegionSimplify(Enum):
    """How far MLIR's canonicalizer simplifies the blocks of regions."""

    DISABLED = "disabled"
    NORMAL = "normal"
    AGGRESSIVE = "aggressive"


OPTIONS = (
    Option("top-down", bool, True, "Seed MLIR's worklist from above"),
    Option("region-simplify", RegionSimplify, RegionSimplify.NORMAL, "Simplify the blocks of regions"),
    Option("max-iterations", int, 10, "Most iterations of MLIR's driver, and of all rules together, -1 for no limit"),
    Option("max-num-rewrites", int, -1, "Most rewrites of MLIR's in one iteration, -1 for no limit"),
    Option("test-convergence", bool, False, "Fail where the last iteration still changes something"),
    Option("disable-patterns", frozenset, frozenset(), "Patterns of MLIR's to leave out"),
    Option("enable-patterns", frozenset, frozenset(), "The only patterns of MLIR's to apply"),
)  # fmt: skip
"""Those of MLIR's own pass, which are passed on to it."""


@dataclass(frozen=True, kw_only=True)
class Canonicalization(RewritePass):
    """Rules and patterns to a fixed point, and between them what MLIR's canonicalizer would do for registered ops."""

    def run(
        self,
        op: ir.Operation,
        options: Mapping[str, Any] | None = None,
        remark: Remark | None = None,
    ) -> None:
        """See `Pass.run`."""
        settings = self.settings(options)
        upstream = upstream_text("canonicalize", OPTIONS, settings)
        rewritten: Applied = []
        for iteration in count():
            _tidy(op, upstream)
            if iteration == settings["max_iterations"]:
                if settings["test_convergence"]:
                    raise self.does_not_converge(op.location)
                break
            with self.around(op):
                found = self.apply(op, {}, tells=remark is not None)
            rewritten += found
            if not found:
                break
        # What a pattern built before it gave up.
        erase_dead_ops(op)
        if remark:
            self.tell(op, {}, rewritten, remark)


def _tidy(op: ir.Operation, upstream: str) -> None:
    """MLIR's canonicalizer knows no onnx op; what it would do for all of them is done here."""
    with op.context:
        run_upstream(op, upstream)
        hoist_constants(op)
        merge_equal_ops(op, lambda spec: spec.constant_like)
        erase_dead_ops(op)


PASS = Canonicalization(
    argument="canonicalize",
    summary="Canonicalize: MLIR's own, and onnx-mlir's rules as far as they hold",
    options=OPTIONS,
    rules=RULES,
    patterns=PATTERNS,
    about=OpFamily("nothing", ()),
    names=False,
)
