# SPDX-License-Identifier: Apache-2.0
"""What the command sets up for its process: standard error, signals, the garbage collector, the end."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

_ALLOCATIONS = 100_000
"""How many new objects let the garbage collector look for cycles; Python's default is 700."""


class _Ended(BaseException):
    """A signal asked the process to end; on its way out files are tidied up."""


def open_stderr() -> None:
    """Give a process whose caller closed standard error one that goes nowhere."""
    if sys.stderr is None:  # pyright: ignore[reportUnnecessaryComparison] - closed by the caller
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115 - until the end


@contextmanager
def ending_on(received: list[int]) -> Generator[None, None, None]:
    """Turn Ctrl-C, SIGTERM and SIGHUP into an exception during the block, and note in `received` which it was."""

    def end(number: int, _: FrameType | None) -> None:
        received.append(number)
        raise _Ended

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    ignored = [number for number in numbers if signal.getsignal(number) is signal.SIG_IGN]
    before = {n: signal.signal(n, end) for n in numbers if n not in ignored}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def collect_seldom() -> None:
    """Let the garbage collector run rarely from now on: a module is many objects, and hardly any are in cycles.

    Until the end of the process: going back to Python's default collects once more, 8 ms of a start of 230.
    """
    gc.set_threshold(_ALLOCATIONS, *gc.get_threshold()[1:])


def leave(code: int) -> NoReturn:
    """End the process at once, where Python would first free a module of 100,000 ops object by object."""
    atexit._run_exitfuncs()  # pyright: ignore[reportPrivateUsage] - those of plugins
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError, ValueError):  # nobody is left to be told
            stream.flush()
    os._exit(code)
