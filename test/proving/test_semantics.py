# SPDX-License-Identifier: Apache-2.0
"""The table of ops says what ONNX says: on the cases that ship with it, and beside its engines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import onnx
import pytest
from backend_cases import (
    ONNX_OPS,
    WITHOUT_CASES,
    NodeCase,
    NoNumbers,
    array,
    cases_by_op,
    difference,
    tensor,
)
from floats import FLOATS
from onnx import helper
from runtime import ENGINES, RunError, Runtime

from onnx_opt.proving.domains import FIELD, RATIONALS
from onnx_opt.proving.semantics import KNOWN_OPS, ORDERED_OPS, UNKNOWN_OPS, evaluate, meaning
from onnx_opt.proving.tensors import Tensor, Undefined, Unordered

NOT_EXACT = {
    r"averagepool_2d_ceil_last_window_starts_on_pad": "the case has four digits",
    r"cast(like)?_FLOAT(16)?_to_(FLOAT[48]|U?INT[24])\w*": "numbers that few bits do not hold",
    r"cast(like)?_no_saturate_FLOAT(16)?_to_FLOAT8(E4M3|E5M2FNUZ)\w*": "numbers that few bits do not hold",
    r"dynamicquantizelinear": "float32 rounds -2.5 / (5 / 255) = -127.5 to the other side",
    r"equal_string.*": "texts",
    r"(log)?softmax_large_number": "exp(10000) is too large for float64",
    r"mod_float_edge_cases_fmod_0_\w+": "division by zero",
    r"quantizelinear_(e4m3fn|e5m2|float4e2m1)": "numbers that few bits do not hold",
    r"reduce_(max|min)_empty_set": "infinity is no real number",
    r"training_dropout\w*": "random numbers",
}
"""Cases that are not about exact numbers, and why.  On all others, the engines agree as far as they run them."""

NOT_RUN: dict[str, set[str]] = {
    "onnxruntime": {"DequantizeLinear", "QuantizeLinear"},
    "reference evaluator": {"Scatter"},
}
"""Ops of which an engine runs no case; onnxruntime sees these two in `test_ops_without_cases`."""


@pytest.fixture(scope="module")
def runtime() -> Iterator[Runtime]:
    found = Runtime()
    yield found
    found.close()


def _difference(results: dict[str, Tensor], outputs: dict[str, Any]) -> str:
    for name, expected in outputs.items():
        if found := difference(results[name], array(expected)):
            return f"{name}: {found}"
    return ""


def _judge(case: NodeCase, runtime: Runtime, ran: dict[str, int]) -> str:
    """How the table differs from what a case expects, or from what an engine makes of it."""
    with np.errstate(all="ignore"):
        results = case.results(FLOATS)
    if found := _difference(results, case.outputs):
        return found
    for engine in ENGINES:
        try:
            inputs = [array(each) for each in case.inputs]
            outputs = runtime.run(engine, case.model.SerializeToString(), inputs)
        except RunError:
            continue
        ran[engine] += 1
        if found := _difference(results, dict(zip(case.outputs, outputs, strict=True))):
            return f"{engine}: {found}"
    return ""


@pytest.mark.parametrize("op", ONNX_OPS)
def test_backend_cases(op: str, runtime: Runtime) -> None:
    """What the table says, in float64, is what the cases expect and what the engines compute."""
    cases = cases_by_op().get(op, [])
    assert bool(cases) != (op in WITHOUT_CASES)
    ran: dict[str, int] = dict.fromkeys(ENGINES, 0)
    for case in cases:
        exception = any(re.fullmatch(f"test_{each}", case.name) for each in NOT_EXACT)
        try:
            found = _judge(case, runtime, ran)
        except (Undefined, NoNumbers) as error:
            found = repr(error)
        assert bool(found) == exception, f"{case.name}: {found}"
    if cases:
        assert {engine for engine in ENGINES if not ran[engine]} == {
            engine for engine in ENGINES if op in NOT_RUN[engine]
        }


def _run(
    runtime: Runtime,
    engine: str,
    nodes: list[onnx.NodeProto],
    feeds: dict[str, Any],
    results: list[str],
) -> list[Any]:
    """What an engine makes of a few nodes of opset 21."""
    inputs = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(each.dtype), each.shape)
        for name, each in feeds.items()
    ]
    outputs = [helper.make_empty_tensor_value_info(name) for name in results]
    graph = helper.make_graph(nodes, "nodes", inputs, outputs)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    return runtime.run(engine, model.SerializeToString(), [*feeds.values()])


_node = helper.make_node
X = np.random.default_rng(0).standard_normal((2, 4, 3)).astype(np.float32)
S, B, M, V = np.array([[1, 2, -1, 0.5], [0, 1, 2, 3], [1, -1, 0, 2], [1, 4, 0.5, 2]], np.float32)
BN_INPUTS = {"X": X, "S": S, "B": B, "M": M, "V": V}
IMAGE = X.reshape(1, 2, 3, 4)
STEP, ZERO = np.float32(0.25), np.array(3, np.uint8)

BY_HAND = [
    (
        "GlobalLpPool", {"p": 3}, {"X": IMAGE},
        [_node("GlobalLpPool", ["X"], ["Y"], p=3)], ["Y"],
    ),
    (
        "QuantizeLinear", {}, {"X": X, "S": np.array(STEP), "Z": ZERO},
        [_node("QuantizeLinear", ["X", "S", "Z"], ["Y"])], ["Y"],
    ),
    (
        "DequantizeLinear", {}, {"X": np.array([[0, 3, 255]], np.uint8), "S": np.array(STEP), "Z": ZERO},
        [_node("DequantizeLinear", ["X", "S", "Z"], ["Y"])], ["Y"],
    ),
    (
        "BatchNormalizationInferenceMode", {"epsilon": 0.5}, BN_INPUTS,
        [_node("BatchNormalization", ["X", "S", "B", "M", "V"], ["Y"], epsilon=0.5)], ["Y"],
    ),
    (
        "MaxPoolSingleOut", {"kernel_shape": (2, 2), "pads": (1, 0, 0, 1)}, {"X": IMAGE},
        [_node("MaxPool", ["X"], ["Y"], kernel_shape=[2, 2], pads=[1, 0, 0, 1])], ["Y"],
    ),
    ("LayoutTransform", {}, {"X": X}, [_node("Identity", ["X"], ["Y"])], ["Y"]),
    ("Dim", {"axis": 1}, {"X": X}, [_node("Shape", ["X"], ["Y"], start=1, end=2)], ["Y"]),
    (
        "ConcatShapeTranspose", {"axis": 1, "perm": (1, 2, 0), "start": 1}, {"X": X, "Z": X},
        [
            _node("Concat", ["X", "Z"], ["C"], axis=1),
            _node("Shape", ["C"], ["shape"], start=1),
            _node("Transpose", ["C"], ["T"], perm=[1, 2, 0]),
        ],
        ["shape", "T"],
    ),
    (
        "RMSLayerNormalization", {"axis": -1, "epsilon": 0.5}, {"X": X, "S": S[:3], "B": B[:3]},
        [
            _node("Mul", ["X", "X"], ["square"]),
            _node("Constant", [], ["axes"], value_ints=[-1]),
            _node("ReduceMean", ["square", "axes"], ["mean"]),
            _node("Constant", [], ["epsilon"], value_float=0.5),
            _node("Add", ["mean", "epsilon"], ["sum"]),
            _node("Sqrt", ["sum"], ["root"]),
            _node("Reciprocal", ["root"], ["inverse"]),
            _node("Mul", ["X", "inverse"], ["normal"]),
            _node("Mul", ["normal", "S"], ["scaled"]),
            _node("Add", ["scaled", "B"], ["Y"]),
        ],
        ["Y", "inverse"],
    ),
]  # fmt: skip
"""Ops that ship without a case, and what they are made of: attributes, inputs, nodes, results."""


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("op", "attributes", "feeds", "nodes", "names"), BY_HAND)
def test_ops_without_cases(
    op: str, attributes: Any, feeds: Any, nodes: Any, names: Any, engine: str, runtime: Runtime
) -> None:
    operands = [tensor(each, FLOATS) for each in feeds.values()]
    results = evaluate(op, operands, attributes, reals=FLOATS)
    try:
        expected = _run(runtime, engine, nodes, feeds, names)
    except RunError as error:
        if "No registered implementation" in str(error) and op == "GlobalLpPool":
            pytest.skip("the reference evaluator does not have it")
        raise
    for result, output in zip(results, expected, strict=True):
        assert result is not None
        assert not difference(result, np.asarray(output))


def test_every_op_is_tested() -> None:
    """Each op of the table has cases, or stands above."""
    by_hand = {op for op, *_ in BY_HAND}
    assert by_hand >= WITHOUT_CASES | NOT_RUN["onnxruntime"]
    specs = [found.spec for name in sorted(KNOWN_OPS) if (found := meaning(name))]
    extra = {spec.name for spec in specs if not spec.onnx_name}
    extra |= {"BatchNormalizationInferenceMode", "MaxPoolSingleOut"}
    assert by_hand >= extra


def _halves(wide: Any) -> Any:
    """Small fractions in the place of floats."""
    return np.round(np.nan_to_num(wide, posinf=4, neginf=-4).clip(-8, 8) * 2) / 2


def _size(case: NodeCase) -> int:
    return sum(array(each).size for each in case.inputs)


def _agree(exact: Tensor, wide: Tensor, modular: Tensor | None) -> None:
    """Fractions are what float64 computes, and the field has their images; all are Python's numbers."""
    elements = exact.data.reshape(-1).tolist()
    assert exact.data.dtype == object
    python = {"RATIONALS": Fraction, "INTEGERS": int, "BOOLS": bool}[exact.numbers.name]
    assert {type(each) for each in elements} <= {python}
    doubles = wide.data.reshape(-1).tolist()
    if python is not Fraction:
        assert elements == doubles
    else:
        assert [float(each) for each in elements] == pytest.approx(doubles, rel=1e-12, abs=1e-12)
        images = [FIELD.from_python(each) for each in elements]
        assert modular is None or images == modular.data.reshape(-1).tolist()


