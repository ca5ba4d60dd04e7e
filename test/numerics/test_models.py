# SPDX-License-Identifier: Apache-2.0
"""Models of every kind: what the reference evaluator computes wrongly, subgraphs, functions, types that are no floats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import parser

from onnx_opt.dialect import make_context
from onnx_opt.importer import import_model
from onnx_opt.verification.functions import save

WEIGHTS = "float[3,2] B={1,2,3,4,5,6}, float[2] C={1,2}"
STATISTICS = "float[2] sc={1.5,-2}, float[2] b={1,2}, float[2] m={0.5,1}, float[2] v={3,8}"
# epsilon 1 makes the root exact: s = [1.5, -2] / sqrt([3, 8] + 1) = [0.75, -2/3].
FOLDED = "float[3,2] B={0.75,-1.3333334,2.25,-2.6666667,3.75,-4}, float[2] C={1.375,1.3333334}"


def linear(opset: int, attributes: str = "epsilon=1.0") -> str:
    return f"""<ir_version: 7, opset_import: ["": {opset}]>
g (float[N,3] x) => (float[N,2] y) <{WEIGHTS}, {STATISTICS}>
{{ z = Gemm(x, B, C) y = BatchNormalization<{attributes}>(z, sc, b, m, v) }}"""


def gemm(weights: str, opset: int) -> str:
    return f"""<ir_version: 7, opset_import: ["": {opset}]>
g (float[N,3] x) => (float[N,2] y) <{weights}> {{ y = Gemm(x, B, C) }}"""


@pytest.mark.parametrize("engine", ["onnxruntime", "reference"])
@pytest.mark.parametrize("opset", [7, 9, 13, 14, 15])
def test_batch_normalization_of_every_opset(verify: Any, opset: int, engine: str) -> None:
    assert verify(linear(opset), gemm(FOLDED, opset), engine) == ""
    assert verify(linear(opset), gemm(FOLDED.replace("1.375", "1.38"), opset), engine)


def test_batch_normalization_of_opset_6(verify: Any) -> None:
    before = linear(6, "epsilon=1.0, is_test=1").replace("Gemm(", "Gemm<broadcast=1>(")
    after = gemm(FOLDED, 6).replace("Gemm(", "Gemm<broadcast=1>(")
    assert verify(before, after, "reference") == ""


def test_training_mode_of_an_old_opset_is_refused(verify: Any) -> None:
    model = linear(6).replace("Gemm(", "Gemm<broadcast=1>(")
    assert "training mode" in verify(model, model, "reference", verify_engine="reference")


@pytest.mark.parametrize("engine", ["onnxruntime", "reference"])
def test_a_branch_of_an_if(verify: Any, engine: str) -> None:
    def model(weights: str, body: str) -> str:
        return f"""<ir_version: 8, opset_import: ["": 17]>
g (bool c, float[N,3] x) => (float[N,2] y) <{WEIGHTS.replace("B=", "B0=").replace("C=", "C0=")}> {{
  y = If (c) <then_branch = t () => (float[N,2] a) <{weights}> {{ {body} }},
              else_branch = e () => (float[N,2] d) {{ d = Gemm(x, B0, C0) }}>
}}"""

    before = model(
        f"{WEIGHTS}, {STATISTICS}",
        "z = Gemm(x, B, C) a = BatchNormalization<epsilon=1.0>(z, sc, b, m, v)",
    )
    assert verify(before, model(FOLDED, "a = Gemm(x, B, C)"), engine) == ""
    assert verify(before, model(FOLDED.replace("1.375", "1.38"), "a = Gemm(x, B, C)"), engine)


def test_names_that_hide_others_are_told_apart(tmp_path: Path) -> None:
    """Engines read either of two of a name."""
    text = """<ir_version: 8, opset_import: ["": 17]>
g (int64 n, bool c, float[2] x) => (float[2] y) <float[2] w={1, 2}> {
  y = Loop (n, c, x) <body = b (int64 i, bool d, float[2] x) => (bool e, float[2] r) <float[2] w={3, 4}> {
    e = Identity(d)
    r = Add(x, w)
  }>
}"""
    module = import_model(parser.parse_model(text), context=make_context())
    saved = save(module, "main_graph", tmp_path / "model.onnx")
    body = onnx.load(saved.path).graph.node[0].attribute[0].g
    assert [info.name for info in body.input] == ["i", "d", "x_1"]
    assert [tensor.name for tensor in body.initializer] == ["w_1"]
    assert list(body.node[1].input) == ["x_1", "w_1"]


@pytest.mark.parametrize("engine", ["onnxruntime", "reference"])
def test_a_loop_without_a_condition(verify: Any, engine: str) -> None:
    def model(op: str) -> onnx.ModelProto:
        made = parser.parse_model(f"""<ir_version: 8, opset_import: ["": 17]>
g (float[2] x) => (float[2] y) <int64 n={{3}}> {{
  t = Identity(n)
  y = Loop(n, t, x) <body = b (int64 i, bool c, float[2] a) => (bool c2, float[2] o)
    {{ c2 = Identity(c) o = {op}(a, a) }}>
}}""")
        made.graph.node[1].input[1] = ""
        return made

    assert verify(model("Add"), model("Add"), engine) == ""
    assert verify(model("Add"), model("Mul"), engine)


def test_model_local_functions(verify: Any) -> None:
    def model(op: str) -> str:
        return f"""<ir_version: 8, opset_import: ["": 17, "here": 1]>
