# SPDX-License-Identifier: Apache-2.0
"""Pools: one number for each window, or for each channel."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from math import prod
from typing import Any

import numpy as np

from ..domains import INTEGERS, array_of
from ..tensors import Tensor, Undefined, Unordered
from .formulas import Formula, formula
from .table import Call, means, need
from .windows import Windows

_NEVER = float("-inf")
"""What never is the greatest: it stands in the padding."""


def _windows(call: Call, x: Tensor) -> Windows:
    need(x.rank >= 3, "X has batch, channels and spatial axes")
    need(call["kernel_shape"], "kernel_shape is required")
    return Windows(call, x.shape[2:], tuple(call["kernel_shape"]))


@means("MaxPool", ordered=True)
def max_pool(call: Call, x: Tensor) -> tuple[Tensor, ...]:
    """The greatest element of each window, and which one of X it is"""
    numbers = x.numbers
    windows = _windows(call, x)
    if not numbers.ordered:
        raise Unordered
    padded = windows.padded(x.data, _NEVER, numbers.dtype)
    seen = [windows.at(padded, place) for place in windows.places()]
    best = reduce(numbers.maximum, seen)
    if padded is not x.data and np.equal(best, _NEVER).any():
        raise Undefined("a window of nothing but padding")
    if call.spec.name == "MaxPoolSingleOut" or call.version < 8:
        return (x.like(best),)
    # The specification does not say how planes count: as onnxruntime does, through all of X.
    order: Any = "F" if call["storage_order"] else "C"
    size, planes = prod(x.shape[2:]), prod(x.shape[:2])
    counted = np.arange(size).reshape(x.shape[2:], order=order)
    offsets = (size * np.arange(planes)).reshape(*x.shape[:2], *[1] * (x.rank - 2))
    indices = windows.padded(array_of(counted + offsets), -1, object)
    where = np.full(best.shape, -1, object)
    for place, values in reversed([*zip(windows.places(), seen, strict=True)]):
        # The first one of equal ones: it comes last here.
        where = np.where(np.equal(values, best), windows.at(indices, place), where)
    return x.like(best), Tensor("i64", INTEGERS, where)


@means("AveragePool")
def average_pool(call: Call, x: Tensor) -> Tensor:
    """The mean of each window; padding counts if `count_include_pad` is set, what lies beyond it never"""
    numbers = x.numbers
    windows = _windows(call, x)
    padded = windows.padded(x.data, numbers.from_python(0), numbers.dtype)
    total = reduce(numbers.add, [windows.at(padded, place) for place in windows.places()])
    counts: Any = np.ones(1, int)
    for axis, size in enumerate(x.shape[2:]):
        least, most = 0, size
        if call["count_include_pad"]:
            least, most = -windows.begin[axis], size + windows.end[axis]
        starts = np.arange(windows.sizes[axis]) * windows.strides[axis] - windows.begin[axis]
        places = starts[:, np.newaxis] + np.arange(windows.kernel[axis]) * windows.dilations[axis]
        inside = ((places >= least) & (places < most)).sum(1)
        counts = np.multiply.outer(counts, inside)
    return x.like(numbers.div(total, numbers.map(numbers.from_python, array_of(counts[0]))))


def _norm(each: Formula, p: int, total: Callable[[Any], Any]) -> Formula:
    """The p-norm, given how to sum."""
    need(p > 0, "p is positive")
    if p == 1:
        return Formula(each.numbers, total(each.max(-each).data))
    if p == 2:
        return Formula(each.numbers, total((each * each).data)).sqrt()
    powers = each.max(-each)
    raised = reduce(lambda found, _: found * powers, range(p - 1), powers)
    return Formula(each.numbers, total(raised.data)).function("Root", p)


@means("LpPool", since=2, ordered=True, unknown=True)
def lp_pool(call: Call, x: Tensor) -> Tensor:
    """The p-norm of each window"""
    windows = _windows(call, x)

    def total(data: Any) -> Any:
        padded = windows.padded(data, x.numbers.from_python(0), x.numbers.dtype)
        return reduce(x.numbers.add, [windows.at(padded, place) for place in windows.places()])

    return x.like(_norm(formula(x), call["p"], total).data)


def _spatial(x: Tensor) -> tuple[int, ...]:
    need(x.rank >= 2, "X has batch and channels")
    return tuple(range(2, x.rank))


@means("GlobalAveragePool")
def global_average_pool(_: Call, x: Tensor) -> Tensor:
    """The mean of each channel"""
    return x.like(formula(x).mean(_spatial(x)).data)


@means("GlobalLpPool", since=2, ordered=True, unknown=True)
def global_lp_pool(call: Call, x: Tensor) -> Tensor:
    """The p-norm of each channel"""
    axes = _spatial(x)
    return x.like(
        _norm(formula(x), call["p"], lambda data: Formula(x.numbers, data).sum(axes).data).data
    )


@means("GlobalMaxPool", ordered=True)
def global_max_pool(_: Call, x: Tensor) -> Tensor:
    """The greatest of each channel"""
    _spatial(x)
    if not x.numbers.ordered:
        raise Unordered
    flat = x.data.reshape(*x.shape[:2], prod(x.shape[2:]))
    need(flat.shape[2], "the greatest of nothing")
    best = reduce(x.numbers.maximum, [flat[:, :, at] for at in range(flat.shape[2])])
    return x.like(best.reshape(*x.shape[:2], *[1] * (x.rank - 2)))
