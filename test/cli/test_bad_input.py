# SPDX-License-Identifier: Apache-2.0
"""Bad input ends in one clear line and exit code 1, never in a traceback, and leaves no file behind."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Names, Run

BYTECODE = b"ML\xefR"


def one_line(stderr: str) -> str:
    """The only line that does not belong to an excerpt of the source."""
    lines = [line for line in stderr.splitlines() if ": error: " in line]
    assert len(lines) == 1, stderr
    assert "Traceback" not in stderr
    return lines[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"func.func @f(", "bad.mlir:1:"),
        (b"\x7fELF\0\0\0" + random.Random(0).randbytes(500), "'bad.mlir' is neither MLIR text nor"),
        (b"// one\n// tw\xff\n", "bad.mlir:2:6: error: byte 0xff is not valid UTF-8"),
        (b"func.func private @f()\0", "'bad.mlir' is neither MLIR text nor"),
        ("func.func private @f()".encode("utf-16"), "'bad.mlir' is neither MLIR text nor"),
        (BYTECODE, "bad.mlir: error: "),
        (BYTECODE + b"\x0dgarbage", "bad.mlir: error: "),
        (b"onnx.Constant dense<\n", "bad.mlir:1:"),
        (b'"onnx.Gemm"() : () -> ()', "bad.mlir:1:1: error: "),
    ],
    ids=[
        "cut",
        "junk",
        "latin-1",
        "nul",
        "utf-16",
        "bytecode-cut",
        "bytecode-junk",
        "pretty",
        "invalid",
    ],
)
def test_says_what_is_wrong_with_the_content(
    names: Names, run: Run, tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "bad.mlir").write_bytes(content)
    result = run("bad.mlir", "-o", "out.mlir")
    assert result.returncode == 1
    assert result.stdout == ""
    assert said in one_line(result.stderr)
    assert names(tmp_path) == ["bad.mlir"]


def test_bytecode_cut_at_any_length_is_an_error(run: Run, module: Path, tmp_path: Path) -> None:
    assert run(module, "-o", "whole.mlirbc").returncode == 0
    whole = (tmp_path / "whole.mlirbc").read_bytes()
    for length in (4, 5, len(whole) // 2, len(whole) - 1):
        (tmp_path / "cut.mlirbc").write_bytes(whole[:length])
        result = run("cut.mlirbc")
        assert result.returncode == 1, length
        assert one_line(result.stderr).startswith("cut.mlirbc")


def test_a_folder_is_no_input(run: Run, tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.returncode == 1
    assert result.stderr == f"onnx-opt: error: cannot read '{tmp_path}': Is a directory\n"


def test_a_missing_file(run: Run) -> None:
    result = run("nowhere.mlir")
    assert result.returncode == 1
    assert (
        result.stderr == "onnx-opt: error: cannot read 'nowhere.mlir': No such file or directory\n"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser can read everything")
def test_an_unreadable_file(run: Run, module: Path) -> None:
    module.chmod(0)
    result = run(module)
    assert result.returncode == 1
    assert result.stderr == f"onnx-opt: error: cannot read '{module}': Permission denied\n"


def test_a_closed_standard_input_is_no_traceback(run: Run) -> None:
    result = run(stdin=os.open("/dev/null", os.O_WRONLY))
    assert result.returncode == 1
    assert result.stderr == "onnx-opt: error: cannot read standard input: Bad file descriptor\n"


@pytest.mark.parametrize("content", ["", "\n\n", "// nothing\n", "\ufeff"])
def test_an_empty_input_is_an_empty_module(run: Run, content: str) -> None:
    result = run(input=content)
    assert (result.returncode, result.stdout, result.stderr) == (0, "module {\n}\n", "")


def test_the_excerpt_of_a_huge_line_is_short(run: Run, tmp_path: Path) -> None:
    weights = ", ".join(["1.0"] * 100_000)
    (tmp_path / "long.mlir").write_text(
        f"  %0 = onnx.Constant dense<[{weights}, oops]> : tensor<2xf32>\n"
    )
    result = run("long.mlir")
    assert result.returncode == 1
    assert "oops" in result.stderr
    assert max(map(len, result.stderr.splitlines())) < 250


def test_line_numbers_survive_carriage_returns(run: Run, tmp_path: Path) -> None:
    (tmp_path / "dos.mlir").write_bytes(b"func.func @f() {\r\n  return %0 : i32\r\n}\r\n")
    result = run("dos.mlir")
    assert result.stderr.startswith("dos.mlir:2:10: error: ")
    assert "\r" not in result.stderr


def test_a_bug_of_ours_asks_for_a_report(module: Path) -> None:
    program = (
        "import sys, onnx_opt.dialect.assembly.reader as reader; from onnx_opt.cli import main\n"
        "reader.parse = lambda *a, **k: 1 / 0\n"
        "raise SystemExit(main(sys.argv[1:]))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, module], capture_output=True, text=True, check=False
    )
    assert result.returncode == 70
    assert "ZeroDivisionError" in result.stderr
    assert "please report it" in result.stderr


def test_a_name_that_is_no_text_is_shown_with_escapes(run: Run, tmp_path: Path) -> None:
    name = os.fsdecode(b"x\xff.mlir")
    (tmp_path / name).write_text("func.func @f(")
    result = run(name)
    assert result.returncode == 1
    assert one_line(result.stderr).startswith(r"x\xff.mlir:1:")
