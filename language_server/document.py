# SPDX-License-Identifier: Apache-2.0
"""A document that an editor has open, at one moment: its text, and what follows from that."""

from __future__ import annotations

import re
from functools import cached_property

from .lexer import Token, tokens
from .names import Names, names_of
from .structure import Item, Section, split
from .text import Text

_UNREGISTERED = re.compile(r"// RUN:.*-allow-unregistered-dialect\b")


class Document:
    """The text of a file at one moment; it does not change."""

    def __init__(self, uri: str, version: int | None, text: Text) -> None:
        self.uri = uri
        self.version = version
        self.text = text

    @cached_property
    def sections(self) -> list[Section]:
        """Its sections; see `structure.split`."""
        return split(self.text)

    @cached_property
    def allows_unregistered_dialects(self) -> bool:
        """Whether a RUN line says so."""
        return _UNREGISTERED.search(self.text.source) is not None

    def section_at(self, offset: int) -> Section:
        """The section in which an offset lies."""
        return next((each for each in self.sections if offset <= each.end), self.sections[-1])

    def item_at(self, offset: int) -> Item | None:
        """The item in which an offset lies."""
        items = self.section_at(offset).items
        return next((item for item in items if item.start <= offset <= item.end), None)

    def text_of(self, item: Item) -> str:
        """The text of an item."""
        return self.text.source[item.start : item.end]

    def names_at(self, offset: int) -> tuple[Item, Names] | None:
        """The item at an offset, and the names in it."""
        item = self.item_at(offset)
        return (item, names_of(self.text_of(item))) if item else None

    def token_around(self, offset: int) -> tuple[Token, int] | None:
        """The token in which an offset lies or which ends there, rather no bracket, and the offset of its line."""
        line = self.text.line_at(offset)
        start = self.text.starts[line]
        column = offset - start
        touching = [t for t in tokens(self.text.lines[line]) if t.start <= column <= t.end]
        touching.sort(key=lambda token: token.kind != "bracket")
        return (touching[-1], start) if touching else None

    def token_at(self, offset: int) -> tuple[int, int]:
        """From where to where the token at an offset reaches; one character where there is none."""
        line = self.text.line_at(offset)
        start = self.text.starts[line]
        column = offset - start
        for token in tokens(self.text.lines[line]):
            if token.start <= column < token.end:
                return start + token.start, start + token.end
        return offset, min(offset + 1, len(self.text.source))

    def column_in_bytes(self, offset: int) -> int:
        """How many bytes of its line are before an offset."""
        start = self.text.starts[self.text.line_at(offset)]
        return len(self.text.source[start:offset].encode(errors="surrogatepass"))

    def offset_in(self, item: Item, line: int, column: int) -> int:
        """The offset of a place in an item: a line of it from 0, and a column that counts bytes from 1."""
        return self.text.byte_offset(self.text.line_at(item.start) + line, column)
