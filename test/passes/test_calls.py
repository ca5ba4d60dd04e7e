# SPDX-License-Identifier: Apache-2.0
"""Model-local functions that are called once: what their call gives them counts as what they have themselves.

The oracles are onnx's reference evaluator and onnxruntime, which inlines functions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime  # type: ignore[import-untyped,unused-ignore]
import pytest
from onnx import parser
from onnx.reference import ReferenceEvaluator

from onnx_opt.dialect import make_context, verify
from onnx_opt.dialect import onnx as ops
from onnx_opt.dialect.constants import elements_attribute
from onnx_opt.exporter import export_model
from onnx_opt.importer import import_model
from onnx_opt.passes import fold_bn
from onnx_opt.passes.rewriting import RewritePass, no_match

STATISTICS = """float[2] scale = {4, 3}, float[2] bias = {5, 7}, float[2] mean = {1, 2}, float[2] var = {2, 5}"""
WEIGHTS = f"float[3, 2] w = {{1, 2, 3, 4, 5, 6}}, float[2] c = {{1, -1}}, {STATISTICS}"
LAYER = """<domain: "local", opset_import: ["": 17]>
layer (x, w, c, scale, bias, mean, var) => (y) {
  z = Gemm <beta: float = 0.5> (x, w, c)
  y = BatchNormalization (z, scale, bias, mean, var)
}"""
CALL = "y = local.layer (x, w, c, scale, bias, mean, var)"


def graph(body: str, weights: str = WEIGHTS, inputs: str = "float[n, 3] x") -> str:
    return f"""<ir_version: 9, opset_import: ["": 17, "local": 1]>
