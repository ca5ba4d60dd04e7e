# SPDX-License-Identifier: Apache-2.0
"""What the arithmetic of a right side must be to have a meaning: it is on constants only, and axes fit."""

from __future__ import annotations

from .arithmetic import scaled_weights
from .forms import Forms
from .terms import (
    REST,
    Along,
    Arithmetic,
    Attribute,
    ByGroup,
    Channel,
    Column,
    Const,
    Contraction,
    Moved,
    Number,
    OpTerm,
    RuleError,
    Term,
    Value,
    Variadic,
    View,
)
from .text import text

Range = tuple[int, "int | None"]
"""Fewest and most axes; None where there is no most."""


def kind_of(given: object) -> str:
    """What something is, for messages."""
    match given:
        case OpTerm():
            return f"an op, {given.family.name}"
        case Value() | Variadic():
            return f"a value, {given.name}"
        case Const():
            return f"a constant, {given.name}"
        case Attribute():
            return f"an attribute, {given.name}"
        case Term():
            return text(given)
        case _:
            return f"{given!r}"


def check_constant(constant: Term, forms: Forms, weights: frozenset[Term]) -> None:
    """A new constant; weights: those that may be scaled along an axis."""
    inner = constant.of if isinstance(constant, (View, Channel)) else constant
    if isinstance(constant, Channel):
        low = _rank_range(inner, forms)[0]
        if low > 1:
            raise RuleError(f"{text(constant)}: {text(inner)} is no vector")
        if constant.beside not in forms and not isinstance(constant.beside, (Value, OpTerm, Moved)):
            raise RuleError(f"{text(constant)} has to stand beside a value of the left side")
    scaled = scaled_weights(inner, weights)
    if scaled:
        _check_factor(scaled[1], scaled[0], forms, weights)
    else:
        _check_number(inner, forms, weights)


def _check_number(term: Term, forms: Forms, weights: frozenset[Term]) -> None:
    match term:
        case Const() | Attribute() | Number():
            pass
        case Arithmetic():
            for argument in term.arguments:
                _check_number(argument, forms, weights)
        case Column() | View():
            _check_number(term.of, forms, weights)
        case ByGroup():
            _check_number(term.of, forms, weights)
        case Contraction():
            letter = term.of
            if not isinstance(letter, Const) or letter not in weights:
                raise RuleError(f"{text(term)}: {_no_weights(letter)}")
            _check_axes(term, letter, term.keep)
            _check_factor(term.factor, letter, forms, weights)
        case Along():
            raise RuleError(
                f"{text(term)} says where a factor of weights lies: "
                "combine it, by * or /, with a constant of two dimensions or more that nothing else is made of"
            )
        case _:
            raise RuleError(
                f"arithmetic is on constants, attributes and numbers, not on {kind_of(term)}"
            )


def _no_weights(of: Term) -> str:
    if not isinstance(of, Const):
        return f"{kind_of(of)} is no constant of the left side"
    if not of.dims or len(of.dims) < 2:
        return f"{of.name} needs dimensions, as in const('{of.name}', 'O I ...')"
    return f"{of.name} may be absent, be broadcast, or is used otherwise, too"


def _check_factor(factor: Term, of: Const, forms: Forms, weights: frozenset[Term]) -> None:
    """What weights are multiplied by: it may lie along some of their axes."""
    match factor:
        case Along():
            _check_number(factor.of, forms, weights)
            _check_axes(factor, of, factor.axes)
            low, high = _rank_range(factor.of, forms)
            count = len(factor.axes)
            if low > count or (high is not None and 0 < high != count):
                has = high if high is not None else low
                raise RuleError(
                    f"{text(factor)} names {count} axes of {of.name} for {has} of {text(factor.of)}"
                )
        case Arithmetic(arguments=(left, right)):
            _check_factor(left, of, forms, weights)
            _check_factor(right, of, forms, weights)
        case _:
            _check_number(factor, forms, weights)


def _check_axes(term: Term, of: Const, axes: tuple[int, ...]) -> None:
    dims = of.dims or ()
    known = len(dims) - (dims[-1:] == (REST,))
    for axis in axes:
        if axis < 0 or axis >= known or axes.count(axis) > 1:
            raise RuleError(
                f"{text(term)}: {of.name} has dimensions '{' '.join(dims)}', no such axes"
            )


def _rank_range(term: Term, forms: Forms) -> Range:
    """The number of axes of a term of arithmetic.  forms: of the left side."""
    match term:
        case Const():
            return _of_letter(term, forms)
        case Arithmetic():
            ranges = [_rank_range(argument, forms) for argument in term.arguments]
            most = [high for _, high in ranges if high is not None]
            return max(low for low, _ in ranges), max(most) if len(most) == len(ranges) else None
        case Column():
            return 0, 2
        case ByGroup():
            return 0, 2
        case Contraction():
            return len(term.keep), len(term.keep)
        case View():
            return _rank_range(term.of, forms)
        case _:
            return 0, 0


def _of_letter(letter: Const, forms: Forms) -> Range:
    if isinstance(forms.get(letter), Channel):
        return 0, 1
    if letter.dims is None:
        return 0, None
    known = len(letter.dims) - (letter.dims[-1:] == (REST,))
    least = 0 if letter.broadcast or letter.absent is not None else known
    return least, None if known < len(letter.dims) else known
