# SPDX-License-Identifier: Apache-2.0
"""What a right side means: operands in the form that it says, attributes and operands that it does not name."""

from __future__ import annotations

import pytest

from onnx_opt.passes import fold_bn_into_matmul
from onnx_opt.passes.rewriting import (
    attribute,
    attributes,
    channel,
    const,
    consts,
    grouped,
    moved,
    ops,
    others,
    result,
    transposed,
    values,
    variadic,
)
from onnx_opt.passes.rewriting.ops import (
    Add,
    Concat,
    Conv,
    Gemm,
    MatMul,
    Mul,
    Neg,
    Relu,
    Split,
    Sub,
)
from onnx_opt.passes.rewriting.terms import OpTerm, Term

from .applied_rules import applied, applied_rules, function

V, M, T = "tensor<2xf32>", "tensor<2x2xf32>", "tensor<1x2x2x2xf32>"
NONE = '%none = "onnx.NoValue"() {value} : () -> none'
B = f"%b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : {M}"

x, y, z = values("x y z")
trans_a, trans_b, alpha, beta, group = attributes("transA transB alpha beta group")


def gemm(flags: str, c: str = "%none", of: str = "%x, %b", name: str = "r") -> str:
    type_ = "none" if c == "%none" else V
    return f'%{name} = "onnx.Gemm"({of}, {c}) {{{flags}}} : ({M}, {M}, {type_}) -> {M}'


def on_matrix(*lines: str, more: str = "") -> str:
    return function(NONE, *lines, arguments=f"%x: {M}{more}", type_=M)


# Letters under views.


@pytest.mark.parametrize("flag", [0, 1])
def test_a_letter_under_a_view_is_what_the_op_sees(flag: int) -> None:
    weights = const("B", "K N")
    text = on_matrix(B, gemm(f"transB = {flag} : si64"))
    before = Gemm(x, transposed(weights, trans_b), None, trans_b)
    found, remarks = applied(text, before, MatMul(x, weights))
    assert remarks == ["rewritten"]
    assert ("[1.000000e+00, 3.000000e+00]" in found) == bool(flag)


@pytest.mark.parametrize("flag", [0, 1])
def test_the_same_view_on_the_right_hands_on_what_is_stored(flag: int) -> None:
    weights = const("B", "K N")
    text = on_matrix(B, '%n = "onnx.Neg"(%x) : (tensor<2x2xf32>) -> tensor<2x2xf32>',
                     gemm(f"transB = {flag} : si64", of="%n, %b"))  # fmt: skip
    before = Gemm(Neg(x), transposed(weights, trans_b), None, trans_b)
    after = Neg(Gemm(x, transposed(weights, trans_b), None, trans_b))
    found, remarks = applied(text, before, after)
    assert remarks[0].startswith("rewritten")
    assert found.count("onnx.Constant") == 1
    assert "[1.000000e+00, 2.000000e+00]" in found


