# SPDX-License-Identifier: Apache-2.0
"""Files that appear whole or not at all, alone or several together, whatever happens to the process.

A file is written beside its target and then renamed.  What a killed process leaves is never taken for a result, and the
next run that writes to the folder removes it:

    .<target>.<12 hexadecimal digits>.onnx-opt.tmp      locked (flock) as long as its writer lives

Renames of several files are not one step.  So that no reader, and no process that is killed between them, sees an old
model with new data, the old model goes before the data is replaced: then the pair is absent until the new model has its
place.  The kept names of old files let a failure that is not the end of the process put everything back.
"""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Protocol

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_STALE = re.compile(r"\..+\.[0-9a-f]{12}\.onnx-opt\.tmp", re.DOTALL)


class Staged(Protocol):
    """A file that is written and waits for its place."""

    target: Path
    temporary: Path

    def close(self) -> None:
        """Nothing follows."""

    def take_place(self) -> None:
        """Be `target`."""


def neighbour(target: Path) -> Path:
    """A name for a file that waits for its place beside `target`, whose own name may have the longest length."""
    start = os.fsdecode(os.fsencode(target.name)[:200])
    return target.with_name(f".{start}.{os.urandom(6).hex()}.onnx-opt.tmp")


def create(path: Path) -> int:
    """Create a file with a name that `neighbour` gave; its descriptor.  Raises OSError.

    It is locked until the descriptor and all copies of it are closed.
    """
    remove_stale(path.parent)
    while True:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        _lock(descriptor)
        if _is_still_there(path, descriptor):
            return descriptor
        os.close(descriptor)  # another run took it for stale before it was locked


def remove_stale(folder: Path) -> None:
    """Remove the files that processes which have ended left in a folder."""
    with suppress(OSError), os.scandir(folder) as entries:
        for name in [entry.name for entry in entries if _STALE.fullmatch(entry.name)]:
            with suppress(OSError):
                _remove_if_unlocked(folder / name)


def _remove_if_unlocked(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        flock(descriptor, LOCK_EX | LOCK_NB)
        path.unlink()
    finally:
        os.close(descriptor)


def publish(files: Sequence[Staged]) -> None:
    """Put complete files in their places, the last one last: all of them, or none and raise what the files raise."""
    for file in files:
        file.close()
    if len(files) == 1:
        files[0].take_place()
        return
    with _uninterrupted(), _alone_in(files[-1].target.parent):
        _publish_together(files)


def _publish_together(files: Sequence[Staged]) -> None:
    last = files[-1]
    replaced: list[_Kept] = []

    def keep(target: Path) -> None:
        # Noted first: a signal may come at any time.
        replaced.append(_Kept(target))
        replaced[-1].keep()

    try:
        if any(os.path.lexists(file.target) for file in files[:-1]):
            keep(last.target)
            last.target.unlink(missing_ok=True)
        for file in files:
            if file is not last:
                keep(file.target)
            file.take_place()
    except BaseException:
        # A signal may come when all is done.
        if last.temporary.exists():
            for old in reversed(replaced):
                old.put_back()
        raise
    finally:
        for old in replaced:
            old.drop()


class _Kept:
    """Another name for the file at `target`, if there is one, so that it outlives its replacement."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._path = neighbour(target)
        self._was_absent = False
        self._descriptor = -1

    def keep(self) -> None:
        """Give it the name."""
        self._was_absent = not os.path.lexists(self._target)
        if self._was_absent:
            return
        try:
            os.link(self._target, self._path)
        except OSError:
            self._target.replace(self._path)  # a file system without links
        with suppress(OSError):
            self._descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            flock(self._descriptor, LOCK_EX | LOCK_NB)

    def put_back(self) -> None:
        """Make `target` what it was."""
        with suppress(OSError):
            if self._was_absent:
                self._target.unlink()
            else:
                self._path.replace(self._target)

    def drop(self) -> None:
        """It is no longer needed."""
        self._path.unlink(missing_ok=True)
        if self._descriptor >= 0:
            os.close(self._descriptor)


@contextmanager
def _uninterrupted() -> Generator[None]:
    """Let the signals that ask the process to end wait for the end of the block."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in _ENDING}
    for number, handler in before.items():
        if callable(handler):
            signal.signal(number, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for number, handler in before.items():
            if callable(handler):
                signal.signal(number, handler)
        for late in came:
            signal.raise_signal(late)


@contextmanager
def _alone_in(folder: Path) -> Generator[None]:
    """While no other run puts several files into `folder`, where the file system has locks."""
    descriptor = -1
    try:
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
            _lock(descriptor)
        yield
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Lock a file; where the file system has no locks nobody looks at them either."""
    with suppress(OSError):
        flock(descriptor, LOCK_EX)


def _is_still_there(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
