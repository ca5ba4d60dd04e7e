# SPDX-License-Identifier: Apache-2.0
"""What the elements of tensors are where nothing is rounded.

FIELD: the integers modulo the prime 2^61 - 1.  A polynomial identity that fails over the rationals fails for all but
few elements of it, so that one draw finds it (Schwartz 1980, Zippel 1979).  It has no order.
RATIONALS: fractions, for what compares.  INTEGERS: without bounds; they divide as ONNX does.  BOOLS: true and false.

Functions of which nothing is known are pseudo-random: equal for equal arguments, and nothing else.  Of the exponential
function, the fractions know more (`elements.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from math import floor
from typing import Any

import numpy as np

from . import elements as exact
from .elements import PRIME
from .tensors import Invalid, Undefined, Unordered

_ODD = frozenset({"Asin", "Asinh", "Atan", "Atanh", "Erf", "Sin", "Tan"})
_EVEN = frozenset({"Cos"})
_MOST_HALVES = 128

_true = np.frompyfunc(bool, 1, 1)


choose: Callable[..., Any] = np.where
"""numpy's `where`, for arrays of objects."""


def array_of(elements: Any) -> Any:
    """What numpy gives as an array of objects: it makes an element of an array without axes."""
    if type(elements) is np.ndarray:
        return elements if elements.dtype == object else elements.astype(object)
    found = np.empty((), object)
    found[()] = elements.item() if isinstance(elements, np.generic) else elements
    return found


