# SPDX-License-Identifier: Apache-2.0
"""ONNX's shape inference for a model's graph."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import onnx

from ..dialect.protos import tensor_to_proto
from ..dialect.types import ELEMENT_TYPES
from .cutting import PlainTensor
from .hidden_names import graphs_in, restore_names, tell_apart
from .tensors import MAX_RANK, ReadTensor, TensorReader
from .value_types import infos_of

# Weights of more elements cannot decide about a shape; floats only do as scales, one for each dimension.
_SHAPE_ELEMENTS = 1024
_SHAPE_FLOATS = MAX_RANK
_FLOATS = frozenset(row.onnx for row in ELEMENT_TYPES if row.is_float)


def infer(
    model: onnx.ModelProto, nodes: Sequence[onnx.NodeProto], tensors: TensorReader
) -> onnx.GraphProto | None:
    """The model's graph with the types that ONNX's shape inference finds; None if it refuses the model.

    nodes: those of the graph, in an order that is right.
    Of weights it sees the types: their values say nothing about shapes, and a model with them may exceed what protobuf
    admits.
    """
    light = onnx.ModelProto(ir_version=model.ir_version)
    light.opset_import.extend(model.opset_import)
    light.functions.extend(model.functions)
    light.graph.name = model.graph.name
    light.graph.node.extend(nodes)
    for field_name in ("input", "output", "value_info", "sparse_initializer"):
        getattr(light.graph, field_name).extend(getattr(model.graph, field_name))
    for tensor in model.graph.initializer:
        _add_light(light.graph, tensor, tensors)
    for node in light.graph.node:
        if node.op_type == "Constant":
            _lighten(node)
    old_names = tell_apart(light.graph)
    try:
        graph = onnx.shape_inference.infer_shapes(light, data_prop=True).graph
    except (onnx.shape_inference.InferenceError, ValueError, RuntimeError):
        # The verifier says what is wrong with the types, if anything is.
        return None
    if old_names:
        restore_names(graph, old_names)
    return graph


def is_needed(graph: onnx.GraphProto) -> bool:
    """Whether there is anything about a graph's values that only inference can say."""
    return _lacks_types(graph) or _lacks_names(graph)


def weight_types(weights: Sequence[ReadTensor | PlainTensor]) -> dict[str, onnx.TypeProto]:
    """The types of initializers by their names."""
    return {weight.name: _tensor_type(*weight.form) for weight in weights}


def _lacks_types(graph: onnx.GraphProto) -> bool:
    known = {info.name for info in infos_of(graph) if _is_complete(info.type)}
    for node in graph.node:
        if not known.issuperset(name for name in node.output if name):
            return True
        for attribute in node.attribute:
            if attribute.HasField("g") and _lacks_types(attribute.g):
                return True
            if any(map(_lacks_types, attribute.graphs)):
                return True
    return False


def _lacks_names(graph: onnx.GraphProto) -> bool:
    """Whether an output, or an input of a graph in a node, has a size that is neither known nor named."""
    infos = [*graph.output]
    for node in graph.node:
        for inner in graphs_in(node):
            if _lacks_names(inner):
                return True
            infos += inner.input
    return any(
        not size.WhichOneof("value") for info in infos for size in info.type.tensor_type.shape.dim
    )


def _is_complete(proto: onnx.TypeProto) -> bool:
    kind = proto.WhichOneof("value")
    return kind is not None and (kind != "tensor_type" or proto.tensor_type.HasField("shape"))


def _add_light(graph: onnx.GraphProto, tensor: onnx.TensorProto, tensors: TensorReader) -> None:
    data_type, dims = tensor.data_type, tuple(tensor.dims)
    most = _SHAPE_FLOATS if data_type in _FLOATS else _SHAPE_ELEMENTS
    if math.prod(dims) > most:
        info = graph.value_info.add()
        info.name = tensor.name
        info.type.CopyFrom(_tensor_type(data_type, dims))
    elif tensor.external_data:  # Its data lies elsewhere, if only in the model's own bytes.
        graph.initializer.append(tensor_to_proto(tensors.array(tensor), tensor.name))
    else:
        graph.initializer.append(tensor)


@lru_cache
def _tensor_type(data_type: int, dims: tuple[int, ...]) -> onnx.TypeProto:
    return onnx.helper.make_tensor_type_proto(data_type, dims)


def _lighten(node: onnx.NodeProto) -> None:
    for attribute in node.attribute:
        raw = attribute.t.raw_data if attribute.HasField("t") else b""
        if len(raw) > 16 * _SHAPE_ELEMENTS:
            attribute.t.ClearField("raw_data")
