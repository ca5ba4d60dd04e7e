# SPDX-License-Identifier: Apache-2.0
"""An output file is written whole or not at all."""

from __future__ import annotations

import os
import resource
import stat
import threading
from pathlib import Path

import pytest

from onnx_opt.errors import CommandError
from onnx_opt.files import Output, write_atomically

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")


def test_writes_what_it_would_print(names, run, module: Path, tmp_path: Path) -> None:
    result = run(module, "-o", "out.mlir")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert (tmp_path / "out.mlir").read_text() == module.read_text()
    assert names(tmp_path) == ["ok.mlir", "out.mlir"]


def test_may_replace_its_own_input(names, run, module: Path, tmp_path: Path) -> None:
    assert run(module, "--symbol-dce", "-o", module).returncode == 0
    assert "func.func @f" in module.read_text()
    assert names(tmp_path) == ["ok.mlir"]


def test_an_error_keeps_the_old_file(names, run, tmp_path: Path) -> None:
    target = tmp_path / "out.mlir"
    target.write_text("old")
    assert run("-o", target, input="func.func @f(").returncode == 1
    assert target.read_text() == "old"
    assert names(tmp_path) == ["out.mlir"]


def test_an_error_in_one_section_keeps_the_old_file(run, tmp_path: Path) -> None:
    target = tmp_path / "out.mlir"
    target.write_text("old")
    sections = "func.func private @f()\n// -----\nfunc.func @f(\n"
    assert run("--split-input-file", "-o", target, input=sections).returncode == 1
    assert target.read_text() == "old"


@needs_full
def test_a_full_disk(run, module: Path) -> None:
    result = run(module, "-o", FULL)
    assert result.returncode == 1
    assert result.stderr == "onnx-opt: error: cannot write '/dev/full': No space left on device\n"


@needs_full
def test_standard_output_on_a_full_disk(run, module: Path) -> None:
    with FULL.open("w") as full:
        result = run(module, stdout=full)
    assert result.returncode == 1
    assert (
        result.stderr == "onnx-opt: error: cannot write standard output: No space left on device\n"
    )


@needs_full
def test_help_on_a_full_disk(run) -> None:
    with FULL.open("w") as full:
        result = run("--help", stdout=full)
    assert result.returncode == 1
    assert (
        result.stderr == "onnx-opt: error: cannot write standard output: No space left on device\n"
    )


def test_a_disk_that_fills_up_leaves_no_file(names, run, module: Path, tmp_path: Path) -> None:
    def small_files_only() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))

    result = run(module, "-o", "out.mlir", preexec_fn=small_files_only)
    assert result.returncode == 1
    assert result.stderr == "onnx-opt: error: cannot write 'out.mlir': File too large\n"
    assert names(tmp_path) == ["ok.mlir"]


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("missing/out.mlir", "No such file or directory"),
        (".", "Is a directory"),
        ("new/", "Is a directory"),
        ("ok.mlir/out.mlir", "Not a directory"),
    ],
)
def test_targets_that_cannot_be_written(run, module: Path, target: str, reason: str) -> None:
    result = run(module, "-o", target)
    assert result.returncode == 1
    assert result.stderr == f"onnx-opt: error: cannot write '{target}': {reason}\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser can write everything")
def test_a_read_only_file_is_not_replaced(run, module: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.mlir"
    target.write_text("old")
    target.chmod(0o444)
    result = run(module, "-o", target)
    assert result.returncode == 1
    assert result.stderr == f"onnx-opt: error: cannot write '{target}': Permission denied\n"
    assert target.read_text() == "old"


def test_permissions_of_the_old_file_stay(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("old")
    target.chmod(0o640)
    write_atomically(target, [b"new"])
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "out", [b"new"])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o640


def test_a_link_stays_a_link(names, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "target", tmp_path / "link"
    link.symlink_to(target)
    for content in (b"first", b"second"):
        output = Output(str(link))
        output.write(content)
        output.commit()
        assert link.is_symlink()
        assert target.read_bytes() == content
    assert names(tmp_path / "folder") == ["target"]


def test_a_named_pipe_is_written_in_place(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()))
    reader.start()
    output = Output(str(pipe))
    output.write(b"through the pipe")
    output.commit()
    reader.join(10)
    assert received == [b"through the pipe"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_dev_stdout_is_standard_output(run, module: Path) -> None:
    result = run(module, "-o", "/dev/stdout")
    assert (result.returncode, result.stdout) == (0, module.read_text())


def test_a_failed_write_removes_the_temporary_file(names, tmp_path: Path, monkeypatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "out", [b"new"])
    assert names(tmp_path) == []


def test_a_name_of_the_longest_length(tmp_path: Path) -> None:
    target = tmp_path / ("x" * 255)
    write_atomically(target, [b"new"])
    assert target.read_bytes() == b"new"


def test_without_commit_nothing_is_written(names, tmp_path: Path) -> None:
    Output(str(tmp_path / "out")).write(b"half")
    assert names(tmp_path) == []


def test_the_folder_is_checked_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file or directory"):
        Output(str(tmp_path / "missing" / "out"))


def test_several_sections_are_one_file_in_text_only(run) -> None:
    sections = "func.func private @f()\n// -----\nfunc.func private @g()\n"
    result = run("--split-input-file", "--emit=mlirbc", input=sections)
    assert result.returncode == 1
    assert result.stderr == (
        "onnx-opt: error: 2 sections cannot be written as one .mlirbc file; write text\n"
    )


def test_a_closed_standard_output(run, module: Path) -> None:
    result = run(module, preexec_fn=lambda: os.close(1))
    assert result.returncode == 1
    assert result.stderr == "onnx-opt: error: cannot write standard output: Bad file descriptor\n"


def test_a_closed_standard_error_is_only_silent(run) -> None:
    result = run("nowhere.mlir", preexec_fn=lambda: os.close(2))
    assert (result.returncode, result.stdout, result.stderr) == (1, "", "")
