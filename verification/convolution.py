# SPDX-License-Identifier: Apache-2.0
"""Conv for onnx's reference evaluator, whose own takes ten times as long.

It sums over the places of the kernel, each of which is a product of matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from onnx.reference.op_run import OpRun

from .precision import Array


class Conv(OpRun):
    """Conv of every opset."""

    op_domain = ""

    def _run(
        self,
        x: Array,
        w: Array,
        b: Array | None = None,
        auto_pad: str | None = None,
        dilations: Sequence[int] | None = None,
        group: int | None = None,
        kernel_shape: Sequence[int] | None = None,  # noqa: ARG002 - that of w
        pads: Sequence[int] | None = None,
        strides: Sequence[int] | None = None,
    ) -> tuple[Array]:
        axes = x.ndim - 2
        group, strides, dilations = group or 1, strides or [1] * axes, dilations or [1] * axes
        extents = [
            (size - 1) * dilation + 1 for size, dilation in zip(w.shape[2:], dilations, strict=True)
        ]
        if auto_pad in ("SAME_UPPER", "SAME_LOWER"):
            pads = _same_pads(x.shape[2:], extents, strides, lower=auto_pad == "SAME_LOWER")
        elif auto_pad == "VALID" or not pads:
            pads = [0] * (2 * axes)
        width = [(0, 0), (0, 0), *zip(pads[:axes], pads[axes:], strict=True)]
        padded = np.pad(x, width)
        sizes = [
            max(0, (size - extent) // stride + 1)
            for size, extent, stride in zip(padded.shape[2:], extents, strides, strict=True)
        ]
        outputs, inputs = w.shape[0] // group, w.shape[1]
        weights = w.reshape(group, outputs, inputs, *w.shape[2:])
        count = int(np.prod(sizes))
        result = np.zeros((len(x), group, outputs, count), x.dtype)
        every = (slice(None),)
        for place in product(*map(range, w.shape[2:])):
            seen = tuple(
                slice(at * dilation, at * dilation + size * stride, stride)
                for at, dilation, size, stride in zip(place, dilations, sizes, strides, strict=True)
            )
            # The last stride may go beyond the end.
            part = padded[every * 2 + seen].reshape(len(x), group, inputs, count)
            factor = weights[every * 3 + place]
            # A matrix of one column is a factor.
            result += factor * part if inputs == 1 else factor @ part
        if b is not None:
            result += b.reshape(group, outputs, 1)
        return (result.reshape(len(x), len(w), *sizes),)


def _same_pads(
    sizes: Sequence[int], extents: Sequence[int], strides: Sequence[int], *, lower: bool
) -> list[int]:
    """The padding for which a result has the size of X, divided by the stride and rounded up."""
    totals = [
        max(0, (-(-size // stride) - 1) * stride + extent - size)
        for size, extent, stride in zip(sizes, extents, strides, strict=True)
    ]
    less, more = [total // 2 for total in totals], [-(-total // 2) for total in totals]
    return more + less if lower else less + more
