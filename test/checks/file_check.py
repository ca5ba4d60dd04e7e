# SPDX-License-Identifier: Apache-2.0
"""Both FileChecks on a text: PyPI's in this process, and LLVM's where there is one."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from filecheck.finput import FInput
from filecheck.matcher import Matcher
from filecheck.options import Options
from filecheck.parser import Parser, pattern_for_opts

LLVM = next(
    (
        found
        for number in ("", *(f"-{n}" for n in range(30, 13, -1)))
        if (found := shutil.which(f"FileCheck{number}"))
    ),
    None,
)


def passes(checks: str, printed: str, prefix: str = "CHECK") -> bool:
    """Whether PyPI's filecheck is content."""
    options = Options("the checks", check_prefixes=[prefix])
    parser = Parser(options, io.StringIO(checks), *pattern_for_opts(options))
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        return Matcher(options, FInput("what was printed", printed), parser).run() == 0


def passes_llvm(checks: Path, printed: str, prefix: str = "CHECK") -> bool:
    """Whether LLVM's FileCheck is content, or is not there."""
    if LLVM is None:
        return True
    command = [LLVM, str(checks), f"--check-prefix={prefix}", "--dump-input=never"]
    return subprocess.run(command, input=printed, text=True, check=False).returncode == 0


def changed(printed: str) -> str:
    """The text with something else for its last op of ONNX, or for the last word of its last line that has one."""
    found = list(re.finditer(r'"onnx\.\w+"\(', printed))
    found = found or list(
        re.finditer(r"\w+(?=\W*$)", re.sub(r"(?m)^\W*$|^(?:module |#).*", _blank, printed))
    )
    return f"{printed[: found[-1].start()]}changed{printed[found[-1].end() :]}"


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
