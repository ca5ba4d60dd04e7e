# SPDX-License-Identifier: Apache-2.0
"""Ops that engines approximate, and what the float64 evaluation cannot say."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, parser
from onnx.reference import ReferenceEvaluator

from onnx_opt.verification import exact
from onnx_opt.verification.comparison import NOT_BELIEVED, Exact, compare
from onnx_opt.verification.convolution import Conv
from onnx_opt.verification.evaluator import evaluator

UP = 1 + 2.0**-23
"""One unit in the last place of float32."""


def gated(op: str, factor: float, shift: float) -> str:
    return f"""<ir_version: 10, opset_import: ["": 20]>
g (float[4000] x) => (float[4000] y) <float f={{{factor!r}}}, float c={{{shift!r}}}> {{
  m = Mul(x, f)  s = Add(m, c)  y = {op}(s)
}}"""


@pytest.mark.parametrize("op", ["Sigmoid", "HardSigmoid", "Elu", "Gelu", "HardSwish"])
def test_results_smaller_than_what_is_rounded_for_them(verify: Any, op: str) -> None:
    """Some of the results are near 0: those of Sigmoid below 2^-24, of which onnxruntime gives multiples."""
    shift = {"Sigmoid": -17.0, "HardSigmoid": -2.5, "Elu": 0.0, "Gelu": -4.0, "HardSwish": -3.0}[op]
    before = gated(op, 0.7, shift)
    assert verify(before, gated(op, 0.7 * UP, shift)) == ""
    assert "rounding" in verify(before, gated(op, 0.707, shift))


@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_gelu_has_all_digits(approximate: str) -> None:
    """Where 1 + erf cancels, float32's digits are not enough: compared with the same in 50 digits.

    That of float64 are: 1 + tanh is 3.5e-5 at -4, so up to 2^-53 / 3.5e-5 = 2^-38 is lost, and some in the sum.
    """
    model = parser.parse_model(f"""<ir_version: 10, opset_import: ["": 20]>
    g (double[3] x) => (double[3] y) {{ y = Gelu<approximate = "{approximate}">(x) }}""")
    runner: Any = evaluator(model)
    (y,) = runner.run(None, {"x": np.array([-4.0, 0.1, 3.0])})
    # 0.5 x (1 + erf(x / sqrt(2))), and 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
    expected = {
        "none": [-1.26684967332479685e-4, 5.39827837277029014e-2, 2.99595030590510972],
        "tanh": [-7.02459481923726898e-5, 5.39827510454351676e-2, 2.99636260791822698],
    }[approximate]
    np.testing.assert_allclose(y, expected, rtol=2.0**-36)


def test_a_scalar_that_is_not_a_number(verify: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """What noise does to it is an array, too."""
    model = """<ir_version: 10, opset_import: ["": 20]>
    g (float[3] x) => (float y, float z) { y = ReduceSum<keepdims=0>(x)  n = Sqrt(y)  z = Mul(n, n) }"""
    assert verify(model, model) == ""
    assert "no evaluation in float64" not in capsys.readouterr().err


def test_a_float64_evaluation_that_is_no_number_is_not_believed() -> None:
    """Onnx's evaluator gives the mean of nothing where onnxruntime has something: equal to itself, it says nothing."""
    engine = [np.ones((2, 2), np.float32)]
    nothing = np.full((2, 2), np.nan)
    zeros = np.zeros((2, 2))
    known = [Exact(nothing, nothing, zeros, zeros, zeros)]
    rows = compare("y", engine, engine, known, None, 1.0)
    assert [row.why for row in rows] == ["", NOT_BELIEVED]
    # Where the engine overflows, the evaluation in float64 is what counts.
    known = [Exact(engine[0] * 1.0, engine[0] * 1.0, zeros, zeros, zeros)]
    rows = compare("y", [np.full((2, 2), np.inf, np.float32)], engine, known, None, 1.0)
    assert NOT_BELIEVED not in [row.why for row in rows]


SHAPES = [
    ((2, 4, 9), (6, 4, 3), 1),
    ((1, 4, 7, 8), (8, 2, 3, 2), 2),
    ((2, 3, 6, 6), (3, 1, 3, 3), 3),
]


@pytest.mark.parametrize("shapes", SHAPES)
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"strides": [2, 3]},
        {"dilations": [2, 1], "pads": [1, 2, 0, 1]},
        {"auto_pad": "SAME_UPPER"},
        {"auto_pad": "SAME_LOWER", "strides": [2, 1]},
        {"auto_pad": "VALID"},
    ],
)
def test_conv(shapes: Any, given: dict[str, Any]) -> None:
    """As onnx's own evaluator computes it, but for the order of sums: of at most 54 terms, each below 16."""
    size_x, size_w, group = shapes
    axes = len(size_x) - 2
    attributes: dict[str, Any] = {
        name: value[:axes] + (value[2 : 2 + axes] if name == "pads" else [])
        if isinstance(value, list)
        else value
        for name, value in given.items()
    }
    for biased, seed in product((False, True), range(2)):
        random = np.random.default_rng(seed)
        feeds = {"x": random.standard_normal(size_x), "w": random.standard_normal(size_w)}
        if biased:
            feeds["b"] = random.standard_normal(size_w[0])
        infos = [helper.make_tensor_value_info(name, 11, None) for name in (*feeds, "y")]
        node = helper.make_node("Conv", list(feeds), ["y"], group=group, **attributes)
        graph = helper.make_graph([node], "g", infos[:-1], infos[-1:])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
        runners: list[Any] = [ReferenceEvaluator(model), ReferenceEvaluator(model, new_ops=[Conv])]
        expected, result = (runner.run(None, feeds)[0] for runner in runners)
        np.testing.assert_allclose(result, expected, rtol=0, atol=2 * 54 * 54 * 16 * 2.0**-53)


def network(scale: float, one: float = 1.0) -> onnx.ModelProto:
    """A Conv with its scale folded, or not; channel 1 off by a factor."""
    random = np.random.default_rng(0)
    w = random.standard_normal((4, 2, 3, 3)) * scale
    w[1] *= one
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["z"], pads=[1, 1, 1, 1]),
        helper.make_node("HardSwish", ["z"], ["h"]),
        helper.make_node("GlobalAveragePool", ["h"], ["p"]),
        helper.make_node("Sigmoid", ["p"], ["s"]),
        helper.make_node("Mul", ["h", "s"], ["y"]),
    ]
    weights = [onnx.numpy_helper.from_array(w.astype(np.float32), "w")]
    infos = [helper.make_tensor_value_info(name, 1, shape) for name, shape in (("x", [1, 2, 20, 20]), ("y", None))]  # fmt: skip
    graph = helper.make_graph(nodes, "g", infos[:1], infos[1:], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


@pytest.mark.parametrize("seconds", [20.0, 0.0])
def test_a_channel_that_is_off_is_found_however_little_time_there_is(
    verify: Any, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    monkeypatch.setattr(exact, "_SECONDS", seconds)
    assert verify(network(0.3), network(0.3 * UP)) == ""
    assert verify(network(0.3), network(0.3, one=1.01)) != ""
