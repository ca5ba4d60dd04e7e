# SPDX-License-Identifier: Apache-2.0
"""One try in a child process: what it does to the module, and what crashes there, is not ours to keep."""

from __future__ import annotations

import faulthandler
import os
import pickle
import resource
import select
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from .wrongs import wrong_signal


class Died(NamedTuple):
    """The child ended by a signal."""

    wrong: Any


def in_child(
    work: Callable[[], Any], seconds: float, before: Callable[[], bool] = lambda: True
) -> Any:
    """What `work` gives in a child process: `Died` if it crashes, None if it raises, or takes too long.

    before: comes first, and if it raises, crashes or says no, there is no answer either.  The child has the module as
    it is, without a copy having been made; its streams go nowhere.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        _work(before, work, writer)
    os.close(writer)
    said, status = b"", -1
    try:
        end = time.monotonic() + seconds
        while True:
            ready, _, _ = select.select([reader], [], [], max(end - time.monotonic(), 0))
            if not ready:
                return None
            piece = os.read(reader, 1 << 20)
            if not piece:
                break
            said += piece
        status = os.waitpid(child, 0)[1]
    finally:
        os.close(reader)
        if status < 0:
            _kill(child)
    if not said:
        return None
    if os.WIFSIGNALED(status):
        return Died(wrong_signal(os.WTERMSIG(status)))
    answer = said.removeprefix(_BEGUN)
    return pickle.loads(answer) if answer else None


_BEGUN = b"!"
"""Said between the two."""


def _work(before: Callable[[], bool], work: Callable[[], Any], writer: int) -> None:
    """What the child does; it does not return."""
    with suppress(BaseException):
        os.setsid()  # what it starts ends with it
        faulthandler.disable()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(ending, signal.SIG_DFL)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number in range(3):
            os.dup2(nowhere, number)
        if before():
            os.write(writer, _BEGUN)
            answer = pickle.dumps(work(), protocol=5)
            with os.fdopen(writer, "wb") as stream:
                stream.write(answer)
    os._exit(0)


def _kill(child: int) -> None:
    for kill in (os.killpg, os.kill):
        with suppress(ProcessLookupError, PermissionError):
            kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
