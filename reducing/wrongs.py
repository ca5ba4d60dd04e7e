# SPDX-License-Identifier: Apache-2.0
"""What goes wrong, and when two modules go wrong the same way."""

from __future__ import annotations

import re
import signal
import traceback
from dataclasses import dataclass, field

ERROR, EXCEPTION, SIGNAL, SCRIPT = "error", "exception", "signal", "script"

_VARIES = re.compile(
    r"""'(?!onnx\.)[^']*'  # names, but those of ops
      | @[\w$.-]+ | %[\w$.#-]+ | tensor<[^>]*> | \[[^\]]*\] | \([^)]*\)
      | [+-]?\b(?:\d[\w.+-]*|nan\b|inf\b)""",
    re.VERBOSE,
)
"""What differs where a smaller module goes wrong the same way."""

_WORDS = 6
"""So many words of a message tell what it is about; later ones are about numbers, and where they stand."""


@dataclass(frozen=True)
class Wrong:
    """What goes wrong.  kind: one of the above.  words: what it has in common with others that are the same.

    shown: the message, for people.  value: the name of the value where it begins, "" if that is not known.
    """

    kind: str
    words: str
    shown: str = field(compare=False)
    value: str = field(default="", compare=False)


def wrong_error(message: str, value: str = "") -> Wrong:
    """An error that was foreseen, by its message."""
    return Wrong(ERROR, " ".join(_VARIES.sub(" ", message).split()[:_WORDS]), message, value)


def wrong_exception(error: BaseException) -> Wrong:
    """An exception that nobody foresaw: its class, and the function that raised it."""
    name = type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].name}" if frames else ""
    return Wrong(EXCEPTION, f"{name} {place}", f"{name}: {' '.join(str(error).split())}")


def wrong_signal(number: int) -> Wrong:
    """The end of the process."""
    name = signal.Signals(number).name
    return Wrong(SIGNAL, name, name)


def wrong_script(script: str) -> Wrong:
    """A script says that it is."""
    return Wrong(SCRIPT, "", f"{script} exits with 0")
