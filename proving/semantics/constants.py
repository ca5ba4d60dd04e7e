# SPDX-License-Identifier: Apache-2.0
"""Tensors from attributes, from shapes, and from nothing."""

from __future__ import annotations

from math import ceil, prod
from typing import Any

import numpy as np

from ...dialect.types import BY_DTYPE
from ..domains import INTEGERS, array_of, numbers_of
from ..tensors import Tensor, Undefined
from .casts import type_of
from .shapes import axis_of, integers
from .table import Call, element, means, need


def constant_tensor(call: Call, given: Any) -> Tensor:
    """A tensor from a numpy array, or one that is exact already."""
    if isinstance(given, Tensor):
        return given
    array = np.asarray(given)
    need(array.dtype in BY_DTYPE, "an array of a type that ONNX lacks")
    type_ = BY_DTYPE[array.dtype].asm
    if "!" in type_ or "complex" in type_:
        raise Undefined("texts and complex numbers")
    numbers = numbers_of(type_, call.reals)
    # Types that numpy itself does not have hold nothing that a double does not.
    plain = array if array.dtype.kind in "biuf" else array.astype(np.float64)
    found = [numbers.from_python(each) for each in plain.reshape(-1).tolist()]
    return Tensor(type_, numbers, _filled(array.shape, found, numbers.dtype))


def _filled(shape: tuple[int, ...], elements: list[Any], dtype: Any) -> Any:
    data: Any = np.empty(len(elements), dtype)
    data[:] = elements
    return data.reshape(shape)


def _vector(elements: list[int]) -> Tensor:
    return Tensor("i64", INTEGERS, _filled((len(elements),), elements, object))


@means("Constant")
def constant(call: Call) -> Tensor:
    """What its one attribute says"""
    given = [(name, value) for name, value in call.attributes.items() if value is not None]
    need(len(given) == 1, "Constant has one attribute")
    name, value = given[0]
    if name == "value":
        return constant_tensor(call, value)
    need(
        name in ("value_float", "value_floats", "value_int", "value_ints"),
        "texts and sparse tensors",
    )
    type_ = "f32" if "float" in name else "i64"
    numbers = numbers_of(type_, call.reals)
    listed = [element(each, numbers) for each in (value if name[-1] == "s" else [value])]
    return Tensor(
        type_, numbers, _filled((len(listed),) if name[-1] == "s" else (), listed, numbers.dtype)
    )


@means("ConstantOfShape")
def constant_of_shape(call: Call, shape: Tensor) -> Tensor:
    """One number everywhere; 0 of f32, if none is given"""
    sizes = integers(shape)
    need(min(sizes, default=0) >= 0, "a size that there is not")
    if call["value"] is None:
        return Tensor("f32", call.reals, call.reals.full(sizes, 0))
    value = constant_tensor(call, call["value"])
    need(value.data.size == 1, "value is one number")
    return value.like(np.full(sizes, value.data.reshape(-1)[0], value.numbers.dtype))


@means("Shape")
def shape_(call: Call, x: Tensor) -> Tensor:
    """The sizes of X, from `start` to `end`"""
    start, end = call["start"] or 0, call["end"]
    return _vector(list(x.shape[slice(start, end)]))


@means("Size")
def size(_: Call, x: Tensor) -> Tensor:
    """The number of X's elements"""
    return Tensor("i64", INTEGERS, array_of(prod(x.shape)))


@means("Dim")
def dim(call: Call, x: Tensor) -> Tensor:
    """One size of X, as a vector"""
    return _vector([x.shape[axis_of(call["axis"], x.rank)]])


@means("Range", ordered=True)
def range_(_: Call, start: Tensor, limit: Tensor, delta: Tensor) -> Tensor:
    """start + i * delta, up to limit, which is left out"""
    need(
        all(each.rank == 0 for each in (start, limit, delta)), "start, limit and delta are scalars"
    )
    numbers = start.numbers
    numbers.less(start.data, limit.data)  # The number of elements needs an order.
    first, last, step = (each.data[()] for each in (start, limit, delta))
    need(step, "delta is not 0")
    # A quotient of integers is not truncated here.
    count = -((first - last) // step) if numbers is INTEGERS else ceil((last - first) / step)
    steps = array_of(np.arange(max(0, count)))
    products = numbers.mul(numbers.map(numbers.from_python, steps), step)
    return start.like(numbers.add(products, first))


@means("EyeLike")
def eye_like(call: Call, x: Tensor) -> Tensor:
    """1 on a diagonal, else 0"""
    need(x.rank == 2, "a matrix")
    type_ = x.type if call["dtype"] is None else type_of(call["dtype"])
    numbers = numbers_of(type_, call.reals)
    ones = np.eye(x.shape[0], x.shape[1], k=call["k"], dtype=int).astype(object)
    return Tensor(type_, numbers, numbers.map(numbers.from_python, ones))
