# SPDX-License-Identifier: Apache-2.0
"""What kernels are: functions that compute one op, and what they may ask of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ..rounding import round_once
from ..types import Array, ElementType, element_type

if TYPE_CHECKING:
    from ..onnx import OnnxOp


class EvaluationError(Exception):
    """The op cannot be evaluated."""


Kernel: TypeAlias = "Callable[..., Array | list[Array]]"
"""`kernel(op, *operands)`: the result, or all results, for operands of the op's types; None where one is left out.

A kernel may raise anything where operands or attributes are not what ONNX asks for.
"""


def row_of_result(op: OnnxOp, index: int = 0) -> ElementType:
    """The element type of a result.  Raise EvaluationError where it is not known."""
    row = element_type(op.results[index].type)
    if row is None:
        raise EvaluationError(f"the element type of result {index} is not known")
    return row


def is_real(array: Array) -> bool:
    """Whether elements are floating-point numbers, of whatever width."""
    return array.dtype.kind == "f" or (
        array.dtype.kind == "V" and not array.dtype.name.startswith(("int", "uint"))
    )


def wide(array: Array) -> Array:
    """The elements in float64."""
    return array if array.dtype == np.float64 else array.astype(np.float64)


def axes_of(op: OnnxOp, given: Array | None, rank: int) -> tuple[int, ...] | None:
    """The axes of an op that has them as an operand or, before opset 13 or 18, as an attribute; None for none given."""
    axes: Any = op.axes if "axes" in op.SPEC.attributes else given
    if axes is None:
        return None
    found = [int(axis) for axis in np.ravel(np.asarray(axes))]
    if not all(-rank <= axis < rank for axis in found):
        raise EvaluationError(f"there is no axis {found} in rank {rank}")
    return tuple(axis % rank for axis in found)


def rounded(exact: Array, dtype: np.dtype[Any]) -> Array:
    """What was computed in float64, rounded once to a floating-point type."""
    return exact if dtype == np.float64 else round_once(np.asarray(exact, np.float64), dtype)
