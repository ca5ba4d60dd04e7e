# SPDX-License-Identifier: Apache-2.0
"""Concat of Concat, or of nothing; functions of single elements behind a Split.

What stands behind each result of a Split is no equation: a rule begins at one op, and ends there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..rewriting import Rule, attribute, each, others, same, values, variadic
from ..rewriting.integers import from_front, rank_of, size_of
from ..rewriting.ops import Cast, Concat
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

X, Y, Z = values("X Y Z")
first, inner, behind = variadic("first"), variadic("inner"), variadic("behind")
a, b, axis, rest = attribute("a"), attribute("b"), attribute("axis"), others()

inside = Concat(inner, axis=b)

RULES = (
    # Z has no element along the axis; another operand has to be left.
    Rule(
        "concat-of-nothing",
        Concat(X, first, Z, behind, axis),
        Concat(X, first, behind, axis),
        (same(size_of(Z, axis), 0),),
    ),
    Rule(
        "concat-of-nothing-first",
        Concat(Z, X, behind, axis),
        Concat(X, behind, axis),
        (same(size_of(Z, axis), 0),),
    ),
    Rule("concat-of-one", Concat(X, axis), X),
    Rule(
        "concat-of-concat",
        Concat(first, inside, behind, axis=a),
        Concat(first, inner, behind, axis=a),
        (same(from_front(a, rank_of(inside)), from_front(b, rank_of(inside))),),
    ),
    Rule("cast-of-concat", Cast(Concat(each(X), axis), rest), Concat(each(Cast(X, rest)), axis)),
)


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


PATTERNS: Mapping[Pattern, str] = {split_of_elementwise: "Split"}
