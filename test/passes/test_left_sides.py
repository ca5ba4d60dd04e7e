# SPDX-License-Identifier: Apache-2.0
"""What a left side means: dimensions that letters share, `...`, broadcasting, absent constants, alternatives."""

from __future__ import annotations

import pytest

from onnx_opt.passes.rewriting import Rule, along, const, consts, others, values
from onnx_opt.passes.rewriting.ops import Add, Conv, Gemm, MatMul, Mul, Neg, Relu

from .applied_rules import applied, applied_rules, function

V, M = "tensor<2xf32>", "tensor<2x2xf32>"
NONE = '%none = "onnx.NoValue"() {value} : () -> none'
B = f"%b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : {M}"

x, y = values("x y")


def product(shape: str, by: str) -> str:
    """(x b) * k, where k has this shape."""
    return function(
        B,
        f"%k = onnx.Constant dense<{by}> : tensor<{shape}xf32>",
        f'%m = "onnx.MatMul"(%x, %b) : ({M}, {M}) -> {M}',
        f'%r = "onnx.Mul"(%m, %k) : ({M}, tensor<{shape}xf32>) -> {M}',
        arguments=f"%x: {M}",
        type_=M,
    )


@pytest.mark.parametrize(
    ("shape", "by", "reason"),
    [
        ("2", "[2.0, 3.0]", None),
        ("1", "[2.0]", "k of the Mul has shape (1,), not (2,)"),
        ("2x2", "[[2.0, 3.0], [4.0, 5.0]]", "k of the Mul has shape (2, 2), not (2,)"),
    ],
)
def test_one_name_is_one_size(shape: str, by: str, reason: str | None) -> None:
    weights, k = const("B", "K N"), const("k", "N")
    found, remarks = applied(
        product(shape, by), Mul(MatMul(x, weights), k), MatMul(x, weights * along(k, 1))
    )
    assert remarks[0] == (f"not rewritten: {reason}" if reason else "rewritten into onnx.MatMul")
    assert ("onnx.Mul" in found) == bool(reason)


@pytest.mark.parametrize(
    ("shape", "by", "reason"),
    [
        ("2", "[2.0, 3.0]", None),
        ("1", "[2.0]", None),
        ("1x1", "[[2.0]]", "k of the Mul has shape (1, 1), which does not broadcast to (2,)"),
        ("2x2", "[[2.0, 3.0], [4.0, 5.0]]", "k of the Mul has shape (2, 2), which does not broadcast to (2,)"),
    ],
)  # fmt: skip
def test_a_constant_that_broadcasts(shape: str, by: str, reason: str | None) -> None:
    weights, k = const("B", "K N"), const("k", "N", broadcast=True)
    found, remarks = applied(product(shape, by), Mul(MatMul(x, weights), k), MatMul(x, weights * k))
    assert remarks[0] == (f"not rewritten: {reason}" if reason else "rewritten into onnx.MatMul")
    assert ("onnx.Mul" in found) == bool(reason)


