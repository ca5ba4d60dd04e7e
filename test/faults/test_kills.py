# SPDX-License-Identifier: Apache-2.0
"""Processes that end while they write: the old output is whole or absent, the new one is whole, nothing is mixed.

A process is killed before each single step that it takes in the folder of its output (opening, linking, renaming and
removing files raise audit events in Python), and at random moments.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import KINDS, content, ended, forked, run, temporary

EVENTS = ("open", "os.rename", "os.link", "os.remove", "os.chmod", "os.chown")


def killing_itself(number: signal.Signals, step: int, folder: Path) -> Callable[[], None]:
    """Send the process a signal before its step `step` in `folder`."""

    def install() -> None:
        left = step

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            if event not in EVENTS or not any(_is_in(folder, argument) for argument in arguments):
                return
            left -= 1
            if left == -1:
                os.kill(os.getpid(), number)

        sys.addaudithook(hook)

    return install


def _is_in(folder: Path, argument: object) -> bool:
    if not isinstance(argument, str | bytes | os.PathLike):
        return False
    return Path(os.fsdecode(argument)).absolute().parent == folder


def restore(inputs: Path, folder: Path, kind: str) -> None:
    """Let `folder` hold the output for `a.onnx`, or nothing if `kind` is ""."""
    template = inputs.parent / "template"
    if kind and not template.exists():
        template.mkdir()
        run(template, str(inputs / "a.onnx"), *KINDS[kind])
    for path in folder.iterdir():
        path.unlink()
    if kind:
        shutil.copytree(template, folder, dirs_exist_ok=True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("old", ["", "a"])
def test_killed_at_every_step(inputs: Path, folder: Path, kind: str, old: str) -> None:
    code, step, seen = -signal.SIGKILL, 0, set[str]()
    while code == -signal.SIGKILL:
        restore(inputs, folder, kind if old else "")
        child = forked(
            folder,
            [str(inputs / "b.onnx"), *KINDS[kind]],
            killing_itself(signal.SIGKILL, step, folder),
        )
        code = ended(child)
        seen.add(content(folder, kind))
        # The next run leaves nothing of the killed one.
        run(folder, str(inputs / "b.onnx"), *KINDS[kind])
        assert temporary(folder) == [], step
        assert content(folder, kind) == "b"
        step += 1
    assert code == 0
    assert step > 3, "too few steps to believe that they were counted"
    assert {old, "b"} <= seen <= {old, "b", ""}


@pytest.mark.parametrize("kind", KINDS)
def test_terminated_at_every_step(inputs: Path, folder: Path, kind: str) -> None:
    code, step = 128 + signal.SIGTERM, 0
    while code == 128 + signal.SIGTERM:
        restore(inputs, folder, kind)
        child = forked(
            folder,
            [str(inputs / "b.onnx"), *KINDS[kind]],
            killing_itself(signal.SIGTERM, step, folder),
        )
        code = ended(child)
        # There is time to tidy up.
        assert temporary(folder) == [], step
        assert content(folder, kind) in ("a", "b"), step
        step += 1
    assert code == 0
    assert step > 3


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("kind", KINDS)
def test_a_signal_at_a_random_moment(
    inputs: Path, folder: Path, kind: str, number: signal.Signals
) -> None:
    moments = random.Random(7)
    run(folder, str(inputs / "a.onnx"), *KINDS[kind])
    started = time.monotonic()
    run(folder, str(inputs / "a.onnx"), *KINDS[kind])
    whole = time.monotonic() - started
    for _ in range(6):
        child = forked(folder, [str(inputs / moments.choice(["a.onnx", "b.onnx"])), *KINDS[kind]])
        time.sleep(moments.uniform(0, 1.1 * whole))
        os.kill(child, number)
        ended(child)
        found = content(folder, kind)
        assert found or number == signal.SIGKILL
        # However often it happens, no more is left than one run leaves.
        assert len(temporary(folder)) <= (4 if number == signal.SIGKILL else 0)
    run(folder, str(inputs / "b.onnx"), *KINDS[kind])
    assert temporary(folder) == []
    assert content(folder, kind) == "b"
