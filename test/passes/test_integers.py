# SPDX-License-Identifier: Apache-2.0
"""Integers in rules, and rules about ops of any number of operands: what they are on IR, and once more in proofs."""

from __future__ import annotations

from random import Random
from typing import Any, cast

import pytest

from onnx_opt.passes.rewriting import (
    Rule,
    attribute,
    attributes,
    const,
    each,
    others,
    same,
    values,
    variadic,
)
from onnx_opt.passes.rewriting.integers import (
    backwards,
    copied,
    count,
    cut,
    from_front,
    integers_of,
    joined,
    length,
    ordered,
    picked,
    position,
    product,
    rank_of,
    shape_of,
    size_of,
    span,
)
from onnx_opt.passes.rewriting.ops import Cast, Concat, Relu, Reshape, Transpose, Unsqueeze
from onnx_opt.passes.rewriting.terms import Term
from onnx_opt.proving import prove
from onnx_opt.proving.hypotheses import Hypotheses
from onnx_opt.proving.instances import NoCase
from onnx_opt.proving.integers import integers
from onnx_opt.proving.judging import Judge
from onnx_opt.proving.sampling import sample
from onnx_opt.proving.verdicts import PROVEN, REFUTED

from .applied_rules import applied, function

x, y = values("x y")
p, q = attributes("p q")
axis = attribute("axis")


def of_numbers(term: Any) -> Any:
    """What a term of Python's integers is, on IR; None if that is not known."""
    return integers_of(term, cast(Any, None), {})


def proven(term: Any) -> Any:
    """The same, in proofs."""
    try:
        return integers(term, cast(Any, None))
    except NoCase:
        return None


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (length((4, 5, 6)), 3),
        (span(2, 5), (2, 3, 4)),
        (span(3, 2), ()),
        (backwards((1, 2, 3)), (3, 2, 1)),
        (ordered((3, 1, 2)), (1, 2, 3)),
        (joined((1, 2), 3, ()), (1, 2, 3)),
        (picked((7, 8, 9), (2, 0)), (9, 7)),
        (picked((7, 8, 9), -1), 9),
        (picked((7, 8, 9), 3), None),
        (cut((7, 8, 9), 1, 9), (8, 9)),
        (cut((7, 8, 9), -2, -1), (8,)),
        (position(0, (2, 0, 1)), 1),
        (position(-1, (2, 0, 1)), 0),
        (count((0, 1, 0), 0), 2),
        (product((2, 3, 4)), 24),
        (product(()), 1),
        (from_front((-1, 0), 3), (2, 0)),
        (from_front(-2, 3), 1),
        (copied((0, -1, 0), (5, 6)), (5, -1, 0)),
        (copied((0, -1), (-1, 6)), None),
        (joined(length((1, 2)) * 3 - 1.0, length((1, 2)) + 1.0), (5, 3)),
        (joined(length((1, 2, 3, 4)) / 2), (2,)),
        (joined(length((1, 2, 3)) / 2), None),
        (joined(length((1, 2, 3)) / length(())), None),
    ],
)
def test_what_functions_are(term: Term, expected: object) -> None:
    assert of_numbers(term) == expected
    assert proven(term) == expected


def test_both_say_the_same_of_random_integers() -> None:
    random = Random(0)

    def some(least: int = -3, most: int = 3) -> tuple[int, ...]:
        return tuple(random.randint(least, most) for _ in range(random.randint(1, 4)))

    def one() -> int:
        return random.randint(-4, 4)

    for _ in range(300):
        perm = random.sample(range(4), 4)
        for term in (
            span(one(), one()),
            picked(some(), some()),
            picked(some(), one()),
            cut(some(), one(), one()),
            position(random.randint(-4, 3), tuple(perm)),
            count(some(), one()),
            product(some()),
            from_front(some(), 4),
            copied(some(-1, 2), some(-1, 2)),
            ordered(some()),
            joined(some(), one(), length(some()) / one()),
        ):
            assert of_numbers(term) == proven(term), term


