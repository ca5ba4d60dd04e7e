# SPDX-License-Identifier: Apache-2.0
"""Rounding float64 results to the type of a model's tensors, and noticing where that type is too small."""

from __future__ import annotations

from typing import Any, cast

import ml_dtypes
import numpy as np

from ..dialect.types import Array


def round_once(exact: Array, dtype: np.dtype[Any]) -> Array:
    """`exact` (float64) in `dtype`, to nearest, ties to even, in one step.

    numpy and ml_dtypes round from float64 directly for float32 and float16; ml_dtypes goes through float32 for the
    types of its own, so the float32 step is made to round to odd, after which the second rounding is exact.
    """
    if dtype.type.__module__ == "numpy":
        return exact.astype(dtype)
    single = exact.astype(np.float32)
    inexact = (single != exact) & np.isfinite(single)
    # Round to odd: of the two neighbours of an inexact value, the one whose last bit is set.
    bits = single.view(np.uint32)
    toward_zero = np.where(np.abs(single.astype(np.float64)) > np.abs(exact), bits - 1, bits)
    return np.where(inexact, toward_zero | 1, bits).astype(np.uint32).view(np.float32).astype(dtype)


def loses_value(exact: Array, rounded: Array, axis: int) -> bool:
    """Whether rounding lost digits to the small end of the type that the sums along `axis` would show.

    Below the smallest normal number a type has fewer digits.  That is harmless beside larger numbers of one column,
    but a column that lies there as a whole loses precision that a large alpha or A brings to light.
    """
    info = cast(Any, ml_dtypes).finfo(rounded.dtype)
    magnitude = np.abs(exact)
    tiny, eps = float(info.smallest_normal), float(info.eps)
    small = (magnitude < tiny) & (magnitude > 0)
    if not small.any():
        return False
    error = np.where(small, np.abs(rounded.astype(np.float64) - exact), 0.0)
    return bool((error > eps * magnitude.max(axis=axis, keepdims=True, initial=0.0)).any())
