# SPDX-License-Identifier: Apache-2.0
"""The parts of a reduction: the order of the search, and when two wrongs are the same."""

from __future__ import annotations

import os
import signal
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onnx_opt.reducing.attempts import Died, in_child
from onnx_opt.reducing.search import minimize
from onnx_opt.reducing.wrongs import wrong_error


@given(st.integers(0, 60), st.sets(st.integers(0, 59), max_size=5), st.integers(0, 3))
def test_what_is_needed_stays_and_nothing_else(count: int, needed: set[int], keep: int) -> None:
    items = list(range(count))
    needed &= set(items)
    left = set(items)

    def without(chunk: list[int]) -> bool:
        if needed & set(chunk):
            return False
        left.difference_update(chunk)
        return True

    minimize(items, without, keep=keep)
    assert set(items) == left >= needed
    assert len(items) == max(len(needed), min(keep, count))


def test_one_of_many_is_found_in_few_tries() -> None:
    items, tries = list(range(4096)), 0

    def without(chunk: list[int]) -> bool:
        nonlocal tries
        tries += 1
        return 1234 not in chunk

    minimize(items, without)
    assert items == [1234]
    assert tries <= 2 * 12 + 2


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("output 'a' was 1.5 and is 2", "output 'b' was -3e-7 and is nan", True),
        ("'onnx.Add' op operand 1 has type tensor<3xf32>", "'onnx.Add' op operand 0 has type tensor<*xf16>", True),
        ("'onnx.Add' op operand 1 has no type", "'onnx.Sub' op operand 1 has no type", False),
        ("@main: output 'a' departs", "@main cannot be run any more", False),
    ],
)  # fmt: skip
def test_the_same_wrong(a: str, b: str, same: bool) -> None:
    assert (wrong_error(a) == wrong_error(b)) is same


def test_a_child_gives_back_what_it_computes() -> None:
    large = b"x" * 3_000_000  # more than a pipe holds
    assert in_child(lambda: large, 60) == large


def test_a_child_that_crashes_says_how() -> None:
    found = in_child(lambda: os.kill(os.getpid(), signal.SIGABRT), 60)
    assert isinstance(found, Died)
    assert found.wrong.words == "SIGABRT"


def test_a_child_that_raises_says_nothing() -> None:
    assert in_child(lambda: 1 // 0, 60) is None


def test_a_child_that_takes_too_long_is_ended() -> None:
    start = time.monotonic()
    assert in_child(lambda: time.sleep(60), 0.2) is None
    assert time.monotonic() - start < 30


def test_a_crash_on_the_way_there_is_no_answer() -> None:
    def crash() -> bool:
        os.kill(os.getpid(), signal.SIGSEGV)
        return True

    assert in_child(lambda: 1, 60, crash) is None
    assert in_child(lambda: 1, 60, lambda: False) is None
