# SPDX-License-Identifier: Apache-2.0
"""Arithmetic of tensors, element by element."""

from __future__ import annotations

from typing import Any

from ..tensors import Invalid, Tensor
from .shapes import axis_of
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


def _binary(call: Call, a: Tensor, b: Tensor, operation: Any) -> Tensor:
    try:
        return a.like(operation(*operands_of(call, a, b)))
    except ValueError:
        raise Invalid("shapes do not broadcast") from None