class Domain:
    """One kind of numbers; arrays of them broadcast as numpy's.

    name: for people.  ordered: whether they compare.  element: the type of one.
    """

    name = ""
    ordered = True
    dtype: Any = object

    def from_python(self, number: Any) -> Any:
        """An element that is equal to an int, a float or a Fraction; raise Undefined if there is none."""
        raise NotImplementedError

    def draw(self, rng: np.random.Generator, shape: Sequence[int]) -> Any:
        """Random elements."""
        raise NotImplementedError

    def full(self, shape: Sequence[int], number: Any) -> Any:
        """An array that holds the same element everywhere."""
        return np.full(tuple(shape), self.from_python(number), self.dtype)

    def array(self, elements: Any) -> Any:
        """What numpy gives as an array of elements."""
        return array_of(elements)

    def add(self, a: Any, b: Any) -> Any:
        """The sum."""
        return self.array(np.add(a, b))

    def sub(self, a: Any, b: Any) -> Any:
        """The difference."""
        return self.array(np.subtract(a, b))

    def mul(self, a: Any, b: Any) -> Any:
        """The product."""
        return self.array(np.multiply(a, b))

    def neg(self, a: Any) -> Any:
        """The negative."""
        return self.array(np.negative(a))

    def div(self, a: Any, b: Any) -> Any:
        """The quotient; raise Undefined where b is zero."""
        raise NotImplementedError

    def sqrt(self, a: Any) -> Any:
        """The root; raise Undefined where there is none in the domain."""
        raise NotImplementedError

    def matmul(self, a: Any, b: Any) -> Any:
        """The product of matrices, along all leading axes."""
        return self.array(np.matmul(a, b))

    def sum(self, a: Any, axes: tuple[int, ...]) -> Any:
        """The sums along some axes, which vanish."""
        return self.array(np.add.reduce(a, axis=axes))

    def prod(self, a: Any, axes: tuple[int, ...]) -> Any:
        """The products along some axes, which vanish."""
        return self.array(np.multiply.reduce(a, axis=axes))

    def less(self, a: Any, b: Any) -> Any:
        """Whether a is less than b, as an array of bools; raise Unordered."""
        return array_of(np.less(a, b))

    def equal(self, a: Any, b: Any) -> Any:
        """Whether a is equal to b, as an array of bools."""
        return array_of(np.equal(a, b))

    def maximum(self, a: Any, b: Any) -> Any:
        """The greater one; raise Unordered."""
        return self.array(np.maximum(a, b))

    def minimum(self, a: Any, b: Any) -> Any:
        """The lesser one; raise Unordered."""
        return self.array(np.minimum(a, b))

    def map(self, function: Callable[..., Any], *arrays: Any) -> Any:
        """A function of elements, on all of them."""
        return self.array(np.frompyfunc(function, len(arrays), 1)(*arrays))

    def floor(self, a: Any) -> Any:
        """The greatest whole number that is not above; raise Unordered."""
        return self.map(self._floor, a)

    def _floor(self, x: Any) -> Any:
        return self.from_python(floor(x))

    def power(self, base: Any, exponent: Any, numbers: Domain) -> Any:
        """Powers; the exponents are of the domain `numbers`."""

        def power(x: Any, e: Any) -> Any:
            return self._power(x, numbers.halves(e), e)

        return self.map(power, base, exponent)

    def halves(self, number: Any) -> int | None:
        """Twice a number, if that is a small integer."""
        twice = number * 2
        return int(twice) if twice == int(twice) and abs(twice) <= _MOST_HALVES else None

    def _power(self, x: Any, halves: int | None, exponent: Any) -> Any:
        if halves is None:
            return self.unknown("Pow", array_of(x), array_of(exponent))[()]
        if halves % 2:
            x, halves = self.sqrt(array_of(x))[()], 2 * halves
        if halves < 0:
            x = self.div(array_of(self.from_python(1)), array_of(x))[()]
        return self.prod(np.full(abs(halves) // 2, x, self.dtype), (0,))[()]

    def unknown(self, name: str, *arrays: Any, parameters: tuple[Any, ...] = ()) -> Any:
        """A function of which nothing is known, but that it is odd or even; parameters: what else it depends on."""
        key = f"{name}{parameters}"

        def function(*arguments: Any) -> Any:
            return self.map(lambda *elements: self._any(exact.digest(key, elements)), *arguments)

        if name in _ODD:
            return self.sub(function(*arrays), function(self.neg(arrays[0])))
        if name in _EVEN:
            return self.add(function(*arrays), function(self.neg(arrays[0])))
        return function(*arrays)

    def _any(self, digest: int) -> Any:
        """An element for a random number."""
        raise NotImplementedError


class _Field(Domain):
    name = "FIELD"
    ordered = False

    @staticmethod
    @lru_cache(4096)
    def from_python(number: Any) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        if isinstance(number, int):
            return number % PRIME
        fraction = Fraction(number)
        return fraction.numerator * pow(fraction.denominator, -1, PRIME) % PRIME

    def draw(self, rng: np.random.Generator, shape: Sequence[int]) -> Any:
        return array_of(rng.integers(0, PRIME, size=tuple(shape)))

    def add(self, a: Any, b: Any) -> Any:
        return array_of((a + b) % PRIME)

    def sub(self, a: Any, b: Any) -> Any:
        return array_of((a - b) % PRIME)

    def mul(self, a: Any, b: Any) -> Any:
        return array_of(a * b % PRIME)

    def neg(self, a: Any) -> Any:
        return array_of(-a % PRIME)

    def halves(self, number: Any) -> int | None:
        twice = (2 * number + _MOST_HALVES) % PRIME - _MOST_HALVES
        return twice if twice <= _MOST_HALVES else None

    def div(self, a: Any, b: Any) -> Any:
        return array_of(a * _field_inverse(b) % PRIME)

    def sqrt(self, a: Any) -> Any:
        return array_of(_field_sqrt(a))

    def matmul(self, a: Any, b: Any) -> Any:
        return array_of(np.matmul(a, b) % PRIME)

    def sum(self, a: Any, axes: tuple[int, ...]) -> Any:
        return array_of(np.add.reduce(a, axis=axes) % PRIME)

    def prod(self, a: Any, axes: tuple[int, ...]) -> Any:
        return array_of(np.multiply.reduce(a, axis=axes) % PRIME)

    def less(self, a: Any, b: Any) -> Any:
        raise Unordered

    maximum = minimum = less

    def floor(self, a: Any) -> Any:
        raise Unordered

    def _any(self, digest: int) -> int:
        return digest % PRIME


_field_inverse = np.frompyfunc(exact.field_inverse, 1, 1)
_field_sqrt = np.frompyfunc(exact.field_root, 1, 1)


class _Rationals(Domain):
    name = "RATIONALS"

    @staticmethod
    @lru_cache(4096)
    def from_python(number: Any) -> Fraction:  # pyright: ignore[reportIncompatibleMethodOverride]
        try:
            return Fraction(number)
        except (OverflowError, ValueError):
            raise Undefined(f"{number} is no fraction") from None

    def draw(self, rng: np.random.Generator, shape: Sequence[int]) -> Any:
        size = tuple(shape)
        return array_of(_fractions(rng.integers(-4, 5, size), rng.choice((1, 1, 1, 2), size)))

    def div(self, a: Any, b: Any) -> Any:
        return array_of(_quotient(a, b))

    def sqrt(self, a: Any) -> Any:
        return array_of(_rational_sqrt(a))

    def matmul(self, a: Any, b: Any) -> Any:
        return array_of(_fraction(np.matmul(a, b)))

    def sum(self, a: Any, axes: tuple[int, ...]) -> Any:
        return array_of(_fraction(np.add.reduce(a, axis=axes)))

    def prod(self, a: Any, axes: tuple[int, ...]) -> Any:
        return array_of(_fraction(np.multiply.reduce(a, axis=axes)))

    def unknown(self, name: str, *arrays: Any, parameters: tuple[Any, ...] = ()) -> Any:
        if name == "Exp":
            return self.map(exact.exp, *arrays)
        return (
            self.map(exact.log, *arrays)
            if name == "Log"
            else super().unknown(name, *arrays, parameters=parameters)
        )

    def _any(self, digest: int) -> Fraction:
        return Fraction(digest % 1999 - 999, (digest >> 64) % 7 + 1)


_fraction = np.frompyfunc(Fraction, 1, 1)
_fractions = np.frompyfunc(lambda a, b: Fraction(int(a), int(b)), 2, 1)
_quotient = np.frompyfunc(exact.quotient, 2, 1)
_rational_sqrt = np.frompyfunc(exact.square_root, 1, 1)


class _Integers(Domain):
    name = "INTEGERS"

    def from_python(self, number: Any) -> int:
        if number != number or number in (float("inf"), float("-inf")) or number != int(number):
            raise Undefined(f"{number} is no integer")
        return int(number)

    def draw(self, rng: np.random.Generator, shape: Sequence[int]) -> Any:
        return array_of(rng.integers(-4, 5, size=tuple(shape)))

    def div(self, a: Any, b: Any) -> Any:
        return array_of(_whole_quotient(a, b))

    def sqrt(self, a: Any) -> Any:
        return array_of(_integer_sqrt(a))

    def _any(self, digest: int) -> int:
        return digest % 1999 - 999


_whole_quotient = np.frompyfunc(exact.whole_quotient, 2, 1)
_integer_sqrt = np.frompyfunc(exact.whole_root, 1, 1)


class _Bools(Domain):
    name = "BOOLS"

    def from_python(self, number: Any) -> bool:
        return bool(number)

    def draw(self, rng: np.random.Generator, shape: Sequence[int]) -> Any:
        return array_of(rng.integers(0, 2, size=tuple(shape)).astype(bool))

    def add(self, a: Any, b: Any) -> Any:
        raise Invalid("there is no arithmetic of truth values")

    sub = mul = div = matmul = add

    def neg(self, a: Any) -> Any:
        raise Invalid("there is no arithmetic of truth values")

    sqrt = floor = neg

    def sum(self, a: Any, axes: tuple[int, ...]) -> Any:
        raise Invalid("there is no arithmetic of truth values")

    def prod(self, a: Any, axes: tuple[int, ...]) -> Any:
        raise Invalid("there is no arithmetic of truth values")

    def maximum(self, a: Any, b: Any) -> Any:
        return array_of(_true(np.logical_or(a, b)))

    def minimum(self, a: Any, b: Any) -> Any:
        return array_of(_true(np.logical_and(a, b)))

    def _any(self, digest: int) -> bool:
        return bool(digest % 2)


FIELD: Domain = _Field()
RATIONALS: Domain = _Rationals()
INTEGERS: Domain = _Integers()
BOOLS: Domain = _Bools()


def numbers_of(type_: str, reals: Domain) -> Domain:
    """What tensors of an element type hold, where floating-point types hold `reals`."""
    if type_ == "i1":
        return BOOLS
    return INTEGERS if type_[0] in "iu" else reals
