# SPDX-License-Identifier: Apache-2.0
"""The failures that the command line itself foresees.  Light: `--version` imports this."""

from __future__ import annotations

TOOL = "onnx-opt"


class CommandError(Exception):
    """A user's mistake; its text is one line for the user.

    position: `file:line:col` or `file:line`, where there is one.
    """

    def __init__(self, message: str, position: str = TOOL) -> None:
        super().__init__(message)
        self.position = position

    def __str__(self) -> str:
        return f"{self.position}: error: {self.args[0]}"


def os_reason(error: OSError) -> str:
    """What the operating system said, without the number and the file name that str() adds."""
    return error.strerror or str(error)
