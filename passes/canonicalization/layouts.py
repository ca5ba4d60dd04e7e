# SPDX-License-Identifier: Apache-2.0
"""Ops of onnx-mlir's own that move elements or put zeros between them.

No equations are: layouts, which are types; maps of indices, which are no integers; and what is not in the prover's
table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...dialect.bindings import ir
from ...dialect.onnx import no_value
from ...dialect.ops.attributes import get_attribute
from ..rewriting import Rule
from ..rewriting.rewriter import NoMatch, Pattern, Rewriter, Rewritten, maker, no_match
from . import looking
from .looking import build, give, int64

RULES: tuple[Rule, ...] = ()


def layout_of_layout(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Of two layouts, one after the other, the second counts; the one that is there already changes nothing."""
    if op.operands[0].type == op.results[0].type:
        return give(rewriter, op, op.operands[0])
    inner = maker(op.operands[0], "LayoutTransform")
    if inner is None:
        return no_match("the operand is not the result of a LayoutTransform")
    target = {} if op.target_layout is None else {"target_layout": op.attributes["target_layout"]}
    results = [op.results[0].type]
    return give(
        rewriter, op, build("LayoutTransform", inner.operands[0], results=results, **target)
    )


def transform_of_transform(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """The map of one ShapeTransform after another is their composition; the identity changes nothing."""
    outer = _map(op)
    maps: Any = ir
    if outer == maps.AffineMap.get_identity(outer.n_dims):
        return give(rewriter, op, op.operands[0])
    inner = maker(op.operands[0], "ShapeTransform")
    if inner is None:
        return no_match("the operand is not the result of a ShapeTransform")
    first = _map(inner)
    exprs = [each.compose(first) for each in outer.results]
    both = maps.AffineMapAttr.get(maps.AffineMap.get(first.n_dims, first.n_symbols, exprs))
    results = [op.results[0].type]
    new = build("ShapeTransform", inner.operands[0], index_map=both, results=results)
    return give(rewriter, op, new)


def _map(op: Any) -> Any:
    found: Any = get_attribute(op, "index_map")
    return found.value


def upsampling_by_one(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """UpsampleAndPad with strides of 1 is Pad; without pads it is nothing at all."""
    if any(each != 1 for each in op.strides or ()):
        return no_match("there are zeros between the elements")
    x, pads = op.operands[0], list(op.pads or ())
    if not any(pads):
        return give(rewriter, op, x)
    rank, half = looking.rank_of(x), len(pads) // 2
    if rank is None:
        return no_match("the rank is not known")
    outer = [0] * (rank - half)
    full = int64(*outer, *pads[:half], *outer, *pads[half:])
    return give(rewriter, op, build("Pad", x, full, no_value(), no_value(), mode="constant"))


PATTERNS: Mapping[Pattern, str] = {
    layout_of_layout: "LayoutTransform",
    transform_of_transform: "ShapeTransform",
    upsampling_by_one: "UpsampleAndPad",
}
