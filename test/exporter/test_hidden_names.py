# SPDX-License-Identifier: Apache-2.0
"""Names in the graphs of If, Loop and Scan are scoped lexically: as models have them, and safe after a pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
import pytest
from equality import difference
from onnx import numpy_helper, parser
from onnx.reference import ReferenceEvaluator
from runtime import Runtime

from onnx_opt.dialect import DiagnosticError, make_context, parse, to_text, verify
from onnx_opt.exporter import export_model
from onnx_opt.importer import import_model
from onnx_opt.passes import cse, fold_bn_into_gemm

HEAD = '<ir_version: 8, opset_import: ["": 17]>\n'

LOOP_INPUT = """g (int64 n, bool c, float[2] x) => (float[2] y) {
  w = Neg(x)
  z = Loop(n, c, x) <body = b (int64 i, bool c, float[2] w) => (bool on, float[2] r) {
    on = Identity(c)
    r = Add(w, x)
  }>
  y = Add(z, w)
}"""
SCAN_INPUT = """g (float[2] x, float[3, 2] all) => (float[2] y, float[3, 2] sums) {
  w = Neg(x)
  last, sums = Scan <num_scan_inputs = 1, body = b (float[2] w, float[2] x) => (float[2] s, float[2] t) {
    s = Add(w, x)
    t = Identity(s)
  }> (w, all)
  y = Add(last, w)
}"""
LOOP_IN_LOOP = """g (int64 n, bool c, float[2] x) => (float[2] y) {
  z = Loop(n, c, x) <body = b (int64 i, bool c, float[2] x) => (bool on, float[2] r) {
    on = Identity(c)
    r = Loop(n, c, x) <body = b (int64 i, bool c, float[2] x) => (bool go, float[2] r) {
      go = Identity(c)
      r = Add(x, x)
    }>
  }>
  y = Add(z, x)
}"""
ACCEPTED = [LOOP_INPUT, SCAN_INPUT, LOOP_IN_LOOP]

INITIALIZER = """g (bool c, float[2] x) => (float[2] y) <float[2] w = {1, 2}> {
  z = If(c) <
    then_branch = t () => (float[2] r) <float[2] w = {3, 4}> { r = Add(x, w) },
    else_branch = e () => (float[2] r) { r = Mul(x, w) }
  >
  y = Add(z, w)
}"""
READ_AFTER_INNER = """g (bool c, float[2] x) => (float[2] y) <float[2] w = {1, 2}> {
  y = If(c) <
    then_branch = t () => (float[2] r) {
      v = If(c) <
        then_branch = tt () => (float[2] r) <float[2] w = {3, 4}> { r = Add(x, w) },
        else_branch = te () => (float[2] r) <float[2] w = {5, 6}> { r = Add(x, w) }
      >
      r = Add(v, w)
    },
    else_branch = e () => (float[2] r) { r = Mul(x, w) }
  >
}"""
RESULT = """g (bool c, float[N, 2] x) => (float[A, B] y) {
  w = Neg(x)
  z = If(c) <
    then_branch = t () => (r) <float[1, 2] s = {1, 2}> { w = Abs(s)  r = Neg(w) },
    else_branch = e () => (r) { r = Neg(w) }
  >
  y = Add(z, w)
}"""
CONSTANT_NODE = """g (bool c, float[2] x) => (float[2] y) <float[2] w = {1, 2}> {
  z = If(c) <
    then_branch = t () => (float[2] r) { w = Constant <value = float[2] {3, 4}> ()  r = Add(x, w) },
    else_branch = e () => (float[2] w) { w = Neg(x) }
  >
  y = Add(z, w)
}"""
OUTPUT_LATER = """g (bool c, float[2] x) => (float[2] y) {
  z = If(c) <
    then_branch = t () => (float[2] y) { y = Neg(x) },
    else_branch = e () => (float[2] y) <float[2] y = {3, 4}> { }
  >
  y = Add(z, x)
}"""
MODELS = [*ACCEPTED, INITIALIZER, READ_AFTER_INNER, RESULT, CONSTANT_NODE, OUTPUT_LATER]


@pytest.fixture(scope="module")
def runtime() -> Iterator[Runtime]:
    """A child process that runs models."""
    child = Runtime()
    yield child
    child.close()


def exported(text: str, *passes: Any) -> tuple[onnx.ModelProto, onnx.ModelProto]:
    """A model, and what comes out after passes."""
    model = parser.parse_model(HEAD + text)
    module = import_model(model, context=make_context())
    for each in passes:
        each.PASS.run(module.operation)
    assert verify(module) == []
    return model, export_model(module)


def inputs_of(model: onnx.ModelProto) -> list[Any]:
    """True, a few rounds, and numbers that count."""
    made: list[Any] = []
    for info in model.graph.input:
        tensor = info.type.tensor_type
        shape = [dim.dim_value or 1 for dim in tensor.shape.dim]
        count = int(np.prod(shape, dtype=int))
        dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type)
        made.append(np.asarray(np.arange(1, count + 1).reshape(shape), dtype))
    return made


def evaluated(model: onnx.ModelProto, inputs: list[Any]) -> list[Any]:
    """What onnx's own evaluator says."""
    runner: Any = ReferenceEvaluator(model)
    names = [info.name for info in model.graph.input]
    return list(runner.run(None, dict(zip(names, inputs, strict=True))))


