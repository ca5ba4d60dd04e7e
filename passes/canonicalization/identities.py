# SPDX-License-Identifier: Apache-2.0
"""Ops that change nothing: Identity, Cast to the same type, Tile by ones, Dropout in inference mode, ...

What is chosen of the operands of two Concats, element by element, is no equation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...dialect.types import shape_of
from ..rewriting import (
    Rule,
    at_most,
    attributes,
    const,
    consts,
    equal,
    of_type,
    others,
    present,
    values,
)
from ..rewriting.ops import (
    Cast,
    Clip,
    DepthToSpace,
    Dropout,
    Identity,
    Max,
    Min,
    SpaceToDepth,
    Tile,
)
from ..rewriting.rewriter import NoMatch, Pattern, Rewriter, Rewritten, maker, no_match
from . import looking
from .looking import build, give, int64, integers

X, ratio = values("X ratio")
blocksize, to = attributes("blocksize to")
repeats, training_mode = const("repeats"), const("training_mode", absent=0)

# The bounds of two Clips; those that stand together in no Max or Min may be absent.
a, b, c, d = values("a b c d")
low, high = consts("c b")

RULES = (
    Rule("identity", Identity(X), X),
    # onnx-mlir asks for mode CRD, in which the two are no inverses.
    Rule(
        "depth-to-space-of-space-to-depth",
        DepthToSpace(SpaceToDepth(X, blocksize, shared=True), blocksize, mode="DCR"),
        X,
    ),
    Rule(
        "space-to-depth-of-depth-to-space",
        SpaceToDepth(DepthToSpace(X, blocksize, mode="DCR", shared=True), blocksize),
        X,
    ),
    Rule("cast-to-same-type", Cast(X, to, others()), X, (of_type(X, to),)),
    Rule("tile-by-ones", Tile(X, repeats), X, (equal(repeats, 1),)),
    Rule(
        "dropout-in-inference",
        Dropout(X, ratio, training_mode, others()),
        X,
        (equal(training_mode, 0),),
    ),
    # Clip is Min(Max(X, a), b): where b < c the second gives c at least, and the one that takes their place b at most.
    Rule("clip-min-then-max", Clip(Clip(X, a, None), None, d), Clip(X, a, d)),
    Rule(
        "clip-max-then-min",
        Clip(Clip(X, None, high), low, None),
        Clip(X, low, high),
        (at_most(low, high),),
    ),
    Rule(
        "clip-min-then-both",
        Clip(Clip(X, a, None), c, d),
        Clip(X, Max(a, c), d),
        (present(a), present(c)),
    ),
    Rule(
        "clip-both-then-max",
        Clip(Clip(X, a, b), None, d),
        Clip(X, a, Min(b, d)),
        (present(b), present(d)),
    ),
    Rule(
        "clip-both-then-min",
        Clip(Clip(X, a, high), low, None),
        Clip(X, Max(a, low), high),
        (present(a), at_most(low, high)),
    ),
    Rule(
        "clip-max-then-both",
        Clip(Clip(X, None, high), low, d),
        Clip(X, low, Min(high, d)),
        (present(d), at_most(low, high)),
    ),
    Rule(
        "clip-of-clip",
        Clip(Clip(X, a, high), low, d),
        Clip(X, Max(a, low), Min(high, d)),
        (present(a), present(d), at_most(low, high)),
    ),
)


def where_never(where: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Where(Equal(Concat(sizes), negative), X, Y) is, element by element, what is known: sizes are not negative.

    Each operand of the Concat is the Dim of something, or a constant of one element, which is for a loop to find out.
    """
    equal = maker(where.operands[0], "Equal")
    if equal is None:
        return no_match("the condition is not the result of an Equal")
    sides = list(equal.operands)
    joined = next((each for each in sides if maker(each, "Concat")), None)
    other = next((each for each in sides if each != joined), None)
    wanted = None if other is None else integers(other)
    if joined is None or wanted is None or not wanted or any(each >= 0 for each in wanted):
        return no_match("the Equal does not compare a Concat with negative constants")
    parts = list(maker(joined, "Concat").operands)
    wanted = wanted * len(parts) if len(wanted) == 1 else wanted
    sized = all(looking.has_one_element(part) for part in parts)
    if not sized or len(wanted) != len(parts):
        return no_match("the Concat does not join single elements")
    holds: list[bool] = []
    for part, negative in zip(parts, wanted, strict=True):
        known = integers(part)
        if known is None and maker(part, "Dim") is None:
            return no_match("the Concat joins something that is no size")
        holds.append(known is not None and known[0] == negative)
    taken, left = where.operands[1:]
    if shape_of(taken.type) != (len(parts),) or shape_of(left.type) != (len(parts),):
        return no_match("the operands do not have the shape of the condition")
    if not any(holds):
        return give(rewriter, where, left)
    chosen, others = integers(taken), maker(left, "Concat")
    if chosen is None or others is None or len(others.operands) != len(parts):
        return no_match("what is chosen is not known element by element")
    picked = [
        int64(chosen[index]) if true else others.operands[index] for index, true in enumerate(holds)
    ]
    return give(rewriter, where, build("Concat", picked, axis=0))


PATTERNS: Mapping[Pattern, str] = {
    where_never: "Where",
}
