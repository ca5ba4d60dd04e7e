# SPDX-License-Identifier: Apache-2.0
"""LLVM's mlir-tblgen, where the machine has it: the judge of what is emitted as TableGen."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = os.environ.get("ONNX_MLIR", "")
"""A checkout of onnx-mlir, against whose files rules are checked, too."""


@cache
def tblgen() -> tuple[str, str] | None:
    """The newest mlir-tblgen, and the folder of MLIR's own .td files; None if they are not installed."""
    names = {"mlir-tblgen"}
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        names |= {path.name for path in Path(folder).glob("mlir-tblgen-*")}
    versions = (name for name in names if re.fullmatch(r"mlir-tblgen(-\d+)?", name))
    for name in sorted(
        versions, key=lambda name: -int(name.rpartition("-")[2].strip("tblgen") or 0)
    ):
        if found := shutil.which(name):
            include = Path(found).resolve().parent.parent / "include"
            if (include / "mlir" / "IR" / "OpBase.td").is_file():
                return found, str(include)
    return None


needs_tblgen = pytest.mark.skipif(
    tblgen() is None,
    reason="no mlir-tblgen with MLIR's .td files (Debian: mlir-22-tools, libmlir-22-dev)",
)


def rewriters(definitions: str, folder: Path, checkout: str = "") -> str:
    """The C++ that mlir-tblgen makes of rules; fails the test where it refuses them."""
    found = tblgen()
    assert found is not None
    path = folder / "rules.td"
    path.write_text(definitions)
    command = [found[0], "-gen-rewriters", f"-I{found[1]}", str(path)]
    if checkout:
        command.insert(1, f"-I{checkout}")
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout
