# SPDX-License-Identifier: Apache-2.0
"""Right folds pass, wrong ones do not: chains of Gemm and BatchNormalization, folded here by hand.

The oracle is this file's own arithmetic, in float64; nothing of the pass is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ml_dtypes
import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

WIDTH = 16
BETA, EPSILON = 0.5, 2.0**-7  # exact in float32, as attributes are
TYPES = {
    "float32": np.float32,
    "float64": np.float64,
    "float16": np.float16,
    "bfloat16": ml_dtypes.bfloat16,
}


def chain(
    seed: int, dtype: Any, layers: int, broken: str = "", at: int = 0
) -> tuple[onnx.ModelProto, onnx.ModelProto]:
    """Layers of Gemm, BatchNormalization and Relu; the same folded, layer `at` in the way that `broken` says."""
    random = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    before: list[onnx.NodeProto] = []
    after: list[onnx.NodeProto] = []
    old: list[onnx.TensorProto] = []
    new: list[onnx.TensorProto] = []
    x = "x"
    for n in range(layers):
        weights = [
            random.standard_normal((WIDTH, WIDTH)) / np.sqrt(WIDTH),
            random.standard_normal(WIDTH),
            random.uniform(0.5, 1.5, WIDTH),
            random.standard_normal(WIDTH) / 3,
            random.standard_normal(WIDTH),
            random.uniform(0.1, 2, WIDTH),
        ]
        weights = [weight.astype(dtype) for weight in weights]
        names = [f"{letter}{n}" for letter in ("B", "C", "scale", "bias", "mean", "var")]
        old.extend(map(numpy_helper.from_array, weights, names))
        before.append(helper.make_node("Gemm", [x, *names[:2]], [f"z{n}"], beta=BETA))
        before.append(
            helper.make_node(
                "BatchNormalization", [f"z{n}", *names[2:]], [f"y{n}"], epsilon=EPSILON
            )
        )
        folded = fold(*weights, broken if n == at else "")
        new.extend(
            numpy_helper.from_array(each.astype(dtype), name)
            for each, name in zip(folded, names, strict=False)
        )
        after.append(helper.make_node("Gemm", [x, *names[:2]], [f"y{n}"]))
        x = f"y{n}"
        if n < layers - 1:
            before.append(helper.make_node("Relu", [x], [f"r{n}"]))
            after.append(helper.make_node("Relu", [x], [f"r{n}"]))
            x = f"r{n}"
    return model(before, old, x, dtype), model(after, new, x, dtype)


def fold(*weights: Any) -> Iterator[Any]:
    """The b and c of a Gemm folded in float64, or broken in one way."""
    *arrays, broken = weights
    b, c, scale, bias, mean, var = (array.astype(np.float64) for array in arrays)
    beta, factor = (1.0 if broken == "beta ignored" else BETA), 1.0
    s = scale / np.sqrt(var + EPSILON)
    if broken == "epsilon outside the root":
        s = scale / (np.sqrt(var) + EPSILON)
    if broken == "no epsilon":
        s = scale / np.sqrt(var)
    if broken == "no root":
        s = scale / (var + EPSILON)
    if broken == "1 % of the weights":
        factor = 1.01
    yield b * (s[:, np.newaxis] if broken == "rows" else s) * factor
    if broken == "no mean":
        mean = mean * 0
    if broken == "no bias":
        bias = bias * 0
    yield ((beta * c - mean) * s + bias) * (1.01 if broken == "1 % of the bias" else 1.0)


def model(
    nodes: list[onnx.NodeProto], weights: list[onnx.TensorProto], output: str, dtype: np.dtype[Any]
) -> onnx.ModelProto:
    kind = helper.np_dtype_to_tensor_dtype(dtype)
    infos = [helper.make_tensor_value_info(name, kind, ["N", WIDTH]) for name in ("x", output)]
    graph = helper.make_graph(nodes, "chain", infos[:1], infos[1:], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


GROSS = ["beta ignored", "rows", "no mean", "no bias", "no root"]
FINE = ["epsilon outside the root", "no epsilon", "1 % of the weights", "1 % of the bias"]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_no_false_alarm_in_a_deep_chain_of_a_narrow_type(
    verify: Any, dtype: str, seed: int
) -> None:
    engine = "onnxruntime" if dtype == "float16" else "reference"
    assert verify(*chain(seed, TYPES[dtype], 20), engine=engine) == ""


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_no_false_alarm_in_a_deep_chain(verify: Any, dtype: str) -> None:
    for seed in range(3):
        assert verify(*chain(seed, TYPES[dtype], 20)) == ""


@pytest.mark.parametrize("broken", GROSS + FINE)
@pytest.mark.parametrize("layers", [1, 20])
def test_a_broken_fold_is_caught(verify: Any, broken: str, layers: int) -> None:
    told = verify(*chain(5, np.float32, layers, broken, at=layers // 2))
    assert "departs" in told or "is rounding" in told
    if layers > 1:
        assert f"the first value that departs is 'y{layers // 2}', made by a Gemm" in told


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("broken", [*GROSS, "1 % of the weights", "1 % of the bias"])
def test_a_broken_fold_is_caught_in_a_narrow_type(verify: Any, broken: str, dtype: str) -> None:
    assert verify(*chain(5, TYPES[dtype], 1, broken), engine="reference")


def test_a_tolerance_of_the_users_own(verify: Any) -> None:
    models = chain(5, np.float32, 1, "1 % of the weights")
    assert verify(*models, atol=0.2) == ""
    assert verify(*models, atol=1e-4, rtol=1e-4)
    assert verify(*models, rtol=1e-6)
