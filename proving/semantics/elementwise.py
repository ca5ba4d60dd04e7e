# SPDX-License-Identifier: Apache-2.0
"""Arithmetic of several tensors, element by element."""

from __future__ import annotations

from functools import reduce
from typing import Any

from ..domains import Domain
from ..tensors import Invalid, Tensor, Undefined
from .formulas import Formula, formula
from .shapes import axis_of, broadcast
from .table import Call, means, need


def operands_of(call: Call, a: Tensor, b: Tensor) -> tuple[Any, Any]:
    """The data of two operands, such that numpy broadcasts them as the op does.

    Before version 7, B lies in A from `axis` on, or at its end, if `broadcast` is set; else the shapes are equal.
    """
    if call.version >= 7:
        return a.data, b.data
    if not call["broadcast"]:
        need(a.shape == b.shape, "shapes are not equal")
        return a.data, b.data
    start = a.rank - b.rank if call["axis"] is None else axis_of(call["axis"], a.rank)
    need(0 <= start <= a.rank - b.rank, "B does not lie in A")
    pairs = zip(b.shape, a.shape[start : start + b.rank], strict=True)
    need(all(ours in (1, theirs) for ours, theirs in pairs), "B does not lie in A")
    return a.data, b.data.reshape(b.shape + (1,) * (a.rank - b.rank - start))


def _binary(call: Call, a: Tensor, b: Tensor, operation: Any) -> Tensor:
    try:
        return a.like(operation(*operands_of(call, a, b)))
    except ValueError:
        raise Invalid("shapes do not broadcast") from None


@means("Add")
def add(call: Call, a: Tensor, b: Tensor) -> Tensor:
    """A + B"""
    return _binary(call, a, b, a.numbers.add)


@means("Sub")
def sub(call: Call, a: Tensor, b: Tensor) -> Tensor:
    """A - B"""
    return _binary(call, a, b, a.numbers.sub)


@means("Mul")
def mul(call: Call, a: Tensor, b: Tensor) -> Tensor:
    """A * B"""
    return _binary(call, a, b, a.numbers.mul)


@means("Div")
def div(call: Call, a: Tensor, b: Tensor) -> Tensor:
    """A / B; integers are truncated"""
    return _binary(call, a, b, a.numbers.div)


@means("Pow")
def pow_(call: Call, a: Tensor, b: Tensor) -> Tensor:
    """A to the power of B, in A's type; nothing is known of powers that are no halves of whole numbers"""

    def power(base: Any, exponent: Any) -> Any:
        return a.numbers.power(base, exponent, b.numbers)

    return _binary(call, a, b, power)


@means("Mod", ordered=True)
def mod(call: Call, a: Tensor, b: Tensor) -> Tensor:
    """What A / B leaves: with B's sign, or with A's if `fmod` is set"""
    fmod = call["fmod"]
    # From version 28 on, all types have both.
    need(
        fmod or call.version >= 28 or a.type[0] not in "fb",
        "fmod is not set for a floating-point type",
    )

    def remainder(x: Any, y: Any) -> Any:
        if not y:
            raise Undefined("division by zero")
        # Python's remainder has the sign of the divisor.
        rest = x % y
        return rest - y if fmod and rest and (x < 0) != (y < 0) else rest

    def on_arrays(x: Any, y: Any) -> Any:
        a.numbers.less(x, y)  # The remainder needs an order.
        return a.numbers.map(remainder, x, y)

    return _binary(call, a, b, on_arrays)


def _variadic(call: Call, operands: tuple[Tensor, ...], operation: Any) -> Tensor:
    if call.version < 8:
        need(all(each.shape == operands[0].shape for each in operands), "shapes are not equal")
    broadcast(*[each.shape for each in operands])
    return operands[0].like(reduce(operation, [each.data for each in operands]))


@means("Max", ordered=True)
def max_(call: Call, *operands: Tensor) -> Tensor:
    """The greatest one"""
    return _variadic(call, operands, operands[0].numbers.maximum)


@means("Min", ordered=True)
def min_(call: Call, *operands: Tensor) -> Tensor:
    """The least one"""
    return _variadic(call, operands, operands[0].numbers.minimum)


@means("Sum")
def sum_(call: Call, *operands: Tensor) -> Tensor:
    """The sum"""
    return _variadic(call, operands, operands[0].numbers.add)


@means("Mean")
def mean(call: Call, *operands: Tensor) -> Tensor:
    """The sum, divided by the number of operands"""
    total = formula(_variadic(call, operands, operands[0].numbers.add))
    return operands[0].like((total / len(operands)).data)


@means("Clip", ordered=True)
def clip(call: Call, x: Tensor, least: Tensor | None = None, most: Tensor | None = None) -> Tensor:
    """min(max(X, min), max)"""
    each = formula(x)
    bounds = [
        _bound(call, x.numbers, name, given) for name, given in (("min", least), ("max", most))
    ]
    if bounds[0] is not None:
        each = each.max(bounds[0])
    if bounds[1] is not None:
        each = each.min(bounds[1])
    return x.like(each.data)


def _bound(call: Call, numbers: Domain, name: str, given: Tensor | None) -> Formula | None:
    if given is not None:
        need(given.rank == 0, "bounds are scalars")
        return formula(given)
    return None if call[name] is None else Formula(numbers, call.number(name, numbers))


@means("PRelu", ordered=True)
def prelu(call: Call, x: Tensor, slope: Tensor) -> Tensor:
    """slope * X below 0, else X"""
    data = slope.data
    if call.version < 7 and slope.rank == 1 and x.rank > 1:
        # One slope for each channel, or one for all.
        data = data.reshape(-1, *[1] * (x.rank - 2))
    need(broadcast(data.shape, x.shape) == x.shape, "slope does not broadcast to X")
    each = formula(x)
    return x.like((each * Formula(x.numbers, data)).where(each < 0, each).data)
