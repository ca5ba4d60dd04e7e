# SPDX-License-Identifier: Apache-2.0
"""Which BatchNormalizations of a model a fold must take, and what the folded weights must be.

Written from the rules of the fold on the ONNX graph, without the dialect and without the pass.  Three answers:

    must      all rules hold, with room to spare where a rule is about size
    must not  a rule is broken
    may       the rules do not say: a weight within a hair of overflow, a constant behind an Identity, an op of an old
              version that means the same
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import ml_dtypes
import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, numpy_helper

from bench.float64_reference import attributes_of, constant_array, graphs_of, is_training

Array = np.ndarray[Any, Any]
Answer = Literal["must", "must not", "may"]
AT_THE_END = "near the end of float64"
_WIDE = np.longdouble
_F64 = 8 * 2.0**-53
_HAIR = 1e-6
"""How near to a limit of the type, relative to it, is too near to tell: more than the rounding of any type but float16."""


@dataclass(frozen=True)
class Linear:
    """A Gemm's weights in exact arithmetic, B as (K, N); None for one that is no constant.

    errors: how far the folds before this one may have rounded them away.  sure: whether those folds must happen.
    """

    dtype: np.dtype[Any]
    b: Array | None
    c: Array | None
    b_error: Array
    c_error: Array
    beta: float
    sure: bool = True


@dataclass
class Plan:
    """The answer for each BatchNormalization, by the name of its Y; and the folded numbers where it must go."""

    answers: dict[str, Answer] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    folded: dict[str, Linear] = field(default_factory=dict)


def plan(model: ModelProto) -> Plan:
    """The plan for a whole model."""
    return _Planner(model).run()


def constants_of(model: ModelProto) -> dict[str, Array]:
    """Every constant of a model; what a caller may override is none."""
    found: dict[str, Array] = {}
    for graph in graphs_of(model.graph):
        inputs = {info.name for info in graph.input} if model.ir_version >= 4 else set()
        for tensor in graph.initializer:
            if tensor.name not in inputs:
                found[tensor.name] = numpy_helper.to_array(tensor)
        for node in graph.node:
            if node.op_type == "Constant":
                array = constant_array(node)
                assert array is not None
                found[node.output[0]] = array
    return found


class _Planner:
    def __init__(self, model: ModelProto) -> None:
        self._model = model
        self._opset = next(item.version for item in model.opset_import if not item.domain)
        self._constants = constants_of(model)
        self._uses: Counter[str] = Counter()
        self._aliases: dict[str, str] = {}
        for graph in graphs_of(model.graph):
            self._uses.update(name for node in graph.node for name in node.input)
            self._uses.update(info.name for info in graph.output)
            for node in graph.node:
                if node.op_type == "Identity":
                    self._aliases[node.output[0]] = node.input[0]
        self._gemms: dict[str, Linear | None] = {}
        self._plan = Plan()

    def run(self) -> Plan:
        self._graph(self._model.graph)
        return self._plan

    def _graph(self, graph: GraphProto) -> None:
        for node in graph.node:
            attributes = attributes_of(node)
            for value in attributes.values():
                if isinstance(value, GraphProto):
                    self._graph(value)
            if node.op_type == "Gemm":
                self._gemms[node.output[0]] = self._gemm(node, attributes)
            elif node.op_type == "BatchNormalization":
                answer, reason = self._judge(node, attributes)
                self._plan.answers[node.output[0]] = answer
                self._plan.reasons[node.output[0]] = reason

    def _gemm(self, node: NodeProto, attributes: Mapping[str, Any]) -> Linear | None:
        b = self._constants.get(node.input[1])
        has_c = len(node.input) > 2 and bool(node.input[2])
        c = self._constants.get(node.input[2]) if has_c else np.zeros(())
        none = np.zeros((), _WIDE)
        if b is None or c is None:
            return Linear(np.dtype(np.float64), None, None, none, none, 1.0)
        exact_b = _wide(b.T if attributes.get("transB", 0) else b)
        return Linear(b.dtype, exact_b, _wide(c), none, none, attributes.get("beta", 1.0))

    def _behind_identity(self, *names: str) -> bool:
        return any(self._aliases.get(name) in self._constants for name in names)

    def _judge(self, node: NodeProto, attributes: Mapping[str, Any]) -> tuple[Answer, str]:
        x = node.input[0]
        if is_training(node, attributes, self._opset):
            return "must not", "training"
        gemm = self._gemms.get(x)
        if gemm is None:
            return "must not", "X is no Gemm's"
        if self._uses[x] != 1:
            return "must not", "another use"
        names = list(node.input[1:])
        parameters = [self._constants.get(name) for name in names]
        if self._behind_identity(*names):
            return "may", "behind an Identity"
        if any(array is None for array in parameters):
            return "must not", "a parameter is no constant"
        if gemm.b is None:
            return self._without_constant(x)
        epsilon = attributes.get("epsilon", float(np.float32(1e-5)))
        # Statistics for each element are those for each channel of a matrix: right to fold, and no promise.
        sure = gemm.sure and bool(attributes.get("spatial", 1))
        return self._fold(node.output[0], replace(gemm, sure=sure), parameters, epsilon)

    def _without_constant(self, x: str) -> tuple[Answer, str]:
        """A Gemm one of whose operands is no constant: unless an Identity makes it look so."""
        for graph in graphs_of(self._model.graph):
            for node in graph.node:
                if x in node.output and self._behind_identity(*node.input[1:]):
                    return "may", "behind an Identity"
        return "must not", "B or C is no constant"

    def _fold(
        self, y: str, gemm: Linear, parameters: list[Any], epsilon: float
    ) -> tuple[Answer, str]:
        """Whether the folded numbers fit into the type; if they may, they are the next BatchNormalization's Gemm."""
        assert gemm.b is not None
        assert gemm.c is not None
        scale, bias, mean, var = map(_wide, parameters)
        with np.errstate(all="ignore"):
            s = scale / np.sqrt(var + _WIDE(epsilon))
            b = gemm.b * s
            c = (_WIDE(gemm.beta) * gemm.c - mean) * s + bias
            slack = (np.abs(_WIDE(gemm.beta) * gemm.c) + np.abs(mean)) * np.abs(s) + np.abs(bias)
            b_error = gemm.b_error * np.abs(s) + half_ulp(b, gemm.dtype) + _F64 * np.abs(b)
            c_error = (
                abs(gemm.beta) * gemm.c_error * np.abs(s) + half_ulp(c, gemm.dtype) + _F64 * slack
            )
        answer, reason = _fits(gemm.dtype, s, b, c, slack)
        if answer != "must not":
            folded = Linear(
                gemm.dtype, b, c, b_error, c_error, 1.0, sure=gemm.sure and answer == "must"
            )
            self._gemms[y] = self._plan.folded[y] = folded
        if answer == "must" and not gemm.sure:
            return "may", "unsure"
        return answer, reason


