# SPDX-License-Identifier: Apache-2.0
"""A model in float64: what it would compute without rounding.  Runs in the child process.

All values of the types float32, float16, bfloat16 and float64 become float64; constants keep their value.  A float64
evaluation is exact for our purposes.  To learn what rounding to the types of the model may do to its outputs, it is
repeated with noise: ops for onnx's reference evaluator stand where the model rounds.

    Rounded(y, inputs...)   y of an op, each element off by u * sqrt(K), and by no less than half the smallest number
    Summands(inputs...)     what an op sums, each element off by u * sqrt(K)

u is the unit roundoff of the value's type in the model, K the number of terms that the op sums.  Signs are random.
There is a second kind of noise: some ops give less than what is rounded on the way (`ROUND_INSIDE`), and are off by u
of that.
Source: Higham and Mary, "A new approach to probabilistic rounding error analysis", SIAM J. Sci. Comput. 41 (2019): the
error of a sum of K terms grows with sqrt(K) u.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard, TypeVar

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto, helper, numpy_helper
from onnx.reference.op_run import OpRun

from ..dialect.ops.numerics import (
    ELEMENT_TYPE_ATTRIBUTES,
    ROUND_INSIDE,
    Numerics,
    numerics_of,
    summed_terms,
)
from .models import graphs_of
from .precision import Array, Precision, is_array, precision

_DOMAIN = "onnx_opt.verification"
_PROMOTED: dict[int, Precision] = {
    type_: precision(np.dtype(helper.tensor_dtype_to_np_dtype(type_)))
    for type_ in (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE)
}
_Message = TypeVar("_Message", onnx.NodeProto, TensorProto)


class NotPromotedError(Exception):
    """The model has no meaning in float64."""


def widened(array: Array) -> Array:
    """An array of one of the promoted types as float64; any other as it is."""
    return array.astype(np.float64) if is_promoted(array) else array


def is_promoted(array: Array) -> bool:
    """Whether an array becomes float64."""
    return _element_type(array) in _PROMOTED


def promote(
    model: onnx.ModelProto, arrays: Mapping[str, Array], types: Mapping[str, int]
) -> dict[str, Array]:
    """Make a model that came without its initializers one in float64.  Raises NotPromotedError.

    types: element types of its values, as far as they are known.  The result: its constants, wherever they stood, in
    their own types.
    """
    lifted = dict(arrays)
    known = {**types, **{name: _element_type(array) for name, array in lifted.items()}}
    coarsest = _coarsest(known.values(), _PROMOTED[TensorProto.FLOAT])
    # From the inside out: changing the nodes of a graph makes copies of the graphs in it.
    for number, graph in reversed(list(enumerate(graphs_of(model.graph)))):
        _lift(graph, lifted, "" if number == 0 else f"{_DOMAIN}.{number}.")
    for graph in reversed(list(graphs_of(model.graph))):
        for info in (*graph.input, *graph.output, *graph.value_info):
            _promote_type(info.type)
        nodes: list[onnx.NodeProto] = []
        for node in graph.node:
            _promote_node(node)
            nodes.extend(_with_noise(node, known, coarsest))
        del graph.node[:]
        graph.node.extend(nodes)
    model.opset_import.append(helper.make_opsetid(_DOMAIN, 1))
    return lifted


def _element_type(array: Array) -> int:
    try:
        return helper.np_dtype_to_tensor_dtype(array.dtype)
    except (ValueError, KeyError):
        return TensorProto.UNDEFINED


def _coarsest(types: Iterable[int | None], default: Precision) -> Precision:
    """The precision of the narrowest of the promoted types among `types`."""
    promoted = [_PROMOTED[type_] for type_ in types if type_ in _PROMOTED]
    return min(promoted, key=lambda each: each.digits, default=default)


def _lift(graph: onnx.GraphProto, arrays: dict[str, Array], prefix: str) -> None:
    """Take dense constants out of a graph; below the main graph they get names of their own."""
    outputs = {info.name for info in graph.output}
    constants = {
        tensor.name: tensor
        for tensor in graph.initializer
        if tensor.name not in outputs or not prefix
    }
    nodes: list[onnx.NodeProto] = []
    for node in graph.node:
        value = _constant(node)
        if value is not None and node.output[0] not in outputs:
            constants[node.output[0]] = value
        else:
            nodes.append(_copy(node))
    names = {name: prefix + name for name in constants}
    for name, tensor in constants.items():
        arrays[names[name]] = np.asarray(numpy_helper.to_array(tensor))
    initializers = [_copy(t) for t in graph.initializer if t.name not in constants]
    for tensor in initializers:
        _promote_tensor(tensor)
    del graph.initializer[:]
    del graph.node[:]
    graph.initializer.extend(initializers)
    graph.node.extend(nodes)
    if prefix:
        for inner in graphs_of(graph):
            for node in inner.node:
                for index, name in enumerate(node.input):
                    node.input[index] = names.get(name, name)


def _copy(message: _Message) -> _Message:
    return type(message).FromString(message.SerializeToString())


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
    if numerics_of(node.op_type) is Numerics.READS_BITS:
        raise NotPromotedError(f"{node.op_type} looks at the bits of floats")
    for attribute in node.attribute:
        if (
            attribute.type == AttributeProto.INT
            and attribute.name in ELEMENT_TYPE_ATTRIBUTES
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
    numerics = numerics_of(node.op_type)
    if numerics is Numerics.MOVES and node.domain in ("", "ai.onnx"):
        yield node
        return
    known = [types[name] for name in node.output if name in types]
    if known and not any(type_ in _PROMOTED for type_ in known):
        yield node  # of integers, bools or strings
        return
    of_node = _coarsest(known, coarsest)
    inputs = [name for name in node.input if name]
    outputs = [name for name in node.output if name]
    if numerics is Numerics.SUMS:
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
    op_type: str, node: onnx.NodeProto, inputs: list[str], outputs: list[str], rounded: Precision
) -> onnx.NodeProto:
    """An op of `noise_ops`, for what `node` computes with precision `rounded`."""
    return helper.make_node(
        op_type,
        inputs,
        outputs,
        domain=_DOMAIN,
        source=node.op_type,
        transposed=next((a.i for a in node.attribute if a.name == "transA"), 0),
        unit=rounded.unit,
        tiny=rounded.tiny,
    )


@dataclass
class NoiseState:
    """What noise is drawn from; None while there is none.  inside: whether it is of the second kind."""

    random: np.random.Generator | None = None
    inside: bool = False

    def draw(self, values: Array, unit: float, least: float) -> Array:
        """`values`, each off by `unit` of it, and by no less than `least`; zeros stay."""
        if self.random is None or self.inside:
            return values
        signs = self.random.integers(0, 2, values.shape, dtype=np.int8) * 2.0 - 1.0
        error = np.maximum(np.abs(values) * unit, least) * (values != 0)
        with np.errstate(all="ignore"):
            return np.asarray(values + signs * error)

    def draw_inside(self, values: Array, unit: float, size: Array | float) -> Array:
        """`values`, each off by `unit` of `size`."""
        if self.random is None or not self.inside:
            return values
        signs = self.random.integers(0, 2, values.shape, dtype=np.int8) * 2.0 - 1.0
        with np.errstate(all="ignore"):
            return np.asarray(values + signs * unit * size)


def approximates(model: onnx.ModelProto) -> bool:
    """Whether a promoted model has noise of the second kind."""
    return any(
        node.domain == _DOMAIN
        and attribute.name == "source"
        and attribute.s.decode() in ROUND_INSIDE
        for graph in graphs_of(model.graph)
        for node in graph.node
        for attribute in node.attribute
    )


def noise_ops(state: NoiseState) -> list[type[OpRun]]:
    """The ops, bound to `state`."""

    class Rounded(OpRun):
        op_domain = _DOMAIN

        def _run(
            self, y: Any, *inputs: Any, unit: float, tiny: float, source: str, transposed: int
        ) -> tuple[Any]:
            if not _is_real(y):
                return (y,)
            spread = unit * math.sqrt(_terms(source, inputs, y.size, transposed))
            wide = state.draw(y.astype(np.float64, copy=False), spread, tiny / 2)
            if source in ROUND_INSIDE:
                wide = state.draw_inside(wide, unit, _size_inside(source, y, inputs))
            return (wide,)

    class Summands(OpRun):
        op_domain = _DOMAIN

        def _run(
            self, *inputs: Any, unit: float, tiny: float, source: str, transposed: int
        ) -> tuple[Any, ...]:
            spread = unit * math.sqrt(_terms(source, inputs, 0, transposed))
            return tuple(
                state.draw(value, spread, tiny / 2) if _is_real(value) else value
                for value in inputs
            )

    return [Rounded, Summands]


def _terms(source: str, inputs: Sequence[Any], result_size: int, transposed: int) -> int:
    shapes = [value.shape for value in inputs if is_array(value)]
    return summed_terms(source, shapes, result_size, transposed=bool(transposed))


def _size_inside(source: str, y: Array, inputs: Sequence[Any]) -> Array | float:
    """How large what an op rounds on the way is, by which it is off at the least."""
    if ROUND_INSIDE[source] == "1":
        return 1.0
    x = inputs[0]
    return np.abs(x) if is_array(x) and x.shape == y.shape else 1.0


def _is_real(value: object) -> TypeGuard[Array]:
    return is_array(value) and value.dtype.kind == "f"
