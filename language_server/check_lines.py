# SPDX-License-Identifier: Apache-2.0
"""FileCheck lines for what a file's RUN lines print, by `onnx-opt --generate-checks`.

Only flags that do no more than change and print IR are taken from a RUN line: a file that somebody else wrote runs no
plugin and writes no file.
"""

from __future__ import annotations

import asyncio
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from lsprotocol import types

from ..passes import BY_ARGUMENT
from ..passes.options import OF_FLAGS
from .outcome import Outcome
from .text import Text

_SECONDS = 60
_RUN = re.compile(r"^\s*//\s*RUN:\s*((?:.*\\\n\s*//\s*RUN:)*.*)", re.MULTILINE)
_CONTINUED = re.compile(r"\\\n\s*//\s*RUN:")
_TOOLS = ("onnx-opt", "onnx-mlir-opt")
_PREFIX = re.compile(r"--?check-prefix[= ](\S+)")
_PRINTING = {
    "allow-unregistered-dialect",
    "mlir-elide-elementsattrs-if-larger",
    "mlir-print-debuginfo",
    "mlir-print-op-generic",
    "mlir-use-nameloc-as-prefix",
    "split-input-file",
}


@dataclass(frozen=True)
class Run:
    """A RUN line: the flags of `onnx-opt`, and the prefix of the check lines."""

    flags: tuple[str, ...]
    prefix: str


class RunLineError(Exception):
    """Why a RUN line is not followed."""


def runs_of(source: str) -> list[Run]:
    """The RUN lines of a file that check what `onnx-opt` prints; one without flags if there is none.

    Raises RunLineError for a flag that an editor does not give.
    """
    found = list(_runs(source))
    return found or [Run(("--split-input-file",), "CHECK")]


def _runs(source: str) -> Iterator[Run]:
    for line in _RUN.findall(source):
        first, _, rest = _CONTINUED.sub(" ", line).partition("|")
        try:
            words = shlex.split(first)
        except ValueError as error:
            raise RunLineError(str(error)) from None
        if not words or words[0] not in _TOOLS or "FileCheck" not in rest:
            continue
        prefix = _PREFIX.search(rest)
        yield Run(tuple(_flags(words[1:])), prefix[1] if prefix else "CHECK")


def _flags(words: list[str]) -> Iterator[str]:
    known = _PRINTING | set(BY_ARGUMENT) | set(OF_FLAGS)
    previous = ""
    for word in words:
        name = word.lstrip("-").partition("=")[0]
        jobs = name == "j" or previous == "-j"
        if word.startswith("-") and name in known:
            yield word
        elif word not in ("%s", "-") and not jobs:
            raise RunLineError(f"a RUN line has {word}: run onnx-opt --generate-checks yourself")
        previous = word


async def write_check_lines(text: Text) -> Outcome:
    """The changes that give a file check lines for what each of its RUN lines prints, instead of earlier ones."""
    new = text.source
    try:
        for run in runs_of(text.source):
            new = await _generated(new, run)
    except RunLineError as error:
        return Outcome(str(error))
    if new == text.source:
        return Outcome("the check lines are right")
    return Outcome("check lines are written", [_difference(text, new)])


async def _generated(source: str, run: Run) -> str:
    arguments = ["-m", "onnx_opt", "-", *run.flags, f"--generate-checks={run.prefix}"]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        data = source.encode(errors="replace")
        output, errors = await asyncio.wait_for(process.communicate(data), _SECONDS)
    except asyncio.TimeoutError:
        process.kill()
        await process.wait()
        raise RunLineError(f"onnx-opt took longer than {_SECONDS} s") from None
    if process.returncode:
        first = errors.decode(errors="replace").strip().split("\n")[0]
        raise RunLineError(first or "onnx-opt failed")
    return output.decode()


def _difference(text: Text, new: str) -> types.TextEdit:
    """The change from one text to another: of lines, without those that begin and end both."""
    old = text.source
    start = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(new))
    start = min(start, len(old), len(new))
    start = old.rfind("\n", 0, start) + 1
    most = min(len(old), len(new)) - start
    same = next((n for n in range(most) if old[-1 - n] != new[-1 - n]), most)
    return types.TextEdit(text.range(start, len(old) - same), new[start : len(new) - same])
