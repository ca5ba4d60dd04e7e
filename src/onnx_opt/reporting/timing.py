# SPDX-License-Identifier: Apache-2.0
"""`--mlir-timing`: where the wall time of one input went, as mlir-opt prints it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from time import perf_counter

from ..dialect.dataclass import dataclass, field

_RULE = f"==={'-' * 73}==="
_TITLE = "... Execution time report ..."


@dataclass
class Timer:
    """A row of the report: seconds spent, and the rows nested in it."""

    name: str
    seconds: float = 0.0
    rows: dict[object, Timer] = field(default_factory=dict[object, "Timer"])

    def row(self, name: str, key: object = None) -> Timer:
        """The row nested in this one for `key` (by default its name), made on first use."""
        return self.rows.setdefault(name if key is None else key, Timer(name))

    @contextmanager
    def running(self) -> Generator[Timer, None, None]:
        """Add the time that the block takes, however it ends."""
        start = perf_counter()
        try:
            yield self
        finally:
            self.seconds += perf_counter() - start


def report(total: Timer) -> str:
    """The table for `total`, whose rows are the phases."""
    accounted = sum(row.seconds for row in total.rows.values())
    lines = [_RULE, _TITLE.center(len(_RULE)).rstrip(), _RULE]
    lines += [
        f"  Total Execution Time: {total.seconds:.4f} seconds",
        "",
        "  ----Wall Time----  ----Name----",
    ]
    for row in total.rows.values():
        lines += _lines(row, total.seconds, "")
    lines += _lines(Timer("Rest", max(total.seconds - accounted, 0.0)), total.seconds, "")
    lines += _lines(Timer("Total", total.seconds), total.seconds, "")
    return "\n".join(lines) + "\n"


def _lines(row: Timer, total: float, indent: str) -> Iterator[str]:
    share = 100 * row.seconds / total if total else 0.0
    yield f"  {row.seconds:8.4f} ({share:5.1f}%)  {indent}{row.name}"
    for nested in row.rows.values():
        yield from _lines(nested, total, indent + "  ")
