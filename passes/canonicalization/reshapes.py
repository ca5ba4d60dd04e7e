# SPDX-License-Identifier: Apache-2.0
"""Reshape, Squeeze, Unsqueeze, Expand: what follows one another becomes one, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...dialect.bindings import ir
from ...dialect.constants import constant_like
from ...dialect.ops.constant import constant_value
from ...dialect.types import DYNAMIC, is_none, shape_of
from ..rewriting import Rule, attributes, values
from ..rewriting.ops import Cast, Reshape, Slice
from ..rewriting.rewriter import (
    NoMatch,
    Pattern,
    Rewriter,
    Rewritten,
    fused_location,
    maker,
    no_match,
)
from .looking import (
    build,
    concat,
    copy,
    front,
    give,
    has_one_element,
    int64,
    integers,
    only_maker,
    rank_of,
    static_shape,
    typed_like,
)

X, shape, other = values("X shape other")
starts, ends, axes, steps = values("starts ends axes steps")
saturate, to = attributes("saturate to")

RULES = (
    Rule(
        "reshape-of-reshape",
        Reshape(Reshape(X, other, shared=True), shape, allowzero=1),
        Reshape(X, shape, allowzero=1),
    ),
    # Casts come closer to one another, and slices to reshapes.
    Rule(
        "cast-of-slice",
        Cast(Slice(X, starts, ends, axes, steps), saturate, to),
        Slice(Cast(X, saturate, to), starts, ends, axes, steps),
    ),
)


def identity_reshape(reshape: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """A Reshape to the shape that is there, or in which no more than one size may be another."""
    data = reshape.operands[0]
    before, after = shape_of(data.type), shape_of(reshape.results[0].type)
    if before is None or before != after or before.count(DYNAMIC) > 1 or 0 in before:
        return no_match("the shapes are not known to be the same")
    return give(rewriter, reshape, data)


def fused_reshapes(reshape: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Reshape(Reshape(X, s), t) = Reshape(X, t), where what t leaves open (0) is what s says."""
    inner = maker(reshape.operands[0], "Reshape")
    if inner is None or inner.allowzero or reshape.allowzero:
        return no_match("it is not a Reshape of a Reshape that copy sizes for 0")
    # A size of t that is 0 when the model runs would be copied from X.
    first, second = _sizes(inner.operands[1]), integers(reshape.operands[1])
    if first is None or second is None:
        return no_match("a shape is not known size by size")
    fused = [
        first[index] if each == 0 and index < len(first) else each
        for index, each in enumerate(second)
    ]
    if fused.count(-1) > 1:
        return no_match("more than one size would be open")
    with fused_location(reshape, inner):
        if all(isinstance(each, int) for each in fused):
            target = int64(*[each for each in fused if isinstance(each, int)])
        else:
            target = concat([int64(each) if isinstance(each, int) else each for each in fused])
        new = build("Reshape", inner.operands[0], target)
    return give(rewriter, reshape, new)


def _sizes(shape: ir.Value) -> list[int | ir.Value] | None:
    """The elements of a shape, each known or a value: of a constant, or of a Concat of such and of Dims."""
    known = integers(shape)
    if known is not None:
        return list(known)
    joined = maker(shape, "Concat")
    if joined is None:
        return None
    found: list[int | ir.Value] = []
    for part in joined.operands:
        if not has_one_element(part) or not (maker(part, "Dim") or integers(part)):
            return None
        found.append((integers(part) or [part])[0])
    return found