@pytest.mark.parametrize(("axes", "kernel"), [("4", "1"), ("4x4", "1x1")])
@pytest.mark.parametrize("bias", [True, False])
def test_open_dimensions_and_constants_that_may_be_absent(
    axes: str, kernel: str, bias: bool
) -> None:
    """-Conv(x, W, B) = Conv(x, -W, -B), whatever the window and with or without B."""
    type_ = f"tensor<1x1x{axes}xf32>"
    b = "%bias = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>"
    weights_type = f"tensor<2x1x{kernel}xf32>"
    depth = kernel.count("x") + 1
    rows = ", ".join("[" * (depth + 1) + n + "]" * (depth + 1) for n in ("1.0", "2.0"))
    operand, bias_type = ("%bias", "tensor<2xf32>") if bias else ("%none", "none")
    to = f"tensor<1x2x{axes}xf32>"
    text = function(
        NONE,
        b,
        f"%w = onnx.Constant dense<[{rows}]> : {weights_type}",
        f'%c = "onnx.Conv"(%x, %w, {operand}) : ({type_}, {weights_type}, {bias_type}) -> {to}',
        f'%r = "onnx.Neg"(%c) : ({to}) -> {to}',
        arguments=f"%x: {type_}",
        type_=to,
    )
    window, weights = others(), const("W", "O I ...")
    absent, present = const("B", "O", absent=0), const("B", "O")
    before = Neg(Conv(x, weights, absent, window))
    found, remarks = applied(text, before, Conv(x, -weights, -absent, window))
    assert remarks[0] == "rewritten into onnx.Conv"
    assert "onnx.Neg" not in found
    _, remarks = applied(
        text, Neg(Conv(x, weights, present, window)), Conv(x, -weights, -present, window)
    )
    expected = "rewritten into onnx.Conv" if bias else "not rewritten: B of the Conv is absent"
    assert remarks[0] == expected
    _, remarks = applied(
        text, Neg(Conv(x, const("W", "O I"), absent, window)), Conv(x, x, None, window), same=False
    )
    assert remarks[0].startswith("not rewritten: W of the Conv has shape (2, 1, 1")
    assert remarks[0].endswith("not rank 2")


def test_an_operand_that_the_left_side_leaves_out_must_be_absent() -> None:
    c = f"%c = onnx.Constant dense<[10.0, 20.0]> : {V}"
    given = f'%r = "onnx.Gemm"(%x, %b, %c) : ({M}, {M}, {V}) -> {M}'
    missing = f'%r = "onnx.Gemm"(%x, %b, %none) : ({M}, {M}, none) -> {M}'
    for line, remark in (
        (given, "not rewritten: C of the Gemm is given"),
        (missing, "rewritten"),
    ):
        text = function(NONE, B, c, line, arguments=f"%x: {M}", type_=M)
        for before in (Gemm(x, y), Gemm(x, y, None)):
            assert applied(text, before, MatMul(x, y)).remarks[0] == remark


def test_a_constant_that_occurs_twice_is_one_value() -> None:
    c, d = consts("c d")
    lines = (
        f"%c = onnx.Constant dense<[1.0, 2.0]> : {V}",
        f"%d = onnx.Constant dense<[1.0, 2.0]> : {V}",
        f'%m = "onnx.Mul"(%x, %c) : ({V}, {V}) -> {V}',
        f'%r = "onnx.Add"(%m, %c) : ({V}, {V}) -> {V}',
    )
    text = function(*lines, arguments=f"%x: {V}", type_=V)
    twice, after = Add(Mul(x, c), c), Mul(Add(x, c / c), c)
    assert "rewritten into onnx.Mul" in applied(text, twice, after).remarks
    other = text.replace("(%m, %c)", "(%m, %d)")
    assert applied(other, twice, after).remarks[0] == "not rewritten: c of the Add is another value"
    letters = Add(Mul(x, c), d), Mul(Add(x, d / c), c)
    assert "rewritten into onnx.Mul" in applied(other, *letters).remarks


def test_of_alternatives_the_first_that_matches_is_taken() -> None:
    lines = (f'%n = "onnx.Neg"(%x) : ({V}) -> {V}', f'%r = "onnx.Relu"(%n) : ({V}) -> {V}')
    text = function(*lines, arguments=f"%x: {V}", type_=V)
    general = Rule("general", Relu(y), y)
    special = Rule("special", Relu(Neg(x)), Neg(x))
    assert applied_rules(text, special, general, same=False).remarks == [
        "rewritten into onnx.Neg [special]"
    ]
    assert applied_rules(text, general, special, same=False).remarks == ["rewritten [general]"]
    neither = applied_rules(text, Rule("a", Relu(Relu(x)), x), Rule("b", Relu(Neg(Neg(x))), x))
    assert neither.remarks == ["not rewritten: X is not the result of an onnx.Neg [b]"]
