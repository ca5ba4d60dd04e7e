# SPDX-License-Identifier: Apache-2.0
"""Work that may never end, or ask for all memory there is: in a child process, which is stopped then."""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from .errors import CommandError
from .process import leave

_MEMORY = 4 << 30
"""How many bytes the child may have."""


def watched(work: Callable[[Callable[[str], None]], int], seconds: float) -> int:
    """The exit code of `work`, which is told a function to say what it does.

    Raises CommandError where it says nothing new for so many seconds, or is killed.
    """
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if not child:
        os.close(reader)
        _limit_memory()
        code = 1
        with suppress(
            BaseException
        ):  # whoever ended this process has been told, or does not want to be
            code = work(lambda doing: _say(writer, doing))
        leave(code)
    os.close(writer)
    doing, status = "starting", -1
    try:
        end = time.monotonic() + seconds
        while True:
            ready, _, _ = select.select([reader], [], [], max(end - time.monotonic(), 0))
            if not ready:
                raise CommandError(f"{doing} takes longer than {seconds:g} s: given up")
            said = os.read(reader, 4096)
            if not said:
                break
            doing = said.decode().splitlines()[-1]
            end = time.monotonic() + seconds
        status = os.waitpid(child, 0)[1]
    finally:
        os.close(reader)
        if status < 0:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        raise CommandError(f"{doing} ended by signal {-code}")
    return code


def _say(writer: int, doing: str) -> None:
    with suppress(OSError):
        os.write(writer, f"{doing}\n".encode())


def _limit_memory() -> None:
    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    least = _MEMORY if most == resource.RLIM_INFINITY else min(_MEMORY, most)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (least, most))
