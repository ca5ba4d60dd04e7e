# SPDX-License-Identifier: Apache-2.0
"""In which form the left side of a rule has each constant, and what a right side may hand on as it is stored.

A letter is what the op on the left sees: behind `transposed(B, transB)` that is a matrix whose axes may be exchanged,
behind `channel(c, x)` a vector or a number.  A right side that has the letter in the same form gets what is stored; in
any other form it is a new constant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from .terms import (
    Channel,
    Const,
    Each,
    Integers,
    Moved,
    OpTerm,
    Result,
    Term,
    Value,
    Variadic,
    View,
    walk,
)

Forms: TypeAlias = "Mapping[Term, Const | View | Channel]"
"""The operand in which the left side has each constant."""


def letter_of(operand: Term | None) -> Const | None:
    """The constant that an operand is, or is a form of."""
    inner = operand.of if isinstance(operand, (View, Channel)) else operand
    return inner if isinstance(inner, Const) else None


def stored_forms(before: OpTerm) -> Forms:
    """The form of each constant of a left side, where it stands first."""
    found: dict[Term, Const | View | Channel] = {}
    for op in walk(before):
        for operand in op.operands if isinstance(op, OpTerm) else ():
            if isinstance(operand, (Const, View, Channel)) and (letter := letter_of(operand)):
                found.setdefault(letter, operand)
    return found


def same_form(operand: Term | None, other: Term | None) -> bool:
    """Whether two operands are the same letter, seen the same way."""
    match operand, other:
        case View(), View():
            return (operand.kind, operand.of, operand.by) == (other.kind, other.of, other.by)
        case Channel(), Channel():
            a, b = operand, other
            return (a.of, a.axis, a.beside) == (b.of, b.axis, b.beside)
        case _:
            return operand is other


def handed_on(operand: Term, forms: Forms) -> Const | None:
    """The letter of which a right side has what is stored; None for what is no constant or has to be computed."""
    letter = letter_of(operand)
    return letter if letter is not None and same_form(operand, forms.get(letter)) else None


def new_constants(term: Term, forms: Forms) -> Iterator[Term]:
    """What stands as an operand on a right side and has to be computed, but for integers.  forms: of the left side."""
    match term:
        case OpTerm():
            for operand in term.operands:
                if operand is not None:
                    yield from new_constants(operand, forms)
        case Moved() | Result() | Each():
            yield from new_constants(term.of, forms)
        case Value() | Variadic() | Integers():
            pass
        case _ if handed_on(term, forms):
            pass
        case _:
            yield term


def letter_at(before: OpTerm | None, index: int) -> Const | None:
    """The constant that the left side has at an operand."""
    return letter_of(before.operands[index]) if before and index < len(before.operands) else None


def stored_alike(constant: Term, form: Term) -> bool:
    """Whether a new constant is stored as a letter is that the left side has in this form."""
    if isinstance(constant, View) and isinstance(form, View):
        return (form.kind, form.by) == (constant.kind, constant.by)
    return not isinstance(constant, View) and isinstance(form, Const)


def same_operand(before: OpTerm, index: int, operand: Term | None) -> bool:
    """Whether the left side has the same there, so that a copy has it already."""
    if index >= len(before.operands):
        return False
    return same_form(operand, before.operands[index]) and not isinstance(
        operand, (OpTerm, Moved, Result)
    )
