# SPDX-License-Identifier: Apache-2.0
"""What was compared, as data that shows itself as a table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from .comparison import EXACTLY, Comparison


@dataclass(frozen=True)
class FunctionTable:
    """How far the outputs of one function are from what they were.

    function: its name.  inputs: on how many it was run.  engine: what ran it, with its version.
    """

    function: str
    inputs: int
    engine: str
    rows: tuple[Comparison, ...]

    @property
    def title(self) -> str:
        """What was run."""
        return f"@{self.function} on {self.inputs} input{'s' * (self.inputs != 1)}, {self.engine}"

    def __str__(self) -> str:
        return f"{self.title}\n{''.join(self._lines())}"

    def _lines(self) -> Iterator[str]:
        cells = [_HEAD, *map(_cells, self.rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        marks = ["", *("  DEPARTS" if row.departs else "" for row in self.rows)]
        for line, mark in zip(cells, marks, strict=True):
            padded = [
                cell.ljust(width) if column < 2 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            ]
            yield f"  {'  '.join(padded)}{mark}\n"

    def html(self) -> str:
        """The table for a notebook."""
        head = _html_row("th", _HEAD)
        rows = [
            _html_row("td", _cells(row), "color: #d1242f" if row.departs else "")
            for row in self.rows
        ]
        return f"<table><caption>{escape(self.title)}</caption>{head}{''.join(rows)}</table>"


@dataclass(frozen=True)
class NumericsTable:
    """How far a module is from another: a table for each function, and what is to be known beside them."""

    functions: tuple[FunctionTable, ...]
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> tuple[Comparison, ...]:
        """The rows of all functions."""
        return tuple(row for function in self.functions for row in function.rows)

    def __str__(self) -> str:
        return "".join([*map(str, self.functions), *(f"note: {note}\n" for note in self.notes)])

    def _repr_html_(self) -> str:
        notes = [f"<p>{escape(note)}</p>" for note in self.notes]
        return "".join([*(each.html() for each in self.functions), *notes])


_HEAD = ("output", "computed", "max abs", "max rel", "max ulp", "of tolerance")


def _cells(row: Comparison) -> tuple[str, ...]:
    how = row.computed_in if row.computed_in == EXACTLY else f"in {row.computed_in}"
    numbers = map(_number, (row.max_abs, row.max_rel, row.max_ulp, row.ratio))
    return (row.name, how, *numbers)


def _html_row(tag: str, cells: Sequence[str], style: str = "") -> str:
    inside = "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells)
    return f'<tr style="{style}">{inside}</tr>' if style else f"<tr>{inside}</tr>"


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return "0" if value == 0 else f"{value:.2g}" if math.isfinite(value) else "inf"