@pytest.mark.parametrize("text", MODELS)
def test_names_stay(text: str) -> None:
    model, result = exported(text)
    assert difference(model, result) == ""
    module = import_model(model, context=make_context())
    again = parse(to_text(module, debuginfo=True), context=make_context())
    assert difference(model, export_model(again)) == ""


@pytest.mark.parametrize("text", ACCEPTED)
def test_outputs_stay(text: str, runtime: Runtime) -> None:
    model, result = exported(text, cse)
    onnx.checker.check_model(result, full_check=True)
    inputs = inputs_of(model)
    # Not by onnx's own evaluator, which begins a Loop with the outer value of an input's name.
    expected = runtime.run("onnxruntime", model.SerializeToString(), inputs)
    outputs = runtime.run("onnxruntime", result.SerializeToString(), inputs)
    for one, other in zip(expected, outputs, strict=True):
        np.testing.assert_array_equal(one, other)


def test_types_of_hidden_values_are_their_own() -> None:
    """What is known of the inner w, (1, 2), says nothing about the outer one, (N, 2)."""
    text = to_text(import_model(parser.parse_model(HEAD + RESULT), context=make_context()))
    outer = next(line for line in text.splitlines() if '"onnx.Neg"(%arg1)' in line)
    assert outer.endswith("-> tensor<?x2xf32>")
    inner = next(line for line in text.splitlines() if '"onnx.Abs"' in line)
    assert inner.endswith("-> tensor<1x2xf32>")


@pytest.mark.parametrize(
    "body",
    ["q = Abs(w)  w = Mul(q, q)  r = Add(q, w)", "w = Abs(w)  r = Neg(w)"],
)
def test_name_that_may_be_either_of_two(body: str) -> None:
    text = f"""g (bool c, float[2] w) => (float[2] y) {{
      y = If(c) <
        then_branch = t () => (float[2] r) {{ {body} }},
        else_branch = e () => (float[2] r) {{ r = Neg(w) }}
      >
    }}"""
    with pytest.raises(DiagnosticError, match="uses 'w', which an enclosing graph has, before"):
        exported(text)


def test_name_given_twice_in_a_body() -> None:
    text = """g (bool c, float[2] x) => (float[2] y) {
      y = If(c) <
        then_branch = t () => (float[2] r) { w = Abs(x)  w = Neg(x)  r = Add(w, w) },
        else_branch = e () => (float[2] r) { r = Neg(x) }
      >
    }"""
    with pytest.raises(DiagnosticError, match="makes 'w', which exists already"):
        exported(text)


# After a pass

