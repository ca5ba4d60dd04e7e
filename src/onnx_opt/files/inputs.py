# SPDX-License-Identifier: Apache-2.0
"""Bytes in: the whole input, mapped where it is a file."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from errno import EBADF
from functools import cached_property
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol, TextIO

from ..errors import CommandError, os_reason

STANDARD = "-"
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"


class InputFile(NamedTuple):
    """The whole input.

    name: what diagnostics call it.
    data: its bytes; those of a regular file are mapped, not read.
    path: where it lies, if it is a file that can be opened again.
    watch: on this file, and on others that are mapped with it.
    """

    name: str
    data: bytes | mmap
    path: Path | None
    watch: Watch


class Cuts(Protocol):
    """What was cut out of a text."""

    def column_in_text(self, line: int, column: int) -> int:
        """Where in the text a position in the file stands."""
        ...


@dataclass(frozen=True)
class Section:
    """A part of the input's text, by default all of it; none of what is no MLIR text.

    first_line: the number of its first line in `file`.  literals: what was cut out of the file's text, if it was.
    """

    file: str
    text: str = ""
    first_line: int = 1
    literals: Cuts | None = None

    @cached_property
    def lines(self) -> list[str]:
        """The section's lines, as MLIR counts them."""
        return self.text.split("\n")

    def line(self, number: int) -> str | None:
        """The file's line `number`, if this section holds it."""
        index = number - self.first_line
        return self.lines[index] if self.text and 0 <= index < len(self.lines) else None

    def column(self, number: int, column: int) -> int:
        """Where in `line(number)` a column of the file's line stands."""
        return self.literals.column_in_text(number, column) if self.literals else column


def read_input(name: str) -> InputFile:
    """The file `name`, or standard input for `-`; raises CommandError."""
    return _read("standard input", _standard_input) if name == STANDARD else read_file(name)


def read_file(name: str) -> InputFile:
    """The file `name`; raises CommandError."""
    return _read(f"'{_as_text(name)}'", lambda: _file(name))


def _read(shown: str, read: Callable[[], InputFile]) -> InputFile:
    try:
        file = read()
    except (OSError, ValueError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else str(error)
        raise CommandError(f"cannot read {shown}: {reason}") from None
    if file.data[: len(_LFS_POINTER)] == _LFS_POINTER:
        raise CommandError(
            "this is only the pointer that Git LFS keeps in place of the file; `git lfs pull` gets the file itself",
            file.name,
        )
    return file


def _standard_input() -> InputFile:
    return InputFile("<stdin>", open_stream(sys.stdin).read(), None, Watch())


def _file(name: str) -> InputFile:
    path = Path(name)
    name = _as_text(name)
    watch = Watch()
    watch.add(path)
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno())
        if stat.S_ISREG(size.st_mode) and size.st_size:
            return InputFile(name, mmap(stream.fileno(), 0, access=ACCESS_READ), path, watch)
        return InputFile(name, stream.read(), None, watch)


def _as_text(name: str) -> str:
    """A name that is no text is shown with escapes: MLIR's locations are UTF-8."""
    return os.fsencode(name).decode(errors="backslashreplace")


class Watch:
    """The files that are mapped while the passes run: none of them may change before the result is complete.

    A file that is replaced is no matter: what is mapped is the old one.  One that is written to in place is another
    model by then, in parts; one that is cut short ends the process by SIGBUS where its lost part is touched.
    """

    def __init__(self) -> None:
        self._seen: dict[Path, os.stat_result] = {}

    def add(self, path: Path) -> None:
        """From here on `path` must not change."""
        with suppress(OSError):
            found = path.stat()
            if stat.S_ISREG(found.st_mode):
                self._seen.setdefault(path, found)

    def check(self) -> None:
        """Raise CommandError if a file has changed."""
        for path, before in self._seen.items():
            try:
                now = path.stat()
            except OSError:
                continue  # gone, but for us
            same = os.path.samestat(before, now)
            if same and (before.st_size, before.st_mtime_ns) != (now.st_size, now.st_mtime_ns):
                raise CommandError(
                    f"'{path}' was changed while it was being read; nothing is written"
                )


def open_stream(stream: TextIO | None) -> BinaryIO:
    """The bytes below a standard stream, which Python leaves out if the caller closed it.  Raises OSError."""
    if stream is None:
        raise OSError(EBADF, os.strerror(EBADF))
    return stream.buffer
