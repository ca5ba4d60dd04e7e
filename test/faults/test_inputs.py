# SPDX-License-Identifier: Apache-2.0
"""Inputs that change while they are mapped.

A file that is replaced is no matter.  One that is written to in place ends in an error, and one that is cut short in an error
or, where its lost part is touched, in SIGBUS: in each case the old output stays.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import onnx
import pytest

from .conftest import KINDS, content, ended, forked, run, temporary

PLUGIN = """
import os
from onnx_opt.passes.rewriting.base import FunctionPass
def change(op):
    path = {path!r}
    how = {how!r}
    if how == "replaced":
        with open(path + ".new", "wb") as stream:
            stream.write(b"something else")
        os.replace(path + ".new", path)
    elif how == "cut short":
        os.truncate(path, 10)
    elif how == "emptied":
        os.truncate(path, 0)
    elif how == "longer":
        with open(path, "ab") as stream:
            stream.write(b"more")
    elif how == "overwritten":
        with open(path, "r+b") as stream:
            stream.write(b"other")
    else:
        os.unlink(path)
PASS = FunctionPass(argument="change", summary="Change the input", function=change)
"""

HARMLESS = ["replaced", "removed"]
HARMFUL = ["cut short", "emptied", "longer", "overwritten"]


@pytest.fixture
def data(inputs: Path) -> Path:
    """The data of `b.onnx`, which then has it in a file of its own."""
    model = onnx.load(inputs / "b.onnx")
    onnx.save(model, inputs / "b.onnx", save_as_external_data=True, location="b.bin")
    return inputs / "b.bin"


def outcome(inputs: Path, folder: Path, kind: str, changed: Path, how: str) -> int:
    (inputs / "change.py").write_text(PLUGIN.format(path=str(changed), how=how))
    plugin = f"--load-pass-plugin={inputs / 'change.py'}"
    return ended(forked(folder, [str(inputs / "b.onnx"), plugin, "--change", *KINDS[kind]]))


@pytest.mark.parametrize("how", HARMLESS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_replaced_is_no_matter(
    inputs: Path, folder: Path, data: Path, kind: str, how: str
) -> None:
    run(folder, str(inputs / "a.onnx"), *KINDS[kind])
    assert outcome(inputs, folder, kind, data, how) == 0
    assert content(folder, kind) == "b"


@pytest.mark.parametrize("how", HARMFUL)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.skipif(sys.platform == "darwin", reason="the kernel may keep the lost pages")
def test_weights_that_change_leave_the_old_output(
    inputs: Path, folder: Path, data: Path, kind: str, how: str
) -> None:
    run(folder, str(inputs / "a.onnx"), *KINDS[kind])
    code = outcome(inputs, folder, kind, data, how)
    assert code == 1 or (code == -signal.SIGBUS and how in ("cut short", "emptied"))
    assert content(folder, kind) == "a"
    run(folder, str(inputs / "a.onnx"), *KINDS[kind])
    assert temporary(folder) == []


@pytest.mark.parametrize("how", HARMFUL)
def test_a_model_that_changes_leaves_the_old_output(inputs: Path, folder: Path, how: str) -> None:
    run(folder, str(inputs / "a.onnx"), *KINDS["model"])
    code = outcome(inputs, folder, "model", inputs / "b.onnx", how)
    assert code == 1 or (code == -signal.SIGBUS and how in ("cut short", "emptied"))
    assert content(folder, "model") == "a"


def test_what_the_user_is_told(
    inputs: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from onnx_opt.cli import main

    model = inputs / "b.onnx"
    (inputs / "change.py").write_text(PLUGIN.format(path=str(model), how="longer"))
    plugin = f"--load-pass-plugin={inputs / 'change.py'}"
    assert main([str(model), plugin, "--change", "-o", str(folder / "out.onnx")]) == 1
    told = f"onnx-opt: error: '{model}' was changed while it was being read; nothing is written\n"
    assert capsys.readouterr().err == told
    assert list(folder.iterdir()) == []


def test_the_input_may_be_the_output(inputs: Path) -> None:
    run(inputs, "a.onnx", "-o", "a.onnx")
    run(inputs, "a.onnx", "-o", "a.onnx", "--save-as-external-data")
    assert onnx.load(inputs / "a.onnx").graph.name == "a"
