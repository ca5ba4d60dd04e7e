# SPDX-License-Identifier: Apache-2.0
"""A model in float64: what it would compute without rounding.  Runs in the child process.

All values of the types float32, float16, bfloat16 and float64 become float64; constants keep their value.  Ops that
simulate rounding (noise.py) stand where the model rounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto, helper, numpy_helper

from .graphs import graphs_of
from .noise import DOMAIN
from .precision import Array, Precision, precision
from .sums import EXACT, SUMMING

_PROMOTED: dict[int, Precision] = {
    kind: precision(np.dtype(helper.tensor_dtype_to_np_dtype(kind)))
    for kind in (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE)
}
_TYPE_ATTRIBUTES = frozenset(("to", "dtype", "output_datatype", "output_dtype"))


class NotPromotedError(Exception):
    """The model has no meaning in float64."""


@dataclass
class Promoted:
    """A model in float64.

    arrays: its constants, wherever they stood, in their own types.
    """

    model: onnx.ModelProto
    arrays: dict[str, Array]
    _types: dict[str, int] = field(default_factory=dict[str, int])

    def wide(self, name: str) -> Array:
        """A constant in float64, if it is a float."""
        return widened(self.arrays[name])


def widened(array: Array) -> Array:
    """An array of one of the promoted types as float64; any other as it is."""
    return array.astype(np.float64) if is_promoted(array.dtype) else array


def is_promoted(dtype: np.dtype[np.generic]) -> bool:
    """Whether values of a type become float64."""
    try:
        return helper.np_dtype_to_tensor_dtype(dtype) in _PROMOTED
    except (ValueError, KeyError):
        return False


def promote(
    model: onnx.ModelProto, arrays: Mapping[str, Array], types: Mapping[str, int]
) -> Promoted:
    """The promotion of a model that came without its initializers.  Changes it; raises NotPromotedError.

    types: element types of its values, as far as they are known.
    """
    lifted = dict(arrays)
    known = {**types, **{name: _kind(array) for name, array in lifted.items()}}
    coarsest = _coarsest(known.values())
    # From the inside out: changing the nodes of a graph makes copies of the graphs in it.
    for number, graph in reversed(list(enumerate(graphs_of(model.graph)))):
        _lift(graph, lifted, "" if number == 0 else f"{DOMAIN}.{number}.")
    for graph in reversed(list(graphs_of(model.graph))):
        for info in (*graph.input, *graph.output, *graph.value_info):
            _promote_type(info.type)
        nodes: list[onnx.NodeProto] = []
        for node in graph.node:
            _promote_node(node)
            nodes.extend(_with_noise(node, known, coarsest))
        del graph.node[:]
        graph.node.extend(nodes)
    model.opset_import.append(helper.make_opsetid(DOMAIN, 1))
    return Promoted(model, lifted)


def _kind(array: Array) -> int:
    try:
        return helper.np_dtype_to_tensor_dtype(array.dtype)
    except (ValueError, KeyError):
        return TensorProto.UNDEFINED


def _coarsest(kinds: Iterable[int]) -> Precision:
    found = [_PROMOTED[kind] for kind in kinds if kind in _PROMOTED]
    return min(found, key=lambda each: each.digits, default=_PROMOTED[TensorProto.FLOAT])


def _lift(graph: onnx.GraphProto, arrays: dict[str, Array], prefix: str) -> None:
    """Take dense constants out of a graph; below the main graph they get names of their own."""
    given = {info.name for info in graph.output}
    found: dict[str, TensorProto] = {}
    for tensor in graph.initializer:
        if tensor.name not in given or not prefix:
            found[tensor.name] = tensor
    nodes: list[onnx.NodeProto] = []
    for node in graph.node:
        value = _constant(node)
        if value is not None and node.output[0] not in given:
            found[node.output[0]] = value
        else:
            nodes.append(node)
    names = {name: prefix + name for name in found}
    for name, tensor in found.items():
        arrays[names[name]] = np.asarray(numpy_helper.to_array(tensor))
    kept = [
        TensorProto.FromString(t.SerializeToString())
        for t in graph.initializer
        if t.name not in found
    ]
    for tensor in kept:
        _promote_tensor(tensor)
    copies = [onnx.NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del graph.initializer[:]
    del graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(copies)
    if prefix:
        for inner in graphs_of(graph):
            for node in inner.node:
                for index, name in enumerate(node.input):
                    node.input[index] = names.get(name, name)


def _constant(node: onnx.NodeProto) -> TensorProto | None:
    """The tensor of a Constant node that holds floats."""
    if node.op_type != "Constant" or node.domain not in ("", "ai.onnx"):
        return None
    for attribute in node.attribute:
        if attribute.name == "value":
            return attribute.t if attribute.t.data_type in _PROMOTED else None
        if attribute.name == "value_float":
            return numpy_helper.from_array(np.array(attribute.f, np.float32))
        if attribute.name == "value_floats":
            return numpy_helper.from_array(np.array(attribute.floats, np.float32))
    return None


def _promote_type(type_: onnx.TypeProto) -> None:
    which = type_.WhichOneof("value")
    if which == "tensor_type" and type_.tensor_type.elem_type in _PROMOTED:
        type_.tensor_type.elem_type = TensorProto.DOUBLE
    elif which in ("sequence_type", "optional_type"):
        _promote_type(getattr(type_, which).elem_type)


def _promote_tensor(tensor: TensorProto) -> None:
    if tensor.data_type in _PROMOTED:
        name = tensor.name
        tensor.CopyFrom(
            numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float64), name)
        )


def _promote_node(node: onnx.NodeProto) -> None:
    if node.op_type == "BitCast":
        raise NotPromotedError("BitCast looks at the bits of floats")
    for attribute in node.attribute:
        if (
            attribute.type == AttributeProto.INT
            and attribute.name in _TYPE_ATTRIBUTES
            and attribute.i in _PROMOTED
        ):
            attribute.i = TensorProto.DOUBLE
        if attribute.type == AttributeProto.TENSOR:
            _promote_tensor(attribute.t)
        if attribute.type == AttributeProto.SPARSE_TENSOR:
            raise NotPromotedError("sparse constants")
    if node.op_type == "ConstantOfShape" and not node.attribute:
        node.attribute.append(helper.make_attribute("value", numpy_helper.from_array(np.zeros(1))))


def _with_noise(
    node: onnx.NodeProto, types: Mapping[str, int], coarsest: Precision
) -> Iterable[onnx.NodeProto]:
    """A node, with the rounding of its inputs and outputs."""
    if node.op_type in EXACT and node.domain in ("", "ai.onnx"):
        yield node
        return
    kinds = [_PROMOTED[types[name]] for name in node.output if types.get(name) in _PROMOTED]
    known = any(name in types for name in node.output)
    if known and not kinds:
        yield node  # of integers, bools or strings
        return
    of_node = min(kinds, key=lambda each: each.digits, default=coarsest)
    inputs = [name for name in node.input if name]
    outputs = [name for name in node.output if name]
    if node.op_type in SUMMING:
        noisy = {name: f"{outputs[0]}#{index}" for index, name in enumerate(dict.fromkeys(inputs))}
        yield _noise_node("Summands", node, list(noisy), list(noisy.values()), of_node)
        for index, name in enumerate(node.input):
            node.input[index] = noisy.get(name, "")
    for index, name in enumerate(node.output):
        node.output[index] = f"{name}#" if name else ""
    yield node
    for name in outputs:
        yield _noise_node("Rounded", node, [f"{name}#", *inputs], [name], of_node)


def _noise_node(
    op_type: str, node: onnx.NodeProto, inputs: list[str], outputs: list[str], kind: Precision
) -> onnx.NodeProto:
    """An op of noise.py, for what `node` computes with precision `kind`."""
    made = onnx.NodeProto(op_type=op_type, domain=DOMAIN, input=inputs, output=outputs)
    transposed = next((a.i for a in node.attribute if a.name == "transA"), 0)
    about: dict[str, str | int | float] = {
        "source": node.op_type,
        "transposed": transposed,
        "unit": kind.unit,
        "tiny": kind.tiny,
    }
    made.attribute.extend(helper.make_attribute(name, value) for name, value in about.items())
    return made
