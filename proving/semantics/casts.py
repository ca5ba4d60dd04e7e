# SPDX-License-Identifier: Apache-2.0
"""Numbers in another type."""

from __future__ import annotations

from math import trunc
from typing import Any

from ...dialect.types import BY_ASM, BY_ONNX
from ..domains import BOOLS, INTEGERS, Domain, array_of, numbers_of
from ..tensors import Tensor, Undefined, Unordered
from .formulas import Formula, formula
from .linear import matmul
from .logic import fitted
from .shapes import along, axis_of, broadcast
from .table import Call, means, need
from .unary import nearest


def type_of(given: Any) -> str:
    """An element type as MLIR spells it, from an attribute: a number of ONNX's, a text, or a type of MLIR."""
    if isinstance(given, int):
        need(given in BY_ONNX, "a type that there is not")
        return BY_ONNX[given].asm
    need(str(given) in BY_ASM, "a type that there is not")
    return str(given)


def converted(x: Tensor, type_: str, reals: Domain) -> Tensor:
    """The elements of a tensor in another type; reals are not rounded."""
    old, new = x.numbers, numbers_of(type_, reals)
    if "!" in x.type + type_ or "complex" in x.type + type_:
        raise Undefined("texts and complex numbers")
    if old is not new and (old is BOOLS or (old is INTEGERS and new is not BOOLS)):
        data = new.map(new.from_python, INTEGERS.map(int, x.data))
    elif new is BOOLS:
        data = INTEGERS.map(bool, x.data)
    elif new is INTEGERS:
        data = x.data if old is INTEGERS else _truncated(x, type_)
        data = fitted(type_, data)
    else:
        data = x.data
    return Tensor(type_, new, data)


def _truncated(x: Tensor, type_: str) -> Any:
    """The whole parts of reals; what the type does not hold is left to the backend."""
    if not x.numbers.ordered:
        raise Unordered
    if x.numbers.equal(x.data, x.data).astype(bool).all():
        data = INTEGERS.map(trunc, x.data)
        if (fitted(type_, data) == data).all():
            return data
    raise Undefined("a number that the type does not hold")


@means("Cast", since=6)
def cast(call: Call, x: Tensor) -> Tensor:
    """X in the type `to`"""
    return converted(x, type_of(call["to"]), call.reals)


@means("CastLike")
def cast_like(call: Call, x: Tensor, like: Tensor) -> Tensor:
    """X in the type of another tensor"""
    return converted(x, like.type, call.reals)


