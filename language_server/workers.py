# SPDX-License-Identifier: Apache-2.0
"""The worker process, seen from the server: started when it is needed, and anew when it has ended."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress
from typing import Any, cast

_SECONDS = 10.0
_BYTES_PER_SECOND = 1 << 20
_LINE = 1 << 30
"""How long an answer may be; the default of asyncio is 64 KiB."""


class WorkerError(Exception):
    """The worker ended, or took too long, over a text."""


class Worker:
    """One process, which does one thing after the other."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._process: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        """Start the process, if there is none."""
        async with self._lock:
            await self._running()

    async def ask(self, task: str, **arguments: Any) -> dict[str, Any]:
        """The answer to a task (see `worker.TASKS`); raises WorkerError."""
        line = (json.dumps([task, arguments]) + "\n").encode()
        seconds = self._seconds + len(line) / _BYTES_PER_SECOND
        async with self._lock:
            process = await self._running()
            assert process.stdin and process.stdout
            answer, why = b"", "ended"
            try:
                process.stdin.write(line)
                await process.stdin.drain()
                answer = await asyncio.wait_for(process.stdout.readline(), seconds)
            except asyncio.TimeoutError:
                why = f"took longer than {seconds:.0f} s"
            except (OSError, ValueError) as error:
                why = str(error)
            finally:
                if not answer.endswith(b"\n"):  # and where the task was cancelled
                    await self._end()
            if not answer.endswith(b"\n"):
                raise WorkerError(f"what reads the text {why}")
            return cast("dict[str, Any]", json.loads(answer))

    async def stop(self) -> None:
        """End the process."""
        await self._end()

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                f"{__package__}.worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=_LINE,
            )
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