BN = "one, one, one, four"
WEIGHTS = "float[2, 2] w2 = {1, 2, 3, 4}, float[2] one = {1, 1}, float[2] four = {4, 4}"
SHARED_WITH_BRANCHES = f"""g (bool c, float[1, 2] x) => (float[1, 2] y, float[1, 2] z) <{WEIGHTS}> {{
  z = Gemm(x, w2)
  y = If(c) <
    then_branch = t () => (float[1, 2] r) {{ q = Gemm(x, w2)  r = BatchNormalization(q, {BN}) }},
    else_branch = e () => (float[1, 2] r) {{ r = Gemm(x, w2) }}
  >
}}"""
SHARED_BY_BOTH = f"""g (bool c, float[1, 2] x) => (float[1, 2] y, float[1, 2] z) <{WEIGHTS}> {{
  z = Gemm(x, w2)
  y = If(c) <
    then_branch = t () => (float[1, 2] r) {{ q = Gemm(x, w2)  r = BatchNormalization(q, {BN}) }},
    else_branch = e () => (float[1, 2] r) {{ q = Gemm(z, w2)  r = BatchNormalization(q, {BN}) }}
  >
}}"""
SHARED_WITH_A_LOOP = f"""g (int64 n, bool c, float[1, 2] x) => (float[1, 2] y, float[1, 2] z) <{WEIGHTS}> {{
  z = Gemm(x, w2)
  y = Loop(n, c, x) <body = b (int64 i, bool c, float[1, 2] x) => (bool on, float[1, 2] r) {{
    on = Identity(c)
    r = If(c) <
      then_branch = t () => (float[1, 2] r) {{ q = Gemm(x, w2)  r = BatchNormalization(q, {BN}) }},
      else_branch = e () => (float[1, 2] r) {{ r = Gemm(x, w2) }}
    >
  }}>
}}"""


@pytest.mark.parametrize("text", [SHARED_WITH_BRANCHES, SHARED_BY_BOTH, SHARED_WITH_A_LOOP])
def test_new_constant_hides_nothing(text: str, runtime: Runtime) -> None:
    """Evaluators may read the outer one of two of a name; here the outer w2 keeps its name, its value and its users."""
    model, result = exported(text, fold_bn_into_gemm)
    nodes = [node for graph in graphs_of(result.graph) for node in graph.node]
    assert not any(node.op_type == "BatchNormalization" for node in nodes)
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in result.graph.initializer}
    np.testing.assert_array_equal(weights["w2"], [[1, 2], [3, 4]])
    _, *bodies = graphs_of(result.graph)
    inner = [tensor.name for body in bodies for tensor in body.initializer]
    assert inner[0] == "w2_1"
    assert weights.keys().isdisjoint(inner)
    assert_same_outputs(model, result, runtime)


def test_constant_that_a_fold_changed_hides_nothing(runtime: Runtime) -> None:
    """The model's own w2 of the branch hid the outer one; what is made of it need not."""
    own = "<float[2, 2] w2 = {5, 6, 7, 8}>"
    text = SHARED_WITH_BRANCHES.replace("(float[1, 2] r) { q =", f"(float[1, 2] r) {own} {{ q =")
    model, result = exported(text, fold_bn_into_gemm)
    _, then, _ = graphs_of(result.graph)
    assert [tensor.name for tensor in then.initializer] == ["w2_1", "Gemm_constant"]
    # No evaluator is sure to read the inner w2 of the original.
    then = next(graph for graph in graphs_of(model.graph) if graph.name == "t")
    then.initializer[0].name = then.node[0].input[1] = "own"
    assert_same_outputs(model, result, runtime)


def assert_same_outputs(before: onnx.ModelProto, after: onnx.ModelProto, runtime: Runtime) -> None:
    """By both evaluators, under both conditions; each output is a sum of few products, with one rounding each."""
    inputs = inputs_of(before)
    for condition in (True, False):
        inputs = [np.array(condition) if array.dtype == bool else array for array in inputs]
        expected = runtime.run("onnxruntime", before.SerializeToString(), inputs)
        outputs = runtime.run("onnxruntime", after.SerializeToString(), inputs)
        for value, output, other in zip(expected, outputs, evaluated(after, inputs), strict=True):
            np.testing.assert_allclose(output, value, rtol=2**-20)
            np.testing.assert_allclose(other, value, rtol=2**-20)


def graphs_of(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """A graph and those in it."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from graphs_of(attribute.g)
