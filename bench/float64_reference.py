# SPDX-License-Identifier: Apache-2.0
"""Evaluate a model as ONNX's specification defines it, in float64, and bound the error of what it gives.

Every value is a pair (number, error): the number as float64 computes it from the weights as they are, and a bound on
how far it may be from what exact arithmetic on exact weights would give.  Errors come from two sources: float64's own
roundings, and weights of which the caller says that they are rounded.  They propagate by the rules of running error
analysis (Higham, Accuracy and Stability of Numerical Algorithms, chapter 3).  A Cast between float types passes its
operand on: exact arithmetic has no types.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, numpy_helper

Array = np.ndarray[Any, Any]
_EPSILON = float(np.float32(1e-5))
ROUNDOFF = 8 * 2.0**-53
"""Some roundings of float64, the fold's own among them, relative to the sum of the magnitudes of all terms."""


@dataclass(frozen=True)
class Bounded:
    """A number and a bound on its error; for what is no float the error is 0."""

    number: Array
    error: Array


def exact(array: Array) -> Bounded:
    """An array that is what it should be."""
    if array.dtype.kind in "ib":
        return Bounded(array, np.zeros(()))
    number = array.astype(np.float64)
    return Bounded(number, np.zeros(number.shape))


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


def evaluate(
    model: ModelProto,
    inputs: Mapping[str, Array],
    errors: Mapping[str, Array],
    roundoff: float = ROUNDOFF,
) -> list[Bounded]:
    """The outputs of a model.

    errors: bounds for the weights, by name, that are not what they should be.  roundoff: what a rounding may do to a
    term.
    """
    opset = next(item.version for item in model.opset_import if not item.domain)
    values = {name: exact(array) for name, array in inputs.items()}
    with np.errstate(all="ignore"):
        _Evaluator(opset, errors, roundoff).run(model.graph, values)
    return [values[output.name] for output in model.graph.output]


@dataclass(frozen=True)
class _Evaluator:
    """See `evaluate`; an operand that is left out is None."""

    opset: int
    errors: Mapping[str, Array]
    roundoff: float

    def run(self, graph: GraphProto, values: dict[str, Bounded]) -> None:
        """Add the values of a graph's nodes to those of its inputs."""
        for tensor in graph.initializer:
            if tensor.name not in values:
                values[tensor.name] = self._constant(tensor.name, numpy_helper.to_array(tensor))
        for node in graph.node:
            values[node.output[0]] = self._node(node, values)

    def _constant(self, name: str, array: Array) -> Bounded:
        if name in self.errors:
            return Bounded(array.astype(np.float64), self.errors[name])
        return exact(array)

    def _node(self, node: NodeProto, values: Mapping[str, Bounded]) -> Bounded:
        attributes = attributes_of(node)
        operands: list[Any] = [values[name] if name else None for name in node.input]
        if node.op_type == "Constant":
            array = constant_array(node)
            assert array is not None
            return self._constant(node.output[0], array)
        if node.op_type == "If":
            taken: GraphProto = attributes["then_branch" if operands[0].number else "else_branch"]
            inner = dict(values)
            self.run(taken, inner)
            return inner[taken.output[0].name]
        if node.op_type == "BatchNormalization":
            if is_training(node, attributes, self.opset):
                return self._normalize_batch(operands, attributes)
            return self._normalize(operands, attributes)
        result: Bounded = getattr(self, f"_{node.op_type.lower()}")(operands, attributes)
        return result

    def _normalize(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        x, scale, bias, mean, var = operands
        s = scale.number / np.sqrt(var.number + attributes.get("epsilon", _EPSILON))
        number = (x.number - mean.number) * s + bias.number
        magnitude = (np.abs(x.number) + np.abs(mean.number)) * np.abs(s) + np.abs(bias.number)
        return Bounded(number, x.error * np.abs(s) + self.roundoff * magnitude)

    def _normalize_batch(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        """With the mean and the variance of X itself; the error to first order, twice."""
        x, scale, bias = operands[:3]
        rows = max(len(x.number), 1)
        center = x.number.sum(axis=0) / rows
        away = x.number - center
        spread = (away**2).sum(axis=0) / rows + attributes.get("epsilon", _EPSILON)
        s = scale.number / np.sqrt(spread)
        number = away * s + bias.number
        error = (
            x.error
            + x.error.sum(axis=0) / rows
            + self.roundoff * (np.abs(x.number) + np.abs(center))
        )
        of_spread = (2 * np.abs(away) * error + error**2).sum(axis=0) / rows
        bound = np.abs(s) * error + np.abs(away * s) * of_spread / (2 * spread)
        bound = np.where(of_spread < spread / 4, 2 * bound, np.inf)
        return Bounded(number, bound + self.roundoff * (np.abs(away * s) + np.abs(bias.number)))

    def _gemm(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        alpha, beta = attributes.get("alpha", 1.0), attributes.get("beta", 1.0)
        a, b = operands[:2]
        if attributes.get("transA", 0):
            a = Bounded(a.number.T, a.error.T)
        if attributes.get("transB", 0):
            b = Bounded(b.number.T, b.error.T)
        product = self._matmul([a, b], {})
        number, error = alpha * product.number, abs(alpha) * product.error
        if len(operands) > 2 and operands[2] is not None:
            c = operands[2]
            number = number + beta * c.number
            error = error + abs(beta) * c.error + self.roundoff * np.abs(beta * c.number)
        return Bounded(number, error + self.roundoff * np.abs(number))

    def _matmul(self, operands: list[Any], _: Mapping[str, Any]) -> Bounded:
        a, b = operands
        largest = np.abs(b.number)
        of_b = b.error + (self.roundoff + len(b.number) * 2.0**-53) * largest
        return Bounded(a.number @ b.number, np.abs(a.number) @ of_b + a.error @ (largest + b.error))

    def _add(self, operands: list[Any], _: Mapping[str, Any]) -> Bounded:
        a, b = operands
        number = a.number + b.number
        return Bounded(number, a.error + b.error + self.roundoff * np.abs(number))

    def _mul(self, operands: list[Any], _: Mapping[str, Any]) -> Bounded:
        a, b = operands
        number = a.number * b.number
        error = a.error * np.abs(b.number) + b.error * (np.abs(a.number) + a.error)
        return Bounded(number, error + self.roundoff * np.abs(number))

    def _relu(self, operands: list[Any], _: Mapping[str, Any]) -> Bounded:
        return Bounded(np.maximum(operands[0].number, 0), operands[0].error)

    def _identity(self, operands: list[Any], _: Mapping[str, Any]) -> Bounded:
        result: Bounded = operands[0]
        return result

    _cast = _identity

    def _transpose(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        x, permutation = operands[0], attributes.get("perm")
        return Bounded(x.number.transpose(permutation), x.error.transpose(permutation))

    def _reshape(self, operands: list[Any], _: Mapping[str, Any]) -> Bounded:
        x, shape = operands
        wanted = [int(size) for size in shape.number]
        sizes = [size or x.number.shape[axis] for axis, size in enumerate(wanted)]
        return Bounded(x.number.reshape(sizes), x.error.reshape(sizes))
