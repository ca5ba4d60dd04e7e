# SPDX-License-Identifier: Apache-2.0
"""Conditions as hypotheses: whether an instance satisfies them, and how to draw one that does."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations
from typing import Any

from ..passes.rewriting.conditions import (
    Absent,
    Condition,
    ElementTypes,
    Equal,
    LeastRank,
    NotScalar,
    Positive,
    Rank,
    Required,
    SameShape,
    Size,
    Unknown,
    Unpadded,
)
from ..passes.rewriting.shape_conditions import Same, SameButOne
from ..passes.rewriting.terms import (
    Arithmetic,
    Attribute,
    Const,
    Integers,
    OpTerm,
    Term,
    Value,
    walk,
)
from ..passes.rewriting.value_conditions import (
    AtMost,
    Broadcasts,
    BroadcastsBehind,
    FirstResultOnly,
    LastAxis,
    NotMadeBy,
    OfType,
    OneElement,
    behind,
    broadcasts,
)
from .arithmetic import Calculator, exactly
from .domains import FIELD
from .instances import Instance, NoCase
from .integers import Given, integers
from .tensors import Tensor


class NotDecided(Exception):  # noqa: N818 - not an error: a question has no answer
    """The prover cannot judge the rule; the message says why."""


class Hypotheses:
    """Conditions, sorted by how they are met.

    numbers: what letters are equal to.  equations: arithmetic that equals a number.  ranks, sizes (by axis), along
    (sizes by an axis that is a term), equated (letters of integers that are said to be the same), types, and what has
    the same shape: of letters.  present: whether letters that may be absent are there.
    """

    def __init__(self, conditions: Iterable[Condition]) -> None:
        self.conditions = tuple(conditions)
        self.numbers: dict[Term, float] = {}
        self.equations: list[tuple[Term, float]] = []
        self.ranks: dict[Term, int] = {}
        self.sizes: dict[Term, dict[int, int]] = {}
        self.along: dict[Term, list[tuple[Given, int]]] = {}
        self.equated: dict[Term, list[Term]] = {}
        self.types: dict[Term, tuple[str, ...]] = {}
        self.alike: dict[Term, list[Term]] = {}
        self.present: dict[Term, bool] = {}
        self.positive: set[Term] = set()
        self.unpadded: set[Term] = set()
        for condition in self.conditions:
            match condition:
                case Equal(of=Arithmetic() as of, number=number):
                    self.equations.append((of, number))
                case Equal(of=of, number=number):
                    self.numbers[of] = number
                case Rank(of=Value() as of, rank=rank):
                    self.ranks[of] = rank
                case Positive(letter=letter):
                    self.positive.add(letter)
                case Size(of=of, axis=axis, size=size):
                    self.sizes.setdefault(of, {})[axis] = size
                case SameShape(of=of, other=other):
                    self.alike.setdefault(of, []).append(other)
                    self.alike.setdefault(other, []).append(of)
                case Absent(letter=letter, there=there):
                    self.present[letter] = there
                case ElementTypes(of=of, types=types):
                    self.types[of] = types
                case Unpadded(op=op):
                    self.unpadded.add(op)
                case LeastRank() | Rank() | Unknown() | NotScalar() | NotMadeBy():
                    pass
                case Same(
                    of=Integers(function="size_of", arguments=(of, axis)), other=int() as size
                ):
                    assert isinstance(of, Term)
                    self.along.setdefault(of, []).append((axis, size))
                case Same(of=of, other=Term() as other):
                    for one, another in permutations({*walk(of), *walk(other)}, 2):
                        if type(one) is type(another) and isinstance(one, (Attribute, Const)):
                            self.equated.setdefault(one, []).append(another)
                case Same() | SameButOne():
                    pass
                case OneElement() | Broadcasts() | BroadcastsBehind() | LastAxis() | AtMost():
                    pass
                case FirstResultOnly() | OfType():
                    pass
                case Required():
                    raise NotDecided("a condition is a function in Python")
                case _:
                    raise NotDecided(f"the condition '{condition.sentence}' is not known")

    def hold(self, instance: Instance) -> bool:
        """Whether all of them do, in an instance whose left side has been read."""
        return all(holds(condition, instance) for condition in self.conditions)

    def solved(self, letter: Term, instance: Instance, bound: set[Term]) -> Any:
        """What an equation makes of a letter where all its other letters are known; None if there is none.

        Raises Undefined where it has no solution.
        """
        for of, number in self.equations:
            if _is_last(letter, of, bound):
                return solution(letter, of, instance, instance.domain.full((), number))
        return None

    def rooted(self, letter: Term, instance: Instance, bound: set[Term], squares: Any) -> Any:
        """What a letter is where that of which a root is taken is to be these squares; None if it is in no root."""
        for of in instance.left.roots:
            if _is_last(letter, of, bound):
                return solution(letter, of, instance, squares)
        return None


def _is_last(letter: Term, of: Term, bound: set[Term]) -> bool:
    """Whether all letters of a term are bound but this one."""
    inside = {term for term in walk(of) if isinstance(term, (Const, Attribute))}
    return letter in inside and not inside - bound - {letter}


def solution(letter: Term, of: Term, instance: Instance, target: Any) -> Any:
    """What a letter is where a term that is linear in it equals `target`; raises Undefined where there is nothing."""
    domain = instance.domain
    zero, one = (_with(letter, instance, of, at) for at in (0, 1))
    return domain.div(domain.sub(target, zero), domain.sub(one, zero))


def _with(letter: Term, instance: Instance, of: Term, at: int) -> Any:
    """What arithmetic would be if the letter were this number."""
    trial = instance.copy()
    element = instance.domain.full((), at)
    if isinstance(letter, Attribute):
        trial.attributes[instance.left.places[letter]] = Tensor("f32", instance.domain, element)
    else:
        trial.seen[letter] = element
    return Calculator(trial, instance.domain).compute(of)


def holds(condition: Condition, instance: Instance) -> bool:
    """Whether a condition holds in an instance whose left side has been read."""
    match condition:
        case Equal():
            return _is_equal(condition, instance)
        case Positive():
            array = instance.seen[condition.letter]
            if instance.domain is FIELD:
                # A field has no order; what holds for all numbers but 0 holds for the positive ones.
                return all(element != 0 for element in array.flat)
            return all(element > 0 for element in array.flat)
        case Rank():
            found = instance.tensor(condition.of)
            return found is not None and len(found.shape) == condition.rank
        case LeastRank():
            found = instance.tensor(condition.of)
            return found is not None and len(found.shape) >= condition.rank
        case Size():
            found = instance.tensor(condition.of)
            shape = () if found is None else found.shape
            axis = condition.axis
            return -len(shape) <= axis < len(shape) and shape[axis] == condition.size
        case SameShape():
            found, other = instance.tensor(condition.of), instance.tensor(condition.other)
            return found is not None and other is not None and found.shape == other.shape
        case Absent():
            return (instance.letters[condition.letter] is not None) == condition.there
        case ElementTypes():
            found = instance.tensor(condition.of)
            return found is not None and found.type in condition.types
        case Unpadded():
            return _is_unpadded(condition.op, instance)
        case Unknown() | NotScalar() | NotMadeBy() | FirstResultOnly():
            # They say when a rule is of use; what it says is as true without them.
            return True
        case OneElement():
            found = instance.tensor(condition.of)
            return found is not None and found.shape in ((), (1,))
        case Broadcasts():
            found, other = instance.tensor(condition.of), instance.tensor(condition.to)
            return found is not None and other is not None and broadcasts(found.shape, other.shape)
        case BroadcastsBehind():
            found, other = instance.tensor(condition.of), instance.tensor(condition.to)
            if found is None or other is None:
                return False
            return broadcasts(found.shape, behind(other.shape, instance.attribute(condition.axis)))
        case LastAxis():
            found = instance.tensor(condition.of)
            last = None if found is None else len(found.shape) - 1
            return last is not None and instance.attribute(condition.axis) in (-1, last)
        case OfType():
            found = instance.tensor(condition.of)
            return found is not None and found.type == instance.attribute(condition.type)
        case AtMost():
            pair = instance.seen[condition.of], instance.seen[condition.other]
            # A field has no order; what holds for all numbers holds for those in order.
            return instance.domain is FIELD or bool((pair[0] <= pair[1]).all())
        case SameButOne():
            found, other = instance.tensor(condition.of), instance.tensor(condition.other)
            if found is None or other is None or len(found.shape) != len(other.shape):
                return False
            pairs = zip(found.shape, other.shape, strict=True)
            return sum(0 in pair or pair[0] != pair[1] for pair in pairs) <= 1
        case Same():
            try:
                return integers(condition.of, instance) == integers(condition.other, instance)
            except NoCase:
                return False
        case _:
            raise NotDecided(f"the condition '{condition.sentence}' is not known")


def _is_equal(condition: Equal, instance: Instance) -> bool:
    of = condition.of
    if isinstance(of, Attribute):
        given = instance.attribute(of)
        if not isinstance(given, Tensor):
            return bool(given == condition.number)
    numbers = instance.domain
    if isinstance(of, Const) and isinstance(found := instance.letters[of], Tensor):
        numbers = found.numbers
    array = Calculator(instance, numbers).compute(of)
    number = exactly(condition.number, numbers)
    return all(element == number for element in array.flat)


def _is_unpadded(op: OpTerm, instance: Instance) -> bool:
    given = instance.attributes_of(op)
    auto_pad = given.get("auto_pad", "NOTSET")
    return auto_pad == "VALID" or (auto_pad == "NOTSET" and not any(given.get("pads") or ()))
