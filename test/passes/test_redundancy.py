# SPDX-License-Identifier: Apache-2.0
"""--cse and --canonicalize on imported models, whose ops all have names.

What a model says beside its graph tells no ops apart, and holds for what is left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest
from equality import canonical
from onnx import NodeProto, parser
from onnx.reference import ReferenceEvaluator

from onnx_opt.dialect import make_context, verify
from onnx_opt.exporter import export_model
from onnx_opt.importer import import_model
from onnx_opt.passes import canonicalize, cse

HEAD = '<ir_version: 11, opset_import: ["": 17]>\n'

TWICE = """g (float[2, 2] x) => (float[2, 2] y) {
  [first] a = Gemm(x, x)
  [second] b = Gemm(x, x)
  y = Add(a, b)
}"""


def after(model: onnx.ModelProto | str, *passes: Any) -> onnx.ModelProto:
    """What comes out of passes: a valid model that computes the same, to the bit, under the same names."""
    if isinstance(model, str):
        model = parser.parse_model(HEAD + model)
    module = import_model(model, context=make_context())
    for each in passes:
        each.PASS.run(module.operation)
    assert verify(module) == []
    result = export_model(module)
    onnx.checker.check_model(result, full_check=True)
    assert [info.name for info in result.graph.output] == [info.name for info in model.graph.output]
    feeds = {info.name: numbers(info) for info in model.graph.input}
    for output, expected in zip(evaluated(result, feeds), evaluated(model, feeds), strict=True):
        np.testing.assert_array_equal(output, expected)
    return result


def numbers(info: onnx.ValueInfoProto) -> np.ndarray[Any, Any]:
    """1, -2, 3, ...; true for a condition."""
    tensor = info.type.tensor_type
    shape = [dim.dim_value for dim in tensor.shape.dim]
    counted = np.arange(1, np.prod(shape, dtype=int) + 1)
    signed = counted * (-1) ** (counted + 1)
    return np.asarray(signed.reshape(shape), onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type))


def evaluated(model: onnx.ModelProto, feeds: dict[str, Any]) -> list[Any]:
    """What onnx's own evaluator says."""
    runner: Any = ReferenceEvaluator(model)
    return list(runner.run(None, feeds))


def ops(graph: onnx.GraphProto) -> list[str]:
    """The ops of a graph."""
    return [node.op_type for node in graph.node]


def test_two_equal_relus_become_one() -> None:
    result = after(
        "g (float[2] x) => (float[2] y) { a = Relu(x)  b = Relu(x)  y = Add(a, b) }", cse
    )
    assert ops(result.graph) == ["Relu", "Add"]
    assert list(result.graph.node[0].output) == ["a"]
    assert list(result.graph.node[1].input) == ["a", "a"]


def test_both_are_outputs() -> None:
    """Of one value with two names one is a copy."""
    result = after("g (float[2] x) => (float[2] a, float[2] b) { a = Relu(x)  b = Relu(x) }", cse)
    assert ops(result.graph) == ["Relu", "Identity"]


def test_the_second_is_an_output() -> None:
    """Its name is the model's; that of the first one is not."""
    text = "g (float[2] x) => (float[2] b, float[2] c) { a = Relu(x)  b = Relu(x)  c = Neg(a) }"
    result = after(text, cse)
    assert [list(node.output) for node in result.graph.node] == [["b"], ["c"]]


def default_set(node: NodeProto) -> None:
    node.attribute.append(onnx.helper.make_attribute("alpha", 1.0))


def input_empty(node: NodeProto) -> None:
    node.input.append("")


def told_about(node: NodeProto) -> None:
    node.doc_string = "the second"
    node.metadata_props.add(key="k", value="v")


@pytest.mark.parametrize("change", [default_set, input_empty, told_about])
def test_words_tell_no_ops_apart(change: Callable[[NodeProto], None]) -> None:
    """Those of the first op survive, whichever says more."""
    for index in (0, 1):
        model = parser.parse_model(HEAD + TWICE)
        changed = model.graph.node[index]
        change(changed)
        result = after(model, cse)
        assert ops(result.graph) == ["Gemm", "Add"]
        first, kept = (canonical(each).graph.node[0] for each in (model, result))
        assert first == kept


def test_value_info_tells_no_ops_apart() -> None:
    model = parser.parse_model(HEAD + TWICE)
    for name in ("b", "a"):
        info = model.graph.value_info.add()
        info.CopyFrom(onnx.helper.make_tensor_value_info(name, 1, [2, 2], f"about {name}"))
    result = after(model, cse)
    assert [info.name for info in result.graph.value_info] == ["a"]


def attribute_set(node: NodeProto) -> None:
    node.attribute.append(onnx.helper.make_attribute("alpha", 0.5))


def other_device(node: NodeProto) -> None:
    node.device_configurations.add(configuration_id="gpus")


