# SPDX-License-Identifier: Apache-2.0
"""What is said of rules: proven, refuted with the smallest case and what they lack, vacuous, or not decided."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onnx_opt.passes import BY_ARGUMENT
from onnx_opt.passes.rewriting import (
    RewritePass,
    Rule,
    attributes,
    const,
    equal,
    positive,
    rank,
    require,
    same_shape,
    values,
    variadic,
)
from onnx_opt.passes.rewriting.conditions import Condition
from onnx_opt.passes.rewriting.ops import (
    Add,
    Clip,
    Concat,
    Div,
    Equal,
    Exp,
    Flatten,
    Gemm,
    Identity,
    Log,
    LogSoftmax,
    Mul,
    Neg,
    Relu,
    Softmax,
    Sub,
    Transpose,
)
from onnx_opt.passes.rewriting.terms import OpTerm, Term
from onnx_opt.pipeline.plugins import Registry
from onnx_opt.proving import (
    NOT_DECIDED,
    PROVEN,
    REFUTED,
    VACUOUS,
    Verdict,
    lines_of,
    prove,
    rules_of,
)
from onnx_opt.proving.report import as_python

EXAMPLES = Path(__file__).parents[2] / "examples"
x, y = values("x y")
c, d = const("c"), const("d")


def proved(before: OpTerm, after: Term | tuple[Term, ...], *conditions: Condition) -> Verdict:
    return prove(Rule("r", before, after, conditions), "r")


def premises(verdict: Verdict) -> list[str]:
    assert verdict.premises is not None
    return sorted(map(as_python, verdict.premises))


def example(stem: str) -> RewritePass:
    registry = Registry(BY_ARGUMENT)
    registry.load(str(EXAMPLES / f"{stem}.py"))
    found = registry.passes[stem.replace("_", "-")]
    assert isinstance(found, RewritePass)
    return found


def test_the_fold_of_gemm_is_proven() -> None:
    [(name, rule)] = rules_of(BY_ARGUMENT["fold-bn-into-gemm"], "fold-bn-into-gemm")
    verdict = prove(rule, name)
    assert (verdict.name, verdict.outcome) == ("fold-bn-into-gemm", PROVEN)
    assert not verdict.needless


@pytest.mark.parametrize("stem", ["drop_mul_by_one", "relu_behind_max_pool"])
def test_examples_are_proven(stem: str) -> None:
    [rule] = example(stem).rules
    verdict = prove(rule, stem)
    assert verdict.outcome == PROVEN
    assert verdict.how.startswith("for shapes up to 3")
    assert not verdict.needless


def test_the_rule_of_a_pull_request_lacks_five_premises() -> None:
    [rule] = example("backward_fold_scale_axis_to_gemm").rules
    verdict = prove(rule, "r")
    assert verdict.outcome == REFUTED
    assert premises(verdict) == [
        "equal(alpha, 1)",
        "equal(beta, 1)",
        "equal(mean, 0)",
        "equal(transA, 0)",
        "equal(var + epsilon, 1)",
    ]
    assert verdict.premises is not None
    mended = Rule("r", rule.before, rule.after, tuple(verdict.premises))
    verdict = prove(mended, "r")
    assert verdict.outcome == PROVEN
    assert not verdict.needless


def test_conditions_that_contradict_each_other() -> None:
    verdict = proved(Mul(x, c), x, equal(c, 1), equal(c, 2))
    assert verdict.outcome == VACUOUS
    verdict = proved(Gemm(x, y, *attributes("alpha")), Mul(x, y), rank(x, 3))
    assert verdict.outcome == VACUOUS


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (
            Rule("r", Mul(x, c), x, (require(lambda c: c.max() == 1, "no"),)),
            "a condition is a function in Python",
        ),
        ("a function in Python", "a function in Python"),
    ],
)
def test_functions_in_python_are_not_decided(rule: Any, reason: str) -> None:
    assert list(lines_of(prove(rule, "r"))) == [f"r: not decided: {reason}"]


def test_passes_that_have_no_rules_are_not_decided() -> None:
    [(name, rule)] = rules_of(BY_ARGUMENT["cse"], "cse")
    verdict = prove(rule, name)
    assert verdict.outcome == NOT_DECIDED
    assert verdict.how == "the pass is a function in Python, which has no rules"


def test_a_condition_that_is_not_needed_is_named() -> None:
    verdict = proved(Mul(x, c), x, equal(c, 1), equal(c - 1.0, 0))
    assert verdict.outcome == PROVEN
    assert len(verdict.needless) == 2  # each, where the other is there
    verdict = proved(Add(x, y), Add(y, x), rank(x, 2))
    assert "    rank(x, 2) is not needed" in lines_of(verdict)


def test_relu_and_a_scale_change_places_where_it_is_positive() -> None:
    verdict = proved(Relu(Mul(x, c)), Mul(Relu(x), c))
    assert verdict.outcome == REFUTED
    assert premises(verdict) == ["positive(c)"]
    assert proved(Relu(Mul(x, c)), Mul(Relu(x), c), positive(c)).outcome == PROVEN


def test_two_clips_are_one_where_their_bounds_meet() -> None:
    verdict = proved(Clip(Clip(x, None, d), c, None), Clip(x, c, d))
    assert verdict.outcome == REFUTED
    assert premises(verdict) == ["at_most(c, d)"]


def test_results_of_another_shape() -> None:
    """Where sizes are open the engine cannot see that y gives the sum more axes than x."""
    before = Add(x, Mul(y, c))
    verdict = proved(before, x, equal(c, 0))
    assert verdict.outcome == REFUTED
    assert verdict.difference is not None and verdict.difference.kind == "shape"
    [premise] = premises(verdict)
    assert premise == "same_shape(x, Add(x, Mul(y, c)))"
    assert proved(before, x, equal(c, 0), same_shape(x, before)).outcome == PROVEN


def test_results_of_another_type() -> None:
    verdict = proved(Sub(x, y), Equal(x, y))
    assert verdict.outcome == REFUTED
    assert verdict.difference is not None and verdict.difference.kind == "type"


def test_a_right_side_that_onnx_refuses() -> None:
    """C of Gemm broadcasts to the product only, not the other way round."""
    verdict = proved(Add(Gemm(x, y, None), c), Gemm(x, y, c))
    assert verdict.outcome == REFUTED
    assert verdict.difference is not None and verdict.difference.kind == "invalid"


def test_integers_are_divided_as_onnx_divides() -> None:
    verdict = proved(Mul(Div(x, c), c), x)
    assert verdict.outcome == REFUTED


def test_variadic_operands_and_moves() -> None:
    inputs = variadic("inputs")
    (axis,) = attributes("axis")
    assert proved(Identity(Concat(inputs, axis)), Concat(inputs, axis)).outcome == PROVEN
    assert proved(Transpose(Transpose(x, perm=(1, 0)), perm=(1, 0)), x).outcome == PROVEN
    assert proved(Flatten(Flatten(x, axis=1), axis=1), Flatten(x, axis=1)).outcome == PROVEN


def test_exponentials_are_more_than_functions() -> None:
    assert proved(Log(Exp(x)), x).outcome == PROVEN
    assert proved(Mul(Exp(x), Exp(y)), Exp(Add(x, y))).outcome == PROVEN
    assert proved(Exp(Neg(x)), Neg(Exp(x))).outcome == REFUTED
    assert proved(Mul(Exp(x), y), Exp(Mul(x, y))).outcome == REFUTED


def test_a_law_that_the_table_does_not_know_is_no_refutation() -> None:
    verdict = proved(Softmax(x, axis=-1), Exp(LogSoftmax(x, axis=-1)))
    assert verdict.outcome == NOT_DECIDED
    assert verdict.how.startswith("by what is known of Softmax, Exp, LogSoftmax the sides differ")
    assert proved(Softmax(x, axis=-1), LogSoftmax(x, axis=-1)).outcome == REFUTED
