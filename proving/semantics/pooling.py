# SPDX-License-Identifier: Apache-2.0
"""Pools: one number for each window, or for each channel."""

from __future__ import annotations

from functools import reduce
from math import prod
from typing import Any

import numpy as np

from ..domains import INTEGERS, array_of
from ..tensors import Tensor, Undefined, Unordered
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
    if np.equal(best, _NEVER).any():
        raise Undefined("a window of nothing but padding")
    if call.spec.name == "MaxPoolSingleOut" or call.version < 8:
        return (x.like(best),)
    # The specification does not say how planes count: as onnxruntime does, through all of X.
    order: Any = "F" if call["storage_order"] else "C"
    size, planes = prod(x.shape[2:]), prod(x.shape[:2])
    counted = np.arange(size).reshape(x.shape[2:], order=order)
    offsets = np.arange(0, size * planes, size or 1).reshape(*x.shape[:2], *[1] * (x.rank - 2))
    indices = windows.padded(array_of(counted + offsets), -1, object)
    where = np.full(best.shape, -1, object)
    for place, values in reversed([*zip(windows.places(), seen, strict=True)]):
        # The first one of equal ones: it comes last here.
        where = np.where(np.equal(values, best), windows.at(indices, place), where)
    return x.like(best), Tensor("i64", INTEGERS, where)
