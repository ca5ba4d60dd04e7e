# SPDX-License-Identifier: Apache-2.0
"""Whether the rules that are being made are the project's own, which a test checks.

To check the 58 rules of `--fold-bn` at each start would take 13 ms.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

_making = ContextVar("making", default=False)  # of each thread


def being_made() -> bool:
    """Whether one of the project's own passes is being imported."""
    return _making.get()


@contextmanager
def making() -> Generator[None, None, None]:
    """Rules that are made meanwhile are the project's own."""
    token = _making.set(True)
    try:
        yield
    finally:
        _making.reset(token)