UNSQUEEZED = Unsqueeze(x, axes := const("axes"))


def test_a_constant_is_made_of_integers() -> None:
    text = function(
        "%axes = onnx.Constant dense<[0, -1]> : tensor<2xi64>",
        '%r = "onnx.Unsqueeze"(%x, %axes) : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<1x2x3x1xf32>',
        arguments="%x: tensor<2x3xf32>",
        type_="tensor<1x2x3x1xf32>",
    )
    found = applied(text, UNSQUEEZED, Reshape(x, shape_of(UNSQUEEZED)))
    assert "onnx.Constant dense<[1, 2, 3, 1]> : tensor<4xi64>" in found.text
    found = applied(
        text,
        UNSQUEEZED,
        Reshape(x, joined(1, size_of(x, 0), size_of(x, -1), rank_of(axes))),
        same(axes, (0, -1)),
    )
    assert "onnx.Constant dense<[1, 2, 3, 1]> : tensor<4xi64>" in found.text
    found = applied(text, UNSQUEEZED, Reshape(x, shape_of(UNSQUEEZED)), same(axes, (0,)))
    assert found.remarks == ["not rewritten: axes is not [0]"]


def test_what_is_not_known_does_not_match() -> None:
    text = function(
        '%r = "onnx.Relu"(%x) : (tensor<2x?xf32>) -> tensor<2x?xf32>',
        arguments="%x: tensor<2x?xf32>",
        type_="tensor<2x?xf32>",
    )
    found = applied(text, Relu(x), Reshape(Relu(x), shape_of(x)), same=False)
    assert found.remarks == ["not rewritten: shape_of(x) is not known"]
    found = applied(text, Relu(x), x, same(size_of(x, 1), 3), same=False)
    assert found.remarks == ["not rewritten: whether size_of(x, 1) = 3 is not known"]
    found = applied(text, Relu(x), x, same(size_of(x, 0), 2), same=False)
    assert found.remarks == ["rewritten"]


def concat_of_transposed(*perms: str) -> str:
    lines = [
        f'%t{at} = "onnx.Transpose"(%x) {{perm = {perm}}} : (tensor<2x2xf32>) -> tensor<2x2xf32>'
        for at, perm in enumerate(perms)
    ]
    operands = ", ".join(f"%t{at}" for at in range(len(perms)))
    types = ", ".join(["tensor<2x2xf32>"] * len(perms))
    return function(
        *lines,
        f'%c = "onnx.Concat"({operands}) {{axis = -1 : si64}} : ({types}) -> tensor<2x{2 * len(perms)}xf32>',
        f'%r = "onnx.Transpose"(%c) {{perm = [1, 0]}} : (tensor<2x{2 * len(perms)}xf32>) -> tensor<{2 * len(perms)}x2xf32>',
        arguments="%x: tensor<2x2xf32>",
        type_=f"tensor<{2 * len(perms)}x2xf32>",
    )


THROUGH_CONCAT = (
    Transpose(Concat(each(Transpose(x, perm=p)), axis), perm=q),
    Concat(each(Transpose(x, perm=picked(p, q))), axis=position(axis, q)),
)


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_each_operand_has_letters_of_its_own(number: int) -> None:
    perms = ["[1, 0]", "[0, 1]", "[1, 0]", "[1, 0]", "[0, 1]"][:number]
    found = applied(concat_of_transposed(*perms), *THROUGH_CONCAT)
    assert found.text.count("perm = [0, 1]") == perms.count("[1, 0]")
    assert "axis = 0 : si64" in found.text
    assert any(remark.startswith("rewritten") for remark in found.remarks)


def test_each_operand_has_to_match() -> None:
    text = concat_of_transposed("[1, 0]", "[0, 1]").replace("(%t0, %t1)", "(%t0, %x)")
    found = applied(text, *THROUGH_CONCAT)
    assert "not rewritten: inputs is not the result of an onnx.Transpose" in found.remarks


