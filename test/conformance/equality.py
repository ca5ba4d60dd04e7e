# SPDX-License-Identifier: Apache-2.0
"""When two models are the same model.

Everything must be equal but for what has no meaning:
    - which field of a TensorProto holds the data (`raw_data`, typed, external), bit for bit the same;
    - an optional field that is present and empty, against one that is absent;
    - the order of value infos, and of initializers;
    - the type of an attribute that IR version 1 did not write down.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from google.protobuf.message import Message
from onnx import numpy_helper


def canonical(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy of a model in which equal means the same model."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    _normalize(copy)
    return copy


def difference(expected: onnx.ModelProto, actual: onnx.ModelProto) -> str:
    """The first difference in words; "" if the models are the same."""
    return _difference(canonical(expected), canonical(actual), "model")


def _normalize(message: Message) -> None:
    if isinstance(message, onnx.TensorProto):
        _normalize_tensor(message)
    if isinstance(message, onnx.AttributeProto) and not message.type and not message.ref_attr_name:
        message.type = _attribute_type(message)
    for field, value in message.ListFields():
        if field.type != field.TYPE_MESSAGE:
            if (
                not field.is_repeated
                and value in ("", b"")
                and not isinstance(message, onnx.AttributeProto)
            ) or (
                isinstance(message, onnx.AttributeProto)
                and field.name == "doc_string"
                and not value
            ):
                message.ClearField(field.name)
        elif field.is_repeated:
            for item in value:
                _normalize(item)
        else:
            _normalize(value)
    if isinstance(message, onnx.GraphProto):
        _sort(message.value_info, lambda info: info.name)
        _sort(message.initializer, lambda tensor: tensor.name)
        _sort(message.sparse_initializer, lambda sparse: sparse.values.name)
    if isinstance(message, onnx.FunctionProto):
        _sort(message.value_info, lambda info: info.name)
    if isinstance(message, onnx.OperatorSetIdProto) and not message.domain:
        message.domain = ""
    if isinstance(message, onnx.ModelProto) and not message.model_version:
        message.ClearField("model_version")


def _sort(field: Any, key: Any) -> None:
    items = sorted(field, key=key)
    copies = [type(item).FromString(item.SerializeToString()) for item in items]
    del field[:]
    field.extend(copies)


def _attribute_type(attribute: onnx.AttributeProto) -> onnx.AttributeProto.AttributeType:
    types = onnx.AttributeProto
    for name, type_ in (
        ("f", types.FLOAT),
        ("i", types.INT),
        ("s", types.STRING),
        ("t", types.TENSOR),
        ("g", types.GRAPH),
    ):
        if attribute.HasField(name):
            return type_
    for name, type_ in (("floats", types.FLOATS), ("ints", types.INTS), ("strings", types.STRINGS)):
        if len(getattr(attribute, name)):
            return type_
    return types.UNDEFINED


def _normalize_tensor(tensor: onnx.TensorProto) -> None:
    if tensor.data_type == onnx.TensorProto.STRING:
        return
    array = numpy_helper.to_array(tensor)
    data = numpy_helper.from_array(np.ascontiguousarray(array).reshape(array.shape)).raw_data
    for name in (
        "float_data",
        "int32_data",
        "int64_data",
        "double_data",
        "uint64_data",
        "external_data",
        "data_location",
    ):
        tensor.ClearField(name)
    tensor.raw_data = data


def _difference(expected: Any, actual: Any, path: str) -> str:
    if expected == actual:
        return ""
    if not isinstance(expected, Message):
        return f"{path}: expected {expected!r:.200}, got {actual!r:.200}"
    for field in expected.DESCRIPTOR.fields:
        ours, theirs = getattr(expected, field.name), getattr(actual, field.name)
        here = f"{path}.{field.name}"
        if field.is_repeated:
            for index, (one, other) in enumerate(zip(ours, theirs, strict=False)):
                if found := _difference(one, other, f"{here}[{index}]"):
                    return found
            if len(ours) != len(theirs):
                return f"{here}: expected {len(ours)} entries, got {len(theirs)}"
            continue
        if expected.HasField(field.name) != actual.HasField(field.name):
            return f"{here}: {'lost' if expected.HasField(field.name) else 'added'}"
        if found := _difference(ours, theirs, here):
            return found
    return f"{path}: differs in an unknown way"
