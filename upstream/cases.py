# SPDX-License-Identifier: Apache-2.0
"""The cases of a rule that are one pattern each in DRR, which has no `if`.

1. a flag by which a matrix is transposed: 0 or 1;
2. an operand that may be absent: there, or not;
3. a commutative op: its operands as they stand, or exchanged, unless onnx-mlir brings constants to the right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from ..passes.rewriting.conditions import Absent, Condition
from ..passes.rewriting.rule import Rule
from ..passes.rewriting.terms import (
    Attribute,
    Channel,
    Const,
    OpTerm,
    Term,
    View,
    walk,
)

_NORMALIZED = ("Add", "Mul")
"""Ops whose constants onnx-mlir brings to the right (NormalizeAddPattern, NormalizeMulPattern)."""


class UnsayableError(Exception):
    """What DRR cannot say; the text follows `DRR cannot say `."""


@dataclass(frozen=True)
class Case:
    """One pattern.

    flags: attribute letters with the value that they have.  absent: operands that are left out.  exchanged: commutative
    ops with their operands the other way round.  name: what is added to the pattern's.
    """

    flags: tuple[tuple[Attribute, int], ...] = ()
    absent: tuple[Const, ...] = ()
    exchanged: tuple[OpTerm, ...] = ()
    name: str = ""

    def flag(self, letter: Attribute) -> int:
        """The value that an attribute letter has in this case."""
        return dict(self.flags)[letter]


def cases_of(rule: Rule) -> Iterator[Case]:
    """Each case, the plainest first."""
    terms = list(dict.fromkeys(walk(rule.before)))
    flags = [term.by for term in terms if isinstance(term, View) and term.kind == "transposed"]
    optional = [term for term in terms if isinstance(term, Const) and term.absent is not None]
    swappable = [
        term
        for term in terms
        if rule.exchanges and isinstance(term, OpTerm) and _needs_both_orders(term)
    ]
    choices = product(
        *([(flag, value) for value in (0, 1)] for flag in dict.fromkeys(flags)),
        *([(letter, is_there) for is_there in (True, False)] for letter in optional),
        *([(op, exchanged) for exchanged in (False, True)] for op in swappable),
    )
    for chosen in choices:
        case = Case()
        for term, value in chosen:
            case = _with(case, term, value)
        if all(_agrees(case, condition) for condition in rule.conditions):
            yield case


def _agrees(case: Case, condition: Condition) -> bool:
    """Whether a condition leaves room for a case."""
    return not isinstance(condition, Absent) or (
        not isinstance(condition.letter, Const)
        or condition.letter.absent is None
        or (condition.letter in case.absent) != condition.there
    )


def _with(case: Case, term: Term, value: int) -> Case:
    match term:
        case Attribute():
            called = term.name[0].upper() + term.name[1:] if value else ""
            return replace(case, flags=(*case.flags, (term, value)), name=case.name + called)
        case Const() if not value:
            return replace(
                case, absent=(*case.absent, term), name=f"{case.name}Null{term.name.title()}"
            )
        case OpTerm() if value:
            return replace(
                case,
                exchanged=(*case.exchanged, term),
                name=f"{case.name}{term.family.name}Exchanged",
            )
        case _:
            return case


def _needs_both_orders(op: OpTerm) -> bool:
    if not op.family.commutative or len(op.operands) != 2:
        return False
    left, right = op.operands
    normalized = op.family.name in _NORMALIZED and isinstance(right, (Const, Channel))
    return left is not right and not (normalized and not isinstance(left, (Const, Channel)))
