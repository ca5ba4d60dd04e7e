# SPDX-License-Identifier: Apache-2.0
"""A rule on many instances: every combination of flags, presence, broadcasting and types, with shapes up to 3.

Over a field of 2^61 - 1 elements two different rational functions of degree d agree at random arguments with
probability d / 2^61 at most (Schwartz and Zippel): one case says what all numbers do.  Where ops compare numbers there
is no such law: small rationals with ties and both signs are drawn, several for each shape.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from random import Random
from typing import Any

from ..dialect.ops.attribute_kinds import INT, STRING
from ..passes.rewriting.arithmetic import computes
from ..passes.rewriting.forms import new_constants, stored_forms
from ..passes.rewriting.rule import Rule
from ..passes.rewriting.terms import Channel, Const, OpTerm, Term, Value, View, walk
from . import hints
from .domains import FIELD, RATIONALS, Domain
from .drawing import Drawer
from .frames import Frame, admitted
from .hypotheses import Hypotheses
from .instances import LeftSide, NoCase
from .judging import Difference, Judge
from .semantics import UNKNOWN_OPS
from .tensors import Tensor, Undefined, Unordered

FRAMES = 512
"""How many combinations are tried at most."""
_ROUNDS = 400


@dataclass
class Sample:
    """What a number of instances showed.

    domain: of the floats.  cases: instances in which the sides were compared.  frames: combinations of flags, presence,
    broadcasting and types that have some, of `possible`.  ranks: combinations of ranks that were met.  difference: the
    first.  complete: whether the time sufficed.
    """

    domain: Domain
    cases: int = 0
    frames: int = 0
    possible: int = 0
    ranks: set[tuple[int, ...]] = field(default_factory=set[tuple[int, ...]])
    difference: Difference | None = None
    complete: bool = True


def sample(
    judge: Judge, hypotheses: Hypotheses, *, cases: int, seconds: float, seed: int = 0
) -> Sample:
    """Compare the sides in so many instances that satisfy the hypotheses, until they differ somewhere.

    Each combination is tried, even if that takes more; where numbers are compared, four times as many cases are.
    """
    try:
        found = _sample(judge, hypotheses, FIELD, cases, seconds, seed)
    except Unordered:
        return _sample(judge, hypotheses, RATIONALS, 4 * cases, seconds, seed)
    if found.difference is None or not unknown_functions(judge.rule):
        return found
    # To the field Exp is just a function; to the fractions it is a power, and Log its inverse.
    again = _sample(judge, hypotheses, RATIONALS, 4 * cases, seconds, seed)
    return again if again.cases else found


def unknown_functions(rule: Rule) -> list[str]:
    """The ops of a rule of which the table does not know all, by their names."""
    terms = (term for root in (rule.before, *rule.results) for term in walk(root))
    names = [term.family.op_names[0] for term in terms if isinstance(term, OpTerm)]
    return [name for name in dict.fromkeys(names) if name in UNKNOWN_OPS]


def _sample(
    judge: Judge,
    hypotheses: Hypotheses,
    domain: Domain,
    cases: int,
    seconds: float,
    seed: int,
) -> Sample:
    random = Random(seed)
    drawer = Drawer(judge.left, hypotheses, random)
    found = Sample(domain)
    end = time.process_time() + seconds
    frames = list(combinations(judge.rule, hypotheses, domain))
    if len(frames) > FRAMES:
        frames = random.sample(frames, FRAMES)
    found.possible = len(frames)
    met: set[int] = set()
    failed: dict[str, int] = {}
    for round_ in range(_ROUNDS):
        if round_ and (found.cases >= cases or not found.cases):
            break
        for number, frame in enumerate(frames):
            if (round_ and number not in met) or failed.get(frame.type, 0) > 8:
                continue
            frame = replace(frame, zero=round_ % 4 == 3, largest=2 + (round_ > 0))
            for _ in range(1 if round_ else 6):
                instance = drawer.draw(frame)
                if time.process_time() > end:
                    found.complete = False
                    return found
                if instance is None:
                    continue
                try:
                    difference = judge.difference(instance)
                except (NoCase, Undefined):
                    continue
                met.add(number)
                found.cases += 1
                found.frames = len(met)
                found.ranks.add(_ranks(instance.letters))
                if difference is not None:
                    found.difference = difference
                    return found
                break
            if number not in met:
                failed[frame.type] = failed.get(frame.type, 0) + 1
            else:
                failed[frame.type] = -1_000_000
    return found


def _ranks(letters: Mapping[Term, Any]) -> tuple[int, ...]:
    return tuple(len(t.shape) if isinstance(t, Tensor) else -1 for t in letters.values())


def combinations(rule: Rule, hypotheses: Hypotheses, domain: Domain) -> Iterator[Frame]:
    """Every combination of flags, presence, broadcasting and types."""
    left = LeftSide(rule.before)
    flags = _flags(left, hypotheses)
    optional = optional_letters(left)
    patterns = _patterns(left)
    forms = stored_forms(rule.before)
    constants = [term for root in rule.results for term in new_constants(root, forms)]
    floats = computes(constants, left.places) == "floats"
    others = [] if floats else [kind for kind in ("i64", "i1") if _takes(left, kind)]
    kinds = [("f32", False), ("f16", True), *((kind, False) for kind in others)]
    for type_, mixed in kinds:
        for values in product(*flags.values()):
            for present in product((True, False), repeat=len(optional)):
                there = dict(zip(optional, present, strict=True))
                shown = {
                    letter: some for letter, some in patterns.items() if there.get(letter, True)
                }
                for chosen in product(*shown.values()):
                    yield Frame(
                        domain,
                        dict(zip(flags, values, strict=True)),
                        there,
                        dict(zip(shown, chosen, strict=True)),
                        type_,
                        mixed,
                    )


def _takes(left: LeftSide, kind: str) -> bool:
    """Whether ops may compute with an element type; those that give another type than they take are asked nothing."""
    for op in left.ops:
        spec = op.family.spec
        if spec.operands and spec.results and spec.operands[0].variable == spec.results[0].variable:
            types = admitted(spec.operands[0].types)
            if types is not None and kind not in types:
                return False
    return True


def _flags(left: LeftSide, hypotheses: Hypotheses) -> dict[tuple[OpTerm, str], tuple[Any, ...]]:
    """The values of each attribute letter that is one number or word."""
    found: dict[tuple[OpTerm, str], tuple[Any, ...]] = {}
    for letter, place in left.places.items():
        spec = place[0].family.spec.attributes[place[1]]
        if spec.kind in (INT, STRING) and letter not in hypotheses.numbers:
            found[place] = hints.flag_values(spec)
    return found


def optional_letters(left: LeftSide) -> list[Term]:
    """The letters that may be absent."""
    found: dict[Term, None] = {}
    for op in left.ops:
        for index, operand in enumerate(op.operands):
            formals = op.family.spec.operands
            if formals[min(index, len(formals) - 1)].arity != "optional":
                continue
            inner = operand.of if isinstance(operand, (View, Channel)) else operand
            if isinstance(inner, Value) or (isinstance(inner, Const) and inner.absent is not None):
                found[inner] = None
    return list(found)


def _patterns(left: LeftSide) -> dict[Term, list[tuple[bool, ...]]]:
    """The ways in which constants may be broadcast."""
    found: dict[Term, list[tuple[bool, ...]]] = {}
    for term in walk(left.before):
        if isinstance(term, Channel):
            found[term.of] = [(False,), (True,)]
        elif isinstance(term, Const) and term.broadcast and term.dims and term not in found:
            found[term] = [
                pattern
                for rank in range(len(term.dims) + 1)
                for pattern in product((False, True), repeat=rank)
            ]
    return found
