# SPDX-License-Identifier: Apache-2.0
"""Rules that are changed at random: what is proven of them has to hold on models.

The fuzzer runs them, so that neither how rules are read for a proof nor what ops are taken to compute judges itself.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import fuzz_rules
from check_rule import Checker

from onnx_opt.passes.fold_bn import PASS
from onnx_opt.passes.rewriting import RewritePass, Rule
from onnx_opt.passes.rewriting.terms import (
    Along,
    Arithmetic,
    Attribute,
    ByGroup,
    Column,
    Const,
    Contraction,
    Moved,
    Number,
    OpTerm,
    RuleError,
    Term,
    View,
    children,
    walk,
)
from onnx_opt.passes.rewriting.text import text
from onnx_opt.proving.normal_forms import Proven, prove_for_all_sizes

CHANGED = 150


def changed(rule: Rule, rng: random.Random) -> Rule:
    """The rule with one term of its right side changed, and perhaps without its conditions."""
    before = list(dict.fromkeys(walk(rule.before)))
    consts = [term for term in before if isinstance(term, Const)]
    attributes = [term for term in before if isinstance(term, Attribute)]
    (after,) = rule.results
    target = rng.choice([term for term in walk(after) if not isinstance(term, Moved)])

    def change(term: Term) -> Term:
        match term:
            case Arithmetic(arguments=(a, b)):
                other = Arithmetic(rng.choice("+-*/"), (a, b))
                return rng.choice([a, b, other, Arithmetic(term.operator, (b, a))])
            case Along():
                axes = tuple(rng.choice([0, 1, 2]) for _ in term.axes)
                return rng.choice([term.of, Along(term.of, axes)])
            case Contraction():
                keep = tuple(sorted(rng.sample(range(3), len(term.keep))))
                return rng.choice([term.factor, Contraction(term.of, term.factor, keep)])
            case Arithmetic() | ByGroup() | Column() | View():
                return children(term)[0]
            case Const():
                return rng.choice(consts)
            case Attribute():
                return rng.choice(attributes)
            case Number():
                return Number(rng.choice([-1.0, 0.0, 1.0, 2.0]))
            case OpTerm(attributes=given) if given:
                left_out = rng.choice(list(given))
                kept = {name: value for name, value in given.items() if name != left_out}
                return OpTerm(term.family, term.operands, kept, term.others)
            case _:
                return term

    after = rebuilt(after, lambda term: change(term) if term is target else term)
    return Rule(rule.name, rule.before, after, rng.choice([rule.conditions, ()]))


def rebuilt(term: Term, change: Callable[[Term], Term]) -> Term:
    """The term, with terms inside it changed."""
    new = change(term)
    if new is not term:
        return new
    match term:
        case OpTerm():
            operands = tuple(each and rebuilt(each, change) for each in term.operands)
            return OpTerm(term.family, operands, term.attributes, term.others)
        case Arithmetic():
            inner = tuple(rebuilt(each, change) for each in term.arguments)
            return Arithmetic(term.operator, inner)
        case Along():
            return Along(rebuilt(term.of, change), term.axes)
        case Column():
            return Column(rebuilt(term.of, change))
        case Contraction():
            return Contraction(term.of, rebuilt(term.factor, change), term.keep)
        case View():
            return View(term.kind, rebuilt(term.of, change), term.by)
        case Moved():
            return Moved(rebuilt(term.of, change), term.axis, term.to)
        case _:
            return term


def test_what_is_proven_of_changed_rules_holds_on_models() -> None:
    rng = random.Random(0)
    outcomes: Counter[type] = Counter()
    while outcomes.total() < CHANGED:
        old = rng.choice(PASS.rules)
        try:
            rule = changed(old, rng)
        except RuleError:
            continue  # It has no meaning.
        if text(rule.results[0]) == text(old.results[0]):
            continue
        outcome = prove_for_all_sizes(rule)
        outcomes[type(outcome)] += 1
        if isinstance(outcome, Proven):
            alone = RewritePass(argument="changed", summary="A rule", verb="folded", rules=(rule,))
            found = fuzz_rules.fuzz(15, 60, 0, Checker(), passes=[alone], shrink=False)
            assert found is None, found
    # Some of them say the same in other words.
    assert 5 < outcomes[Proven] < CHANGED / 5