def _laid(call: Call, x: Tensor, scale: Tensor, part: Tensor) -> Formula:
    """Scales, or what belongs to them, such that there is one for each element: for all, by axis, or by block."""
    block, data = call["block_size"] or 0, part.data
    if scale.data.size == 1 and scale.rank < 2 and not block:
        return Formula(part.numbers, data.reshape(()))
    axis = axis_of(1 if call["axis"] is None else call["axis"], x.rank)
    if not block:
        need(
            scale.shape == (x.shape[axis],), "scales have one element for each of the axis, or one"
        )
        return Formula(part.numbers, along(data, axis, x.rank))
    need(scale.rank == x.rank, "blocks have scales of X's rank")
    count = -(-x.shape[axis] // block)
    expected = tuple([count if at == axis else size for at, size in enumerate(x.shape)])
    need(scale.shape == expected, "there is one scale for each block")
    return Formula(part.numbers, data.repeat(block, axis).take(range(x.shape[axis]), axis))


def _fits(zero: Tensor | None, scale: Tensor) -> None:
    """A scalar and a vector of one element are the same here, as in the cases that ship with ONNX."""
    one = zero is not None and {zero.shape, scale.shape} <= {(), (1,)}
    need(zero is None or one or zero.shape == scale.shape, "zero_point has the shape of the scales")


@means("DequantizeLinear")
def dequantize(call: Call, x: Tensor, scale: Tensor, zero: Tensor | None = None) -> Tensor:
    """(X - zero_point) * scale"""
    _fits(zero, scale)
    type_ = type_of(call["output_dtype"]) if call["output_dtype"] else scale.type
    each = formula(converted(x, scale.type, scale.numbers))
    if zero is not None:
        each = each - _laid(call, x, scale, converted(zero, scale.type, scale.numbers))
    return Tensor(type_, scale.numbers, (each * _laid(call, x, scale, scale)).data)


@means("QuantizeLinear", ordered=True)
def quantize(call: Call, x: Tensor, scale: Tensor, zero: Tensor | None = None) -> Tensor:
    """X / scale rounded to even, plus zero_point, and what the type cannot hold is the nearest that it can"""
    _fits(zero, scale)
    asked = type_of(call["output_dtype"]) if call["output_dtype"] else None
    type_ = zero.type if zero is not None else asked or "ui8"
    need(asked in (None, type_), "output_dtype is not that of zero_point")
    if numbers_of(type_, call.reals) is not INTEGERS:
        raise Undefined("quantization to floating-point numbers rounds")
    x = converted(x, scale.type, scale.numbers)
    whole = nearest(formula(x) / _laid(call, x, scale, scale))
    data = INTEGERS.map(trunc, whole.data)
    if zero is not None:
        data = INTEGERS.add(data, _laid(call, x, scale, zero).data)
    bits = BY_ASM[type_].bits
    least, most = (
        (0, (1 << bits) - 1) if type_[0] == "u" else (-(1 << bits - 1), (1 << bits - 1) - 1)
    )
    return Tensor(type_, INTEGERS, INTEGERS.minimum(INTEGERS.maximum(data, least), most))


@means("QLinearMatMul", ordered=True)
def qlinear_matmul(call: Call, *operands: Tensor) -> Tensor:
    """A and B as the numbers that they stand for, multiplied, and quantized: each with one scale"""
    a, *of_a, b, b_scale, b_zero, y_scale, y_zero = operands
    scales = (*of_a, b_scale, b_zero, y_scale, y_zero)
    need(all(each.data.size == 1 for each in scales), "each has one scale and one zero point")
    a_scale, a_zero, b_scale, b_zero, y_scale, y_zero = (
        each.like(each.data.reshape(())) for each in scales
    )
    product = matmul(
        call, dequantize(call, a, a_scale, a_zero), dequantize(call, b, b_scale, b_zero)
    )
    found: Tensor = quantize(call, product, y_scale, y_zero)
    return found


@means("DynamicQuantizeLinear", ordered=True)
def dynamic_quantize(_: Call, x: Tensor) -> tuple[Tensor, ...]:
    """X in ui8, with the scale and the zero point that hold all of X"""
    need(x.data.size, "X has elements")
    numbers, flat = x.numbers, x.data.reshape(-1)
    extremes = [numbers.from_python(0), numbers.from_python(0)]
    for each in flat.tolist():
        extremes[0] = numbers.minimum(extremes[0], each)[()]
        extremes[1] = numbers.maximum(extremes[1], each)[()]
    least, most = (Formula(numbers, array_of(each)) for each in extremes)
    scale = (most - least) / 255
    zero = nearest((0 - least) / scale).min(255).max(0)
    found = (nearest(formula(x) / scale) + zero).min(255).max(0)
    whole = [INTEGERS.map(trunc, each.data) for each in (found, zero)]
    return (
        Tensor("ui8", INTEGERS, whole[0]),
        x.like(numbers.array(scale.data)),
        Tensor("ui8", INTEGERS, whole[1]),
    )


@means("MatMulInteger")
def matmul_integer(
    _: Call, a: Tensor, b: Tensor, a_zero: Tensor | None = None, b_zero: Tensor | None = None
) -> Tensor:
    """(A - a_zero_point) * (B - b_zero_point)"""
    x, y = a.data, b.data
    need(a.rank and b.rank and x.shape[-1] == y.shape[-2 if b.rank > 1 else 0], "A does not fit B")
    if a_zero is not None:
        # One for each row, where it is a vector.
        rows = (
            a_zero.data.reshape(-1, 1) if a_zero.rank == 1 and a_zero.shape != (1,) else a_zero.data
        )
        need(broadcast(rows.shape, x.shape) == x.shape, "a_zero_point does not fit A")
        x = INTEGERS.sub(x, rows)
    if b_zero is not None:
        need(broadcast(b_zero.shape, y.shape) == y.shape, "b_zero_point does not fit B")
        y = INTEGERS.sub(y, b_zero.data)
    broadcast(x.shape[:-2], y.shape[:-2])
    return Tensor("i32", INTEGERS, INTEGERS.matmul(x, y))
