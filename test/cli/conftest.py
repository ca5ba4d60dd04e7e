# SPDX-License-Identifier: Apache-2.0
"""What the tests of the command line share."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[Any]]
Names = Callable[[Path], list[str]]

MODULE = """\
module {
  func.func @f() -> i32 {
    %c1_i32 = arith.constant 1 : i32
    return %c1_i32 : i32
  }
}
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`onnx-opt` as a process of its own, in an empty folder."""

    def call(*arguments: str | Path, **settings: Any) -> subprocess.CompletedProcess[Any]:
        command = [sys.executable, "-m", "onnx_opt", *map(str, arguments)]
        defaults: dict[str, Any] = {
            "cwd": tmp_path,
            "capture_output": True,
            "text": True,
            "timeout": 60,
        }
        if "stdout" in settings:
            del defaults["capture_output"]
            defaults["stderr"] = subprocess.PIPE
        return subprocess.run(command, **{**defaults, **settings})

    return call


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A small valid input, `ok.mlir`, written as onnx-opt prints it."""
    path = tmp_path / "ok.mlir"
    path.write_text(MODULE)
    return path


@pytest.fixture
def names() -> Names:
    """The names of the files in a folder."""
    return lambda folder: sorted(path.name for path in folder.iterdir())
