# SPDX-License-Identifier: Apache-2.0
"""Disks that are full, and folders that nobody may write to."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import KINDS, content, ended, forked, run, temporary


def process(
    folder: Path, *arguments: str, prefix: tuple[str, ...] = (), **settings: Any
) -> subprocess.CompletedProcess[str]:
    command = [*prefix, sys.executable, "-m", "onnx_opt", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=60, **settings
    )


@pytest.mark.parametrize("limit", [10, 1000, 9000])
@pytest.mark.parametrize("kind", KINDS)
def test_a_disk_that_fills_up_keeps_the_old_output(
    inputs: Path, folder: Path, kind: str, limit: int
) -> None:
    def little_space() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    run(folder, str(inputs / "a.onnx"), *KINDS[kind])
    assert ended(forked(folder, [str(inputs / "b.onnx"), *KINDS[kind]], little_space)) == 1
    assert content(folder, kind) == "a"
    assert temporary(folder) == []


def test_a_full_disk_is_told(inputs: Path, folder: Path) -> None:
    def little_space() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    done = process(folder, str(inputs / "a.onnx"), *KINDS["external data"], preexec_fn=little_space)
    assert (done.returncode, done.stderr) == (
        1,
        "onnx-opt: error: cannot write 'out.bin': File too large\n",
    )


def without_override() -> tuple[str, ...]:
    """The start of a command that may not write where nobody may, even as the superuser."""
    if os.geteuid():
        return ()
    setpriv = shutil.which("setpriv")
    command = (setpriv or "", "--bounding-set=-dac_override,-dac_read_search", "--")
    if (
        setpriv is None
        or subprocess.run([*command, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("the superuser may write everywhere, and setpriv cannot take that away here")
    return command


@pytest.mark.parametrize("kind", KINDS)
def test_a_read_only_folder(inputs: Path, folder: Path, kind: str) -> None:
    prefix = without_override()
    run(folder, str(inputs / "a.onnx"), *KINDS[kind])
    folder.chmod(0o555)
    try:
        done = process(folder, str(inputs / "b.onnx"), *KINDS[kind], prefix=prefix)
    finally:
        folder.chmod(0o755)
    assert done.returncode == 1
    assert done.stderr == (
        f"onnx-opt: error: cannot write '{KINDS[kind][1]}': no permission to write into folder '{folder}'\n"
    )
    assert content(folder, kind) == "a"
    assert temporary(folder) == []
