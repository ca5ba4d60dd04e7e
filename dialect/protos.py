# SPDX-License-Identifier: Apache-2.0
"""ONNX's protobuf messages for types and attributes, to and from MLIR.

Source: onnx.proto (`TypeProto`, `AttributeProto`, `TensorProto`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx
from onnx import helper

from .bindings import ir
from .elements.arrays import array_of
from .ops.attribute_kinds import INT, TENSOR, TYPE, AttributeKind
from .ops.attributes import AnyAttribute
from .types import BY_ASM, BY_DTYPE, BY_ONNX, Array, element_type, shape_of, tensor_type


def type_to_proto(
    type_: ir.Type, dim_name: Callable[[int], str | None] = lambda _: None
) -> onnx.TypeProto | None:
    """The `TypeProto` of a tensor, sequence, optional or map type; None for any other, `none` included.

    dim_name: name of the symbolic dimension at an axis, None for a dimension that has none.
    """
    asm = str(type_)
    for prefix, field in (("!onnx.Seq<", "sequence_type"), ("!onnx.Opt<", "optional_type")):
        if asm.startswith(prefix):
            element = type_to_proto(ir.Type.parse(asm[len(prefix) : -1], type_.context), dim_name)
            if element is None:
                return None
            proto = onnx.TypeProto()
            getattr(proto, field).elem_type.CopyFrom(element)
            return proto
    if isinstance(type_, ir.TupleType):
        return _map_to_proto(type_)
    row = element_type(type_)
    if row is None or not isinstance(type_, ir.ShapedType):
        return None
    shape = shape_of(type_)
    dims = (
        None
        if shape is None
        else [dim_name(axis) if size < 0 else size for axis, size in enumerate(shape)]
    )
    return helper.make_tensor_type_proto(row.onnx, dims)


def _map_to_proto(type_: ir.TupleType) -> onnx.TypeProto | None:
    if type_.num_types != 2:
        return None
    key, value = (BY_ASM.get(str(type_.get_type(index))) for index in range(2))
    if key is None or value is None:
        return None
    return helper.make_map_type_proto(key.onnx, helper.make_tensor_type_proto(value.onnx, ()))


def type_from_proto(proto: onnx.TypeProto) -> ir.Type | None:
    """The MLIR type of a `TypeProto`, in the current context; None if the message does not say a type."""
    field = proto.WhichOneof("value")
    if field in ("tensor_type", "sparse_tensor_type"):
        tensor = getattr(proto, field)
        row = BY_ONNX.get(tensor.elem_type)
        if row is None:
            return None
        if not tensor.HasField("shape"):
            return tensor_type(None, row)
        return tensor_type(
            [dim.dim_value if dim.HasField("dim_value") else -1 for dim in tensor.shape.dim], row
        )
    if field in ("sequence_type", "optional_type"):
        element = type_from_proto(getattr(proto, field).elem_type)
        name = "Seq" if field == "sequence_type" else "Opt"
        return None if element is None else ir.Type.parse(f"!onnx.{name}<{element}>")
    if field == "map_type":
        key = BY_ONNX.get(proto.map_type.key_type)
        value = BY_ONNX.get(proto.map_type.value_type.tensor_type.elem_type)
        return ir.TupleType.get_tuple([key.type(), value.type()]) if key and value else None
    return None


def tensor_to_proto(array: Array, name: str = "") -> onnx.TensorProto:
    """A `TensorProto` with the array's data; strings are UTF-8."""
    if array.dtype.kind == "O":
        strings = [item.encode("utf-8", "surrogateescape") for item in array.reshape(-1)]
        return onnx.TensorProto(
            name=name, data_type=onnx.TensorProto.STRING, dims=array.shape, string_data=strings
        )
    row = BY_DTYPE.get(array.dtype)
    if row is None or row.bits < 8:
        from onnx import numpy_helper

        return numpy_helper.from_array(np.ascontiguousarray(array).reshape(array.shape), name)
    proto = onnx.TensorProto(data_type=row.onnx, dims=array.shape, raw_data=array.tobytes())
    if name:
        proto.name = name
    return proto


def tensor_from_proto(proto: onnx.TensorProto) -> Array:
    """The array of a `TensorProto`; strings come as `str`, narrow types as ml_dtypes."""
    if proto.data_type == onnx.TensorProto.STRING:
        strings = [item.decode("utf-8", "surrogateescape") for item in proto.string_data]
        return np.array([*strings, None], np.object_)[:-1].reshape(tuple(proto.dims))
    from onnx import numpy_helper

    return numpy_helper.to_array(proto)


def attribute_to_proto(
    name: str, kind: AttributeKind, attribute: AnyAttribute
) -> onnx.AttributeProto:
    """The `AttributeProto` of an inherent attribute.  Raises ValueError if its data is elided."""
    value = kind.value(attribute)
    if kind is TENSOR:
        array = array_of(attribute)
        if array is None:
            raise ValueError(f"the data of attribute '{name}' is not available")
        value = tensor_to_proto(array)
    elif kind is TYPE:
        row = element_type(value)
        if row is None:
            raise ValueError(f"attribute '{name}' is no element type of ONNX")
        kind, value = INT, row.onnx
    elif not kind.is_plain:
        raise ValueError(f"attribute '{name}' has no form in ONNX")
    return helper.make_attribute(name, value, attr_type=kind.onnx)
