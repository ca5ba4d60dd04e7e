# SPDX-License-Identifier: Apache-2.0
"""What a model says, read from its protos without the package: graphs, attributes, constants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from onnx import AttributeProto, GraphProto, NodeProto, TensorProto, numpy_helper

Array = np.ndarray[Any, Any]


def graphs_of(graph: GraphProto) -> Iterator[GraphProto]:
    """The graph and those inside its nodes."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from graphs_of(attribute.g)


def attributes_of(node: NodeProto) -> dict[str, Any]:
    """The attributes that a node sets."""
    found: dict[str, Any] = {}
    for proto in node.attribute:
        if proto.type == AttributeProto.INT:
            found[proto.name] = proto.i
        elif proto.type == AttributeProto.FLOAT:
            found[proto.name] = proto.f
        elif proto.type == AttributeProto.INTS:
            found[proto.name] = list(proto.ints)
        elif proto.type == AttributeProto.FLOATS:
            found[proto.name] = list(proto.floats)
        elif proto.type == AttributeProto.STRING:
            found[proto.name] = proto.s.decode()
        elif proto.type == AttributeProto.TENSOR:
            found[proto.name] = proto.t
        elif proto.type == AttributeProto.GRAPH:
            found[proto.name] = proto.g
    return found


def constant_array(node: NodeProto) -> Array | None:
    """What a Constant node gives."""
    for name, value in attributes_of(node).items():
        if isinstance(value, TensorProto):
            return numpy_helper.to_array(value)
        if name in ("value_int", "value_ints"):
            return np.array(value, np.int64)
        if name in ("value_float", "value_floats"):
            return np.array(value, np.float32)
    return None


def is_training(node: NodeProto, attributes: Mapping[str, Any], opset: int) -> bool:
    """Whether a BatchNormalization takes its statistics from the batch."""
    if opset < 7:
        return not attributes.get("is_test", 0)
    if opset < 14:
        return any(node.output[1:])
    return bool(attributes.get("training_mode", 0))