g ({inputs}) => (float[n, 2] y) <{weights}> {{
  {body}
}}
"""


def folded(
    text: str, pass_: RewritePass = fold_bn.PASS
) -> tuple[onnx.ModelProto, onnx.ModelProto, list[str]]:
    """A model before and after a pass, and the remarks."""
    model = parser.parse_model(text)
    onnx.checker.check_model(model, full_check=True)
    module = import_model(model, context=make_context())
    remarks: list[str] = []
    pass_.run(module.operation, remark=lambda remark: remarks.append(remark.message))
    assert verify(module) == []
    assert "onnx_opt." not in str(module)
    result = export_model(module)
    onnx.checker.check_model(result, full_check=True)
    return model, result, remarks


def unchanged(before: onnx.ModelProto, after: onnx.ModelProto) -> bool:
    """Whether a model is what it would be without any pass."""
    return after == export_model(import_model(before, context=make_context()))


def ops_of(model: onnx.ModelProto) -> list[str]:
    """The ops of the first function."""
    return [node.op_type for node in model.functions[0].node]


def agree(before: onnx.ModelProto, after: onnx.ModelProto, **more: Any) -> None:
    """Both compute the same but for the rounding of the new constants: u of each of K = 3 terms and of the bias."""
    shape = [dim.dim_value or 4 for dim in before.graph.input[0].type.tensor_type.shape.dim]
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    feeds = {"x": x, **more}
    runners: list[Any] = [ReferenceEvaluator(model) for model in (before, after)]
    runners += [
        onnxruntime.InferenceSession(model.SerializeToString()) for model in (before, after)
    ]
    expected, *others = [runner.run(None, feeds)[0] for runner in runners]
    for other in others:
        bound = 16 * 2.0**-24 * np.abs(expected).max()
        np.testing.assert_allclose(other, expected, rtol=0, atol=bound)


def test_weights_that_are_arguments() -> None:
    before, after, remarks = folded(graph(CALL) + LAYER)
    assert remarks[-1] == "fold-bn: 1 folded, 0 not folded"
    assert ops_of(after) == ["Constant", "Constant", "Gemm"]
    agree(before, after)
    # Nobody reads the old weights any more.
    assert list(after.graph.node[0].input) == list(after.functions[0].input) == ["x"]
    assert not after.graph.initializer


def test_an_argument_with_another_reader_stays() -> None:
    layer = LAYER.replace("=> (y)", "=> (s)").replace("}", "  m = MatMul (x, w)  s = Add (y, m)\n}")
    before, after, _ = folded(graph(CALL) + layer)
    assert ops_of(after) == ["Constant", "Constant", "Gemm", "MatMul", "Add"]
    agree(before, after)
    assert list(after.functions[0].input) == ["x", "w"]
    (weight,) = after.graph.initializer
    assert weight.name == "w"


def test_a_convolution() -> None:
    """The rank of what the Conv gives is known by way of the call only."""
    weights = f"float[2, 3, 1, 1] w = {{1, 2, 3, 4, 5, 6}}, {STATISTICS}"
    text = f"""<ir_version: 9, opset_import: ["": 17, "local": 1]>
    g (float[1, 3, 2, 2] x) => (float[1, 2, 2, 2] y) <{weights}> {{
      y = local.layer (x, w, scale, bias, mean, var)
    }}
    <domain: "local", opset_import: ["": 17]>
    layer (x, w, scale, bias, mean, var) => (y) {{
      z = Conv (x, w)
      r = Relu (z)
      y = BatchNormalization (r, scale, bias, mean, var)
    }}"""
    before, after, remarks = folded(text)
    assert remarks[-1] == "fold-bn: 0 folded, 1 not folded"
    assert unchanged(before, after)
    before, after, _ = folded(text.replace("r = Relu (z)", "r = Identity (z)"))
    assert ops_of(after) == ["Constant", "Constant", "Conv", "Identity"]
    agree(before, after)


OUTER = """
<domain: "local", opset_import: ["": 17, "local": 1]>
outer (x, w, c, scale, bias, mean, var) => (r) {
  r0 = Relu (x)
  r1 = local.layer (r0, w, c, scale, bias, mean, var)
  r = Relu (r1)
}
"""


def test_a_function_that_calls_a_function() -> None:
    call = "y = local.outer (x, w, c, scale, bias, mean, var)"
    before, after, _ = folded(graph(call) + LAYER + OUTER)
    assert ops_of(after) == ["Constant", "Constant", "Gemm"]
    assert [list(function.input) for function in after.functions] == [["x"], ["x"]]
    assert not after.graph.initializer
    agree(before, after)


def test_constants_of_a_function_that_is_called_twice() -> None:
    """Its own constants are the same in both calls."""
    twice = """
    <domain: "local", opset_import: ["": 17, "local": 1]>
    twice (x) => (y) {
      w = Constant <value = float[3, 2] {1, 2, 3, 4, 5, 6}> ()
      c = Constant <value = float[2] {1, -1}> ()
      v = Constant <value = float[2] {2, 3}> ()
      y = local.layer (x, w, c, v, v, v, v)
    }
    """
    body = "a = local.twice (x)  n = Neg (x)  b = local.twice (n)  y = Sub (a, b)"
    before, after, remarks = folded(graph(body, "float u = {0}") + LAYER + twice)
    assert remarks[-1] == "fold-bn: 1 folded, 0 not folded"
    assert ops_of(after) == ["Constant", "Constant", "Gemm"]
    agree(before, after)


def test_a_call_in_a_branch() -> None:
    body = f"""y = If (condition) <
      then_branch = then () => (float[n, 2] t) {{ {CALL.replace("y =", "t =")} }},
      else_branch = else () => (float[n, 2] e) {{ e = MatMul (x, w) }}
    >"""
    text = graph(body, inputs="float[n, 3] x, bool condition") + LAYER
    before, after, _ = folded(text)
    assert ops_of(after) == ["Constant", "Constant", "Gemm"]
    assert [tensor.name for tensor in after.graph.initializer] == ["w"]
    for condition in (True, False):
        agree(before, after, condition=np.array(condition))


def test_a_function_that_is_called_twice_is_left() -> None:
    other = CALL.replace("y =", "b =").replace("c,", "bias,")
    before, after, remarks = folded(
        graph(f"{CALL.replace('y =', 'a =')}  {other}  y = Sub (a, b)") + LAYER
    )
    assert remarks[0] == (
        "node 'BatchNormalization': not folded: X is not a tensor of floats, but !onnx.Any "
        "in a function that is called 2 times [bn-of-gemm]"
    )
    assert unchanged(before, after)


TYPED = LAYER.replace(
    "(x, w, c, scale, bias, mean, var) => (y) {",
    "(x, w, c, scale, bias, mean, var) => (y) <float[n, 2] z, float[3, 2] w, float[2] c> {",
)


def test_types_that_a_function_states_do_not_make_its_arguments_constants() -> None:
    other = CALL.replace("y =", "b =")
    before, after, remarks = folded(
        graph(f"{CALL.replace('y =', 'a =')}  {other}  y = Sub (a, b)") + TYPED
    )
    assert remarks[0].endswith(
        "B of the Gemm is not a constant in a function that is called 2 times [bn-of-gemm]"
    )
    assert unchanged(before, after)


def test_nothing_is_stated_of_arguments_that_are_dropped() -> None:
    before, after, _ = folded(graph(CALL) + TYPED)
    assert [info.name for info in before.functions[0].value_info] == ["z", "w", "c"]
    assert not after.functions[0].value_info
    agree(before, after)


@pytest.mark.parametrize("kind", ["an-input", "overridable"])
def test_arguments_that_are_no_constants(kind: str) -> None:
    weights = WEIGHTS if kind == "overridable" else WEIGHTS.replace("w = {1, 2, 3, 4, 5, 6}", "v = {1, 2, 3, 4, 5, 6}")  # fmt: skip
    text = graph(CALL, weights, inputs="float[n, 3] x, float[3, 2] w")
    before, after, remarks = folded(text + LAYER)
    assert remarks[0].endswith("B of the Gemm is not a constant [bn-of-gemm]")
    assert unchanged(before, after)


def test_an_argument_that_the_call_leaves_out() -> None:
    weights = WEIGHTS.replace("float[2] c = {1, -1}, ", "")
    text = graph(CALL.replace(" c,", " ,"), weights) + LAYER
    before, after, remarks = folded(text)
    assert remarks[-1] == "fold-bn: 0 folded, 1 not folded"
    assert unchanged(before, after)


def test_what_a_pass_makes_of_a_constant_is_no_argument_any_more() -> None:
    """A pattern may change a constant where it stands."""

    def double(gemm: Any, rewriter: Any) -> Any:
        del rewriter
        op = gemm.C.owner
        if op.name == "onnx.Constant":
            op.attributes["value"] = elements_attribute(np.array([2, -2], np.float32))
        return no_match("done")

    change = RewritePass(argument="double", summary="", patterns={ops.Gemm: double})
    _, after, _ = folded(graph(CALL) + LAYER.replace("layer (", "layer ("), change)
    assert ops_of(after)[0] == "Constant"
    assert "c" not in after.functions[0].input
