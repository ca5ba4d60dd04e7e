# SPDX-License-Identifier: Apache-2.0
"""An output file is written whole or not at all."""

from __future__ import annotations

import os
import resource
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from onnx_opt.errors import CommandError
from onnx_opt.files.outputs import Output
from onnx_opt.files.staging import StagedFile, publish

from .conftest import Names, Run

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")


def test_writes_what_it_would_print(names: Names, run: Run, module: Path, tmp_path: Path) -> None:
    result = run(module, "-o", "out.mlir")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert (tmp_path / "out.mlir").read_text() == module.read_text()
    assert names(tmp_path) == ["ok.mlir", "out.mlir"]


def test_may_replace_its_own_input(names: Names, run: Run, module: Path, tmp_path: Path) -> None:
    assert run(module, "--symbol-dce", "-o", module).returncode == 0
    assert "func.func @f" in module.read_text()
    assert names(tmp_path) == ["ok.mlir"]


def test_an_error_keeps_the_old_file(names: Names, run: Run, tmp_path: Path) -> None:
    target = tmp_path / "out.mlir"
    target.write_text("old")
    assert run("-o", target, input="func.func @f(").returncode == 1
    assert target.read_text() == "old"
    assert names(tmp_path) == ["out.mlir"]


def test_an_error_in_one_section_keeps_the_old_file(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "out.mlir"
    target.write_text("old")
    sections = "func.func private @f()\n// -----\nfunc.func @f(\n"
    assert run("--split-input-file", "-o", target, input=sections).returncode == 1
    assert target.read_text() == "old"


@needs_full
def test_a_full_disk(run: Run, module: Path) -> None:
    result = run(module, "-o", FULL)
    assert result.returncode == 1
    assert result.stderr == "onnx-opt: error: cannot write '/dev/full': No space left on device\n"


@needs_full
def test_standard_output_on_a_full_disk(run: Run, module: Path) -> None:
    with FULL.open("w") as full:
        result = run(module, stdout=full)
    assert result.returncode == 1
    assert (
        result.stderr == "onnx-opt: error: cannot write standard output: No space left on device\n"
    )


@needs_full
def test_help_on_a_full_disk(run: Run) -> None:
    with FULL.open("w") as full:
        result = run("--help", stdout=full)
    assert result.returncode == 1
    assert (
        result.stderr == "onnx-opt: error: cannot write standard output: No space left on device\n"
    )


def test_a_disk_that_fills_up_leaves_no_file(
    names: Names, run: Run, module: Path, tmp_path: Path
) -> None:
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
def test_targets_that_cannot_be_written(run: Run, module: Path, target: str, reason: str) -> None:
    result = run(module, "-o", target)
    assert result.returncode == 1
    assert result.stderr == f"onnx-opt: error: cannot write '{target}': {reason}\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser can write everything")
