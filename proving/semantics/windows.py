# SPDX-License-Identifier: Apache-2.0
"""Where the windows of convolutions and pools lie."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from ..tensors import Undefined
from .table import Call, need

Shape = tuple[int, ...]


class Windows:
    """The windows of one op: `sizes` of them along each spatial axis, as it says in Conv-11 and AveragePool-19.

    begin, end: how far they reach beyond the data.
    """

    __slots__ = ("begin", "dilations", "end", "kernel", "sizes", "spatial", "strides")

    def __init__(self, call: Call, spatial: Shape, kernel: Shape) -> None:
        rank = len(spatial)
        ones = (1,) * rank
        self.spatial = spatial
        self.kernel = kernel
        self.strides = strides = given(call, "strides", ones)
        self.dilations = given(call, "dilations", ones)
        need(len(kernel) == rank and all(size > 0 for size in kernel), "kernel_shape does not fit")
        need(min(strides + self.dilations, default=1) > 0, "strides and dilations are positive")
        reach = self.reach
        auto = call["auto_pad"] or "NOTSET"
        pads = given(call, "pads", (0,) * (2 * rank))
        if auto in ("SAME_UPPER", "SAME_LOWER"):
            need(call["pads"] is None, "pads and auto_pad exclude each other")
            self.sizes = tuple(
                [-(-size // stride) for size, stride in zip(spatial, strides, strict=True)]
            )
            total = [
                max(0, (count - 1) * stride + length - size)
                for count, stride, length, size in zip(
                    self.sizes, strides, reach, spatial, strict=True
                )
            ]
            less, more = (
                tuple([each // 2 for each in total]),
                tuple([each - each // 2 for each in total]),
            )
            self.begin, self.end = (less, more) if auto == "SAME_UPPER" else (more, less)
            return
        need(auto in ("NOTSET", "VALID"), "auto_pad is none of its values")
        need(min(pads, default=0) >= 0, "pads are not negative")
        if auto == "VALID":
            need(call["pads"] is None, "pads and auto_pad exclude each other")
        self.begin, self.end = pads[:rank], pads[rank:]
        self.sizes = tuple(
            [
                _count(size + before + after - length, stride, call["ceil_mode"], size + before)
                for size, before, after, length, stride in zip(
                    spatial, self.begin, self.end, reach, strides, strict=True
                )
            ]
        )

    @property
    def reach(self) -> Shape:
        """How many elements a window spans."""
        pairs = zip(self.kernel, self.dilations, strict=True)
        return tuple([(size - 1) * dilation + 1 for size, dilation in pairs])

    def places(self) -> Iterator[Shape]:
        """Each place in a window."""
        return product(*map(range, self.kernel))

    def at(self, padded: Any, place: Shape) -> Any:
        """Of padded data, what each window has at a place."""
        where: list[Any] = [slice(None)] * (padded.ndim - len(place))
        for index, dilation, stride, count in zip(
            place, self.dilations, self.strides, self.sizes, strict=True
        ):
            start = index * dilation
            where.append(
                slice(start, start + stride * (count - 1) + 1, stride) if count else slice(0)
            )
        return padded[tuple(where)]

    def padded(self, data: Any, fill: Any, dtype: Any) -> Any:
        """Data with `fill` around it, as far as windows reach."""
        lead = data.shape[: data.ndim - len(self.spatial)]
        needed = [
            max(before + size + after, (count - 1) * stride + length)
            for before, size, after, count, stride, length in zip(
                self.begin,
                self.spatial,
                self.end,
                self.sizes,
                self.strides,
                self.reach,
                strict=True,
            )
        ]
        if tuple(needed) == self.spatial:
            return data
        found: Any = np.full((*lead, *needed), fill, dtype)
        inside: list[Any] = [
            slice(before, before + size)
            for before, size in zip(self.begin, self.spatial, strict=True)
        ]
        where = (..., *inside)
        found[where] = data
        return found


def _count(room: int, stride: int, ceil_mode: Any, before_end: int) -> int:
    """How many windows there are: the first one needs no room."""
    need(ceil_mode in (None, 0, 1), "ceil_mode is 0 or 1")
    if room < 0 and stride > 1:
        # The formula rounds down, engines round towards 0.
        raise Undefined("a window that is larger than the data")
    need(room >= -1, "a window that is larger than the data")
    count = (-(-room // stride) if ceil_mode else room // stride) + 1
    # A window that would begin in the padding at the end is left out.
    return count - bool(ceil_mode and count and (count - 1) * stride >= before_end)


def given(call: Call, name: str, default: Shape) -> Shape:
    """An attribute with an entry for each spatial axis; raise Invalid for another number of them."""
    found = call[name]
    if not found:
        return default
    need(len(found) == len(default), f"{name} does not fit")
    return tuple(found)
