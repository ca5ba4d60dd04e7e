# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C, other signals, and readers that go away."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import Names

# A pass that says that it runs, and then takes its time: in Python, or below native code.
SLOW = """
import sys, time
from onnx_opt.passes.rewriting.base import FunctionPass
def slow(op):
    print("running", file=sys.stderr, flush=True)
    time.sleep(60)
def below(op):
    op.walk(slow)
PASSES = [
    FunctionPass(argument="slow", summary="Take a minute", function=slow),
    FunctionPass(argument="slow-below", summary="Take a minute", function=below),
]
"""


def heed_signals() -> None:
    """A shell's background jobs, and what `nohup` runs, inherit signals that are ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.mark.parametrize("flag", ["--slow", "--slow-below"])
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_it_quietly(
    names: Names, tmp_path: Path, module: Path, flag: str, number: signal.Signals, code: int
) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    command = [
        sys.executable,
        "-m",
        "onnx_opt",
        "--load-pass-plugin=slow.py",
        flag,
        str(module),
        "-o",
        "out.mlir",
    ]
    with subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, preexec_fn=heed_signals
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "running\n"
        started = time.monotonic()
        process.send_signal(number)
        assert process.wait(30) == code
        assert time.monotonic() - started < 10
        assert process.stderr.read() == ""
    assert names(tmp_path) == ["ok.mlir", "slow.py"]


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    many = "\n".join(f"func.func private @a{n}()" for n in range(20_000))
    (tmp_path / "many.mlir").write_text(many)
    command = [sys.executable, "-m", "onnx_opt", "many.mlir"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"module {\n"
        process.stdout.close()
        assert process.wait(30) == 141
        assert process.stderr.read() == b""


def test_signal_handlers_are_given_back() -> None:
    from onnx_opt.cli import main

    before = signal.getsignal(signal.SIGTERM)
    assert main(["--version"]) == 0
    assert signal.getsignal(signal.SIGTERM) is before
