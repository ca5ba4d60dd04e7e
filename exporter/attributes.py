# SPDX-License-Identifier: Apache-2.0
"""MLIR attributes to AttributeProto."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
from onnx import AttributeProto

from ..dialect.bindings import ir
from ..dialect.elements.arrays import sparse_text
from ..dialect.model_records import read_message
from ..dialect.ops.attribute_kinds import (
    ATTRIBUTE_KINDS,
    BY_ONNX,
    FLOAT,
    GRAPH,
    INT,
    INTS,
    LISTS,
    SPARSE_TENSOR,
    STRING,
    TENSOR,
    TYPE,
    AttributeKind,
    is_dense,
    is_sparse,
)
from ..dialect.ops.attributes import AnyAttribute
from ..dialect.protos import tensor_from_proto, tensor_to_proto, type_from_proto, type_to_proto
from ..dialect.types import element_type
from .tensors import sparse_tensor, tensor

_SINGLE = frozenset(
    kind.onnx for kind in ATTRIBUTE_KINDS if kind.onnx and not kind.item and kind is not GRAPH
)
_LIST_FIELDS = [kind.field for item, kind in LISTS.items() if item is not GRAPH]


def fill(
    proto: AttributeProto,
    name: str,
    attribute: AnyAttribute,
    kind: AttributeKind | None,
    exact: ir.Attribute | None = None,
    header: ir.Attribute | None = None,
) -> None:
    """Make `proto` that of an MLIR attribute.  Raises ValueError for what has no form in ONNX.

    kind: what the op's spec asks for; None if the attribute alone decides.  exact: the recorded message, which holds as
    long as it agrees.  header: the recorded rest of a tensor.
    """
    proto.name = name
    _fill_value(proto, attribute, kind, header)
    if exact is None:
        return
    recorded = read_message(exact, AttributeProto())
    if recorded.type == proto.type == AttributeProto.TENSOR:
        proto.doc_string = recorded.doc_string
    elif _agree(proto, recorded):
        proto.CopyFrom(recorded)


def without_value(exact: ir.Attribute) -> AttributeProto | None:
    """The recorded message of an attribute of which the IR has nothing: a reference, or a list without graphs."""
    recorded = read_message(exact, AttributeProto())
    return recorded if recorded.ref_attr_name or recorded.type == AttributeProto.GRAPHS else None


def fill_graphs(
    proto: AttributeProto, name: str, exact: ir.Attribute | None, graphs: list[onnx.GraphProto]
) -> None:
    """Make `proto` that of one or several graphs."""
    recorded = read_message(exact, AttributeProto()) if exact is not None else None
    many = recorded.type == AttributeProto.GRAPHS if recorded else len(graphs) > 1
    proto.name = name
    proto.type = AttributeProto.GRAPHS if many else AttributeProto.GRAPH
    if recorded and recorded.doc_string:
        proto.doc_string = recorded.doc_string
    if many:
        proto.graphs.extend(graphs)
    else:
        proto.g.CopyFrom(graphs[0])


def _fill_value(
    proto: AttributeProto,
    attribute: AnyAttribute,
    kind: AttributeKind | None,
    header: ir.Attribute | None,
) -> None:
    if isinstance(attribute, ir.ArrayAttr):
        _fill_list(proto, attribute, kind)
        return
    if isinstance(attribute, ir.TypeAttr) and not isinstance(attribute.value, ir.ShapedType):
        row = element_type(attribute.value)
        if row is not None:
            # An element type is a number in ONNX, as Cast's `to`.
            proto.type, proto.i = INT.onnx, row.onnx
            return
    found = INT if isinstance(attribute, ir.BoolAttr) else _kind_of(attribute)
    if found is None:
        raise ValueError(f"{str(attribute)[:80]} has no form in ONNX")
    proto.type = found.onnx
    if found.is_plain:
        setattr(proto, found.field, _value(attribute, found))
    else:
        getattr(proto, found.field).CopyFrom(_value(attribute, found, header))


def _fill_list(proto: AttributeProto, attribute: ir.ArrayAttr, kind: AttributeKind | None) -> None:
    items = list(attribute)
    kinds = set(map(_kind_of, items))
    if not kinds:
        # Which kind of list it was, a record says; without one it is the most common.
        proto.type = (kind if kind and kind.item else INTS).onnx
        return
    item = kinds.pop()
    if item is None or kinds:
        raise ValueError(f"the list {str(attribute)[:80]} has no form in ONNX")
    proto.type = LISTS[item].onnx
    getattr(proto, LISTS[item].field).extend([_value(each, item) for each in items])


def _kind_of(attribute: AnyAttribute) -> AttributeKind | None:
    """The kind of a single attribute, whatever the width of a number; None for what has no form in ONNX."""
    for class_, kind in _CLASSES.items():
        if isinstance(attribute, class_):
            return kind
    if is_sparse(attribute):
        return SPARSE_TENSOR
    return TENSOR if is_dense(attribute) else None


def _value(attribute: Any, kind: AttributeKind, header: ir.Attribute | None = None) -> Any:
    """What the field of a message says.  header: of a tensor, its recorded rest."""
    if kind is SPARSE_TENSOR:
        return sparse_tensor(attribute)
    if kind is TENSOR:
        rest = read_message(header, onnx.TensorProto()) if header is not None else None
        return tensor(attribute, rest)
    if kind is TYPE:
        message = type_to_proto(attribute.value)
        if message is None:
            raise ValueError(f"type {attribute.value} has no form in ONNX")
        return message
    if kind is STRING:
        return attribute.value_bytes
    return int(attribute.value) if kind is INT else attribute.value


_CLASSES = {ir.IntegerAttr: INT, ir.FloatAttr: FLOAT, ir.StringAttr: STRING, ir.TypeAttr: TYPE}


def _agree(proto: AttributeProto, recorded: AttributeProto) -> bool:
    """Whether a recorded message says what the IR says, and only more of it."""
    if _is_empty_list(proto) and _is_empty_list(recorded):
        return True
    if proto.type != recorded.type:
        return False
    kind = BY_ONNX[proto.type]
    if meaning := _MEANINGS.get(kind.item or kind):
        ours, theirs = getattr(proto, kind.field), getattr(recorded, kind.field)
        if kind.item is None:
            return meaning(ours) == meaning(theirs)
        return list(map(meaning, ours)) == list(map(meaning, theirs))
    bare = AttributeProto()
    bare.CopyFrom(recorded)
    bare.ClearField("doc_string")
    return bare == proto


def _is_empty_list(proto: AttributeProto) -> bool:
    return proto.type not in _SINGLE and not any(getattr(proto, field) for field in _LIST_FIELDS)


def _tensor_bytes(proto: onnx.TensorProto) -> bytes:
    """A tensor's type, shape and data, in whatever fields they came."""
    return tensor_to_proto(tensor_from_proto(proto)).SerializeToString()


def _sparse_text(proto: onnx.SparseTensorProto) -> str:
    """A sparse tensor as its attribute's text."""
    values, indices = tensor_from_proto(proto.values), tensor_from_proto(proto.indices)
    if indices.ndim == 1:
        indices = np.stack(np.unravel_index(indices, tuple(proto.dims)), axis=-1)
    return f"{list(proto.dims)} {sparse_text(indices, values)}"


_MEANINGS: dict[AttributeKind, Callable[[Any], object]] = {
    TYPE: type_from_proto,
    TENSOR: _tensor_bytes,
    SPARSE_TENSOR: _sparse_text,
}
"""What two messages have in common that say the same in different fields."""


def sparse_record(exact: ir.Attribute, attribute: AnyAttribute) -> onnx.SparseTensorProto | None:
    """The recorded message of a sparse initializer, if it says what the IR says."""
    recorded = read_message(exact, AttributeProto()).sparse_tensor
    return recorded if _sparse_text(recorded) == _sparse_text(sparse_tensor(attribute)) else None