@pytest.mark.parametrize("change", [attribute_set, other_device])
def test_what_is_computed_and_where_tells_ops_apart(change: Callable[[NodeProto], None]) -> None:
    model = parser.parse_model(HEAD + TWICE)
    model.configuration.add(name="gpus", num_devices=2)
    change(model.graph.node[1])
    assert ops(after(model, cse).graph) == ["Gemm", "Gemm", "Add"]


CONSTANTS = """g (float[2] x) => (float[2] y) <float[2] a = {1, 2}, float[2] b = {1, 2}, float[2] other = {1, 3}> {
  c = Constant <value = float[2] named {1, 2}> ()
  p = Add(x, a)
  q = Mul(p, b)
  r = Sub(q, c)
  y = Div(r, other)
}"""


def test_equal_constants_become_one() -> None:
    """Whether initializers or nodes, and whatever the tensor in a node is called."""
    result = after(CONSTANTS, canonicalize)
    assert ops(result.graph) == ["Add", "Mul", "Sub", "Div"]
    assert [tensor.name for tensor in result.graph.initializer] == ["a", "other"]
    assert [node.input[1] for node in result.graph.node] == ["a", "a", "a", "other"]


def test_equal_initializers_that_are_outputs() -> None:
    text = "g (float[2] x) => (float[2] a, float[2] b) <float[2] a = {1, 2}, float[2] b = {1, 2}> { z = Neg(x) }"
    result = after(text, canonicalize)
    assert [tensor.name for tensor in result.graph.initializer] == ["a"]
    assert ops(result.graph) == ["Identity"]


def test_annotations_stay_valid() -> None:
    """A scale that an annotation names is read by no op and stays; of a value that goes nothing is left to say."""
    text = """g (float[2] x) => (float[2] y) <float s = {1}, float t = {1}, float unused = {1}> {
      a = Relu(x)
      b = Relu(x)
      y = Add(a, b)
    }"""
    model = parser.parse_model(HEAD + text)
    for name, scale in (("a", "s"), ("b", "t"), ("y", "t")):
        annotation = model.graph.quantization_annotation.add(tensor_name=name)
        annotation.quant_parameter_tensor_names.add(key="SCALE_TENSOR", value=scale)
    result = after(model, cse, canonicalize)
    assert ops(result.graph) == ["Relu", "Add"]
    assert [tensor.name for tensor in result.graph.initializer] == ["s", "t"]
    expected = [model.graph.quantization_annotation[index] for index in (0, 2)]
    assert list(result.graph.quantization_annotation) == expected


BRANCHES = """g (bool c, float[2] x) => (float[2] y) {{
  {before}
  z = If(c) <
    then_branch = t () => (float[2] r) {{ a = Relu(x)  r = Neg(a) }},
    else_branch = e () => (float[2] r) {{ b = Relu(x)  r = Abs(b) }}
  >
  {behind}
}}"""


def test_a_branch_takes_what_is_there_before_it() -> None:
    result = after(BRANCHES.format(before="u = Relu(x)", behind="y = Add(z, u)"), cse)
    assert ops(result.graph) == ["Relu", "If", "Add"]
    for attribute in result.graph.node[1].attribute:
        assert [list(node.input) for node in attribute.g.node] == [["u"]]


def test_a_branch_gives_nothing_to_others() -> None:
    """Not to the other branch, and not to what comes behind."""
    result = after(BRANCHES.format(before="", behind="v = Relu(x)  y = Add(z, v)"), cse)
    assert ops(result.graph) == ["If", "Relu", "Add"]
    for attribute in result.graph.node[0].attribute:
        assert len(attribute.g.node) == 2


LOOP = """g (int64 n, bool c, float[2] x) => (float[2] y) {
  u = Relu(x)
  z = Loop(n, c, x) <body = b (int64 i, bool d, float[2] OWN) => (bool e, float[2] r) {
    e = Identity(d)
    t = Relu(x)
    r = Add(t, OWN)
  }>
  y = Add(z, u)
}"""
BRANCH = """g (bool c, float[2] x) => (float[2] y) {
  u = Relu(x)
  z = If(c) <
    then_branch = t () => (float[2] r) <float[2] OWN = {3, 4}> { t = Relu(x)  r = Add(t, OWN) },
    else_branch = e () => (float[2] r) { r = Neg(x) }
  >
  y = Add(z, u)
}"""


@pytest.mark.parametrize("text", [LOOP, BRANCH])
def test_what_a_body_has_come_to_use_is_not_hidden(text: str) -> None:
    """The body's own u hid the outer one, which its Relu becomes: now it has another name."""
    model = parser.parse_model(HEAD + text.replace("OWN", "u"))
    module = import_model(model, context=make_context())
    cse.PASS.run(module.operation)
    assert export_model(module) == after(text.replace("OWN", "u_1"), cse)
