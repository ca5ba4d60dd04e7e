# SPDX-License-Identifier: Apache-2.0
"""The fold computes what the two ops computed.

Every module is evaluated before and after in float64 by an evaluator of the tests' own (`conftest.py`), which is checked
against ONNX's.  Two claims are made of the folded constants and of the results:

    1. A folded constant is within half a unit in the last place of the exact value - it was rounded once - plus what
       the few float64 operations before can add.  "Exact" is computed with 50 decimal digits.
    2. A result differs by no more than rounding the constants explains: u * (|alpha| |A'| |B~| + |C~|), where u is the
       unit roundoff of their type.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import product
from typing import Any

import ml_dtypes
import numpy as np
import onnx
import pytest
from onnx import helper
from onnx.reference import ReferenceEvaluator

from onnx_opt.dialect import constant_value, verify
from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.elements.resources import BLOCK_BYTES, resource_attribute
from onnx_opt.dialect.rounding import round_once
from onnx_opt.passes.fold_bn_into_gemm import PASS

Array = np.ndarray[Any, np.dtype[Any]]
finfo: Any = ml_dtypes.finfo  # has no types
Parse = Callable[[str], ir.Module]
Evaluate = Callable[[ir.Module, str, Sequence[Array]], list[Array]]
Read = Callable[[Any], Array]

DTYPES: dict[str, np.dtype[Any]] = {
    "f16": np.dtype(np.float16),
    "bf16": np.dtype(ml_dtypes.bfloat16),
    "f32": np.dtype(np.float32),
    "f64": np.dtype(np.float64),
}
SHAPES_OF_C = ("absent", "", "1", "N", "1xN", "Mx1", "MxN", "1x1")
ALPHAS = (1.0, 0.25, -2.0)
BETAS = (1.0, 0.0, -0.5)
F64_ERROR = Decimal(8) * Decimal(2) ** -53
"""Relative error of the at most eight float64 operations behind a folded constant."""


@dataclass(frozen=True)
class Case:
    """One function: a Gemm and its batch normalization, and the numbers in them."""

    name: str
    dtype: str
    parameter_dtype: str
    sizes: tuple[int, int, int]
    trans_a: int
    trans_b: int
    alpha: float
    beta: float
    epsilon: float
    a: Array
    b: Array
    c: Array | None
    parameters: dict[str, Array]

    def text(self) -> str:
        m, _, n = self.sizes
        a, b = _type(self.a.shape, self.dtype), _type(self.b.shape, self.dtype)
        c = _type(self.c.shape, self.dtype) if self.c is not None else "none"
        y, p = _type((m, n), self.dtype), _type((n,), self.parameter_dtype)
        lines = [f"%b = {_constant(self.b, b)}"]
        if self.c is None:
            lines.append('%c = "onnx.NoValue"() {value} : () -> none')
        else:
            lines.append(f"%c = {_constant(self.c, c)}")
        lines += [f"%{name} = {_constant(data, p)}" for name, data in self.parameters.items()]
        lines += [
            f'%z = "onnx.Gemm"(%a, %b, %c) {{alpha = {self.alpha} : f32, beta = {self.beta} : f32, '
            f"transA = {self.trans_a} : si64, transB = {self.trans_b} : si64}} : ({a}, {b}, {c}) -> {y}",
            f'%y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) '
            f"{{epsilon = {self.epsilon:.9e} : f32}} : ({y}, {p}, {p}, {p}, {p}) -> {y}",
            f"onnx.Return %y : {y}",
        ]
        return f"func.func @{self.name}(%a: {a}) -> {y} {{\n  " + "\n  ".join(lines) + "\n}\n"


def _type(shape: Sequence[int], name: str) -> str:
    return f"tensor<{''.join(f'{size}x' for size in shape)}{name}>"


def _constant(data: Array, type_: str) -> str:
    return f'onnx.Constant dense<"0x{data.tobytes().hex()}"> : {type_}'


def cases(dtype: str, sizes: tuple[int, int, int], trans_a: int, trans_b: int) -> Iterator[Case]:
    """Every shape of C with every alpha and beta; the numbers are random, a negative and a zero scale among them."""
    rng = np.random.default_rng([list(DTYPES).index(dtype), *sizes, trans_a, trans_b])
    m, k, n = sizes
    letters = {"M": m, "N": n, "1": 1}
    for number, (shape_of_c, alpha, beta) in enumerate(product(SHAPES_OF_C, ALPHAS, BETAS)):

        def draw(*shape: int, dtype: str = dtype) -> Array:
            return rng.normal(size=shape).astype(DTYPES[dtype])

        # Every other function has parameters of another type than X.
        other = [name for name in DTYPES if name != dtype]
        parameter_dtype = dtype if number % 2 else other[number // 2 % 3]
        scale = draw(n, dtype=parameter_dtype)
        scale[:2] = 0.0, -abs(scale[1])
        parameters = {
            "scale": scale,
            "bias": draw(n, dtype=parameter_dtype),
            "mean": draw(n, dtype=parameter_dtype),
            "var": rng.uniform(0.1, 2.0, n).astype(DTYPES[parameter_dtype]),
        }
        c_shape = [letters[letter] for letter in shape_of_c.split("x") if letter in letters]
        yield Case(
            name=f"c_{shape_of_c or 'scalar'}_{number}",
            dtype=dtype,
            parameter_dtype=parameter_dtype,
            sizes=sizes,
            trans_a=trans_a,
            trans_b=trans_b,
            alpha=alpha,
            beta=beta,
            epsilon=float(np.float32(rng.choice([0.0, 1e-5, 1e-3, 0.3]))),
            a=draw(*((k, m) if trans_a else (m, k))),
            b=draw(*((n, k) if trans_b else (k, n))),
            c=None if shape_of_c == "absent" else draw(*c_shape),
            parameters=parameters,
        )


def ops_of(module: ir.Module, function: str) -> list[Any]:
    """The ops in the body of a function."""
    (found,) = (
        op for op in module.body.operations if str(op.attributes["sym_name"]) == f'"{function}"'
    )
    return list(found.regions[0].blocks[0].operations)


def ulp(exact: Decimal, dtype: np.dtype[Any]) -> Decimal:
    """The distance between neighbours of `dtype` at `exact`."""
    info = finfo(dtype)
    exponent = math.frexp(float(exact))[1] - 1 if exact else info.minexp
    return Decimal(2) ** (max(exponent, int(info.minexp)) - int(info.nmant))


def check_rounded_once(got: Any, exact: Decimal, magnitude: Decimal, dtype: np.dtype[Any]) -> None:
    """Claim 1; `magnitude` is the sum of the magnitudes of the terms that make up `exact`."""
    error = abs(Decimal(float(got)) - exact)
    assert error <= ulp(exact, dtype) / 2 + F64_ERROR * magnitude, f"{got} is not {exact:.20g}"


def decimals(array: Array) -> Array:
    exact = np.vectorize(lambda item: Decimal(float(item)), otypes=[object])
    return np.asarray(exact(array))


def check_constants(case: Case, b: Array, c: Array) -> None:
    """Claim 1 for all elements of the folded B and C."""
    dtype, n = DTYPES[case.dtype], case.sizes[2]
    assert b.dtype == c.dtype == dtype
    assert b.shape == case.b.shape
    old_c = np.zeros(()) if case.c is None else case.c
    assert c.shape == np.broadcast_shapes(old_c.shape, (n,))
    with localcontext() as context:
        context.prec = 50
        scale, bias, mean, var = map(decimals, case.parameters.values())
        s = [scale[i] / (var[i] + Decimal(case.epsilon)).sqrt() for i in range(n)]
        columns = b if case.trans_b else b.T
        old_columns = decimals(case.b if case.trans_b else case.b.T)
        for i in range(n):
            for got, old in zip(columns[i], old_columns[i], strict=True):
                check_rounded_once(got, old * s[i], abs(old * s[i]), dtype)
        old_c = np.broadcast_to(decimals(old_c), c.shape)
        for at in np.ndindex(c.shape):
            i = at[-1]
            scaled = Decimal(case.beta) * old_c[at]
            exact = (scaled - mean[i]) * s[i] + bias[i]
            magnitude = (abs(scaled) + abs(mean[i])) * abs(s[i]) + abs(bias[i])
            check_rounded_once(c[at], exact, magnitude, dtype)


def tolerance(alpha: float, a: Array, b: Array, c: Array, dtype: np.dtype[Any]) -> Array:
    """Claim 2: how much the rounding of the folded B (K, N) and C may show in a result; `a` is (M, K)."""
    info = finfo(dtype)
    unit_roundoff, least = (
        2.0 ** -(int(info.nmant) + 1),
        2.0 ** (int(info.minexp) - int(info.nmant)),
    )
    sums = abs(alpha) * (np.abs(a) @ (np.abs(b) * unit_roundoff + least))
    constants = np.abs(c) * unit_roundoff + least
    # 1e-13 is some hundred float64 roundings of the magnitudes that occur, in both evaluations.
    return sums + constants + 1e-13 * (1 + abs(alpha) * (np.abs(a) @ np.abs(b)) + np.abs(c))


MODULES = list(product(DTYPES, ((2, 3, 4), (3, 3, 3)), (0, 1), (0, 1)))


@pytest.mark.parametrize(("dtype", "sizes", "trans_a", "trans_b"), MODULES)
def test_equivalence(
    dtype: str,
    sizes: tuple[int, int, int],
    trans_a: int,
    trans_b: int,
    valid_module: Parse,
    evaluate: Evaluate,
    constant_array: Read,
) -> None:
    all_cases = list(cases(dtype, sizes, trans_a, trans_b))
    module = valid_module("".join(case.text() for case in all_cases))
    before = {
        case.name: evaluate(module, case.name, [case.a.astype(np.float64)]) for case in all_cases
    }
    PASS.run(module.operation)
    assert verify(module) == []
    for case in all_cases:
        constant_b, constant_c, gemm, end = ops_of(module, case.name)
        assert [gemm.operation.name, end.operation.name] == ["onnx.Gemm", "onnx.Return"]
        b, c = constant_array(constant_b), constant_array(constant_c)
        check_constants(case, b, c)
        a = case.a.astype(np.float64)
        after = evaluate(module, case.name, [a])
        allowed = tolerance(
            case.alpha,
            a.T if trans_a else a,
            (b.T if trans_b else b).astype(np.float64),
            c.astype(np.float64),
            DTYPES[dtype],
        )
        assert (np.abs(after[0] - before[case.name][0]) <= allowed).all(), case.text()


@pytest.mark.parametrize("dtype", DTYPES)
def test_an_error_of_one_percent_is_noticed(dtype: str) -> None:
    """The checks are worth something: 1 % more or less in a weight, a bias or a result fails them."""
    (case,) = (case for case in cases(dtype, (2, 3, 4), 0, 0) if case.name == "c_N_27")
    parameters = {name: data.astype(np.float64) for name, data in case.parameters.items()}
    s = parameters["scale"] / np.sqrt(parameters["var"] + case.epsilon)
    assert case.c is not None
    exact_b = case.b.astype(np.float64) * s
    exact_c = (case.beta * case.c.astype(np.float64) - parameters["mean"]) * s + parameters["bias"]
    b, c = exact_b.astype(DTYPES[dtype]), exact_c.astype(DTYPES[dtype])
    check_constants(case, b, c)
    wrong_b, wrong_c = b.copy(), c.copy()
    wrong_b[1, 2] *= 1.01
    wrong_c[3] *= 0.99
    with pytest.raises(AssertionError, match="is not"):
        check_constants(case, wrong_b, c)
    with pytest.raises(AssertionError, match="is not"):
        check_constants(case, b, wrong_c)
    a = np.abs(case.a.astype(np.float64))
    results = np.abs(case.alpha) * (a @ np.abs(exact_b))
    assert (0.01 * results > tolerance(case.alpha, a, exact_b, 0 * exact_c, DTYPES[dtype]))[
        :, 1:
    ].all()


def test_the_evaluator_agrees_with_onnx(valid_module: Parse, evaluate: Evaluate) -> None:
    for case in cases("f64", (2, 3, 4), 1, 1):
        if case.parameter_dtype != "f64":
            continue
        names = ["a", "b"] if case.c is None else ["a", "b", "c"]
        gemm = helper.make_node(
            "Gemm",
            names,
            ["z"],
            alpha=case.alpha,
            beta=case.beta,
            transA=case.trans_a,
            transB=case.trans_b,
        )
        bn = helper.make_node(
            "BatchNormalization", ["z", *case.parameters], ["y"], epsilon=case.epsilon
        )
        data = {"a": case.a, "b": case.b, "c": case.c, **case.parameters}
        inputs = [
            helper.make_tensor_value_info(name, onnx.TensorProto.DOUBLE, data[name].shape)  # type: ignore[union-attr]
            for name in [*names, *case.parameters]
        ]
        output = helper.make_tensor_value_info("y", onnx.TensorProto.DOUBLE, None)
        graph = helper.make_graph([gemm, bn], "g", inputs, [output])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)])
        feeds = {value.name: data[value.name] for value in inputs}
        outputs: Any = ReferenceEvaluator(model).run(None, feeds)
        (got,) = evaluate(valid_module(case.text()), case.name, [case.a])
        np.testing.assert_allclose(got, outputs[0], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_chain_of_fifty(
    dtype: str, valid_module: Parse, evaluate: Evaluate, constant_array: Read
) -> None:
    """Fifty batch normalizations become one Gemm, with fifty roundings."""
    rng = np.random.default_rng(50)
    m, k, n, length = 2, 3, 4, 50
    y, p = _type((m, n), dtype), _type((n,), dtype)
    lines = [
        f"func.func @chain(%a: {_type((m, k), dtype)}) -> {y} {{",
        f"%b = {_constant(rng.normal(size=(k, n)).astype(DTYPES[dtype]), _type((k, n), dtype))}",
        '%c = "onnx.NoValue"() {value} : () -> none',
        f'%y0 = "onnx.Gemm"(%a, %b, %c) {{alpha = 0.5 : f32}} : ({_type((m, k), dtype)}, {_type((k, n), dtype)}, none) -> {y}',
    ]
    magnitude = np.zeros(n)
    for i in range(length):
        drawn = [
            rng.uniform(0.7, 1.4, n),
            rng.normal(size=n),
            rng.normal(size=n),
            rng.uniform(0.7, 1.4, n),
        ]
        scale, bias, mean, var = (data.astype(DTYPES[dtype]) for data in drawn)
        factor = scale.astype(np.float64) / np.sqrt(var.astype(np.float64) + np.float32(1e-5))
        magnitude = (magnitude + np.abs(mean.astype(np.float64))) * factor + np.abs(
            bias.astype(np.float64)
        )
        names = {f"scale{i}": scale, f"bias{i}": bias, f"mean{i}": mean, f"var{i}": var}
        lines += [f"%{name} = {_constant(data, p)}" for name, data in names.items()]
        lines.append(
            f'%y{i + 1} = "onnx.BatchNormalizationInferenceMode"(%y{i}, {", ".join(f"%{name}" for name in names)})'
            f" : ({y}, {p}, {p}, {p}, {p}) -> {y}"
        )
    lines += [f"onnx.Return %y{length} : {y}", "}"]
    module = valid_module("\n".join(lines))
    a = rng.normal(size=(m, k))
    (before,) = evaluate(module, "chain", [a])
    PASS.run(module.operation)
    (after,) = evaluate(module, "chain", [a])
    constant_b, constant_c, gemm, _ = ops_of(module, "chain")
    assert gemm.operation.name == "onnx.Gemm"
    b = constant_array(constant_b).astype(np.float64)
    # A rounding early in the chain is scaled by the factors that follow, as the numbers themselves are: each of the
    # fifty adds at most what the last would, at the largest magnitude there was.
    allowed = length * tolerance(0.5, a, b, np.maximum(magnitude, 1.0), DTYPES[dtype])
    assert constant_array(constant_c).shape == (n,)
    assert (np.abs(after - before) <= allowed).all()


BODIES = """
func.func @branches(%a: tensor<2x2xf64>, %cond: tensor<i1>, %n: tensor<i64>) -> tensor<2x2xf64> {
  %none = "onnx.NoValue"() {value} : () -> none
  %b = onnx.Constant dense<[[1.5, -2.0], [0.3, 4.0]]> : tensor<2x2xf64>
  %scale = onnx.Constant dense<[0.7, -3.0]> : tensor<2xf64>
  %p = onnx.Constant dense<[0.2, 0.9]> : tensor<2xf64>
  %outer = "onnx.Gemm"(%a, %b, %p) {beta = 0.5 : f32} : (tensor<2x2xf64>, tensor<2x2xf64>, tensor<2xf64>) -> tensor<2x2xf64>
  %r = "onnx.If"(%cond) ({
    %z = "onnx.Gemm"(%a, %b, %none) : (tensor<2x2xf64>, tensor<2x2xf64>, none) -> tensor<2x2xf64>
    %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %p, %p, %p) : (tensor<2x2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>) -> tensor<2x2xf64>
    onnx.Yield %y : tensor<2x2xf64>
  }, {
    %l = "onnx.Loop"(%n, %cond, %a) ({
    ^bb0(%i: tensor<i64>, %c: tensor<i1>, %x: tensor<2x2xf64>):
      %z = "onnx.Gemm"(%x, %b, %p) {transB = 1 : si64} : (tensor<2x2xf64>, tensor<2x2xf64>, tensor<2xf64>) -> tensor<2x2xf64>
      %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %p, %p, %p) : (tensor<2x2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>) -> tensor<2x2xf64>
      %w = "onnx.BatchNormalizationInferenceMode"(%outer, %p, %p, %scale, %p) : (tensor<2x2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>) -> tensor<2x2xf64>
      %s = "onnx.Add"(%y, %w) : (tensor<2x2xf64>, tensor<2x2xf64>) -> tensor<2x2xf64>
      onnx.Yield %c, %s : tensor<i1>, tensor<2x2xf64>
    }) : (tensor<i64>, tensor<i1>, tensor<2x2xf64>) -> tensor<2x2xf64>
    onnx.Yield %l : tensor<2x2xf64>
  }) : (tensor<i1>) -> tensor<2x2xf64>
  onnx.Return %r : tensor<2x2xf64>
}
"""


@pytest.mark.parametrize("condition", [True, False])
@pytest.mark.parametrize("count", [0, 3])
def test_bodies(condition: bool, count: int, valid_module: Parse, evaluate: Evaluate) -> None:
    """Gemm and batch normalization in branches, in a loop, and on both sides of a loop's border."""
    module = valid_module(BODIES)
    arguments = [np.array([[1.0, 2.0], [-3.0, 0.5]]), np.array(condition), np.array(count)]
    (before,) = evaluate(module, "branches", arguments)
    PASS.run(module.operation)
    assert verify(module) == []
    assert "BatchNormalization" not in str(module)
    (after,) = evaluate(module, "branches", arguments)
    np.testing.assert_allclose(after, before, rtol=1e-12)


