# SPDX-License-Identifier: Apache-2.0
"""What a DRR pattern means on an instance: what its result computes.

Written from onnx-mlir's definitions of native calls; ops are computed by onnxruntime.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import onnxruntime  # type: ignore[import-untyped,unused-ignore]
from onnx import ModelProto, TensorProto, helper

from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.constants import constant_value
from onnx_opt.dialect.ops.schema import op_spec
from onnx_opt.dialect.types import shape_of
from onnx_opt.upstream.dags import Dag
from onnx_opt.upstream.drr import Pattern

Env = dict[str, Any]


def run(model: ModelProto, feeds: Mapping[str, Any]) -> Any:
    """The only output of a model, by onnxruntime."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    (found,) = session.run(None, dict(feeds))
    return found


def _shape(value: ir.Value) -> tuple[int, ...]:
    shape = shape_of(value.type)
    assert shape is not None
    return shape


def _element(value: ir.Value) -> str:
    return str(ir.ShapedType(value.type).element_type)


def computed(pattern: Pattern, env: Env, arrays: Mapping[str, Any]) -> Any:
    """What the result of the pattern computes.  arrays: for symbols that are values and no constants."""
    known: Env = {}
    for symbol, value in env.items():
        if isinstance(value, ir.Value):
            constant = constant_value(value)
            known[symbol] = arrays.get(symbol, constant)
            known[f"{symbol}!"] = value
        else:
            known[symbol] = value
    return _Interpreter(known).value(pattern.result)


class _Interpreter:
    def __init__(self, env: Env) -> None:
        self._env = env

    def value(self, dag: Dag | str) -> Any:
        if isinstance(dag, str):
            if dag.startswith("$"):
                return self._env[dag[1:]]
            matched = re.fullmatch(r'Constant(?:Str)?Attr<(\w+), "(.*)">', dag)
            assert matched, dag
            kind, text = matched.groups()
            if kind == "StrAttr":
                return text
            return int(text) if kind == "SI64Attr" else float(text)
        found = (
            self._op(dag)
            if dag.op.startswith("ONNX") and dag.op.endswith("Op")
            else self._native(dag)
        )
        if dag.symbol:
            self._env[dag.symbol] = found
        return found

    def _op(self, dag: Dag) -> Any:
        spec = op_spec(dag.op.removeprefix("ONNX").removesuffix("Op"))
        assert spec is not None
        given = [
            argument
            for argument in dag.arguments
            if not (isinstance(argument, Dag) and argument.op == "returnType")
        ]
        values = [self.value(argument) for argument in given]
        operands = values[: len(spec.operands)]
        names = sorted(spec.attributes)
        attributes = dict(zip(names, values[len(operands) :], strict=True))
        inputs = ["" if each is None else f"i{at}" for at, each in enumerate(operands)]
        onnx_name = spec.onnx_name or spec.name
        attributes = {name: value for name, value in attributes.items() if value is not None}
        node = helper.make_node(onnx_name.removesuffix("SingleOut"), inputs, ["o"], **attributes)
        graph = helper.make_graph(
            [node],
            "g",
            [
                helper.make_tensor_value_info(name, _type(each), each.shape)
                for name, each in zip(inputs, operands, strict=True)
                if name
            ],
            [helper.make_empty_tensor_value_info("o")],
        )
        opset = helper.make_opsetid("", max(spec.since_version, 13))
        model = helper.make_model(graph, opset_imports=[opset], ir_version=10)
        feeds = {name: each for name, each in zip(inputs, operands, strict=True) if name}
        return run(model, feeds)

    def _native(self, dag: Dag) -> Any:
        arguments = dag.arguments

        def shape(place: int = 0) -> tuple[int, ...]:
            symbol = arguments[place]
            assert isinstance(symbol, str)
            return _shape(self._env[f"{symbol[1:]}!"])

        ints = re.fullmatch(r'(\w+)<"?([-\d, ]+)"?>', dag.op)
        match ints[1] if ints else dag.op:
            case "ONNXConstantOpFromDenseAttr" | "replaceWithValue":
                return self.value(arguments[0])
            case "createDenseElementsAttrFromFloatAttr":
                symbol = arguments[0]
                assert isinstance(symbol, str)
                number = np.array([self.value(arguments[1])])
                return number.astype(
                    {"f32": "f4", "f64": "f8"}[_element(self._env[f"{symbol[1:]}!"])]
                )
            case "createDenseElementsAttrOfInts":
                assert ints
                return np.array([int(each) for each in ints[2].split(",")])
            case "createDenseElementsAttrFromShape":
                return np.array(shape())
            case "createDenseElementsAttrOfOneToRankOf":
                return np.arange(1, len(shape()))
            case "createDenseElementsAttrOfTwoToRankPlusOneOf":
                return np.arange(2, len(shape()) + 1)
            case "createGroupedShapeOf":
                group = self.value(arguments[1])
                return np.array([group, shape()[0] // group, *shape()[1:]])
            case "createGroupedFactorShapeOf":
                return np.array([self.value(arguments[1]), 1, -1, *[1] * (len(shape()) - 2)])
            case "GemmAlpha" | "GemmBeta":
                return 1.0
            case "CreateNoneValue" | "GetNullArrayAttr" | "GetNullIntegerAttr" | "GetNullFloatAttr":
                return None
            case _:
                raise AssertionError(f"no native call {dag.op}")


def _type(array: Any) -> int:
    return {
        "f": TensorProto.FLOAT,
        "d": TensorProto.DOUBLE,
        "l": TensorProto.INT64,
        "i": TensorProto.INT32,
    }[array.dtype.char]
