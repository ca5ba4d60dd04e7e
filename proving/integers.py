# SPDX-License-Identifier: Apache-2.0
"""The integers of a rule, of what its letters stand for: once more what `passes/rewriting/integers.py` says on IR.

Here all sizes are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import chain
from operator import mul
from typing import Any, TypeAlias, cast

from ..passes.rewriting.terms import Arithmetic, Attribute, Const, Integers, Number, Term
from .instances import Instance, NoCase

Found: TypeAlias = "int | tuple[int, ...]"
Given: TypeAlias = "Term | int | tuple[int, ...]"


def integers(given: Given, instance: Instance) -> Found:
    """What a term of integers is in an instance whose left side has been read; raises NoCase where it is none."""
    match given:
        case int() | tuple():
            return given
        case Number():
            return int(given.number)
        case Attribute():
            return _known(instance.attribute(given), given)
        case Const():
            tensor = instance.tensor(given)
            if tensor is None or tensor.rank > 1:
                raise NoCase(f"{given.name} is no list of integers")
            return _known(tensor.data.tolist(), given)
        case Arithmetic(operator=operator, arguments=(left, right)):
            return _calculated(operator, integers(left, instance), integers(right, instance))
        case Integers():
            return _applied(given, instance)
        case _:
            raise AssertionError(f"no integers: {given}")


def _known(found: Any, letter: Attribute | Const) -> Found:
    """An attribute or the elements of a constant, if they are integers."""
    several = isinstance(found, (list, tuple))
    items: Sequence[Any] = cast("Sequence[Any]", found) if several else (found,)
    if not all(isinstance(item, int) for item in items):
        raise NoCase(f"{letter.name} is left out, or no integer")
    return tuple(items) if several else items[0]


def _calculated(operator: str, left: Found, right: Found) -> int:
    assert isinstance(left, int) and isinstance(right, int)
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            if right == 0 or left % right:
                raise NoCase("a quotient that is no integer")
            return left // right


def _shape(of: Any, instance: Instance) -> tuple[int, ...]:
    tensor = instance.tensor(of)
    if tensor is None:
        raise NoCase("the shape of what is absent")
    return tensor.shape


def _applied(term: Integers, instance: Instance) -> Found:
    match term.function, term.arguments:
        case "rank_of", (of,):
            return len(_shape(of, instance))
        case "shape_of", (of,):
            return _shape(of, instance)
        case "size_of", (of, axis):
            return _function("picked", [_shape(of, instance), integers(axis, instance)])
        case _:
            pass
    return _function(term.function, [integers(each, instance) for each in term.arguments])


def _function(name: str, given: list[Any]) -> Found:
    """What a function of the vocabulary is of integers, and lists of them."""
    match name, given:
        case "length", [of]:
            return sum(1 for _ in of)
        case "span", [first, end]:
            return tuple(first + at for at in range(max(end - first, 0)))
        case "backwards", [of]:
            return tuple(reversed(of))
        case "ordered", [of]:
            return tuple(sorted(of))
        case "joined", parts:
            return tuple(chain.from_iterable(map(_listed, parts)))
        case "picked", [of, at]:
            found = [int(of[_place(each, len(of))]) for each in _listed(at)]
            return tuple(found) if isinstance(at, tuple) else found[0]
        case "cut", [of, first, end]:
            low, high = (_clamped(at, len(of)) for at in (first, end))
            return tuple(item for at, item in enumerate(of) if low <= at < high)
        case "position", [axis, among]:
            wanted = _place(axis, len(among))
            places = [at for at, other in enumerate(among) if other == wanted]
            if not places:
                raise NoCase("it is not among them")
            return places[0]
        case "count", [of, number]:
            return len([item for item in of if item == number])
        case "product", [of]:
            return int(reduce(mul, of, 1))
        case "from_front", [axes, rank]:
            counted = [axis if axis >= 0 else int(rank) + axis for axis in _listed(axes)]
            return tuple(counted) if isinstance(axes, tuple) else counted[0]
        case "copied", [shape, source]:
            sizes: list[int] = [
                source[at] if size == 0 and at < len(source) else size
                for at, size in enumerate(shape)
            ]
            if sum(size == -1 for size in sizes) > 1:
                raise NoCase("two sizes are open")
            return tuple(sizes)
        case _:
            raise AssertionError(f"no function of integers: {name}")


def _listed(given: Any) -> tuple[int, ...]:
    return given if isinstance(given, tuple) else (given,)  # pyright: ignore[reportUnknownVariableType]


def _place(at: int, count: int) -> int:
    if not -count <= at < count:
        raise NoCase("there is no such place")
    return at % count


def _clamped(at: int, count: int) -> int:
    return min(max(at + count if at < 0 else at, 0), count)
