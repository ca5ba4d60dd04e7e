# SPDX-License-Identifier: Apache-2.0
"""The table that `--verify-numerics` prints."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .comparison import EXACTLY, Comparison

_HEAD = ("output", "computed", "max abs", "max rel", "max ulp", "of tolerance")


def table(rows: Sequence[Comparison]) -> str:
    """A line for each comparison, with what departs marked."""
    cells = [_HEAD] + [
        (
            row.name,
            row.computed_in if row.computed_in == EXACTLY else f"in {row.computed_in}",
            _number(row.max_abs),
            _number(row.max_rel),
            _number(row.max_ulp),
            _number(row.ratio),
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEAD))]
    marks = ["", *("  DEPARTS" if row.departs else "" for row in rows)]
    return "".join(
        "  "
        + "  ".join(
            [cell.ljust(width) for cell, width in zip(line[:2], widths[:2], strict=True)]
            + [cell.rjust(width) for cell, width in zip(line[2:], widths[2:], strict=True)]
        )
        + mark
        + "\n"
        for line, mark in zip(cells, marks, strict=True)
    )


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return "0" if value == 0 else f"{value:.2g}" if math.isfinite(value) else "inf"
