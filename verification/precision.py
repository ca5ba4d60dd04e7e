# SPDX-License-Identifier: Apache-2.0
"""What one rounding to an element type may change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, TypeGuard, cast

import ml_dtypes
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def is_array(value: object) -> TypeGuard[Array]:
    """Whether a value of a model is a tensor."""
    return isinstance(value, np.ndarray)


def has_elements(value: object) -> bool:
    """Whether there is anything in a value that can be compared."""
    if is_array(value):
        return value.size > 0
    if isinstance(value, list | tuple):
        return any(map(has_elements, cast(list[object], value)))
    return value is not None and value != {}


@dataclass(frozen=True)
class Precision:
    """A floating-point type.

    digits: of the significand, in bits, the hidden one included.  tiny: the smallest subnormal number.
    """

    digits: int
    tiny: float

    @property
    def unit(self) -> float:
        """The unit roundoff u: the largest relative error of one rounding to nearest."""
        return float(2.0**-self.digits)

    def ulps(self, values: Array) -> Array:
        """The distance between neighbours at each of `values` (float64)."""
        _, exponent = np.frexp(values)
        return np.asarray(np.maximum(np.ldexp(1.0, exponent - self.digits), self.tiny))


@cache
def precision(dtype: np.dtype[Any]) -> Precision:
    """The precision of a floating-point dtype, numpy's or ml_dtypes'."""
    info = cast(Any, ml_dtypes).finfo(dtype)
    # A type of one binade, or without subnormal numbers, still has a smallest step.
    return Precision(int(info.nmant) + 1, float(info.smallest_subnormal))


SINGLE = precision(np.dtype(np.float32))


def is_float(dtype: np.dtype[Any]) -> bool:
    """Whether a dtype is a real floating-point type."""
    if dtype.kind == "f":
        return True
    try:
        cast(Any, ml_dtypes).finfo(dtype)
    except ValueError:
        return False
    return dtype.kind not in "c"