NO_FRACTIONS = {
    "BatchNormalization", "GroupNormalization", "InstanceNormalization", "LRN", "LayerNormalization",
    "MeanVarianceNormalization", "Mish", "QLinearMatMul", "RMSNormalization", "Sqrt",
}  # fmt: skip
"""Ops whose cases have roots that are no fractions, or scales that small fractions make 0."""


@pytest.mark.parametrize("op", [op for op in ONNX_OPS if op not in WITHOUT_CASES])
def test_domains_agree(op: str) -> None:
    compared = 0
    cases = [case for case in cases_by_op()[op] if "string" not in case.name]
    cases.sort(key=_size)
    for case in [each for each in cases[:8] if each is cases[0] or _size(each) < 500]:
        try:
            exact = case.results(RATIONALS, _halves)
            with np.errstate(all="ignore"):
                wide = case.results(FLOATS, _halves)
        except Undefined:
            continue
        try:
            modular = case.results(FIELD, _halves)
        except (Undefined, Unordered) as error:
            assert isinstance(error, Undefined) or case.op in ORDERED_OPS
            modular = {}
        for name, result in exact.items():
            compared += 1
            if case.op not in UNKNOWN_OPS:
                _agree(result, wide[name], modular.get(name))
    assert bool(compared) == (op not in NO_FRACTIONS)


