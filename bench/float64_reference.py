# SPDX-License-Identifier: Apache-2.0
"""Evaluate a model as ONNX's specification defines it, in float64, and bound the error of what it gives.

Every value is a pair (number, error): the number as float64 computes it from the weights as they are, and a bound on
how far it may be from what exact arithmetic on exact weights would give.  Errors come from two sources: float64's own
roundings, and weights of which the caller says that they are rounded.  They propagate by the rules of running error
analysis (Higham, Accuracy and Stability of Numerical Algorithms, chapter 3).  A Cast between float types passes its
operand on: exact arithmetic has no types.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import (
    GraphProto,
    ModelProto,
    NodeProto,
    TensorProto,
    helper,
    numpy_helper,
)
from onnx.reference import ReferenceEvaluator

from bench.float64_convolution import Array, convolve, convolve_back, pool_most
from bench.model_protos import attributes_of, constant_array, is_training

_FLOATS = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE)
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
    if array.dtype.kind in "iub":
        return Bounded(array, np.zeros(()))
    number = array.astype(np.float64)
    return Bounded(number, np.zeros(number.shape))


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
        function = getattr(self, f"_{node.op_type.lower()}", None)
        if function is None:
            return self._other(node, operands)
        result: Bounded = function(operands, attributes)
        return result

    def _other(self, node: NodeProto, operands: list[Any]) -> Bounded:
        """Any other op, as onnx evaluates it; the bound comes from moving its operands by theirs."""

        def run(sign: float) -> Array:
            return evaluate_node(
                node,
                [None if operand is None else _away(operand, sign) for operand in operands],
                self.opset,
            )

        number = run(0.0)
        if number.dtype.kind != "f":
            return Bounded(number, np.zeros(()))
        away = np.maximum(np.abs(run(1.0) - number), np.abs(run(-1.0) - number))
        return Bounded(number, 2 * away + self.roundoff * np.abs(number))

    def _normalize(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        x = operands[0]
        # One number for each index of axis 1; for each element where old versions say so (`spatial`).
        ones = (1,) * (x.number.ndim - 1 - operands[1].number.ndim)
        scale, bias, mean, var = (
            Bounded(of.number.reshape(*of.number.shape, *ones), _spread(of.error, of.number, ones))
            for of in operands[1:]
        )
        root = np.sqrt(var.number + attributes.get("epsilon", _EPSILON))
        s = scale.number / root
        number = (x.number - mean.number) * s + bias.number
        centered = np.abs(x.number) + np.abs(mean.number)
        error = (x.error + mean.error) * np.abs(s) + centered * scale.error / root + bias.error
        return Bounded(number, error + self.roundoff * (centered * np.abs(s) + np.abs(bias.number)))

    def _normalize_batch(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        """With the mean and the variance of X itself; the error to first order, twice."""
        x = operands[0]
        rest = tuple(axis for axis in range(x.number.ndim) if axis != 1)
        vector = (-1,) + (1,) * (x.number.ndim - 2)
        scale, bias = (Bounded(of.number.reshape(vector), of.error) for of in operands[1:3])
        rows = max(math.prod(x.number.shape[axis] for axis in rest), 1)

        def mean(array: Array) -> Array:
            return np.asarray(array.sum(axis=rest, keepdims=True) / rows)

        center = mean(x.number)
        away = x.number - center
        spread = mean(away**2) + attributes.get("epsilon", _EPSILON)
        s = scale.number / np.sqrt(spread)
        number = away * s + bias.number
        error = x.error + mean(x.error) + self.roundoff * (np.abs(x.number) + np.abs(center))
        of_spread = mean(2 * np.abs(away) * error + error**2)
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
        if product.number.dtype.kind in "iu":
            scaled = alpha * product.number.astype(np.float64)
            if len(operands) > 2 and operands[2] is not None:
                scaled = scaled + beta * operands[2].number
            return Bounded(scaled.astype(product.number.dtype), np.zeros(()))
        number, error = alpha * product.number, abs(alpha) * product.error
        if len(operands) > 2 and operands[2] is not None:
            c = operands[2]
            number = number + beta * c.number
            error = error + abs(beta) * c.error + self.roundoff * np.abs(beta * c.number)
        return Bounded(number, error + self.roundoff * np.abs(number))

    def _matmul(self, operands: list[Any], _: Mapping[str, Any]) -> Bounded:
        a, b = operands
        number = a.number @ b.number
        if number.dtype.kind in "iu":
            return Bounded(number, np.zeros(()))
        largest = np.abs(b.number)
        rows = b.number.shape[-2] if b.number.ndim > 1 else len(b.number)
        of_b = b.error + (self.roundoff + rows * 2.0**-53) * largest
        return Bounded(number, np.abs(a.number) @ of_b + a.error @ (largest + b.error))

    def _conv(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        return self._convolution(convolve, operands, attributes)

    def _convtranspose(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        return self._convolution(convolve_back, operands, attributes)

    def _convolution(
        self,
        convolution: Callable[[Array, Array, Mapping[str, Any]], Array],
        operands: list[Any],
        attributes: Mapping[str, Any],
    ) -> Bounded:
        """Linear in X and in W, and what bounds a sum of products is one of their magnitudes."""
        x, w = operands[:2]
        number = convolution(x.number, w.number, attributes)
        magnitude = np.abs(w.number)
        terms = w.number[0].size * len(w.number)
        of_w = w.error + (self.roundoff + terms * 2.0**-53) * magnitude
        error = convolution(np.abs(x.number), of_w, attributes)
        error = error + convolution(x.error, magnitude + of_w, attributes)
        if len(operands) > 2 and operands[2] is not None:
            bias = operands[2]
            column = (-1,) + (1,) * (number.ndim - 2)
            number = number + bias.number.reshape(column)
            of_bias = bias.error + self.roundoff * np.abs(bias.number)
            error = error + of_bias.reshape(column)
        return Bounded(number, error)

    def _maxpool(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        x = operands[0]
        return _bounded(
            pool_most(x.number.astype(np.float64), attributes).astype(x.number.dtype),
            pool_most(np.broadcast_to(x.error, x.number.shape), attributes),
        )

    def _add(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        a, b = self._aligned(operands, attributes)
        error = a.error + b.error + self.roundoff * (np.abs(a.number) + np.abs(b.number))
        return _bounded(a.number + b.number, error)

    def _sub(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        a, b = self._aligned(operands, attributes)
        error = a.error + b.error + self.roundoff * (np.abs(a.number) + np.abs(b.number))
        return _bounded(a.number - b.number, error)

    def _mul(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        a, b = self._aligned(operands, attributes)
        number = a.number * b.number
        error = a.error * np.abs(b.number) + b.error * (np.abs(a.number) + a.error)
        return _bounded(number, error + self.roundoff * np.abs(number))

    def _div(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        a, b = self._aligned(operands, attributes)
        if a.number.dtype.kind in "iu":
            # Towards 0; what is divided by 0 is nobody's business.
            divisor = np.where(b.number == 0, 1, b.number).astype(b.number.dtype)
            whole = np.abs(a.number) // np.abs(divisor)
            sign = np.sign(a.number) * np.sign(divisor)
            return Bounded((whole * sign).astype(a.number.dtype), np.zeros(()))
        number = a.number / b.number
        least = np.abs(b.number) - b.error
        error = (a.error + np.abs(number) * b.error) / np.where(least > 0, least, 0)
        return Bounded(number, error + self.roundoff * np.abs(number))

    def _aligned(
        self, operands: list[Any], attributes: Mapping[str, Any]
    ) -> tuple[Bounded, Bounded]:
        """Two operands that broadcast as numpy's do; before opset 7 the second may lie from `axis` of the first on."""
        a, b = operands
        if self.opset < 7 and attributes.get("broadcast", 0) and "axis" in attributes:
            behind = a.number.ndim - b.number.ndim - attributes["axis"] % a.number.ndim
            ones = (1,) * behind
            b = Bounded(b.number.reshape(*b.number.shape, *ones), _spread(b.error, b.number, ones))
        return a, b

    def _relu(self, operands: list[Any], _: Mapping[str, Any]) -> Bounded:
        return Bounded(np.maximum(operands[0].number, 0), operands[0].error)

    def _neg(self, operands: list[Any], _: Mapping[str, Any]) -> Bounded:
        return Bounded(-operands[0].number, operands[0].error)

    def _abs(self, operands: list[Any], _: Mapping[str, Any]) -> Bounded:
        return Bounded(np.abs(operands[0].number), operands[0].error)

    def _identity(self, operands: list[Any], _: Mapping[str, Any]) -> Bounded:
        result: Bounded = operands[0]
        return result

    _dropout = _identity  # in inference mode, and there are no others here

    def _cast(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        number = operands[0].number
        wanted = attributes["to"]
        if number.dtype.kind in "iub" and wanted in _FLOATS:
            return exact(number.astype(np.float64))
        result: Bounded = operands[0]
        return result

    def _dequantizelinear(self, operands: list[Any], _: Mapping[str, Any]) -> Bounded:
        """With one scale for all."""
        x, scale = operands[:2]
        zero = 0 if len(operands) < 3 or operands[2] is None else operands[2].number
        number = (x.number.astype(np.float64) - zero) * scale.number
        return Bounded(number, self.roundoff * np.abs(number))

    def _concat(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        axis = attributes["axis"]
        return _bounded(
            np.concatenate([of.number for of in operands], axis),
            np.concatenate([_spread(of.error, of.number, ()) for of in operands], axis),
        )

    def _transpose(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        permutation = attributes.get("perm")
        return _moved(operands[0], lambda array: array.transpose(permutation))

    def _reshape(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        x, shape = operands
        wanted = [int(size) for size in shape.number]
        if not attributes.get("allowzero", 0):
            wanted = [
                size if size or axis >= x.number.ndim else x.number.shape[axis]
                for axis, size in enumerate(wanted)
            ]
        return _moved(x, lambda array: array.reshape(wanted))

    def _squeeze(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        axes = _axes(operands, attributes)
        return _moved(operands[0], lambda array: array.squeeze(axes))

    def _unsqueeze(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        axes = _axes(operands, attributes)
        assert axes is not None
        return _moved(operands[0], lambda array: np.expand_dims(array, axes))

    def _flatten(self, operands: list[Any], attributes: Mapping[str, Any]) -> Bounded:
        shape = operands[0].number.shape
        axis = attributes.get("axis", 1)
        axis = axis + len(shape) if axis < 0 else axis
        sizes = (math.prod(shape[:axis]), math.prod(shape[axis:]))
        return _moved(operands[0], lambda array: array.reshape(sizes))


def _away(operand: Bounded, sign: float) -> Array:
    number = operand.number
    return number if number.dtype.kind in "iub" else number + sign * operand.error


def _bounded(number: Array, error: Array) -> Bounded:
    return Bounded(number, np.zeros(()) if number.dtype.kind in "iub" else error)


def _spread(error: Array, number: Array, ones: tuple[int, ...]) -> Array:
    """A bound with the axes of the number, and `ones` more."""
    return np.broadcast_to(error, number.shape).reshape(*number.shape, *ones)


def _moved(x: Bounded, move: Callable[[Array], Array]) -> Bounded:
    return Bounded(move(x.number), move(np.broadcast_to(x.error, x.number.shape)))


def _axes(operands: list[Any], attributes: Mapping[str, Any]) -> tuple[int, ...] | None:
    """The axes of Squeeze or Unsqueeze, given as an attribute or as an operand."""
    if "axes" in attributes:
        return tuple(attributes["axes"])
    given = operands[1] if len(operands) > 1 else None
    return None if given is None else tuple(int(axis) for axis in given.number.ravel())


def evaluate_node(node: NodeProto, operands: list[Array | None], opset: int) -> Array:
    """The first result of one node, by onnx's own evaluator."""
    names = ["" if operand is None else f"i{index}" for index, operand in enumerate(operands)]
    copy = NodeProto()
    copy.CopyFrom(node)
    del copy.input[:]
    copy.input.extend(names)
    graph = helper.make_graph(
        [copy],
        "node",
        [helper.make_empty_tensor_value_info(name) for name in names if name],
        [helper.make_empty_tensor_value_info(node.output[0])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid(node.domain, opset)])
    feeds = {name: operand for name, operand in zip(names, operands, strict=True) if name}
    evaluator: Any = ReferenceEvaluator(model)
    return np.asarray(evaluator.run(None, feeds)[0])
