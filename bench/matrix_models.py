# SPDX-License-Identifier: Apache-2.0
"""The models of the correctness matrix: the plain one, and what a case changes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import ml_dtypes
import numpy as np
from onnx import (
    GraphProto,
    ModelProto,
    NodeProto,
    TensorProto,
    ValueInfoProto,
    helper,
    numpy_helper,
)

Array = np.ndarray[Any, Any]
DTYPES: dict[str, tuple[int, np.dtype[Any]]] = {
    "f32": (TensorProto.FLOAT, np.dtype(np.float32)),
    "f16": (TensorProto.FLOAT16, np.dtype(np.float16)),
    "bf16": (TensorProto.BFLOAT16, np.dtype(ml_dtypes.bfloat16)),
    "f64": (TensorProto.DOUBLE, np.dtype(np.float64)),
}
PARAMETERS = ("scale", "bias", "mean", "var")


@dataclass(frozen=True)
class Case:
    """A model, inputs for it, and whether it must be folded; with the exact folded weights if so.

    weights: (B, C) in float64, to be rounded once to `dtype`; B as the Gemm takes it.  gone: the op that is folded.
    """

    name: str
    model: ModelProto
    inputs: dict[str, Array]
    fold: bool
    dtype: np.dtype[Any]
    weights: tuple[Array, Array] | None
    gone: str = "BatchNormalization"


@dataclass
class Options:
    """What a case may change."""

    opset: int = 17
    ir_version: int = 8
    dtype: str = "f32"
    scale_type: str = ""
    mean_type: str = ""
    m: int = 2
    k: int = 3
    n: int = 4
    c: tuple[int, ...] | str | None = (4,)
    gemm: dict[str, Any] = field(default_factory=dict[str, Any])
    bn: dict[str, Any] = field(default_factory=dict[str, Any])
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    placed: dict[str, str] = field(default_factory=dict[str, str])
    same: dict[str, str] = field(default_factory=dict[str, str])
    between: str = ""
    extra: str = ""
    after: str = ""
    dims: tuple[Any, ...] | None = None
    results: int = 1
    in_branch: str = ""
    fold: bool = True


@dataclass
class _Graph:
    nodes: list[NodeProto] = field(default_factory=list[NodeProto])
    weights: list[TensorProto] = field(default_factory=list[TensorProto])
    inputs: list[ValueInfoProto] = field(default_factory=list[ValueInfoProto])
    outputs: list[ValueInfoProto] = field(default_factory=list[ValueInfoProto])

    def proto(self, name: str = "g") -> GraphProto:
        return GraphProto(
            name=name,
            node=self.nodes,
            initializer=self.weights,
            input=self.inputs,
            output=self.outputs,
        )


class _Builder:
    def __init__(self, name: str, options: Options) -> None:
        self.options = options
        self.graph = _Graph()
        self.inputs: dict[str, Array] = {}
        self.rng = np.random.default_rng([ord(char) for char in name])
        self.type = DTYPES[options.dtype][0]
        self.arrays = self._arrays()
        self.names = {name: options.same.get(name, name) for name in ("x", *self.arrays)}

    def _arrays(self) -> dict[str, Array]:
        o, rng = self.options, self.rng
        a = (o.k, o.m) if o.gemm.get("transA") else (o.m, o.k)
        b = (o.n, o.k) if o.gemm.get("transB") else (o.k, o.n)
        made: dict[str, Any] = {"x": rng.standard_normal(a), "b": rng.standard_normal(b)}
        if isinstance(o.c, tuple):
            made["c"] = rng.standard_normal(o.c)
        made["scale"] = rng.uniform(0.5, 2, o.n) * rng.choice((-1, 1), o.n)
        made["bias"], made["mean"] = rng.standard_normal(o.n), rng.standard_normal(o.n)
        made["var"] = rng.uniform(0.5, 4, o.n)
        types = {
            "scale": o.scale_type,
            "bias": o.scale_type,
            "mean": o.mean_type,
            "var": o.mean_type,
        }
        if "var" in o.same:
            made["scale"] = np.abs(made["scale"])
        arrays: dict[str, Array] = {}
        for name, exact in made.items():
            if name in o.values:
                exact = np.broadcast_to(np.asarray(o.values[name], np.float64), exact.shape)
            arrays[name] = np.asarray(exact).astype(DTYPES[types.get(name) or o.dtype][1])
        for name, other in o.same.items():
            arrays[name] = arrays[other]
        return arrays

    def node(self, op: str, inputs: list[str], outputs: list[str], **attributes: Any) -> None:
        name = "" if self.options.extra == "nameless" else f"node_{outputs[0]}"
        kept = {key: value for key, value in attributes.items() if value is not None}
        self.graph.nodes.append(helper.make_node(op, inputs, outputs, name=name, **kept))

    def info(self, name: str, shape: Any, type_: int | None = None) -> ValueInfoProto:
        return helper.make_tensor_value_info(name, type_ or self.type, shape)

    def place(self, name: str) -> None:
        array, how = self.arrays[name], self.options.placed.get(name, "initializer")
        type_ = helper.np_dtype_to_tensor_dtype(array.dtype)
        tensor = numpy_helper.from_array(array, name)
        if how in ("input", "overridable", "listed"):
            self.graph.inputs.append(self.info(name, array.shape, type_))
            if how != "listed":
                # What a caller gives, who may override: not what the initializer holds.
                self.inputs[name] = (np.abs(array.astype(np.float64)) + 0.5).astype(array.dtype)
        if how in ("initializer", "overridable", "listed"):
            self.graph.weights.append(tensor)
        elif how == "float_data":
            self.graph.weights.append(
                helper.make_tensor(name, type_, array.shape, array.astype(np.float64).ravel())
            )
        elif how == "node":
            self.node("Constant", [], [name], value=tensor)
        elif how == "value_floats":
            self.node("Constant", [], [name], value_floats=[float(item) for item in array])
        elif how == "value_float":
            self.node("Constant", [], [name], value_float=float(array))

    def weight(self, name: str, array: Any) -> str:
        self.graph.weights.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def random(self, name: str, shape: tuple[int, ...]) -> str:
        dtype = DTYPES[self.options.dtype][1]
        return self.weight(name, self.rng.uniform(0.5, 1.5, shape).astype(dtype))

    def main(self) -> ModelProto:
        o = self.options
        if "x" not in o.same:
            self.inputs["x"] = self.arrays["x"]
            self.graph.inputs.append(self.info("x", o.dims or self.arrays["x"].shape))
        for name in self.arrays:
            if name != "x" and name not in o.same:
                self.place(name)
        if o.extra == "names":
            for taken in (
                "c_0",
                "y_bias",
                "b_1",
                "z_bias",
                "fused_bias",
                "b_folded",
                "w",
                "b_0",
                "c_1",
            ):
                self.node("Identity", [self.names["b"]], [taken])
        shape = self.core()
        last = self.tail("y", shape)
        self.graph.outputs.append(self.info(last, [None] * 2))
        self.extras(shape)
        model = ModelProto(
            ir_version=o.ir_version, producer_name="matrix", graph=self.graph.proto()
        )
        model.opset_import.add(domain="", version=o.opset)
        return model

    def core(self) -> tuple[int, int]:
        o = self.options
        x = self.names["x"]
        if o.extra == "Relu before":
            self.node("Relu", [x], ["before"])
            x = "before"
        outer = self.graph
        if o.in_branch == "both":
            self.graph = _Graph()
        shape = self.gemm(x)
        z = self.step(o.between, "z", shape) if o.between not in ("", "MatMul", "no Gemm") else "z"
        if o.in_branch == "bn":
            self.graph = _Graph()
        attributes = {"is_test": 1, **o.bn} if o.opset < 7 else o.bn
        outputs = [
            "y" if not o.in_branch else "y_then",
            *(f"statistic_{i}" for i in range(1, o.results)),
        ]
        self.node(
            "BatchNormalization",
            [z, *(self.names[name] for name in PARAMETERS)],
            outputs,
            **attributes,
        )
        if o.in_branch:
            then, self.graph = self.graph, outer
            then.outputs.append(self.info("y_then", [None, None]))
            other = _Graph(
                [helper.make_node("Identity", [self.random("otherwise", shape)], ["y_else"])]
            )
            other.outputs.append(self.info("y_else", [None, None]))
            self.branch("y", then, other)
        return shape

    def gemm(self, x: str) -> tuple[int, int]:
        o = self.options
        if o.between == "no Gemm":
            # A bare normalization of x, which has to have N columns.
            self.node("MatMul", [x, self.names["b"]], ["z"])
        elif o.between == "MatMul":
            self.node("MatMul", [x, self.names["b"]], ["product"])
            self.node("Add", ["product", self.names["c"]], ["z"])
        else:
            inputs = [x, self.names["b"]]
            if o.c is not None:
                inputs.append(self.names["c"] if isinstance(o.c, tuple) else "")
            self.node("Gemm", inputs, ["z"], **o.gemm)
        return o.m, o.n

    def step(self, op: str, x: str, shape: tuple[int, int]) -> str:
        """One more node; gives its result."""
        y = f"{x}_next"
        if op in ("Relu", "Identity"):
            self.node(op, [x], [y])
        elif op == "Transpose":
            self.node(op, [x], [y], perm=[1, 0])
        elif op == "Reshape":
            self.node(op, [x, self.weight(f"{y}_shape", np.array(shape[::-1]))], [y])
        elif op in ("Add", "Mul"):
            self.node(op, [x, self.random(f"{y}_w", (shape[1],))], [y])
        elif op == "Cast twice":
            self.node("Cast", [x], [f"{y}_wide"], to=TensorProto.DOUBLE)
            self.node("Cast", [f"{y}_wide"], [y], to=self.type)
        else:
            parameters = [self.random(f"{y}_{name}", (shape[1],)) for name in PARAMETERS]
            self.node("BatchNormalization", [x, *parameters], [y])
        return y

    def tail(self, y: str, shape: tuple[int, int]) -> str:
        after = self.options.after
        if after == "BatchNormalization twice":
            return self.step("BatchNormalization", self.step("BatchNormalization", y, shape), shape)
        return self.step(after, y, shape) if after else y

    def extras(self, shape: tuple[int, int]) -> None:
        what, _, name = self.options.extra.partition(" ")
        known = self.names.get(name, name)
        sizes = self.arrays[name].shape if name in self.arrays else shape
        if what == "reads":
            self.node("Identity", [known], ["extra"])
            self.graph.outputs.append(self.info("extra", sizes))
        elif what == "gives":
            self.graph.outputs.append(self.info(known, sizes))
        elif what == "branch":
            read = name.removeprefix("reads ")
            sides = [
                _Graph([helper.make_node(op, [read], [f"extra_{op}"])])
                for op in ("Relu", "Identity")
            ]
            for side, op in zip(sides, ("Relu", "Identity"), strict=True):
                side.outputs.append(self.info(f"extra_{op}", [None, None]))
            self.branch("extra", *sides)
            self.graph.outputs.append(self.info("extra", [None, None]))
        elif self.options.extra in ("twin", "lone twin"):
            self.node("Gemm", ["x", "b", "c"], ["twin_z"], beta=0.5)
            last = self.step("BatchNormalization" if what == "twin" else "Relu", "twin_z", shape)
            self.graph.outputs.append(self.info(last, [None, None]))

    def branch(self, y: str, then: _Graph, other: _Graph) -> None:
        if "condition" not in self.inputs:
            self.graph.inputs.append(self.info("condition", (), TensorProto.BOOL))
            self.inputs["condition"] = np.array(True)
        self.node(
            "If",
            ["condition"],
            [y],
            then_branch=then.proto(f"{y}_1"),
            else_branch=other.proto(f"{y}_2"),
        )


def build(name: str, options: Options) -> Case:
    """The case of that name."""
    builder = _Builder(name, options)
    model = builder.main()
    exact: tuple[Array, Array] | None = None
    single = options.fold and not options.after.startswith("BatchNormalization")
    single &= options.between in ("", "Identity", "Reshape", "MatMul")
    if single and not options.extra.endswith("twin"):
        exact = _folded(builder.arrays, options)
    return Case(name, model, builder.inputs, options.fold, DTYPES[options.dtype][1], exact)


def _folded(arrays: dict[str, Array], options: Options) -> tuple[Array, Array]:
    """The folded weights in float64."""
    scale, bias, mean, var = (arrays[name].astype(np.float64) for name in PARAMETERS)
    epsilon = float(np.float32(options.bn.get("epsilon", 1e-5)))
    s = scale / np.sqrt(var + epsilon)
    c = arrays["c"].astype(np.float64) if "c" in arrays else np.zeros(())
    b = arrays["b"].astype(np.float64) * (s[:, np.newaxis] if options.gemm.get("transB") else s)
    return b, (float(np.float32(options.gemm.get("beta", 1.0))) * c - mean) * s + bias
