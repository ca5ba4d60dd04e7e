# SPDX-License-Identifier: Apache-2.0
"""The models of the matrix beyond the Gemm: every linear op with what can be folded into it.

A case is one linear op of `KINDS` with a BatchNormalization behind it or before it, or a Mul, Div, Add or Sub, of
float32 in opset 17 with everything an initializer, and what it changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import onnx
from onnx import (
    GraphProto,
    ModelProto,
    NodeProto,
    TensorProto,
    ValueInfoProto,
    helper,
    numpy_helper,
)

from bench.matrix_models import DTYPES, PARAMETERS, Array, Case


@dataclass(frozen=True)
class Move:
    """An op between; operand: its second one, of int64, if it has one."""

    op: str
    attributes: dict[str, Any] = field(default_factory=dict[str, Any])
    operand: Sequence[int] | None = None


@dataclass(frozen=True)
class Kind:
    """A linear op of X and W, with a bias or an addend perhaps.

    attributes: of the node.  axis: of the channels in its result; into: of those in X that it sums over.  out: how many
    channels W gives.  left: whether W is the first operand.  addend: the shape of what an Add behind it adds.
    """

    op: str
    x: tuple[int, ...]
    w: tuple[int, ...]
    bias: bool = False
    attributes: dict[str, Any] = field(default_factory=dict[str, Any])
    axis: int = 1
    into: int = 1
    out: int = 4
    left: bool = False
    addend: tuple[int, ...] | None = None
    exchanged: bool = False


KINDS = {
    "Conv": Kind("Conv", (2, 3, 5, 5), (4, 3, 3, 3), bias=True),
    "Conv without bias": Kind("Conv", (2, 3, 5, 5), (4, 3, 3, 3)),
    "Conv 1-D": Kind("Conv", (2, 3, 6), (4, 3, 3), bias=True),
    "Conv 3-D": Kind("Conv", (1, 3, 4, 4, 4), (4, 3, 2, 2, 2), bias=True),
    "Conv, 2 groups": Kind("Conv", (2, 4, 5, 5), (4, 2, 3, 3), True, {"group": 2}),
    "depthwise Conv": Kind("Conv", (2, 4, 5, 5), (4, 1, 3, 3), True, {"group": 4}),
    "ConvTranspose": Kind("ConvTranspose", (2, 3, 4, 4), (3, 4, 2, 2), bias=True),
    "ConvTranspose without bias": Kind("ConvTranspose", (2, 3, 4, 4), (3, 4, 2, 2)),
    "ConvTranspose, 2 groups": Kind("ConvTranspose", (2, 4, 4, 4), (4, 2, 2, 2), True, {"group": 2}),
    "MatMul": Kind("MatMul", (2, 3), (3, 4)),
    "MatMul + Add": Kind("MatMul", (2, 3), (3, 4), addend=(4,)),
    "Add + MatMul": Kind("MatMul", (2, 3), (3, 4), addend=(1, 4), exchanged=True),
    "MatMul, W left": Kind("MatMul", (2, 3, 5), (4, 3), left=True),
    "MatMul, W left, + Add": Kind("MatMul", (2, 3, 5), (4, 3), left=True, addend=(4, 1)),
    "Conv to four rows": Kind("Conv", (2, 3, 6, 6), (4, 3, 3, 3), bias=True),
    "ConvTranspose of three": Kind("ConvTranspose", (2, 1, 4, 4), (3, 4, 2, 2), bias=True),
    "Gemm": Kind("Gemm", (2, 3), (3, 4), bias=True),
}  # fmt: skip


@dataclass
class FamilyOptions:
    """What a case may change; `fold` is whether it has to be folded."""

    opset: int = 17
    dtype: str = "f32"
    attributes: dict[str, Any] = field(default_factory=dict[str, Any])
    epsilon: float | None = None
    training: bool = False
    placed: dict[str, str] = field(default_factory=dict[str, str])
    between: Sequence[Move] = ()
    batch: Any = None
    second_reader: bool = False
    scale: float = 1.0
    fold: bool = True


class _Model:
    """A model that is being built."""

    def __init__(self, name: str, options: FamilyOptions) -> None:
        self.options = options
        self.type, self.dtype = DTYPES[options.dtype]
        self.rng = np.random.default_rng([ord(char) for char in name])
        self.nodes: list[NodeProto] = []
        self.weights: list[TensorProto] = []
        self.infos: list[ValueInfoProto] = []
        self.inputs: dict[str, Array] = {}
        self.arrays: dict[str, Array] = {}

    def node(self, op: str, inputs: Sequence[str], result: str, **attributes: Any) -> str:
        """Add a node, and give its result."""
        given = {key: value for key, value in attributes.items() if value is not None}
        self.nodes.append(helper.make_node(op, inputs, [result], name=f"node_{result}", **given))
        return result

    def input(self, name: str, array: Array, shape: Sequence[Any] | None = None) -> str:
        """Add an input of the model."""
        type_ = helper.np_dtype_to_tensor_dtype(array.dtype)
        info = helper.make_tensor_value_info(name, type_, shape or array.shape)
        self.infos.append(info)
        self.inputs[name] = array
        return name

    def constant(self, name: str, exact: Array) -> str:
        """Add a constant where the options want it, and give what a node reads."""
        with np.errstate(over="ignore"):
            array = exact if exact.dtype.kind in "iu" else exact.astype(self.dtype)
        self.arrays[name] = array
        place = self.options.placed.get(name, self.options.placed.get("all", "initializer"))
        tensor = numpy_helper.from_array(array, name)
        if place in ("input", "overridable"):
            if array.dtype.kind in "iu":
                self.input(name, array + 1)
            else:
                self.input(name, (np.abs(array.astype(np.float64)) + 0.5).astype(array.dtype))
        if place in ("initializer", "overridable"):
            self.weights.append(tensor)
        elif place == "node":
            self.nodes.append(helper.make_node("Constant", [], [name], value=tensor))
        elif place != "input":
            return self._behind(place, name, array)
        return name

    def _behind(self, op: str, name: str, array: Array) -> str:
        """The same constant, as what an op makes of others."""
        source = f"{name}_source"

        def plain(suffix: str, data: Array) -> str:
            self.weights.append(numpy_helper.from_array(data, f"{source}{suffix}"))
            return f"{source}{suffix}"

        if op == "Transpose":
            return self.node(op, [plain("", array.T)], name)
        if op == "Reshape":
            shape = plain("_shape", np.array(array.shape))
            return self.node(op, [plain("", array.reshape(-1)), shape], name)
        if op == "Squeeze":
            axes = plain("_axes", np.array([0]))
            return self.node(op, [plain("", array[np.newaxis]), axes], name)
        if op == "Unsqueeze":
            self.arrays[name] = array[:1]
            return self.node(op, [plain("", array[0]), plain("_axes", np.array([0]))], name)
        if op == "Cast":
            narrow = array.astype(np.float16)
            self.arrays[name] = narrow.astype(array.dtype)
            return self.node(op, [plain("", narrow)], name, to=self.type)
        if op == "Concat":
            return self.node(op, [plain("_0", array[:1]), plain("_1", array[1:])], name, axis=0)
        if op == "DequantizeLinear":
            step = np.array(2.0**-5, np.float32)
            whole = np.round(array / step).astype(np.int8)
            self.arrays[name] = whole.astype(np.float32) * step
            return self.node(op, [plain("", whole), plain("_step", step)], name)
        return self.node(op, [plain("", array)], name)

    def linear(self, kind: Kind, x: str, result: str) -> str:
        """The linear op, and the Add behind it."""
        w = self.constant("w", self.rng.standard_normal(kind.w))
        operands = [w, x] if kind.left else [x, w]
        if kind.bias:
            operands.append(self.constant("b", self.rng.standard_normal(kind.out)))
        product = result if kind.addend is None else f"{result}_product"
        self.node(kind.op, operands, product, **{**kind.attributes, **self.options.attributes})
        if kind.addend is None:
            return result
        addend = self.constant("b", self.rng.standard_normal(kind.addend))
        return self.node("Add", [addend, product] if kind.exchanged else [product, addend], result)

    def normalization(self, x: str, channels: int, result: str) -> str:
        """A BatchNormalization in inference mode, or in training mode if the options say so."""
        o, rng = self.options, self.rng
        exact = {
            "scale": rng.uniform(0.5, 2, channels) * rng.choice((-1, 1), channels) * o.scale,
            "bias": rng.standard_normal(channels),
            "mean": rng.standard_normal(channels),
            "var": rng.uniform(0.5, 4, channels),
        }
        operands = [x, *(self.constant(name, exact[name]) for name in PARAMETERS)]
        attributes: dict[str, Any] = {"epsilon": o.epsilon, "is_test": 1 if o.opset < 7 else None}
        self.node("BatchNormalization", operands, result, **attributes)
        if o.training:
            self.nodes[-1].attribute.append(helper.make_attribute("training_mode", 1))
            self.nodes[-1].output.extend([f"{result}_mean", f"{result}_var"])
        return result

    def moved(self, x: str) -> str:
        """What stands between, op by op."""
        for number, move in enumerate(self.options.between):
            operands = [x]
            if move.operand is not None:
                operand = np.array(move.operand)
                self.weights.append(numpy_helper.from_array(operand, f"operand_{number}"))
                operands.append(f"operand_{number}")
            x = self.node(move.op, operands, f"between_{number}", **move.attributes)
        return x

    def case(self, name: str, last: str, rank: int, gone: str) -> Case:
        """The case, of which the op `gone` is to be folded."""
        o = self.options
        output = helper.make_tensor_value_info(last, self.type, [None] * rank)
        graph = GraphProto(
            name="g", node=self.nodes, initializer=self.weights, input=self.infos, output=[output]
        )
        if o.second_reader:
            graph.node.append(helper.make_node("Identity", ["z"], ["extra"], name="extra"))
            graph.output.append(helper.make_tensor_value_info("extra", self.type, None))
        ir_version = 8 if o.opset < 19 else 10
        model = ModelProto(ir_version=ir_version, producer_name="matrix", graph=graph)
        model.opset_import.add(domain="", version=o.opset)
        if o.second_reader:
            shape = _shape_of(model, "z")
            model.graph.output[1].CopyFrom(
                helper.make_tensor_value_info("extra", self.type, [None] * len(shape))
            )
        return Case(name, model, self.inputs, o.fold, self.dtype, None, gone)

    def folded(self, kind: Kind) -> tuple[Array, Array]:
        """The weights and the bias into which a normalization behind is folded, in float64."""
        arrays = {name: array.astype(np.float64) for name, array in self.arrays.items()}
        epsilon = 1e-5 if self.options.epsilon is None else self.options.epsilon
        s = arrays["scale"] / np.sqrt(arrays["var"] + float(np.float32(epsilon)))
        w, group = arrays["w"], kind.attributes.get("group", 1)
        column = (-1,) + (1,) * (w.ndim - 2)
        if kind.op == "ConvTranspose":
            by_group = w.reshape(group, -1, *w.shape[1:])
            scaled = (by_group * s.reshape(group, 1, *column)).reshape(w.shape)
        elif kind.op == "Conv" or kind.left:
            scaled = w * s.reshape(-1, *(1,) * (w.ndim - 1))
        else:
            scaled = w * s
        last = (-1, 1) if kind.left else (-1,)
        s, mean, bias = (array.reshape(last) for array in (s, arrays["mean"], arrays["bias"]))
        return scaled, (arrays.get("b", np.zeros(())) - mean) * s + bias


def _shape_of(model: ModelProto, name: str) -> list[Any]:
    inferred: Any = onnx.shape_inference.infer_shapes(model)
    return next(
        list(info.type.tensor_type.shape.dim)
        for info in inferred.graph.value_info
        if info.name == name
    )


def _data(model: _Model, kind: Kind) -> str:
    array = model.rng.standard_normal(kind.x).astype(model.dtype)
    shape = kind.x if model.options.batch is None else (model.options.batch, *kind.x[1:])
    return model.input("x", array, shape)


def behind(name: str, kind_name: str, options: FamilyOptions, rank: int | None = None) -> Case:
    """A BatchNormalization behind a linear op."""
    kind, model = KINDS[kind_name], _Model(name, options)
    z = model.moved(model.linear(kind, _data(model, kind), "z"))
    last = model.normalization(z, kind.out, "y")
    case = model.case(name, last, rank or len(kind.x), "BatchNormalization")
    return replace(case, weights=model.folded(kind)) if options.fold else case


def twice(name: str) -> Case:
    """A BatchNormalization of a BatchNormalization."""
    model = _Model(name, FamilyOptions())
    inner = model.normalization(_data(model, KINDS["Conv"]), 3, "z")
    others = [model.constant(f"outer_{of}", model.rng.uniform(0.5, 2, 3)) for of in PARAMETERS]
    last = model.node("BatchNormalization", [inner, *others], "y")
    return model.case(name, last, 4, "BatchNormalization")


def before(name: str, kind_name: str, options: FamilyOptions) -> Case:
    """A BatchNormalization before a linear op."""
    kind, model = KINDS[kind_name], _Model(name, options)
    z = model.moved(model.normalization(_data(model, kind), kind.x[kind.into], "z"))
    return model.case(name, model.linear(kind, z, "y"), len(kind.x), "BatchNormalization")


def scaled(
    name: str, op: str, kind_name: str, options: FamilyOptions, *, before: bool, shape: tuple[int, ...] | None = None
) -> Case:  # fmt: skip
    """Mul, Div, Add or Sub behind or before a linear op; `Sub from` has the constant first."""
    kind, model = KINDS[kind_name], _Model(name, options)
    # A matrix that is on the left has its channels in the last axis but one.
    axis = 1 if kind.op != "MatMul" else len(kind.x) - (2 if kind.left else 1)
    size = kind.x[axis] if before else kind.out
    c = shape if shape is not None else (size, *(1,) * (len(kind.x) - axis - 1))
    x = _data(model, kind)
    z = x if before else model.linear(kind, x, "z")
    constant = model.constant("c", model.rng.uniform(0.5, 2, c))
    operands = [constant, z] if op == "Sub from" else [z, constant]
    scaled = model.node(op.split()[0], operands, "z" if before else "y")
    last = model.linear(kind, scaled, "y") if before else scaled
    return model.case(name, last, max(len(kind.x), len(c)), op.split()[0])
