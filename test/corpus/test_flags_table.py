# SPDX-License-Identifier: Apache-2.0
"""The table of flags in docs/onnx-mlir.md says which there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from onnx_opt.flags import BY_NAME
from onnx_opt.passes import BY_ARGUMENT
from onnx_opt.passes.options import OF_FLAGS
from onnx_opt.pipeline.upstream import UpstreamPasses

PAGE = Path(__file__).resolve().parents[2] / "docs" / "onnx-mlir.md"
ROW = re.compile(r"^\| (?P<flags>`-.*`.*?) \| (?P<here>yes|no) \|", re.M)


def rows() -> Iterator[tuple[str, bool]]:
    """Flags of the table without their dashes, and whether they are said to be here."""
    for row in ROW.finditer(PAGE.read_text()):
        for flag in re.findall(r"`--?([\w-]+)`", row["flags"]):
            yield flag, row["here"] == "yes"


@pytest.mark.parametrize(("flag", "here"), list(rows()))
def test_a_flag_is_here_where_the_page_says_so(flag: str, here: bool) -> None:
    known = (
        flag in BY_ARGUMENT
        or flag in OF_FLAGS
        or flag in BY_NAME
        or UpstreamPasses().anchor_of(flag, "", "builtin.module") is not None
    )
    assert known == here


def test_the_table_was_found() -> None:
    assert len(list(rows())) > 30
