# SPDX-License-Identifier: Apache-2.0
"""Constants that may be large: scaled and summed block by block, in the order in which they are stored.

A rule sees weights through a view, `transposed(B, transB)`, and says there which axis a factor lies along.  Nothing is
moved: the factor, which is small, is brought into the order of the stored elements instead.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import lru_cache
from typing import Any

import numpy as np

from ...dialect.elements.resources import Resource
from ...dialect.rounding import is_native, round_once
from ...dialect.types import Array

Shape = tuple[int, ...]


class ViewKind(ABC):
    """One way of seeing stored elements; `parameter` is the attribute that chooses.

    Arrays may have sizes of 1 where they would be broadcast.
    """

    @abstractmethod
    def refusal(self, shape: Shape, parameter: int) -> str:
        """Why what is stored with `shape` cannot be seen so; "" if it can."""

    @abstractmethod
    def apply(self, stored: Array, parameter: int) -> Array:
        """The array as it is seen."""

    @abstractmethod
    def undo(self, seen: Array, parameter: int) -> Array:
        """The array as it is stored."""

    @abstractmethod
    def shape(self, stored: Shape, parameter: int) -> Shape:
        """The shape that is seen."""

    @abstractmethod
    def stored_axis(self, axis: int, parameter: int) -> int:
        """Where the seen `axis` lies, with others perhaps, in what is stored."""

    def spread(self, factor: Array, shape: Shape) -> Array:  # noqa: ARG002
        """A factor of what is seen with `shape`, broadcast as far as it has to be to be stored."""
        return factor


class _Transposed(ViewKind):
    """A matrix, its axes exchanged where the parameter is not 0."""

    def refusal(self, shape: Shape, parameter: int) -> str:  # noqa: ARG002
        return "" if len(shape) == 2 else "not rank 2"

    def apply(self, stored: Array, parameter: int) -> Array:
        return stored.T if parameter else stored

    def undo(self, seen: Array, parameter: int) -> Array:
        return seen.T if parameter else seen

    def shape(self, stored: Shape, parameter: int) -> Shape:
        return stored[::-1] if parameter else stored

    def stored_axis(self, axis: int, parameter: int) -> int:
        return 1 - axis if parameter else axis


class _Grouped(ViewKind):
    """A tensor of shape (I, ...) as (G, I / G, ...)."""

    def refusal(self, shape: Shape, parameter: int) -> str:
        divisible = bool(shape) and parameter > 0 and shape[0] % parameter == 0
        return "" if divisible else f"not one that {parameter} groups divide"

    def apply(self, stored: Array, parameter: int) -> Array:
        if stored.shape[0] == 1:
            return stored[np.newaxis]
        return stored.reshape(parameter, -1, *stored.shape[1:])

    def undo(self, seen: Array, parameter: int) -> Array:  # noqa: ARG002
        return seen if seen.ndim < 2 else seen.reshape(-1, *seen.shape[2:])

    def shape(self, stored: Shape, parameter: int) -> Shape:
        return (parameter, stored[0] // parameter, *stored[1:])

    def stored_axis(self, axis: int, parameter: int) -> int:  # noqa: ARG002
        return max(axis - 1, 0)

    def spread(self, factor: Array, shape: Shape) -> Array:
        # The two axes become one, so both must be there.
        both = factor.shape[:2] != (1, 1)
        return np.broadcast_to(factor, (*shape[:2], *factor.shape[2:])) if both else factor


class _Plain(ViewKind):
    """What is stored, as it is."""

    def refusal(self, shape: Shape, parameter: int) -> str:  # noqa: ARG002
        return ""

    def apply(self, stored: Array, parameter: int) -> Array:  # noqa: ARG002
        return stored

    def undo(self, seen: Array, parameter: int) -> Array:  # noqa: ARG002
        return seen

    def shape(self, stored: Shape, parameter: int) -> Shape:  # noqa: ARG002
        return stored

    def stored_axis(self, axis: int, parameter: int) -> int:  # noqa: ARG002
        return axis


VIEWS: dict[str, ViewKind] = {"transposed": _Transposed(), "grouped": _Grouped()}
_PLAIN = _Plain()


class Weights:
    """A constant, and how a rule sees it.  Factors are float64 and have the rank of what is seen.

    data: an array, or a resource for what is large.  shape: as it is seen.
    """

    __slots__ = ("_parameter", "_view", "data", "dtype", "shape")

    def __init__(self, data: Array | Resource, view: ViewKind = _PLAIN, parameter: int = 0) -> None:
        self.data = data
        self.dtype: np.dtype[Any] = data.dtype
        self.shape: Shape = view.shape(data.shape, parameter)
        self._view = view
        self._parameter = parameter

    def seen(self) -> Array:
        """All of them, as an array."""
        array = self.data.array() if isinstance(self.data, Resource) else self.data
        return self._view.apply(array, self._parameter)

    def aligned(self, factor: Array) -> Array:
        """A factor with as many axes as are seen, broadcast from the right."""
        missing = len(self.shape) - factor.ndim
        return factor.reshape((1,) * missing + factor.shape) if missing else factor

    def scaled(self, factor: Array) -> Array | Resource:
        """The weights times `factor`, as they are stored, each element rounded once."""
        stored = self._stored_factor(factor)
        dtype, native = self.dtype, is_native(self.dtype)
        wide = np.float64 if dtype.kind == "f" else dtype

        def multiply(block: Array, part: Array) -> Array:
            if native:
                out = np.empty(block.shape, dtype)
                return np.multiply(block, part, out, dtype=wide, casting="unsafe")
            return round_once(block.astype(np.float64) * part, dtype)

        def recipe(block: Array, start: int, stop: int) -> Array:
            with np.errstate(all="ignore"):
                return multiply(block, stored[start:stop] if len(stored) > 1 else stored)

        return (
            self.data.then(recipe)
            if isinstance(self.data, Resource)
            else multiply(self.data, stored)
        )

    def peaks(self, factor: Array) -> Array:
        """The largest magnitude that each element of `factor` scales, in its shape; NaN where there is one."""
        return self._reduced(factor.shape, np.maximum, None, _magnitude)

    def contracted(self, factor: Array, keep: tuple[int, ...]) -> Array:
        """The sum of the weights times `factor`, over all axes but `keep`."""
        stored = self._stored_factor(factor)
        sizes = tuple(self.shape[axis] if axis in keep else 1 for axis in range(len(self.shape)))
        found = self._reduced(sizes, np.add, stored, _wide)
        return found.reshape([self.shape[axis] for axis in keep])

    def _stored_factor(self, factor: Array) -> Array:
        spread = self._view.spread(self.aligned(factor), self.shape)
        return self._view.undo(spread, self._parameter)

    def _reduced(self, sizes: Shape, ufunc: Any, factor: Array | None, prepare: Any) -> Array:
        """Combine the elements along each seen axis of which `sizes` has 1.

        prepare: what becomes of a block first.  factor: it is multiplied by that, as it is stored.
        """
        kept, axes = _axes(self._view, self._parameter, sizes, len(self.data.shape))
        found: list[Array] = []
        start = 0
        for block in self.data.blocks() if isinstance(self.data, Resource) else (self.data,):
            ready = prepare(block)
            if factor is not None:
                stop = start + len(block)
                ready = ready * (factor[start:stop] if len(factor) > 1 else factor)
                start = stop
            found.append(ufunc.reduce(ready, axis=axes, keepdims=True, initial=0))
        whole = found[0]
        if len(found) > 1:
            whole = np.concatenate(found) if 0 in kept else ufunc.reduce(found)
        seen: Array = self._view.apply(whole.astype(np.float64), self._parameter)
        if seen.shape == sizes:
            return seen
        rest = tuple([axis for axis, size in enumerate(sizes) if size == 1])
        combined: Array = ufunc.reduce(seen, axis=rest, keepdims=True)
        return combined


@lru_cache(maxsize=64)
def _axes(
    view: ViewKind, parameter: int, sizes: Shape, rank: int
) -> tuple[frozenset[int], tuple[int, ...]]:
    """The stored axes of which the seen `sizes` have some that is not 1, and all others."""
    kept = frozenset(
        view.stored_axis(axis, parameter) for axis, size in enumerate(sizes) if size != 1
    )
    return kept, tuple(axis for axis in range(rank) if axis not in kept)


def _magnitude(block: Array) -> Array:
    magnitude: Array = np.abs(block if is_native(block.dtype) else block.astype(np.float32))
    return magnitude


def _wide(block: Array) -> Array:
    return block.astype(np.float64)
