# SPDX-License-Identifier: Apache-2.0
"""What is kept away from MLIR because it would not survive it: `docs/bindings-bugs.md` lists the cases.

1. Text nested so deeply that MLIR's recursive parser runs out of stack: counted beforehand.
2. Names that are not UTF-8: the bindings end the process where they meet one in a callback.
3. Bytecode that is damaged: MLIR's reader trusts it, and reads and writes where it should not.  A child process reads
   it, and writes it anew; that is what we read.
"""

from __future__ import annotations

import os
import re
import resource
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

import numpy as np

from ..diagnostics import DiagnosticError, error_at, error_in
from ..elements.literals import unquote
from ..text_scanner import STRING, ScanError, skip_brackets

MAX_NESTING = 128
"""Brackets inside brackets, and aliases that are defined by aliases; real models stay below 40."""

_PIECE = 1 << 20
_NO_BRACKETS = re.compile(rf"{STRING}|//[^\n]*|->", re.DOTALL)
_OPEN, _CLOSE = b"([{<", b")]}>"
_OTHER_BYTES = bytes(byte for byte in range(256) if byte not in _OPEN + _CLOSE)
_STEP = np.array([(byte in _OPEN) - (byte in _CLOSE) for byte in range(256)], np.int8)
_ALIAS = re.compile(r"(?<![\w$.#!-])([#!][\w$.-]+)(\s*=(?!=))?")

_SPARE_BYTES = 1 << 30
_SECONDS = 2
_BYTES_PER_SECOND = 4 << 20


def check_nesting(text: str, filename: str, first_line: int) -> None:
    """Raise DiagnosticError if `text` is nested deeper than `MAX_NESTING`."""
    brackets = bytearray()
    names = 0
    for plain in _plain_pieces(text):
        brackets += plain.encode().translate(None, _OTHER_BYTES)
        names += plain.count("#") + plain.count("!")
    if len(brackets) > MAX_NESTING:
        depth = np.cumsum(_STEP[np.frombuffer(brackets, np.uint8)], dtype=np.int32)
        # A bracket too many on the closing side must not make room for more on the other.
        if (depth - np.minimum.accumulate(np.minimum(depth, 0))).max() > MAX_NESTING:
            raise _too_deep(text, filename, first_line)
    if names > MAX_NESTING and _alias_depth("".join(_plain_pieces(text))) > MAX_NESTING:
        message = f"aliases are nested more than {MAX_NESTING} deep"
        raise error_at(message, filename, first_line, 1)


def _plain_pieces(text: str) -> Iterator[str]:
    """The text without strings, comments and arrows, some lines at a time: strings end where lines do."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _PIECE) + 1 or len(text)
        yield _NO_BRACKETS.sub("", text[start:end])
        start = end


def _too_deep(text: str, filename: str, first_line: int) -> DiagnosticError:
    depth = 0
    offset = len(text)
    for token in re.finditer(rf"{_NO_BRACKETS.pattern}|[<>(){{}}\[\]]", text, re.DOTALL):
        if len(token[0]) == 1:
            depth = max(0, depth + int(_STEP[ord(token[0])]))
            if depth > MAX_NESTING:
                offset = token.start()
                break
    message = f"nested more than {MAX_NESTING} brackets deep"
    return error_in(text, offset, message, filename, first_line)


def _alias_depth(text: str) -> int:
    """The longest chain of aliases of which each is part of the next; an alias stands below those that it names."""
    depths: dict[str, int] = {}
    defined = ""
    deepest = 0
    for match in _ALIAS.finditer(text):
        if match[2]:
            defined = match[1]
            depths[defined] = 1
        elif defined:
            depths[defined] = max(depths[defined], depths.get(match[1], 0) + 1)
            deepest = max(deepest, depths[defined])
    return deepest


_HIGH_ESCAPE = re.compile(r"\\[89A-Fa-f][0-9A-Fa-f]")
_NAME = re.compile(
    rf"(?:@|\bsym_name\s*=\s*)(?P<symbol>{STRING})|(?P<key>{STRING})(?=\s*[(=])|{STRING}|//[^\n]*|\bloc(?P<location>\()",
    re.DOTALL,
)


def check_names(text: str, filename: str, first_line: int) -> None:
    """Raise DiagnosticError if a name is not UTF-8: of an op, a symbol, an attribute, or in a location."""
    if not _HIGH_ESCAPE.search(text):
        return
    for found in _NAME.finditer(text):
        if found["location"]:
            with suppress(ScanError):  # which the parser will tell in its own words
                end = skip_brackets(text, found.start("location"))
                for inner in re.finditer(STRING, text[found.start() : end], re.DOTALL):
                    _check_name(inner[0], text, found.start() + inner.start(), filename, first_line)
        elif found["symbol"] or found["key"]:
            spelling = found["symbol"] or found["key"]
            _check_name(spelling, text, found.start(), filename, first_line)


def _check_name(spelling: str, text: str, offset: int, filename: str, first_line: int) -> None:
    if not _HIGH_ESCAPE.search(spelling):
        return
    try:
        unquote(spelling).encode()
    except UnicodeEncodeError:
        message = f"the name {spelling} is not valid UTF-8"
        raise error_in(text, offset, message, filename, first_line) from None


def run_in_child(action: Callable[[IO[bytes]], object], size: int) -> IO[bytes] | None:
    """A file with what `action` writes in a child process, within bounds of time and memory; None if it fails.

    size: bytes of input; the bounds are 4 times that plus 1 GB, and 2 seconds plus one for every 4 MB.
    """
    import tempfile

    with ExitStack() as stack:
        stream = stack.enter_context(tempfile.TemporaryFile())
        with warnings.catch_warnings():
            # Python warns of threads at a fork; the child calls nothing that waits for one.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if not child:
            _be_child(action, stream, size)
        _, status = os.waitpid(child, 0)
        if status:
            return None
        stack.pop_all()  # the file is the caller's to close
        return stream


def _be_child(action: Callable[[IO[bytes]], object], stream: IO[bytes], size: int) -> None:
    """Do `action` and end the process."""
    code = 1
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGABRT):
            signal.signal(number, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        seconds = _SECONDS + size // _BYTES_PER_SECOND
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        if sys.platform == "linux":
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            most = pages * resource.getpagesize() + 4 * size + _SPARE_BYTES
            _, hard = resource.getrlimit(resource.RLIMIT_AS)
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(resource.RLIMIT_AS, (most, hard))
        action(stream)
        stream.flush()
        code = 0
    finally:
        # Not the way out that Python knows: it would run what the parent has to run once.
        os._exit(code)
