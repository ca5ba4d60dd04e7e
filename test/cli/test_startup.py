# SPDX-License-Identifier: Apache-2.0
"""What is imported when: the start of a short run is mostly imports."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch_mlir", "mlir", "numpy", "onnx", "ml_dtypes")


def imported(*arguments: str) -> set[str]:
    program = (
        "import sys; from onnx_opt.cli import main; code = main(sys.argv[1:])\n"
        "print(code, *{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    return set(result.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [["--version"], ["--emit=elf"], ["a", "b"]])
def test_light_runs_import_nothing_heavy(arguments: list[str]) -> None:
    assert not imported(*arguments) & set(HEAVY)


def test_main_returns_the_exit_code() -> None:
    assert "0" in imported("--version")
    assert "1" in imported("--emit=elf")
