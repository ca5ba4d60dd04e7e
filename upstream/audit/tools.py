# SPDX-License-Identifier: Apache-2.0
"""LLVM's TableGen on this machine, and the .td files that come with MLIR."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

_NEEDS = "it reads rules by LLVM's TableGen (Debian and Ubuntu: llvm-22 and libmlir-22-dev)"


class MissingToolError(Exception):
    """A tool that is not installed; the text is one line for the user."""


class TableGen(NamedTuple):
    """The program, and the folder below which `mlir/IR/PatternBase.td` lies."""

    program: Path
    include: Path


def table_gen(name: str = "llvm-tblgen") -> TableGen:
    """The newest program of that name beside which MLIR's headers are installed; raise MissingToolError."""
    found = sorted(_programs(name), key=lambda program: -(_version(program) or 1_000))
    if not found:
        raise MissingToolError(f"there is no {name} on the PATH: {_NEEDS}")
    for program in found:
        include = program.resolve().parent.parent / "include"
        if (include / "mlir" / "IR" / "PatternBase.td").is_file():
            return TableGen(program, include)
    raise MissingToolError(f"MLIR's headers are not installed beside {found[0]}: {_NEEDS}")


def _programs(name: str) -> list[Path]:
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    return [
        path
        for folder in folders
        if folder.is_dir()
        for path in folder.glob(f"{name}*")
        if re.fullmatch(rf"{name}(-\d+)?", path.name) and os.access(path, os.X_OK)
    ]


def _version(program: Path) -> int:
    found = re.search(r"-(\d+)$", program.name)
    return int(found.group(1)) if found else 0
