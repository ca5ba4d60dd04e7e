# SPDX-License-Identifier: Apache-2.0
"""What engines raise, told across processes."""

from __future__ import annotations


class EngineError(Exception):
    """An engine cannot do it.

    kind: the class of the engine's own error, "" if it crashed.
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


def described(error: BaseException) -> tuple[str, str]:
    """The class of an error, and what went wrong at the bottom, on one line."""
    kind = type(error).__name__
    while error.__cause__ is not None:
        error = error.__cause__
    return kind, " ".join(str(error).split())[:300] or type(error).__name__
