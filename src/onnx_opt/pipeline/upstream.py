# SPDX-License-Identifier: Apache-2.0
"""MLIR's own passes.

The bindings cannot list them: whether a pass exists, where it may run and whether its options are right is
known only by asking `PassManager.parse`, which answers with an object or with an English sentence.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import cached_property

from ..dialect.bindings import ir, passmanager
from ..errors import CommandError
from .syntax import PassElement
from .upstream_names import PASS_NAMES

_NAME = re.compile(r"[\w.-]+")
_RESTRICTED = re.compile(r"restricted to '([\w.]+)'")
_NO_OPTION = re.compile(r"no such option (\S+)")
_one_at_a_time = threading.Lock()  # of what is the process's: file descriptor 2
_UNKNOWN = re.compile(r"'([^']*)' does not refer to a registered pass")


class UpstreamPasses:
    """Questions about MLIR's passes, asked in a context of their own."""

    @cached_property
    def _context(self) -> ir.Context:
        return ir.Context()

    def anchor_of(self, name: str, options: str, preferred: str) -> str | None:
        """The operation that pass `name` runs on: `preferred`, another one that it insists on, or None if unknown.

        Raises CommandError when the pass is known but `options` are wrong.
        """
        if not _NAME.fullmatch(name):
            return None
        refusal = self._refusal(f"{preferred}({PassElement(name, options)})")
        if refusal is None:
            return preferred
        unknown = _UNKNOWN.search(refusal)
        if unknown is not None and unknown[1] == name:
            return None
        restricted = _RESTRICTED.search(refusal)
        if restricted is not None:
            return restricted[1]
        no_option = _NO_OPTION.search(refusal)
        if no_option is not None:
            raise CommandError(f"pass '{name}' has no option '{no_option[1]}'")
        reason = next(
            (line.lstrip(": ") for line in refusal.splitlines() if line.strip()), "refused by MLIR"
        )
        raise CommandError(f"pass '{name}': {reason}")

    def is_operation(self, name: str) -> bool:
        """Whether MLIR knows an operation called `name`: passes run on no other."""
        return self._context.is_registered_operation(name)

    def names(self) -> list[str]:
        """The passes of our table of names that the bindings at hand know."""
        return [name for name in PASS_NAMES if self._knows(name)]

    def _knows(self, name: str) -> bool:
        refusal = self._refusal(f"builtin.module({name})")
        return refusal is None or _RESTRICTED.search(refusal) is not None

    def _refusal(self, pipeline: str) -> str | None:
        """Why MLIR does not accept `pipeline`, or None.  Part of the reason goes to the process's stderr."""
        with _captured_stderr() as written:
            try:
                passmanager.PassManager.parse(pipeline, self._context)
            except ValueError as error:
                reason = str(error)
            else:
                return None
        return "".join(written) + reason


@contextmanager
def _captured_stderr() -> Generator[list[str], None, None]:
    """Catch what native code writes to file descriptor 2; the list is filled when the block is left."""
    with _one_at_a_time, _captured() as written:
        yield written


@contextmanager
def _captured() -> Generator[list[str], None, None]:
    import tempfile  # with all that it imports, a fiftieth of a start

    written: list[str] = []
    with suppress(OSError, ValueError):
        sys.stderr.flush()
    try:
        saved = os.dup(2)
    except OSError:  # closed by the caller
        yield written
        return
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        try:
            yield written
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            file.seek(0)
            written.append(file.read().decode(errors="replace"))