def test_a_read_only_file_is_not_replaced(run: Run, module: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.mlir"
    target.write_text("old")
    target.chmod(0o444)
    result = run(module, "-o", target)
    assert result.returncode == 1
    assert result.stderr == f"onnx-opt: error: cannot write '{target}': Permission denied\n"
    assert target.read_text() == "old"


def write(target: Path, content: bytes) -> None:
    with Output(str(target)) as output:
        output.write(content)
        output.commit()


def test_permissions_of_the_old_file_stay(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("old")
    target.chmod(0o640)
    write(target, b"new")
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write(tmp_path / "out", b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o640


def test_a_link_stays_a_link(names: Names, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "target", tmp_path / "link"
    link.symlink_to(target)
    for content in (b"first", b"second"):
        write(link, content)
        assert link.is_symlink()
        assert target.read_bytes() == content
    assert names(tmp_path / "folder") == ["target"]


def test_a_named_pipe_is_written_in_place(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()))
    reader.start()
    write(pipe, b"through the pipe")
    reader.join(10)
    assert received == [b"through the pipe"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_dev_stdout_is_standard_output(run: Run, module: Path) -> None:
    result = run(module, "-o", "/dev/stdout")
    assert (result.returncode, result.stdout) == (0, module.read_text())


def test_a_failed_write_removes_the_temporary_file(
    names: Names, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "out", b"new")
    assert names(tmp_path) == []


def test_a_name_of_the_longest_length(tmp_path: Path) -> None:
    target = tmp_path / ("x" * 255)
    write(target, b"new")
    assert target.read_bytes() == b"new"


def test_without_commit_nothing_is_written(names: Names, tmp_path: Path) -> None:
    with Output(str(tmp_path / "out")) as output:
        output.write(b"half")
    assert names(tmp_path) == []


def test_the_folder_is_checked_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file or directory"):
        Output(str(tmp_path / "missing" / "out"))


def test_several_sections_are_one_file_in_text_only(run: Run) -> None:
    sections = "func.func private @f()\n// -----\nfunc.func private @g()\n"
    result = run("--split-input-file", "--emit=mlirbc", input=sections)
    assert result.returncode == 1
    assert result.stderr == (
        "onnx-opt: error: 2 sections cannot be written as one .mlirbc file; write text\n"
    )


def test_a_closed_standard_output(run: Run, module: Path) -> None:
    result = run(module, preexec_fn=lambda: os.close(1))
    assert result.returncode == 1
    assert result.stderr == "onnx-opt: error: cannot write standard output: Bad file descriptor\n"


def test_a_closed_standard_error_is_only_silent(run: Run) -> None:
    result = run("nowhere.mlir", preexec_fn=lambda: os.close(2))
    assert (result.returncode, result.stdout, result.stderr) == (1, "", "")


class Interrupted(BaseException):
    """What stands for a signal."""


def stage(folder: Path, *names: str) -> list[StagedFile]:
    files = [StagedFile(folder / name) for name in names]
    for file in files:
        file.write(f"new {file.target.name}".encode())
    return files


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.mark.parametrize("old", [(), ("data",), ("model",), ("data", "model")])
def test_two_files_take_their_places(tmp_path: Path, old: tuple[str, ...]) -> None:
    for name in old:
        (tmp_path / name).write_text("old")
    publish(stage(tmp_path, "data", "model"))
    assert texts(tmp_path) == {"data": "new data", "model": "new model"}


@pytest.mark.parametrize("old", [(), ("data",), ("model",), ("data", "model")])
@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), Interrupted()])
@pytest.mark.parametrize("fails", ["data", "model"])
@pytest.mark.parametrize("links", [True, False])
def test_two_files_or_none(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    old: tuple[str, ...],
    error: BaseException,
    fails: str,
    links: bool,
) -> None:
    replace = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target.name == fails and self.read_text().startswith("new"):
            raise error
        return replace(self, target)

    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    for name in old:
        (tmp_path / name).write_text(f"old {name}")
    files = stage(tmp_path, "data", "model")
    monkeypatch.setattr(Path, "replace", failing)
    if not links and "data" in old:
        monkeypatch.setattr(os, "link", no_links)
    with pytest.raises(type(error)):
        publish(files)
    for file in files:
        file.discard()
    assert texts(tmp_path) == {name: f"old {name}" for name in old}


def test_a_signal_after_the_last_rename_takes_nothing_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def interrupted(self: Path, target: Path) -> Path:
        replace(self, target)
        if target.name == "model":
            raise Interrupted
        return target

    (tmp_path / "data").write_text("old")
    files = stage(tmp_path, "data", "model")
    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(Interrupted):
        publish(files)
    for file in files:
        file.discard()
    assert texts(tmp_path) == {"data": "new data", "model": "new model"}


def test_text_is_written_in_pieces(
    tmp_path: Path, module: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from onnx_opt.cli import main
    from onnx_opt.dialect.assembly import printer

    sizes: list[int] = []

    def pieces(*_: object, **__: object) -> Iterator[str]:
        for _piece in range(20):
            sizes.append(sum(path.stat().st_size for path in tmp_path.glob(".out.mlir.*")))
            yield "x" * (2 << 20)

    monkeypatch.setattr(printer, "text_pieces", pieces)
    assert main([str(module), "-o", str(tmp_path / "out.mlir")]) == 0
    # What was yielded before is in the file already.
    assert sizes == [n << 21 for n in range(20)]
    assert (tmp_path / "out.mlir").stat().st_size == 40 << 20
