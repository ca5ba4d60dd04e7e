# SPDX-License-Identifier: Apache-2.0
"""Ops that give their operand in another shape or order."""

from __future__ import annotations

from math import prod

import numpy as np

from ..domains import BOOLS
from ..tensors import Invalid, Tensor, Undefined
from .shapes import axes_of, integers
from .table import Call, means, need


@means("Identity LayoutTransform")
def identity(_: Call, x: Tensor) -> Tensor:
    """X"""
    return x


@means("Dropout", since=7)
def dropout(
    call: Call, x: Tensor, ratio: Tensor | None = None, training: Tensor | None = None
) -> tuple[Tensor, ...]:
    """X, and a mask that lets all of it pass; in training nothing is known."""
    scalars = [each for each in (ratio, training) if each is not None]
    need(all(each.rank == 0 for each in scalars), "ratio and training_mode are scalars")
    if training is not None and training.data[()]:
        raise Undefined("random numbers")
    mask = np.full(x.shape, True, object)
    if call.version < 10:
        # The mask has X's type, and what is in it where nothing drops is not said.
        return (x,)
    return x, Tensor("i1", BOOLS, mask)


@means("Flatten")
def flatten(call: Call, x: Tensor) -> Tensor:
    """A matrix: the axes before `axis`, and the others"""
    axis = call["axis"]
    need(-x.rank <= axis <= x.rank, "an axis that there is not")
    axis += x.rank if axis < 0 else 0
    return x.like(x.data.reshape(prod(x.shape[:axis]), prod(x.shape[axis:])))


@means("Reshape")
def reshape(call: Call, x: Tensor, shape: Tensor | None = None) -> Tensor:
    """X in the shape that is given; 0 keeps a size, unless `allowzero`, and -1 is what is left"""
    sizes = list(call["shape"] if shape is None else integers(shape))
    need(all(size >= -1 for size in sizes) and sizes.count(-1) <= 1, "a shape that there is not")
    if call["allowzero"]:
        need(not (-1 in sizes and 0 in sizes), "0 and -1 exclude each other")
    else:
        for axis, size in enumerate(sizes):
            if size == 0:
                need(axis < x.rank, "there is no size to keep")
                sizes[axis] = x.shape[axis]
    count = prod(x.shape)
    if -1 in sizes:
        known = prod([size for size in sizes if size != -1])
        if not known:
            # Any size would do: 0 / 0.
            raise Invalid("what is left cannot be told")
        sizes[sizes.index(-1)] = count // known
    need(prod(sizes) == count, "another number of elements")
    return x.like(x.data.reshape(sizes))


@means("Squeeze")
def squeeze(call: Call, x: Tensor, axes: Tensor | None = None) -> Tensor:
    """X without axes of size 1: those that are given, or all"""
    listed = call["axes"] if axes is None else integers(axes)
    if listed is None:
        return x.like(x.data.reshape([size for size in x.shape if size != 1]))
    found = axes_of(listed, x.rank)
    need(all(x.shape[axis] == 1 for axis in found), "an axis whose size is not 1")
    return x.like(x.data.reshape([size for axis, size in enumerate(x.shape) if axis not in found]))


@means("Unsqueeze")
def unsqueeze(call: Call, x: Tensor, axes: Tensor | None = None) -> Tensor:
    """X with axes of size 1, where the result has them"""
    listed = call["axes"] if axes is None else integers(axes)
    rank = x.rank + len(listed)
    found = axes_of(listed, rank)
    sizes = iter(x.shape)
    return x.like(x.data.reshape([1 if axis in found else next(sizes) for axis in range(rank)]))


@means("Transpose")
def transpose(call: Call, x: Tensor) -> Tensor:
    """X with its axes in another order, or reversed"""
    perm = call["perm"]
    if perm is None:
        return x.like(x.data.T)
    need(sorted(perm) == list(range(x.rank)), "perm is no permutation of the axes")
    return x.like(x.data.transpose(perm))
