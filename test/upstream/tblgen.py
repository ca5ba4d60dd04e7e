# SPDX-License-Identifier: Apache-2.0
"""LLVM's mlir-tblgen, where the machine has it: the judge of what is emitted as TableGen."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

import pytest

from onnx_opt.upstream.audit.tools import MissingToolError, table_gen

CHECKOUT = os.environ.get("ONNX_MLIR", "")
"""A checkout of onnx-mlir, against whose files rules are checked, too."""


@cache
def tblgen() -> tuple[str, str] | None:
    """The newest mlir-tblgen, and the folder of MLIR's own .td files; None if they are not installed."""
    try:
        found = table_gen("mlir-tblgen")
    except MissingToolError:
        return None
    return str(found.program), str(found.include)


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
