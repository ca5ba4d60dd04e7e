# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks share: statistics, bounds, and the tables of docs/performance.md."""

from __future__ import annotations

import argparse
import math
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PERFORMANCE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"


@dataclass(frozen=True)
class Bound:
    """A promise: `measured` is at most `limit`."""

    promise: str
    measured: float
    limit: float

    @property
    def holds(self) -> bool:
        """Whether it is kept."""
        return self.measured <= self.limit

    def __str__(self) -> str:
        verdict = "holds" if self.holds else "BROKEN"
        return f"{self.promise}: {self.measured:.3g}, bound {self.limit:.3g}: {verdict}"


def exponent(sizes: Sequence[int], costs: Sequence[float]) -> float:
    """The least-squares slope of log cost against log size: 1 is linear, 2 is quadratic."""
    xs = [math.log(size) for size in sizes]
    ys = [math.log(cost) for cost in costs]
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    covariance = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    return covariance / sum((x - x_mean) ** 2 for x in xs)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A markdown table; the first column is text, the others are numbers."""
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in [header, rule, *rows])


def wall_time(command: Sequence[str], folder: Path) -> float:
    """Seconds that `command` takes as a whole process; it must succeed."""
    # Without its caches Python would compile every module at every start.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def machine() -> str:
    """The machine in one line: numbers from different machines do not compare, ratios do."""
    return f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"


def arguments(description: str) -> argparse.ArgumentParser:
    """The flags every benchmark has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--check", action="store_true", help="exit 1 if a bound is broken")
    parser.add_argument(
        "--write", action="store_true", help="put the table into docs/performance.md"
    )
    return parser


def finish(name: str, body: str, bounds: Sequence[Bound], options: argparse.Namespace) -> int:
    """Print the table and the bounds, write and check as asked; return the exit code."""
    text = f"{body}\n" + "".join(f"- {bound}\n" for bound in bounds) + f"\n{machine()}.\n"
    print(text)
    if options.write:
        before, begin, rest = PERFORMANCE.read_text().partition(f"<!-- {name}: begin -->\n")
        _, end, after = rest.partition(f"<!-- {name}: end -->\n")
        if not (begin and end):
            print(f"error: {PERFORMANCE} has no section {name!r}", file=sys.stderr)
            return 1
        PERFORMANCE.write_text(f"{before}{begin}\n{text}\n{end}{after}")
    broken = [bound for bound in bounds if not bound.holds]
    return 1 if options.check and broken else 0