g (float[N,2] x) => (float[N,2] y, int64[N] i) {{ y = here.f(x) i = ArgMax<axis=1, keepdims=0>(y) }}
<domain: "here", opset_import: ["": 17]> f (a) => (b) {{ b = {op}(a) }}"""

    assert verify(model("Exp"), model("Exp")) == ""
    assert verify(model("Exp"), model("Neg"))


def test_integers_and_strings_must_be_equal(verify: Any) -> None:
    def model(index: int) -> str:
        return f"""<ir_version: 8, opset_import: ["": 17]>
g (string[3] x, int64[2] k) => (string y, int64[2] l) <int64 i={{{index}}}> {{ y = Gather(x, i) l = Add(k, i) }}"""

    assert verify(model(1), model(1)) == ""
    assert "was" in verify(model(1), model(2))


def test_an_index_that_rounding_decides(verify: Any) -> None:
    # The two columns are equal but for one rounding of float32, so either index is right.
    def model(nudge: float) -> str:
        return f"""<ir_version: 8, opset_import: ["": 17]>
g (float[4,1] x) => (int64[4] i) <float[1,2] w={{1, 1}}, float[2] c={{3, {nudge}}}>
{{ p = MatMul(x, w) s = Add(p, c) d = Mul(s, w) i = ArgMax<axis=1, keepdims=0>(d) }}"""

    assert verify(model(3), model(3.0000002)) == ""
    assert verify(model(3.1), model(2.9))


def test_a_change_of_type_or_shape(verify: Any) -> None:
    def model(to: str, shape: str, node: str) -> str:
        return f"""<ir_version: 8, opset_import: ["": 17]>
g (float[2,1] x) => ({to}[{shape}] y) {{ y = {node}(x) }}"""

    told = verify(model("float", "2,1", "Identity"), model("double", "2,1", "Cast<to=11>"))
    assert "was float32[2, 1] on input 0 and is float64[2, 1]" in told
    told = verify(model("float", "2,1", "Identity"), model("float", "1,2", "Transpose"))
    assert "was float32[2, 1] on input 0 and is float32[1, 2]" in told


def test_an_overflow_of_the_original_is_no_difference(verify: Any) -> None:
    # x * 512 * 512 / 512 / 512 overflows float16 half-way, x does not.
    before = """<ir_version: 8, opset_import: ["": 17]>
g (float16[4] x) => (float16[4] y) <float f={512}, float i={0.001953125}> {
  c = Cast<to=10>(f) d = Cast<to=10>(i) p = Mul(x, c) q = Mul(p, c) r = Mul(q, d) y = Mul(r, d) }"""
    after = """<ir_version: 8, opset_import: ["": 17]>
g (float16[4] x) => (float16[4] y) { y = Identity(x) }"""
    assert verify(before, after, "reference") == ""
    assert verify(after, before, "reference")


def test_nan_where_there_was_none(verify: Any) -> None:
    def model(op: str) -> str:
        return f"""<ir_version: 8, opset_import: ["": 17]>
g (float[8] x) => (float[8] y) {{ a = Abs(x) n = Neg(a) y = Sqrt({op}) }}"""

    assert verify(model("a"), model("a")) == ""
    assert "nan" in verify(model("a"), model("n"))


def test_an_unknown_op_is_an_error(verify: Any) -> None:
    model = """<ir_version: 8, opset_import: ["": 17, "my": 1]> g (float[2] x) => (float[2] y) { y = my.Foo(x) }"""
    assert "cannot run @main_graph" in verify(model, model)


def test_what_only_the_first_model_can_do_is_an_error(verify: Any) -> None:
    before = (
        """<ir_version: 8, opset_import: ["": 17]> g (float[2] x) => (float[2] y) { y = Exp(x) }"""
    )
    after = """<ir_version: 8, opset_import: ["": 17]> g (float[2] x) => (float[2] y) { z = Shape(x) y = Exp(z) }"""
    assert "runs @main_graph as it was, but not as it is" in verify(before, after)


def test_a_model_that_float64_cannot_judge(verify: Any, capsys: pytest.CaptureFixture[str]) -> None:
    def model(factor: float) -> str:
        return f"""<ir_version: 11, opset_import: ["": 26]>
g (float[4] x) => (float[4] y) <float f={{{factor}}}> {{ b = BitCast<to=6>(x) a = BitCast<to=1>(b) y = Mul(a, f) }}"""

    assert verify(model(2), model(2.000001), "reference") == ""
    assert "no evaluation in float64, so tolerances are coarse" in capsys.readouterr().err
    assert verify(model(2), model(2.02), "reference")


def test_large_and_small_columns_have_tolerances_of_their_own(verify: Any) -> None:
    def model(small: float) -> str:
        return f"""<ir_version: 8, opset_import: ["": 17]>
g (float[4,1] x) => (float[4,2] y) <float[1,2] w={{1000000, {small}}}> {{ y = MatMul(x, w) }}"""

    assert verify(model(0.001), model(0.001)) == ""
    assert verify(model(0.001), model(0.00101))


def test_dtypes_of_the_inputs_are_kept(verify: Any) -> None:
    kinds = ["float16", "bfloat16", "double", "int8", "uint8", "int32", "bool", "complex64"]
    for kind in kinds:
        model = f"""<ir_version: 10, opset_import: ["": 20]> g ({kind}[N] x) => ({kind}[N] y) {{ y = Identity(x) }}"""
        assert verify(model, model, "reference") == "", kind


def test_normal_inputs_are_normal() -> None:
    from onnx_opt.verification.inputs import Input, feeds

    drawn = feeds([Input("x", np.dtype(np.float32), ("N", 1000))], 2, {}, {"x": (3, 1000)})
    assert drawn[0]["x"].shape == (3, 1000)
    assert abs(drawn[0]["x"].mean()) < 0.1 and abs(drawn[0]["x"].std() - 1) < 0.1
    assert (drawn[0]["x"] != drawn[1]["x"]).any()
