# SPDX-License-Identifier: Apache-2.0
"""Functions of single numbers, exactly: what has no value raises Undefined.

Exp is 5^(12 x), and Log its inverse, where numbers are fractions: what holds for every exponential function holds for
this one, and it has values that are fractions for halves, thirds and quarters.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b
from math import isqrt
from typing import Any

from .tensors import Undefined

PRIME = (1 << 61) - 1
_ROOT = (PRIME + 1) // 4
_LARGEST_EXPONENT = 600
_PRIMES = [n for n in range(2, 100) if all(n % m for m in range(2, n))]


def digest(key: str, elements: tuple[Any, ...]) -> int:
    """A number that is as good as random, the same for the same arguments."""
    text = key + "".join([f"|{element}" for element in elements])
    return int.from_bytes(blake2b(text.encode(), digest_size=16).digest(), "big")


def field_inverse(x: int) -> int:
    """1 / x modulo the prime."""
    if not x:
        raise Undefined("division by zero")
    return pow(x, -1, PRIME)


def field_root(x: int) -> int:
    """The root modulo the prime that is a square itself: roots of products are products of roots."""
    root = pow(x, _ROOT, PRIME)
    if root * root % PRIME != x:
        raise Undefined("the root of what is no square")
    return root


def quotient(x: Any, y: Any) -> Any:
    """X / y of fractions."""
    if not y:
        raise Undefined("division by zero")
    return x / y


def square_root(x: Fraction) -> Fraction:
    """The root of a fraction."""
    if x < 0:
        raise Undefined("the root of a negative number")
    return Fraction(whole_root(x.numerator), whole_root(x.denominator))


def whole_root(x: int) -> int:
    """The root of an integer."""
    root = isqrt(x) if x >= 0 else 0
    if root * root != x:
        raise Undefined("the root of what is no square")
    return root


def exp(x: Fraction) -> Fraction:
    """The power of 5."""
    exponent = 12 * x
    if exponent.denominator > 1 or abs(exponent) > _LARGEST_EXPONENT:
        raise Undefined("a root of 5, or a large power of it")
    return Fraction(5) ** exponent.numerator


def log(x: Fraction) -> Fraction:
    """The inverse of `exp`; nothing is known of the logarithms of other primes, and what is left of x is one."""
    if x <= 0:
        raise Undefined("the logarithm of what is not positive")
    total = Fraction(0)
    for rest, sign in ((x.numerator, 1), (x.denominator, -1)):
        for prime in _PRIMES:
            while rest % prime == 0:
                rest, total = rest // prime, total + sign * _prime_log(prime)
        if rest > 1:
            total += sign * _prime_log(rest)
    return total


@lru_cache(4096)
def _prime_log(prime: int) -> Fraction:
    return Fraction(1, 12) if prime == 5 else Fraction(digest("Log", (prime,)) % 1999 + 1, 12)


def whole_quotient(x: int, y: int) -> int:
    """X / y of integers, towards 0."""
    if not y:
        raise Undefined("division by zero")
    return abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