def _fits(dtype: np.dtype[Any], s: Array, b: Array, c: Array, slack: Array) -> tuple[Answer, str]:
    info: Any = ml_dtypes.finfo(dtype)
    most, least = float(info.max), float(info.smallest_normal)
    if not np.isfinite(s).all():
        return "must not", "s is not finite"
    for magnitudes in (np.abs(s), np.abs(b), slack):
        if ((magnitudes > 1e300) | ((magnitudes != 0) & (magnitudes < 1e-300))).any():
            return "may", AT_THE_END
    if not (np.isfinite(b).all() and np.isfinite(c).all()):
        return "may", "not finite to begin with"
    peak = np.abs(b).max(axis=0, initial=0)
    hair = max(_HAIR, 2.0 ** -int(info.nmant))
    largest = max(peak.max(initial=0), np.abs(c).max(initial=0))
    if largest > most * (1 + hair):
        return "must not", "overflow"
    if largest > most * (1 - hair):
        return "may", "near overflow"
    if ((peak < least * (1 - hair)) & (peak != 0)).any():
        return "must not", "underflow"
    if ((peak < least * (1 + hair)) & (peak != 0)).any():
        return "may", "near underflow"
    return "must", "legal"


def _wide(array: Array) -> Array:
    return array.astype(np.float64).astype(_WIDE)


def half_ulp(exact: Array, dtype: np.dtype[Any]) -> Array:
    """Half the distance between neighbours of a type where `exact` is: what rounding once may do."""
    info: Any = ml_dtypes.finfo(dtype)
    _, exponent = np.frexp(np.maximum(np.abs(exact), _WIDE(info.smallest_normal)))
    return np.asarray(np.ldexp(_WIDE(0.5), exponent - 1 - int(info.nmant)))


def check_numbers(folded: Linear, b: Array, c: Array) -> str:
    """What is wrong with the folded B (as (K, N)) and C; empty if each is the nearest number of its type.

    Nearest up to what float64 loses on the way, a few of its roundings of B and of the terms of C, and up to the roundings of
    the folds before.
    """
    for name, got, exact, error in (
        ("B", b, folded.b, folded.b_error),
        ("C", c, folded.c, folded.c_error),
    ):
        assert exact is not None
        if got.dtype != folded.dtype:
            return f"{name} has type {got.dtype}, not {folded.dtype}"
        if np.broadcast_shapes(got.shape, exact.shape) != got.shape:
            return f"{name} has shape {got.shape}, not {exact.shape}"
        with np.errstate(all="ignore"):
            bad = ~(np.abs(_wide(got) - exact) <= error)
        if bad.any():
            at = tuple(int(i) for i in np.argwhere(bad)[0])
            return f"{name}{list(at)} is {got[at]}, not {np.broadcast_to(exact, got.shape)[at]}"
    return ""
