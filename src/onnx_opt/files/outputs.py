# SPDX-License-Identifier: Apache-2.0
"""Bytes out: files that appear whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from errno import EACCES, EISDIR
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from ..errors import CommandError, os_reason
from .inputs import STANDARD, open_stream
from .staging import create, neighbour, publish

_STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/")
_BUFFER = 1 << 20


class Output:
    """Where the result goes.

    Standard output and targets that are no regular files (`/dev/null`, a pipe) are written as the result comes.  What
    goes to a regular file goes into a neighbour of it, which `commit` renames: readers of the file see the old content
    or the new, and the end of a `with` block without `commit` leaves what was there.

    target: the regular file, links followed; None for a stream.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.target: Path | None = None
        self._stream: BinaryIO | None = None
        self._file: StagedFile | None = None
        self._beside: list[StagedFile] = []
        self._written = 0
        try:
            if name == STANDARD:
                self._stream = open_stream(sys.stdout)
                return
            self.target = target_of(name)
            if self.target is None:
                # Unbuffered: what a full device refused must not be tried again when the stream is dropped.
                self._stream = open(name, "wb", buffering=0)  # noqa: PTH123, SIM115 - closed by commit()
        except OSError as error:
            raise self._error(error) from None

    def __enter__(self) -> Output:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        for file in (self._file, *self._beside):
            if file is not None:
                file.discard()

    @property
    def shown(self) -> str:
        """What messages call it."""
        return "standard output" if self.name == STANDARD else f"'{self.name}'"

    @property
    def on_terminal(self) -> bool:
        """Whether the user sees the result on a terminal."""
        return self._stream is not None and self._stream.isatty()

    @property
    def written(self) -> int:
        """Bytes written so far, those beside the file included."""
        return self._written + sum(file.written for file in self._beside)

    def write(self, block: bytes | memoryview) -> None:
        """Add `block` to the result; raises CommandError, or BrokenPipeError when nobody reads any more."""
        if self._stream is None:
            self._staged().write(block)
        else:
            try:
                # Standard output may be unbuffered, and then takes only a part of it at a time.
                rest = memoryview(block)
                while rest:
                    rest = rest[self._stream.write(rest) or 0 :]
            except OSError as error:
                self._fail(error)
        self._written += len(block)

    def _staged(self) -> StagedFile:
        if self._file is None:
            assert self.target is not None
            self._file = StagedFile(self.target, self.shown)
        return self._file

    def flush(self) -> None:
        """Let a stream's readers have what was written so far."""
        try:
            if self._stream is not None:
                self._stream.flush()
        except OSError as error:
            self._fail(error)

    def beside(self, target: Path) -> StagedFile:
        """Another file, below the folder of this one, that takes its place together with it; raises CommandError."""
        assert self.target is not None
        shown = Path(self.name).parent / target.relative_to(self.target.parent)
        file = StagedFile(target, f"'{shown}'")
        self._beside.append(file)
        return file

    def commit(self) -> None:
        """The result is complete and right: put the files in their places."""
        self.flush()
        if self._stream is None:
            # What the model points to has its place before the model has.
            publish([*self._beside, self._staged()])
        elif self.name != STANDARD:
            try:
                self._stream.close()
            except OSError as error:
                self._fail(error)

    def _fail(self, error: OSError) -> None:
        if isinstance(error, BrokenPipeError):
            raise error
        if self.name == STANDARD:
            silence_stdout()
        raise self._error(error) from None

    def _error(self, error: OSError) -> CommandError:
        return CommandError(f"cannot write {self.shown}: {os_reason(error)}")


class StagedFile:
    """A file that is written beside `target`, whose owner and permissions it takes over if there is one.

    shown: what messages call it.  Raises CommandError wherever writing fails.
    """

    def __init__(self, target: Path, shown: str) -> None:
        self.target = target
        self.shown = shown
        self.written = 0
        # Known before there is a file: a signal may come at any time.
        self.temporary = neighbour(target)
        self._stream: BinaryIO | None = None
        self._lock = -1

    def write(self, block: bytes | memoryview) -> None:
        """Add `block`."""
        try:
            self._opened().write(block)
        except OSError as error:
            raise self.error(error) from None
        self.written += len(block)

    def close(self) -> None:
        """Nothing follows."""
        try:
            self._opened().close()
        except OSError as error:
            raise self.error(error) from None

    def _opened(self) -> BinaryIO:
        if self._stream is None:
            descriptor = create(self.temporary)
            self._stream = open(descriptor, "wb", buffering=_BUFFER)  # noqa: PTH123, SIM115 - a descriptor
            # Closing the stream must not unlock the file: it has to keep its name until it takes its place.
            self._lock = os.dup(descriptor)
            _copy_permissions(self.target, descriptor)
        return self._stream

    def take_place(self) -> None:
        """Be `target`."""
        try:
            self.temporary.replace(self.target)
        except OSError as error:
            raise self.error(error) from None
        self._unlock()

    def discard(self) -> None:
        """Leave nothing, unless the file has its place already."""
        with suppress(OSError):
            if self._stream is not None:
                self._stream.close()
        with suppress(OSError):
            self.temporary.unlink()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def error(self, error: OSError) -> CommandError:
        """What the user is told."""
        return CommandError(f"cannot write {self.shown}: {os_reason(error)}")


def target_of(name: str) -> Path | None:
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


def _copy_permissions(target: Path, descriptor: int) -> None:
    """Give the new file the owner and the mode of the one it replaces, if there is one."""
    try:
        old = target.stat()
    except FileNotFoundError:
        return
    with suppress(PermissionError):  # only the superuser gives files away
        os.fchown(descriptor, old.st_uid, old.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(old.st_mode))


def silence_stdout() -> None:
    """Let nothing more go to standard output, not even what Python flushes on its way out."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