@pytest.mark.parametrize("flags", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_a_view_by_another_attribute_is_another_view(flags: tuple[int, int]) -> None:
    """B by transB of the outer Gemm becomes B by transB of the inner one."""
    weights, outer = const("B", "K N"), attribute("outer")
    inner_line = gemm(f"transB = {flags[0]} : si64", of="%x, %y", name="g")
    outer_line = gemm(f"transB = {flags[1]} : si64", of="%g, %b", name="o")
    negated = f'%r = "onnx.Neg"(%o) : ({M}) -> {M}'
    text = on_matrix(B, inner_line, outer_line, negated, more=f", %y: {M}")
    inner = Gemm(x, y, None, trans_b)
    before = Neg(Gemm(inner, transposed(weights, outer), None, transB=outer))
    after = Gemm(inner, transposed(weights, trans_b), None, trans_b, alpha=-1.0)
    found, remarks = applied(text, before, after)
    assert remarks == ["rewritten into onnx.Gemm"]
    assert ("dense<[[1.000000e+00, 3.000000e+00]" in found) == (flags[0] != flags[1])


def test_groups_are_seen_on_the_left_and_kept_on_the_right() -> None:
    weights = const("W", "G O I ...")
    w = "%w = onnx.Constant dense<[[[[1.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32>"
    line = (
        '%c = "onnx.Conv"(%n, %w, %none) {group = 2 : si64} : '
        f"({T}, tensor<2x1x1x1xf32>, none) -> {T}"
    )
    negated = f'%n = "onnx.Neg"(%x) : ({T}) -> {T}'
    text = function(NONE, w, negated, line, arguments=f"%x: {T}", returns="%c", type_=T)
    window = others()
    before = Conv(Neg(x), grouped(weights, group), None, group, window)
    found, _ = applied(text, before, Conv(x, grouped(-weights, group), None, group, window))
    assert "-2.000000e+00" in found
    found, _ = applied(text, before, Neg(Conv(x, grouped(weights, group), None, group, window)))
    assert found.count("onnx.Constant") == 1


C = "%c = onnx.Constant dense<[[[2.0]], [[3.0]]]> : tensor<2x1x1xf32>"
D = "%d = onnx.Constant dense<[[[5.0]], [[7.0]]]> : tensor<2x1x1xf32>"


def by_channel(name: str, left: str, right: str, result_: str = "r") -> str:
    types = ", ".join(T if operand in "xm" else "tensor<2x1x1xf32>" for operand in (left, right))
    return f'%{result_} = "onnx.{name}"(%{left}, %{right}) : ({types}) -> {T}'


@pytest.mark.parametrize("inner", [("x", "c"), ("c", "x")])
@pytest.mark.parametrize("outer", [("m", "d"), ("d", "m")])
def test_constants_along_channels_are_combined_as_vectors(
    inner: tuple[str, str], outer: tuple[str, str]
) -> None:
    """The image is square, so a vector along another axis would not show in shapes."""
    c, d = consts("c d")
    product = Mul(x, channel(c, x))
    text = function(
        C, D, by_channel("Mul", *inner, "m"), by_channel("Mul", *outer),
        arguments=f"%x: {T}", type_=T,
    )  # fmt: skip
    before = Mul(product, channel(d, product))
    found, _ = applied(text, before, Mul(x, channel(c * d, x)))
    assert "dense<[[[1.000000e+01]], [[2.100000e+01]]]> : tensor<2x1x1xf32>" in found


def test_a_constant_along_channels_that_stays_is_handed_on() -> None:
    c = const("c")
    negated = f'%m = "onnx.Neg"(%x) : ({T}) -> {T}'
    text = function(C, negated, by_channel("Mul", "m", "c"), arguments=f"%x: {T}", type_=T)
    inner = Neg(x)
    found, _ = applied(text, Mul(inner, channel(c, inner)), Neg(Mul(x, channel(c, inner))))
    assert found.count("onnx.Constant") == 1


def test_along_channels_behind_ops_that_move_them() -> None:
    """Axis 1 of a matrix is axis 2 behind Unsqueeze: c is stored for three axes, c * c is to be for two."""
    c = const("c")
    axes = "%axes = onnx.Constant dense<1> : tensor<1xi64>"
    lines = (
        axes,
        "%c = onnx.Constant dense<[2.0, 3.0]> : tensor<2xf32>",
        f'%n = "onnx.Neg"(%x) : ({M}) -> {M}',
        f'%u = "onnx.Unsqueeze"(%n, %axes) : ({M}, tensor<1xi64>) -> tensor<2x1x2xf32>',
        '%r = "onnx.Mul"(%u, %c) : (tensor<2x1x2xf32>, tensor<2xf32>) -> tensor<2x1x2xf32>',
    )
    text = function(*lines, arguments=f"%x: {M}", type_="tensor<2x1x2xf32>")
    through = moved(Neg(x), axis=1)
    found, _ = applied(text, Mul(through, channel(c, through)), moved(Mul(x, channel(-c, x))))
    assert "[-2.000000e+00, -3.000000e+00]" in found
    found, _ = applied(text, Mul(through, channel(c, through)), Mul(moved(x), channel(-c, through)))
    assert "[-2.000000e+00, -3.000000e+00]" in found


def test_a_vector_along_channels_needs_a_rank() -> None:
    c = const("c")
    lines = (
        "%c = onnx.Constant dense<[[2.0], [3.0]]> : tensor<2x1xf32>",
        '%n = "onnx.Neg"(%x) : (tensor<*xf32>) -> tensor<*xf32>',
        '%r = "onnx.Mul"(%n, %c) : (tensor<*xf32>, tensor<2x1xf32>) -> tensor<*xf32>',
    )
    text = function(*lines, arguments="%x: tensor<*xf32>", type_="tensor<*xf32>")
    inner = Neg(x)
    known = Mul(inner, channel(c, inner, -2))
    found, _ = applied(text, known, Mul(x, channel(-c, x, -2)), same=False)
    assert "tensor<2x1xf32>" in found
    _, remarks = applied(text, known, Mul(x, channel(-c, x, 1)), same=False)
    assert remarks[0] == (
        "not rewritten: the shapes of the constants do not fit: "
        "the rank of what they are combined with is not known"
    )


# Operands.


@pytest.mark.parametrize("order", [("n", "y"), ("y", "n")])
def test_a_copy_of_an_op_whose_operands_were_exchanged(order: tuple[str, str]) -> None:
    lines = (
        f'%n = "onnx.Neg"(%x) : ({V}) -> {V}',
        f'%a = "onnx.Add"(%{order[0]}, %{order[1]}) : ({V}, {V}) -> {V}',
        f'%r = "onnx.Neg"(%a) : ({V}) -> {V}',
    )
    text = function(*lines, arguments=f"%x: {V}, %y: {V}", type_=V)
    found, _ = applied(text, Neg(Add(Neg(x), y)), Add(x, Neg(y)))
    assert found.count("onnx.Neg") == 1


def test_an_operand_that_the_right_side_does_not_name_is_left_out() -> None:
    c = f"%c = onnx.Constant dense<[10.0, 20.0]> : {V}"
    text = on_matrix(B, c, gemm("", c="%c"))
    bias, weights = const("C"), const("B", "K N")
    found, _ = applied(text, Gemm(x, weights, bias), Add(Gemm(x, weights), bias))
    assert f"none) -> {M}" in found
    assert '"onnx.Add"' in found


def test_an_operand_that_was_left_out_is_not_handed_on_where_it_must_be_there() -> None:
    text = on_matrix(B, gemm(""))
    _, remarks = applied(text, Gemm(x, y, z), MatMul(x, z), same=False)
    assert remarks == ["not rewritten: onnx.MatMul needs operand 'B'"]
    _, remarks = applied(text, Gemm(x, y, z), Gemm(x, z, y), same=False)
    assert remarks == ["not rewritten: onnx.Gemm needs operand 'B'"]
    _, remarks = applied(text, Gemm(x, y, z), z, same=False)
    assert remarks == ["not rewritten: z is absent"]


def test_variadic_ops_may_have_other_operands_on_the_right() -> None:
    lines = (
        f'%c = "onnx.Concat"(%x, %y) {{axis = 0 : si64}} : ({V}, {V}) -> tensor<4xf32>',
        '%r = "onnx.Neg"(%c) : (tensor<4xf32>) -> tensor<4xf32>',
    )
    text = function(*lines, arguments=f"%x: {V}, %y: {V}", type_="tensor<4xf32>")
    axis = attribute("axis")
    found, _ = applied(text, Neg(Concat(x, y, axis)), Concat(Neg(x), Neg(y), axis))
    assert '"onnx.Concat"(%0, %1)' in found
    found, _ = applied(text, Neg(Concat(x, y, axis)), Neg(ops.Sum(Concat(x, y, axis))))
    assert '"onnx.Sum"' in found
    inputs = variadic("inputs")
    found, _ = applied(
        text, Neg(Concat(x, inputs, axis)), ops.Sum(Concat(x, inputs, axis)), same=False
    )
    assert '"onnx.Concat"(%arg0, %arg1)' in found


def test_an_op_stands_where_its_constants_are_known() -> None:
    c = const("c")
    lines = (
        f'%n = "onnx.Neg"(%x) : ({V}) -> {V}',
        f"%c = onnx.Constant dense<[2.0, 3.0]> : {V}",
        f'%r = "onnx.Sub"(%n, %c) : ({V}, {V}) -> {V}',
    )
    text = function(*lines, arguments=f"%x: {V}", type_=V)
    found, _ = applied(text, Sub(Neg(x), c), Neg(Add(x, c)))
    assert '"onnx.Add"' in found


# Attributes.


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Gemm(x, Neg(y), None, alpha, transB=1), Gemm(Neg(x), y, None)),
        (Gemm(x, Neg(y), None, transB=1, alpha=2.0), Gemm(Neg(x), y)),
        (Gemm(x, Neg(y), None, others()), Gemm(Neg(x), y)),
    ],
)
def test_attributes_that_the_right_side_does_not_name_have_their_defaults(
    before: OpTerm, after: Term
) -> None:
    """Whether the left side named them or not."""
    negated = f'%n = "onnx.Neg"(%y) : ({M}) -> {M}'
    line = gemm("alpha = 2.0 : f32, transB = 1 : si64", of="%x, %n")
    found, _ = applied(on_matrix(negated, line, more=f", %y: {M}"), before, after, same=False)
    assert (
        "alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0"
        in found
    )


