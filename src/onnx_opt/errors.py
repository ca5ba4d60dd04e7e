# SPDX-License-Identifier: Apache-2.0
"""The failures that the command line itself foresees.  Light: `--version` imports this."""

from __future__ import annotations

TOOL = "onnx-opt"


class CommandError(Exception):
    """A user's mistake; its text is one line for the user.

    file, line, column: where it is, as far as that is known; lines and columns count from 1.
    """

    def __init__(self, message: str, file: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.file, self.line, self.column = file, line, column

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        return f"{place or TOOL}: error: {self.message}"


def os_reason(error: OSError) -> str:
    """What the operating system said, without the number and the file name that str() adds."""
    return error.strerror or str(error)