def test_what_is_said_of_each_is_asked_of_each() -> None:
    rule = Concat(each(Relu(x)), axis), Concat(each(x), axis), same(size_of(x, 0), 2)
    text = function(
        '%0 = "onnx.Relu"(%x) : (tensor<2xf32>) -> tensor<2xf32>',
        '%1 = "onnx.Relu"(%y) : (tensor<3xf32>) -> tensor<3xf32>',
        '%r = "onnx.Concat"(%0, %1) {axis = 0 : si64} : (tensor<2xf32>, tensor<3xf32>) -> tensor<5xf32>',
        arguments="%x: tensor<2xf32>, %y: tensor<3xf32>",
        type_="tensor<5xf32>",
    )
    found = applied(text, *rule, same=False)
    assert found.remarks == ["not rewritten: size_of(x1, 0) is not 2"]


def test_operands_stand_behind_any_number_of_others() -> None:
    first, behind, inner = map(variadic, ("first", "behind", "inner"))
    rule = (
        Concat(first, Concat(inner, axis), behind, axis),
        Concat(first, inner, behind, axis),
    )
    text = function(
        '%0 = "onnx.Concat"(%x, %x) {axis = 0 : si64} : (tensor<1xf32>, tensor<1xf32>) -> tensor<2xf32>',
        '%1 = "onnx.Concat"(%y, %x) {axis = 0 : si64} : (tensor<1xf32>, tensor<1xf32>) -> tensor<2xf32>',
        '%r = "onnx.Concat"(%y, %0, %x, %1) {axis = 0 : si64} : '
        "(tensor<1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<2xf32>) -> tensor<6xf32>",
        arguments="%x: tensor<1xf32>, %y: tensor<1xf32>",
        type_="tensor<6xf32>",
    )
    found = applied(text, *rule)
    assert '"onnx.Concat"(%arg1, %arg0, %arg0, %arg0, %arg1, %arg0)' in found.text


def test_fewer_operands_than_the_rule_names() -> None:
    rule = Concat(x, y, more := variadic("more"), axis), Concat(x, y, more, axis=axis)
    text = function(
        '%r = "onnx.Concat"(%x) {axis = 0 : si64} : (tensor<1xf32>) -> tensor<1xf32>',
        arguments="%x: tensor<1xf32>",
        type_="tensor<1xf32>",
    )
    found = applied(text, *rule)
    assert found.remarks == ["not rewritten: the Concat has 1 operands, not 2 or more"]


WRONG = {
    "the orders the other way round": Rule(
        "r", Transpose(Transpose(x, perm=p), perm=q), Transpose(x, perm=picked(q, p))
    ),
    "the axis stays": Rule(
        "r", THROUGH_CONCAT[0], Concat(each(Transpose(x, perm=picked(p, q))), axis)
    ),
    "the operands the other way round": Rule(
        "r", Concat(x, more := variadic("more"), y, axis), Concat(y, more, x, axis)
    ),
    "another shape": Rule(
        "r", Unsqueeze(x, axes), Reshape(x, joined(1, shape_of(x))), (same(length(axes), 1),)
    ),
}


@pytest.mark.parametrize("rule", WRONG.values(), ids=WRONG)
def test_wrong_rules_are_refuted(rule: Rule) -> None:
    written_out = rule.with_elements(2) if rule.each else rule
    found = sample(Judge(written_out), Hypotheses(rule.conditions), cases=60, seconds=5)
    assert found.difference is not None


def test_what_a_rule_about_axes_lacks() -> None:
    verdict = prove(Rule("r", Transpose(x, perm=p), x), "r")
    assert verdict.outcome == REFUTED
    assert verdict.premises is not None
    assert [premise.sentence for premise in verdict.premises] == ["p = span(0, length(p))"]


def test_a_rule_about_each_operand_is_proven_for_several_numbers() -> None:
    rest = others()
    rule = Rule("r", Cast(Concat(each(x), axis), rest), Concat(each(Cast(x, rest)), axis))
    verdict = prove(rule, "r")
    assert verdict.outcome == PROVEN
    assert verdict.how.startswith("with up to 3 operands; ")
