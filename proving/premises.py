# SPDX-License-Identifier: Apache-2.0
"""The weakest further premises under which a rule holds.

Candidates are conditions of the vocabulary about the letters of the rule.  As many as go together are assumed; if the
rule holds then, they are given up one by one, those that ask most first, as long as it still holds.  What is left is
enough, and none of it can be given up (an irreducible subset, as of constraints in QuickXplain).  A premise under which
the left side does not look at one of its values any more says nothing, and is no candidate.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from random import Random

from ..dialect.ops.attribute_kinds import FLOAT, INT, INTS
from ..passes.rewriting.conditions import (
    Absent,
    Condition,
    ElementTypes,
    Equal,
    LeastRank,
    Positive,
    Rank,
    SameShape,
    Size,
    Unpadded,
)
from ..passes.rewriting.integers import length, span
from ..passes.rewriting.shape_conditions import Same
from ..passes.rewriting.terms import (
    REST,
    Arithmetic,
    Attribute,
    Const,
    OpTerm,
    Value,
    Variadic,
)
from ..passes.rewriting.value_conditions import AtMost, LastAxis
from .domains import Domain
from .drawing import Drawer
from .frames import Frame
from .hypotheses import Hypotheses
from .instances import Instance, NoCase, read
from .judging import Difference, Judge
from .sampling import optional_letters, sample
from .searching import look
from .tensors import Invalid, Tensor, Undefined


@dataclass(frozen=True)
class Candidate:
    """A condition, and how much it asks: the less, the better."""

    condition: Condition
    cost: float


def candidates(judge: Judge, difference: Difference, *, ordered: bool) -> Iterator[Candidate]:
    """Conditions about the letters of a rule that might be what it lacks.  ordered: whether numbers are compared."""
    left = judge.left
    for letter, (op, name) in left.places.items():
        assert isinstance(letter, Attribute)
        spec = op.family.spec.attributes[name]
        if spec.kind in (FLOAT, INT):
            for number in (1, 0):
                cost = 1.0 if spec.default == number else 1.5
                yield Candidate(Equal(letter, number), cost)
        if name == "axis":
            for value in left.letters:
                if isinstance(value, Value):
                    yield Candidate(LastAxis(letter, value), 1.45)
        if name == "perm" and spec.kind is INTS:
            yield Candidate(Same(letter, span(0, length(letter))), 1.2)
    for op in left.ops:
        if "pads" in op.family.spec.attributes and op.others is not None:
            yield Candidate(Unpadded(op), 1.3)
    for root in left.roots:
        if isinstance(root, Arithmetic):
            yield Candidate(Equal(root, 1), 1.4)
    for letter in left.letters:
        if isinstance(letter, Const):
            if ordered:
                yield Candidate(Positive(letter), 1.5)
            for number in (0, 1):
                yield Candidate(Equal(letter, number), 1.8)
            for limit in left.letters if ordered else ():
                if isinstance(limit, Const) and limit is not letter:
                    yield Candidate(AtMost(letter, limit), 1.6)
    for letter in optional_letters(left):
        assert isinstance(letter, (Value, Const))
        for there in (True, False):
            yield Candidate(Absent(letter, there), 2.0)
    shaped: list[Value | Const | OpTerm] = []
    for letter in left.letters:
        tensor = difference.instance.letters.get(letter)
        if isinstance(letter, Value) and isinstance(tensor, Tensor):
            shaped.append(letter)
            for rank in (3, 2, 1):
                yield Candidate(LeastRank(letter, rank), 1.55 + rank / 100)
            for rank in range(5):
                yield Candidate(Rank(letter, rank), 1.7)
        elif isinstance(letter, Const) and letter.dims is None:
            shaped.append(letter)
        if isinstance(letter, (Value, Const)) and not isinstance(letter, Variadic):
            for types in (("f16", "f32", "f64", "bf16"), ("i32", "i64"), ("i1",)):
                yield Candidate(ElementTypes(letter, types), 2.6)
    shaped.append(judge.rule.before)
    for number, one in enumerate(shaped):
        for other in shaped[number + 1 :]:
            whole = other is judge.rule.before and not isinstance(one, Const)
            yield Candidate(SameShape(one, other), 1.6 if whole else 1.75)
    for letter in left.letters:
        if isinstance(letter, Const) and letter.dims and not letter.broadcast:
            for axis, name in enumerate(letter.dims):
                if name != REST:
                    yield Candidate(Size(letter, axis, 1), 3.0)
        elif isinstance(letter, Value) and isinstance(
            tensor := difference.instance.letters.get(letter), Tensor
        ):
            for axis in range(len(tensor.shape)):
                yield Candidate(Size(letter, axis, 1), 3.0)


class Search:
    """Looks for the premises of one rule.  seconds: after which it gives up."""

    def __init__(
        self, judge: Judge, given: Sequence[Condition], domain: Domain, seconds: float
    ) -> None:
        self._judge = judge
        self._given = tuple(given)
        self._domain = domain
        self._failures: list[Difference] = []
        self._end = time.process_time() + seconds

    def weakest(self, difference: Difference) -> list[Condition] | None:
        """The premises; None if none of the vocabulary help, or the time is up."""
        self._failures = [difference]
        able = [
            each
            for each in candidates(self._judge, difference, ordered=self._domain.ordered)
            if self._says_something((each.condition,))
        ]
        able.sort(key=lambda each: each.cost)
        for order in _orders(able):
            assumed = self._together(order)
            if assumed and self._seems_to_hold(assumed):
                kept = self._irreducible(assumed)
                for _ in range(4):
                    if self._holds(kept):
                        break
                    kept = self._irreducible(assumed)
                if self._holds(kept) and self._says_something(each.condition for each in kept):
                    return [each.condition for each in kept]
            if time.process_time() > self._end:
                break
        return None

    def _together(self, order: Sequence[Candidate]) -> list[Candidate]:
        """As many as there are instances of all of which."""
        assumed: list[Candidate] = []
        for each in order:
            if self._has_cases((*assumed, each)):
                assumed.append(each)
        return assumed

    def _irreducible(self, assumed: Sequence[Candidate]) -> list[Candidate]:
        kept = list(assumed)
        for each in sorted(assumed, key=lambda one: -one.cost):
            rest = [other for other in kept if other is not each]
            if self._seems_to_hold(rest):
                kept = rest
        return kept

    def _seems_to_hold(self, premises: Sequence[Candidate]) -> bool:
        """No failure that is known satisfies them, nor one that is found quickly, among cases like the first, too."""
        conditions = self._under(premises)
        hypotheses = Hypotheses(conditions)
        if any(hypotheses.hold(failure.instance) for failure in self._failures):
            return False
        for like, cases in ((self._failures[0].instance, 16), (None, 24)):
            attempt = look(
                self._judge, conditions, self._domain, cases=cases, draws=4 * cases, like=like
            )
            if attempt.difference is not None:
                self._failures.append(attempt.difference)
                return False
        return True

    def _holds(self, premises: Sequence[Candidate]) -> bool:
        found = sample(self._judge, Hypotheses(self._under(premises)), cases=300, seconds=5)
        if found.difference is not None:
            self._failures.append(found.difference)
        return found.difference is None

    def _under(self, premises: Iterable[Candidate]) -> tuple[Condition, ...]:
        return (*self._given, *(each.condition for each in premises))

    def _says_something(self, premises: Iterable[Condition]) -> bool:
        """Under them there are cases, and the left side looks at every value that it looks at without them."""
        conditions = (*self._given, *premises)
        return look(self._judge, conditions, self._domain, cases=1).cases > 0 and all(
            self._depends(conditions, value) or not self._depends(self._given, value)
            for value in self._judge.left.letters
            if isinstance(value, Value)
        )

    def _has_cases(self, premises: Sequence[Candidate]) -> bool:
        return look(self._judge, self._under(premises), self._domain, cases=1).cases > 0

    def _depends(self, conditions: Sequence[Condition], value: Value) -> bool:
        """Whether the left side changes with a value."""
        random = Random(1)
        drawer = Drawer(self._judge.left, Hypotheses(conditions), random)
        for _ in range(12):
            instance = drawer.draw(Frame(self._domain))
            tensor = instance.letters.get(value) if instance else None
            if instance is None or not isinstance(tensor, Tensor) or not tensor.data.size:
                continue
            other = instance.assigned()
            drawn = tensor.numbers.draw(drawer.generator, tensor.shape)
            other.letters[value] = Tensor(tensor.type, tensor.numbers, drawn)
            try:
                read(other)
            except (NoCase, Invalid, Undefined):
                return True
            if _results(other, self._judge) != _results(instance, self._judge):
                return True
        return False


def _results(instance: Instance, judge: Judge) -> list[object]:
    return [
        (tensor.shape, list(tensor.data.flat))
        for tensor in instance.results[judge.rule.before]
        if tensor is not None
    ]


def _orders(able: Sequence[Candidate]) -> Iterator[list[Candidate]]:
    """Orders in which to assume them: of those that exclude each other the first counts."""
    ranks: list[int | None] = [None, 2, 1, 3, 4, 0]
    for rank, number in product(ranks, (None, 1, 0)):
        yield sorted(able, key=partial(_place, rank, number))


def _place(rank: int | None, number: int | None, each: Candidate) -> tuple[bool, float]:
    """Late for ranks and numbers that are not wanted, and for what other conditions may exclude."""
    condition = each.condition
    late = (
        isinstance(condition, Positive)
        or (isinstance(condition, Rank) and rank is not None and condition.rank != rank)
        or (isinstance(condition, Equal) and number is not None and condition.number != number)
    )
    return late, each.cost
