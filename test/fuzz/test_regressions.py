# SPDX-License-Identifier: Apache-2.0
"""What the fuzzers and the matrix found, each by name; inputs are as small as they could be made."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from check_rule import Checker
from onnx import TensorProto, helper, numpy_helper, parser
from onnx.reference import ReferenceEvaluator
from rule_models import Example

from onnx_opt.passes import fold_bn, fold_bn_forward, fold_bn_into_gemm
from onnx_opt.passes.rewriting import RewritePass

ROOT = Path(__file__).resolve().parents[2]


# The fold

RNG = np.random.default_rng(0)
WEIGHTS = ", ".join(f"float[2] {name} = {{0.5, 2}}" for name in ("scale", "bias", "mean", "var"))

OLD_GEMM_BROADCASTS = f"""
<ir_version: 7, opset_import: ["": 6]>
g (float[2, 2] x) => (float[2, 2] y) <float[2, 2] b = {{1, 2, 3, 4}}, float[2] c = {{1, 2}}, {WEIGHTS}> {{
  z = Gemm <broadcast: int = 1> (x, b, c)
  y = BatchNormalization <is_test: int = 1> (z, scale, bias, mean, var)
}}
"""

OLD_ADD_IS_MADE = f"""
<ir_version: 7, opset_import: ["": 6]>
g (float[2, 2] x) => (float[2, 2] y) <float[2, 2] b = {{1, 2, 3, 4}}, {WEIGHTS}> {{
  z = MatMul (x, b)
  y = BatchNormalization <is_test: int = 1> (z, scale, bias, mean, var)
}}
"""

BRANCH_GIVES_WHAT_IS_MADE_OUTSIDE = f"""
<ir_version: 8, opset_import: ["": 17]>
g (float[2, 2] x, bool condition) => (float[2, 2] y)
<float[2, 2] b = {{1, 2, 3, 4}}, float[2] c = {{1, 2}}, {WEIGHTS}> {{
  z = Gemm (x, b, c)
  y = If (condition) <
    then_branch = then () => (float[2, 2] t) {{ t = BatchNormalization (z, scale, bias, mean, var) }},
    else_branch = else () => (float[2, 2] e) {{ e = Identity (b) }}
  >
}}
"""

NO_BIAS_TO_SCALE = """
<ir_version: 8, opset_import: ["": 17]>
g (float[1, 2, 3] x) => (float[1, 2, 3] y) <float[2, 2, 1] w = {1, 2, 3, 4}, float[1, 2, 1] c = {2, 4}> {
  z = ConvTranspose (x, w)
  y = Div (z, c)
}
"""

OLD_CONV_TRANSPOSE = """
<ir_version: 7, opset_import: ["": 9]>
g (float[1, 2, 3] x) => (float[1, 2, 3] y) <float[2, 2, 1] w = {1, 2, 3, 4}, float[1, 2, 1] c = {2, 4}> {
  z = ConvTranspose (x, w)
  y = Mul (z, c)
}
"""

NO_COLUMNS = """
<ir_version: 8, opset_import: ["": 17]>
g (float[2, 3] x) => (float[2, 0] y) <float[3, 0] b = {}, float[3] c = {1, 2, 3}> {
  z = Add (x, c)
  y = Gemm (z, b)
}
"""

SCALAR_BETWEEN_OPS_ON_CONSTANTS = """
<ir_version: 8, opset_import: ["": 17]>
g (float[1] x) => (float[1] y) <float[1, 1] b = {3}, float[1] c = {2}, int64[1] axes = {0}> {
  z = MatMul (x, b)
  scalar = Squeeze (c, axes)
  vector = Unsqueeze (scalar, axes)
  y = Mul (z, vector)
}
"""

WEIGHTS_SHARED_WITH_A_BRANCH = f"""
<ir_version: 8, opset_import: ["": 17]>
g (float[2, 2] x, bool condition) => (float[2, 2] y, float[2, 2] w)
<float[2, 2] b = {{1, 2, 3, 4}}, float[2] c = {{1, 2}}, float[2] v = {{3, 4}}, {WEIGHTS}> {{
  y = If (condition) <
    then_branch = then () => (float[2, 2] t) {{
      z = Gemm (x, b, c)
      t = BatchNormalization (z, scale, bias, mean, var)
    }},
    else_branch = else () => (float[2, 2] e) {{ e = Identity (x) }}
  >
  u = Gemm (x, b, c)
  w = BatchNormalization (u, v, bias, mean, var)
}}
"""

MODELS = {
    "old-gemm-broadcasts": (OLD_GEMM_BROADCASTS, fold_bn_into_gemm.PASS),
    "branch-gives-what-is-made-outside": (
        BRANCH_GIVES_WHAT_IS_MADE_OUTSIDE,
        fold_bn_into_gemm.PASS,
    ),
    "no-bias-to-scale": (NO_BIAS_TO_SCALE, fold_bn.PASS),
    "old-conv-transpose": (OLD_CONV_TRANSPOSE, fold_bn.PASS),
    "old-add-is-made": (OLD_ADD_IS_MADE, fold_bn.PASS),
    "no-columns": (NO_COLUMNS, fold_bn.PASS),
    "scalar-between-ops-on-constants": (SCALAR_BETWEEN_OPS_ON_CONSTANTS, fold_bn.PASS),
}


def folded(text: str, pass_: RewritePass, times: int = 1) -> onnx.ModelProto:
    """The model after a pass that has to fold so many times, checked as the fuzzer does."""
    model = parser.parse_model(text)
    inputs = {
        info.name: np.array(True)
        if info.type.tensor_type.elem_type == TensorProto.BOOL
        else RNG.standard_normal([dim.dim_value for dim in info.type.tensor_type.shape.dim])
        for info in model.graph.input
    }
    checker = Checker()
    example = Example(model, inputs, pass_)
    checker.check(example)
    assert checker.counts["rewritten"] == times
    return checker.rewrite(example)[0]


@pytest.mark.parametrize("name", MODELS)
def test_fold(name: str) -> None:
    folded(*MODELS[name])


DIGITS_WOULD_BE_LOST = """
<ir_version: 8, opset_import: ["": 17]>
g (double[1, 1] x) => (double[1, 1] y)
<float16[1] a = {1}, double[1] b = {0.1}, double[1] m = {0}, double[1] v = {1}> {
  z = BatchNormalization (x, a, a, m, v)
  y = BatchNormalization (z, b, b, m, v)
}
"""

VALUE_NEAR_THE_END_OF_FLOAT64 = """
<ir_version: 8, opset_import: ["": 17]>
g (double[1, 1] x) => (double[1, 1] y)
<double[1, 1] b = {0.5}, double[1] c = {2e-323}, double[1] v = {1.7e308}> {
  z = Gemm (x, b, c)
  y = BatchNormalization (z, c, c, c, v)
}
"""

SCALE_UNDERFLOWS_IN_FLOAT64 = """
<ir_version: 8, opset_import: ["": 17]>
g (double[1, 1] x) => (double[1, 1] y)
<double[1, 1] b = {8e58}, double[1] c = {-2e-323}, double[1] v = {2.7}> {
  z = Gemm (x, b, c)
  y = BatchNormalization (z, c, c, c, v)
}
"""

MORE_CHANNELS_THAN_X_HAS = """
<ir_version: 8, opset_import: ["": 17]>
g (float[1, c, 2] x) => (float[1, n, 2] y) <float[2, 2, 1] w = {1, 2, 3, 4}, float[2, 1] c = {2, 4}> {
  z = Mul (x, c)
  y = ConvTranspose (z, w)
}
"""

MORE_AXES_THAN_Z_HAS = """
<ir_version: 8, opset_import: ["": 17]>
g (float[1, 2, 3] x, int64[rank] sizes) => (float[1, 1, 2, 3] y)
<float[2, 2, 1] w = {1, 2, 3, 4}, float[1, 1, 1, 1] c = {2}> {
  v = Reshape (x, sizes)
  z = Conv (v, w)
  y = Mul (z, c)
}
"""


# Add-6 takes no operand of shape (2, 1) beside one of (2, 2).
COLUMN_BEFORE_OPSET_7 = f"""
<ir_version: 7, opset_import: ["": 6]>
g (float[2, 2] x) => (float[2, 2] y) <float[2, 2] w = {{1, 2, 3, 4}}, {WEIGHTS}> {{
  z = MatMul (w, x)
  t = Transpose <perm: ints = [1, 0]> (z)
  y = BatchNormalization <is_test: int = 1> (t, scale, bias, mean, var)
}}
"""

NUMBER_BECOMES_A_COLUMN_BEFORE_OPSET_7 = f"""
<ir_version: 7, opset_import: ["": 6]>
g (float[2, 2] x) => (float[2, 2] y) <float[2, 2] w = {{1, 2, 3, 4}}, float[1] c = {{3}}, {WEIGHTS}> {{
  z = MatMul (w, x)
  s = Add <broadcast: int = 1> (z, c)
  t = Transpose <perm: ints = [1, 0]> (s)
  y = BatchNormalization <is_test: int = 1> (t, scale, bias, mean, var)
}}
"""


@pytest.mark.parametrize(
    "text",
    [
        DIGITS_WOULD_BE_LOST,
        VALUE_NEAR_THE_END_OF_FLOAT64,
        SCALE_UNDERFLOWS_IN_FLOAT64,
        MORE_CHANNELS_THAN_X_HAS,
        MORE_AXES_THAN_Z_HAS,
        COLUMN_BEFORE_OPSET_7,
        NUMBER_BECOMES_A_COLUMN_BEFORE_OPSET_7,
    ],
    ids=[
        "digits-would-be-lost",
        "value-near-the-end-of-float64",
        "scale-underflows-in-float64",
        "more-channels-than-x-has",
        "more-axes-than-z-has",
        "column-before-opset-7",
        "number-becomes-a-column-before-opset-7",
    ],
)
def test_no_fold(text: str) -> None:
    model = parser.parse_model(text)
    result, _ = Checker().rewrite(Example(model, {}, fold_bn.PASS))
    before, after = ([node.op_type for node in of.graph.node] for of in (model, result))
    assert before == after


def test_only_what_gives_the_same_is_called_the_same() -> None:
    """The MatMul is no longer what gives z: the Add behind it is."""
    text = """
    <ir_version: 8, opset_import: ["": 17]>
    g (float[1, 2] x) => (float[1, 2] y) <float[2, 2] b = {1, 2, 3, 4}, float[2] v = {1, 4}> {
      n = BatchNormalization (x, v, v, v, v)
      z = MatMul (n, b)
      y = Relu (z)
    }
    """
    result = folded(text, fold_bn_forward.PASS)
    assert [node.op_type for node in result.graph.node if "z" in node.output] == ["Add"]


def test_no_new_constant_of_a_branch_hides_an_initializer() -> None:
    """Both Gemms have new weights; evaluators read what they like of two initializers of one name."""
    result = folded(WEIGHTS_SHARED_WITH_A_BRANCH, fold_bn_into_gemm.PASS, times=2)
    (branching,) = (node for node in result.graph.node if node.op_type == "If")
    names = [
        tensor.name
        for graph in (result.graph, branching.attribute[0].g)
        for tensor in graph.initializer
    ]
    assert names == ["b", "c", "b_1", "c_1"]
    feeds = {
        "x": np.array([[1, 2], [3, 4]], np.float32),
        "condition": np.array(True),
    }
    before: Any = ReferenceEvaluator(parser.parse_model(WEIGHTS_SHARED_WITH_A_BRANCH))
    after: Any = ReferenceEvaluator(result)
    for expected, output in zip(before.run(None, feeds), after.run(None, feeds), strict=True):
        np.testing.assert_allclose(output, expected, rtol=2**-20)


# The front doors


def run(path: Path, *flags: str) -> str:
    """What the command says about a file: exit code 1, and no more than that."""
    command = [sys.executable, "-m", "onnx_opt", str(path), *flags, "-o", "/dev/null"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1, (result.returncode, result.stderr[-2000:])
    assert "Traceback" not in result.stderr
    assert "error:" in result.stderr
    return result.stderr


TEXTS = {
    "attributes-nested": (
        "module attributes {t.a = " + "[" * 20_000,
        "nested more than 128 brackets deep",
    ),
    "regions-nested": (
        '"a.b"() ({' * 1000 + "}) : () -> ()" * 1000,
        "nested more than 128 brackets deep",
    ),
    "types-nested": (
        "func.func private @f(" + "tuple<" * 9999 + "i1" + ">" * 9999 + ")",
        "nested more than",
    ),
    "closing-brackets-first": (
        "//\n" + ")" * 20_000 + "(" * 20_000,
        "nested more than 128 brackets deep",
    ),
    "brackets-after-arrows": ("->" * 10_000 + "<" * 20_000, "nested more than 128 brackets deep"),
    "aliases-nested": (
        "#a0 = [1]\n" + "".join(f"#a{i + 1} = [#a{i}]\n" for i in range(100_000)) + "module {}",
        "aliases are nested more than 128 deep",
    ),
    "symbol-is-no-text": (r'func.func @"\FF"() { onnx.Return }', "not valid UTF-8"),
    "symbol-attribute-is-no-text": (
        r'"func.func"() <{function_type = () -> (), sym_name = "\FF"}> ({}) : () -> ()',
        "not valid UTF-8",
    ),
    "op-name-is-no-text": (r'"onnx.\FF"() : () -> ()', "not valid UTF-8"),
    "attribute-name-is-no-text": (r'"x.y"() {"\FF" = 1 : i32} : () -> ()', "not valid UTF-8"),
    "property-name-is-no-text": (r'"x.y"() <{"\FF" = 1 : i32}> : () -> ()', "not valid UTF-8"),
    "location-is-no-text": (r'"x.y"() : () -> () loc(fused["a", "\FF"])', "not valid UTF-8"),
    "file-name-is-no-text": (r'"x.y"() : () -> () loc("\FF":1:2)', "not valid UTF-8"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text(name: str, tmp_path: Path) -> None:
    text, expected = TEXTS[name]
    path = tmp_path / "input.mlir"
    path.write_text(text)
    assert expected in run(path, "--fold-bn-into-gemm")


@pytest.mark.parametrize(
    "text",
    [
        "func.func @f() { // " + "(" * 1000 + "\n  onnx.Return\n}",
        'func.func @f() attributes {t.a = "' + "[" * 1000 + '"} { onnx.Return }',
        "module attributes {t.a = " + "[" * 100 + "]" * 100 + "} {}",
        r'func.func @"\E4\BD\A0"() attributes {t.a = "\FF"} { onnx.Return }',
        "#a = loc(unknown)\n"
        + "".join(f"#a{i} = loc(fused[#a, #a])\n" for i in range(500))
        + "module {}",
    ],
    ids=["comment", "string", "nested-a-hundred-deep", "escapes", "many-aliases"],
)
def test_text_that_only_looks_dangerous(text: str, tmp_path: Path) -> None:
    path = tmp_path / "input.mlir"
    path.write_text(text)
    command = [sys.executable, "-m", "onnx_opt", str(path), "-o", "/dev/null"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


DOCUMENT = (ROOT / "docs" / "bindings-bugs.md").read_text()
BYTECODE = re.findall(r"^\| `(4d4cef52[0-9a-f]*)` \|", DOCUMENT, re.MULTILINE)


def test_the_document_lists_bytecode() -> None:
    assert len(BYTECODE) >= 5


@pytest.mark.parametrize("hexadecimal", BYTECODE, ids=range(len(BYTECODE)))
def test_bytecode(hexadecimal: str, tmp_path: Path) -> None:
    path = tmp_path / "input.mlirbc"
    path.write_bytes(bytes.fromhex(hexadecimal))
    assert "the bytecode is damaged" in run(path, "--fold-bn-into-gemm")


def test_a_number_of_inputs_that_nobody_can_have_meant(tmp_path: Path) -> None:
    """It asked for as many empty names, and so for all memory."""
    path = tmp_path / "input.mlir"
    path.write_text(
        "func.func @main_graph(%x: tensor<2xf32>) -> tensor<2xf32> {\n"
        '  %y = "onnx.Relu"(%x) {onnx.inputs = 4611686018427387904 : i64} : (tensor<2xf32>) -> tensor<2xf32>\n'
        '  onnx.Return %y : tensor<2xf32>\n}\n"onnx.EntryPoint"() {func = @main_graph} : () -> ()\n'
    )
    command = [sys.executable, "-m", "onnx_opt", str(path), "-o", str(tmp_path / "out.onnx")]
    subprocess.run(command, check=True, timeout=60)
    assert len(onnx.load(tmp_path / "out.onnx").graph.node[0].input) == 1


def test_a_producer_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "input.mlir"
    path.write_text(
        'module attributes {onnx.producer_name = "\\FF"} {\n'
        "func.func @main_graph(%x: tensor<2xf32>) -> tensor<2xf32> { onnx.Return %x : tensor<2xf32> }\n"
        '"onnx.EntryPoint"() {func = @main_graph} : () -> ()\n}\n'
    )
    assert "is not UTF-8" in run(path, "--emit=onnx")


@pytest.mark.parametrize(
    "record",
    [
        "onnx.name = 1 : i64",
        "onnx.name = loc(unknown)",
        "onnx_node_name = 1 : i64",
        "onnx.outputs = loc(unknown)",
        "onnx.outputs = [loc(unknown)]",
        "onnx.tensors = {value = loc(unknown)}",
    ],
    ids=range(6),
)
def test_a_record_that_is_damaged(record: str, tmp_path: Path) -> None:
    path = tmp_path / "input.mlir"
    path.write_text(
        "func.func @main_graph(%x: tensor<1xf32>) -> tensor<1xf32> {\n"
        f"  %c = onnx.Constant {{value = dense<1.0> : tensor<1xf32>, {record}}} : tensor<1xf32>\n"
        '  %y = "onnx.Add"(%x, %c) : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>\n'
        '  onnx.Return %y : tensor<1xf32>\n}\n"onnx.EntryPoint"() {func = @main_graph} : () -> ()\n'
    )
    command = [sys.executable, "-m", "onnx_opt", str(path), "--emit=onnx", "-o", "/dev/null"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode in (0, 1)
    assert "Traceback" not in result.stderr


def relu_with(weight: TensorProto) -> onnx.ModelProto:
    graph = helper.make_graph(
        [helper.make_node("Relu", ["x"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [2])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [2])],
        [weight],
    )
    return helper.make_model(graph)


def test_a_tensor_of_rank_500(tmp_path: Path) -> None:
    weight = numpy_helper.from_array(np.zeros(1, np.float32), "w")
    weight.dims.extend([1] * 500)
    path = tmp_path / "input.onnx"
    path.write_bytes(relu_with(weight).SerializeToString())
    assert "rank 501" in run(path)


def test_no_elements_but_dimensions_that_nobody_can_count_with(tmp_path: Path) -> None:
    weight = numpy_helper.from_array(np.zeros((0, 2), np.float32), "w")
    weight.dims.append(2**63 - 1)
    path = tmp_path / "input.onnx"
    path.write_bytes(relu_with(weight).SerializeToString())
    assert "has shape [0, 2, 9223372036854775807]" in run(path)


def test_an_input_whose_name_is_no_text(tmp_path: Path) -> None:
    model = relu_with(numpy_helper.from_array(np.zeros(1, np.float32), "w"))
    model.graph.input.append(helper.make_tensor_value_info("name", TensorProto.FLOAT, [2]))
    path = tmp_path / "input.onnx"
    path.write_bytes(model.SerializeToString().replace(b"name", b"nam\xfe"))
    assert "is not UTF-8" in run(path)
