# SPDX-License-Identifier: Apache-2.0
"""What is written behind a flag, as the value that it means; where there is none, ValueError says why."""

from __future__ import annotations

import math
import re
from collections.abc import Callable


def boolean(text: str) -> bool:
    """A truth value; nothing is true."""
    if text in ("true", "TRUE", "True", "1", ""):
        return True
    if text in ("false", "FALSE", "False", "0"):
        return False
    raise ValueError(f"'{text}' is not a truth value; try 0 or 1")


def count_of(what: str, least: int = 0, most: float = math.inf) -> Callable[[str], int]:
    """A converter to a whole number from `least` to `most`."""

    def convert(text: str) -> int:
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            return int(text)
        raise ValueError(f"'{text}' is not a number of {what}")

    return convert


def file(text: str) -> str:
    """The name of a file."""
    if not text or "\0" in text:
        raise ValueError("it needs the name of a file")
    return text


def names(text: str) -> frozenset[str]:
    """Names between commas."""
    return frozenset(name for name in text.split(",") if name)


def check_prefix(text: str) -> str:
    """A prefix of FileCheck's directives."""
    if re.fullmatch(r"[A-Za-z][\w-]*", text, re.ASCII):
        return text
    raise ValueError(f"'{text}' is not a prefix of FileCheck's; try CHECK")


def tolerance(text: str) -> float:
    """A number that is not negative."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if 0 <= value < math.inf:
        return value
    raise ValueError(f"'{text}' is not a tolerance; try 1e-5")


def files(text: str) -> tuple[str]:
    """The name of one of several files."""
    return (file(text),)


def input_file(text: str) -> tuple[tuple[str, str]]:
    """An input's name, and the file with its array."""
    name, _, file = text.partition("=")
    if name and file and "\0" not in file:
        return ((name, file),)
    raise ValueError(f"'{text}' is not of the form name=file.npy")


def input_shape(text: str) -> tuple[tuple[str, tuple[int, ...]]]:
    """An input's name, and its sizes."""
    name, equals, sizes = text.rpartition("=")
    shape = [size for size in sizes.split("x") if size]
    if name and equals and all(size.isascii() and size.isdigit() for size in shape):
        return ((name, tuple(map(int, shape))),)
    raise ValueError(f"'{text}' is not of the form name=2x3x4")


def dim_params(text: str) -> tuple[tuple[int, int, str], ...]:
    """Names of sizes: (number of the input, axis, name) each; -1 is every input."""
    found: list[tuple[int, int, str]] = []
    for part in text.split("|"):
        index, _, sizes = part.partition(":")
        for size in sizes.split(","):
            axis, _, name = size.partition("=")
            is_input = index == "-1" or index.isdecimal()
            if not (is_input and axis.isdecimal() and name):
                raise ValueError(f"'{text}' is not of the form 0:1=n|2:0=n,1=m")
            found.append((int(index), int(axis), name))
    return tuple(found)
