# SPDX-License-Identifier: Apache-2.0
"""Shapes of results where ONNX's inference knows less, or does not know the op.

ONNX's inference takes operands that are known as a whole; these rules take shapes and the like of which only some
elements are known.  A rule gives the shape of each result; None where it says nothing, and ONNX's is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from .dims import Dim, Shape
from .knowledge import OpFacts

Shapes = list["Shape | None"]
Rule = Callable[[OpFacts], "Shapes | None"]


def shapes_of_results(facts: OpFacts) -> Shapes | None:
    """What a rule says of an op; None if there is none, or it says nothing."""
    rule = RULES.get(facts.spec.onnx_name or facts.spec.name)
    return None if rule is None else rule(facts)


def _partial(facts: OpFacts, index: int) -> list[Any] | None:
    """The elements of a one-dimensional operand, if something but not all is known of it."""
    elements = facts.elements(index)
    if elements is None or elements.ndim != 1 or facts.constant(index) is not None:
        return None
    return list(elements)


def _reshape(facts: OpFacts) -> Shapes | None:
    """Dimensions that stand on both sides under one name take no part in what -1 stands for."""
    if "shape" in facts.spec.attributes:
        return None  # Reshape-1
    elements, data = facts.elements(1), facts.shape(0)
    if elements is None or elements.ndim != 1:
        return None
    allow_zero = "allowzero" in facts.spec.attributes and facts.attribute("allowzero")
    shape: list[Dim] = []
    inferred: int | None = None
    for index, element in enumerate(elements):
        if element == -1:
            inferred = index
            shape.append(1)
        elif element == 0 and not allow_zero:
            known = data is not None and index < len(data)
            shape.append(data[index] if data is not None and known else facts.dims.fresh())
        else:
            shape.append(facts.dim(element))
    unknown = any(element is None for element in elements)
    if inferred is not None:
        # A dimension that is not known may itself be the -1; then what it stands for is 1.
        quotient = None if data is None or unknown else _quotient(data, shape)
        shape[inferred] = facts.dims.fresh() if quotient is None else quotient
    elif data is not None and sum(isinstance(dim, str) for dim in shape) == 1:
        position = next(i for i, dim in enumerate(shape) if isinstance(dim, str))
        quotient = _quotient(data, [*shape[:position], *shape[position + 1 :]])
        if quotient is not None:
            shape[position] = quotient
    return [tuple(shape)]


def _quotient(data: Sequence[Dim], shape: Sequence[Dim]) -> Dim | None:
    """What the sizes of `data` multiply to, divided by those of `shape`."""
    above, below = list(data), list(shape)
    for dim in shape:
        if isinstance(dim, str) and dim in above:
            above.remove(dim)
            below.remove(dim)
    number = prod(dim for dim in below if isinstance(dim, int))
    if len([dim for dim in below if isinstance(dim, str)]) or number == 0:
        return None
    names = [dim for dim in above if isinstance(dim, str)]
    total = prod(dim for dim in above if isinstance(dim, int))
    if not names:
        return total // number if total % number == 0 else None
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


def _expand(facts: OpFacts) -> Shapes | None:
    data, elements = facts.shape(0), _partial(facts, 1)
    if data is None or elements is None:
        return None
    return [broadcast(facts, [data, [facts.dim(element) for element in elements]])]


def _constant_of_shape(facts: OpFacts) -> Shapes | None:
    elements = _partial(facts, 0)
    return None if elements is None else [tuple(map(facts.dim, elements))]


def _tile(facts: OpFacts) -> Shapes | None:
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


def _same(facts: OpFacts) -> Shapes | None:
    return [facts.shape(0)]


def _one(_: OpFacts) -> Shapes | None:
    return [(1,)]


def _concat_shape_transpose(facts: OpFacts) -> Shapes | None:
    shapes = [facts.shape(index) for index in range(len(facts.operands))]
    first = shapes[0]
    if first is None:
        return None
    joined = list(first)
    axis: int = facts.attribute("axis") % len(first)
    for shape in shapes[1:]:
        if shape is None or len(shape) != len(first):
            return None
        for index, dim in enumerate(shape):
            if index != axis and isinstance(dim, int):
                joined[index] = dim
    along = [shape[axis] for shape in shapes if shape is not None]
    joined[axis] = _sum(facts, along)
    count = len(range(len(first))[slice(facts.attribute("start") or 0, facts.attribute("end"))])
    perm = facts.attribute("perm") or range(len(first) - 1, -1, -1)
    return [(count,), tuple([joined[index] for index in perm])]


def _sum(facts: OpFacts, dims: Sequence[Dim]) -> Dim:
    numbers = [dim for dim in dims if isinstance(dim, int)]
    return sum(numbers) if len(numbers) == len(dims) else facts.dims.fresh()


def _upsample_and_pad(facts: OpFacts) -> Shapes | None:
    data = facts.shape(0)
    if data is None:
        return None
    strides, pads = facts.attribute("strides"), facts.attribute("pads")
    count = len(strides) if strides else len(pads) // 2 if pads else len(data)
    strides, pads = strides or [1] * count, pads or [0] * 2 * count
    shape: list[Dim] = list(data)
    for index in range(count):
        axis = len(data) - count + index
        dim, more = data[axis], pads[index] + pads[count + index]
        if isinstance(dim, int):
            shape[axis] = (dim - 1) * strides[index] + 1 + more
        elif strides[index] != 1 or more:
            shape[axis] = facts.dims.fresh()
    return [tuple(shape)]


def _custom(facts: OpFacts) -> Shapes | None:
    """onnx-mlir's attributes say which operands a node of another domain is like."""
    pattern = facts.attribute("shape_infer_pattern")
    if pattern is None or len(facts.op.results) != 1:
        return None
    numbers = facts.attribute("inputs_for_infer") or range(len(facts.operands))
    shapes: list[Shape] = []
    for number in numbers:
        shape = facts.shape(number) if facts.has(number) else None
        if shape is None:
            return None
        shapes.append(shape)
    if not shapes:
        return None
    return [broadcast(facts, shapes) if pattern == "MDBroadcast" else shapes[0]]


def _rms_layer_normalization(facts: OpFacts) -> Shapes | None:
    data = facts.shape(0)
    if data is None:
        return None
    axis = facts.attribute("axis") % len(data)
    return [data, (*data[:axis], *[1] * (len(data) - axis))]


RULES: dict[str, Rule] = {
    "Reshape": _reshape,
    "Expand": _expand,
    "ConstantOfShape": _constant_of_shape,
    "Tile": _tile,
    "Dim": _one,
    "ConcatShapeTranspose": _concat_shape_transpose,
    "UpsampleAndPad": _upsample_and_pad,
    "Custom": _custom,
    "RMSLayerNormalization": _rms_layer_normalization,
    "LayoutTransform": _same,
    "MeanVarianceNormalization": _same,
    "GroupNormalization": _same,
    "Scaler": _same,
    "Imputer": _same,
    "Normalizer": _same,
}
