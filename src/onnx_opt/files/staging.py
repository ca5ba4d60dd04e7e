# SPDX-License-Identifier: Apache-2.0
"""Files that appear whole or not at all, alone or several together, whatever happens to the process.

A file is written under a temporary name in the folder of its target and then renamed:

    .<target>.<12 hexadecimal digits>.onnx-opt.tmp      locked (flock) as long as its writer lives

What a killed process leaves is never taken for a result; the next run that writes to the folder removes it.

Renames of several files are not one step.  So that no reader, and no process that is killed between them, sees an old
model with new data, the old model goes before the data is replaced: then the pair is absent until the new model has its
place.  Until the last rename the old files have temporary names, too, so that a failure can put everything back.
"""

from __future__ import annotations

import os
import re
import signal
import stat
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import BinaryIO

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_STALE = re.compile(r"\..+\.[0-9a-f]{12}\.onnx-opt\.tmp", re.DOTALL)
_BUFFER = 1 << 20


class StagedFile:
    """A file that is written beside `target`, whose owner and permissions it takes over if there is one.

    Where writing fails, OSError names `target`.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self.written = 0
        # Known before there is a file: a signal may come at any time.
        self.temporary = _temporary_name(target)
        self._stream: BinaryIO | None = None
        self._lock = -1

    def write(self, block: bytes | memoryview) -> None:
        """Add `block`."""
        try:
            self._opened().write(block)
        except OSError as error:
            raise self._about_target(error) from None
        self.written += len(block)

    def close(self) -> None:
        """Nothing follows."""
        try:
            self._opened().close()
        except OSError as error:
            raise self._about_target(error) from None

    def _opened(self) -> BinaryIO:
        if self._stream is None:
            descriptor = _create(self.temporary)
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
            raise self._about_target(error) from None
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

    def _about_target(self, error: OSError) -> OSError:
        return OSError(error.errno, error.strerror or str(error), os.fspath(self.target))


def publish(files: Sequence[StagedFile]) -> None:
    """Put complete files in their places, the last one last: all of them or, with an OSError, none."""
    for file in files:
        file.close()
    if len(files) == 1:
        files[0].take_place()
        return
    with _uninterrupted(), _alone_in(files[-1].target.parent):
        _publish_together(files)


def _publish_together(files: Sequence[StagedFile]) -> None:
    last = files[-1]
    replaced: list[_Backup] = []

    def back_up(target: Path) -> None:
        # Noted first: a signal may come at any time.
        replaced.append(_Backup(target))
        replaced[-1].make()

    try:
        if any(os.path.lexists(file.target) for file in files[:-1]):
            back_up(last.target)
            last.target.unlink(missing_ok=True)
        for file in files:
            if file is not last:
                back_up(file.target)
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


class _Backup:
    """A second name for the file at `target`, if there is one, so that it outlives its replacement."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._path = _temporary_name(target)
        self._was_absent = False
        self._descriptor = -1

    def make(self) -> None:
        """Give the file its second name."""
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
        """Make `target` again what it was before `make`."""
        with suppress(OSError):
            if self._was_absent:
                self._target.unlink()
            else:
                self._path.replace(self._target)

    def drop(self) -> None:
        """Remove the second name."""
        self._path.unlink(missing_ok=True)
        if self._descriptor >= 0:
            os.close(self._descriptor)


def _temporary_name(target: Path) -> Path:
    """A new name beside `target`, cut where that has the longest name that a file system takes."""
    start = os.fsdecode(os.fsencode(target.name)[:200])
    return target.with_name(f".{start}.{os.urandom(6).hex()}.onnx-opt.tmp")


def _create(path: Path) -> int:
    """Create a file with a temporary name and lock it, until the descriptor and all copies of it are closed."""
    remove_stale(path.parent)
    while True:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        _lock(descriptor)
        if _is_still_there(path, descriptor):
            return descriptor
        os.close(descriptor)  # another run took it for stale before it was locked


def remove_stale(folder: Path) -> None:
    """Remove from a folder what dead processes left there."""
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


@contextmanager
def _uninterrupted() -> Generator[None]:
    """Deliver signals that ask the process to end after the block, not inside it."""
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
    """Wait, where the file system has locks, until no other run publishes several files in `folder`."""
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
    """Lock a file, if the file system can: if it cannot, no other run finds it unlocked either."""
    with suppress(OSError):
        flock(descriptor, LOCK_EX)


def _is_still_there(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _copy_permissions(target: Path, descriptor: int) -> None:
    """Give the new file the owner and the mode of the one it replaces, if there is one."""
    try:
        old = target.stat()
    except FileNotFoundError:
        return
    with suppress(PermissionError):  # only the superuser gives files away
        os.fchown(descriptor, old.st_uid, old.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(old.st_mode))
