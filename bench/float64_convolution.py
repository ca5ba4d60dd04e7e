# SPDX-License-Identifier: Apache-2.0
"""Conv and ConvTranspose, without bias, and MaxPool, of any rank, as ONNX's specification defines them.

Sources: Conv-11, ConvTranspose-11, MaxPool-12.

Offset by offset of the kernel: what lies under it is a strided slice of X (Conv) or of Y (ConvTranspose).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
_ALL: tuple[Any, ...] = (slice(None), slice(None), slice(None))
"""Batch, group and channel."""


class _Window:
    """What the attributes say about each spatial axis."""

    def __init__(self, kernel: tuple[int, ...], attributes: Mapping[str, Any]) -> None:
        rank = len(kernel)
        self.kernel = kernel
        self.strides: list[int] = attributes.get("strides") or [1] * rank
        self.dilations: list[int] = attributes.get("dilations") or [1] * rank
        self.pads: list[int] = attributes.get("pads") or [0] * (2 * rank)
        self.auto_pad: str = attributes.get("auto_pad", "NOTSET")
        self.group: int = attributes.get("group", 1)
        self.ceil = bool(attributes.get("ceil_mode", 0))
        self.extent = [
            (size - 1) * dilation + 1 for size, dilation in zip(kernel, self.dilations, strict=True)
        ]
        if self.auto_pad == "VALID":
            self.pads = [0] * (2 * rank)

    def split(self, total: int, axis: int) -> tuple[int, int]:
        """Padding in front and behind, of `total`."""
        small = max(total, 0) // 2
        large = max(total, 0) - small
        if self.auto_pad.startswith("SAME"):
            return (small, large) if self.auto_pad == "SAME_UPPER" else (large, small)
        return self.pads[axis], self.pads[axis + len(self.kernel)]

    def offsets(self) -> Iterator[tuple[tuple[int, ...], list[int]]]:
        """Each place in the kernel, and how far it is from the first."""
        for place in product(*map(range, self.kernel)):
            yield place, [at * by for at, by in zip(place, self.dilations, strict=True)]

    def slices(self, offset: Sequence[int], sizes: Sequence[int]) -> tuple[slice, ...]:
        """What lies at this place under each of `sizes` windows."""
        return tuple(
            slice(start, start + (size - 1) * stride + 1, stride)
            for start, size, stride in zip(offset, sizes, self.strides, strict=True)
        )

    def padded(self, x: Array, filler: float) -> tuple[Array, list[int]]:
        """X with its padding, and how many windows there are along each axis."""
        padding = [(0, 0), (0, 0)]
        sizes: list[int] = []
        for axis, size in enumerate(x.shape[2:]):
            stride, extent = self.strides[axis], self.extent[axis]
            front, behind = self.split((-(-size // stride) - 1) * stride + extent - size, axis)
            over = (size + front + behind - extent) % stride
            more = stride - over if self.ceil and over else 0
            # A last window that would begin behind X and its padding is none.
            if (
                more
                and (size + front + behind - extent) // stride * stride + stride >= size + front
            ):
                more = 0
            padding.append((front, behind + more))
            sizes.append((size + front + behind + more - extent) // stride + 1)
        return np.pad(x, padding, constant_values=filler), sizes


def pool_most(x: Array, attributes: Mapping[str, Any]) -> Array:
    """Y of MaxPool for X (N, C, ...)."""
    window = _Window(tuple(attributes["kernel_shape"]), attributes)
    padded, sizes = window.padded(x, -np.inf)
    both = (slice(None), slice(None))
    under = [padded[both + window.slices(at, sizes)] for _, at in window.offsets()]
    return np.asarray(np.max(under, axis=0))


def convolve(x: Array, w: Array, attributes: Mapping[str, Any]) -> Array:
    """Y of Conv for X (N, C, ...) and W (O, C / group, ...)."""
    window = _Window(w.shape[2:], attributes)
    padded, sizes = window.padded(x, 0.0)
    groups = window.group
    by_group = padded.reshape(len(x), groups, -1, *padded.shape[2:])
    weights = w.reshape(groups, -1, *w.shape[1:])
    y = np.zeros((len(x), groups, weights.shape[1], *sizes))
    for place, offset in window.offsets():
        slices = window.slices(offset, sizes)
        under = by_group[_ALL + slices]
        y += np.einsum("ngi...,goi->ngo...", under, weights[_ALL + place])
    return y.reshape(len(x), -1, *sizes)


def convolve_back(x: Array, w: Array, attributes: Mapping[str, Any]) -> Array:
    """Y of ConvTranspose for X (N, C, ...) and W (C, O / group, ...)."""
    window = _Window(w.shape[2:], attributes)
    rank = len(window.kernel)
    extra: list[int] = attributes.get("output_padding") or [0] * rank
    wanted: list[int] | None = attributes.get("output_shape")
    crops: list[tuple[int, int]] = []
    sizes: list[int] = []
    for axis, size in enumerate(x.shape[2:]):
        whole = window.strides[axis] * (size - 1) + extra[axis] + window.extent[axis]
        front, behind = window.pads[axis], window.pads[axis + rank]
        if wanted is not None or window.auto_pad.startswith("SAME"):
            target = wanted[-rank:][axis] if wanted else size * window.strides[axis]
            total = whole - target
            # Of an odd number SAME_UPPER has the larger half behind, everything else in front.
            half = max(total, 0) // 2
            rest = max(total, 0) - half
            front, behind = (half, rest) if window.auto_pad == "SAME_UPPER" else (rest, half)
            whole = max(whole, target)
        crops.append((front, behind))
        sizes.append(whole)
    groups = window.group
    by_group = x.reshape(len(x), groups, -1, *x.shape[2:])
    weights = w.reshape(groups, -1, *w.shape[1:])
    y = np.zeros((len(x), groups, w.shape[1], *sizes))
    for place, offset in window.offsets():
        slices = window.slices(offset, x.shape[2:])
        spread = np.einsum("ngi...,gio->ngo...", by_group, weights[_ALL + place])
        y[_ALL + slices] += spread
    kept = tuple(
        slice(front, size - behind) for (front, behind), size in zip(crops, sizes, strict=True)
    )
    cut = y[_ALL + kept]
    return cut.reshape(len(x), -1, *cut.shape[3:])