@pytest.mark.parametrize("dtype", ["bf16", "f32"])
@pytest.mark.parametrize("trans_b", [0, 1])
def test_large_weights(dtype: str, trans_b: int, valid_module: Parse) -> None:
    """Weights in a resource of several blocks, which are folded one by one."""
    k, n = 1100, 1300
    rng = np.random.default_rng(7)
    old_b = rng.normal(size=(n, k) if trans_b else (k, n)).astype(DTYPES[dtype])
    assert old_b.nbytes > BLOCK_BYTES / 2
    scale, bias, mean, var = (rng.uniform(0.5, 2.0, n).astype(DTYPES[dtype]) for _ in range(4))
    case = Case(
        name="large",
        dtype=dtype,
        parameter_dtype=dtype,
        sizes=(1, k, n),
        trans_a=0,
        trans_b=trans_b,
        alpha=1.0,
        beta=1.0,
        epsilon=0.0,
        a=np.zeros((1, k), DTYPES[dtype]),
        b=old_b,
        c=None,
        parameters={"scale": scale, "bias": bias, "mean": mean, "var": var},
    )
    text = re.sub(
        r'dense<"0x\w+"> : (tensor<\d+x\d+x)', r"dense_resource<weights> : \1", case.text()
    )
    module = valid_module(text)
    with module.context:
        attribute = resource_attribute(old_b, "weights")
        ops_of(module, "large")[0].attributes["value"] = attribute
    PASS.run(module.operation)
    constant_b = ops_of(module, "large")[0]
    assert "dense_resource" in str(constant_b)
    s = scale.astype(np.float64) / np.sqrt(var.astype(np.float64))
    expected = round_once(
        old_b.astype(np.float64) * (s[:, np.newaxis] if trans_b else s), DTYPES[dtype]
    )
    got = constant_value(constant_b.results[0])
    assert got is not None
    assert got.tobytes() == expected.tobytes()
    unchanged = constant_value(attribute)
    assert unchanged is not None
    assert unchanged.tobytes() == old_b.tobytes()


