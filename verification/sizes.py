# SPDX-License-Identifier: Apache-2.0
"""Sizes for open dimensions, for a model that does not run on the usual ones or computes nothing from them.

A model may want at least so many samples, or a multiple of 32, or a batch of one.  Nothing in it says so; trying does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from .inputs import Input, known_sizes

Shape = tuple[int, ...]

SIZES = (1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 48, 64, 80, 96, 128, 160, 224, 256, 320, 512, 576, 640)
"""What is tried for a dimension."""

TRIES = 1000
"""How many assignments are tried."""

_SMALL = (1, 2, 3, 4)
_MOST_ELEMENTS = 1 << 22


def candidates(inputs: Sequence[Input], stated: Mapping[str, Shape]) -> list[dict[str, Shape]]:
    """Shapes to try for the inputs with open dimensions, by their names, at most TRIES.

    Those of the fewest elements come first.  stated: shapes that are decided, which decide their symbols too.
    """
    found = sorted(_different(inputs, stated), key=_elements)  # stable: as SIZES, where equal
    return found[:TRIES]


def _elements(shapes: Mapping[str, Shape]) -> int:
    return sum(map(math.prod, shapes.values()))


def _different(inputs: Sequence[Input], stated: Mapping[str, Shape]) -> Iterator[dict[str, Shape]]:
    known = known_sizes(inputs, stated)
    dims = {each.name: each.dims for each in inputs if each.dims and each.name not in stated}
    # Dimensions without a name may be one for each axis, as usual, or each of them one of its own.
    by_axis = {
        name: [dim or f" {axis}" for axis, dim in enumerate(each)] for name, each in dims.items()
    }
    by_place = {
        name: [dim or f" {name} {axis}" for axis, dim in enumerate(each)]
        for name, each in dims.items()
    }
    seen: set[tuple[Shape, ...]] = set()
    for largest in SIZES:
        for named in (by_axis, by_place):
            symbols = [dim for each in named.values() for dim in each if isinstance(dim, str)]
            free = [symbol for symbol in dict.fromkeys(symbols) if symbol not in known]
            for sizes in _assignments(free, largest):
                shapes = {
                    name: tuple(
                        dim if isinstance(dim, int) else known[dim] if dim in known else sizes[dim]
                        for dim in each
                    )
                    for name, each in named.items()
                }
                key = tuple(shapes.values())
                if key not in seen and _elements(shapes) <= _MOST_ELEMENTS:
                    seen.add(key)
                    yield shapes


def _assignments(symbols: Sequence[str], largest: int) -> Iterator[dict[str, int]]:
    """Sizes for symbols with `largest` the largest: all of them, all but one, and one alone."""
    if not symbols:
        return
    yield dict.fromkeys(symbols, largest)
    for small in _SMALL:
        if small >= largest:
            return
        for symbol in symbols:
            yield {**dict.fromkeys(symbols, largest), symbol: small}
            yield {**dict.fromkeys(symbols, small), symbol: largest}
