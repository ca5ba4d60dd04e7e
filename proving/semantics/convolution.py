# SPDX-License-Identifier: Apache-2.0
"""Conv and ConvTranspose."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..tensors import Tensor, Undefined
from .shapes import along
from .table import Call, means, need
from .windows import Shape, Windows, given


@means("Conv")
def conv(call: Call, x: Tensor, w: Tensor, b: Tensor | None) -> Tensor:
    """The sum over channels of the group and places of the window of X * W, plus B."""
    need(x.rank == w.rank >= 3, "X and W have batch, channels and spatial axes")
    numbers, group = x.numbers, call["group"]
    kernel = w.shape[2:]
    need(
        call["kernel_shape"] is None or tuple(call["kernel_shape"]) == kernel,
        "kernel_shape is not that of W",
    )
    samples, outputs = x.shape[0], w.shape[0]
    need(group > 0 and x.shape[1] == w.shape[1] * group, "X has other channels than W")
    need(outputs % group == 0, "group does not divide the output channels")
    windows = Windows(call, x.shape[2:], kernel)
    padded = windows.padded(x.data, numbers.from_python(0), numbers.dtype)
    seen = [windows.at(padded, place) for place in windows.places()]
    inputs, count, places = w.shape[1], prod(windows.sizes), len(seen)
    columns = np.stack(seen, axis=2).reshape(samples, group, inputs * places, count)
    rows = w.data.reshape(group, outputs // group, inputs * places)
    product = numbers.matmul(rows, columns).reshape(samples, outputs, *windows.sizes)
    return x.like(_plus(x, product, b))


def _plus(x: Tensor, product: Any, b: Tensor | None) -> Any:
    if b is None:
        return product
    need(b.shape == product.shape[1:2], "B has one element an output channel")
    return x.numbers.add(product, along(b.data, 1, x.rank))


@means("ConvTranspose")
def conv_transpose(call: Call, x: Tensor, w: Tensor, b: Tensor | None) -> Tensor:
    """Each element of X adds W to a window of the result; `pads` cuts from that."""
    need(x.rank == w.rank >= 3, "X and W have batch, channels and spatial axes")
    numbers, group = x.numbers, call["group"]
    spatial, kernel = x.shape[2:], w.shape[2:]
    need(
        call["kernel_shape"] is None or tuple(call["kernel_shape"]) == kernel,
        "kernel_shape is not that of W",
    )
    need(group > 0 and x.shape[1] == w.shape[0], "X has other channels than W")
    need(w.shape[0] % group == 0, "group does not divide the input channels")
    samples, inputs, outputs = x.shape[0], x.shape[1] // group, w.shape[1] * group
    ones = (1,) * len(spatial)
    strides, dilations = given(call, "strides", ones), given(call, "dilations", ones)
    need(min(strides + dilations + kernel) > 0, "strides, dilations and kernels are positive")
    begin, sizes = _cut(call, spatial, kernel, strides, dilations)
    # The weights of each place of the window: (group, output, input), times (sample, group, input, where).
    columns = x.data.reshape(samples, group, inputs, prod(spatial))
    weights = np.moveaxis(w.data.reshape(group, inputs, outputs // group, *kernel), 1, 2)
    whole = [
        max(stride * (count - 1) + dilation * (length - 1) + 1, start + size)
        for stride, count, dilation, length, start, size in zip(
            strides, spatial, dilations, kernel, begin, sizes, strict=True
        )
    ]
    found = numbers.full((samples, outputs, *whole), 0)
    for place in np.ndindex(*kernel) if prod(spatial) else ():
        at = (..., *place)
        added = numbers.matmul(weights[at], columns).reshape(samples, outputs, *spatial)
        where = (..., *map(_every, place, dilations, strides, spatial))
        found[where] = numbers.add(found[where], added)
    inside = [slice(start, start + size) for start, size in zip(begin, sizes, strict=True)]
    kept = (..., *inside)
    return x.like(_plus(x, found[kept], b))


def _every(index: int, dilation: int, stride: int, count: int) -> slice:
    start = index * dilation
    return slice(start, start + stride * (count - 1) + 1, stride)


def _cut(
    call: Call, spatial: Shape, kernel: Shape, strides: Shape, dilations: Shape
) -> tuple[Shape, Shape]:
    """Where the result begins in what all windows span, and its sizes."""
    zeros = (0,) * len(spatial)
    extra = given(call, "output_padding", zeros)
    need(
        all(0 <= each < max(pair) for each, *pair in zip(extra, strides, dilations, strict=True)),
        "output_padding is less than the stride or the dilation",
    )
    spans = [
        stride * (count - 1) + more + (length - 1) * dilation + 1
        for stride, count, more, length, dilation in zip(
            strides, spatial, extra, kernel, dilations, strict=True
        )
    ]
    auto, asked = call["auto_pad"], call["output_shape"]
    pads = given(call, "pads", zeros + zeros)
    if not asked and auto in ("NOTSET", "VALID"):
        need(auto == "NOTSET" or call["pads"] is None, "pads and auto_pad exclude each other")
        need(min(pads) >= 0, "pads are not negative")
        begin, end = pads[: len(spatial)], pads[len(spatial) :]
        sizes = tuple([span - a - b for span, a, b in zip(spans, begin, end, strict=True)])
        need(min(sizes) >= 0, "pads cut more than there is")
        return begin, sizes
    need(auto in ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"), "auto_pad is none of its values")
    if asked:
        # With the batch and the channels in front, or without.
        need(len(asked) in (len(spatial), len(spatial) + 2), "output_shape does not fit")
        sizes = tuple(asked[-len(spatial) :])
    else:
        sizes = tuple([count * stride for count, stride in zip(spatial, strides, strict=True)])
    total = [span - size for span, size in zip(spans, sizes, strict=True)]
    if min(total) < 0 and not asked:
        # An output_shape adds zeros at the end; what auto_pad does is left to the engines.
        raise Undefined("a result that is larger than what all windows span")
    total = [max(0, each) for each in total]
    # From version 11 on: SAME_UPPER leaves the odd one to the end.  Before, and otherwise, to the begin.
    upper = auto == "SAME_UPPER" and call.version >= 11
    return tuple([each // 2 if upper else each - each // 2 for each in total]), sizes
