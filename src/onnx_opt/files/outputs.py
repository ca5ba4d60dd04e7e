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
from .staging import StagedFile, publish

_STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/")


class Output:
    """Where the result goes.

    Standard output and targets that are no regular files (`/dev/null`, a pipe) are written as the result comes.  A
    regular file is staged, and `commit` publishes it: readers of the file see the old content or the new, and the end
    of a `with` block without `commit` leaves what was there.  The block turns OSErrors about the files into
    CommandErrors.

    target: the regular file, links followed; None for a stream.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.target: Path | None = None
        self._stream: BinaryIO | None = None
        self._files: list[
            StagedFile
        ] = []  # the result last: what a model points to has its place before the model
        self._shown: dict[object, str] = {}  # what messages call the files, by their paths
        self._streamed = 0
        try:
            if name == STANDARD:
                self._stream = open_stream(sys.stdout)
                return
            self.target = target_of(name)
            if self.target is None:
                # Unbuffered: what a full device refused must not be tried again when the stream is dropped.
                self._stream = open(name, "wb", buffering=0)  # noqa: PTH123, SIM115 - closed by commit()
            else:
                self._stage(self.target, self.shown)
        except OSError as error:
            raise _error(error, self.shown) from None

    def __enter__(self) -> Output:
        return self

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> None:
        for file in self._files:
            file.discard()
        if isinstance(error, OSError) and error.filename in self._shown:
            raise _error(error, self._shown[error.filename]) from None

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
        return self._streamed + sum(file.written for file in self._files)

    def write(self, block: bytes | memoryview) -> None:
        """Add `block` to the result; raises CommandError, and OSError: BrokenPipeError when nobody reads any more."""
        if self._stream is None:
            self._files[-1].write(block)
            return
        try:
            # Standard output may be unbuffered, and then takes only a part of it at a time.
            rest = memoryview(block)
            while rest:
                rest = rest[self._stream.write(rest) or 0 :]
        except OSError as error:
            self._fail(error)
        self._streamed += len(block)

    def flush(self) -> None:
        """Let a stream's readers have what was written so far."""
        try:
            if self._stream is not None:
                self._stream.flush()
        except OSError as error:
            self._fail(error)

    def beside(self, target: Path) -> StagedFile:
        """Another file, below the folder of this one, that takes its place together with it."""
        assert self.target is not None
        shown = Path(self.name).parent / target.relative_to(self.target.parent)
        return self._stage(target, f"'{shown}'")

    def _stage(self, target: Path, shown: str) -> StagedFile:
        self._files.insert(0, StagedFile(target))
        self._shown[os.fspath(target)] = shown
        return self._files[0]

    def commit(self) -> None:
        """The result is complete and right: put the files in their places."""
        self.flush()
        if self._stream is None:
            publish(self._files)
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
        raise _error(error, self.shown) from None


def _error(error: OSError, shown: str) -> CommandError:
    return CommandError(f"cannot write {shown}: {os_reason(error)}")


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


def silence_stdout() -> None:
    """Let nothing more go to standard output, not even what Python flushes on its way out."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
