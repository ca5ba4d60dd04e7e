# SPDX-License-Identifier: Apache-2.0
"""Several runs that write the same output at the same time."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import KINDS, content, ended, forked, temporary


@pytest.mark.parametrize("kind", KINDS)
def test_the_output_is_that_of_one_of_them(inputs: Path, folder: Path, kind: str) -> None:
    for _ in range(5):
        children = [forked(folder, [str(inputs / f"{name}.onnx"), *KINDS[kind]]) for name in "abab"]
        assert [ended(child) for child in children] == [0, 0, 0, 0]
        assert content(folder, kind) in ("a", "b")
        assert temporary(folder) == []


def test_a_live_neighbour_is_not_taken_for_a_dead_one(tmp_path: Path) -> None:
    from onnx_opt.files.staging import StagedFile, remove_stale

    dead = tmp_path / ".out.onnx.0123456789ab.onnx-opt.tmp"
    others = [
        tmp_path / name
        for name in (
            ".out.onnx.tmp",
            ".out.onnx.0123456789ab.tmp",
            "out.onnx.0123456789ab.onnx-opt.tmp",
        )
    ]
    for path in (dead, *others):
        path.write_text("half")
    file = StagedFile(tmp_path / "out.onnx")
    file.write(b"whole")
    file.close()
    remove_stale(tmp_path)
    assert not dead.exists()
    assert all(path.exists() for path in others)
    file.take_place()
    assert (tmp_path / "out.onnx").read_bytes() == b"whole"
