# SPDX-License-Identifier: Apache-2.0
"""Random ONNX models around Gemm and BatchNormalization, and inputs to run them on.

All choices come from a `Draw`, so hypothesis can steer and shrink them; a choice of 0 is always the plainest.  Arrays come
from a generator with a drawn seed, in a drawn range of magnitudes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import numpy as np
import onnx
from arrays import RANGES, Array, numbers, variances
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto, helper

T = TypeVar("T")

NEWEST = onnx.defs.onnx_opset_version()
OPSETS = (
    17,
    13,
    15,
    14,
    9,
    7,
    6,
    8,
    11,
    12,
    16,
    18,
    21,
    23,
    NEWEST,
    10,
    19,
    20,
    22,
    *range(24, NEWEST),
)


class Draw(Protocol):
    """Where choices come from."""

    def integer(self, least: int, most: int) -> int:
        """A number in [least, most]."""
        ...


@dataclass(frozen=True)
class Value:
    """A matrix that a graph computes; the sizes are those that it has when run."""

    name: str
    shape: tuple[int, int]
    type: int


@dataclass
class Example:
    """A model and the inputs to run it on."""

    model: ModelProto
    inputs: dict[str, Array]


@dataclass
class Scope:
    """A graph that is being built."""

    nodes: list[NodeProto] = field(default_factory=list)
    weights: list[TensorProto] = field(default_factory=list)
    inputs: list[ValueInfoProto] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)


class Builder:
    """The builder of one example."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._count = 0
        self.opset = self.choose(OPSETS)
        types = [TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.BFLOAT16]
        self.types = types[: 3 if self.opset < 14 else 4]
        self.type = self.choose(self.types)
        # Up to IR version 3 an initializer has to stand among the inputs, and is a constant all the same.
        self.ir_version = 3 if self.opset < 9 and self.chance(60) else self.choose((8, 10, 4, 7))
        self._rng = np.random.default_rng(draw.integer(0, 1 << 16))
        self.main = Scope()
        self.inputs: dict[str, Array] = {}
        self._constants: dict[tuple[tuple[int, ...], int], list[str]] = {}

    def choose(self, options: Sequence[T]) -> T:
        return options[self._draw.integer(0, len(options) - 1)]

    def chance(self, percent: int) -> bool:
        return self._draw.integer(0, 99) >= 100 - percent

    def fresh(self, stem: str) -> str:
        self._count += 1
        return f"{stem}{self._count}"

    def array(self, shape: Sequence[int], type_: int, range_: str) -> Array:
        """Numbers of one of the `RANGES`."""
        return numbers(self._rng, shape, type_, range_)

    def variance(self, shape: Sequence[int], type_: int) -> Array:
        """Variances of a drawn kind."""
        return variances(self._rng, shape, type_, self._draw.integer(0, 15))

    # Constants

    def constant(self, scope: Scope, array: Array, type_: int, *, plain: int = 70) -> str:
        """A name for `array`: an initializer, or one of the other ways to give a node a number.

        plain: how many in a hundred are initializers or Constant nodes.
        """
        key = (array.shape, type_)
        known = self._constants.get(key)
        if known and self.chance(15):
            return self.choose(known)
        name = self.fresh("w")
        tensor = self.tensor(array, name, type_)
        if self.chance(100 - plain) and not self._needs_node(scope):
            kind = self._draw.integer(0, 2)
            if kind == 0:
                self._overridable(tensor)
            elif kind == 1:
                self.main.inputs.append(helper.make_tensor_value_info(name, type_, array.shape))
                self.inputs[name] = array
            else:
                scope.weights.append(tensor)
                self._listed(scope, tensor)
                moved = self.fresh("moved")
                scope.nodes.append(helper.make_node("Identity", [name], [moved]))
                return moved
        elif self._needs_node(scope) or self.chance(25):
            self._constant_node(scope, tensor, array, type_)
        else:
            scope.weights.append(tensor)
            self._listed(scope, tensor)
        if scope is self.main:
            self._constants.setdefault(key, []).append(name)
        return name

    def _needs_node(self, scope: Scope) -> bool:
        """In a branch of an old IR version an initializer would have to be an input, which a branch has none of."""
        return self.ir_version < 4 and scope is not self.main

    def _overridable(self, tensor: TensorProto) -> None:
        """An initializer that a caller may override, unless the IR version is too old for that."""
        self.main.weights.append(tensor)
        self.main.inputs.append(
            helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
        )

    def _listed(self, scope: Scope, tensor: TensorProto) -> None:
        if self.ir_version < 4 and scope is self.main:
            info = helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
            self.main.inputs.append(info)

    def _constant_node(self, scope: Scope, tensor: TensorProto, array: Array, type_: int) -> None:
        name = tensor.name
        attribute: dict[str, Any] = {"value": tensor}
        if self.opset >= 12 and type_ == TensorProto.FLOAT and array.ndim == 1 and array.size:
            attribute = {"value_floats": [float(item) for item in array]}
        elif self.opset >= 12 and type_ == TensorProto.FLOAT and array.ndim == 0:
            attribute = {"value_float": float(array)}
        scope.nodes.append(helper.make_node("Constant", [], [name], **attribute))

    @staticmethod
    def tensor(array: Array, name: str, type_: int) -> TensorProto:
        proto = TensorProto(name=name, data_type=type_, dims=array.shape)
        proto.raw_data = array.tobytes()
        return proto

    # Nodes

    def node(
        self, scope: Scope, op: str, inputs: Sequence[str], stem: str, **attributes: Any
    ) -> str:
        name = self.fresh(stem)
        scope.nodes.append(helper.make_node(op, inputs, [name], name=self.fresh("n"), **attributes))
        return name

    def matrix(self, scope: Scope) -> Value:
        """A matrix to go on with: one of those that the graph has, or a new input of it."""
        if scope.values and not self.chance(25):
            return scope.values[-1] if self.chance(60) else self.choose(scope.values)
        shape = (self.choose((2, 3, 1, 4, 0)), self.choose((3, 2, 1, 4, 0)))
        value = Value(self.fresh("x"), shape, self.type)
        dims: list[int | str | None] = list(shape)
        for axis in (0, 1):
            if self.chance(30):
                dims[axis] = self.choose((f"d{axis}", None))
        self.main.inputs.append(helper.make_tensor_value_info(value.name, value.type, dims))
        self.inputs[value.name] = self.array(
            shape, value.type, self.choose(("ordinary", "integers", "mixed"))
        )
        self.main.values.append(value)
        return value

    def gemm(self, scope: Scope) -> Value:
        a = self.matrix(scope)
        trans_a, trans_b = self.chance(30), self.chance(40)
        m, k = a.shape[::-1] if trans_a else a.shape
        n = self.choose((2, 3, k, 1, 4)) if not self.chance(3) else 0
        range_ = self.choose(RANGES) if self.chance(35) else "ordinary"
        b_value = self.array((n, k) if trans_b else (k, n), a.type, range_)
        inputs = [a.name, self.constant(scope, b_value, a.type, plain=90)]
        attributes: dict[str, Any] = {}
        if trans_a:
            attributes["transA"] = 1
        if trans_b or self.chance(10):
            attributes["transB"] = int(trans_b)
        if self.chance(35):
            attributes["alpha"] = self.choose((0.5, -2.0, 1.0, 0.0, 0.1, 1e-3, 3e4))
        if self.chance(45):
            attributes["beta"] = self.choose((0.5, -2.0, 1.0, 0.0, 0.1, 1e-3, 3e4))
        shapes: list[tuple[int, ...]] = [(n,), (1, n), (), (1,), (m, n), (m, 1)]
        if self.opset < 7:
            # Without `broadcast` the shape of C is that of the result.
            shape = self.choose(shapes) if self.chance(50) else (m, n)
            if shape != (m, n):
                attributes["broadcast"] = 1
        else:
            shape = self.choose(shapes)
        if self.opset >= 11 and self.chance(20):
            if self.chance(30):
                inputs.append("")
        else:
            range_ = self.choose(RANGES) if self.chance(35) else "ordinary"
            inputs.append(self.constant(scope, self.array(shape, a.type, range_), a.type, plain=90))
        value = Value(self.node(scope, "Gemm", inputs, "z", **attributes), (m, n), a.type)
        scope.values.append(value)
        return value

    def normalization(self, scope: Scope, x: Value) -> Value:
        n = (x.shape[1],)
        t1 = self.choose(self.types) if self.opset >= 15 and self.chance(30) else x.type
        t2 = self.choose(self.types) if self.opset >= 14 and self.chance(30) else x.type
        ranges = [self.choose(RANGES) if self.chance(15) else "ordinary" for _ in range(3)]
        arrays = [
            (self.array(n, t1, ranges[0]), t1),
            (self.array(n, t1, ranges[1]), t1),
            (self.array(n, t2, ranges[2]), t2),
            (self.variance(n, t2), t2),
        ]
        inputs = [
            x.name,
            *(self.constant(scope, array, type_, plain=96) for array, type_ in arrays),
        ]
        attributes: dict[str, Any] = {}
        if self.chance(60):
            attributes["epsilon"] = self.choose((1e-3, 1e-5, 0.0, 0.5, 1e-12))
        if self.chance(15):
            attributes["momentum"] = 0.5
        training = self.chance(6)
        outputs = [self.fresh("y")]
        if self.opset < 7 and not training:
            attributes["is_test"] = 1
        elif self.opset < 14 and training and self.opset >= 7:
            outputs += [self.fresh("stat") for _ in range(4)]
        elif self.opset >= 14 and training:
            attributes["training_mode"] = 1
            outputs += [self.fresh("stat"), self.fresh("stat")]
        if self.opset < 9 and self.chance(5):
            attributes["spatial"] = 0
        elif self.opset < 9 and self.chance(5):
            attributes["spatial"] = 1
        scope.nodes.append(
            helper.make_node(
                "BatchNormalization", inputs, outputs, name=self.fresh("n"), **attributes
            )
        )
        value = Value(outputs[0], x.shape, x.type)
        scope.values.append(value)
        return value

    def other(self, scope: Scope, x: Value) -> Value:
        """One of the ops that a fold must not look through."""
        kinds = ["Relu", "Identity", "Transpose", "Reshape", "Cast", "Add", "MatMul"]
        kind = self.choose(kinds)
        m, n = x.shape
        if kind == "Transpose":
            value = Value(self.node(scope, kind, [x.name], "v", perm=[1, 0]), (n, m), x.type)
        elif kind == "Reshape":
            # 0 is "as it was".
            target = self.choose(((m, n), (n, m), (1, m * n))) if m * n else (m, n)
            shape = self.fresh("shape")
            dims = np.array(target if m * n else (0, 0), np.int64)
            scope.weights.append(self.tensor(dims, shape, TensorProto.INT64))
            self._listed(scope, scope.weights[-1])
            value = Value(self.node(scope, kind, [x.name, shape], "v"), target, x.type)
        elif kind == "Cast":
            type_ = self.choose(self.types)
            value = Value(self.node(scope, kind, [x.name], "v", to=type_), x.shape, type_)
        elif kind == "Add":
            same = [v.name for v in scope.values if v.shape == x.shape and v.type == x.type]
            if same and self.chance(50):
                other = self.choose(same)
            else:
                other = self.constant(scope, self.array(x.shape, x.type, "ordinary"), x.type)
            value = Value(self.node(scope, kind, [x.name, other], "v"), x.shape, x.type)
        elif kind == "MatMul":
            width = self.choose((2, 3, n))
            b = self.constant(scope, self.array((n, width), x.type, "ordinary"), x.type)
            value = Value(self.node(scope, kind, [x.name, b], "v"), (m, width), x.type)
        else:
            value = Value(self.node(scope, kind, [x.name], "v"), x.shape, x.type)
        scope.values.append(value)
        return value

    def branch(self, scope: Scope, x: Value) -> Value:
        """An If with a branch that normalizes `x`, or a Gemm of its own."""
        condition = self.fresh("cond")
        self.main.inputs.append(helper.make_tensor_value_info(condition, TensorProto.BOOL, ()))
        self.inputs[condition] = np.array(self.chance(70))
        graphs: list[GraphProto] = []
        # Whether the other branch leaves x alone, so that the first is its one reader.
        alone = self.chance(50)
        for side in range(2):
            inner = Scope(values=[x])
            value = x
            if side == 0 and self.chance(40):
                n = x.shape[1]
                b = self.constant(inner, self.array((n, n), x.type, "ordinary"), x.type)
                c = self.constant(inner, self.array((n,), x.type, "ordinary"), x.type)
                attributes = {"broadcast": 1} if self.opset < 7 else {}
                value = Value(
                    self.node(inner, "Gemm", [x.name, b, c], "z", **attributes), x.shape, x.type
                )
            if side == 0:
                value = self.normalization(inner, value)
            elif alone:
                w = self.constant(inner, self.array(x.shape, x.type, "ordinary"), x.type, plain=100)
                value = Value(self.node(inner, "Identity", [w], "v"), x.shape, x.type)
            else:
                value = Value(self.node(inner, "Relu", [x.name], "v"), x.shape, x.type)
            output = helper.make_tensor_value_info(value.name, value.type, [None, None])
            name = self.fresh("g")
            graphs.append(
                GraphProto(name=name, node=inner.nodes, initializer=inner.weights, output=[output])
            )
        name = self.node(
            scope, "If", [condition], "v", then_branch=graphs[0], else_branch=graphs[1]
        )
        value = Value(name, x.shape, x.type)
        scope.values.append(value)
        return value

    def build(self) -> Example:
        """The whole model."""
        scope = self.main
        outputs: list[Value] = []
        for _ in range(1 + self._draw.integer(0, 2)):
            value = self.gemm(scope)
            if self.chance(8):
                outputs.append(value)
            if self.chance(8):
                self.other(scope, value)
            if self.chance(12):
                value = self.other(scope, value)
            if self.chance(8) and (self.opset >= 16 or value.type != TensorProto.BFLOAT16):
                value = self.branch(scope, value)
            if self.chance(92):
                value = self.normalization(scope, value)
                if self.chance(15):
                    value = self.normalization(scope, value)
            if self.chance(25):
                value = self.other(scope, value)
            if self.chance(20):
                outputs.append(value)
        outputs = list(dict.fromkeys([*outputs, scope.values[-1]]))
        graph = GraphProto(
            name="g", node=scope.nodes, initializer=scope.weights, input=scope.inputs
        )
        for value in outputs:
            dims: list[int | str | None] = list(value.shape)
            for axis in (0, 1):
                if self.chance(30):
                    dims[axis] = self.choose((f"e{axis}", None))
            graph.output.append(helper.make_tensor_value_info(value.name, value.type, dims))
        model = ModelProto(ir_version=self.ir_version, producer_name="fuzz", graph=graph)
        model.opset_import.add(domain="", version=self.opset)
        return Example(model, self.inputs)
