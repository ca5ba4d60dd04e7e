# SPDX-License-Identifier: Apache-2.0
"""Integers that a rule makes of attributes, constant operands, ranks and sizes: axes, orders of axes, shapes.

    Transpose(Transpose(X, perm=p), perm=q)  =  Transpose(X, perm=picked(p, q))
    Transpose(X)                             =  Transpose(X, perm=backwards(span(0, rank_of(X))))

They stand on the right side, as an attribute or as a new constant of i64 (a vector, or a scalar for one integer), and
in conditions, `same(p, span(0, length(p)))`.  `+`, `-`, `*` and `/` of integers are integers; a quotient has to be
exact.  What is not known, such as the size of a dynamic axis, or an attribute that is left out, is no integer: the rule
does not match.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import Any, TypeAlias

from ...dialect.types import DYNAMIC
from ...dialect.types import shape_of as known_shape
from .steps import Match
from .terms import (
    Arithmetic,
    Attribute,
    Const,
    Integers,
    Moved,
    Number,
    OpTerm,
    Result,
    Term,
    Value,
)

Found: TypeAlias = "int | tuple[int, ...]"
Given: TypeAlias = "Term | int | tuple[int, ...]"
Shaped: TypeAlias = "Value | Const | OpTerm"


def length(of: Given) -> Integers:
    """How many there are."""
    return Integers("length", (of,))


def span(first: Given, end: Given) -> Integers:
    """The integers from `first` to before `end`: `span(0, rank_of(X))` are the axes of X."""
    return Integers("span", (first, end))


def backwards(of: Given) -> Integers:
    """The same, the last first."""
    return Integers("backwards", (of,))


def ordered(of: Given) -> Integers:
    """The same, the smallest first."""
    return Integers("ordered", (of,))


def joined(*parts: Given) -> Integers:
    """One after the other; a single integer is a part, too."""
    return Integers("joined", parts)


def picked(of: Given, at: Given) -> Integers:
    """The elements at these places, or the one at a place; as in Python those from -1 down count from the end."""
    return Integers("picked", (of, at))


def cut(of: Given, first: Given, end: Given) -> Integers:
    """The elements from place `first` to before `end`, as Python cuts: places beyond the ends are the ends."""
    return Integers("cut", (of, first, end))


def position(of: Given, among: Given) -> Integers:
    """At which place an axis, which may be counted from the end, stands in an order of axes."""
    return Integers("position", (of, among))


def count(of: Given, number: int) -> Integers:
    """How often a number is among them."""
    return Integers("count", (of, number))


def product(of: Given) -> Integers:
    """All of them multiplied; 1 if there are none."""
    return Integers("product", (of,))


def from_front(axes: Given, rank: Given) -> Integers:
    """An axis, or several, counted from the front, in a tensor of that rank."""
    return Integers("from_front", (axes, rank))


def copied(shape: Given, source: Given) -> Integers:
    """The sizes of `shape`, those of `source` where it has 0: Reshape's rule.  Not known if two would be open (-1)."""
    return Integers("copied", (shape, source))


def rank_of(of: Shaped) -> Integers:
    """How many axes a value, a constant or the result of an op has."""
    return Integers("rank_of", (of,))


def shape_of(of: Shaped) -> Integers:
    """The sizes of a value, a constant or the result of an op, if all are known."""
    return Integers("shape_of", (of,))


def size_of(of: Shaped, axis: Given) -> Integers:
    """The size of a value, a constant or the result of an op along an axis, if it is known."""
    return Integers("size_of", (of, axis))


