# SPDX-License-Identifier: Apache-2.0
"""Ops with an operand that says a shape, repeats, or a range, of which some elements may be known."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, prod
from typing import Any

import numpy as np

from ...dialect.bindings import ir
from .dims import Dim, Shape
from .knowledge import Found, OpFacts, Rule


def _partial(facts: OpFacts, index: int) -> list[Any] | None:
    """The elements of a one-dimensional operand, if something but not all is known of it."""
    elements = facts.elements(index)
    if elements is None or elements.ndim != 1 or facts.constant(index) is not None:
        return None
    return list(elements)


def _reshape(facts: OpFacts) -> Sequence[Found] | None:
    """Dimensions that stand on both sides under one name take no part in what -1 stands for."""
    elements, data = facts.elements(1) if len(facts.operands) > 1 else None, facts.shape(0)
    if elements is None or elements.ndim != 1:
        return None  # nothing is known, or it is Reshape-1
    shape: list[Dim] = []
    inferred: int | None = None
    for index, element in enumerate(elements):
        if element == -1:
            inferred = index
            shape.append(1)
        elif element == 0 and not facts.attribute("allowzero"):
            known = data is not None and index < len(data)
            shape.append(data[index] if data is not None and known else facts.dims.fresh())
        else:
            shape.append(facts.dim(element))
    if inferred is not None:
        quotient = None if data is None else _quotient(data, shape)
        shape[inferred] = facts.dims.fresh() if quotient is None else quotient
    elif data is not None and sum(isinstance(dim, str) for dim in shape) == 1:
        # It may be that -1 itself that is not known.
        position = next(i for i, dim in enumerate(shape) if isinstance(dim, str))
        quotient = _quotient(data, [*shape[:position], *shape[position + 1 :]])
        shape[position] = shape[position] if quotient is None else quotient
    return [tuple(shape)]


def _quotient(data: Sequence[Dim], shape: Sequence[Dim]) -> Dim | None:
    """What the sizes of `data` multiply to, divided by those of `shape`; None if that is not known."""
    above, below = list(data), list(shape)
    for dim in shape:
        if isinstance(dim, str) and dim in above:
            above.remove(dim)
            below.remove(dim)
    if any(isinstance(dim, str) for dim in below):
        return None
    number = prod(dim for dim in below if isinstance(dim, int))
    total = prod(dim for dim in above if isinstance(dim, int))
    names = [dim for dim in above if isinstance(dim, str)]
    if not names:
        return total // number if number and total % number == 0 else None
    return names[0] if len(names) == 1 and total == number else None


def broadcast(facts: OpFacts, shapes: Sequence[Sequence[Dim]]) -> Shape:
    """The shape of what is computed element by element from several tensors."""
    rank = max(map(len, shapes))
    result: list[Dim] = []
    for axis in range(-rank, 0):
        at = [shape[axis] for shape in shapes if len(shape) >= -axis and shape[axis] != 1]
        numbers = [dim for dim in at if isinstance(dim, int)]
        if numbers:
            result.append(numbers[0])
        elif not at:
            result.append(1)
        else:
            result.append(at[0] if len(set(at)) == 1 else facts.dims.fresh())
    return tuple(result)


def _expand(facts: OpFacts) -> Sequence[Found] | None:
    data, elements = facts.shape(0), _partial(facts, 1)
    if data is None or elements is None:
        return None
    return [broadcast(facts, [data, [facts.dim(element) for element in elements]])]


def _constant_of_shape(facts: OpFacts) -> Sequence[Found] | None:
    elements = _partial(facts, 0)
    return None if elements is None else [tuple(map(facts.dim, elements))]


def _tile(facts: OpFacts) -> Sequence[Found] | None:
    data, elements = facts.shape(0), _partial(facts, 1)
    if data is None or elements is None or len(data) != len(elements):
        return None
    return [tuple([_times(facts, dim, times) for dim, times in zip(data, elements, strict=True)])]


def _times(facts: OpFacts, dim: Dim, times: Any) -> Dim:
    if isinstance(dim, int) and isinstance(times, int):
        return dim * times
    if times == 1:
        return dim
    return facts.dim(times) if dim == 1 else facts.dims.fresh()


def _range(facts: OpFacts) -> Sequence[Found] | None:
    """Numbers may come as tensors of one element.  Of start and start + n, their difference is known."""
    start, limit, delta = (facts.constant(index) for index in range(3))
    if delta is None or delta.size != 1 or not delta.item():
        return None
    if start is not None and limit is not None and start.size == limit.size == 1:
        difference = np.asarray(limit, np.float64).item() - np.asarray(start, np.float64).item()
        if delta.dtype.kind == "i":
            difference = int(limit.item()) - int(start.item())
    else:
        count = _above(facts, facts.operands[0], facts.operands[1])
        if count is None:
            return None
        difference = count
    if isinstance(difference, int):
        return [(max(0, -(-difference // int(delta.item()))),)]
    return [(max(0, ceil(difference / float(delta.item()))),)]


def _above(facts: OpFacts, start: ir.Value, limit: ir.Value) -> int | float | None:
    """n, if `limit` is start + n and n is known."""
    owner = limit.owner
    if isinstance(owner, ir.Block) or not owner.name.startswith("onnx.Add"):
        return None
    for one, other in ((0, 1), (1, 0)):
        if owner.operands[one] == start:
            found = facts.constant_of(owner.operands[other])
            if found is not None and found.size == 1:
                return found.item() if found.dtype.kind == "i" else float(found.item())
    return None


def _upsample(facts: OpFacts) -> Sequence[Found] | None:
    """Every size times its scale, rounded down."""
    data = facts.shape(0)
    if data is None:
        return None
    scales = facts.attribute("scales") or facts.constant(1) if len(facts.operands) > 1 else None
    if scales is None:
        return [tuple([facts.dims.fresh() for _ in data])] if len(facts.operands) > 1 else None
    if len(scales) != len(data):
        return None
    return [tuple([_scaled(facts, dim, float(s)) for dim, s in zip(data, scales, strict=True)])]


def _scaled(facts: OpFacts, dim: Dim, scale: float) -> Dim:
    if isinstance(dim, int):
        return int(dim * scale)
    return dim if scale == 1 else facts.dims.fresh()


RULES: dict[str, Rule] = {
    "Reshape": _reshape,
    "Expand": _expand,
    "ConstantOfShape": _constant_of_shape,
    "Tile": _tile,
    "Range": _range,
    "Upsample": _upsample,
}
