# SPDX-License-Identifier: Apache-2.0
"""`--prove` with plugins that never end, ask for everything, or die: one clear line, in time."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest

from onnx_opt import cli
from onnx_opt.errors import CommandError
from onnx_opt.watchdog import watched

HEAD = """
from onnx_opt.passes.rewriting import RewritePass, const, value
from onnx_opt.passes.rewriting.ops import Mul

x, c = value("x"), const("c")
PASS = RewritePass(argument="p", summary="P", before=Mul(x, c), after=x)
"""


def prove(tmp_path: Path, source: str, capfd: pytest.CaptureFixture[str]) -> tuple[int, str]:
    plugin = tmp_path / "plugin.py"
    plugin.write_text(source)
    code = cli.main(["--prove", f"--load-pass-plugin={plugin}", "--p"])
    said = capfd.readouterr().err.replace(str(plugin), "plugin.py")
    # Python 3.10 does not know the column of an expression.
    return code, re.sub(r"(plugin\.py:\d+):\d+:", r"\1:<column>:", said)


@pytest.mark.parametrize("loop", ["while True: pass", "10 ** (10 ** 12)"])
def test_a_plugin_that_never_ends(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, loop: str
) -> None:
    """The second one never comes back to Python, where a signal could be handled."""
    monkeypatch.setattr(cli, "_PATIENCE", 1.5)
    before = time.monotonic()
    code, said = prove(tmp_path, f"{HEAD}\n{loop}\n", capfd)
    assert (code, said) == (
        1,
        "onnx-opt: error: loading plugin.py takes longer than 1.5 s: given up\n",
    )
    assert time.monotonic() - before < 10


def test_a_plugin_that_asks_for_all_memory(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, said = prove(tmp_path, f"{HEAD}\nall_of_it = bytearray(1 << 44)\n", capfd)
    assert (code, said) == (1, "plugin.py:8:<column>: error: MemoryError\n")


def test_a_plugin_that_dies(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, said = prove(tmp_path, f"{HEAD}\nimport os\nos.kill(os.getpid(), 9)\n", capfd)
    assert (code, said) == (1, "onnx-opt: error: loading plugin.py ended by signal 9\n")


def test_a_plugin_that_raises(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, said = prove(tmp_path, f"{HEAD}\nraise ValueError('no')\n", capfd)
    assert (code, said) == (1, "plugin.py:8:<column>: error: ValueError: no\n")


def test_what_says_something_is_waited_for() -> None:
    def work(tell: object) -> int:
        assert callable(tell)
        for number in range(4):
            tell(f"step {number}")
            time.sleep(0.3)
        return 7

    assert watched(work, 1.0) == 7


def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    children: list[int] = []
    fork = os.fork

    def noted() -> int:
        children.append(fork())
        return children[-1]

    monkeypatch.setattr(os, "fork", noted)
    with pytest.raises(CommandError):
        watched(_sleep, 0.2)
    (child,) = children
    with pytest.raises(ChildProcessError):
        os.waitpid(child, os.WNOHANG)


def _sleep(_: object) -> int:
    time.sleep(60)
    return 0
