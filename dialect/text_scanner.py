# SPDX-License-Identifier: Apache-2.0
"""Finding the ends of things in MLIR's text: brackets, strings, types, attribute dictionaries.

Every function is linear in the text that it passes over; a string literal, however large, is one step.
"""

from __future__ import annotations

import re
from functools import lru_cache

STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_STRUCTURE = re.compile(STRING + r"|->|[<>(){}\[\],]|//[^\n]*", re.DOTALL)
_STRING_OR_COMMENT = re.compile(rf"({STRING})|//[^\n]*", re.DOTALL)
_SPACE = re.compile(r"(?:\s|//[^\n]*)*")
_TYPE_NAME = re.compile(r"!?[A-Za-z_][\w$.]*")
_ATTRIBUTE_NAME = re.compile(r"#?[A-Za-z_][\w$.]*")
_KEY = re.compile(STRING + r"|[\w$.]+", re.DOTALL)
# A dictionary as MLIR prints it, if no brackets are inside of brackets; and its entries.
_PLAIN = r'[^\[\](){}<>",]*'
_FLAT = r'[^\[\](){}<>"]*'
_VALUE = rf"{_PLAIN}(?:(?:{STRING}|\[{_FLAT}\]|<{_FLAT}>){_PLAIN})*"
_ENTRY = rf"[\w$.]+(?: = {_VALUE})?"
_FLAT_DICTIONARY = re.compile(rf"\{{(?:{_ENTRY}(?:, {_ENTRY})*)?\}}")
_ENTRIES = re.compile(rf"([\w$.]+)(?: = ({_VALUE}))?(?:, |$)")
_OPEN = "<({["
_CLOSE = ">)}]"


class ScanError(ValueError):
    """The text ended, or something else came, where `expected` should stand."""

    def __init__(self, position: int, expected: str) -> None:
        super().__init__(f"expected {expected}")
        self.position = position


def skip_space(text: str, position: int) -> int:
    """Past white space and comments."""
    match = _SPACE.match(text, position)
    return match.end() if match else position


def without_comments(text: str) -> str:
    """The text without its comments, the ends of their lines left where they are."""
    return _STRING_OR_COMMENT.sub(r"\1", text) if "//" in text else text


def skip_brackets(text: str, position: int) -> int:
    """Past the bracket that closes the one at `position`."""
    depth = 0
    for token in _STRUCTURE.finditer(text, position):
        first = token[0][0]
        if first in _OPEN:
            depth += 1
        elif first in _CLOSE:
            depth -= 1
            if depth == 0:
                return token.end()
    raise ScanError(position, f"a bracket that closes this '{text[position]}'")


def skip_type(text: str, position: int) -> int:
    """Past a type: `tensor<...>`, `!onnx.Seq<...>`, `!alias`, `none`, `(...) -> ...`."""
    while text.startswith("(", position):
        arrow = skip_space(text, skip_brackets(text, position))
        if not text.startswith("->", arrow):
            raise ScanError(arrow, "'->' in function type")
        position = skip_space(text, arrow + 2)
    return _skip_name(_TYPE_NAME, text, position, "a type")


def skip_attribute(text: str, position: int) -> int:
    """Past an elements attribute or alias: `dense<...>`, `dense_resource<...>`, `#name`; not past its `: type`."""
    return _skip_name(_ATTRIBUTE_NAME, text, position, "an attribute")


def _skip_name(name: re.Pattern[str], text: str, position: int, expected: str) -> int:
    head = name.match(text, position)
    if not head:
        raise ScanError(position, expected)
    return skip_brackets(text, head.end()) if text.startswith("<", head.end()) else head.end()


def read_dictionary(text: str, position: int) -> tuple[dict[str, str], int]:
    """The entries of the dictionary that begins at `position`, as `split_dictionary` gives them; and where it ends."""
    # In two steps where that will do, as it mostly does: a quarter of the time.
    if flat := _FLAT_DICTIONARY.match(text, position):
        return dict(_ENTRIES.findall(text, position + 1, flat.end() - 1)), flat.end()
    end = skip_brackets(text, position)
    return split_dictionary(text[position:end]), end


def split_dictionary(text: str) -> dict[str, str]:
    """The entries of `{a = 1, b}`, given with its braces: name as printed -> value's text, "" for a unit attribute."""
    return dict(_split_short(text) if len(text) <= 1024 else _split(text))


@lru_cache(maxsize=4096)
def _split_short(text: str) -> tuple[tuple[str, str], ...]:
    return _split(text)


def _split(text: str) -> tuple[tuple[str, str], ...]:
    entries: list[tuple[str, str]] = []
    depth, start = 0, 1
    for token in _STRUCTURE.finditer(text):
        first = token[0][0]
        if first in _OPEN:
            depth += 1
        elif first in _CLOSE:
            depth -= 1
        if (first == "," and depth == 1) or depth == 0:
            key = _KEY.match(text, skip_space(text, start))
            if key and key.end() <= token.start():
                value = text[key.end() : token.start()].strip().removeprefix("=").strip()
                entries.append((key[0], value))
            start = token.end()
    return tuple(entries)
