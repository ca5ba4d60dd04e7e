# SPDX-License-Identifier: Apache-2.0
"""MLIR attributes to AttributeProto."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np
import onnx
from onnx import AttributeProto

from ..dialect.bindings import ir
from ..dialect.elements.sparse import sparse_text
from ..dialect.model_records import read_message, string
from ..dialect.ops.attributes import AnyAttribute
from ..dialect.ops.schema import AttributeKind
from ..dialect.protos import tensor_from_proto, tensor_to_proto, type_from_proto, type_to_proto
from ..dialect.types import element_type
from .tensors import is_sparse, sparse_tensor, tensor

M = TypeVar("M", onnx.TensorProto, onnx.SparseTensorProto)

_LISTS: dict[str, AttributeProto.AttributeType] = {
    "ints": AttributeProto.INTS,
    "floats": AttributeProto.FLOATS,
    "strings": AttributeProto.STRINGS,
}


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
    recorded = read_message(string(exact), AttributeProto())
    if recorded.type == proto.type == AttributeProto.TENSOR:
        proto.doc_string = recorded.doc_string
    elif _agree(proto, recorded):
        proto.CopyFrom(recorded)


def without_value(exact: ir.Attribute) -> AttributeProto | None:
    """The recorded message of an attribute of which the IR has nothing: a reference, or a list without graphs."""
    recorded = read_message(string(exact), AttributeProto())
    return recorded if recorded.ref_attr_name or recorded.type == AttributeProto.GRAPHS else None


def fill_graphs(
    proto: AttributeProto, name: str, exact: ir.Attribute | None, graphs: list[onnx.GraphProto]
) -> None:
    """Make `proto` that of one or several graphs."""
    recorded = read_message(string(exact), AttributeProto()) if exact is not None else None
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
    if isinstance(attribute, (ir.IntegerAttr, ir.BoolAttr)):
        proto.type = AttributeProto.INT
        proto.i = int(attribute.value)
    elif isinstance(attribute, ir.FloatAttr):
        proto.type = AttributeProto.FLOAT
        proto.f = attribute.value
    elif isinstance(attribute, ir.StringAttr):
        proto.type = AttributeProto.STRING
        proto.s = attribute.value_bytes
    elif isinstance(attribute, ir.ArrayAttr):
        _fill_list(proto, attribute, kind)
    elif isinstance(attribute, ir.TypeAttr):
        _fill_type(proto, attribute.value)
    elif is_sparse(attribute):
        proto.type = AttributeProto.SPARSE_TENSOR
        proto.sparse_tensor.CopyFrom(sparse_tensor(attribute))
    elif isinstance(attribute, ir.DenseElementsAttr) or str(attribute).startswith("dense"):
        proto.type = AttributeProto.TENSOR
        rest = read_message(string(header), onnx.TensorProto()) if header is not None else None
        proto.t.CopyFrom(tensor(attribute, rest))
    else:
        raise ValueError(f"{str(attribute)[:80]} has no form in ONNX")


def _fill_type(proto: AttributeProto, type_: ir.Type) -> None:
    row = None if isinstance(type_, ir.ShapedType) else element_type(type_)
    if row is not None:
        # An element type is a number in ONNX, as Cast's `to`.
        proto.type = AttributeProto.INT
        proto.i = row.onnx
        return
    message = type_to_proto(type_)
    if message is None:
        raise ValueError(f"type {type_} has no form in ONNX")
    proto.type = AttributeProto.TYPE_PROTO
    proto.tp.CopyFrom(message)


def _fill_list(proto: AttributeProto, attribute: ir.ArrayAttr, kind: AttributeKind | None) -> None:
    items = list(attribute)
    integers = [item.value for item in items if isinstance(item, ir.IntegerAttr)]
    floats = [item.value for item in items if isinstance(item, ir.FloatAttr)]
    strings = [item.value_bytes for item in items if isinstance(item, ir.StringAttr)]
    types = [item.value for item in items if isinstance(item, ir.TypeAttr)]
    count = len(items)
    if not count:
        # Which kind of list it was, a record says; without one it is the most common.
        proto.type = _LISTS.get(kind or "ints", AttributeProto.INTS)
    elif len(integers) == count:
        proto.type = AttributeProto.INTS
        proto.ints.extend(integers)
    elif len(floats) == count:
        proto.type = AttributeProto.FLOATS
        proto.floats.extend(floats)
    elif len(strings) == count:
        proto.type = AttributeProto.STRINGS
        proto.strings.extend(strings)
    elif len(types) == count:
        proto.type = AttributeProto.TYPE_PROTOS
        for type_ in types:
            message = type_to_proto(type_)
            if message is None:
                raise ValueError(f"type {type_} has no form in ONNX")
            proto.type_protos.append(message)
    elif all(map(is_sparse, items)):
        proto.type = AttributeProto.SPARSE_TENSORS
        proto.sparse_tensors.extend([sparse_tensor(item) for item in items])
    elif all(str(item).startswith("dense") for item in items):
        proto.type = AttributeProto.TENSORS
        proto.tensors.extend([tensor(item) for item in items])
    else:
        raise ValueError(f"the list {str(attribute)[:80]} has no form in ONNX")


def _agree(proto: AttributeProto, recorded: AttributeProto) -> bool:
    """Whether a recorded message says what the IR says, and only more of it."""
    if _is_empty_list(proto) and _is_empty_list(recorded):
        return True
    if proto.type != recorded.type:
        return False
    if proto.type == AttributeProto.TYPE_PROTO:
        return type_from_proto(proto.tp) == type_from_proto(recorded.tp)
    if proto.type == AttributeProto.TYPE_PROTOS:
        return list(map(type_from_proto, proto.type_protos)) == list(
            map(type_from_proto, recorded.type_protos)
        )
    if proto.type == AttributeProto.TENSORS:
        return _same(proto.tensors, recorded.tensors, _tensor_bytes)
    if proto.type == AttributeProto.SPARSE_TENSOR:
        return _sparse_text(proto.sparse_tensor) == _sparse_text(recorded.sparse_tensor)
    if proto.type == AttributeProto.SPARSE_TENSORS:
        return _same(proto.sparse_tensors, recorded.sparse_tensors, _sparse_text)
    bare = AttributeProto()
    bare.CopyFrom(recorded)
    bare.ClearField("doc_string")
    return bare == proto


def _is_empty_list(proto: AttributeProto) -> bool:
    lists = (
        proto.ints,
        proto.floats,
        proto.strings,
        proto.tensors,
        proto.sparse_tensors,
        proto.type_protos,
    )
    return proto.type not in _SINGLE and not any(lists)


_SINGLE = frozenset(
    (AttributeProto.INT, AttributeProto.FLOAT, AttributeProto.STRING, AttributeProto.TENSOR,
     AttributeProto.SPARSE_TENSOR, AttributeProto.TYPE_PROTO)
)  # fmt: skip


def _same(ours: Iterable[M], theirs: Iterable[M], key: Callable[[M], object]) -> bool:
    return [key(item) for item in ours] == [key(item) for item in theirs]


def _tensor_bytes(proto: onnx.TensorProto) -> bytes:
    """A tensor's type, shape and data, in whatever fields they came."""
    return tensor_to_proto(tensor_from_proto(proto)).SerializeToString()


def _sparse_text(proto: onnx.SparseTensorProto) -> str:
    """A sparse tensor as its attribute's text."""
    values, indices = tensor_from_proto(proto.values), tensor_from_proto(proto.indices)
    if indices.ndim == 1:
        indices = np.stack(np.unravel_index(indices, tuple(proto.dims)), axis=-1)
    return f"{list(proto.dims)} {sparse_text(indices, values)}"


def sparse_record(exact: ir.Attribute, attribute: AnyAttribute) -> onnx.SparseTensorProto | None:
    """The recorded message of a sparse initializer, if it says what the IR says."""
    recorded = read_message(string(exact), AttributeProto()).sparse_tensor
    return recorded if _sparse_text(recorded) == _sparse_text(sparse_tensor(attribute)) else None
