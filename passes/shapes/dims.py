# SPDX-License-Identifier: Apache-2.0
"""Dimensions that are numbers or names, and which of them are equal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from ...dialect.types import DYNAMIC

Dim: TypeAlias = "int | str"
"""A size, or the name of one that is not known; equal names are equal sizes at run time."""

Shape: TypeAlias = "tuple[Dim, ...]"


class Dims:
    """Names of dimensions, and what is known of them."""

    def __init__(self) -> None:
        self._count = 0
        self._same: dict[str, Dim] = {}

    def fresh(self) -> str:
        """A new name."""
        self._count += 1
        return f"?{self._count}"

    def known(self, dim: Dim) -> Dim:
        """The number behind a name, or the one name for all that are equal to it."""
        while isinstance(dim, str) and dim in self._same:
            dim = self._same[dim]
        return dim

    def shape(self, dims: Iterable[Dim]) -> Shape:
        """The same, of a shape."""
        return tuple(map(self.known, dims)) if self._same else tuple(dims)

    def unify(self, a: Dim, b: Dim) -> bool:
        """Note that two dimensions are equal, as they must be for an op to run; whether that was new."""
        a, b = self.known(a), self.known(b)
        if a == b or (isinstance(a, int) and isinstance(b, int)):
            return False
        if isinstance(a, int):
            a, b = b, a
        self._same[str(a)] = b
        return True

    def sum(self, sizes: Iterable[Dim]) -> Dim:
        """What sizes add up to; a new name if not all are known, and the only one if the rest is 0."""
        added = [dim for dim in sizes if dim != 0]
        if len(added) == 1:
            return added[0]
        numbers_ = [dim for dim in added if isinstance(dim, int)]
        return sum(numbers_) if len(numbers_) == len(added) else self.fresh()

    def of_sizes(self, sizes: Iterable[int]) -> Shape:
        """A shape as MLIR's types say it; what is not known gets a new name."""
        return tuple([self.fresh() if size < 0 else size for size in sizes])


def sizes_of(shape: Sequence[Dim]) -> tuple[int, ...]:
    """A shape as MLIR's types say it."""
    return tuple([dim if isinstance(dim, int) else DYNAMIC for dim in shape])


def numbers(shape: Shape | None) -> tuple[int, ...] | None:
    """A shape of which every size is known; None for any other."""
    if shape is None:
        return None
    sizes = tuple([dim for dim in shape if isinstance(dim, int)])
    return sizes if len(sizes) == len(shape) else None


def refined(dims: Dims, declared: Shape | None, found: Shape | None) -> Shape | None:
    """What both say of a value; ValueError if they contradict each other.

    Where `declared` has a number it stays; otherwise `found` knows better.
    """
    if declared is None or found is None:
        return declared if found is None else found
    if len(declared) != len(found):
        raise ValueError(f"rank {len(found)} is inferred, but rank {len(declared)} is declared")
    both: list[Dim] = []
    for axis, (old, new) in enumerate(zip(dims.shape(declared), dims.shape(found), strict=True)):
        if isinstance(old, int) and isinstance(new, int) and old != new:
            raise ValueError(f"size {new} of axis {axis} is inferred, but {old} is declared")
        both.append(old if isinstance(old, int) else new)
    return tuple(both)


def joined(dims: Dims, a: Shape | None, b: Shape | None) -> Shape | None:
    """What holds of a value that may be either one."""
    if a is None or b is None or len(a) != len(b):
        return None
    pairs = zip(dims.shape(a), dims.shape(b), strict=True)
    return tuple([x if x == y else dims.fresh() for x, y in pairs])
