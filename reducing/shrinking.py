# SPDX-License-Identifier: Apache-2.0
"""Smaller sizes and plainer constants of a function, in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..dialect.bindings import ir
from ..dialect.constants import constant, constant_value
from ..dialect.ops.constant import FEW_ELEMENTS
from ..dialect.ops.schema import spec_of
from ..dialect.types import DYNAMIC, element_type, inner_type, shape_of, tensor_type
from ..passes.rewriting.effects import erase_dead_ops
from ..passes.rewriting.functions import ops_in, sign
from .cutting import block_of

SMALL = (1, 2, 3)
"""Sizes that are tried instead of larger ones."""


def sizes_of(function: ir.Operation) -> list[int]:
    """All sizes above 1, the largest first, and DYNAMIC if there are sizes that are not known."""
    sizes = {size for value in _values(function) for size in shape_of(value.type) or ()}
    return sorted((size for size in sizes if size > 1 or size == DYNAMIC), reverse=True)


def resize(function: ir.Operation, old: int, new: int, *, attributes: bool) -> bool:
    """Let each axis of size `old` have size `new`; False where none has.

    attributes: whether integers in attributes that are `old` are sizes, too; those in small constants are.
    """
    changed = False
    for op in ops_in(function):
        if op.name == "onnx.Constant":
            changed |= _resize_constant(op, old, new)
        elif attributes and (spec := spec_of(op)):
            changed |= _resize_attributes(op.opview, spec.attributes, old, new)
    for value in _values(function):
        shape, row = shape_of(value.type), element_type(value.type)
        if shape is not None and row is not None and old in shape and not inner_type(value.type):
            with function.context:
                value.set_type(tensor_type([new if each == old else each for each in shape], row))
            changed = True
    erase_dead_ops(function)
    sign(function)
    return changed


def constants_of(function: ir.Operation) -> list[ir.Operation]:
    """The constants of numbers that are no integers."""
    found: list[ir.Operation] = []
    for op in ops_in(function):
        if op.name == "onnx.Constant":
            row = element_type(op.results[0].type)
            if row is not None and row.is_float:
                found.append(op)
    return found


def _zeros(array: Any) -> Any:
    return np.zeros_like(array)


def _ones(array: Any) -> Any:
    return np.ones_like(array)


def _one_number(array: Any) -> Any:
    return np.full_like(array, array.reshape(-1)[0] if array.size else 0)


def _integers(array: Any) -> Any:
    return _rounded(array, 0)


def _tenths(array: Any) -> Any:
    return _rounded(array, 1)


def _rounded(array: Any, digits: int) -> Any:
    rounded: Any = np.round(np.asarray(array, np.float64), digits)
    return np.asarray(rounded, array.dtype)


PLAINER: tuple[Callable[[Any], Any], ...] = (_zeros, _ones, _one_number, _integers, _tenths)
"""What constants are replaced by, the plainest first."""


def simplify(op: ir.Operation, number: int) -> bool:
    """Put the form of that number in PLAINER in a constant's place; False where it has it, or a plainer one."""
    array: Any = constant_value(op.results[0])
    if array is None:
        return False
    with np.errstate(all="ignore"):
        forms = [plain(array) for plain in PLAINER[: number + 1]]
    if any(form.tobytes() == array.tobytes() for form in forms):
        return False
    _replace(op, forms[number])
    return True


def _resize_constant(op: ir.Operation, old: int, new: int) -> bool:
    array: Any = constant_value(op.results[0])
    if array is None:
        return False
    found = array
    for axis, size in enumerate(array.shape):
        if size == old:
            found = found[(slice(None),) * axis + (slice(new),)]
    if found.dtype.kind == "i" and found.ndim < 2 and found.size <= FEW_ELEMENTS:
        found = np.where(found == old, np.array(new, found.dtype), found)
    if found.shape == array.shape and (found is array or np.array_equal(found, array)):
        return False
    _replace(op, found)
    return True


def _resize_attributes(op: Any, names: Any, old: int, new: int) -> bool:
    changed = False
    for name in names:
        if name not in op.attributes:
            continue
        given = getattr(op, name)
        if given == old and type(given) is int:
            setattr(op, name, new)
            changed = True
        elif isinstance(given, list) and old in given:
            setattr(op, name, [new if each == old else each for each in given])  # pyright: ignore[reportUnknownVariableType]
            changed = True
    return changed


def _replace(op: ir.Operation, array: Any) -> None:
    with op.location, ir.InsertionPoint(op):
        made = constant(np.ascontiguousarray(array).reshape(array.shape))
    op.results[0].replace_all_uses_with(made.results[0])
    op.erase()


def _values(function: ir.Operation) -> Iterator[ir.Value]:
    yield from block_of(function).arguments
    for op in ops_in(function):
        yield from op.results
        for region in op.regions:
            for block in region.blocks:
                if op != function:
                    yield from block.arguments