def test_an_attribute_whose_default_is_to_be_absent_is_dropped() -> None:
    perm = attribute("perm")
    lines = (
        '%n = "onnx.Neg"(%x) : (tensor<2x3x2xf32>) -> tensor<2x3x2xf32>',
        '%r = "onnx.Transpose"(%n) {onnx_node_name = "t", perm = [0, 1, 2]} : (tensor<2x3x2xf32>) -> tensor<2x3x2xf32>',
    )
    text = function(*lines, arguments="%x: tensor<2x3x2xf32>", type_="tensor<2x3x2xf32>")
    before = ops.Transpose(Neg(x), perm)
    found, _ = applied(text, before, Neg(ops.Transpose(x)), same=False)
    assert "perm" not in found
    assert 'onnx_node_name = "t"' in found
    found, _ = applied(text, before, Neg(ops.Transpose(x, perm)))
    assert "perm = [0, 1, 2]" in found


def test_others_are_handed_on_without_what_the_left_side_names() -> None:
    rest = others()
    line = gemm("alpha = 2.0 : f32, beta = 3.0 : f32, transB = 1 : si64", of="%x, %n")
    text = on_matrix(f'%n = "onnx.Neg"(%y) : ({M}) -> {M}', line, more=f", %y: {M}")
    before = Gemm(x, Neg(y), None, trans_b, rest)
    found, _ = applied(text, before, Gemm(Neg(x), y, None, trans_b, rest))
    assert (
        "alpha = 2.000000e+00 : f32, beta = 3.000000e+00 : f32, transA = 0 : si64, transB = 1"
        in found
    )
    found, _ = applied(text, before, Gemm(Neg(x), y, None, rest), same=False)
    assert (
        "alpha = 2.000000e+00 : f32, beta = 3.000000e+00 : f32, transA = 0 : si64, transB = 0"
        in found
    )


