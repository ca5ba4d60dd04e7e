# SPDX-License-Identifier: Apache-2.0
"""The tokens of a line that names and structure are made of.  No token of MLIR goes beyond a line."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

Kind = Literal[
    "comment",  # to the end of the line
    "op",  # the name of an op in quotes, before its operands
    "string",
    "results",  # all that stands before the `=` of an op: `%0`, `%a, %b:2`
    "value",  # `%0`, `%0#1`
    "symbol",  # `@main_graph`, `@"a b"`
    "block",  # `^bb0`
    "alias",  # `#map`, `!type`
    "word",  # all else that begins with a letter: `func.func`, `onnx.Return`, `dense`
    "bracket",  # one of `{}()`
]

_NAME = r"%[\w$.-]*"
_TOKEN = re.compile(
    r"(?P<comment>//.*)"
    r'|(?P<op>"[A-Za-z_][\w$-]*\.[\w$.-]+"(?=\s*\())'
    r'|(?P<string>"(?:[^"\\]|\\.)*"?)'
    rf"|(?P<results>{_NAME}(?::\d+)?(?:\s*,\s*{_NAME}(?::\d+)?)*(?=\s*=(?!=)))"
    rf"|(?P<value>{_NAME}(?:#\d+)?)"
    r'|(?P<symbol>@(?:"(?:[^"\\]|\\.)*"?|[\w$.-]*))'
    r"|(?P<block>\^[\w$.-]*)"
    r"|(?P<alias>[#!][A-Za-z_][\w$-]*(?![\w$.-]))"
    r"|(?P<word>[A-Za-z_][\w$.]*)"
    r"|(?P<bracket>[{}()])"
    r"|[#!]?[\w$.]+"  # numbers, shapes, attributes of dialects
)


class Token(NamedTuple):
    """A token of a line, from column `start` to column `end`, both in characters from 0."""

    kind: Kind
    start: int
    end: int
    text: str


@lru_cache(maxsize=1 << 15)
def tokens(line: str) -> tuple[Token, ...]:
    """The tokens of a line in their order.  Lines are remembered: who types changes few of them."""
    return tuple(
        Token(match.lastgroup, match.start(), match.end(), match[0])  # type: ignore[arg-type]
        for match in _TOKEN.finditer(line)
        if match.lastgroup
    )


@lru_cache(maxsize=1 << 15)
def naming_tokens(line: str) -> tuple[Token, ...]:
    """Those of its tokens that name anything, and the first: half of all."""
    return tuple(
        token
        for number, token in enumerate(tokens(line))
        if number == 0 or "." in token.text or token.kind not in ("string", "word")
    )
