# SPDX-License-Identifier: Apache-2.0
"""What cannot be meant is an error when the rule is made; one case for each error, with its words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from onnx_opt.passes import ALL_PASSES
from onnx_opt.passes.rewriting import (
    RewritePass,
    Rule,
    RuleError,
    along,
    at_most,
    attribute,
    attributes,
    channel,
    const,
    consts,
    contraction,
    each,
    element_type,
    equal,
    grouped,
    last_axis,
    moved,
    ops,
    others,
    positive,
    rank,
    require,
    result,
    same,
    transposed,
    unpadded,
    value,
    values,
    variadic,
)
from onnx_opt.passes.rewriting.integers import rank_of, shape_of, span
from onnx_opt.passes.rewriting.ops import Add, Concat, Conv, Gemm, MatMul, Mul, Neg, Relu, Split
from onnx_opt.passes.rewriting.terms import OpTerm, Term

x, y = values("x y")
c, d = consts("c d")
B, C, s = const("B", "K N"), const("C"), const("s", "N")
alpha, trans_a, trans_b, group = attributes("alpha transA transB group")
axis = attribute("axis")
window = others()
conv = Conv(x, const("W", "O I ..."), None, window)
scaled = Mul(x, channel(c, x))


def rule(before: Any, after: Any, *conditions: Any) -> Callable[[], object]:
    return lambda: Rule("r", before, after, conditions)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        # Ops.
        (lambda: ops.Gem, "ONNX has no op 'Gem'; did you mean 'Gemm'?"),
        (
            lambda: Gemm(x, B, trans_A=1),
            "Gemm has no attribute 'trans_A'; did you mean 'transA'?",
        ),
        (lambda: Gemm(x, B, attribute("kB")), "Gemm has no attribute 'kB'"),
        (lambda: Gemm(x, B, C, transA="yes"), "attribute 'transA' of Gemm is int, got str"),
        (
            lambda: Gemm(x, B, C, alpha=c * 2.0),
            "attribute 'alpha' of Gemm is float, got Arithmetic",
        ),
        (
            lambda: ops.Transpose(x, perm=(0, "1")),
            "attribute 'perm' of Transpose is ints, got (0, '1')",
        ),
        (lambda: Relu(x, y), "Relu takes 1 operands, got 2"),
        (
            lambda: Mul(x, cast(Any, 2.0)),
            "Mul takes letters and terms, got 2.0: ask for a constant, const(...)",
        ),
        (lambda: const("W", "... O"), "the dimensions of W, '... O', have '...' before the end"),
        (lambda: element_type(x, "f33"), "there is no element type 'f33'"),
        (lambda: require(cast(Any, 3), "no"), "require takes a Python function, got int"),
        (
            lambda: RewritePass(argument="p", summary="P", before=Relu(x)),
            "--p: a rule needs both `before` and `after`",
        ),
        # The left side.
        (rule(x, x), "the left side is a value, x, not an op"),
        (rule(MatMul(x), x), "MatMul needs 2 operands, got 1"),
        (rule(Gemm(x, None, y), x), "Gemm needs its operand B"),
        (
            rule(Add(variadic("v")), x),
            "Add needs 2 operands, got 1",
        ),
        (
            rule(Add(x, variadic("v")), x),
            "'v' stands for the last operands of a variadic op, not of Add",
        ),
        (
            rule(Mul(x, c * 2.0), x),
            "the left side has c * 2, which is no pattern: "
            "arithmetic goes to the right side or into a condition",
        ),
        (
            rule(Gemm(transposed(x, trans_a), B, None, trans_a), x),
            "transposed(x, transA) on the left side is of a value, x, not of a constant",
        ),
        (
            rule(Add(Gemm(x, transposed(B, trans_b), None, trans_b), B), x),
            "the left side has 'B' in two forms",
        ),
        (
            rule(Mul(x, const("c", absent=1)), x),
            "c has a value if absent, but Mul always has its operand B",
        ),
        (
            rule(MatMul(x, channel(c, x)), x),
            "channel(c) is for ops that broadcast two operands, not MatMul",
        ),
        (
            rule(Mul(x, channel(c, y)), x),
            "channel(c) stands beside something else than the operand of Mul",
        ),
        (
            rule(Gemm(x, transposed(B, trans_b), None), x),
            "transposed(B, transB): no op on the left side has the attribute 'transB'",
        ),
        (
            rule(Gemm(x, transposed(B, alpha), None, alpha), x),
            "transposed(B, alpha): the attribute 'alpha' is no integer",
        ),
        (
            rule(Gemm(x, transposed(s, trans_b), None, trans_b), x),
            "transposed(s, transB) is of dimensions 'N', not of two",
        ),
        (
            rule(Conv(x, grouped(s, group), None, group, window), x),
            "grouped(s, group): the first of its dimensions 'N' is the group",
        ),
        (
            rule(Gemm(x, y, None, alpha, transA=alpha), x),
            "'alpha' is an attribute of two types",
        ),
        (
            rule(Concat(x, y), x),
            "Concat always has its attribute 'axis': name it on the left side, or say others()",
        ),
        (
            rule(Relu(result(Split(x, None, window), -1)), x),
            "Split has 1 results: there is no result -1",
        ),
        (rule(Relu(result(Neg(x), 1)), x), "Neg has 1 results: there is no result 1"),
        (
            rule(Add(moved(Neg(x)), moved(Relu(y))), x),
            "the left side has moved(...) twice",
        ),
        (
            rule(ops.Transpose(x, perm=span(0, 2)), x),
            "the left side has span(0, 2): give 'perm' a letter, and say same(...) of it",
        ),
        (
            rule(Concat(each(x), y, axis), x),
            "Concat has any number of operands before others, or at two places",
        ),
        (
            rule(Relu(Concat(variadic("v"), y, axis)), x),
            "Concat has any number of operands before others, or at two places",
        ),
        (
            rule(Concat(each(Concat(each(x), axis)), axis), x),
            "the left side has each(...) twice",
        ),
        (
            rule(Add(each(x), y), x),
            "'each(x)' stands for the last operands of a variadic op, not of Add",
        ),
        # The right side.
        (
            rule(Concat(x, y, axis), Concat(each(Relu(x)), axis)),
            "each(Relu(x)) is of nothing that the left side has in each(...)",
        ),
        (
            rule(Relu(x), ops.Reshape(x, shape_of(Neg(x)))),
            "shape_of(the Neg's result) is about another Neg than those of the left side",
        ),
        (
            rule(Relu(x), ops.Reshape(x, span(0, x))),
            "span(0, x): a value, x is no integer",
        ),
        (
            rule(Relu(x), ops.Reshape(x, shape_of(y))),
            "the right side has 'y', which the left side does not bind",
        ),
        (rule(Relu(x), 3), "the right side is 3, not a term"),
        (rule(Relu(x), ()), "the right side gives 0 results, Relu has 1"),
        (rule(Relu(x), (x, x)), "the right side gives 2 results, Relu has 1"),
        (rule(Relu(x), y), "the right side has 'y', which the left side does not bind"),
        (
            rule(Relu(x), Neg(value("x"))),
            "the right side has another letter 'x' than the left side: make a letter once",
        ),
        (
            rule(Gemm(x, B), Gemm(x, transposed(B, trans_b))),
            "the right side has 'transB', which the left side does not bind",
        ),
        (rule(Relu(x), MatMul(x)), "MatMul needs 2 operands, got 1"),
        (rule(Relu(x), MatMul(x, None)), "MatMul needs its operand B"),
        (rule(Add(x, y), Concat(x, y)), "Concat needs its attribute 'axis'"),
        (
            rule(Relu(x), Neg(moved(x))),
            "the right side has moved(...), which the left side does not have",
        ),
        (
            rule(Relu(x), Conv(x, x, None, others())),
            "the right side hands attributes on, which the left side does not have",
        ),
        (
            rule(Relu(conv), ops.MaxPoolSingleOut(x, window)),
            "the right side hands the attributes of Conv on to MaxPoolSingleOut, "
            "where 'group' is not known",
        ),
        (
            rule(Gemm(x, y, None, alpha), Gemm(x, y, None, transA=alpha)),
            "'alpha' is of another type than the attribute 'transA' of Gemm",
        ),
        (
            rule(Mul(moved(Neg(x)), y), moved(Add(x, y))),
            "the Add inside moved(...) takes what is known behind it only",
        ),
        (
            rule(Neg(scaled), Mul(x, -c)),
            "-c is along the last axis of what Mul gives, c along axis 1: say channel(..., beside)",
        ),
        # Arithmetic.
        (
            rule(Add(x, y), Relu(x + y)),
            "arithmetic is on constants, attributes and numbers, not on a value, x",
        ),
        (
            rule(MatMul(x, y), MatMul(x, transposed(Neg(y), trans_b))),
            "the right side has 'transB', which the left side does not bind",
        ),
        (
            rule(Mul(x, c), Mul(x, Neg(c) * 2.0)),
            "arithmetic is on constants, attributes and numbers, not on an op, Neg",
        ),
        (
            rule(Mul(MatMul(x, C), s), MatMul(x, C * along(s, 1))),
            "along(s, 1) says where a factor of weights lies: combine it, by * or /, with a constant "
            "of two dimensions or more that nothing else is made of",
        ),
        (
            rule(Mul(MatMul(x, B), s), MatMul(x, B * along(s, 0, 1))),
            "along(s, 0, 1) names 2 axes of B for 1 of s",
        ),
        (
            rule(Mul(MatMul(x, B), s), MatMul(x, B * along(s, 2))),
            "along(s, 2): B has dimensions 'K N', no such axes",
        ),
        (
            rule(MatMul(Add(x, s), C), Add(MatMul(x, C), contraction(C, along(s, 0), 1))),
            "contraction(C, along(s, 0), 1): C needs dimensions, as in const('C', 'O I ...')",
        ),
        (
            rule(MatMul(Add(x, s), B), Add(MatMul(x, B), contraction(B, along(s, 0), 2))),
            "contraction(B, along(s, 0), 2): B has dimensions 'K N', no such axes",
        ),
        (
            rule(MatMul(Add(x, s), B), Add(MatMul(x, B + 1.0), contraction(B, along(s, 0), 1))),
            "contraction(B, along(s, 0), 1): B may be absent, be broadcast, or is used otherwise, too",
        ),
        (
            rule(Add(Mul(x, channel(c, x)), B), Mul(x, channel(B * 2.0, x))),
            "channel(B * 2): B * 2 is no vector",
        ),
        # Conditions.
        (
            rule(Relu(x), x, same(rank_of(y), 1)),
            "a condition is about 'y', which the left side does not bind",
        ),
        (
            rule(Relu(x), x, equal(C, 1)),
            "a condition is about 'C', which the left side does not bind",
        ),
        (
            rule(Relu(x), x, equal(C + 1.0, 1)),
            "a condition is about 'C', which the left side does not bind",
        ),
        (
            rule(Relu(x), x, require(lambda z: z, "no")),
            "require(...) asks for 'z', which the left side does not bind",
        ),
        (
            rule(Relu(x), x, equal(cast(Any, x), 1)),
            "equal(...) is about constants and attributes, not about a value, x",
        ),
        (
            rule(Relu(x), x, positive(cast(Any, x))),
            "positive(...) is about a constant, not about a value, x",
        ),
        (
            rule(Mul(x, c), x, rank(cast(Any, c), 1)),
            "rank(...) is about a value or an op, not about a constant, c",
        ),
        (
            rule(Relu(x), x, unpadded(cast(Any, x))),
            "unpadded(...) is about an op, not about a value, x",
        ),
        (
            rule(Add(x, c), x, at_most(c, cast(Any, x))),
            "at_most(...) is about constants, not about a value, x",
        ),
        (
            rule(Mul(x, c), x, last_axis(cast(Any, c), x)),
            "'c is the last axis of x' is about an attribute, not about a constant, c",
        ),
        (
            rule(before_relu := Relu(x), x, unpadded(before_relu)),
            "unpadded(...) is about an op with pads, not about Relu",
        ),
        (
            rule(Relu(x), x, rank(Neg(x), 2)),
            "a condition is about another Neg than those of the left side",
        ),
    ],
)
def test_what_cannot_be_meant_is_an_error_when_it_is_made(
    make: Callable[[], object], message: str
) -> None:
    with pytest.raises(RuleError) as raised:
        make()
    assert str(raised.value).removeprefix("rule 'r': ") == message


def test_the_message_names_the_rule() -> None:
    with pytest.raises(RuleError, match=r"^rule 'r': the right side is 3, not a term$"):
        rule(Relu(x), 3)()


def test_our_own_rules_are_checked_here() -> None:
    """Not when they are made, for that would take 13 ms of each start."""
    rules = [rule for pass_ in ALL_PASSES if isinstance(pass_, RewritePass) for rule in pass_.rules]
    assert len(rules) > 100
    for found in rules:
        found.check()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Mul(scaled, channel(d, scaled)), Mul(x, channel(c * d, x))),
        (Neg(conv), Neg(Neg(conv))),
        (Neg(Conv(x, y, None, window)), ops.ConvInteger(x, y, None, None, window)),
        (Add(MatMul(x, B), C), Add(MatMul(x, B), C + 1.0)),
        (Neg(Mul(x, channel(c, x, -1))), Mul(x, -c)),
        (Split(x, None, window), (x, x, x)),
    ],
)
def test_what_can_be_meant_is_none(before: OpTerm, after: Term | tuple[Term, ...]) -> None:
    Rule("r", before, after)
