# SPDX-License-Identifier: Apache-2.0
"""Shape, Size and Dim of what has a known shape, or comes from a Reshape or a Transpose; elements of a joined shape.

What is one of the values that a Concat joins is no equation: the place would have to say which.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...dialect import types
from ..rewriting import Rule, attributes, value
from ..rewriting.integers import cut, joined, picked, product, rank_of, shape_of, size_of
from ..rewriting.ops import Dim, Shape, Size, Transpose
from ..rewriting.rewriter import NoMatch, Pattern, Rewriter, Rewritten, maker, no_match
from . import looking
from .looking import front, give, has_one_element, integers

X, axis, perm, start, end = value("X"), *attributes("axis perm start end")

RULES = (
    Rule("known-shape", Shape(X, start), cut(shape_of(X), start, rank_of(X))),
    Rule("known-part-of-shape", Shape(X, start, end), cut(shape_of(X), start, end)),
    Rule("known-size", Size(X), product(shape_of(X))),
    Rule("known-dim", Dim(X, axis), joined(size_of(X, axis))),
    Rule(
        "dim-of-transpose",
        Dim(Transpose(X, perm, shared=True), axis),
        Dim(X, axis=picked(perm, axis)),
    ),
)


def dim_of_reshape(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Dim of a Reshape is what the shape says, if it says it."""
    rank = looking.rank_of(op.operands[0])
    reshape = maker(op.operands[0], "Reshape")
    if rank is None or reshape is None or reshape.allowzero:
        return no_match("the operand is not the result of a Reshape, or its rank is not known")
    axis = front(op.axis, rank)
    joined = maker(reshape.operands[1], "Concat")
    parts = [] if joined is None else list(joined.operands)
    if len(parts) != rank or not all(map(has_one_element, parts)):
        return no_match("the shape is not joined from sizes")
    size, known = parts[axis], integers(parts[axis])
    if known is None and maker(size, "Dim") is None:
        return no_match("the size may be 0 or -1, which mean another")
    if known is not None and known[0] <= 0:
        return no_match("the size is 0 or -1, which mean another")
    return give(rewriter, op, size)


def slice_of_concat(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """One element of a Concat of single elements."""
    joined = maker(op.operands[0], "Concat")
    parts = [] if joined is None else list(joined.operands)
    if not parts or any(types.shape_of(part.type) != (1,) for part in parts):
        return no_match("it is not a part of joined single elements")
    starts, ends = (integers(each) for each in list(op.operands)[1:3])
    if (
        starts is None
        or ends is None
        or len(starts) != 1
        or types.shape_of(op.results[0].type) != (1,)
    ):
        return no_match("it is not known to be one element")
    steps = integers(op.operands[4]) if len(op.operands) > 4 else [1]
    start = front(starts[0], len(parts))
    if steps != [1] or not 0 <= start < len(parts):
        return no_match("the element is not known")
    return give(rewriter, op, parts[start])


PATTERNS: Mapping[Pattern, str] = {
    dim_of_reshape: "Dim",
    slice_of_concat: "Slice",
}
