# SPDX-License-Identifier: Apache-2.0
"""Numbers in another type.

Source: ONNX's Cast; where it leaves open what becomes of a number that is too large for an integer type, it becomes
the largest, and NaN becomes 0, as in onnx-mlir.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..rounding import extremes, is_native
from ..types import Array, ElementType
from .call import EvaluationError, Kernel, is_real, rounded, row_of_result, wide
from .elementwise import to_integer

if TYPE_CHECKING:
    from ..onnx import OnnxOp


def cast(op: OnnxOp, x: Array, *_: Array) -> Array:
    """The elements of `x` in the type of the result."""
    row = row_of_result(op)
    numbers = is_real(x) or x.dtype.kind in "iub"
    if not numbers or row.bits < 8 or row.dtype.kind == "c" or row.asm == "f8E8M0FNU":
        raise EvaluationError(f"a cast to {row.asm}")
    if row.dtype == np.bool_:
        return np.asarray(x != 0)
    if row.is_float:
        return _to_float(op, x, row)
    return to_integer(wide(x), row.dtype) if is_real(x) else x.astype(row.dtype)


def _to_float(op: OnnxOp, x: Array, row: ElementType) -> Array:
    if is_native(row.dtype) and not is_real(x):
        return x.astype(row.dtype)
    exact = wide(x)
    found = rounded(exact, row.dtype)
    if row.asm.startswith("f8") and getattr(op, "saturate", True):
        _, most = extremes(row.dtype)
        # What would round to a number beyond the last one is the last one.
        beyond = np.abs(exact) > most
        found = np.where(beyond, np.copysign(most, exact).astype(row.dtype), found)
    return found


KERNELS: dict[str, Kernel] = {"Cast": cast, "CastLike": cast}
"""By ONNX's names of the ops."""
