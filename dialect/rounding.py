# SPDX-License-Identifier: Apache-2.0
"""Arithmetic on constants: computed in float64, rounded once to the type of a model's tensors."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

import ml_dtypes
import numpy as np

from .types import Array


def round_once(exact: Array, dtype: np.dtype[Any]) -> Array:
    """`exact` (float64) in `dtype`, to nearest, ties to even, in one step.

    numpy rounds from float64 directly; ml_dtypes goes through float32 for the types of its own, so the float32 step
    is made to round to odd, after which the second rounding is exact.
    """
    if is_native(dtype):
        return exact.astype(dtype)
    single = exact.astype(np.float32)
    inexact = (single != exact) & np.isfinite(single)
    # Round to odd: of the two neighbours of an inexact value, the one whose last bit is set.
    bits = single.view(np.uint32)
    away_from_zero = np.abs(single.astype(np.float64)) > np.abs(exact)
    odd = np.where(inexact, (bits - away_from_zero) | 1, bits).astype(np.uint32)
    return odd.view(np.float32).astype(dtype)


def all_finite(array: Array) -> bool:
    """Whether there is neither an infinity nor a NaN; `isfinite(array).all()` takes twice as long for a few numbers."""
    return bool(np.count_nonzero(np.isfinite(array)) == array.size)


@cache
def smallest_normal(dtype: np.dtype[Any]) -> float:
    """The smallest positive number that has all the digits of the type."""
    return float(_info(dtype).smallest_normal)


@cache
def digits(dtype: np.dtype[Any]) -> int:
    """How many binary digits of a number the type keeps."""
    return int(_info(dtype).nmant)


@cache
def extremes(dtype: np.dtype[Any]) -> tuple[float, float]:
    """The least and the largest finite number of a floating-point type."""
    info = _info(dtype)
    return float(info.min), float(info.max)


def _info(dtype: np.dtype[Any]) -> Any:
    # ml_dtypes does not say what it returns.
    return cast(Any, ml_dtypes).finfo(dtype)


def is_native(dtype: np.dtype[Any]) -> bool:
    """Whether numpy itself knows the type."""
    return dtype.type.__module__ == "numpy"