def _function(name: str, given: Sequence[Any]) -> Found | None:
    """What a function is of what its arguments are; None, or an error of Python's, where that is not known."""
    match name, given:
        case "length" | "rank_of", [of]:
            return len(of)
        case "span", [first, end]:
            return tuple(range(first, end))
        case "backwards", [of]:
            return tuple(of[::-1])
        case "ordered", [of]:
            return tuple(sorted(of))
        case "joined", parts:
            return tuple([each for part in parts for each in _several(part)])
        case "picked", [of, at]:
            return _of_each(at, lambda place: int(of[place]))
        case "cut", [of, first, end]:
            return tuple(of[first:end])
        case "position", [of, among]:
            return tuple(among).index(of % len(among))
        case "count", [of, number]:
            return tuple(of).count(number)
        case "product", [of]:
            return int(prod(of))
        case "from_front", [axes, rank]:
            return _of_each(axes, lambda axis: axis + int(rank) if axis < 0 else axis)
        case "copied", [shape, source]:
            sizes = enumerate(shape)
            found = tuple(
                [source[at] if not size and at < len(source) else size for at, size in sizes]
            )
            return None if found.count(-1) > 1 else found
        case "shape_of", [shape]:
            return None if DYNAMIC in shape else tuple(shape)
        case "size_of", [shape, axis]:
            return None if shape[axis] == DYNAMIC else int(shape[axis])
        case _:
            raise AssertionError(f"no function of integers: {name}")


def _several(given: Any) -> tuple[int, ...]:
    return given if isinstance(given, tuple) else (given,)  # pyright: ignore[reportUnknownVariableType]


def _of_each(given: Found, function: Callable[[int], int]) -> Found:
    return tuple(map(function, given)) if isinstance(given, tuple) else function(given)


OF_SHAPES = frozenset({"rank_of", "shape_of", "size_of"})
"""The functions whose first argument is a value, of which they see the shape."""

_BINARY: Mapping[str, Callable[[int, int], int | None]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: None if b == 0 or a % b else a // b,
}


def integers_in(roots: Iterable[Term]) -> Iterator[Integers]:
    """The integers that right sides have as attributes, operands or results; those they are made of not."""
    for root in roots:
        match root:
            case Integers():
                yield root
            case OpTerm():
                given = (*root.operands, *root.attributes.values())
                yield from integers_in(each for each in given if isinstance(each, Term))
            case Moved() | Result():
                yield from integers_in((root.of,))
            case _:
                pass


def integers_of(
    given: Given, match: Match, places: Mapping[Term, tuple[OpTerm, str]]
) -> Found | None:
    """What a term of integers is where a left side matched; None if that is not known.

    places: of which op an attribute letter is which attribute.
    """
    match given:
        case int() | tuple():
            return given
        case Number():
            return int(given.number)
        case Attribute():
            return _as_integers(match.attribute(places[given]))
        case Const():
            data = match.data[given]
            if data.dtype.kind != "i" or data.ndim > 1 or match.values[given] is None:
                return None
            return _as_integers(data.tolist())
        case Arithmetic(operator=operator, arguments=(left, right)):
            a, b = (integers_of(each, match, places) for each in (left, right))
            if isinstance(a, tuple) or isinstance(b, tuple) or a is None or b is None:
                return None
            return _BINARY[operator](a, b)
        case Integers():
            return _applied(given, match, places)
        case _:
            raise AssertionError(f"no integers: {given}")


def _applied(
    term: Integers, match: Match, places: Mapping[Term, tuple[OpTerm, str]]
) -> Found | None:
    found: list[Found | None] = [
        _shape(argument, match)
        if index == 0 and term.function in OF_SHAPES
        else integers_of(argument, match, places)
        for index, argument in enumerate(term.arguments)
    ]
    if None in found:
        return None
    try:
        return _function(term.function, found)
    except (IndexError, ValueError):  # a place that there is not
        return None


def _shape(of: Any, match: Match) -> tuple[int, ...] | None:
    """The sizes as far as they are known; None for a value that is absent, or of any rank."""
    found = match.ops[of].results[0] if isinstance(of, OpTerm) else match.values[of]
    shape = None if found is None else known_shape(found.type)
    return None if shape is None else tuple(shape)


def _as_integers(given: Any) -> Found | None:
    return tuple(given) if isinstance(given, list) else given  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
