# SPDX-License-Identifier: Apache-2.0
"""Sequences, and what does without them.

SequenceConstruct(a, b)                 SequenceInsert(SequenceInsert(SequenceEmpty, a), b)
SequenceAt(SplitToSequence(x, n), i)    the i-th result of Split(x)
Concat, read by a Shape and a Transpose ConcatShapeTranspose, an op that gives both
"""

from __future__ import annotations

from typing import Any

from ...dialect.constants import constant_value
from ...dialect.onnx import no_value, op_class
from ...dialect.types import element_type, tensor_type
from ..rewriting import NoMatch, Rewriter, Rewritten, no_match
from ..rewriting.rewriter import maker
from .replacing import in_place_of, new, number, sizes_of, value_of


def sequence_construct(op: Any, rewriter: Rewriter, **_: Any) -> NoMatch | Rewritten:
    """Insert the operands one after the other."""
    row = element_type(op.operands[0].type)
    if row is None:
        return no_match("the element type is not known")
    type_ = op.results[0].type
    sequence = value_of("SequenceEmpty", type_=type_, dtype=row.onnx)
    at_end = no_value()
    *first, last = op.operands
    for operand in first:
        sequence = value_of("SequenceInsert", sequence, operand, at_end, type_=type_)
    return rewriter.replace(op, in_place_of(op, "SequenceInsert", sequence, last, at_end))


def sequence_at(op: Any, rewriter: Rewriter, **_: Any) -> NoMatch | Rewritten:
    """Split at once.  A result whose type lacks the axis is squeezed."""
    split: Any = maker(op.operands[0], "SplitToSequence")
    if split is None:
        return no_match("the sequence is not the result of an onnx.SplitToSequence")
    x, part, position = (
        split.operands[0],
        constant_value(split.operands[1]),
        constant_value(op.operands[1]),
    )
    shape, wanted = sizes_of(x), sizes_of(op.results[0])
    if shape is None or wanted is None:
        return no_match("shapes are not known")
    if part is None or part.size != 1 or part.ndim or position is None or position.size != 1:
        return no_match("the size of the parts, or the position, is no constant scalar")
    axis: int = split.axis % len(shape)
    size, index = int(part), int(position.reshape(()))
    if size <= 0:
        return no_match("the parts have no elements")
    sizes = [min(size, shape[axis] - start) for start in range(0, shape[axis], size)]
    if not -len(sizes) <= index < len(sizes):
        return no_match("the position is outside of the sequence")
    row = element_type(x.type)
    if row is None:
        return no_match("the element type is not known")
    types = [tensor_type((*shape[:axis], each, *shape[axis + 1 :]), row) for each in sizes]
    chosen = types[index]
    squeezed = (*shape[:axis], *shape[axis + 1 :])
    if chosen != op.results[0].type and (sizes[index] != 1 or wanted != squeezed):
        return no_match(
            "the type of the result is neither that of the part nor the part's without the axis"
        )
    parts = new("Split", x, number(sizes), results=types, axis=split.axis)
    value = parts.results[index]
    if chosen == op.results[0].type:
        return rewriter.replace(op, value)
    return rewriter.replace(op, in_place_of(op, "Squeeze", value, number([axis])))


def concat_shape_transpose(op: Any, rewriter: Rewriter, **_: Any) -> NoMatch | Rewritten:
    """One op for a Concat that only a Shape and a Transpose read."""
    users = {use.owner.name: use.owner for use in op.results[0].uses}
    if len(list(op.results[0].uses)) != 2 or users.keys() != {"onnx.Shape", "onnx.Transpose"}:
        return no_match("it is not read by one onnx.Shape and one onnx.Transpose alone")
    shape: Any = users["onnx.Shape"].opview
    transpose: Any = users["onnx.Transpose"].opview
    fused = new(
        "ConcatShapeTranspose",
        list(op.operands),
        results=[shape.results[0].type, transpose.results[0].type],
        axis=op.axis,
        start=shape.start,
        end=shape.end,
        perm=transpose.perm,
    )
    rewriter.replace(shape, [fused.results[0]])
    rewriter.replace(transpose, [fused.results[1]])
    return rewriter.erase(op)


PATTERNS = {
    op_class("SequenceConstruct"): sequence_construct,
    op_class("SequenceAt"): sequence_at,
    op_class("Concat"): concat_shape_transpose,
}
