# SPDX-License-Identifier: Apache-2.0
"""How ops are found behind one another, whatever the order of their operands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...dialect.bindings import ir
from ...dialect.constants import constant_value
from ...dialect.ops.schema import op_spec
from ...dialect.opsets import recorded_opsets
from ...dialect.types import shape_of


def is_imported(name: str, op: Any) -> bool:
    """Whether the model around `op`, if it is one, imports an opset that has the op of this name."""
    opsets, spec = recorded_opsets(op.operation), op_spec(name)
    return opsets is None or spec is None or spec.since_version <= opsets.get(spec.domain, 0)


def both_orders(op: Any) -> Iterator[tuple[ir.Value, ir.Value]]:
    """The two operands of a commutative op, in either order."""
    if op is not None:
        a, b = op.operands
        yield a, b
        yield b, a


def is_number(value: ir.Value, number: float, beside: ir.Value) -> bool:
    """Whether a value is a constant of one element, this number as its type rounds it, and gives `beside` no axes."""
    array = constant_value(value)
    if array is None or array.size != 1 or array.dtype.kind not in "fV":
        return False
    shape = shape_of(beside.type)
    if array.ndim > (0 if shape is None else len(shape)):
        return False
    return float(array.reshape(())) == float(array.dtype.type(number))


def beside_number(op: Any, number: float) -> Iterator[ir.Value]:
    """What a commutative op takes besides a constant of this number."""
    for one, other in both_orders(op):
        if is_number(one, number, other):
            yield other
