# SPDX-License-Identifier: Apache-2.0
"""The line that shows progress: on a terminal, after two seconds, and gone in the end."""

from __future__ import annotations

import io
import os
import pty
import re
import sys
import time
from pathlib import Path

import pytest

from onnx_opt.reporting.progress import DELAY, INTERVAL, ProgressLine, byte_count, progress

from .conftest import Run

# A pass that takes long enough to see the line, with a word of its own in between.
SLOW = """
import sys, time
from onnx_opt.passes.rewriting.base import FunctionPass
def slow(op):
    time.sleep(3)
    print("a word", file=sys.stderr)
    time.sleep(0.5)
PASS = FunctionPass(argument="slow", summary="Take a while", function=slow)
"""


def on_terminal(folder: Path, *arguments: str, stdout: bool = False) -> tuple[int, str]:
    """Exit code and terminal output of onnx-opt with standard error on a terminal, and standard output too if asked."""
    pid, terminal = pty.fork()
    if not pid:  # the child
        os.chdir(folder)
        if not stdout:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.execv(sys.executable, [sys.executable, "-m", "onnx_opt", *arguments])
    said = b""
    while True:
        try:
            piece = os.read(terminal, 1 << 16)
        except OSError:  # nobody has the other end open
            break
        if not piece:
            break
        said += piece
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said.decode()


def screen(said: str) -> list[str]:
    """The lines that a user sees in the end."""
    lines: list[str] = []
    for line in said.replace("\r\n", "\n").split("\n"):
        shown = ""
        for overwriting in line.split("\r"):
            shown = overwriting + shown[len(overwriting) :]
        lines.append(shown.rstrip())
    return lines


@pytest.fixture
def slow(tmp_path: Path, module: Path) -> Path:
    (tmp_path / "slow.py").write_text(SLOW)
    return module


SLOWLY = ["--load-pass-plugin=slow.py", "--slow", "ok.mlir"]


@pytest.mark.usefixtures("slow")
def test_a_line_for_a_slow_pass(tmp_path: Path) -> None:
    code, said = on_terminal(tmp_path, *SLOWLY)
    assert code == 0
    shown = re.findall(r"onnx-opt: slow, ([0-9.]+) s", said)
    assert shown
    times = [float(seconds) for seconds in shown]
    assert times == sorted(times)
    assert times[0] > DELAY - 1
    assert len(times) <= 3.5 / INTERVAL
    # What others write stands alone, and in the end nothing else is left.
    assert screen(said) == ["a word", ""]


@pytest.mark.usefixtures("slow")
def test_quiet(tmp_path: Path) -> None:
    code, said = on_terminal(tmp_path, *SLOWLY, "--quiet")
    assert (code, said) == (0, "a word\r\n")


@pytest.mark.usefixtures("module")
def test_nothing_for_quick_work(tmp_path: Path) -> None:
    assert on_terminal(tmp_path, "ok.mlir") == (0, "")


@pytest.mark.usefixtures("slow")
def test_nothing_without_a_terminal(run: Run) -> None:
    result = run(*SLOWLY)
    assert (result.returncode, result.stderr) == (0, "a word\n")


def test_the_result_on_the_terminal_stands_alone(tmp_path: Path, slow: Path) -> None:
    code, said = on_terminal(tmp_path, *SLOWLY, stdout=True)
    assert code == 0
    assert "onnx-opt: slow" in said
    assert screen(said) == ["a word", *slow.read_text().split("\n")]


@pytest.mark.usefixtures("slow")
def test_an_error_leaves_no_trace_of_the_line(tmp_path: Path) -> None:
    plugin = tmp_path / "slow.py"
    plugin.write_text(plugin.read_text().replace("time.sleep(0.5)", "raise ValueError('no')"))
    code, said = on_terminal(tmp_path, *SLOWLY)
    assert code == 1
    assert screen(said) == ["a word", "slow.py:7:5: error: ValueError: no (in pass 'slow')", ""]


class Terminal(io.StringIO):
    """What is written, as a terminal would get it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> tuple[ProgressLine, Terminal]:
    """A line that appears at once, and its terminal."""
    monkeypatch.setattr("onnx_opt.reporting.progress.DELAY", 0.0)
    monkeypatch.setattr("onnx_opt.reporting.progress.INTERVAL", 0.01)
    terminal = Terminal()
    return ProgressLine(terminal), terminal


def test_bytes_are_counted(line: tuple[ProgressLine, Terminal]) -> None:
    shown, terminal = line
    shown.phase("writing out.onnx", lambda: 1_234_567)
    time.sleep(0.1)
    shown.end()
    assert "\ronnx-opt: writing out.onnx, 1.2 MB, 0.0 s" in terminal.getvalue()
    assert screen(terminal.getvalue()) == [""]


def test_a_long_line_does_not_wrap(line: tuple[ProgressLine, Terminal]) -> None:
    shown, terminal = line
    shown.phase("writing " + "x" * 300)
    time.sleep(0.1)
    shown.end()
    assert max(map(len, terminal.getvalue().split("\r"))) == 79


def test_hidden_while_the_result_is_shown(line: tuple[ProgressLine, Terminal]) -> None:
    shown, terminal = line
    shown.phase("a pass")
    time.sleep(0.05)
    shown.hide()
    before = terminal.getvalue()
    time.sleep(0.05)
    shown.end()
    assert terminal.getvalue() == before


def test_standard_error_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with pytest.raises(ValueError, match="no"), progress(quiet=False):
        assert sys.stderr is not terminal
        assert sys.stderr.isatty()
        raise ValueError("no")
    assert sys.stderr is terminal


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (1_500_000, "1.5 MB"),
        (2_147_483_648, "2.1 GB"),
        (5_000_000_000_000, "5000.0 GB"),
    ],
)
def test_byte_counts(count: int, text: str) -> None:
    assert byte_count(count) == text
