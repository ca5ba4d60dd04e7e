# SPDX-License-Identifier: Apache-2.0
"""Whether a rule holds: `prove`, and what it answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..passes.rewriting.base import Pass
from ..passes.rewriting.conditions import Condition, NotScalar, Unknown
from ..passes.rewriting.patterns import RewritePass
from ..passes.rewriting.rule import Rule
from ..passes.rewriting.terms import OpTerm, walk
from ..passes.rewriting.value_conditions import FirstResultOnly, NotMadeBy, OfType
from .arithmetic import NotComputed
from .domains import FIELD
from .floats import differs_in_floats
from .hypotheses import Hypotheses, NotDecided
from .judging import Difference, Judge
from .normal_forms import Proven, prove_for_all_sizes
from .premises import Search
from .sampling import Sample, sample, unknown_functions
from .semantics import meaning
from .smallest import smallest

PROVEN, REFUTED, NOT_DECIDED, VACUOUS = "proven", "refuted", "not decided", "vacuous"


@dataclass(frozen=True)
class Verdict:
    """What is known of a rule.

    outcome: one of the four.  how: in words: for which sizes, or why not.  left_alone: cases in which the result would
    be of another type or shape, where the engine does not apply a rule.  difference: the smallest case in which a
    refuted rule fails.  premises: conditions under which it would hold; None if none are known.  needless: conditions
    of the rule that it holds without.
    """

    name: str
    outcome: str
    how: str = ""
    left_alone: int = 0
    difference: Difference | None = None
    premises: tuple[Condition, ...] | None = None
    needless: tuple[Condition, ...] = ()


_SECOND = 24
"""How many cases a rule has to stand that is proven for all sizes: for types, validity, and an error in the proof."""


@dataclass(frozen=True)
class Budget:
    """How much is spent on one rule.  cases: to be compared.  seconds: for all of it."""

    cases: int = 600
    seconds: float = 12.0


def rules_of(pass_: Pass | None, argument: str) -> Iterator[tuple[str, Rule | str]]:
    """The rules of a pass by their names; in the place of what has none, why nothing can be proven."""
    if pass_ is None:
        yield argument, "a pass of MLIR's, which has no rules"
    elif not isinstance(pass_, RewritePass):
        yield argument, "the pass is a function in Python, which has no rules"
    else:
        for rule in pass_.rules:
            yield rule.name or argument, rule
        for name in pass_.rule_names[len(pass_.rules) :]:
            yield name, "a function in Python"


def prove(rule: Rule | str, name: str, budget: Budget | None = None) -> Verdict:
    """Whether a rule holds; in its place may stand why nothing can be proven."""
    if isinstance(rule, str):
        return Verdict(name, NOT_DECIDED, rule)
    budget = budget or Budget()
    if rule.each is not None:
        return _for_each(rule, name, budget)
    try:
        return _Proof(rule, name, budget).verdict()
    except NotDecided as error:
        return Verdict(name, NOT_DECIDED, str(error))
    except NotComputed as error:
        return Verdict(name, NOT_DECIDED, f"what {error} means here is not known")
    except MemoryError:
        return Verdict(name, NOT_DECIDED, "out of memory")


_MOST = 3
"""With so many operands in the place of `each` a rule is tried at most."""


def _for_each(rule: Rule, name: str, budget: Budget) -> Verdict:
    """With one operand, with two and with three: the first verdict against the rule, or what speaks for it."""
    share = replace(budget, cases=budget.cases // _MOST, seconds=budget.seconds / _MOST)
    found = [prove(rule.with_elements(count), name, share) for count in range(1, _MOST + 1)]
    for verdict in found:
        if verdict.outcome != PROVEN:
            return verdict
    how = f"with up to {_MOST} operands; with {_MOST}, {found[-1].how}"
    needless = found[-1].needless
    return replace(
        found[-1], how=how, needless=needless, left_alone=sum(v.left_alone for v in found)
    )


class _Proof:
    def __init__(self, rule: Rule, name: str, budget: Budget) -> None:
        self._rule = rule
        self._name = name
        self._budget = budget
        self._end = time.process_time() + budget.seconds

    def verdict(self) -> Verdict:
        rule, name = self._rule, self._name
        hypotheses = Hypotheses(rule.conditions)
        unknown = [op for op in _ops(rule) if meaning(op) is None]
        if unknown:
            raise NotDecided(f"what {', '.join(unknown)} computes is not in the table")
        judge = Judge(rule)
        general = prove_for_all_sizes(rule)
        cases = _SECOND if isinstance(general, Proven) else self._budget.cases
        seen = sample(judge, hypotheses, cases=cases, seconds=self._left(0.5))
        if seen.difference is not None:
            return self._refuted(judge, seen)
        if not seen.cases and judge.never_applied is not None:
            how = "the result always changes its type or shape, so it is never applied"
            return Verdict(name, REFUTED, how, difference=judge.never_applied)
        if not seen.cases:
            return self._no_cases(judge)
        needless = self._needless()
        how = _sampled(seen)
        if isinstance(general, Proven):
            many = f"{general.cases} cases" if general.cases > 1 else "one case"
            how = f"for all sizes ({many} of flags, presence, ranks and broadcasting)"
        return Verdict(name, PROVEN, how, judge.left_alone, needless=needless)

    def _left(self, share: float = 1.0) -> float:
        return max((self._end - time.process_time()) * share, 0.1)

    def _refuted(self, judge: Judge, seen: Sample) -> Verdict:
        assert seen.difference is not None
        conditions = self._rule.conditions
        case = smallest(judge, conditions, seen.difference, self._left(0.3))
        unknown = unknown_functions(self._rule)
        if unknown and case.kind == "values" and not differs_in_floats(self._rule, case):
            known = f"by what is known of {', '.join(unknown)} the sides differ"
            raise NotDecided(f"{known}, in floats they do not")
        premises = Search(judge, conditions, seen.domain, self._left()).weakest(seen.difference)
        found = None if premises is None else tuple(premises)
        return Verdict(self._name, REFUTED, difference=case, premises=found)

    def _no_cases(self, judge: Judge) -> Verdict:
        """No instance satisfies the conditions; where none would without them either, nothing was said."""
        if self._rule.conditions:
            free = sample(judge, Hypotheses(()), cases=1, seconds=self._left(0.5))
            if free.cases or free.difference is not None:
                return Verdict(self._name, VACUOUS, "nothing satisfies all of its conditions")
        raise NotDecided("no case was found to which it applies")

    def _needless(self) -> tuple[Condition, ...]:
        """Conditions without which the rule holds as well, of those that say when it holds."""
        found: list[Condition] = []
        for condition in self._rule.conditions:
            if isinstance(condition, (NotScalar, Unknown, NotMadeBy, FirstResultOnly, OfType)):
                continue  # They say when a rule is of use, or what the engine sees to anyway.
            rest = tuple(other for other in self._rule.conditions if other is not condition)
            judge = Judge(Rule(self._name, self._rule.before, self._rule.after, rest))
            free = sample(judge, Hypotheses(rest), cases=200, seconds=self._left(0.3))
            if free.difference is None and free.complete:
                found.append(condition)
        return tuple(found)


def _sampled(seen: Sample) -> str:
    numbers = "random elements of a field" if seen.domain is FIELD else "fractions"
    cut = "" if seen.complete else ", the time did not suffice for more"
    return (
        f"for shapes up to 3 ({seen.cases} cases with {numbers}: {seen.frames} of flags, presence, broadcasting and "
        f"types, {len(seen.ranks)} of ranks{cut})"
    )


def _ops(rule: Rule) -> list[str]:
    """The ops of both sides, each once."""
    roots = (rule.before, *rule.results)
    return list(
        dict.fromkeys(
            term.family.op_names[0]
            for root in roots
            for term in walk(root)
            if isinstance(term, OpTerm)
        )
    )