def zeros_mean_nothing(reshape: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """`allowzero` is nothing to a shape without zeros: one that is known, or that results in none."""
    if not reshape.allowzero:
        return no_match("allowzero is 0")
    known = integers(reshape.operands[1]) or static_shape(reshape.results[0])
    if known is None or 0 in known:
        return no_match("the shape may have zeros")
    results = [reshape.results[0].type]
    new = build("Reshape", *reshape.operands, allowzero=0, results=results)
    return give(rewriter, reshape, new)


def matmul_of_reshape(matmul: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """MatMul(Reshape(A), B) = Reshape(MatMul(A, B)), where the Reshape joins all axes of A but the last into one."""
    reshape, b = only_maker(matmul.operands[0], "Reshape"), matmul.operands[1]
    result = static_shape(matmul.results[0])
    if reshape is None or result is None:
        return no_match("the first operand is no Reshape, or the shape is not known")
    a = reshape.operands[0]
    before, after, right = (shape_of(each.type) for each in (a, reshape.results[0], b))
    if before is None or after is None or right is None:
        return no_match("a shape is not known")
    if len(before) < 3 or len(after) != 2 or len(right) != 2 or before[-1] != after[-1]:
        return no_match("the Reshape does not join all axes but the last")
    if DYNAMIC in (before[-1], *before, *right) or 0 in (*before, *right):
        return no_match("a size is not known, or 0")
    product = build("MatMul", a, b).results[0]
    return give(rewriter, matmul, build("Reshape", product, int64(*result)))


def unsqueeze_of_squeeze(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Unsqueeze(Squeeze(X, axes), axes) is X, and the other way round; a Cast may stand between."""
    opposite = {"Squeeze": "Unsqueeze", "Unsqueeze": "Squeeze"}[op.SPEC.onnx_name]
    opposite += op.SPEC.name.removeprefix(op.SPEC.onnx_name)
    cast = only_maker(op.operands[0], "Cast")
    inner = maker((cast or op).operands[0], opposite)
    if inner is None:
        return no_match(f"the operand is not the result of an {opposite}")
    axes = [_axes(each) for each in (inner, op)]
    wide = inner.operands[0] if op.SPEC.onnx_name == "Unsqueeze" else inner.results[0]
    rank = rank_of(wide)
    if axes[0] is None or axes[1] is None or rank is None:
        return no_match("the axes, or the rank, are not known")
    counted = [sorted(front(each, rank) for each in some) for some in axes if some is not None]
    if counted[0] != counted[1]:
        return no_match("the axes are not the same")
    if cast is None:
        return give(rewriter, op, inner.operands[0])
    with cast.location:
        new = copy(cast, [inner.operands[0]])
    new.results[0].set_type(typed_like(cast.results[0], shape_of(inner.operands[0].type)))
    return give(rewriter, op, new)


def _axes(op: Any) -> list[int] | None:
    if "axes" in op.SPEC.attributes:
        return None if op.axes is None else list(op.axes)
    return integers(op.operands[1])


def squeeze_of_constant(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """A constant with fewer axes."""
    made = maker(op.operands[0], "Constant")
    data, target = (
        None if made is None else constant_value(op.operands[0]),
        static_shape(op.results[0]),
    )
    if data is None or target is None:
        return no_match("the operand is no constant, or the shape is not known")
    return give(rewriter, op, constant_like(None, data.reshape(target)))


def unsqueeze_of_expand(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Unsqueeze(Expand(c, shape), axes) = Expand(c, shape with ones), for c of one element."""
    expand, axes = maker(op.operands[0], "Expand"), integers(op.operands[1])
    if expand is None or axes is None or not has_one_element(expand.operands[0]):
        return no_match("it is not one element, expanded, that gets axes")
    sizes = _parts(expand.operands[1])
    if sizes is None:
        return no_match("the shape is not known size by size")
    rank = len(sizes) + len(axes)
    places = {front(each, rank) for each in axes}
    one, rest = int64(1), iter(sizes)
    shape = concat([one if index in places else next(rest) for index in range(rank)])
    return give(rewriter, op, build("Expand", expand.operands[0], shape))


def slice_of_expand(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Slice(Expand(c, shape)) = Expand(c, what remains), for c of one element and axes of which the size is known."""
    expand = maker(op.operands[0], "Expand")
    if expand is None or not has_one_element(expand.operands[0]):
        return no_match("it is not a part of one element, expanded")
    before, after, starts = (
        shape_of(each.type) for each in (expand.results[0], op.results[0], op.operands[1])
    )
    sizes = _parts(expand.operands[1])
    if sizes is None or before is None or after is None or starts is None or DYNAMIC in starts:
        return no_match("the shapes are not known size by size")
    given = list(op.operands)[3:]
    axes = integers(given[0]) if given and not is_none(given[0].type) else list(range(starts[0]))
    if axes is None:
        return no_match("the axes are not known")
    axes = [front(axis, len(before)) for axis in axes]
    if any(DYNAMIC in (before[axis], after[axis]) for axis in axes) or len(sizes) != len(before):
        return no_match("the size of an axis is not known")
    parts = [int64(after[at]) if at in axes else sizes[at] for at in range(len(sizes))]
    return give(rewriter, op, build("Expand", expand.operands[0], concat(parts)))


def _parts(shape: ir.Value) -> list[ir.Value] | None:
    """The values that a shape joins, if each is one size."""
    joined = maker(shape, "Concat")
    parts = [] if joined is None else list(joined.operands)
    return parts if parts and all(map(has_one_element, parts)) else None


PATTERNS: Mapping[Pattern, str] = {
    fused_reshapes: "Reshape",
    identity_reshape: "Reshape",
    zeros_mean_nothing: "Reshape",
    matmul_of_reshape: "MatMul",
    unsqueeze_of_squeeze: "Squeeze SqueezeV11 Unsqueeze UnsqueezeV11",
    squeeze_of_constant: "Squeeze SqueezeV11",
    unsqueeze_of_expand: "Unsqueeze",
    slice_of_expand: "Slice",
}
