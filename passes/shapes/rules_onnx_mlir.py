# SPDX-License-Identifier: Apache-2.0
"""Ops that ONNX does not have, as onnx-mlir describes them (src/Dialect/ONNX/AdditionalONNXOps.td)."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from ...dialect.bindings import ir
from .dims import Dim, Shape, numbers, sizes_of
from .knowledge import Found, OpFacts, Rule
from .rules_shaping import broadcast

_affine: Any = ir
"""The stubs of the bindings do not have every class of affine expressions."""


def _one(_: OpFacts) -> Sequence[Found] | None:
    return [(1,)]


def _concat_shape_transpose(facts: OpFacts) -> Sequence[Found] | None:
    shapes = [facts.shape(index) for index in range(len(facts.operands))]
    known = [shape for shape in shapes if shape is not None]
    rank = len(known[0]) if known else 0
    if len(known) != len(shapes) or any(len(shape) != rank for shape in known):
        return None
    axis = facts.axis("axis", rank)
    joined: list[Dim] = []
    for index, dims in enumerate(zip(*known, strict=True)):
        sizes = [dim for dim in dims if isinstance(dim, int)]
        if index != axis:
            joined.append(sizes[0] if sizes else dims[0])
        else:
            joined.append(facts.dims.sum(dims))
    count = len(range(rank)[slice(facts.attribute("start") or 0, facts.attribute("end"))])
    perm = facts.attribute("perm") or range(rank - 1, -1, -1)
    return [(count,), tuple([joined[index] for index in perm])]


def _custom(facts: OpFacts) -> Sequence[Found] | None:
    """Attributes say which operands a node of another domain is like."""
    pattern = facts.attribute("shape_infer_pattern")
    if pattern is None or len(facts.op.results) != 1:
        return None
    numbers_ = facts.attribute("inputs_for_infer") or range(len(facts.operands))
    shapes: list[Shape] = []
    for number in numbers_:
        shape = facts.shape(number) if facts.has(number) else None
        if shape is None:
            return None
        shapes.append(shape)
    if not shapes:
        return None
    return [broadcast(facts, shapes) if pattern == "MDBroadcast" else shapes[0]]


def _im2col(facts: OpFacts) -> Sequence[Found] | None:
    """A row for each element of a window, a column for each place of one."""
    data, kernel = facts.shape(0), facts.attribute("kernel_shape")
    if data is None or len(data) != len(kernel) + 2:
        return None
    ones = [1] * len(kernel)
    strides, dilations = facts.attribute("strides") or ones, facts.attribute("dilations") or ones
    pads = facts.attribute("pads") or [0] * 2 * len(kernel)
    places: list[int] = []
    for axis, dim in enumerate(data[2:]):
        if not isinstance(dim, int):
            places = []
            break
        if facts.attribute("auto_pad") in ("SAME_UPPER", "SAME_LOWER"):
            places.append(-(-dim // strides[axis]))
        else:
            reach = (kernel[axis] - 1) * dilations[axis] + 1
            room = dim + pads[axis] + pads[len(kernel) + axis] - reach
            places.append(room // strides[axis] + 1)
    channels = data[1]
    rows = channels * prod(kernel) if isinstance(channels, int) else facts.dims.fresh()
    return [(data[0], rows, prod(places) if places else facts.dims.fresh())]


def _layout_transform(facts: OpFacts) -> Sequence[Found] | None:
    """The same sizes, in the layout that is asked for."""
    shape = facts.shape(0)
    declared = facts.op.results[0].type
    if shape is None or not isinstance(declared, ir.ShapedType):
        return None
    encoding = declared.encoding if isinstance(declared, ir.RankedTensorType) else None
    dynamic = ir.ShapedType.get_dynamic_size()
    sizes = [dynamic if size < 0 else size for size in sizes_of(shape)]
    encoding = encoding or facts.attribute("target_layout")
    where = ir.Location.unknown(declared.context)
    return [ir.RankedTensorType.get(sizes, declared.element_type, encoding, loc=where)]


def _rms_layer_normalization(facts: OpFacts) -> Sequence[Found] | None:
    data = facts.shape(0)
    if data is None:
        return None
    axis = facts.axis("axis", len(data))
    return [data, (*data[:axis], *[1] * (len(data) - axis))]


def _shape_transform(facts: OpFacts) -> Sequence[Found] | None:
    """One more than the largest index along each axis."""
    sizes = numbers(facts.shape(0))
    if sizes is None or 0 in sizes:
        return None
    bounds = [
        _bounds(expression, sizes) for expression in facts.attribute("index_map").value.results
    ]
    known = [bound[1] + 1 for bound in bounds if bound is not None]
    return [tuple(known)] if len(known) == len(bounds) else None


def _bounds(expression: Any, sizes: tuple[int, ...]) -> tuple[int, int] | None:
    """The least and the largest value of an affine expression of indices."""
    if isinstance(expression, _affine.AffineDimExpr):
        position: int = expression.position
        return 0, sizes[position] - 1
    if isinstance(expression, _affine.AffineConstantExpr):
        return expression.value, expression.value
    if not isinstance(expression, _affine.AffineBinaryExpr):
        return None
    left, right = _bounds(expression.lhs, sizes), _bounds(expression.rhs, sizes)
    if left is None or right is None:
        return None
    if isinstance(expression, _affine.AffineAddExpr):
        return left[0] + right[0], left[1] + right[1]
    by = right[0]
    if by != right[1] or by <= 0:
        return None
    if isinstance(expression, _affine.AffineMulExpr):
        return left[0] * by, left[1] * by
    if isinstance(expression, _affine.AffineFloorDivExpr):
        return left[0] // by, left[1] // by
    if isinstance(expression, _affine.AffineCeilDivExpr):
        return -(-left[0] // by), -(-left[1] // by)
    same = left[0] // by == left[1] // by
    return (left[0] % by, left[1] % by) if same else (0, by - 1)


def _upsample_and_pad(facts: OpFacts) -> Sequence[Found] | None:
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


RULES: dict[str, Rule] = {
    "ConcatShapeTranspose": _concat_shape_transpose,
    "Custom": _custom,
    "Dim": _one,
    "Im2Col": _im2col,
    "LayoutTransform": _layout_transform,
    "RMSLayerNormalization": _rms_layer_normalization,
    "ShapeTransform": _shape_transform,
    "UpsampleAndPad": _upsample_and_pad,
}
