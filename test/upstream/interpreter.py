# SPDX-License-Identifier: Apache-2.0
"""What a DRR pattern means on an instance: its conditions, and what its result computes.

Written from onnx-mlir's definitions of constraints and native calls; ops are computed by onnxruntime.
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
from onnx_opt.dialect.types import is_none, shape_of
from onnx_opt.passes.rewriting.terms import OpTerm
from onnx_opt.upstream.dags import Dag
from onnx_opt.upstream.drr import Pattern
from onnx_opt.upstream.instances import Instance

Env = dict[str, Any]


def run(model: ModelProto, feeds: Mapping[str, Any]) -> Any:
    """The only output of a model, by onnxruntime."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    (found,) = session.run(None, dict(feeds))
    return found


def environment(pattern: Pattern, instance: Instance) -> Env:
    """What the symbols of the source stand for: values of the IR, and Python values of attributes."""
    source = pattern.source
    found: Env = {
        source.names[term]: value for term, value in instance.values.items() if term in source.names
    }
    for (op, name), symbol in source.attributes.items():
        found[symbol] = getattr(_owner(instance.values[op]).opview, name)
    # An operand that is left out is the result of an onnx.NoValue.
    for op in (term for term in instance.values if isinstance(term, OpTerm)):
        dag = _dag_of(pattern.source.dag, source.names[op])
        operands = list(_owner(instance.values[op]).operands)
        for argument, operand in zip(dag.arguments, operands, strict=False):
            if isinstance(argument, str):
                found.setdefault(argument[1:], operand)
    return found


def _owner(value: ir.Value) -> Any:
    return value.owner


def _dag_of(dag: Dag, symbol: str) -> Dag:
    inside = [each for each in dag.arguments if isinstance(each, Dag)]
    return dag if dag.symbol == symbol else next(
        found for each in inside if (found := _find(each, symbol))
    )  # fmt: skip


def _find(dag: Dag, symbol: str) -> Dag | None:
    if dag.symbol == symbol:
        return dag
    inside = (each for each in dag.arguments if isinstance(each, Dag))
    return next((found for each in inside if (found := _find(each, symbol))), None)


def failing(pattern: Pattern, env: Env) -> list[str]:
    """The conditions that do not hold."""
    return [str(ask) for ask in pattern.source.asks if not _holds(str(ask), env)]


def _holds(ask: str, env: Env) -> bool:
    matched = re.fullmatch(r'\((\w+)(?:<"?([^">]*)"?>)?(?::\$(\w+))?((?: ?\$\w+,?)*)\)', ask)
    assert matched, ask
    name, parameter, self_, rest = matched.groups()
    of = [env[symbol] for symbol in ([self_] if self_ else re.findall(r"\w+", rest))]
    return bool(_CONSTRAINTS[name](parameter, *of))


def _shape(value: ir.Value) -> tuple[int, ...]:
    shape = shape_of(value.type)
    assert shape is not None
    return shape


def _element(value: ir.Value) -> str:
    return str(ir.ShapedType(value.type).element_type)


def _varies(axis: str, constant: ir.Value, beside: ir.Value) -> bool:
    small, large = _shape(constant), _shape(beside)
    place = int(axis) + (len(large) if int(axis) < 0 else 0)
    missing = len(large) - len(small)
    return (
        missing >= 0
        and place < len(large)
        and all(
            size == 1 or (at + missing == place and size == large[place])
            for at, size in enumerate(small)
        )
    )


_CONSTRAINTS: Mapping[str, Any] = {
    "HasOneUse": lambda _, v: len(list(v.uses)) == 1,
    "HasNoneType": lambda _, v: is_none(v.type),
    "NotNoneType": lambda _, v: not is_none(v.type),
    "IsFromONNXConstantOp": lambda _, v: constant_value(v) is not None,
    "HasRankOf": lambda n, v: len(_shape(v)) == int(n),
    "IntegerAttrIsOf": lambda n, a: a == int(n),
    "FloatAttrIsOf": lambda n, a: a == float(n),
    "EqualString": lambda text, a: a == text,
    "AttributeIsNull": lambda _, a: a is None,
    "HaveSameElementType": lambda _, v, w: _element(v) == _element(w),
    "HaveSameShapedType": lambda _, v, w: v.type == w.type,
    "HasFloatElementType": lambda _, v: _element(v)[0] in "fb",
    "IsConstantOf": lambda n, v: np.all(constant_value(v) == float(n)),
    "IsUnpadded": lambda _, auto, pads: auto == "VALID" or (auto == "NOTSET" and not any(pads or ())),
    "VariesAlongAxisOnly": _varies,
    "HasSizeOfAxis": lambda axis, v, w: np.prod(_shape(v)) == _shape(w)[int(axis)],
}  # fmt: skip


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
