# SPDX-License-Identifier: Apache-2.0
"""Bytes in and bytes out: reading the input, and writing an output file whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass
from errno import EACCES, EBADF, EISDIR
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO, TextIO

from .errors import CommandError, os_reason

STANDARD = "-"
_STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/")


@dataclass(frozen=True)
class InputFile:
    """The whole input.

    name: what diagnostics call it.
    data: its bytes; those of a regular file are mapped, not read.
    path: where it lies, if it is a file that can be opened again.
    """

    name: str
    data: bytes | mmap
    path: Path | None = None


def read_input(name: str) -> InputFile:
    """The file `name`, or standard input for `-`; raises CommandError."""
    try:
        if name == STANDARD:
            return InputFile("<stdin>", _open_stream(sys.stdin).read())
        path = Path(name)
        # A name that is no text is shown with escapes: MLIR's locations are UTF-8.
        name = os.fsencode(name).decode(errors="backslashreplace")
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno())
            if stat.S_ISREG(size.st_mode) and size.st_size:
                return InputFile(name, mmap(stream.fileno(), 0, access=ACCESS_READ), path)
            return InputFile(name, stream.read())
    except OSError as error:
        shown = "standard input" if name == STANDARD else f"'{name}'"
        raise CommandError(f"cannot read {shown}: {os_reason(error)}") from None


class Output:
    """Where the result goes.

    Standard output and targets that are no regular files (`/dev/null`, a pipe) are written as the result comes.  A
    regular file is written by `commit`, into a neighbour that is then renamed: readers of the file see the old
    content or the new, and an error leaves what was there.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._chunks: list[bytes] = []
        self._stream: BinaryIO | None = None
        try:
            if name == STANDARD:
                self._stream = _open_stream(sys.stdout)
                return
            self._target = _target_of(name)
            if self._target is None:
                self._stream = open(name, "wb", buffering=0)  # noqa: PTH123, SIM115 - closed by close()
        except OSError as error:
            raise self._error(error) from None

    def write(self, data: bytes) -> None:
        """Add `data` to the result; raises CommandError, or BrokenPipeError when nobody reads any more."""
        if self._stream is None:
            self._chunks.append(data)
            return
        try:
            _write_all(self._stream, data)
        except BrokenPipeError:
            raise
        except OSError as error:
            if self._name == STANDARD:
                silence_stdout()
            raise self._error(error) from None

    def commit(self) -> None:
        """The result is complete and right: put the file in its place."""
        try:
            if self._stream is None and self._target is not None:
                write_atomically(self._target, self._chunks)
            elif self._stream is not None and self._name != STANDARD:
                self._stream.close()
        except OSError as error:
            raise self._error(error) from None

    def _error(self, error: OSError) -> CommandError:
        shown = "standard output" if self._name == STANDARD else f"'{self._name}'"
        return CommandError(f"cannot write {shown}: {os_reason(error)}")


def _open_stream(stream: TextIO | None) -> BinaryIO:
    """The bytes below a standard stream, which Python leaves out if the caller closed it."""
    if stream is None:
        raise OSError(EBADF, os.strerror(EBADF))
    return stream.buffer


def _target_of(name: str) -> Path | None:
    """The regular file that a rename may replace, links followed, or None for what has to be written in place.

    Raises OSError if it is already clear that writing would fail.
    """
    if name.startswith(_STREAMS):
        return None
    target = Path(os.path.realpath(name))
    if name.endswith("/"):
        raise OSError(EISDIR, os.strerror(EISDIR))
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        if not target.parent.is_dir():
            raise
    else:
        if stat.S_ISDIR(mode):
            raise OSError(EISDIR, os.strerror(EISDIR))
        if not stat.S_ISREG(mode):
            return None
        if not os.access(target, os.W_OK):
            raise OSError(EACCES, os.strerror(EACCES))
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise OSError(EACCES, f"no permission to write into folder '{target.parent}'")
    return target


def write_atomically(target: Path, chunks: list[bytes]) -> None:
    """Write `chunks` beside `target`, then rename; owner and permissions of an existing file stay."""
    temporary = target.with_name(f".{target.name[:200]}.{os.urandom(6).hex()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with open(descriptor, "wb", buffering=0) as stream:  # noqa: PTH123 - a descriptor
            _copy_permissions(target, descriptor)
            for chunk in chunks:
                _write_all(stream, chunk)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _copy_permissions(target: Path, descriptor: int) -> None:
    """Give the new file the owner and the mode of the one it replaces, if there is one."""
    try:
        old = target.stat()
    except FileNotFoundError:
        return
    with suppress(PermissionError):  # only the superuser gives files away
        os.fchown(descriptor, old.st_uid, old.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(old.st_mode))


def _write_all(stream: BinaryIO, data: bytes) -> None:
    """Write all of `data`: an unbuffered stream may take only a part of it at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[stream.write(rest) or 0 :]
    stream.flush()


def silence_stdout() -> None:
    """Let nothing more go to standard output, not even what Python flushes on its way out."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
