# SPDX-License-Identifier: Apache-2.0
"""Every rule of --fold-bn is proven for all sizes, and no rule that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from onnx_opt.passes import ALL_PASSES, fold_bn_forward, fold_bn_into_gemm
from onnx_opt.passes.rewriting import (
    RewritePass,
    Rule,
    RuleError,
    along,
    attribute,
    attributes,
    by_group,
    channel,
    column,
    const,
    consts,
    contraction,
    equal,
    grouped,
    least_rank,
    moved,
    others,
    rank,
    require,
    result,
    sqrt,
    transposed,
    unpadded,
    value,
    values,
)
from onnx_opt.passes.rewriting.ops import (
    BN,
    Add,
    Cast,
    Conv,
    ConvTranspose,
    Div,
    Exp,
    Flatten,
    Gemm,
    Identity,
    MatMul,
    Mul,
    Neg,
    Reciprocal,
    Relu,
    Split,
    Sqrt,
    Sub,
    Sum,
    Transpose,
)
from onnx_opt.passes.rewriting.terms import OpTerm, Term, term
from onnx_opt.proving.normal_forms import Differs, NotExpressible, Proven, prove_for_all_sizes

FOLDS = [
    pytest.param(rule, id=f"{each.argument}-{rule.name}")
    for each in ALL_PASSES
    if isinstance(each, RewritePass) and each.argument.startswith("fold")
    for rule in each.rules
]

x, y, z = values("x y z")
A, B, C = value("A"), const("B", "K N"), const("C", "M N", broadcast=True, absent=0)
scale, bias, mean, var = statistics = consts("scale bias mean var", "N")
alpha, beta, transA, transB, epsilon = attributes("alpha beta transA transB epsilon")  # noqa: N816
group, window = attribute("group"), others()
s = scale / sqrt(var + epsilon)
gemm = Gemm(A, transposed(B, transB), C, alpha, beta, transA, transB)
W, b = const("W", "G O I ..."), const("b", "G O", absent=0)
conv = Conv(x, grouped(W, group), grouped(b, group), group, window)


@pytest.mark.parametrize("rule", FOLDS)
def test_every_fold_is_proven(rule: Rule) -> None:
    assert isinstance(prove_for_all_sizes(rule), Proven)


def test_flags_presence_and_shapes_are_cases() -> None:
    (rule,) = fold_bn_into_gemm.PASS.rules
    # C absent, or of rank 0, 1 (two sizes), 2 (four): 8; but M = 1 is a case of its own where C has rank 2.
    outcome = prove_for_all_sizes(rule)
    assert isinstance(outcome, Proven)
    assert outcome.cases == 4 * 10


def folded(
    weights: Term = B * s, added: Term = (beta * C - mean) * s + bias, **attributes: Any
) -> OpTerm:
    """What BN of Gemm becomes, or something like it."""
    given: dict[str, Any] = {
        "alpha": alpha,
        "transA": transA,
        "transB": transB,
        "beta": 1.0,
    } | attributes
    return Gemm(A, transposed(weights, transB), added, **given)


@pytest.mark.parametrize(
    "after",
    [
        folded(added=beta * C * s + bias),
        folded(added=(C - mean) * s + bias),
        folded(added=(beta * C + mean) * s + bias),
        folded(added=(beta * C - mean) * s),
        folded(added=beta * C - mean + bias),
        folded(weights=B * along(s, 0)),
        folded(weights=B),
        folded(weights=B * scale / (sqrt(var) + epsilon)),
        folded(weights=B * scale / sqrt(var)),
        folded(weights=B * scale / (var + epsilon)),
        folded(alpha=1.0),
        folded(beta=beta),
        folded(transA=0),
        folded(transB=0),
        Gemm(A, B * s, (beta * C - mean) * s + bias, alpha, transA, transB, beta=1.0),
    ],
    ids=[
        "mean-dropped",
        "beta-ignored",
        "mean-added",
        "bias-dropped",
        "C-not-scaled",
        "rows-scaled",
        "weights-not-scaled",
        "epsilon-outside-the-root",
        "epsilon-dropped",
        "root-forgotten",
        "alpha-forgotten",
        "beta-kept",
        "transA-dropped",
        "transB-ignored",
        "weights-not-transposed-back",
    ],
)
def test_a_wrong_fold_of_gemm_is_not_proven(after: OpTerm) -> None:
    assert isinstance(prove_for_all_sizes(Rule("", BN(gemm, *statistics, epsilon), after)), Differs)


def test_an_absent_constant_counts_as_what_the_rule_says() -> None:
    one = const("C", "M N", broadcast=True, absent=1)
    before = BN(
        Gemm(A, transposed(B, transB), one, alpha, beta, transA, transB), *statistics, epsilon
    )
    after = folded(added=(beta * one - mean) * s + bias)
    outcome = prove_for_all_sizes(Rule("", before, after))
    assert isinstance(outcome, Differs)
    assert "absent C: True" in outcome.case


def scaled(weights: Callable[[Any], Term], c: Any = None) -> Rule:
    """Mul behind a Conv that is seen by group."""
    c = const("c", broadcast=True) if c is None else c
    z = moved(conv)
    after = Conv(
        x,
        grouped(weights(by_group(c, group)), group),
        grouped(b * by_group(c, group), group),
        group,
        window,
    )
    return Rule("", Mul(z, channel(c, z)), moved(after))


def test_groups() -> None:
    assert isinstance(prove_for_all_sizes(scaled(lambda c: W * along(c, 0, 1))), Proven)
    assert isinstance(prove_for_all_sizes(scaled(lambda c: W * along(c, 0, 2))), Differs)
    assert isinstance(prove_for_all_sizes(scaled(lambda c: W * along(c, 1, 0))), Differs)
    with pytest.raises(RuleError, match="where a factor of weights lies"):
        scaled(lambda c: W + along(c, 0, 1))


def before_conv(t: Any, *conditions: Any) -> Rule:
    """An Add before a Conv."""
    c = const("c", broadcast=True)
    by = by_group(c, group)
    left = Conv(
        moved(Add(x, channel(c, x)), to=1), grouped(W, group), grouped(b, group), group, window
    )
    right = Conv(moved(x), grouped(W, group), grouped(b + t(W, by), group), group, window)
    return Rule("", left, right, tuple(condition(left) for condition in conditions))


def test_padding() -> None:
    def made(weights: Term, c: Term) -> Term:
        return contraction(weights, along(c, 0, 2), 0, 1)

    assert isinstance(prove_for_all_sizes(before_conv(made, unpadded)), Proven)
    assert isinstance(prove_for_all_sizes(before_conv(made)), Differs)
    wrong: list[Callable[[Term, Term], Term]] = [
        lambda weights, c: contraction(weights, along(c, 0, 1), 0, 1),
        lambda weights, c: contraction(weights, along(c, 0, 2), 0, 2),
        lambda weights, c: contraction(weights, term(1.0), 0, 1),  # noqa: ARG005
    ]
    for each in wrong:
        assert not isinstance(prove_for_all_sizes(before_conv(each, unpadded)), Proven)


def test_conv_transpose_skips_positions_without_padding() -> None:
    """Between strides there is nothing to sum: what is added before it is not added everywhere."""
    rows, biased = const("W", "I O ..."), const("B", "O")
    c = const("c", "I")
    left = ConvTranspose(moved(Add(x, channel(c, x)), to=1), rows, biased, window, group=1)
    sums = contraction(rows, along(c, 0), 1)
    right = ConvTranspose(moved(x), rows, biased + sums, window, group=1)
    assert isinstance(prove_for_all_sizes(Rule("", left, right, (unpadded(left),))), Differs)


def test_conditions_are_needed() -> None:
    padded = next(rule for rule in fold_bn_forward.RULES if rule.name == "conv-of-bn")
    assert isinstance(prove_for_all_sizes(Rule("", padded.before, padded.after)), Differs)
    matrix, addend = const("A", "N K"), const("C")
    normalized = BN(moved(Add(MatMul(matrix, x), addend), axis=-2, to=1), *statistics, epsilon)
    after = moved(
        Add(
            MatMul(matrix * along(s, 0), x),
            (addend - column(mean)) * column(s) + column(bias),
        )
    )
    assert isinstance(prove_for_all_sizes(Rule("", normalized, after)), Differs)
    conditions = (least_rank(x, 2),)
    assert isinstance(prove_for_all_sizes(Rule("", normalized, after, conditions)), Proven)


one, c, d = const("one"), *consts("c d", "N")
product = Mul(x, channel(c, x))
addend = const("C", "M N", broadcast=True)
perm = attribute("perm")


@pytest.mark.parametrize(
    "rule",
    [
        Rule("", Identity(x), x),
        Rule("", Add(Add(x, y), z), Add(x, Add(z, y))),
        Rule("", Sub(Exp(x), y), Add(Exp(x), Neg(y))),
        Rule("", Mul(Exp(x), Add(y, z)), Add(Mul(Exp(x), y), Mul(z, Exp(x)))),
        Rule("", Sum(x, y, z), Add(x, Add(y, z))),
        Rule("", Relu(Transpose(x, perm)), Transpose(Relu(x), perm)),
        Rule("", Transpose(Transpose(x, perm=[1, 2, 0]), perm=[2, 0, 1]), x),
        Rule("", Transpose(MatMul(x, y), perm=[1, 0]), MatMul(Transpose(y, perm=[1, 0]), Transpose(x, perm=[1, 0])), (rank(x, 2), rank(y, 2))),
        Rule("", MatMul(MatMul(x, y), z), MatMul(x, MatMul(y, z)), (rank(x, 2), rank(y, 2), rank(z, 2))),
        Rule("", Gemm(x, B, None, alpha), Gemm(x, B * alpha, None)),
        Rule("", Gemm(x, B, C, beta), Gemm(x, B, beta * C, beta=1.0)),
        Rule("", BN(x, *statistics, epsilon), BN(x, scale, bias - mean * s, mean - mean, var, epsilon)),
        Rule("", BN(x, *statistics, epsilon), BN(x, scale / sqrt(var + epsilon), bias, mean, 1.0 - epsilon + 0.0 * var, epsilon)),
        Rule("", BN(x, *statistics, epsilon), Add(x, bias - mean), (equal(scale, 1), equal(var + epsilon, 1), rank(x, 2))),
        Rule("", Reciprocal(Reciprocal(Exp(x))), Exp(x)),
        Rule("", Mul(Sqrt(Exp(x)), Sqrt(Exp(x))), Exp(x)),
        Rule("", Mul(Reciprocal(Add(Exp(x), Exp(y))), Add(Exp(y), Exp(x))), Div(Exp(Sub(x, x)), Exp(Sub(y, y)))),
        Rule("", Exp(Add(x, y)), Exp(Add(y, x))),
        Rule("", Gemm(x, transposed(B, transB), None, transB), MatMul(x, B)),
        Rule("", Mul(product, channel(d, product)), Mul(x, channel(c * d, x))),
        Rule("", Add(Mul(x, channel(c, x)), x), Mul(x, channel(c + 1.0, x))),
        Rule("", Relu(MatMul(Add(x, x), y)), Relu(Add(MatMul(x, y), MatMul(x, y)))),
    ],
)  # fmt: skip
def test_what_is_true_is_proven(rule: Rule) -> None:
    outcome = prove_for_all_sizes(rule)
    assert isinstance(outcome, Proven), outcome


@pytest.mark.parametrize(
    "rule",
    [
        Rule("", Sub(x, y), Sub(y, x)),
        Rule("", Mul(x, one), x, (equal(one, 1),)),
        Rule("", Add(x, one), x, (equal(one, 0),)),
        Rule("", Transpose(Transpose(x, perm=[1, 2, 0]), perm=[1, 2, 0]), x),
        Rule("", MatMul(x, y), MatMul(y, x)),
        Rule("", MatMul(x, y), MatMul(y, x), (rank(x, 2), rank(y, 2))),
        Rule("", Relu(Neg(x)), Neg(Relu(x))),
        Rule("", Exp(x), Relu(x)),
        Rule("", Add(MatMul(x, B), addend), Gemm(x, B, addend)),
        Rule("", Add(Gemm(x, B, None, alpha), y), Gemm(x, B, y, alpha)),
        Rule("", Add(conv, one), Conv(x, grouped(W, group), one, group, window)),
        Rule("", Mul(Add(x, y), z), Add(Mul(x, y), z)),
        Rule("", BN(x, *statistics, epsilon), Add(x, bias - mean), (equal(scale, 1), equal(var + epsilon, 1))),
        Rule("", Mul(MatMul(x, B), c), MatMul(x, B)),
        Rule("", Add(x, x), x),
        # One of y and z may be broadcast.
        Rule("", MatMul(x, Add(y, z)), Add(MatMul(x, y), MatMul(x, z)), (rank(x, 2), rank(y, 2), rank(z, 2))),
        Rule("", Mul(x, x), x),
        # The values are equal, the shapes are not.
        Rule("", Add(Sub(x, x), Sub(y, y)), Sub(x, x)),
        Rule("", Relu(moved(Sub(MatMul(x, B), MatMul(x, B)), axis=-1)), Relu(moved(B - B))),
        Rule("", Mul(Mul(x, channel(c, x)), Sub(y, y)), Mul(Sub(y, y), channel(c, x)), (rank(x, 2), rank(y, 2))),
        # What the right side does not name has its default.
        Rule("", Identity(conv), Conv(x, grouped(W, group), grouped(b, group), window)),
        Rule("", Mul(product, channel(d, product)), Mul(x, channel(c * d, x, 2))),
        Rule("", Gemm(x, B, None, alpha), Gemm(x, B * alpha, None, alpha)),
        Rule("", Gemm(x, transposed(B, transB), None, transB), MatMul(x, transposed(B, transB))),
    ],
)  # fmt: skip
def test_what_is_false_is_not_proven(rule: Rule) -> None:
    assert not isinstance(prove_for_all_sizes(rule), Proven)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (Rule("", Mul(x, one), x, (require(lambda one: one.all(), "no"),)), "a Python function"),
        (Rule("", Cast(x, to=1), x), "Cast"),
        (Rule("", Div(Mul(x, y), y), x), "Div of integers"),
        (Rule("", Relu(result(Split(x), 1)), x), "Split"),
        (Rule("", Mul(x, one), Mul(x, one / float("inf"))), "the number inf"),
    ],
)
def test_what_normal_forms_cannot_say_is_named(rule: Rule, reason: str) -> None:
    assert prove_for_all_sizes(rule) == NotExpressible(reason)


def test_an_op_on_the_right_has_to_take_the_types_of_the_left() -> None:
    outcome = prove_for_all_sizes(Rule("", Sub(x, y), Add(x, Neg(y))))
    assert outcome == Differs("Neg does not take tensor(uint16)")


def test_unknown_moves_are_the_same_on_both_sides() -> None:
    axis = attribute("axis")
    assert isinstance(
        prove_for_all_sizes(Rule("", Relu(Flatten(x, axis)), Flatten(Relu(x), axis))), Proven
    )
    assert not isinstance(prove_for_all_sizes(Rule("", Relu(Flatten(x, axis)), Relu(x))), Proven)