SHARED = """
func.func @first(%a: tensor<2x2xf64>) -> (tensor<2x2xf64>, tensor<2x2xf64>) {{
  %w = onnx.Constant dense<[[1.5, -2.0], [0.3, 4.0]]> : tensor<2x2xf64>
  %p = onnx.Constant dense<[0.2, 0.9]> : tensor<2xf64>
  %z = "onnx.Gemm"({a}, %w, {c}) {{alpha = 0.5 : f32, beta = 2.0 : f32}} : (tensor<2x2xf64>, tensor<2x2xf64>, tensor<2x2xf64>) -> tensor<2x2xf64>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %p, %p, %p, %p) : (tensor<2x2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>) -> tensor<2x2xf64>
  %z2 = "onnx.Gemm"(%a, %w, %w) {{transB = 1 : si64}} : (tensor<2x2xf64>, tensor<2x2xf64>, tensor<2x2xf64>) -> tensor<2x2xf64>
  %y2 = "onnx.BatchNormalizationInferenceMode"(%z2, %p, %p, %p, %p) : (tensor<2x2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>) -> tensor<2x2xf64>
  %m = "onnx.MatMul"(%y2, %w) : (tensor<2x2xf64>, tensor<2x2xf64>) -> tensor<2x2xf64>
  onnx.Return %y, %m : tensor<2x2xf64>, tensor<2x2xf64>
}}
"""


@pytest.mark.parametrize(("a", "c"), [("%a", "%w"), ("%w", "%w")])
def test_one_constant_in_many_places(
    a: str, c: str, valid_module: Parse, evaluate: Evaluate
) -> None:
    """The same weights in two Gemms, as A, B and C, and in an op that is not folded."""
    module = valid_module(SHARED.format(a=a, c=c))
    argument = np.array([[1.0, 2.0], [-3.0, 0.5]])
    before = evaluate(module, "first", [argument])
    PASS.run(module.operation)
    assert verify(module) == []
    assert "BatchNormalization" not in str(module)
    after = evaluate(module, "first", [argument])
    np.testing.assert_allclose(after, before, rtol=1e-12)
