# SPDX-License-Identifier: Apache-2.0
"""Tensors that are joined, split, repeated and rearranged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..domains import INTEGERS, array_of
from ..tensors import Tensor
from .shapes import axis_of, broadcast, integers
from .table import Call, means, need


@means("Concat", since=4)
def concat(call: Call, *operands: Tensor) -> Tensor:
    """All, one after the other along an axis"""
    first = operands[0]
    axis = axis_of(call["axis"], first.rank)
    for each in operands:
        need(each.rank == first.rank, "ranks differ")
        pairs = zip(each.shape, first.shape, strict=True)
        need(all(at == axis or a == b for at, (a, b) in enumerate(pairs)), "sizes differ")
    return first.like(np.concatenate([each.data for each in operands], axis))


@means("ConcatShapeTranspose")
def concat_shape_transpose(call: Call, *operands: Tensor) -> tuple[Tensor, ...]:
    """Concat; its shape from `start` to `end`, and its transpose"""
    joined = concat(call, *operands)
    sizes = joined.shape[slice(call["start"], call["end"])]
    perm = call["perm"]
    need(
        perm is None or sorted(perm) == list(range(joined.rank)),
        "perm is no permutation of the axes",
    )
    shape = Tensor("i64", INTEGERS, array_of(np.array(sizes, int)))
    return shape, joined.like(joined.data.transpose(perm))


@means("Split")
def split(call: Call, x: Tensor, sizes: Tensor | None = None) -> tuple[Tensor, ...]:
    """Parts along an axis"""
    axis = axis_of(call["axis"] or 0, x.rank)
    whole = x.shape[axis]
    listed: Sequence[int] | None = call["split"] if sizes is None else integers(sizes)
    if listed is None:
        listed = _equal_parts(call, whole)
    else:
        need(call["num_outputs"] is None, "split and num_outputs exclude each other")
    need(min(listed, default=0) >= 0 and sum(listed) == whole, "parts are not the whole")
    need(call.results in (None, len(listed)), "another number of parts")
    borders = np.cumsum(listed)[:-1]
    return tuple([x.like(part) for part in np.split(x.data, borders, axis)]) if listed else ()


def _equal_parts(call: Call, whole: int) -> list[int]:
    """Sizes of parts; from version 18 on, the last one may be smaller."""
    count: int = (call["num_outputs"] if call.version >= 18 else call.results) or 0
    need(count > 0, "the number of parts is not known")
    need(call.version >= 18 or whole % count == 0, "no equal parts")
    size = -(-whole // count)
    need(size * (count - 1) <= whole, "only the last part may be smaller")
    return [min(size, whole - index * size) for index in range(count)]


@means("Expand")
def expand(_: Call, x: Tensor, shape: Tensor) -> Tensor:
    """X, broadcast with a shape"""
    sizes = integers(shape)
    need(min(sizes, default=0) >= 0, "a size that there is not")
    return x.like(np.broadcast_to(x.data, broadcast(x.shape, sizes)))


@means("Tile", since=6)
def tile(_: Call, x: Tensor, repeats: Tensor) -> Tensor:
    """X, repeated along each axis"""
    counts = integers(repeats)
    need(len(counts) == x.rank and min(counts, default=0) >= 0, "a number for each axis")
    return x.like(np.tile(x.data, counts))


@means("DepthToSpace")
def depth_to_space(call: Call, x: Tensor) -> Tensor:
    """Channels become blocks of space"""
    block, mode = call["blocksize"], call["mode"] or "DCR"
    need(x.rank == 4 and block > 0 and x.shape[1] % block**2 == 0, "no blocks of channels")
    need(mode in ("DCR", "CRD"), "mode is none of its values")
    n, c, h, w = x.shape
    depth = c // block**2
    if mode == "DCR":
        data = x.data.reshape(n, block, block, depth, h, w).transpose(0, 3, 4, 1, 5, 2)
    else:
        data = x.data.reshape(n, depth, block, block, h, w).transpose(0, 1, 4, 2, 5, 3)
    return x.like(data.reshape(n, depth, h * block, w * block))


@means("SpaceToDepth")
def space_to_depth(call: Call, x: Tensor) -> Tensor:
    """Blocks of space become channels"""
    block, mode = call["blocksize"], call["mode"] or "DCR"
    need(x.rank == 4 and block > 0, "X has batch, channels and two spatial axes")
    need(mode in ("DCR", "CRD"), "mode is none of its values")
    n, c, h, w = x.shape
    need(h % block == w % block == 0, "no whole blocks")
    data = x.data.reshape(n, c, h // block, block, w // block, block)
    data = data.transpose((0, 3, 5, 1, 2, 4) if mode == "DCR" else (0, 1, 3, 5, 2, 4))
    return x.like(data.reshape(n, c * block**2, h // block, w // block))
