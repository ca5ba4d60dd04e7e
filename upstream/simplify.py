# SPDX-License-Identifier: Apache-2.0
"""Arithmetic without what is absent: 0 and 1 vanish, and a sign is handed on to where it is a subtraction.

(0 * beta - mean) * s + bias    ->    bias - mean * s
"""

from __future__ import annotations

from collections.abc import Iterable

from ..passes.rewriting.terms import (
    Along,
    Arithmetic,
    Column,
    Const,
    Contraction,
    Number,
    Term,
    View,
)

_ZERO, _ONE = 0.0, 1.0


class Simplifier:
    """Simplifies terms; what was one term stays one.

    absent: constants that count as the number that they stand for.
    """

    def __init__(self, absent: Iterable[Const]) -> None:
        self._done: dict[Term, Term] = {letter: Number(letter.absent or _ZERO) for letter in absent}

    def __call__(self, term: Term) -> Term:
        """The simplified term."""
        if term not in self._done:
            self._done[term] = self._simplified(term)
        return self._done[term]

    def _simplified(self, term: Term) -> Term:
        match term:
            case Arithmetic(operator="sqrt" as operator, arguments=(of,)):
                return Arithmetic(operator, (self(of),))
            case Arithmetic(arguments=(of,)):
                return _negated(self(of))
            case Arithmetic(operator=operator, arguments=(left, right)):
                return _binary(operator, self(left), self(right), term)
            case Along():
                inner = self(term.of)
                return inner if isinstance(inner, Number) else _moved_out(inner, term.axes)
            case Column():
                inner = self(term.of)
                return inner if isinstance(inner, Number) else Column(inner)
            case Contraction():
                factor = self(term.factor)
                return term if factor is term.factor else Contraction(term.of, factor, term.keep)
            case View():
                inner = self(term.of)
                return term if inner is term.of else View(term.kind, inner, term.by)
            case _:
                return term


def _moved_out(inner: Term, axes: tuple[int, ...]) -> Term:
    """`along` of an inverse or of a negative as the same of `along`: what it is applied to may take it over."""
    match inner:
        case Arithmetic(operator="/", arguments=(Number(number=1.0) as one, of)):
            return Arithmetic("/", (one, Along(of, axes)))
        case Arithmetic(operator="-", arguments=(of,)):
            return Arithmetic("-", (Along(of, axes),))
        case _:
            return Along(inner, axes)


def _is(term: Term, number: float) -> bool:
    return isinstance(term, Number) and term.number == number


def _negative(term: Term) -> Term | None:
    """What `term` is the negative of, where it is written so."""
    if isinstance(term, Arithmetic) and term.operator == "-" and len(term.arguments) == 1:
        return term.arguments[0]
    return None


def _negated(term: Term) -> Term:
    if isinstance(term, Number):
        return Number(-term.number if term.number else _ZERO)
    inner = _negative(term)
    return Arithmetic("-", (term,)) if inner is None else inner


def _binary(operator: str, left: Term, right: Term, before: Arithmetic) -> Term:
    if isinstance(left, Number) and isinstance(right, Number):
        return Number(_computed(operator, left.number, right.number))
    found = _SUMS[operator](left, right) if operator in "+-" else _product(operator, left, right)
    if found is not None:
        return found
    if (left, right) == before.arguments:
        return before
    return Arithmetic(operator, (left, right))


def _computed(operator: str, a: float, b: float) -> float:
    return {"+": a + b, "-": a - b, "*": a * b}[operator] if operator != "/" else a / b


def _sum(left: Term, right: Term) -> Term | None:
    if _is(left, _ZERO):
        return right
    if _is(right, _ZERO):
        return left
    if (of := _negative(left)) is not None:
        return _difference(right, of) or Arithmetic("-", (right, of))
    if (of := _negative(right)) is not None:
        return _difference(left, of) or Arithmetic("-", (left, of))
    return None


def _difference(left: Term, right: Term) -> Term | None:
    if _is(right, _ZERO):
        return left
    if _is(left, _ZERO):
        return _negated(right)
    if (of := _negative(right)) is not None:
        return _sum(left, of) or Arithmetic("+", (left, of))
    return None


_SUMS = {"+": _sum, "-": _difference}


def _product(operator: str, left: Term, right: Term) -> Term | None:
    if _is(left, _ZERO) or (operator == "*" and _is(right, _ZERO)):
        return Number(_ZERO)
    if _is(right, _ONE):
        return left
    if operator == "*" and _is(left, _ONE):
        return right
    for factor, other in ((left, right), (right, left)):
        if (of := _negative(factor)) is not None:
            pair = (of, other) if factor is left else (other, of)
            return _negated(_product(operator, *pair) or Arithmetic(operator, pair))
        if _is(factor, -_ONE) and (operator == "*" or factor is right):
            return _negated(other)
    if operator == "*":
        for factor, other in ((left, right), (right, left)):
            if (
                isinstance(factor, Arithmetic)
                and factor.operator == "/"
                and _is(factor.arguments[0], _ONE)
            ):
                return Arithmetic("/", (other, factor.arguments[1]))
    return None
