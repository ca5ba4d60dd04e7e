# SPDX-License-Identifier: Apache-2.0
"""Reshape, Squeeze, Unsqueeze, Expand: what follows one another becomes one, or nothing.

No equations are: a constant in another shape, which is constant propagation; and shapes that a Concat joins of values,
for the number of those, and what each is, would have to be letters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...dialect import types
from ...dialect.bindings import ir
from ...dialect.constants import constant_like
from ...dialect.ops.constant import constant_value
from ...dialect.types import DYNAMIC, is_none
from ..rewriting import (
    Rule,
    attributes,
    consts,
    least_rank,
    others,
    rank,
    same,
    same_but_one,
    values,
)
from ..rewriting.integers import (
    copied,
    count,
    from_front,
    joined,
    ordered,
    rank_of,
    shape_of,
    size_of,
)
from ..rewriting.ops import Cast, MatMul, Reshape, Slice, op_family
from ..rewriting.rewriter import (
    NoMatch,
    Pattern,
    Rewriter,
    Rewritten,
    fused_location,
    maker,
    no_match,
)
from ..rewriting.terms import OpTerm, Term
from .looking import (
    build,
    concat,
    front,
    give,
    has_one_element,
    int64,
    integers,
    static_shape,
)

X, Y, shape, other = values("X Y shape other")
starts, ends, axes, steps = values("starts ends axes steps")
saturate, to = attributes("saturate to")
s, t = consts("s t")  # shapes, or axes, that are known
a, b = attributes("a b")
rest = others()

reshaped, as_said = Reshape(X, shape, rest), Reshape(X, shape, allowzero=1)
matrix = Reshape(X, shape)
product = MatMul(matrix, Y)


def _inverse(
    version: str, first: Term, last: Term, by: Callable[[str, Term, Term], OpTerm]
) -> Iterator[Rule]:
    """Squeeze behind Unsqueeze by the same axes, and the other way round; a Cast may stand between.

    by: the op of that name of a value, by axes.
    """
    for outer, inner in (("Squeeze", "Unsqueeze"), ("Unsqueeze", "Squeeze")):
        inside = by(f"{inner}{version}", X, first)
        # Axes are counted in what has all of them.
        whole = rank_of(X if inner == "Squeeze" else inside)
        alike = same(ordered(from_front(first, whole)), ordered(from_front(last, whole)))
        name, suffix = f"{outer}-of-{inner}".lower(), version and f"-{version.lower()}"
        yield Rule(f"{name}{suffix}", by(f"{outer}{version}", inside, last), X, (alike,))
        cast = by(f"{outer}{version}", Cast(inside, rest), last)
        yield Rule(f"{name}-and-cast{suffix}", cast, Cast(X, rest), (alike,))


RULES = (
    Rule("identity-reshape", reshaped, X, (same_but_one(X, reshaped),)),
    Rule(
        "reshape-of-reshape",
        Reshape(Reshape(X, other, shared=True), shape, allowzero=1),
        Reshape(X, shape, allowzero=1),
    ),
    Rule("fused-reshapes", Reshape(Reshape(X, s, shared=True), t), Reshape(X, copied(t, s))),
    # allowzero is nothing to a shape without zeros: one that is known, or that results in none.
    Rule(
        "zeros-mean-nothing",
        Reshape(X, s, allowzero=1),
        Reshape(X, s),
        (same(count(s, 0), 0),),
    ),
    Rule(
        "zeros-mean-nothing-there",
        as_said,
        Reshape(X, shape),
        (same(count(shape_of(as_said), 0), 0),),
    ),
    # All axes but the last are joined, which MatMul would do, too.
    Rule(
        "matmul-of-reshape",
        product,
        Reshape(MatMul(X, Y), shape_of(product)),
        (
            least_rank(X, 3),
            rank(matrix, 2),
            rank(Y, 2),
            same(size_of(X, -1), size_of(matrix, -1)),
            same(count(joined(shape_of(X), shape_of(Y)), 0), 0),
        ),
    ),
    *_inverse("", s, t, lambda name, x, axes: op_family(name)(x, axes, shared=True)),
    *_inverse("V11", a, b, lambda name, x, axes: op_family(name)(x, axes=axes, shared=True)),
    # Casts come closer to one another, and slices to reshapes.
    Rule(
        "cast-of-slice",
        Cast(Slice(X, starts, ends, axes, steps), saturate, to),
        Slice(Cast(X, saturate, to), starts, ends, axes, steps),
    ),
)


def reshape_to_joined_sizes(reshape: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """The same as fused-reshapes for a first shape that is joined of sizes: what the second leaves open (0) is one."""
    inner = maker(reshape.operands[0], "Reshape")
    if inner is None or inner.allowzero or reshape.allowzero:
        return no_match("it is not a Reshape of a Reshape that copy sizes for 0")
    # A size that is 0 when the model runs would be copied from X.
    first, second = _sizes(inner.operands[1]), integers(reshape.operands[1])
    if first is None or second is None:
        return no_match("a shape is not known size by size")
    fused = [
        first[index] if each == 0 and index < len(first) else int64(each)
        for index, each in enumerate(second)
    ]
    with fused_location(reshape, inner):
        new = build("Reshape", inner.operands[0], concat(fused))
    return give(rewriter, reshape, new)


def _sizes(shape: ir.Value) -> list[ir.Value] | None:
    """What a Concat joins as a shape, if each is one size: a constant, or a Dim."""
    parts = _parts(shape)
    known = parts is not None and all(maker(each, "Dim") or integers(each) for each in parts)
    return parts if known else None


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
        types.shape_of(each.type) for each in (expand.results[0], op.results[0], op.operands[1])
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
    reshape_to_joined_sizes: "Reshape",
    squeeze_of_constant: "Squeeze SqueezeV11",
    unsqueeze_of_expand: "Unsqueeze",
    slice_of_expand: "Slice",
}
