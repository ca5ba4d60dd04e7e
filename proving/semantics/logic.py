# SPDX-License-Identifier: Apache-2.0
"""Truth values, comparisons, bits, and choices by them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...dialect.types import BY_ASM
from ..domains import BOOLS, INTEGERS, array_of
from ..tensors import Invalid, Tensor, Undefined
from .elementwise import operands_of
from .shapes import broadcast
from .table import Call, means, need


def _bools(data: Any) -> Tensor:
    return Tensor("i1", BOOLS, array_of(data))


def _compared(call: Call, a: Tensor, b: Tensor, compare: Callable[[Any, Any], Any]) -> Tensor:
    try:
        return _bools(compare(*operands_of(call, a, b)))
    except ValueError:
        raise Invalid("shapes do not broadcast") from None


def _not(data: Any) -> Any:
    return array_of(np.logical_not(data)).astype(bool).astype(object)


@means("Equal")
def equal(call: Call, a: Tensor, b: Tensor) -> Tensor:
    """A = B"""
    return _compared(call, a, b, a.numbers.equal)


@means("Less", ordered=True)
def less(call: Call, a: Tensor, b: Tensor) -> Tensor:
    """A < B"""
    return _compared(call, a, b, a.numbers.less)


@means("Greater", ordered=True)
def greater(call: Call, a: Tensor, b: Tensor) -> Tensor:
    """A > B"""
    return _compared(call, a, b, lambda x, y: a.numbers.less(y, x))


@means("LessOrEqual", ordered=True)
def less_or_equal(call: Call, a: Tensor, b: Tensor) -> Tensor:
    """A <= B"""
    return _compared(call, a, b, lambda x, y: _either(a.numbers.less(x, y), a.numbers.equal(x, y)))


@means("GreaterOrEqual", ordered=True)
def greater_or_equal(call: Call, a: Tensor, b: Tensor) -> Tensor:
    """A >= B"""
    return _compared(call, a, b, lambda x, y: _either(a.numbers.less(y, x), a.numbers.equal(x, y)))


def _either(x: Any, y: Any) -> Any:
    return np.logical_or(x.astype(bool), y.astype(bool))


@means("And")
def and_(call: Call, a: Tensor, b: Tensor) -> Tensor:
    """Both"""
    return _compared(call, a, b, BOOLS.minimum)


@means("Or")
def or_(call: Call, a: Tensor, b: Tensor) -> Tensor:
    """One at least"""
    return _compared(call, a, b, BOOLS.maximum)


@means("Xor")
def xor(call: Call, a: Tensor, b: Tensor) -> Tensor:
    """Just one"""
    return _compared(call, a, b, lambda x, y: np.not_equal(x, y))


@means("Not")
def not_(_: Call, x: Tensor) -> Tensor:
    """The other one"""
    return _bools(_not(x.data))


@means("IsNaN")
def is_nan(_: Call, x: Tensor) -> Tensor:
    """False: a real number equals itself"""
    return _bools(_not(x.numbers.equal(x.data, x.data)))


@means("IsInf")
def is_inf(call: Call, x: Tensor) -> Tensor:
    """False: a real number minus itself is 0"""
    numbers, data = x.numbers, x.data
    difference = numbers.sub(data, data)
    finite = _either(_not(numbers.equal(data, data)), numbers.equal(difference, difference))
    if finite.all():
        return _bools(np.logical_not(finite))
    negative = numbers.less(data, numbers.from_python(0)).astype(bool)
    wanted = np.where(negative, bool(call["detect_negative"]), bool(call["detect_positive"]))
    return _bools(np.logical_not(finite) & wanted)


@means("Where")
def where(_: Call, condition: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """X where the condition holds, else Y"""
    broadcast(condition.shape, x.shape, y.shape)
    return x.like(np.where(condition.data.astype(bool), x.data, y.data))


def fitted(type_: str, data: Any) -> Any:
    """Integers as a type of a limited width holds them: the bits that it has."""
    bits = BY_ASM[type_].bits
    size, low = 1 << bits, 0 if type_[0] == "u" else 1 << (bits - 1)
    return array_of((data + low) % size - low)


def _bitwise(call: Call, a: Tensor, b: Tensor, operation: Callable[..., Any]) -> Tensor:
    data = _compared(call, a, b, operation).data
    return a.like(fitted(a.type, data))


@means("BitwiseAnd")
def bitwise_and(call: Call, a: Tensor, b: Tensor) -> Tensor:
    """Bits that both have"""
    return _bitwise(call, a, b, np.bitwise_and)


@means("BitwiseOr")
def bitwise_or(call: Call, a: Tensor, b: Tensor) -> Tensor:
    """Bits that one of them has"""
    return _bitwise(call, a, b, np.bitwise_or)


@means("BitwiseXor")
def bitwise_xor(call: Call, a: Tensor, b: Tensor) -> Tensor:
    """Bits that just one of them has"""
    return _bitwise(call, a, b, np.bitwise_xor)


@means("BitwiseNot")
def bitwise_not(_: Call, x: Tensor) -> Tensor:
    """Bits that X does not have"""
    return x.like(fitted(x.type, INTEGERS.sub(INTEGERS.neg(x.data), 1)))


@means("BitShift")
def bit_shift(call: Call, a: Tensor, b: Tensor) -> Tensor:
    """A, shifted by B bits; those that leave the type are lost, and a negative B is more than there are"""
    need(call["direction"] in ("LEFT", "RIGHT"), "direction is none of its values")
    left, bits = call["direction"] == "LEFT", BY_ASM[b.type].bits
    outside = np.logical_or(np.less(b.data, 0), np.greater_equal(b.data, bits)).astype(bool)
    if call.version < 28 and outside.any():
        raise Undefined("a shift by more bits than there are")
    places = np.where(outside, bits, b.data)
    return _bitwise(call, a, b.like(places), np.left_shift if left else np.right_shift)
