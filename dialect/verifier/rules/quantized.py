# SPDX-License-Identifier: Apache-2.0
"""Scales and zero points that fit what they scale.

Source: the ops' own sections of ONNX's Operators.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...types import DYNAMIC, sizes_agree
from .axes import axis_of
from .judged import Judged, Rule, Shape


def _length(shape: Shape | None) -> int:
    """The length of a vector of several elements; `DYNAMIC` for one number, or where it is not known."""
    return shape[0] if shape is not None and len(shape) == 1 and shape[0] != 1 else DYNAMIC


def dequantize_linear(op: Judged) -> Iterator[str]:
    """One scale and zero point for all, or one for each index of the axis; of int32 there is no zero point but 0."""
    for name in ("x_scale", "x_zero_point"):
        if (op.rank(name) or 0) > 1:
            yield f"{name} must be a scalar or 1-D tensor"
    scales, zeros = _length(op.shape("x_scale")), _length(op.shape("x_zero_point"))
    if not sizes_agree(scales, zeros):
        yield "x_scale and x_zero_point must have the same shape"
    if not op.absent("x_zero_point"):
        element, held = op.element("x_zero_point"), op.held("x_zero_point")
        if element is not None and element.name == "int32" and held is not None and held.any():
            yield "x_zero_point must be 0 for data type int32"
    length, x = max(scales, zeros), op.shape("x")
    if length == DYNAMIC or x is None:
        return
    for problem in axis_of("x")(op):
        yield problem
        return
    axis: int = op.attribute("axis")
    if not sizes_agree(x[axis], length):
        yield "x_scale and x_zero_point 1-D tensor length must match the input axis dim size"


def mat_mul_integer(op: Judged) -> Iterator[str]:
    """A zero point for each row of A, for each column of B, or one for all."""
    for name, operand, other, broadcast in (
        ("A", "a_zero_point", "aZeroPoint", -1),
        ("B", "b_zero_point", "bZeroPoint", -2),
    ):
        shape, zeros = op.shape(name), op.shape(operand)
        if shape is None or zeros is None:
            continue
        if _length(zeros) != DYNAMIC and len(shape) != 2:
            yield op.wrong_rank(name, 2)
        if len(zeros) < 2:
            continue
        if len(zeros) != len(shape):
            yield (
                f"{op.op.name}: '{name}' has rank {len(shape)}, '{other}' has rank {len(zeros)}. "
                "The two inputs must have the same rank."
            )
            continue
        along = broadcast % len(shape)
        for axis, (size, expected) in enumerate(zip(zeros, shape, strict=True)):
            if axis != along and not sizes_agree(size, expected):
                yield (
                    f"{op.op.name}: '{name}' dimension at index {axis} has value {expected}, "
                    f"'{other}' dimension at index {axis} has value {size}. "
                    "The two dimensions must have the same value."
                )
        if not sizes_agree(zeros[along], 1):
            yield op.wrong_size(operand, along, 1)


RULES: dict[str, Rule] = {
    "DequantizeLinear": dequantize_linear,
    "MatMulInteger": mat_mul_integer,
}
