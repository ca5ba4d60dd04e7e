# SPDX-License-Identifier: Apache-2.0
"""What small integer tensors hold, as far as it follows from shapes and constants.

An element is a number, the name of a dimension, or None; what only moves elements moves names, too.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from ...dialect.types import Array, element_type
from .dims import numbers
from .knowledge import OpFacts

Rule = Callable[[OpFacts], "Array | None"]


def elements_of_result(facts: OpFacts) -> Array | None:
    """What the first result of an op holds; None if nothing is known of it."""
    rule = _RULES.get(facts.spec.onnx_name or facts.spec.name)
    if rule is None:
        return None
    row = element_type(facts.op.results[0].type)
    if row is None or row.asm not in ("i64", "i32"):
        return None
    return rule(facts)


def _array(items: Any) -> Array:
    array = np.empty(len(items), object)
    array[:] = items
    return array


def _shape(facts: OpFacts) -> Array | None:
    shape = facts.shape(0)
    if shape is None:
        return None
    start, end = (
        facts.attribute(name) if name in facts.spec.attributes else None
        for name in ("start", "end")
    )
    return _array(shape[slice(start or 0, end)])


def _dim(facts: OpFacts) -> Array | None:
    shape = facts.shape(0)
    return None if shape is None else _array([shape[facts.attribute("axis")]])


def _size(facts: OpFacts) -> Array | None:
    sizes = numbers(facts.shape(0))
    return None if sizes is None else np.array(prod(sizes), object)


def _gather(facts: OpFacts) -> Array | None:
    data, indices = facts.elements(0), facts.constant(1)
    if data is None or indices is None:
        return None
    return _object(np.take(data, indices, axis=facts.attribute("axis")))


def _concat(facts: OpFacts) -> Array | None:
    parts: list[Array] = []
    for index in range(len(facts.operands)):
        part, shape = facts.elements(index), facts.shape(index)
        if part is None:
            if shape is None or len(shape) != 1 or not isinstance(shape[0], int):
                return None
            part = np.full(shape[0], None, object)
        parts.append(part)
    return np.concatenate(parts, axis=facts.attribute("axis"))


def _slice(facts: OpFacts) -> Array | None:
    data = facts.elements(0)
    if data is None or data.ndim != 1 or len(facts.operands) < 3:
        return None
    starts, ends = facts.constant(1), facts.constant(2)
    if starts is None or ends is None or len(starts) != 1:
        return None
    steps = facts.constant(4) if facts.has(4) else np.array([1])
    if steps is None:
        return None
    start, end, step = int(starts[0]), int(ends[0]), int(steps[0])
    if step < 0 and end < -len(data):
        return data[slice(start, None, step)]
    return data[slice(start, end, step)]


def _same(facts: OpFacts) -> Array | None:
    return facts.elements(0)


def _moved(facts: OpFacts) -> Array | None:
    """Squeeze, Unsqueeze, Reshape: the same elements in the shape of the result."""
    data, sizes = facts.elements(0), numbers(facts.result_shape)
    return None if data is None or sizes is None else data.reshape(sizes)


def _arithmetic(function: Callable[[Any, Any], Any], neutral: int | None) -> Rule:
    """Element by element; a name stays what it is beside the neutral element."""

    def one(a: Any, b: Any) -> Any:
        if isinstance(a, int) and isinstance(b, int):
            return function(a, b)
        if neutral is not None and b == neutral:
            return a
        return b if neutral is not None and a == neutral and function is not operator.sub else None

    both = np.frompyfunc(one, 2, 1)

    def rule(facts: OpFacts) -> Array | None:
        a, b = facts.elements(0), facts.elements(1)
        if a is None or b is None:
            return None
        return _object(both(a, b))

    return rule


def _quotient(a: int, b: int) -> int | None:
    if b == 0:
        return None
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def _object(array: Any) -> Array:
    result = np.empty(np.shape(array), object)
    result[...] = array
    return result


_RULES: dict[str, Rule] = {
    "Shape": _shape,
    "Dim": _dim,
    "Size": _size,
    "Gather": _gather,
    "Concat": _concat,
    "Slice": _slice,
    "Identity": _same,
    "Cast": _same,
    "Squeeze": _moved,
    "Unsqueeze": _moved,
    "Reshape": _moved,
    "Add": _arithmetic(operator.add, 0),
    "Sub": _arithmetic(operator.sub, 0),
    "Mul": _arithmetic(operator.mul, 1),
    "Div": _arithmetic(_quotient, None),
}
