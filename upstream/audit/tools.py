# SPDX-License-Identifier: Apache-2.0
"""LLVM's TableGen on this machine, and the .td files that come with MLIR."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

_NAME = re.compile(r"llvm-tblgen(?:-(\d+))?$")
_NEEDS = "it reads rules by LLVM's TableGen (Debian and Ubuntu: llvm-22 and libmlir-22-dev)"


class MissingToolError(Exception):
    """A tool that is not installed; the text is one line for the user."""


class TableGen(NamedTuple):
    """The program, and the folder below which `mlir/IR/PatternBase.td` lies."""

    program: Path
    include: Path


def table_gen() -> TableGen:
    """The newest `llvm-tblgen` beside which MLIR's headers are installed; raise MissingToolError."""
    found = sorted(_programs(), key=lambda program: -(_version(program) or 1_000))
    if not found:
        raise MissingToolError(f"there is no llvm-tblgen on the PATH: {_NEEDS}")
    for program in found:
        include = program.resolve().parent.parent / "include"
        if (include / "mlir" / "IR" / "PatternBase.td").is_file():
            return TableGen(program, include)
    raise MissingToolError(f"MLIR's headers are not installed beside {found[0]}: {_NEEDS}")


def _programs() -> list[Path]:
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    return [
        path
        for folder in folders
        if folder.is_dir()
        for path in folder.glob("llvm-tblgen*")
        if _NAME.match(path.name) and os.access(path, os.X_OK)
    ]


def _version(program: Path) -> int:
    found = _NAME.match(program.name)
    return int(found.group(1) or 0) if found else 0
