# SPDX-License-Identifier: Apache-2.0
"""Shape, Size and Dim of what has a known shape, or comes from a Reshape or a Transpose; elements of a joined shape."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

from ...dialect.constants import constant
from ...dialect.types import DYNAMIC, shape_of
from ..rewriting import Rule
from ..rewriting.rewriter import NoMatch, Pattern, Rewriter, Rewritten, maker, no_match
from . import looking
from .looking import dim, front, give, has_one_element, integers

RULES: tuple[Rule, ...] = ()


def known_shape(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Shape of what has a known shape."""
    shape = looking.static_shape(op.operands[0])
    if shape is None:
        return no_match("the shape is not known")
    rank = len(shape)
    start = min(max(front(getattr(op, "start", 0) or 0, rank), 0), rank)
    end = getattr(op, "end", None)
    end = rank if end is None else min(max(front(end, rank), 0), rank)
    return give(rewriter, op, constant(np.array(shape[start:end], np.int64)))


def known_size(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Size of what has a known shape."""
    shape = looking.static_shape(op.operands[0])
    if shape is None:
        return no_match("the shape is not known")
    return give(rewriter, op, constant(np.array(prod(shape), np.int64)))


def known_dim(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Dim of an axis whose size is known."""
    shape = shape_of(op.operands[0].type)
    if shape is None or shape[op.axis] == DYNAMIC:
        return no_match("the size is not known")
    return give(rewriter, op, constant(np.array([shape[op.axis]], np.int64)))


def dim_of_moved(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Dim of a Transpose is that of another axis; of a Reshape what the shape says, if it says it."""
    rank = looking.rank_of(op.operands[0])
    if rank is None:
        return no_match("the rank is not known")
    axis = front(op.axis, rank)
    transpose, reshape = (maker(op.operands[0], name) for name in ("Transpose", "Reshape"))
    if transpose is not None and transpose.perm is not None:
        return give(rewriter, op, dim(transpose.operands[0], transpose.perm[axis]))
    if reshape is None or reshape.allowzero:
        return no_match("the operand is not the result of a Transpose or Reshape")
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
    if not parts or any(shape_of(part.type) != (1,) for part in parts):
        return no_match("it is not a part of joined single elements")
    starts, ends = (integers(each) for each in list(op.operands)[1:3])
    if starts is None or ends is None or len(starts) != 1 or shape_of(op.results[0].type) != (1,):
        return no_match("it is not known to be one element")
    steps = integers(op.operands[4]) if len(op.operands) > 4 else [1]
    start = front(starts[0], len(parts))
    if steps != [1] or not 0 <= start < len(parts):
        return no_match("the element is not known")
    return give(rewriter, op, parts[start])


PATTERNS: Mapping[Pattern, str] = {
    known_shape: "Shape",
    known_size: "Size",
    known_dim: "Dim",
    dim_of_moved: "Dim",
    slice_of_concat: "Slice",
}
