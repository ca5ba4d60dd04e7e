# SPDX-License-Identifier: Apache-2.0
"""Ops that compute each element of the result from one of each operand.

Integers wrap around.  What is not exact in the type is computed in float64 and rounded once; `+ - * /` of numpy's
and ml_dtypes' narrow types go through float32, which has digits enough for the second rounding to be right.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from ..rounding import extremes
from ..types import Array
from .call import EvaluationError, Kernel, is_real, rounded, wide

if TYPE_CHECKING:
    from ..onnx import OnnxOp

_erf: Callable[[Array], Array] = np.vectorize(math.erf, otypes=[np.float64])


def _of_reals(function: Callable[..., Array]) -> Kernel:
    """In float64, rounded once."""

    def kernel(_: OnnxOp, *operands: Array) -> Array:
        return rounded(function(*map(wide, operands)), operands[0].dtype)

    return kernel


def _exact(function: Callable[..., Array]) -> Kernel:
    """In the operands' own type."""

    def kernel(_: OnnxOp, *operands: Array) -> Array:
        found = np.asarray(function(*operands))
        return found if found.dtype == operands[0].dtype else found.astype(operands[0].dtype)

    return kernel


def _says(function: Callable[..., Array]) -> Kernel:
    """A truth value."""

    def kernel(_: OnnxOp, *operands: Array) -> Array:
        return np.asarray(function(*operands)).astype(np.bool_)

    return kernel


def _sigmoid(x: Array) -> Array:
    small = np.exp(-np.abs(x))
    return np.where(x < 0, small, 1.0) / (1.0 + small)


def _softplus(x: Array) -> Array:
    return np.logaddexp(x, 0.0)


def _softsign(x: Array) -> Array:
    return np.asarray(x / (1.0 + np.abs(x)))


def _relu(x: Array) -> Array:
    return np.where(x < 0, np.zeros_like(x), x)


def _divide(_: OnnxOp, a: Array, b: Array) -> Array:
    if is_real(a) or a.dtype.kind == "c":
        return np.asarray(a / b)
    # Integers are divided towards zero.  By zero they are not divided: ONNX leaves open what comes of it.
    by = np.where(b == 0, np.ones_like(b), b)
    quotient = np.floor_divide(a, by)
    inexact = quotient * by != a
    towards_zero = inexact & ((a < 0) != (by < 0))
    return np.asarray(quotient + towards_zero).astype(a.dtype)


def _mod(op: OnnxOp, a: Array, b: Array) -> Array:
    if is_real(a):
        if not op.fmod:
            raise EvaluationError("the sign of a remainder of reals")
        return rounded(np.fmod(wide(a), wide(b)), a.dtype)
    by = np.where(b == 0, np.ones_like(b), b)
    return np.asarray(np.fmod(a, by) if op.fmod else np.mod(a, by)).astype(a.dtype)


def _pow(_: OnnxOp, a: Array, b: Array) -> Array:
    if is_real(a):
        return rounded(np.power(wide(a), wide(b)), a.dtype)
    if not is_real(b) and (b >= 0).all():
        return np.asarray(np.power(a, b.astype(a.dtype)))
    return to_integer(np.power(wide(a), wide(b)), a.dtype)


def _shift(op: OnnxOp, a: Array, b: Array) -> Array:
    bits = 8 * a.dtype.itemsize
    within = np.minimum(b, bits - 1).astype(b.dtype)
    if op.direction == "RIGHT" and a.dtype.kind == "i":
        return np.asarray(np.right_shift(a, within))  # which fills up with the sign
    shift = np.left_shift if op.direction == "LEFT" else np.right_shift
    return np.where(b < bits, shift(a, within), 0).astype(a.dtype)


def _clip(_: OnnxOp, x: Array, low: Array | None = None, high: Array | None = None) -> Array:
    # What is left out is the type's last number, not infinity.
    limits = np.iinfo(x.dtype) if not is_real(x) else None
    least, most = (limits.min, limits.max) if limits else extremes(x.dtype)
    bottom = np.asarray(least, x.dtype) if low is None else low
    top = np.asarray(most, x.dtype) if high is None else high
    return np.asarray(np.minimum(np.maximum(x, bottom), top)).astype(x.dtype)


def _where(_: OnnxOp, condition: Array, x: Array, y: Array) -> Array:
    return np.where(condition, x, y).astype(x.dtype)


