# SPDX-License-Identifier: Apache-2.0
"""Ops on known inputs become constants, and these are what onnx's test cases store."""

from __future__ import annotations

import numpy as np
import pytest
from corpus import Case, node_cases
from frozen import COMPUTED, departure, outcome

FEW_DIGITS = frozenset({
    "test_averagepool_2d_ceil_last_window_starts_on_pad",
    "test_gridsample_bicubic",
    "test_roialign_aligned_false",
    "test_roialign_aligned_true",
})  # fmt: skip
"""Cases whose outputs are stored with four decimals."""

STRIDE = 12
"""Every so many cases are tried in each run; `python test/conformance/test_frozen.py` tries all."""


def check(case: Case) -> bool:
    """Whether everything of a case was computed; what was, is as it is stored."""
    (sample, *_) = case.samples()
    what, wrong = outcome(case, sample)
    assert not wrong or case.name in FEW_DIGITS, f"{case.name}: {wrong}"
    return what == COMPUTED


def test_constants_are_what_onnx_stores() -> None:
    chosen = [case for case in node_cases()[::STRIDE] if case.samples()]
    computed = sum(map(check, chosen))
    assert len(chosen) > 100
    assert computed > 0.85 * len(chosen)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_departure_of_one_percent_is_seen(dtype: type[np.floating]) -> None:
    stored = np.array([1.0, -2.0, np.inf], dtype)
    assert not departure(stored, stored, (1e-3, 1e-7))
    assert departure(np.array([1.0, -2.02, np.inf], dtype), stored, (1e-3, 1e-7))
    assert departure(np.array([1.0, -2.0, np.nan], dtype), stored, (1e-3, 1e-7))
    assert departure(stored[:2].astype(np.int32), stored[:2], (1e-3, 1e-7))


if __name__ == "__main__":
    counted = [check(case) for case in node_cases() if case.samples()]
    print(f"{sum(counted)} of {len(counted)} models computed")
