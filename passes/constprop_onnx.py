# SPDX-License-Identifier: Apache-2.0
"""Propagate constants: ops on constants become constants, and sums and products bring theirs together.

    f(c)            c'              for every op that is pure and draws no numbers
    c + x           x + c
    (x + a) + b     x + (a + b)
    (x + c) + y     (x + y) + c     also x + (y + c); where it is worth it
    (x + a) + (y + b)               (x + y) + (a + b)
    x + 0           x
    x - c           x + (-c)

and the same for products.  Of floating-point numbers that is the same but for rounding.  What is computed is rounded
once; a quantized constant stays as it is, since what it stands for takes more room.  After onnx-mlir's pass of that
name (src/Dialect/ONNX/Transforms/ConstProp.td).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..dialect.bindings import ir
from ..dialect.diagnostics import Diagnostic, DiagnosticError, did_you_mean
from ..dialect.onnx import OnnxOp, op_class
from ..dialect.ops.schema import spec_of
from .options import CONSTPROP_ONNX
from .rewriting import (
    RewritePass,
    Rule,
    const,
    equal,
    not_scalar,
    unknown,
    value,
)  # fmt: skip
from .rewriting.base import Remark
from .rewriting.effects import erase_dead_ops
from .rewriting.ops import Add, Div, Mul, Sub
from .rewriting.propagation import Propagation, may_propagate
from .rewriting.terms import OpTerm, Term

X, Y = value("X"), value("Y")
A, B, C = const("A"), const("B"), const("C")


def _together(
    name: str, op: Callable[..., OpTerm], combined: Callable[[Term, Term], Term], neutral: float
) -> Iterator[Rule]:
    """The rules of an associative op."""

    def rule(which: str, before: OpTerm, after: Term, *conditions: Any) -> Rule:
        return Rule(
            f"{name}-{which}", before, after, conditions, sees_through=False, exchanges=False
        )

    yield rule("const-commutative-1", op(C, X), op(X, C), unknown(X))
    numbers = "zeros" if neutral == 0 else "ones"
    yield rule(f"{numbers}-on-rhs", op(X, C), X, unknown(X), equal(C, neutral))
    yield rule("const-associative-1", op(op(X, A), B), op(X, combined(A, B)), unknown(X))
    both = unknown(X), unknown(Y)
    yield rule("const-associative-4", op(op(X, A), op(Y, B)), op(op(X, Y), combined(A, B)), *both)
    yield rule(
        "const-associative-2",
        op(op(X, C), Y), op(op(X, Y), C), *both, not_scalar(X), not_scalar(C),
    )  # fmt: skip
    yield rule(
        "const-associative-3",
        op(X, op(Y, C)), op(op(X, Y), C), *both, not_scalar(Y), not_scalar(C),
    )  # fmt: skip


def _single() -> Iterator[Rule]:
    for name, number, op in (("sub-zeros-on-rhs", 0, Sub), ("div-ones-on-rhs", 1, Div)):
        yield Rule(name, op(X, C), X, (unknown(X), equal(C, number)), sees_through=False)
    yield Rule("sub-const-to-neg", Sub(X, C), Add(X, -C), (unknown(X),), sees_through=False)


RULES = (
    *_together("add", Add, lambda a, b: a + b, 0),
    *_together("mul", Mul, lambda a, b: a * b, 1),
    *_single(),
)


@dataclass(frozen=True, kw_only=True)
class ConstantPropagation(RewritePass):
    """The rules, and the ops that become constants: which there are is known when there is a module."""

    def run(
        self,
        op: ir.Operation,
        options: Mapping[str, Any] | None = None,
        remark: Remark | None = None,
    ) -> None:
        """Apply them; see `Pass.run`."""
        settings = self.settings(options)
        if settings["disable"]:
            return
        names = {_plain(name): name for name in settings["disable_pattern"]}
        kept = [rule for rule in self.rules if names.pop(_plain(rule.name), None) is None]
        propagation = Propagation(settings["expansion_bound"], settings["round_fp_to_int"])
        patterns: dict[type[OnnxOp], Any] = {}
        for name in sorted(_op_names(op)):
            called = {_plain(f"{name}{end}") for end in _ENDS}
            if called & names.keys():
                names = {plain: name for plain, name in names.items() if plain not in called}
            elif may_propagate(op_class(name).SPEC):
                patterns[op_class(name)] = propagation.pattern
        for plain, name in names.items():
            if not any(plain.endswith(_plain(end)) for end in _ENDS):
                hint = did_you_mean(name, [rule.name for rule in self.rules])
                raise DiagnosticError(
                    Diagnostic("error", f"--{self.argument} has no rule '{name}'{hint}")
                )
        applied = RewritePass(
            argument=self.argument,
            summary=self.summary,
            rules=tuple(kept),
            patterns=patterns,
            verb=self.verb,
        )
        applied.run(op, None, remark)
        if op_class("If") in patterns:
            # What only a branch read that is not taken.
            erase_dead_ops(op)


_ENDS = ("ConstProp", "OfConst", "OfConsts")
"""What follows an op's name where it is told which ops are to be left alone."""


def _plain(name: str) -> str:
    """`AddConstCommutative1` and `add-const-commutative-1` alike."""
    return name.replace("-", "").lower()


def _op_names(op: ir.Operation) -> set[str]:
    """The names of the onnx ops in `op`, without the dialect's."""
    found: dict[str, str] = {}

    def visit(inner: ir.Operation) -> ir.WalkResult:
        if inner.name not in found:
            spec = spec_of(inner)
            found[inner.name] = spec.name if spec else ""
        return ir.WalkResult.ADVANCE

    op.walk(visit)
    return set(filter(None, found.values()))


PASS = ConstantPropagation(
    argument="constprop-onnx",
    summary="Replace ops on constants by the constants they compute, and bring constants of sums and products together",
    verb="propagated",
    rules=RULES,
    options=CONSTPROP_ONNX,
)
