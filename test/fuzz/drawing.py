# SPDX-License-Identifier: Apache-2.0
"""What random models are drawn with: choices, constants in all the places that ONNX has for them, inputs, nodes.

All choices come from a `Draw`, so hypothesis can steer and shrink them; a choice of 0 is always the plainest.  Arrays
come from a generator with a drawn seed, in a drawn range of magnitudes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import numpy as np
import onnx
from arrays import DTYPES, FLOATS, RANGES, Array, numbers
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto, helper

T = TypeVar("T")

NEWEST = onnx.defs.onnx_opset_version()
_FIRST = (17, 13, 15, 14, 9, 7, 6, 8, 11, 12, 16, 18, 21, 23, NEWEST, 10, 19, 20, 22)
OPSETS = tuple(dict.fromkeys((*_FIRST, *range(24, NEWEST))))


class Draw(Protocol):
    """Where choices come from."""

    def integer(self, least: int, most: int) -> int:
        """A number in [least, most]."""
        ...


@dataclass(frozen=True)
class Value:
    """A tensor that a graph computes; the sizes are those that it has when run."""

    name: str
    shape: tuple[int, ...]
    type: int


@dataclass(frozen=True)
class Constant:
    """A constant operand: its name, what it holds, and how a node gets it.

    place: "initializer" and "node" are plain, "behind" is the result of ops on constants, "overridable" and "input" are
    no constants at all.
    """

    name: str
    array: Array
    place: str


@dataclass
class Scope:
    """A graph that is being built."""

    nodes: list[NodeProto] = field(default_factory=list)
    weights: list[TensorProto] = field(default_factory=list)
    inputs: list[ValueInfoProto] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)


class Drawing:
    """A model that is being drawn.

    open: whether inputs have dimensions that are not known before the model runs.  unranked: whether one has not even a
    known rank.  dims: of values, as far as they are declared.
    """

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._count = 0
        self.opset = self.choose(OPSETS)
        self.type = int(TensorProto.FLOAT)
        # Up to IR version 3 an initializer has to stand among the inputs, and is a constant all the same.
        self.ir_version = 3 if self.opset < 9 and self.chance(60) else self.choose((8, 10, 4, 7))
        self.rng = np.random.default_rng(draw.integer(0, 1 << 16))
        self.main = Scope()
        self.inputs: dict[str, Array] = {}
        self.open = False
        self.unranked = False
        self.dims: dict[str, list[int | str | None]] = {}
        self._shared: dict[tuple[tuple[int, ...], int, str], list[Constant]] = {}

    # Choices

    def choose(self, options: Sequence[T]) -> T:
        return options[self._draw.integer(0, len(options) - 1)]

    def chance(self, percent: int) -> bool:
        return self._draw.integer(0, 99) >= 100 - percent

    def fresh(self, stem: str) -> str:
        self._count += 1
        return f"{stem}{self._count}"

    # Constants

    def constant(
        self,
        scope: Scope,
        array: Array,
        type_: int,
        *,
        role: str = "",
        plain: int = 100,
        behind: int = 0,
    ) -> Constant:
        """A constant that holds `array`, or another of its shape, type and role that is there already.

        plain: how many in a hundred are none that a caller gives, or may override.  behind: how many of the others are
        results of ops on constants.
        """
        key = (array.shape, type_, role)
        known = self._shared.get(key)
        if known and self.chance(15):
            return self.choose(known)
        name = self.fresh("w")
        if self.chance(100 - plain) and not self._needs_node(scope):
            info = helper.make_tensor_value_info(name, type_, array.shape)
            self.main.inputs.append(info)
            if self.ir_version >= 4 and self.chance(50):
                self.main.weights.append(self.tensor(array, name, type_))
                return Constant(name, array, "overridable")
            self.inputs[name] = array
            return Constant(name, array, "input")
        if self.chance(behind):
            made = Constant(*self._behind(scope, array, type_), "behind")
        else:
            made = Constant(self._plain(scope, array, type_, name), array, "plain")
        if scope is self.main:
            self._shared.setdefault(key, []).append(made)
        return made

    def _plain(self, scope: Scope, array: Array, type_: int, name: str = "") -> str:
        """An initializer, or a Constant node."""
        name = name or self.fresh("w")
        tensor = self.tensor(array, name, type_)
        # Before opset 9 a Constant is of floats.
        may = self.opset >= 9 or type_ in FLOATS
        if self._needs_node(scope) or (may and self.chance(25)):
            attribute: dict[str, Any] = {"value": tensor}
            if self.opset >= 12 and type_ == TensorProto.FLOAT and array.ndim == 1 and array.size:
                attribute = {"value_floats": [float(item) for item in array]}
            elif self.opset >= 12 and type_ == TensorProto.FLOAT and array.ndim == 0:
                attribute = {"value_float": float(array)}
            scope.nodes.append(helper.make_node("Constant", [], [name], **attribute))
            return name
        scope.weights.append(tensor)
        if self.ir_version < 4 and scope is self.main:
            info = helper.make_tensor_value_info(name, type_, tensor.dims)
            self.main.inputs.append(info)
        return name

    def _needs_node(self, scope: Scope) -> bool:
        """In a branch of an old IR version an initializer would have to be an input, which a branch has none of."""
        return self.ir_version < 4 and scope is not self.main

    def integers(self, scope: Scope, values: Sequence[int]) -> str:
        """A constant vector of int64, as axes and shapes are given."""
        return self._plain(scope, np.array(values, np.int64), TensorProto.INT64)

    def _behind(self, scope: Scope, array: Array, type_: int) -> tuple[str, Array]:
        """What ops make of constants, and what that is: `array`, but for its digits where those have to change."""
        kinds = ["Identity", "Reshape", "Unsqueeze", "Concat"]
        kinds += ["Transpose"] if array.ndim else []
        kinds += ["Squeeze"] if 1 in array.shape else []
        if type_ in (TensorProto.FLOAT, TensorProto.DOUBLE):
            kinds += ["Cast"]
        if type_ == TensorProto.FLOAT and self.opset >= 10:
            kinds += ["DequantizeLinear"]
        kind = self.choose(kinds)
        shape = array.shape
        with np.errstate(over="ignore"):
            narrow = array.astype(np.float16)
        if kind == "Cast" and np.isfinite(narrow).all():
            # What has few digits has them in every type.
            source = self._plain(scope, narrow, TensorProto.FLOAT16)
            return self.node(scope, kind, [source], "k", to=type_), narrow.astype(DTYPES[type_])
        if kind == "DequantizeLinear":
            step = np.array(2.0**-5, np.float32)
            whole = np.clip(np.round(array.astype(np.float64) / step), -127, 127).astype(np.int8)
            whole = np.where((whole == 0) & (array != 0), 1, whole).astype(np.int8)
            source = self._plain(scope, whole, TensorProto.INT8)
            inputs = [source, self._plain(scope, step, TensorProto.FLOAT)]
            if self.chance(50):
                inputs.append(self._plain(scope, np.zeros((), np.int8), TensorProto.INT8))
            made = self.node(scope, kind, inputs, "k")
            return made, whole.astype(np.float32) * step
        if kind == "Transpose":
            order = [int(axis) for axis in self.rng.permutation(len(shape))]
            source = self._plain(scope, array.transpose(np.argsort(order)), type_)
            return self.node(scope, kind, [source], "k", perm=order), array
        if kind == "Reshape":
            source = self._plain(scope, array.reshape(-1), type_)
            return self.node(scope, kind, [source, self.integers(scope, shape)], "k"), array
        if kind == "Concat" and shape and shape[0] > 1:
            parts = [self._plain(scope, part, type_) for part in (array[:1], array[1:])]
            return self.node(scope, kind, parts, "k", axis=0), array
        if kind == "Squeeze" and 1 in shape:
            axis = shape.index(1)
            source = self._plain(scope, array, type_)
            return self.axes_node(scope, "Unsqueeze", self.axes_node(scope, kind, source, [axis]), [axis]), array  # fmt: skip
        if kind == "Unsqueeze" and shape:
            source = self._plain(scope, array, type_)
            return self.axes_node(scope, "Squeeze", self.axes_node(scope, kind, source, [0]), [0]), array  # fmt: skip
        return self.node(scope, "Identity", [self._plain(scope, array, type_)], "k"), array

    @staticmethod
    def tensor(array: Array, name: str, type_: int) -> TensorProto:
        proto = TensorProto(name=name, data_type=type_, dims=array.shape)
        proto.raw_data = np.ascontiguousarray(array).tobytes()
        return proto

    # Nodes and values

    def node(
        self, scope: Scope, op: str, inputs: Sequence[str], stem: str, **attributes: Any
    ) -> str:
        name = self.fresh(stem)
        scope.nodes.append(helper.make_node(op, inputs, [name], name=self.fresh("n"), **attributes))
        return name

    def axes_node(self, scope: Scope, op: str, x: str, axes: Sequence[int]) -> str:
        """Squeeze or Unsqueeze, whose axes are an operand from opset 13 on."""
        if self.opset >= 13:
            return self.node(scope, op, [x, self.integers(scope, axes)], "v")
        return self.node(scope, op, [x], "v", axes=list(axes))

    def input(self, shape: tuple[int, ...], type_: int | None = None) -> Value:
        """A new input of the model."""
        value = Value(self.fresh("x"), shape, type_ or self.type)
        dims: list[int | str | None] = list(shape)
        if self.open:
            dims = [self.choose((size, size, f"d{axis}", None)) for axis, size in enumerate(shape)]
        self.dims[value.name] = dims
        info = helper.make_tensor_value_info(value.name, value.type, dims)
        self.main.inputs.append(info)
        self.inputs[value.name] = numbers(
            self.rng, shape, value.type, self.choose(("ordinary", "integers", "mixed"))
        )
        if self.unranked and self.chance(70):
            sizes = self.fresh("sizes")
            self.inputs[sizes] = np.array(shape, np.int64)
            self.main.inputs.append(helper.make_tensor_value_info(sizes, TensorProto.INT64, [None]))
            name = self.node(self.main, "Reshape", [value.name, sizes], "v")
            value = Value(name, shape, value.type)
        self.main.values.append(value)
        return value

    def range(self, percent: int) -> str:
        """One of the extreme `RANGES` in so many cases of a hundred."""
        return self.choose(RANGES) if self.type in FLOATS and self.chance(percent) else "ordinary"

    def model(self, outputs: Sequence[Value]) -> ModelProto:
        """The whole model."""
        scope = self.main
        graph = GraphProto(
            name="g", node=scope.nodes, initializer=scope.weights, input=scope.inputs
        )
        for value in outputs:
            dims: list[int | str | None] = list(value.shape)
            if self.open or self.unranked:
                dims = [None for _ in value.shape]
            graph.output.append(helper.make_tensor_value_info(value.name, value.type, dims))
        model = ModelProto(ir_version=self.ir_version, producer_name="fuzz", graph=graph)
        model.opset_import.add(domain="", version=self.opset)
        return model

    def branch(self, scope: Scope, inner: Scope, value: Value) -> Value:
        """An If, one of whose branches is `inner`, which gives `value`; the other gives something else of that shape."""
        condition = self.fresh("cond")
        self.main.inputs.append(helper.make_tensor_value_info(condition, TensorProto.BOOL, ()))
        self.inputs[condition] = np.array(self.chance(70))
        other = Scope()
        array = numbers(self.rng, value.shape, value.type, "ordinary")
        away = self._plain(other, array, value.type)
        instead = self.node(other, "Identity", [away], "v")
        graphs: list[GraphProto] = []
        for side, name in ((inner, value.name), (other, instead)):
            dims = [None] * len(value.shape)
            output = helper.make_tensor_value_info(name, value.type, dims)
            graphs.append(
                GraphProto(
                    name=self.fresh("g"), node=side.nodes, initializer=side.weights, output=[output]
                )
            )
        name = self.node(
            scope, "If", [condition], "v", then_branch=graphs[0], else_branch=graphs[1]
        )
        result = Value(name, value.shape, value.type)
        scope.values.append(result)
        return result