CENTRED = np.array([[[1, -1, 1, -1], [4, -4, 4, -4]]], np.float32)
ONES = np.array([1, 2], np.float32)
ROOTS = [
    ("Sqrt", {}, [np.array([0, 1, 4, 0.25], np.float32)]),
    ("ReduceL2", {"keepdims": 0}, [CENTRED, np.array([2])]),
    (
        "BatchNormalization",
        {"epsilon": 0.5},
        [CENTRED, ONES, ONES, ONES, np.array([0.5, 3.5], np.float32)],
    ),
    ("InstanceNormalization", {"epsilon": 0}, [CENTRED, ONES, ONES]),
    ("GroupNormalization", {"epsilon": 0, "num_groups": 2}, [CENTRED, ONES, ONES]),
    ("LayerNormalization", {"epsilon": 0}, [CENTRED, CENTRED[0, 0], CENTRED[0, 0]]),
    ("RMSNormalization", {"epsilon": 0}, [CENTRED, CENTRED[0, 0]]),
    ("LRN", {"size": 1, "alpha": 1.0, "bias": 0.0, "beta": 0.5}, [CENTRED]),
    ("LpNormalization", {"axis": 1}, [np.array([[0, 2], [0, 0]], np.float32)]),
]


@pytest.mark.parametrize(("op", "attributes", "arrays"), ROOTS, ids=[op for op, *_ in ROOTS])
def test_roots_are_exact(op: str, attributes: Any, arrays: Any) -> None:
    """Of squares whose roots are squares, too: the field takes the root that is one."""
    exact, wide, modular = (
        evaluate(op, [tensor(each, domain) for each in arrays], attributes, reals=domain)
        for domain in (RATIONALS, FLOATS, FIELD)
    )
    for each, double, image in zip(exact, wide, modular, strict=True):
        assert each is not None and double is not None
        _agree(each, double, None if op == "LpNormalization" else image)
