# SPDX-License-Identifier: Apache-2.0
"""The left side of a rule, read as a pattern on IR.

It is compiled once, into a list of steps in the order in which a reader would ask:

    1. structure: which op makes which operand, one use, guards of ops, attributes;
    2. the type of the numbers, where the right side computes;
    3. constants: is it one, whatever pure ops stand before it;
    4. axes: where one ends up behind ops that move elements;
    5. dimensions: ranks, sizes that letters share, broadcasting;
    6. the rule's own conditions.

The first step that fails gives the reason.  Of several rules the reason of that is told of which the structure is there
and most steps held; which operand is constant is asked before axes, for that tells `x W` from `W x`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ...dialect.bindings import ir
from ...dialect.ops.families import BROADCAST_BY_AXIS, broadcasts_as_numpy
from . import constant_steps, steps
from .any_number import is_divided
from .steps import Match, Step
from .terms import (
    Attribute,
    Channel,
    Const,
    Moved,
    OpTerm,
    Result,
    Term,
    Value,
    Variadic,
    View,
    walk,
)

if TYPE_CHECKING:
    from .conditions import Condition

_STRUCTURE = 1_000
"""How far a match went, at least, for which all ops are there."""


class Matcher:
    """A left side, with the operands of the ops in `exchanged` the other way round.

    weights: constants that may be large, and are not read as a whole.  places: of which op an attribute letter is which
    attribute.  owners: what text calls the op that takes a constant.  computes: "floats", "numbers" or "", whatever the
    right side asks of X.  kept: the terms of the right side.
    """

    def __init__(
        self,
        before: OpTerm,
        exchanged: frozenset[Term] = frozenset(),
        conditions: Sequence[Condition] = (),
        *,
        weights: frozenset[Term] = frozenset(),
        computes: str = "",
        kept: frozenset[Term] = frozenset(),
        sees_through: bool = True,
    ) -> None:
        self.root = before
        self.places = places_of_attributes(before)
        self.owners: dict[Term, str] = {}
        self.exchanged = exchanged
        self._sees_through = sees_through
        self._kept = kept
        self._weights = weights
        self._structure: list[Step] = []
        self._constants: list[Step] = []
        self._axes: list[Step] = []
        self._shapes: list[Step] = []
        self._broadcasts: list[Step] = []
        self._bound: set[Term] = set()
        self._op(before)
        types = [steps.has_numbers(before, computes)] if computes else []
        self._steps: tuple[Step, ...] = (
            *self._structure,
            *types,
            *self._constants,
            *self._axes,
            *self._shapes,
            *self._broadcasts,
            *(partial(condition.refusal, matcher=self) for condition in conditions),
        )

    def match(self, op: ir.OpView, operands: list[Any] | None = None) -> Match | tuple[int, str]:
        """What the terms stand for where `op` is the root; else how far the match went, and why no further.

        operands: of the root, as `any_number.divided` arranges them.
        """
        match = Match(self.root, op, operands)
        for step in self._steps:
            if reason := step(match):
                count = self._steps.index(step)
                return count if count < len(self._structure) else _STRUCTURE + count, reason
        return match

    def attributes(self, match: Match) -> dict[Term, Any]:
        """What the attribute letters stand for."""
        return {letter: match.attribute(place) for letter, place in self.places.items()}

    def _op(self, term: OpTerm) -> None:
        """The steps for an op that `Match.ops` knows, and for all that feeds it."""
        family = term.family
        if guard := family.guard:
            self._structure.append(lambda match: guard(match.ops[term]))
        self._structure.extend(self._attribute_steps(term))
        if family.name in BROADCAST_BY_AXIS and all(map(self._is_kept, term.operands)):
            self._structure.append(lambda match: _broadcast_refusal(match.ops[term]))
        formals = family.spec.operands
        fixed = sum(not isinstance(operand, Variadic) for operand in term.operands)
        if fixed > family.spec.operand_range[0] and formals[-1].arity == "variadic":
            self._structure.append(steps.enough(term, fixed))
        order = (1, 0) if term in self.exchanged else range(len(term.operands))
        for index, operand in zip(order, term.operands, strict=False):
            formal = formals[min(index, len(formals) - 1)].name
            self._operand(term, index, formal, operand)
        count = len(term.operands)
        more = len(formals) > count or (formals and formals[-1].arity == "variadic")
        if more and not any(isinstance(operand, Variadic) for operand in term.operands):
            self._structure.append(steps.no_surplus(term, count))

    def _is_kept(self, operand: Term | None) -> bool:
        """Whether the right side has something of an operand as the op has it."""
        return (
            operand is not None
            and not isinstance(operand, Channel)
            and not self._kept.isdisjoint(walk(operand))
        )

    def _attribute_steps(self, term: OpTerm) -> Iterator[Step]:
        family = term.family
        for name, given in term.attributes.items():
            if not isinstance(given, Attribute):
                yield steps.fixed_attribute(term, name, given)
            elif self.places[given] != (term, name):
                yield steps.equal_attributes(term, name, self.places[given])
        if term.others is None:
            for name, spec in family.spec.attributes.items():
                if name not in term.attributes and name not in family.ignored:
                    yield steps.fixed_attribute(term, name, spec.default)

    def _operand(self, term: OpTerm, index: int, formal: str, operand: Term | None) -> None:
        structure = self._structure
        match operand:
            case None:
                structure.append(steps.absent(term, index, formal))
            case Variadic():
                bind = steps.bind_some if is_divided(term) else steps.bind_rest
                structure.append(bind(term, index, operand))
            case Value():
                if operand in self._bound:
                    structure.append(steps.same_value(term, index, formal, operand))
                else:
                    self._bound.add(operand)
                    structure.append(steps.bind_value(term, index, operand))
            case Const() | View() | Channel():
                self._constant(term, index, operand)
            case OpTerm() | Moved() | Result():
                inner = operand if isinstance(operand, OpTerm) else operand.of
                assert isinstance(inner, OpTerm)
                structure.append(steps.made_by(term, index, formal, operand, inner))
                structure.append(steps.read_by_one(term, index, operand, inner))
                if inner not in self._bound:
                    self._bound.add(inner)
                    self._op(inner)
                if isinstance(operand, Moved):
                    self._axes.append(steps.axis_survives(operand, inner))
            case _:
                raise AssertionError(f"no pattern: {operand}")

    def _constant(self, term: OpTerm, index: int, operand: Const | View | Channel) -> None:
        letter = operand if isinstance(operand, Const) else operand.of
        assert isinstance(letter, Const)
        owner = term.family.name
        if letter in self._bound:
            # Values are compared when constants have been read.
            self._constants.append(steps.same_value(term, index, letter.name, letter))
            return
        self._bound.add(letter)
        self.owners[letter] = owner
        as_weights = letter in self._weights
        self._constants.append(
            constant_steps.read_constant(
                term,
                index,
                letter,
                as_weights=as_weights,
                viewed=isinstance(operand, View),
                sees_through=self._sees_through,
            )
        )
        if isinstance(operand, Channel):
            self._shapes.append(constant_steps.along_channel(operand, term, index))
        elif isinstance(operand, View):
            place = self.places[operand.by]
            self._shapes.append(
                constant_steps.view(operand, letter, owner, place, as_weights=as_weights)
            )
        if letter.dims is not None:
            checks = self._broadcasts if letter.broadcast else self._shapes
            checks.append(constant_steps.unify(letter, owner))


def _broadcast_refusal(op: Any) -> str | None:
    """Why arithmetic on the right side would broadcast otherwise than the op does."""
    return (
        None if broadcasts_as_numpy(op) else f"the {op.SPEC.name} broadcasts from axis {op.axis} on"
    )


def places_of_attributes(before: OpTerm) -> dict[Term, tuple[OpTerm, str]]:
    """Of which op on a left side an attribute letter is which attribute."""
    places: dict[Term, tuple[OpTerm, str]] = {}
    for term in walk(before):
        if isinstance(term, OpTerm):
            for name, given in term.attributes.items():
                if isinstance(given, Attribute):
                    places.setdefault(given, (term, name))
    return places
