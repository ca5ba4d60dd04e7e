# SPDX-License-Identifier: Apache-2.0
"""Random numbers in ranges of magnitudes, the ordinary and the extreme ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ml_dtypes
import numpy as np
from onnx import TensorProto

Array = np.ndarray[Any, Any]

DTYPES: dict[int, np.dtype[Any]] = {
    TensorProto.FLOAT: np.dtype(np.float32),
    TensorProto.FLOAT16: np.dtype(np.float16),
    TensorProto.DOUBLE: np.dtype(np.float64),
    TensorProto.BFLOAT16: np.dtype(ml_dtypes.bfloat16),
    TensorProto.INT32: np.dtype(np.int32),
    TensorProto.INT64: np.dtype(np.int64),
    TensorProto.UINT32: np.dtype(np.uint32),
}
FLOATS = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.BFLOAT16)
RANGES = ("ordinary", "integers", "zeros", "mixed", "tiny", "huge", "subnormal", "equal")


def numbers(rng: np.random.Generator, shape: Sequence[int], type_: int, range_: str) -> Array:
    """Numbers of one of the `RANGES` of a type, rounded to it."""
    dtype = DTYPES[type_]
    if dtype.kind in "iu":
        return rng.integers(-3 if dtype.kind == "i" else 0, 5, shape).astype(dtype)
    info: Any = ml_dtypes.finfo(dtype)
    exact = rng.standard_normal(shape)
    if range_ == "integers":
        exact = rng.integers(-3, 4, shape).astype(np.float64)
    elif range_ == "zeros":
        exact = exact * 0
    elif range_ == "mixed":
        exact = exact * 2.0 ** rng.integers(-10, 11, shape)
    elif range_ == "tiny":
        exact = exact * float(info.smallest_normal) * 8
    elif range_ == "subnormal":
        exact = exact * float(info.smallest_subnormal) * 4
    elif range_ == "huge":
        exact = rng.uniform(-1, 1, shape) * _most(type_)
    elif range_ == "equal":
        exact = np.full(shape, rng.integers(-2, 3) / 2)
    return np.asarray(exact, np.float64).astype(dtype)


def variances(rng: np.random.Generator, shape: Sequence[int], type_: int, kind: int) -> Array:
    """Variances: ordinary ones, zeros, nearly zeros, enormous ones, and some that no data has.

    kind: 0 to 15; up to 10 the ordinary ones.
    """
    dtype = DTYPES[type_]
    info: Any = ml_dtypes.finfo(dtype)
    exact = rng.uniform(0.1, 4, shape)
    if kind == 11:
        exact = exact * 0
    elif kind == 12:
        exact = exact * float(info.smallest_subnormal) * 3
    elif kind == 13:
        exact = exact * 1e-6
    elif kind == 14:
        exact = exact / 4 * _most(type_)
    elif kind == 15:
        exact = exact - 1
    return exact.astype(dtype)


def _most(type_: int) -> float:
    """The largest number of a type; for double one that leaves the float64 reference room to compute."""
    info: Any = ml_dtypes.finfo(DTYPES[type_])
    return 1e60 if type_ == TensorProto.DOUBLE else float(info.max)
