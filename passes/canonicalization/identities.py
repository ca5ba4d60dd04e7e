# SPDX-License-Identifier: Apache-2.0
"""Ops that change nothing: Identity, Cast to the same type, Tile by ones, Dropout in inference mode, ..."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...dialect.bindings import ir
from ...dialect.onnx import no_value
from ...dialect.ops.constant import constant_value
from ...dialect.types import element_type, is_none, refines, shape_of
from ..rewriting import Rule, attribute, value
from ..rewriting.effects import is_used
from ..rewriting.ops import DepthToSpace, Identity, SpaceToDepth
from ..rewriting.rewriter import (
    NoMatch,
    Pattern,
    Rewriter,
    Rewritten,
    fused_location,
    maker,
    no_match,
)
from . import looking
from .looking import build, give, int64, integers, only_maker

X, blocksize = value("X"), attribute("blocksize")

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
)


def cast_to_same_type(cast: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Cast(X) of elements that are of that type is X."""
    given, wanted = (element_type(each.type) for each in (cast.operands[0], cast.results[0]))
    if given is None or given is not wanted:
        return no_match("the Cast changes the type")
    return give(rewriter, cast, cast.operands[0])


def tile_by_ones(tile: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Tile(X, [1, ..., 1]) is X."""
    repeats = integers(tile.operands[1])
    if repeats is None or any(each != 1 for each in repeats):
        return no_match("repeats are not all known to be 1")
    return give(rewriter, tile, tile.operands[0])


def dropout_in_inference(dropout: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Dropout outside of training is its operand, and gives no mask."""
    mode = dropout.operands[2]
    known = None if is_none(mode.type) else constant_value(mode)
    if not is_none(mode.type) and (known is None or bool(known.any())):
        return no_match("the Dropout may be in training mode")
    data, masks = dropout.operands[0], list(dropout.results)[1:]
    if any(not is_none(mask.type) and is_used(mask) for mask in masks):
        return no_match("the mask of the Dropout is used")
    if not refines(data.type, dropout.results[0].type):
        return no_match("more is known of the Dropout's result than of its operand")
    return rewriter.replace(
        dropout, [data, *(no_value() if is_none(mask.type) else data for mask in masks)]
    )


def clip_of_clip(clip: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Clip(Clip(X, a, b), c, d) = Clip(X, Max(a, c), Min(b, d)), if c <= b.

    Clip is Min(Max(X, a), b); where b < c the second Clip gives c at least, and the one that takes their place b at
    most.
    """
    inner = only_maker(clip.operands[0], "Clip")
    if inner is None:
        return no_match("the operand is not the result of a Clip that nobody else reads")
    (low, high), (floor, ceiling) = inner.operands[1:], clip.operands[1:]
    if not is_none(floor.type) and not is_none(high.type):
        known = [constant_value(each) for each in (floor, high)]
        if known[0] is None or known[1] is None or not bool(np.all(known[0] <= known[1])):
            return no_match("the second min is not known to be at most the first max")
    with fused_location(clip, inner):
        new = build(
            "Clip", inner.operands[0], _both("Max", low, floor), _both("Min", high, ceiling)
        )
    return give(rewriter, clip, new)


def _both(name: str, a: ir.Value, b: ir.Value) -> ir.Value | None:
    """The stricter of two bounds, of which each may be left out."""
    given = [each for each in (a, b) if not is_none(each.type)]
    if len(given) < 2:
        return given[0] if given else None
    return looking.value(name, given)


def where_never(where: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Where(Equal(Concat(sizes), negative), X, Y) is, element by element, what is known: sizes are not negative.

    Each operand of the Concat is the Dim of something, or a constant of one element.
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
    cast_to_same_type: "Cast",
    tile_by_ones: "Tile",
    dropout_in_inference: "Dropout",
    clip_of_clip: "Clip",
    where_never: "Where",
}
