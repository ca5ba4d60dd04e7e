# SPDX-License-Identifier: Apache-2.0
"""Transposes that follow one another, with elementwise ops or a Concat between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...dialect.types import shape_of
from ..rewriting import Rule
from ..rewriting.rewriter import (
    NoMatch,
    Pattern,
    Rewriter,
    Rewritten,
    forget_results,
    fused_location,
    maker,
    no_match,
)
from . import looking
from .looking import build, copy, give, only_maker, typed_like

RULES: tuple[Rule, ...] = ()

_ELEMENTWISE = """
    Acos Acosh Asin Asinh Atan Atanh Cast Ceil Cos Cosh Elu Erf Exp Floor HardSigmoid IsNaN LeakyRelu Log Neg Not
    Reciprocal Relu Round Selu Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Tan Tanh
"""


def explicit_perm(transpose: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """The order of axes as it is: reversed where none is given."""
    rank = looking.rank_of(transpose.operands[0])
    if rank is None:
        return no_match("the rank is not known")
    perm = transpose.perm
    written = list(range(rank))[::-1] if perm is None else [looking.front(at, rank) for at in perm]
    if written == perm:
        return no_match("the order of axes is given")
    return give(rewriter, transpose, build("Transpose", transpose.operands[0], perm=written))


def identity_transpose(transpose: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """A Transpose that leaves all axes where they are."""
    perm = transpose.perm
    if perm is None or list(perm) != list(range(len(perm))):
        return no_match("axes change places")
    return give(rewriter, transpose, transpose.operands[0])


def transpose_of_transpose(transpose: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Transpose(Transpose(X, p), q): axis i of the result is axis p[q[i]] of X."""
    inner = maker(transpose.operands[0], "Transpose")
    if inner is None or inner.perm is None or transpose.perm is None:
        return no_match("it is not a Transpose of a Transpose whose orders are given")
    with fused_location(transpose, inner):
        new = build("Transpose", inner.operands[0], perm=_composed(inner, transpose))
    return give(rewriter, transpose, new)


def transpose_through_elementwise(transpose: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Transpose(f(Transpose(X, p)), q), for a function f of single elements, is f(X) with one Transpose."""
    unary = only_maker(transpose.operands[0], *_ELEMENTWISE.split())
    inner = None if unary is None else only_maker(unary.operands[0], "Transpose")
    if unary is None or inner is None or inner.perm is None or transpose.perm is None:
        return no_match("no function of single elements stands between two Transposes")
    x = inner.operands[0]
    with unary.location:
        moved = copy(unary, [x])
    moved.results[0].set_type(typed_like(unary.results[0], shape_of(x.type)))
    forget_results(moved)
    with fused_location(transpose, inner):
        new = build("Transpose", moved.results[0], perm=_composed(inner, transpose))
    return give(rewriter, transpose, new)


def transpose_through_concat(transpose: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Transpose(Concat(Transpose(X), ...), q) = Concat(Transpose(Transpose(X), q), ...)."""
    concat = only_maker(transpose.operands[0], "Concat")
    if concat is None or transpose.perm is None:
        return no_match("the operand is not the result of a Concat that nobody else reads")
    if not all(maker(each, "Transpose") for each in concat.operands):
        return no_match("the Concat joins something that is no result of a Transpose")
    perm = list(transpose.perm)
    parts = [looking.value("Transpose", each, perm=perm) for each in concat.operands]
    axis = perm.index(looking.front(concat.axis, len(perm)))
    with fused_location(transpose, concat):
        new = build("Concat", parts, axis=axis)
    return give(rewriter, transpose, new)


def _composed(first: Any, second: Any) -> list[int]:
    return [first.perm[at] for at in second.perm]


PATTERNS: Mapping[Pattern, str] = {
    explicit_perm: "Transpose",
    identity_transpose: "Transpose",
    transpose_of_transpose: "Transpose",
    transpose_through_elementwise: "Transpose",
    transpose_through_concat: "Transpose",
}
