# SPDX-License-Identifier: Apache-2.0
"""A line on the terminal that says what takes so long: `onnx-opt: writing 'out.onnx', 1.2 GB, 3.4 s`.

It appears after two seconds of work, is redrawn five times a second, and is gone when something else is written
to standard error or the work ends.  Without a terminal there is no line, no thread, and no cost.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TextIO, cast

from ..errors import TOOL

DELAY, INTERVAL = 2.0, 0.2
"""Seconds before the line appears, and between two updates."""


class Progress:
    """What is being done; this one tells nobody."""

    def phase(self, doing: str, done: Callable[[], int] | None = None) -> None:
        """From here on `doing` is what is done.  done: how many bytes of it are."""

    def hide(self) -> None:
        """From here on the terminal is needed for something else."""


@contextmanager
def progress(*, quiet: bool) -> Generator[Progress, None, None]:
    """The line, for the time of the block; a silent one without a terminal, or if `quiet`."""
    if quiet or not sys.stderr.isatty():
        yield Progress()
        return
    terminal = sys.stderr
    line = ProgressLine(terminal)
    sys.stderr = cast("TextIO", _Shared(terminal, line))
    try:
        yield line
    finally:
        line.end()
        sys.stderr = terminal


class ProgressLine(Progress):
    """The line on a terminal, drawn by a thread of its own."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal
        self._start = monotonic()
        self._doing = ""
        self._done: Callable[[], int] | None = None
        self._width = 0  # of what is shown
        self._ended = threading.Event()
        self.lock = threading.RLock()
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)
        self._thread.start()

    def phase(self, doing: str, done: Callable[[], int] | None = None) -> None:
        """See Progress."""
        with self.lock:
            self._doing, self._done, self._start_of_phase = doing, done, monotonic()

    def hide(self) -> None:
        """See Progress."""
        with self.lock:
            self._doing = ""
            self.erase()

    def end(self) -> None:
        """Leave no trace."""
        self._ended.set()
        self._thread.join()
        self.erase()

    def erase(self) -> None:
        """Blank the line; the caller holds the lock, or is the only one left."""
        if self._width:
            self._write("\r" + " " * self._width + "\r")
            self._width = 0

    def text(self) -> str:
        """What the line says."""
        parts = [f"{TOOL}: {self._doing}"]
        if self._done is not None:
            parts.append(byte_count(self._done()))
        return ", ".join([*parts, f"{monotonic() - self._start_of_phase:.1f} s"])

    def _run(self) -> None:
        wait = DELAY
        while not self._ended.wait(wait):
            wait = INTERVAL
            with self.lock:
                self._draw()

    def _draw(self) -> None:
        if not self._doing or not _in_foreground(self._terminal):
            return
        # A line that wraps cannot be taken back.
        text = self.text()[: _columns(self._terminal) - 1]
        self._write("\r" + text + " " * (self._width - len(text)))
        self._width = len(text)

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._terminal.write(text)
            self._terminal.flush()


class _Shared:
    """Standard error for everybody else: what they write takes the line's place."""

    def __init__(self, terminal: TextIO, line: ProgressLine) -> None:
        self._terminal = terminal
        self._line = line

    def write(self, text: str) -> int:
        with self._line.lock:
            self._line.erase()
            return self._terminal.write(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._terminal, name)


def byte_count(count: int) -> str:
    """`512 B`, `1.5 MB`: in powers of 1000, as file managers and disks count."""
    size, units = float(count), ["B", "kB", "MB", "GB"]
    while size >= 1000 and len(units) > 1:
        size /= 1000
        units.pop(0)
    return f"{count} B" if units[0] == "B" else f"{size:.1f} {units[0]}"


def _columns(terminal: TextIO) -> int:
    with suppress(OSError, ValueError):
        return os.get_terminal_size(terminal.fileno()).columns or 80
    return 80


def _in_foreground(terminal: TextIO) -> bool:
    """A job in the background keeps off the terminal."""
    with suppress(OSError, ValueError):
        return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    return True
