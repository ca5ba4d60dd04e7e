# SPDX-License-Identifier: Apache-2.0
"""Axes and sizes: what ops have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..tensors import Invalid, Tensor
from .table import need

Shape = tuple[int, ...]


def axis_of(axis: int, rank: int) -> int:
    """An axis counted from the front; raise Invalid if there is no such one."""
    if not -rank <= axis < rank:
        raise Invalid("an axis that there is not")
    return axis % rank


def axes_of(axes: Iterable[int], rank: int) -> Shape:
    """Axes counted from the front, each once; raise Invalid."""
    found = tuple([axis_of(axis, rank) for axis in axes])
    need(len(set(found)) == len(found), "an axis that is named twice")
    return found


def integers(tensor: Tensor) -> Shape:
    """The elements of a vector of integers."""
    need(tensor.rank == 1, "shapes and axes are vectors")
    return tuple(tensor.data.tolist())


def broadcast(*shapes: Sequence[int]) -> Shape:
    """The shape that arrays of these shapes broadcast to; raise Invalid."""
    rank = max(map(len, shapes), default=0)
    found = [1] * rank
    for shape in shapes:
        for axis, size in enumerate(shape, rank - len(shape)):
            if size != 1:
                need(found[axis] in (1, size), "shapes do not broadcast")
                found[axis] = size
    return tuple(found)


def along(vector: Any, axis: int, rank: int) -> Any:
    """A vector as an array of a rank, along one of its axes."""
    return vector.reshape((1,) * axis + vector.shape + (1,) * (rank - axis - 1))
