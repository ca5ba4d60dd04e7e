# SPDX-License-Identifier: Apache-2.0
"""What the elements of tensors are where nothing is rounded.

FIELD: the integers modulo the prime 2^61 - 1.  A polynomial identity that fails over the rationals fails for all but
few elements of it, so that one draw finds it (Schwartz 1980, Zippel 1979).  It has no order.
RATIONALS: fractions, for what compares.  INTEGERS: without bounds; they divide as ONNX does.  BOOLS: true and false.

Functions of which nothing is known are pseudo-random: equal for equal arguments, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b
from math import floor, isqrt
from typing import Any

import numpy as np

from .tensors import Invalid, Undefined, Unordered

PRIME = (1 << 61) - 1
_ROOT = (PRIME + 1) // 4

_true = np.frompyfunc(bool, 1, 1)


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

    def unknown(self, name: str, *arrays: Any, parameters: tuple[Any, ...] = ()) -> Any:
        """A function of which nothing is known; parameters: what else it depends on."""
        key = f"{name}{parameters}"
        return self.map(lambda *elements: self._any(_digest(key, elements)), *arrays)

    def _any(self, digest: int) -> Any:
        """An element for a random number."""
        raise NotImplementedError


def _digest(key: str, elements: tuple[Any, ...]) -> int:
    text = key + "".join([f"|{element}" for element in elements])
    return int.from_bytes(blake2b(text.encode(), digest_size=16).digest(), "big")


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


def _invert(x: int) -> int:
    if not x:
        raise Undefined("division by zero")
    return pow(x, -1, PRIME)


def _root(x: int) -> int:
    root = pow(x, _ROOT, PRIME)
    if root * root % PRIME != x:
        raise Undefined("the root of what is no square")
    return root


_field_inverse = np.frompyfunc(_invert, 1, 1)
_field_sqrt = np.frompyfunc(_root, 1, 1)


class _Rationals(Domain):
    name = "RATIONALS"

    def from_python(self, number: Any) -> Fraction:
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

    def _any(self, digest: int) -> Fraction:
        return Fraction(digest % 1999 - 999, (digest >> 64) % 7 + 1)


def _divide(x: Any, y: Any) -> Any:
    if not y:
        raise Undefined("division by zero")
    return x / y


def _square_root(x: Fraction) -> Fraction:
    if x < 0:
        raise Undefined("the root of a negative number")
    return Fraction(_whole_root(x.numerator), _whole_root(x.denominator))


def _whole_root(x: int) -> int:
    root = isqrt(x) if x >= 0 else 0
    if root * root != x:
        raise Undefined("the root of what is no square")
    return root


_fraction = np.frompyfunc(Fraction, 1, 1)
_fractions = np.frompyfunc(lambda a, b: Fraction(int(a), int(b)), 2, 1)
_quotient = np.frompyfunc(_divide, 2, 1)
_rational_sqrt = np.frompyfunc(_square_root, 1, 1)


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


def _truncate(x: int, y: int) -> int:
    if not y:
        raise Undefined("division by zero")
    return abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)


_whole_quotient = np.frompyfunc(_truncate, 2, 1)
_integer_sqrt = np.frompyfunc(_whole_root, 1, 1)


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
