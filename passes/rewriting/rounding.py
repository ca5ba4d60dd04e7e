# SPDX-License-Identifier: Apache-2.0
"""Arithmetic on constants: computed in float64, rounded once to the type of a model's tensors."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

import ml_dtypes
import numpy as np

from ...dialect.elements.resources import Resource
from ...dialect.types import Array


def round_once(exact: Array, dtype: np.dtype[Any]) -> Array:
    """`exact` (float64) in `dtype`, to nearest, ties to even, in one step.

    numpy rounds from float64 directly; ml_dtypes goes through float32 for the types of its own, so the float32 step
    is made to round to odd, after which the second rounding is exact.
    """
    if _is_native(dtype):
        return exact.astype(dtype)
    single = exact.astype(np.float32)
    inexact = (single != exact) & np.isfinite(single)
    # Round to odd: of the two neighbours of an inexact value, the one whose last bit is set.
    bits = single.view(np.uint32)
    away_from_zero = np.abs(single.astype(np.float64)) > np.abs(exact)
    odd = np.where(inexact, (bits - away_from_zero) | 1, bits).astype(np.uint32)
    return odd.view(np.float32).astype(dtype)


@cache
def smallest_normal(dtype: np.dtype[Any]) -> float:
    """The smallest positive number that has all the digits of the type."""
    return float(cast(Any, ml_dtypes).finfo(dtype).smallest_normal)


def peaks(data: Resource, axis: int) -> Array:
    """The largest magnitude along `axis` of a matrix, as float64; NaN where there is one.

    Raise ValueError for what is no matrix.
    """
    _require_matrix(data)
    found: list[Array] = []
    for block in data.blocks():
        block = block if _is_native(data.dtype) else block.astype(np.float32)
        found.append(np.abs(block).max(axis=axis, initial=0).astype(np.float64))
    if len(found) == 1:
        return found[0]
    return np.concatenate(found) if axis == 1 else np.max(found, axis=0)


def scaled(matrix: Resource, factors: Array, axis: int) -> Resource:
    """The matrix with each row (axis 0) or column (axis 1) times its factor; factors are float64.

    Raise ValueError for what is no matrix.
    """
    _require_matrix(matrix)

    def multiply(block: Array, start: int, stop: int) -> Array:
        factor = factors[start:stop, np.newaxis] if axis == 0 else factors
        with np.errstate(all="ignore"):
            if _is_native(matrix.dtype):
                out = np.empty(block.shape, matrix.dtype)
                return np.multiply(block, factor, out=out, dtype=np.float64, casting="same_kind")
            return round_once(block.astype(np.float64) * factor, matrix.dtype)

    return matrix.then(multiply)


def _require_matrix(data: Resource) -> None:
    if len(data.shape) != 2:
        raise ValueError(f"expected a matrix, got shape {data.shape}")


def _is_native(dtype: np.dtype[Any]) -> bool:
    """Whether numpy itself knows the type."""
    return dtype.type.__module__ == "numpy"
