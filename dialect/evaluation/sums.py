# SPDX-License-Identifier: Apache-2.0
"""Products of matrices, and many elements made one.

Floating-point numbers are summed in float64 and rounded once; integers wrap around.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import Array
from .call import EvaluationError, Kernel, axes_of, is_real, rounded, wide
from .elementwise import to_integer

if TYPE_CHECKING:
    from ..onnx import OnnxOp


def _matmul(_: OnnxOp, a: Array, b: Array) -> Array:
    if is_real(a):
        return rounded(np.matmul(wide(a), wide(b)), a.dtype)
    return np.asarray(np.matmul(a, b))


def _matmul_integer(
    _: OnnxOp, a: Array, b: Array, a_zero: Array | None = None, b_zero: Array | None = None
) -> Array:
    left, right = without_zero_point(a, a_zero, rows=True), without_zero_point(b, b_zero)
    return np.asarray(np.matmul(left, right))


def without_zero_point(matrix: Array, zero: Array | None, *, rows: bool = False) -> Array:
    """An operand of MatMulInteger in int32, less its zero point; rows: whether a vector has one for each row."""
    whole = matrix.astype(np.int32)
    if zero is None:
        return whole
    zero = zero.astype(np.int32)
    if rows and zero.ndim == 1 and zero.size > 1 and matrix.ndim > 1:
        zero = zero[:, np.newaxis]
    return whole - zero


def _gemm(op: OnnxOp, a: Array, b: Array, c: Array | None = None) -> Array:
    left, right = a.T if op.transA else a, b.T if op.transB else b
    whole = not is_real(a)
    if whole and op.alpha == 1 and (c is None or op.beta == 1):
        product = left @ right
        return product if c is None else (product + c).astype(a.dtype)
    exact = op.alpha * (wide(left @ right) if whole else wide(left) @ wide(right))
    if c is not None:
        exact = exact + op.beta * wide(c)
    return to_integer(exact, a.dtype) if whole else rounded(exact, a.dtype)


def _reduction(
    of_reals: Callable[..., Any], of_integers: Callable[..., Any] | None = None
) -> Kernel:
    """The function of `numpy` for reals in float64, and for integers in their own type."""

    def kernel(op: OnnxOp, data: Array, axes: Array | None = None) -> Array:
        which = axes_of(op, axes, data.ndim)
        if not which:
            if getattr(op, "noop_with_empty_axes", 0):
                raise EvaluationError("a reduction of no axis")
            which = tuple(range(data.ndim))
        keep = bool(op.keepdims)
        if is_real(data):
            return rounded(of_reals(wide(data), axis=which, keepdims=keep), data.dtype)
        if of_integers is None:
            raise EvaluationError("not of integers")
        return np.asarray(of_integers(data, axis=which, keepdims=keep)).astype(data.dtype)

    return kernel


def _mean_of_integers(data: Array, *, axis: tuple[int, ...], keepdims: bool) -> Array:
    total = np.asarray(np.sum(data, axis=axis, keepdims=keepdims, dtype=np.int64))
    count = data.size // max(total.size, 1)
    return np.asarray(np.sign(total) * (np.abs(total) // count))


def _extreme(function: Callable[..., Any], largest: bool) -> tuple[Any, Any]:
    def of_reals(data: Array, **how: Any) -> Any:
        return function(data, initial=-np.inf if largest else np.inf, **how)

    def of_integers(data: Array, **how: Any) -> Any:
        if data.dtype == np.bool_:
            return function(data, initial=not largest, **how)
        limits = np.iinfo(data.dtype)
        return function(data, initial=limits.min if largest else limits.max, **how)

    return of_reals, of_integers


def _in_own_type(function: Callable[..., Any]) -> Callable[..., Any]:
    def reduced(data: Array, **how: Any) -> Any:
        return function(data, dtype=data.dtype, **how)

    return reduced


def _sum_of_squares(data: Array, **how: Any) -> Any:
    return np.sum(data * data, **how)


KERNELS: dict[str, Kernel] = {
    "Gemm": _gemm,
    "MatMul": _matmul,
    "MatMulInteger": _matmul_integer,
    "ReduceMax": _reduction(*_extreme(np.max, True)),
    "ReduceMean": _reduction(np.mean, _mean_of_integers),
    "ReduceMin": _reduction(*_extreme(np.min, False)),
    "ReduceProd": _reduction(np.prod, _in_own_type(np.prod)),
    "ReduceSum": _reduction(np.sum, _in_own_type(np.sum)),
    "ReduceSumSquare": _reduction(_sum_of_squares),
}
"""By ONNX's names of the ops."""