def _any_number(function: Callable[[Array, Array], Array]) -> Kernel:
    """A function of two, applied to any number of operands in turn."""

    def kernel(_: OnnxOp, *operands: Array) -> Array:
        found = reduce(function, operands)
        return np.asarray(found).astype(operands[0].dtype, copy=False)

    return kernel


def _sum(_: OnnxOp, *operands: Array) -> Array:
    dtype = operands[0].dtype
    if not is_real(operands[0]):
        return np.asarray(reduce(np.add, operands)).astype(dtype, copy=False)
    return rounded(reduce(np.add, map(wide, operands)), dtype)


def _mean(_: OnnxOp, *operands: Array) -> Array:
    if not is_real(operands[0]):
        raise EvaluationError("the mean of integers")
    return rounded(reduce(np.add, map(wide, operands)) / len(operands), operands[0].dtype)


def _gelu(op: OnnxOp, x: Array) -> Array:
    exact = wide(x)
    if op.approximate == "tanh":
        part = np.tanh(math.sqrt(2 / math.pi) * (exact + 0.044715 * exact**3))
    else:
        part = np.asarray(_erf(exact / math.sqrt(2)))
    return rounded(0.5 * exact * (1 + part), x.dtype)


def to_integer(exact: Array, dtype: np.dtype[Any]) -> Array:
    """Numbers in float64 as integers: towards zero, the nearest that there is; 0 for NaN."""
    limits = np.iinfo(dtype)
    whole = np.trunc(np.nan_to_num(exact, nan=0.0, posinf=np.inf, neginf=-np.inf))
    # The largest integers of 64 bits are no float64: what is not below them is the last of all.
    over, under = whole >= float(limits.max), whole <= float(limits.min)
    inside = np.where(over | under, 0.0, whole).astype(dtype)
    return np.where(over, limits.max, np.where(under, limits.min, inside)).astype(dtype)


_REALS: dict[str, Any] = {
    "Acos": np.arccos,
    "Acosh": np.arccosh,
    "Asin": np.arcsin,
    "Asinh": np.arcsinh,
    "Atan": np.arctan,
    "Atanh": np.arctanh,
    "Cos": np.cos,
    "Cosh": np.cosh,
    "Erf": _erf,
    "Exp": np.exp,
    "Log": np.log,
    "Reciprocal": np.reciprocal,
    "Sigmoid": _sigmoid,
    "Sin": np.sin,
    "Sinh": np.sinh,
    "Softplus": _softplus,
    "Softsign": _softsign,
    "Sqrt": np.sqrt,
    "Tan": np.tan,
    "Tanh": np.tanh,
}

_EXACT: dict[str, Any] = {
    "Abs": np.abs,
    "Add": np.add,
    "BitwiseAnd": np.bitwise_and,
    "BitwiseNot": np.bitwise_not,
    "BitwiseOr": np.bitwise_or,
    "BitwiseXor": np.bitwise_xor,
    "Ceil": np.ceil,
    "Floor": np.floor,
    "Mul": np.multiply,
    "Neg": np.negative,
    "Relu": _relu,
    "Round": np.rint,
    "Sign": np.sign,
    "Sub": np.subtract,
}

_SAYS: dict[str, Any] = {
    "And": np.logical_and,
    "Equal": np.equal,
    "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal,
    "IsNaN": np.isnan,
    "Less": np.less,
    "LessOrEqual": np.less_equal,
    "Not": np.logical_not,
    "Or": np.logical_or,
    "Xor": np.logical_xor,
}

KERNELS: dict[str, Kernel] = {
    **{name: _of_reals(function) for name, function in _REALS.items()},
    **{name: _exact(function) for name, function in _EXACT.items()},
    **{name: _says(function) for name, function in _SAYS.items()},
    "BitShift": _shift,
    "Clip": _clip,
    "Div": _divide,
    "Gelu": _gelu,
    "Max": _any_number(np.maximum),
    "Mean": _mean,
    "Min": _any_number(np.minimum),
    "Mod": _mod,
    "Pow": _pow,
    "Sum": _sum,
    "Where": _where,
}
"""By ONNX's names of the ops."""

IN_BLOCKS = frozenset((*_REALS, *_EXACT, "Div", "Max", "Mean", "Min", "Pow", "Sum"))
"""Ops that look at no attribute, so that they can be computed block by block when they are no more."""
