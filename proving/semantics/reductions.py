# SPDX-License-Identifier: Apache-2.0
"""Many elements made one: along axes, or along all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..domains import INTEGERS, Domain, array_of, choose
from ..tensors import Tensor, Undefined, Unordered
from .formulas import Formula, formula
from .shapes import axes_of, axis_of, integers
from .table import Call, means, need

Axes = tuple[int, ...]


def _reduced(
    call: Call,
    x: Tensor,
    axes: Tensor | None,
    whole: Callable[[Formula, Axes], Formula],
) -> Tensor:
    """`whole` is given the elements and the axes, which get size 1."""
    need(call["keepdims"] in (0, 1), "keepdims is 0 or 1")
    listed = call["axes"] if axes is None else integers(axes)
    if not listed:
        if call["noop_with_empty_axes"]:
            # As the specification of opset 18 says: the op still does what it does to single elements.
            return x.like(whole(formula(x), ()).data)
        listed = range(x.rank)
    found = axes_of(listed, x.rank)
    data = whole(formula(x), found).data
    if not call["keepdims"]:
        data = data.reshape([size for axis, size in enumerate(x.shape) if axis not in found])
    return x.like(data)


@means("ReduceSum")
def reduce_sum(call: Call, x: Tensor, axes: Tensor | None = None) -> Tensor:
    """The sum"""
    return _reduced(call, x, axes, lambda each, along: each.sum(along))


@means("ReduceMean")
def reduce_mean(call: Call, x: Tensor, axes: Tensor | None = None) -> Tensor:
    """The sum, divided by how many there are"""
    return _reduced(call, x, axes, lambda each, along: each.mean(along))


@means("ReduceSumSquare")
def reduce_sum_square(call: Call, x: Tensor, axes: Tensor | None = None) -> Tensor:
    """The sum of the squares"""
    return _reduced(call, x, axes, lambda each, along: (each * each).sum(along))


@means("ReduceL1", ordered=True)
def reduce_l1(call: Call, x: Tensor, axes: Tensor | None = None) -> Tensor:
    """The sum of the absolute values"""
    return _reduced(call, x, axes, lambda each, along: each.max(-each).sum(along))


@means("ReduceL2")
def reduce_l2(call: Call, x: Tensor, axes: Tensor | None = None) -> Tensor:
    """The root of the sum of the squares"""
    return _reduced(call, x, axes, lambda each, along: (each * each).sum(along).sqrt())


@means("ReduceLogSum", unknown=True)
def reduce_log_sum(call: Call, x: Tensor, axes: Tensor | None = None) -> Tensor:
    """The logarithm of the sum"""
    return _reduced(call, x, axes, lambda each, along: each.sum(along).log())


@means("ReduceLogSumExp", unknown=True)
def reduce_log_sum_exp(call: Call, x: Tensor, axes: Tensor | None = None) -> Tensor:
    """The logarithm of the sum of the exponentials"""
    return _reduced(call, x, axes, lambda each, along: each.exp().sum(along).log())


@means("ReduceProd")
def reduce_prod(call: Call, x: Tensor, axes: Tensor | None = None) -> Tensor:
    """The product"""

    def product(each: Formula, along: Axes) -> Formula:
        shape = [1 if axis in along else size for axis, size in enumerate(x.shape)]
        return Formula(each.numbers, each.numbers.prod(each.data, along).reshape(shape))

    return _reduced(call, x, axes, product)


def _extreme(call: Call, x: Tensor, axes: Tensor | None, operation: Any, empty: bool) -> Tensor:
    def whole(each: Formula, along: Axes) -> Formula:
        if not x.numbers.ordered:
            raise Unordered
        shape = tuple([1 if axis in along else size for axis, size in enumerate(x.shape)])
        if x.data.size == 0:
            if np.prod(shape, dtype=int) == 0:
                return Formula(x.numbers, x.data.reshape(shape))
            if x.type == "i1":
                return Formula(x.numbers, x.numbers.full(shape, empty))
            # The infinite, or what is the least or the greatest of the type.
            raise Undefined("the extreme of nothing")
        data = x.data
        for axis in along:
            data = np.expand_dims(
                x.numbers.array(_folded(operation, np.moveaxis(data, axis, 0))), axis
            )
        return Formula(each.numbers, data)

    return _reduced(call, x, axes, whole)


def _folded(operation: Any, parts: Any) -> Any:
    found = parts[0]
    for part in parts[1:]:
        found = operation(found, part)
    return found


@means("ReduceMax", ordered=True)
def reduce_max(call: Call, x: Tensor, axes: Tensor | None = None) -> Tensor:
    """The greatest"""
    return _extreme(call, x, axes, x.numbers.maximum, empty=False)


@means("ReduceMin", ordered=True)
def reduce_min(call: Call, x: Tensor, axes: Tensor | None = None) -> Tensor:
    """The least"""
    return _extreme(call, x, axes, x.numbers.minimum, empty=True)


def first_extreme(
    numbers: Domain, parts: Any, less: Callable[[Any, Any], Any], *, last: Any = False
) -> Any:
    """The index of the part that none is better than, `less` saying what is worse; of equal ones the first."""
    if not numbers.ordered:
        raise Unordered
    at: Any = np.zeros(parts.shape[1:], int)
    if not parts.size:
        return at
    best: Any = parts[:1].reshape(parts.shape[1:])
    for index, part in enumerate(parts):
        better = less(best, part).astype(bool)
        if last:
            better = better | numbers.equal(best, part).astype(bool)
        best, at = choose(better, part, best), choose(better, index, at)
    return at


def _arg(call: Call, x: Tensor, less: Callable[[Any, Any], Any]) -> Tensor:
    need(call["keepdims"] in (0, 1), "keepdims is 0 or 1")
    axis = axis_of(call["axis"], x.rank)
    if not x.shape[axis]:
        raise Undefined("the extreme of nothing")
    parts = np.moveaxis(x.data, axis, 0)
    data = array_of(first_extreme(x.numbers, parts, less, last=call["select_last_index"]))
    return Tensor("i64", INTEGERS, np.expand_dims(data, axis) if call["keepdims"] else data)


@means("ArgMax", ordered=True)
def arg_max(call: Call, x: Tensor) -> Tensor:
    """Where the greatest is"""
    return _arg(call, x, x.numbers.less)


@means("ArgMin", ordered=True)
def arg_min(call: Call, x: Tensor) -> Tensor:
    """Where the least is"""
    return _arg(call, x, lambda best, part: x.numbers.less(part, best))


@means("CumSum")
def cum_sum(call: Call, x: Tensor, axis: Tensor) -> Tensor:
    """The sum of all up to each element, or before it"""
    return _cumulated(call, x, axis, x.numbers.add, 0)


@means("CumProd")
def cum_prod(call: Call, x: Tensor, axis: Tensor) -> Tensor:
    """The product of all up to each element, or before it"""
    return _cumulated(call, x, axis, x.numbers.mul, 1)


def _cumulated(call: Call, x: Tensor, axis: Tensor, operation: Any, neutral: int) -> Tensor:
    need(axis.data.size == 1, "axis is one number")
    at = axis_of(axis.data.item(), x.rank)
    parts = [x.numbers.array(part) for part in np.moveaxis(x.data, at, 0)]
    if not parts:
        return x
    if call["reverse"]:
        parts.reverse()
    total = x.numbers.full(parts[0].shape, neutral)
    found: list[Any] = []
    for part in parts:
        before, total = total, operation(total, part)
        found.append(before if call["exclusive"] else total)
    if call["reverse"]:
        found.reverse()
    return x.like(np.stack(found, axis=at))