# Results.

SPLIT = (
    '%a, %b = "onnx.Split"(%x, %none) {num_outputs = 2 : si64, onnx.outputs = ["first", "second"]} : '
    "(tensor<2xf32>, none) -> (tensor<1xf32>, tensor<1xf32>)"
)
TWO = "tensor<1xf32>, tensor<1xf32>"


def split(returns: str = "%a, %b", type_: str = TWO) -> str:
    return function(NONE, SPLIT, arguments=f"%x: {V}", returns=returns, type_=type_)


def test_each_result_is_called_as_the_one_that_it_replaces() -> None:
    first = ops.TopK(x, y, largest=0)
    negated = ops.TopK(Neg(x), y)
    line = (
        '%v, %i = "onnx.TopK"(%x, %k) {largest = 0 : si64, onnx.outputs = ["least", "where"]} : '
        "(tensor<2xf32>, tensor<1xi64>) -> (tensor<2xf32>, tensor<2xi64>)"
    )
    k = "%k = onnx.Constant dense<2> : tensor<1xi64>"
    text = function(k, line, arguments=f"%x: {V}", returns="%v, %i", type_=f"{V}, tensor<2xi64>")
    found, _ = applied(text, first, (Neg(result(negated, 0)), result(negated, 1)), provenance=True)
    assert '{onnx.outputs = ["least"]}' in found
    assert '["least", "where"]' not in found


def test_a_constant_is_called_as_the_result_that_it_replaces() -> None:
    c = const("c")
    top = ops.TopK(c, y, largest=0)
    again = ops.TopK(c, y)
    lines = (
        "%x = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>",
        '%v, %i = "onnx.TopK"(%x, %k) {largest = 0 : si64, onnx.outputs = ["least", "where"]} : '
        "(tensor<2xf32>, tensor<1xi64>) -> (tensor<2xf32>, tensor<2xi64>)",
    )
    text = function(
        *lines, arguments="%k: tensor<1xi64>", returns="%v, %i", type_=f"{V}, tensor<2xi64>"
    )
    found, _ = applied(text, top, (c * 3.0, result(again, 1)), same=False, provenance=True)
    (made,) = (line for line in found.splitlines() if "[3.000000e+00, 6.000000e+00]" in line)
    assert 'onnx.outputs = ["least"]' in made


