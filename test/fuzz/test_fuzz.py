# SPDX-License-Identifier: Apache-2.0
"""A minute of fuzzing; `run.py` does as much as one likes."""

from __future__ import annotations

import fuzz_doors
import fuzz_fold
import pytest
from check_fold import Checker

SECONDS = 30
ENOUGH = 1_000_000


def test_fold() -> None:
    checker = Checker()
    assert fuzz_fold.fuzz(ENOUGH, SECONDS, 0, checker) is None
    counts = checker.counts
    print(fuzz_fold.report(counts))
    # A fuzzer that tests nothing finds nothing.
    assert counts["examples"] > 500
    assert counts["folded"] > 0.5 * counts["examples"]
    assert counts["no test"] < 0.05 * counts["examples"]
    assert counts["elements not compared"] < 0.05 * counts["elements"]


def test_doors() -> None:
    result = fuzz_doors.fuzz(ENOUGH, SECONDS, 0, fuzz_doors.seeds())
    print(fuzz_doors.report(result))
    assert not result.findings
    for kind in fuzz_doors.KINDS:
        # Some of what is damaged still gets through, so what lies behind the door is fuzzed too.
        assert result.counts[f"{kind}: exit code 0"] > 5
        assert result.counts[f"{kind}: exit code 1"] > 50


@pytest.mark.full
def test_fold_for_long() -> None:
    assert fuzz_fold.fuzz(20_000, 600, 1, Checker()) is None


@pytest.mark.full
def test_doors_for_long() -> None:
    assert not fuzz_doors.fuzz(20_000, 600, 1_000_000, fuzz_doors.seeds()).findings
