# SPDX-License-Identifier: Apache-2.0
"""Conv as a product of matrices, where it is asked for.

    kernel 1 x 1, no stride, no pad    Reshape(W) @ Reshape(X), over the channels
    other kernels, of two axes         Reshape(W) @ Im2Col(X), whose columns are what the kernel sees

A batch of 1 is left out of the product.  The bias is added as a column.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from ...dialect.bindings import ir
from ...dialect.onnx import op_class
from ...dialect.types import BY_ASM, DYNAMIC, ElementType, element_type, shape_of, tensor_type
from ..rewriting import NoMatch, Rewriter, Rewritten, no_match
from .replacing import in_place_of, number, sizes_of, value_of


def conv(
    op: Any, rewriter: Rewriter, *, enable_conv_to_matmul: bool = False, **_: Any
) -> NoMatch | Rewritten:
    """See the module."""
    if not enable_conv_to_matmul:
        return no_match("enable-conv-to-matmul is not set")
    x, weights, bias = op.operands
    shape, kernel, row = shape_of(x.type), sizes_of(weights), element_type(x.type)
    if shape is None or kernel is None or row is None or len(shape) < 3:
        return no_match("the rank of X or the shape of W is not known")
    if op.group != 1:
        return no_match("it has groups")
    pointwise = _is_pointwise(op, kernel[2:])
    if not pointwise and len(shape) != 4:
        return no_match("Im2Col has two spatial axes")
    alone = shape[0] == 1
    flat = [kernel[0], prod(kernel[1:])]
    if pointwise:
        columns = _flattened(x, 3, row)
        if alone:
            columns = _flattened(columns, 2, row, most_significant=True)
        matrix = _flattened(weights, 2, row)
    else:
        columns = _columns(op, x, kernel, row, alone=alone)
        matrix = value_of("Reshape", weights, number(flat), type_=tensor_type(flat, row))
    last = shape_of(columns.type)
    sizes = [kernel[0], DYNAMIC if last is None else last[-1]]
    product = value_of(
        "MatMul", matrix, columns, type_=tensor_type(sizes if alone else [shape[0], *sizes], row)
    )
    if not isinstance(bias.type, ir.NoneType):
        column = value_of("Unsqueeze", bias, number([1]), type_=tensor_type((kernel[0], 1), row))
        product = value_of("Add", product, column, type_=product.type)
    batch, channels = _size(x, 0), _size(weights, 0)
    swept = range(2, len(shape)) if pointwise else ()
    spatial = [_size(x, axis) for axis in swept] or _swept(op, x, kernel)
    whole = [batch, channels, *spatial]
    wanted = value_of("Concat", whole, type_=tensor_type((len(whole),), BY_ASM["i64"]), axis=0)
    return rewriter.replace(op, in_place_of(op, "Reshape", product, wanted))


def _is_pointwise(op: Any, kernel: Sequence[int]) -> bool:
    """Whether each element of the result sees one place of X, its own."""
    by_one = all(set(each or [1]) == {1} for each in (kernel, op.strides, op.dilations))
    unpadded = op.auto_pad == "VALID" or (op.auto_pad == "NOTSET" and not any(op.pads or []))
    return by_one and unpadded


def _size(value: ir.Value, axis: int) -> ir.Value:
    """A size of a value, as a tensor of one element."""
    shape = shape_of(value.type)
    if shape is not None and shape[axis] >= 0:
        return number([shape[axis]])
    return value_of("Dim", value, type_=tensor_type((1,), BY_ASM["i64"]), axis=axis)


def _flattened(
    value: ir.Value, rank: int, row: ElementType, *, most_significant: bool = False
) -> ir.Value:
    """The value with its last axes made one, or its first, such that `rank` are left."""
    shape = shape_of(value.type)
    assert shape is not None
    if len(shape) == rank:
        return value
    int64 = BY_ASM["i64"]
    sizes = (
        number(shape)
        if min(shape) >= 0
        else value_of("Shape", value, type_=tensor_type((len(shape),), int64))
    )
    first, last = (len(shape) - rank + 1, len(shape)) if most_significant else (0, rank - 1)
    bounds = number([first]), number([last]), number([0]), number([1])
    kept = value_of("Slice", sizes, *bounds, type_=tensor_type((rank - 1,), int64))
    merged = shape[:first] if most_significant else shape[last:]
    size = prod(merged) if min(merged) >= 0 else DYNAMIC
    one = number([size if size >= 0 else -1])
    both = (one, kept) if most_significant else (kept, one)
    wanted = value_of("Concat", list(both), type_=tensor_type((rank,), int64), axis=0)
    left = shape[first:last]
    type_ = tensor_type((size, *left) if most_significant else (*left, size), row)
    return value_of("Reshape", value, wanted, type_=type_)


def _columns(
    op: Any, x: ir.Value, kernel: Sequence[int], row: ElementType, *, alone: bool
) -> ir.Value:
    """What the kernel sees at each place, as a column: (N, C * k * k, places), without N where that is 1."""
    seen = prod(kernel[1:])
    columns = value_of(
        "Im2Col",
        x,
        type_=tensor_type((DYNAMIC, seen, DYNAMIC), row),
        auto_pad=op.auto_pad,
        dilations=op.dilations,
        kernel_shape=list(kernel[2:]),
        pads=op.pads,
        strides=op.strides,
    )
    if not alone:
        return columns
    columns = _flattened(columns, 2, row, most_significant=True)
    columns.set_type(tensor_type((seen, DYNAMIC), row))
    return columns


def _swept(op: Any, x: ir.Value, kernel: Sequence[int]) -> list[ir.Value]:
    """The spatial sizes of the result: of X as it is padded, less what the kernel reaches, by strides."""
    strides, dilations = op.strides or [1, 1], op.dilations or [1, 1]
    pads = (op.pads if op.auto_pad == "NOTSET" else None) or [0, 0, 0, 0]
    sizes = [_size(x, 2), _size(x, 3)]
    found: list[ir.Value] = []
    for i, size in enumerate(sizes):
        more = strides[i] - 1
        if not op.auto_pad.startswith("SAME"):
            more += pads[i] + pads[2 + i] - (kernel[2 + i] - 1) * dilations[i]
        total = value_of("Add", size, number([more]), type_=size.type)
        found.append(value_of("Div", total, number([strides[i]]), type_=size.type))
    return found


PATTERNS = {op_class("Conv"): conv}
