# SPDX-License-Identifier: Apache-2.0
"""Fuzz the fold: hypothesis chooses models, `check_fold` says what must hold of each."""

from __future__ import annotations

import time
from collections import Counter

import onnx
from check_fold import Checker, Finding, NoTestError
from gemm_models import Builder, Example
from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis import strategies as st
from hypothesis.control import current_build_context

_BATCH = 500
"""Examples after which hypothesis starts afresh: it remembers all that it made."""


class _Drawn:
    """Choices that hypothesis makes, and shrinks."""

    def __init__(self) -> None:
        # Below the strategies, whose bookkeeping for each of the hundred choices would cost as much as the checks.
        self._data = current_build_context().data

    def integer(self, least: int, most: int) -> int:
        return self._data.draw_integer(least, most)


EXAMPLES = st.builds(lambda: Builder(_Drawn()).build())
"""Models and their inputs."""


def fuzz(
    examples_wanted: int, seconds: float, first_seed: int, checker: Checker, *, shrink: bool = True
) -> str | None:
    """Check examples until there are enough, or the time is over; give the first finding.

    shrink: look for a smaller example of it, which may take minutes.
    """
    end = time.monotonic() + seconds
    batch = 0
    while checker.counts["examples"] < examples_wanted and time.monotonic() < end:
        wanted = min(_BATCH, examples_wanted - checker.counts["examples"])
        found = _batch(wanted, first_seed * 1_000_003 + batch, end, checker, shrink)
        if found is not None:
            return found
        batch += 1
    return None


def _batch(
    examples_wanted: int, batch_seed: int, end: float, checker: Checker, shrink: bool
) -> str | None:
    failed: list[Example] = []

    @seed(batch_seed)
    @settings(
        max_examples=examples_wanted,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType]
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(EXAMPLES)
    def run(example: Example) -> None:
        if time.monotonic() > end and not failed:
            return
        try:
            checker.check(example)
        except NoTestError:
            checker.counts["no test"] += 1
            reject()
        except Exception:
            failed[:] = [example]
            raise

    try:
        run()
    except Exception as error:  # whatever the product raises is a finding
        kind = "" if isinstance(error, Finding) else f"{type(error).__name__}: "
        model = onnx.printer.to_text(failed[0].model) if failed else ""
        inputs = failed[0].inputs if failed else {}
        return f"{kind}{error}\n{model}\ninputs: {inputs}"
    return None


def report(counts: Counter[str]) -> str:
    """The counts, one a line."""
    return "\n".join(f"{count:9d}  {name}" for name, count in sorted(counts.items()))
