# SPDX-License-Identifier: Apache-2.0
"""Sequences and optionals: what is known of every element."""

from __future__ import annotations

from collections.abc import Sequence

from ...dialect.bindings import ir
from ...dialect.types import element_type, shape_of, tensor_type
from .dims import Dim, Shape, sizes_of
from .knowledge import Found, OpFacts, Rule, with_sizes

_SEQUENCE, _OPTIONAL = "!onnx.Seq<", "!onnx.Opt<"


def _inside(type_: ir.Type, prefix: str) -> ir.Type | None:
    asm = str(type_) if isinstance(type_, ir.OpaqueType) else ""
    return ir.Type.parse(asm[len(prefix) : -1], type_.context) if asm.startswith(prefix) else None


def _of(prefix: str, type_: ir.Type) -> ir.Type:
    return ir.Type.parse(f"{prefix}{type_}>", type_.context)


def joined_types(a: ir.Type, b: ir.Type) -> ir.Type | None:
    """What holds of a value that has either type; None if that has no type."""
    if a == b:
        return a
    for prefix in (_SEQUENCE, _OPTIONAL):
        inside_a, inside_b = _inside(a, prefix), _inside(b, prefix)
        if inside_a is not None and inside_b is not None:
            inside = joined_types(inside_a, inside_b)
            return None if inside is None else _of(prefix, inside)
    row = element_type(a)
    if row is None or not isinstance(a, ir.ShapedType) or element_type(b) != row:
        return None
    shape_a, shape_b = shape_of(a), shape_of(b)
    with a.context:
        if shape_a is None or shape_b is None or len(shape_a) != len(shape_b):
            return tensor_type(None, row)
        sizes = [x if x == y else -1 for x, y in zip(shape_a, shape_b, strict=True)]
        return tensor_type(sizes, row)


def _sequence_construct(facts: OpFacts) -> Sequence[Found] | None:
    types = [facts.type(index) for index in range(len(facts.operands))]
    element: ir.Type | None = types[0]
    for type_ in types[1:]:
        element = None if element is None else joined_types(element, type_)
    return None if element is None else [_of(_SEQUENCE, element)]


def _sequence_insert(facts: OpFacts) -> Sequence[Found] | None:
    """The only element of a sequence that was empty says all about it."""
    owner = facts.operands[0].owner
    new = facts.type(1)
    if not isinstance(owner, ir.Block) and owner.name == "onnx.SequenceEmpty":
        return [_of(_SEQUENCE, new)]
    element = _inside(facts.type(0), _SEQUENCE)
    element = None if element is None else joined_types(element, new)
    return None if element is None else [_of(_SEQUENCE, element)]


def _sequence_at(facts: OpFacts) -> Sequence[Found] | None:
    return [_inside(facts.type(0), _SEQUENCE)]


def _same(facts: OpFacts) -> Sequence[Found] | None:
    """Of a tensor, the sizes go by the same names."""
    type_ = facts.type(0)
    return [facts.shape(0) if isinstance(type_, ir.ShapedType) else type_]


def _split_to_sequence(facts: OpFacts) -> Sequence[Found] | None:
    data, type_ = facts.shape(0), facts.type(0)
    if data is None:
        return None
    axis = facts.axis("axis", len(data))
    size: Dim = facts.dims.fresh()
    shape: Shape = (*data[:axis], size, *data[axis + 1 :])
    if not facts.has(1):
        keep = facts.attribute("keepdims")
        shape = (*data[:axis], *([1] if keep else []), *data[axis + 1 :])
    elif (split := facts.constant(1)) is not None and split.size:
        parts = {int(item) for item in split.reshape(-1)}
        part, *others = parts
        dim = data[axis]
        if split.ndim == 0 and (not isinstance(dim, int) or dim % part):
            others = [0]  # the last part may be smaller
        if not others:
            shape = (*data[:axis], part, *data[axis + 1 :])
    elif data[axis] == 0:
        shape = data
    return [_of(_SEQUENCE, with_sizes(type_, sizes_of(shape)))]


def _optional(facts: OpFacts) -> Sequence[Found] | None:
    type_ = facts.type(0) if facts.has(0) else facts.attribute("type")
    return None if type_ is None else [_of(_OPTIONAL, type_)]


def _optional_get_element(facts: OpFacts) -> Sequence[Found] | None:
    inside = _inside(facts.type(0), _OPTIONAL)
    return _same(facts) if inside is None else [inside]


RULES: dict[str, Rule] = {
    "Identity": _same,
    "Optional": _optional,
    "OptionalGetElement": _optional_get_element,
    "SequenceAt": _sequence_at,
    "SequenceConstruct": _sequence_construct,
    "SequenceErase": _same,
    "SequenceInsert": _sequence_insert,
    "SplitToSequence": _split_to_sequence,
}
