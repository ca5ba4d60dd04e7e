# SPDX-License-Identifier: Apache-2.0
"""ConvTranspose as Conv of an input with zeros between its elements and around them.

UpsampleAndPad(X)    strides - 1 zeros between elements, (k - 1) * dilation - pad around them
W                    (group, I / group, O / group, k, ...), mirrored along k, I and O exchanged
Conv                 without strides and pads
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...dialect.bindings import ir
from ...dialect.onnx import op_class
from ...dialect.types import element_type, shape_of, tensor_type
from ..rewriting import NoMatch, Rewriter, Rewritten, no_match
from .replacing import in_place_of, number, sizes_of, value_of

_LAST, _BEFORE_FIRST = np.iinfo(np.int64).max, np.iinfo(np.int64).min
"""Start and end of a slice that runs through an axis backwards."""


def conv_transpose(op: Any, rewriter: Rewriter, **_: Any) -> NoMatch | Rewritten:
    """See the module."""
    x, weights, bias = op.operands[0], op.operands[1], op.operands[2]
    shape, kernel_shape, row = shape_of(x.type), sizes_of(weights), element_type(x.type)
    if shape is None or kernel_shape is None or row is None or shape_of(op.results[0].type) is None:
        return no_match("the rank of X or Y or the shape of W is not known")
    if min(shape[2:], default=0) < 0:
        return no_match("spatial sizes of X are not known")
    kernel = kernel_shape[2:]
    ones = [1] * len(kernel)
    strides, dilations = op.strides or ones, op.dilations or ones
    extra = op.output_padding or [0] * len(kernel)
    reach = [(k - 1) * d for k, d in zip(kernel, dilations, strict=True)]
    found = _pads(op, shape[2:], strides, reach, extra)
    if isinstance(found, str):
        return no_match(found)
    starts, ends = found
    pads = [
        *(r - start for r, start in zip(reach, starts, strict=True)),
        *(r - end + more for r, end, more in zip(reach, ends, extra, strict=True)),
    ]
    if min(pads, default=0) < 0:
        return no_match("more is padded than the kernel reaches")
    spread = value_of("UpsampleAndPad", x, type_=tensor_type(None, row), pads=pads, strides=strides)
    return rewriter.replace(
        op,
        in_place_of(
            op,
            "Conv",
            spread,
            _mirrored(weights, kernel_shape, op.group, row),
            bias,
            auto_pad="VALID",
            dilations=dilations,
            group=op.group,
            kernel_shape=list(kernel),
            pads=[0] * (2 * len(kernel)),
            strides=ones,
        ),
    )


def _pads(
    op: Any,
    sizes: Sequence[int],
    strides: Sequence[int],
    reach: Sequence[int],
    extra: Sequence[int],
) -> tuple[list[int], list[int]] | str:
    """What is cut off before and behind; or why that is not known."""
    axes = range(len(sizes))
    if op.output_shape is None and op.auto_pad == "VALID":
        return [0 for _ in axes], [0 for _ in axes]
    if op.output_shape is None and op.auto_pad == "NOTSET":
        pads = op.pads or [0] * (2 * len(sizes))
        return list(pads[: len(sizes)]), list(pads[len(sizes) :])
    if op.output_shape is not None:
        wanted = list(op.output_shape)[-len(sizes) :]
    else:
        wanted = [size * stride for size, stride in zip(sizes, strides, strict=True)]
    total = [strides[i] * (sizes[i] - 1) + extra[i] + reach[i] + 1 - wanted[i] for i in axes]
    if op.output_shape is None and min(total, default=0) < 0:
        return "the result is larger than what the kernel reaches"
    smaller = [int(each / 2) for each in total]
    larger = [each - half for each, half in zip(total, smaller, strict=True)]
    # Where the result is larger than what the kernel reaches, more is added behind.
    if op.auto_pad == "SAME_UPPER" or min(total, default=0) < 0:
        return smaller, larger
    return larger, smaller


def _mirrored(weights: ir.Value, shape: Sequence[int], group: int, row: Any) -> ir.Value:
    """(I, O / group, k, ...) as (O, I / group, k, ...), backwards along each k."""
    inputs, outputs, *kernel = shape
    inputs //= group
    grouped = [group, inputs, outputs, *kernel]
    count = len(kernel)
    w = value_of("Reshape", weights, number(grouped), type_=tensor_type(grouped, row))
    bounds = [number([each] * count) for each in (_LAST, _BEFORE_FIRST)]
    axes, steps = number(range(3, 3 + count)), number([-1] * count)
    w = value_of("Slice", w, *bounds, axes, steps, type_=w.type)
    perm = [0, 2, 1, *range(3, 3 + count)]
    turned = [group, outputs, inputs, *kernel]
    w = value_of("Transpose", w, type_=tensor_type(turned, row), perm=perm)
    merged = [group * outputs, inputs, *kernel]
    return value_of("Reshape", w, number(merged), type_=tensor_type(merged, row))


PATTERNS = {op_class("ConvTranspose"): conv_transpose}