def test_results_are_counted() -> None:
    before = Split(x, None, num_outputs=2)
    _, remarks = applied(split(), before, (x, x, x), same=False)
    assert remarks == ["not rewritten: the Split has 2 results, not 3"]
    _, remarks = applied(split(), before, x, same=False)
    assert remarks == ["not rewritten: more results of the Split are used than 1"]


# What fails leaves nothing behind.


def test_nothing_is_left_of_what_cannot_be_built() -> None:
    """Only the last Concat does not fit: by then there are constants, an absent operand, a copy and a new op."""
    lines = (
        B,
        f"%c = onnx.Constant dense<1.0> : {M}",
        f'%g = "onnx.Gemm"(%x, %b, %c) : ({M}, {M}, {M}) -> {M}',
        f'%r = "onnx.Neg"(%g) : ({M}) -> {M}',
    )
    text = function(*lines, arguments=f"%x: {M}", type_=M)
    weights, bias = const("B", "K N"), const("C")
    built = Add(MatMul(x, weights * 3.0), Gemm(x, weights * 2.0, None))
    wrong = Concat(built, ops.Flatten(bias + 1.0), Relu(x), axis=5)
    found, remarks = applied(text, Neg(Gemm(x, weights, bias)), wrong)
    assert remarks[0].startswith("not rewritten: onnx.Concat: ")
    assert "NoValue" not in found
    for name, count in {"Constant": 2, "Gemm": 1, "MatMul": 0, "Relu": 0, "Flatten": 0}.items():
        assert found.count(f"onnx.{name}") == count


# Ops of old versions.


def test_an_old_add_that_broadcasts_from_the_left_is_not_arithmetic() -> None:
    """AddV6 with axis = 0 adds c to the rows; (C - mean) * s + bias would be along the columns."""
    lines = (
        B,
        f"%c = onnx.Constant dense<[1.0, 2.0]> : {V}",
        f"%one = onnx.Constant dense<1.0> : {V}",
        f"%mean = onnx.Constant dense<[0.0, 5.0]> : {V}",
        f'%m = "onnx.MatMul"(%x, %b) : ({M}, {M}) -> {M}',
        f'%a = "onnx.AddV6"(%m, %c) {{AXIS broadcast = 1 : si64}} : ({M}, {V}) -> {M}',
        '%r = "onnx.BatchNormalizationInferenceMode"(%a, %one, %mean, %mean, %one) {epsilon = 0.0 : f32} : '
        f"({M}, {V}, {V}, {V}, {V}) -> {M}",
    )
    rule = fold_bn_into_matmul.RULES[1]
    _, remarks = applied_rules(
        on_matrix(*lines).replace("AXIS", "axis = 0 : si64,"), rule, same=False
    )
    assert remarks == ["not rewritten: the AddV6 broadcasts from axis 0 on [bn-of-matmul-add]"]
    for axis in ("", "axis = 1 : si64,"):
        found, _ = applied_rules(on_matrix(*lines).replace("AXIS", axis), rule, same=False)
        assert "BatchNormalization" not in found
        assert "dense<[1.000000e+00, 2.000000e+00]>" in found


def test_a_copy_of_an_old_add_broadcasts_what_it_is_given() -> None:
    d = "%d = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>"
    lines = (
        f"%c = onnx.Constant dense<[1.0, 2.0]> : {V}",
        d,
        f'%a = "onnx.AddV6"(%x, %c) {{axis = 1 : si64, broadcast = 1 : si64}} : ({M}, {V}) -> {M}',
        f'%r = "onnx.AddV6"(%a, %d) : ({M}, {M}) -> {M}',
    )
    a, b = consts("a b")
    text = on_matrix(*lines)
    found, _ = applied(text, Add(Add(x, a), b), Add(x, a + b), same=False)
    assert "axis = 0 : si64, broadcast = 1 : si64" in found
    assert "[4.000000e+00, 6.000000e+00]" in found
