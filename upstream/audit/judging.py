# SPDX-License-Identifier: Apache-2.0
"""Whether a declarative rule holds: both sides on many cases, and what is missing where it does not.

A difference is shown on the smallest case found.  What is missing is a conjunction of premises that no failing case
meets and many others do; it has been tried on cases of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from random import Random
from typing import Any

from ...proving.tensors import Invalid, Tensor, Undefined, Unordered
from .cases import Case, NotExpressibleError, check, draw, right
from .drawing import ELEMENT_TYPES, Drawer
from .premises import is_narrow, premises_of
from .tablegen import DrrRule

_TRIES = 6_000
"""Draws for one element type; most are refused where operands have to fit."""
_FUTILE = 600
"""Draws without a case after which an element type is one that the ops do not take."""
_ENOUGH = 150
"""Cases for one element type."""
_ROUNDS = 8
"""How often premises are looked for before giving up."""
_LESS = 0.75
"""What a further premise has to gain in cases to be worth it: short reasons are better."""


@dataclass(frozen=True, eq=False)
class Difference:
    """A case on which the sides differ.

    reason: in a line.  left, right: results; right is None where ONNX refuses it.
    """

    case: Case
    reason: str
    left: Tensor | None
    right: Any


@dataclass(frozen=True)
class Verdict:
    """What came of a rule.

    cases: how many were tried.  types: the element types among them.  differences: if it does not hold, the smallest
    one for each premise that is missing; the smallest of all where no premises are enough.  missing: the premises
    under which it holds.  repaired: how many cases they were tried on.  inexpressible: why it could not be judged; ""
    if it was.  vacuous: whether no valid model has its left side.
    """

    cases: int = 0
    types: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    missing: tuple[str, ...] = ()
    repaired: int = 0
    inexpressible: str = ""
    vacuous: bool = False


def judge(rule: DrrRule) -> Verdict:
    """Try a rule on cases of every element type that its ops take."""
    try:
        check(rule)
        held, failed = _sorted(rule, "first")
        if not held and not failed:
            return Verdict(vacuous=True)
        cases = [*held, *(failure.case for failure in failed)]
        types = tuple(dict.fromkeys(case.type for case in cases))
        if not failed:
            return Verdict(len(cases), types)
        # Once more, with numbers that a reader can follow.
        small = _sorted(rule, "small", ordered=True)[1] or failed
        missing, repaired = _repair(rule, held, [each.case for each in (*failed, *small)])
        return Verdict(len(cases), types, _smallest(small, missing), missing, repaired)
    except NotExpressibleError as reason:
        return Verdict(inexpressible=str(reason))


def _sorted(
    rule: DrrRule, seed: str, premises: tuple[str, ...] = (), *, ordered: bool = False
) -> tuple[list[Case], list[Difference]]:
    """The cases on which the sides agree, and those on which they do not."""
    held: list[Case] = []
    failed: list[Difference] = []
    for type_ in ELEMENT_TYPES:
        rng = Random(f"{seed} {rule.name} {type_}")
        compares, found = ordered, 0
        for number in range(_TRIES):
            if number == _FUTILE and not found:
                break
            try:
                tried = _try(rule, Drawer(type_, rng, ordered=compares), premises)
            except Unordered:
                compares = True
                continue
            except (Invalid, Undefined):
                continue
            if tried is None:
                continue
            found += 1
            if isinstance(tried, Case):
                held.append(tried)
            else:
                failed.append(tried)
            if found == _ENOUGH:
                break
    return held, failed


def _try(rule: DrrRule, drawer: Drawer, premises: tuple[str, ...]) -> Case | Difference | None:
    """One case: itself if the sides agree; None if a constraint or a premise excludes it."""
    drawn = draw(rule, drawer)
    if drawn is None:
        return None
    case, left = drawn
    if premises and not premises_of(case).issuperset(premises):
        return None
    try:
        made = right(rule, case)
    except Invalid as refusal:
        return Difference(case, f"ONNX refuses the right side: {refusal}", left[0], None)
    for number, (a, b) in enumerate(zip(left, made, strict=False)):
        if a is None or b is None:
            continue  # A result that nobody reads.
        if reason := _difference(a, b):
            return Difference(case, f"result {number}: {reason}" if number else reason, a, b)
    return case


def _difference(a: Tensor, b: Tensor) -> str:
    if a.type != b.type:
        return f"{a.type} becomes {b.type}"
    if a.shape != b.shape:
        return f"shape {list(a.shape)} becomes {list(b.shape)}"
    for x, y in zip(a.data.ravel(), b.data.ravel(), strict=True):
        if x != y:
            return f"{x} becomes {y}"
    return ""


def _smallest(failed: list[Difference], missing: tuple[str, ...]) -> tuple[Difference, ...]:
    """For each premise a case that meets the others, where there is one; else a case of any kind."""
    by_weight = sorted(failed, key=lambda failure: failure.case.weight())
    found: list[Difference] = []
    for premise in missing:
        others = frozenset(missing) - {premise}
        found += [each for each in by_weight if others <= premises_of(each.case)][:1]
    return tuple(dict.fromkeys(found)) or (by_weight[0],)


def _repair(rule: DrrRule, held: list[Case], failed: list[Case]) -> tuple[tuple[str, ...], int]:
    """Premises that leave no failing case, and how many cases they were tried on."""
    of_held = [premises_of(case) for case in held]
    of_failed = [premises_of(case) for case in failed]
    for round_ in range(_ROUNDS):
        missing = _missing(of_held, of_failed)
        if missing is None:
            break
        more, wrong = _sorted(rule, f"repair {round_}", missing)
        if not wrong:
            return missing, len(more)
        of_failed += [premises_of(each.case) for each in wrong]
        of_held += [premises_of(case) for case in more]
    return (), 0


def _missing(held: list[frozenset[str]], failed: list[frozenset[str]]) -> tuple[str, ...] | None:
    """The conjunction that no failing case meets, few premises and many of the others."""
    candidates = sorted(set[str]().union(*held))
    # What all failing cases meet excludes none of them.
    candidates = [each for each in candidates if not all(each in met for met in failed)]
    wide = [each for each in candidates if not is_narrow(each)]
    return _best(wide, held, failed) or _best(candidates, held, failed)


def _best(
    candidates: list[str], held: list[frozenset[str]], failed: list[frozenset[str]]
) -> tuple[str, ...] | None:
    best: tuple[float, tuple[str, ...]] | None = None
    for count in (1, 2, 3):
        if best and best[0] > len(held) * _LESS ** (count - 1):
            break
        for chosen in combinations(candidates, count):
            wanted = frozenset(chosen)
            if any(wanted <= met for met in failed):
                continue
            kept = sum(wanted <= met for met in held) * _LESS ** (count - 1)
            if kept and (best is None or kept > best[0]):
                best = kept, chosen
    return best[1] if best else None
