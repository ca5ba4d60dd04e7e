# SPDX-License-Identifier: Apache-2.0
"""The language of rules: what a rule may say, what it means on IR, and what cannot be meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from onnx_opt.dialect import Diagnostic, make_context, parse, to_text, verify
from onnx_opt.passes.rewriting import (
    RewritePass,
    Rule,
    absent,
    attribute,
    attributes,
    const,
    consts,
    element_type,
    equal,
    least_rank,
    ops,
    others,
    positive,
    present,
    rank,
    require,
    result,
    same_shape,
    size,
    sqrt,
    unpadded,
    values,
    variadic,
)
from onnx_opt.passes.rewriting.ops import (
    Add,
    Concat,
    Conv,
    Gemm,
    Mul,
    Neg,
    Relu,
    Split,
    Sub,
)
from onnx_opt.passes.rewriting.terms import OpTerm, Term

V = "tensor<2xf32>"


def applied(
    text: str, before: OpTerm, after: Term | tuple[Term, ...], *conditions: Any
) -> tuple[str, list[str]]:
    """The text after a rule, and the remarks."""
    module = parse(text, context=make_context())
    pass_ = RewritePass(
        argument="rule", summary="Rule", before=before, after=after, conditions=conditions
    )
    remarks: list[Diagnostic] = []
    pass_.run(module.operation, None, remarks.append)
    assert not verify(module)
    return to_text(module), [remark.message for remark in remarks]


def body(
    *lines: str, arguments: str = f"%x: {V}, %y: {V}", returns: str = "%r", type_: str = V
) -> str:
    inside = "\n  ".join(lines)
    return f"func.func @f({arguments}) -> ({type_}) {{\n  {inside}\n  onnx.Return {returns} : {type_}\n}}"


def binary(name: str, result_: str, left: str, right: str) -> str:
    return f'%{result_} = "onnx.{name}"(%{left}, %{right}) : ({V}, {V}) -> {V}'


x, y = values("x y")


def test_a_letter_that_occurs_twice_is_one_value() -> None:
    text, _ = applied(body(binary("Sub", "r", "x", "x")), Sub(x, x), Neg(x))
    assert '"onnx.Neg"(%arg0)' in text
    text, remarks = applied(body(binary("Sub", "r", "x", "y")), Sub(x, x), Neg(x))
    assert "onnx.Neg" not in text
    assert remarks[0] == "not rewritten: B of the Sub is another value"


@pytest.mark.parametrize("order", [("n", "y"), ("y", "n")])
def test_commutative_operands_match_in_both_orders(order: tuple[str, str]) -> None:
    negated = f'%n = "onnx.Neg"(%x) : ({V}) -> {V}'
    text, _ = applied(body(negated, binary("Add", "r", *order)), Add(Neg(x), y), Sub(y, x))
    assert '"onnx.Sub"(%arg1, %arg0)' in text
    assert "onnx.Neg" not in text


def test_operands_of_other_ops_do_not() -> None:
    negated = f'%n = "onnx.Neg"(%x) : ({V}) -> {V}'
    text, _ = applied(body(negated, binary("Sub", "r", "y", "n")), Sub(Neg(x), y), Add(x, y))
    assert "onnx.Add" not in text


@pytest.mark.parametrize(("shared", "expected"), [(False, False), (True, True)])
def test_an_inner_value_with_another_use_is_refused_unless_the_rule_says_otherwise(
    shared: bool, expected: bool
) -> None:
    text = body(
        f'%n = "onnx.Neg"(%x) : ({V}) -> {V}',
        f'%r = "onnx.Neg"(%n) : ({V}) -> {V}',
        returns="%r, %n",
        type_=f"{V}, {V}",
    )
    _, remarks = applied(text, Neg(Neg(x, shared=shared)), x)
    assert ("rewritten" in remarks) == expected
    if not shared:
        assert "not rewritten: the result of the Neg has another use" in remarks


def test_all_operands_of_a_variadic_op() -> None:
    line = f'%c = "onnx.Concat"(%x, %y, %x) {{axis = 0 : si64}} : ({V}, {V}, {V}) -> tensor<6xf32>'
    relu = '%r = "onnx.Relu"(%c) : (tensor<6xf32>) -> tensor<6xf32>'
    inputs, axis = variadic("inputs"), attribute("axis")
    text, _ = applied(
        body(line, relu, type_="tensor<6xf32>"), Relu(Concat(inputs, axis)), Concat(inputs, axis)
    )
    assert "onnx.Relu" not in text
    assert '"onnx.Concat"(%arg0, %arg1, %arg0)' in text


@pytest.mark.parametrize("operands", [("n", "y"), ("y", "n")])
def test_rules_are_left_out_only_where_other_ops_feed_the_root(operands: tuple[str, str]) -> None:
    """Of several rules, with the operands of a commutative op either way, and one that asks for no op."""
    rules = (
        Rule("relu", Add(Relu(x), y), Sub(x, y)),
        Rule("neg", Add(Neg(x), y), Sub(y, x)),
        Rule("any", Mul(x, y), Sub(x, y)),
        Rule("neg-again", Mul(Neg(x), y), Neg(Mul(x, y))),
    )
    pass_ = RewritePass(argument="rules", summary="Rules", rules=rules)
    negated = f'%n = "onnx.Neg"(%x) : ({V}) -> {V}'
    for root, name in (("Add", "neg"), ("Mul", "any")):
        module = parse(body(negated, binary(root, "r", *operands)), context=make_context())
        remarks: list[Diagnostic] = []
        pass_.run(module.operation, None, remarks.append)
        assert remarks[0].message.endswith(f"[{name}]"), remarks[0].message
        assert "onnx.Sub" in to_text(module)


def test_several_results() -> None:
    split = (
        '%a, %b = "onnx.Split"(%x, %n) {axis = 0 : si64, num_outputs = 2 : si64} : '
        "(tensor<2xf32>, none) -> (tensor<1xf32>, tensor<1xf32>)"
    )
    lines = ('%n = "onnx.NoValue"() {value} : () -> none', split)
    text = body(*lines, returns="%b, %a", type_="tensor<1xf32>, tensor<1xf32>")
    swapped = Split(Neg(x), None, others())
    before = Split(x, None, swapped.others)
    found, remarks = applied(text, before, (result(swapped, 0), result(swapped, 1)), rank(x, 2))
    assert "onnx.Neg" not in found
    assert remarks[0] == "not rewritten: x has rank 1, not 2"


def test_a_result_by_its_number() -> None:
    split = (
        '%a, %b = "onnx.Split"(%x, %n) {axis = 0 : si64, num_outputs = 2 : si64} : '
        "(tensor<2xf32>, none) -> (tensor<1xf32>, tensor<1xf32>)"
    )
    lines = (
        '%n = "onnx.NoValue"() {value} : () -> none',
        split,
        '%r = "onnx.Relu"(%b) : (tensor<1xf32>) -> tensor<1xf32>',
    )
    text = body(*lines, type_="tensor<1xf32>")
    inner = Split(x, None, others())
    found, _ = applied(text, Relu(result(inner, 1)), Neg(result(inner, 1)))
    assert '"onnx.Neg"' in found
    found, remarks = applied(text, Relu(result(inner, 0)), Neg(result(inner, 0)))
    assert '"onnx.Neg"' not in found
    assert remarks[0] == "not rewritten: X is not the result of an onnx.Split"


def test_an_attribute_that_is_not_named_has_its_default() -> None:
    line = '%r = "onnx.LeakyRelu"(%x) {alpha = 0.5 : f32} : (tensor<2xf32>) -> tensor<2xf32>'
    _, remarks = applied(body(line), ops.LeakyRelu(x), x)
    assert remarks[0].startswith("not rewritten: alpha of the LeakyRelu is 0.5, not 0.0")
    text, _ = applied(body(line), ops.LeakyRelu(x, alpha=0.5), x)
    assert "LeakyRelu" not in text


CONSTANT = "%c = onnx.Constant dense<[2.0, 3.0]> : tensor<2xf32>"


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (lambda c: equal(c, 2), "c is not 2"),
        (lambda c: equal(c * c - 1, 3), "c * c - 1 is not 3"),
        (lambda _: require(lambda c: c.max() < 3, "c is too large"), "c is too large"),
        (lambda _: rank(x, 3), "x has rank 1, not 3"),
        (lambda _: least_rank(x, 2), "x has rank 1, less than 2"),
        (lambda _: size(x, 0, 3), "axis 0 of x has size 2, not 3"),
        (lambda _: size(x, 1, 3), "there is no axis 1 of x, or nobody knows"),
        (lambda c: element_type(c, "f16", "f64"), "the elements of c are not f16 or f64"),
        (lambda _: absent(x), "x is given"),
    ],
)
def test_conditions_say_why_they_do_not_hold(condition: Callable[[Any], Any], reason: str) -> None:
    c = const("c")
    _, remarks = applied(body(CONSTANT, binary("Mul", "r", "x", "c")), Mul(x, c), x, condition(c))
    assert remarks[0] == f"not rewritten: {reason}"


def test_conditions_that_hold() -> None:
    c = const("c", "N")
    conditions = (
        positive(c),
        rank(x, 1),
        require(lambda c: c.sum() == 5, "no"),
        equal((c - 2.0) * (3.0 - c) + sqrt(c - c), 0),
        least_rank(x, 1),
        size(c, -1, 2),
        same_shape(x, c),
        element_type(x, "f16", "f32"),
        present(c),
    )
    text, _ = applied(body(CONSTANT, binary("Mul", "r", "x", "c")), Mul(x, c), x, *conditions)
    assert "onnx.Mul" not in text


def test_whether_shapes_are_the_same_has_to_be_known() -> None:
    wide = "%c = onnx.Constant dense<[[2.0, 3.0]]> : tensor<1x2xf32>"
    line = '%r = "onnx.Mul"(%x, %c) : (tensor<?xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>'
    c = const("c")
    before = Mul(x, c)
    text = body(wide, line, arguments="%x: tensor<?xf32>", type_="tensor<1x2xf32>")
    for conditions, reason in (
        ((same_shape(x, c),), "whether x and c have the same shape is not known"),
        ((size(x, 0, 2),), "the size of axis 0 of x is not known"),
        ((same_shape(c, before), rank(before, 3)), "the Mul's result has rank 2, not 3"),
    ):
        _, remarks = applied(text, before, x, *conditions)
        assert remarks[0] == f"not rewritten: {reason}"
    other = body(
        "%c = onnx.Constant dense<2.0> : tensor<1xf32>",
        f'%r = "onnx.Mul"(%x, %c) : ({V}, tensor<1xf32>) -> {V}',
        arguments=f"%x: {V}",
    )
    _, remarks = applied(other, before, x, same_shape(x, c))
    assert remarks[0] == "not rewritten: x and c have different shapes"


def test_an_operand_that_is_absent() -> None:
    bias = const("bias", absent=0)
    before = Gemm(x, y, bias)
    none = '%n = "onnx.NoValue"() {value} : () -> none'
    for operand, type_, wanted in (("n", "none", absent(bias)), ("c", V, present(bias))):
        line = f'%r = "onnx.Gemm"(%x, %y, %{operand}) : (tensor<2x2xf32>, tensor<2x2xf32>, {type_}) -> tensor<2x2xf32>'
        text = body(
            CONSTANT,
            none,
            line,
            arguments="%x: tensor<2x2xf32>, %y: tensor<2x2xf32>",
            type_="tensor<2x2xf32>",
        )
        found, _ = applied(text, before, x, wanted)
        assert "onnx.Gemm" not in found
        _, remarks = applied(text, before, x, present(bias) if operand == "n" else absent(bias))
        assert remarks[0] == f"not rewritten: bias is {'absent' if operand == 'n' else 'given'}"


def test_arithmetic_on_constants_is_rounded_once() -> None:
    c, d = consts("c d", "N")
    lines = (CONSTANT, "%d = onnx.Constant dense<[10.0, 100.0]> : tensor<2xf32>")
    text, _ = applied(
        body(*lines, binary("Mul", "m", "x", "c"), binary("Add", "r", "m", "d")),
        Add(Mul(x, c), d),
        Mul(Add(x, d / c), c),
    )
    assert "dense<[5.000000e+00, 33.3333321]>" in text


def test_rules_are_alternatives_and_can_be_left_out() -> None:
    pass_ = RewritePass(
        argument="several",
        summary="Several",
        rules=(Rule("neg-of-neg", Neg(Neg(x)), x), Rule("relu-of-relu", Relu(Relu(x)), Relu(x))),
    )
    assert pass_.rule_names == ("neg-of-neg", "relu-of-relu")
    assert pass_.without({"neg-of-neg"}).rule_names == ("relu-of-relu",)
    line = f'%a = "onnx.Neg"(%x) : ({V}) -> {V}', f'%r = "onnx.Neg"(%a) : ({V}) -> {V}'
    module = parse(body(*line), context=make_context())
    remarks: list[Diagnostic] = []
    pass_.run(module.operation, None, remarks.append)
    assert remarks[0].message == "rewritten [neg-of-neg]"


conv = Conv(x, const("W", "O I ..."), None, others())


def test_terms_are_frozen() -> None:
    with pytest.raises(AttributeError, match="Value is frozen"):
        cast(Any, x).name = "z"


def test_padding_is_a_condition() -> None:
    assert unpadded(conv).sentence == "the Conv does not pad"
    assert attributes("alpha beta")[1].name == "beta"
