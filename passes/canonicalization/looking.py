# SPDX-License-Identifier: Apache-2.0
"""What patterns look at, and how they build."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from ...dialect.bindings import ir
from ...dialect.constants import constant
from ...dialect.onnx import op_class
from ...dialect.ops.constant import constant_value
from ...dialect.opsets import fits, recorded_opsets
from ...dialect.types import (
    BY_ASM,
    DYNAMIC,
    Array,
    element_type,
    is_none,
    refines,
    shape_of,
    tensor_type,
)
from ..rewriting.effects import is_used
from ..rewriting.rewriter import (
    NoMatch,
    Rewriter,
    Rewritten,
    has_one_use,
    is_read_as_it_is,
    maker,
    no_match,
    take_over,
)


def only_maker(value: ir.Value, *names: str) -> Any:
    """The same where nobody else reads `value`."""
    return maker(value, *names) if has_one_use(value) else None


def is_constant(value: ir.Value) -> bool:
    """Whether an onnx.Constant gives `value`."""
    return maker(value, "Constant") is not None


def integers(value: ir.Value) -> list[int] | None:
    """The elements of a constant of integers of up to one axis, such as a shape or axes; None if it is none."""
    array = None if is_none(value.type) else constant_value(value)
    if array is None or array.ndim > 1 or array.dtype.kind != "i":
        return None
    return [int(each) for each in array.reshape(-1)]


def same_constants(a: Array, b: Array) -> bool:
    """Whether two arrays have the same shape and elements."""
    return a.shape == b.shape and bool(np.all(a == b))


def rank_of(value: ir.Value) -> int | None:
    """How many axes `value` has; None if it is not known."""
    shape = shape_of(value.type)
    return None if shape is None else len(shape)


def static_shape(value: ir.Value) -> tuple[int, ...] | None:
    """The shape of `value`, if it is known as a whole."""
    shape = shape_of(value.type)
    return None if shape is None or DYNAMIC in shape else shape


def has_one_element(value: ir.Value) -> bool:
    """Whether `value` has no axis, or one of size 1."""
    return shape_of(value.type) in ((), (1,))


def same_type(a: ir.Value, b: ir.Value) -> bool:
    """Whether two values have the same type."""
    return a.type == b.type


def typed_like(value: ir.Value, shape: Sequence[int] | None) -> ir.Type:
    """The type of a tensor of this shape whose elements are as those of `value`."""
    row = element_type(value.type)
    if row is None:
        raise TypeError(f"{value.type} has no elements that are known")
    return tensor_type(shape, row)


def front(axis: int, rank: int) -> int:
    """An axis counted from the front."""
    return axis + rank if axis < 0 else axis


def int64(*numbers: int) -> ir.Value:
    """A new constant of one axis."""
    return cast(ir.Value, constant(np.array(numbers, np.int64)).results[0])


def build(
    name: str,
    *operands: ir.Value | Sequence[ir.Value] | None,
    results: Sequence[ir.Type] | None = None,
    **attributes: Any,
) -> Any:
    """A new op at the insertion point; its result types are inferred where they are not given.

    Raises TypeError where ONNX admits no such op, or the opset of the model has no op that means the same.
    """
    op: Any = op_class(name)(*operands, results=results, **attributes)
    opsets = recorded_opsets(op.operation)
    if opsets is not None and op.SPEC.since_version and not fits(op.operation, op.SPEC, opsets):
        op.operation.erase()
        raise TypeError(f"the model's opset has no onnx.{name}")
    return op


def value(name: str, *operands: Any, **attributes: Any) -> ir.Value:
    """The result of a new op; see `build`."""
    return cast(ir.Value, build(name, *operands, **attributes).results[0])


def copy(op: Any, operands: Sequence[ir.Value]) -> Any:
    """A copy of `op` at the insertion point that takes other operands of the same types, or in another order."""
    new: Any = op.operation.clone().opview
    for index, operand in enumerate(operands):
        new.operands[index] = operand
    return new


def dim(of: ir.Value, axis: int) -> Any:
    """A new op that gives the size of an axis."""
    return build("Dim", of, axis=axis, results=[vector(1)])


def concat(values: Sequence[ir.Value], axis: int = 0) -> ir.Value:
    """`values` joined."""
    return value("Concat", list(values), axis=axis)


def give(rewriter: Rewriter, op: Any, given: ir.Value | Any) -> NoMatch | Rewritten:
    """Let a value, or the first result of a new op, stand for the first result of `op`, the only one that is read."""
    value = given if isinstance(given, ir.Value) else given.results[0]
    if not isinstance(given, ir.Value):
        take_over(given, op)
    old = op.results[0].type
    if not refines(value.type, old) or (value.type != old and is_read_as_it_is(op.results[0])):
        return no_match(f"the result would be of type {value.type}, not {old}")
    if any(map(is_used, list(op.results)[1:])):
        return no_match(f"further results of the {op.SPEC.name} are used")
    return rewriter.replace(op, [value] * len(op.results))


def vector(size: int) -> ir.Type:
    """The type of a shape of so many axes."""
    return tensor_type((size,), BY_ASM["i64"])
