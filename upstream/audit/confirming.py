# SPDX-License-Identifier: Apache-2.0
"""A refutation, confirmed by others: both sides as ONNX models, in the checker and in onnx's ReferenceEvaluator."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, cast

import numpy as np
import onnx
from onnx import helper, numpy_helper

from ...dialect.ops.attribute_kinds import INT, TYPE
from ...dialect.types import BY_ASM
from ...proving.tensors import Tensor
from .cases import Applied

Array = np.ndarray[Any, Any]


class NotConfirmedError(Exception):
    """A refutation that the other tools do not see; the text says what they say."""


def confirm(left: Sequence[Applied], right: Sequence[Applied], results: tuple[Tensor, Any]) -> str:
    """What the others say, in a line.

    left, right: what was applied on each side; of a right side that is refused, up to there.  results: of each side,
    the second None if it is refused.  Raise NotConfirmedError.
    """
    expected = _array(results[0])
    found = _run(left, results[0], results[0])
    if isinstance(found, str):
        raise NotConfirmedError(f"the left side is refused as well: {found}")
    if not np.array_equal(found, expected):
        raise NotConfirmedError(
            f"the left side gives {found.tolist()} there, not {expected.tolist()}"
        )
    if results[1] is None and not any(not each.results or each.declared for each in right):
        raise NotConfirmedError("what is refused is inside of a native call")
    other = _run(right, results[1], results[1] or results[0])
    if isinstance(other, str):
        return f"onnx refuses the model: {other}"
    if results[1] is None and (refusal := _refusal_of_onnxruntime(right, results[0])):
        return f"onnxruntime refuses the model: {refusal}"
    if (found.dtype, found.shape) == (other.dtype, other.shape) and np.array_equal(found, other):
        raise NotConfirmedError(f"both sides give {found.tolist()}")
    return f"the models give {_shown(found)} and {_shown(other)}"


def _shown(array: Array) -> str:
    return f"{array.tolist()} ({array.dtype}, shape {list(array.shape)})"


def _array(tensor: Tensor) -> Array:
    row = BY_ASM[tensor.type]
    numbers = [row.dtype.type(each) for each in tensor.data.ravel()]
    return np.array(numbers, row.dtype).reshape(tensor.shape)


def _run(applied: Sequence[Applied], result: Any, like: Tensor) -> Array | str:
    """What a side gives; why it is refused.  like: what has the type and the shape of the result."""
    if isinstance(result, Tensor) and not applied:
        return _array(result)
    try:
        model = _model(applied, result, like)
        cast("Any", onnx.checker).check_model(model, full_check=True)
    except Exception as error:
        return _line(error)
    reason = ""
    for engine in (_evaluated, _in_onnxruntime):
        try:
            return engine(model)
        except Exception as error:
            reason = reason or _line(error)
    return reason


def _line(error: Exception) -> str:
    """The first line of what somebody says."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _evaluated(model: onnx.ModelProto) -> Array:
    from onnx.reference import ReferenceEvaluator

    evaluator: Any = ReferenceEvaluator(model)
    return np.asarray(evaluator.run(None, {})[0])


def _in_onnxruntime(model: onnx.ModelProto) -> Array:
    """What onnxruntime gives, where it is installed; it may refuse what the evaluator does not."""
    runtime: Any = import_module("onnxruntime")
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    found = runtime.InferenceSession(model.SerializeToString(), options).run(None, {})
    return np.asarray(found[0])


def _refusal_of_onnxruntime(applied: Sequence[Applied], like: Tensor) -> str:
    """Why onnxruntime does not run a side; "" if it does, or is not installed."""
    try:
        _in_onnxruntime(_model(applied, None, like))
    except ImportError:
        return ""
    except Exception as error:
        return _line(error)
    return ""


_WITHOUT_MEANING = frozenset({"saturate"})
"""Attributes that older versions of an op lack, and that nothing here depends on."""


def _opset(applied: Sequence[Applied]) -> int:
    """The newest opset in which all ops take what they are given here."""
    for opset in range(min(onnx.defs.onnx_opset_version(), 25), 5, -1):
        try:
            if all(
                _fits(each, onnx.defs.get_schema(each.spec.onnx_name, opset)) for each in applied
            ):
                return opset
        except onnx.defs.SchemaError:
            continue
    raise NotConfirmedError("no opset has all of its ops")


def _fits(applied: Applied, schema: onnx.defs.OpSchema) -> bool:
    if schema.since_version == applied.spec.since_version:
        return True
    # Another version of it, that means the same: an op whose operands became attributes does not.
    named = {formal.name for formal in applied.spec.operands}
    given = applied.attributes.keys() - _WITHOUT_MEANING
    return named <= {formal.name for formal in schema.inputs} and given <= schema.attributes.keys()


def _model(applied: Sequence[Applied], result: Any, like: Tensor) -> onnx.ModelProto:
    names: dict[int, str] = {}
    initializers: list[onnx.TensorProto] = []
    nodes: list[onnx.NodeProto] = []
    kept: list[Any] = []
    declared: list[onnx.ValueInfoProto] = []

    def name_of(value: Tensor | None) -> str:
        if value is None:
            return ""
        if id(value) not in names:
            names[id(value)] = f"c{len(initializers)}"
            kept.append(value)
            initializers.append(numpy_helper.from_array(_array(value), names[id(value)]))
        return names[id(value)]

    for number, each in enumerate(applied):
        inputs = [name_of(operand) for operand in each.operands]
        outputs: list[str] = []
        for index, made in enumerate(each.results or (object(),)):
            outputs.append(f"y{number}_{index}" if made is not None else "")
            names[id(made)] = outputs[-1]
            kept.append(made)
        while outputs and not outputs[-1]:
            outputs.pop()
        node = helper.make_node(each.spec.onnx_name, inputs, outputs)
        node.attribute.extend(_attributes(each))
        nodes.append(node)
        if each.declared:
            type_, shape = each.declared
            declared.append(helper.make_tensor_value_info(outputs[0], BY_ASM[type_].onnx, shape))
    output = name_of(result) if isinstance(result, Tensor) else nodes[-1].output[0]
    if isinstance(result, Tensor) and output.startswith("c"):
        nodes.append(helper.make_node("Identity", [output], ["y"]))
        output = "y"
    last = helper.make_tensor_value_info(output, BY_ASM[like.type].onnx, like.shape)
    if result is None and output in {each.name for each in declared}:
        nodes.append(helper.make_node("Identity", [output], ["y"]))
        last.name = "y"
    graph = helper.make_graph(nodes, "side", [], [last], initializers, value_info=declared)
    opset = _opset(applied)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)


def _attributes(applied: Applied) -> list[onnx.AttributeProto]:
    found: list[onnx.AttributeProto] = []
    for name, given in applied.attributes.items():
        if name in _WITHOUT_MEANING:
            continue
        kind = applied.spec.attributes[name].kind
        if kind is TYPE:
            kind, given = INT, BY_ASM[given].onnx
        found.append(helper.make_attribute(name, given, attr_type=kind.onnx))
    return found
