# SPDX-License-Identifier: Apache-2.0
"""Concat of Concat, or of nothing; functions of single elements behind a Split."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...dialect.bindings import ir
from ...dialect.types import shape_of
from ..rewriting import Rule
from ..rewriting.rewriter import (
    NoMatch,
    Pattern,
    Rewriter,
    Rewritten,
    forget_results,
    fused_location,
    no_match,
    take_over,
)
from . import looking
from .looking import build, front, give, only_maker

RULES: tuple[Rule, ...] = ()


def concat_of_one(concat: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Concat(X) is X."""
    if len(concat.operands) != 1:
        return no_match("there are several operands")
    return give(rewriter, concat, concat.operands[0])


def concat_of_concat(concat: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Concat(Concat(X, Y), Z) = Concat(X, Y, Z)."""
    parts: list[ir.Value] = []
    inside: list[Any] = []
    for each in concat.operands:
        inner = only_maker(each, "Concat")
        if inner is None or not _same_axis(inner, concat):
            parts.append(each)
        else:
            parts += list(inner.operands)
            inside.append(inner)
    if not inside:
        return no_match(
            "no operand is the result of a Concat along the axis that nobody else reads"
        )
    with fused_location(concat, *inside):
        new = build("Concat", parts, axis=concat.axis, results=[concat.results[0].type])
    return give(rewriter, concat, new)


def _same_axis(a: Any, b: Any) -> bool:
    rank = looking.rank_of(a.results[0])
    return a.axis == b.axis or (rank is not None and front(a.axis, rank) == front(b.axis, rank))


def concat_of_nothing(concat: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Operands that have no element along the axis add nothing, as long as there is another one."""
    parts = [each for each in concat.operands if not _adds_nothing(each, concat.axis)]
    if not parts or len(parts) == len(concat.operands):
        return no_match("no operand is known to add nothing")
    new = build("Concat", parts, axis=concat.axis, results=[concat.results[0].type])
    return give(rewriter, concat, new)


def _adds_nothing(part: ir.Value, axis: int) -> bool:
    shape = shape_of(part.type)
    return shape is not None and shape[axis : axis + 1 or None] == (0,)


def split_of_elementwise(split: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """F of each part of a Split, for the same function f of single elements, is f before the Split."""
    users: list[Any] = []
    for result in split.results:
        found = [use.owner for use in result.uses]
        if len(found) != 1 or found[0].name not in ("onnx.Relu", "onnx.LeakyRelu"):
            return no_match("a part is not read by one Relu or LeakyRelu alone")
        users.append(found[0].opview if not hasattr(found[0], "SPEC") else found[0])
    first = users[0]
    alike = all(
        user.SPEC is first.SPEC
        and user.results[0].type == user.operands[0].type
        and all(getattr(user, name) == getattr(first, name) for name in first.SPEC.attributes)
        and user.operation.block == split.operation.block
        for user in users
    )
    if not alike:
        return no_match("the parts are not read by ops that do the same")
    x = split.operands[0]
    with fused_location(*users):
        before: Any = first.operation.clone().opview
    before.operands[0] = x
    before.results[0].set_type(x.type)
    forget_results(before)
    new: Any = split.operation.clone().opview
    new.operands[0] = before.results[0]
    forget_results(new)
    take_over(new, split)
    for user, result in zip(users, new.results, strict=True):
        user.results[0].replace_all_uses_with(result)
    return rewriter.replace(split, new.results)


def cast_of_concat(cast: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Cast(Concat(X, Y)) = Concat(Cast(X), Cast(Y))."""
    concat = only_maker(cast.operands[0], "Concat")
    if concat is None:
        return no_match("the operand is not the result of a Concat that nobody else reads")
    attributes = {
        name: cast.attributes[name] for name in cast.SPEC.attributes if name in cast.attributes
    }
    parts = [looking.value(cast.SPEC.name, each, **attributes) for each in concat.operands]
    return give(rewriter, cast, build("Concat", parts, axis=concat.axis))


PATTERNS: Mapping[Pattern, str] = {
    concat_of_nothing: "Concat",
    concat_of_one: "Concat",
    concat_of_concat: "Concat",
    split_of_elementwise: "Split",
    cast_of_concat: "Cast",
}
