# SPDX-License-Identifier: Apache-2.0
"""A document that an editor has open, at one moment: its text, and what follows from that."""

from __future__ import annotations

import re
from functools import cached_property

from .lexer import Token, tokens
from .names import Names, read_names
from .structure import Item, Section, split
from .text import Text

_UNREGISTERED = re.compile(r"// RUN:.*-allow-unregistered-dialect\b")


class Document:
    """The text of a file at one moment; it does not change.

    before: the same document a moment ago: names of items that have not changed are not read again.
    """

    def __init__(
        self, uri: str, version: int | None, text: Text, before: Document | None = None
    ) -> None:
        self.uri = uri
        self.version = version
        self.text = text
        self._names: dict[str, Names] = before._names if before else {}

    @cached_property
    def sections(self) -> list[Section]:
        """Its sections; see `structure.split`."""
        found = split(self.text)
        if self._names:
            texts = {self.text_of(item) for section in found for item in section.items}
            self._names = {text: names for text, names in self._names.items() if text in texts}
        return found

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
        return (item, self.names_of(item)) if item else None

    def names_of(self, item: Item) -> Names:
        """The names in an item."""
        text = self.text_of(item)
        found = self._names.get(text)
        if found is None:
            found = self._names[text] = read_names(text)
        return found

    @cached_property
    def newline(self) -> str:
        """How its lines end."""
        return "\r\n" if "\r\n" in self.text.source else "\n"

    def token_around(self, offset: int) -> tuple[Token, int] | None:
        """The token in which an offset lies or which ends there, rather no bracket, and the offset of its line."""
        line = self.text.line_at(offset)
        start = self.text.starts[line]
        column = offset - start
        touching = [t for t in tokens(self.text.lines[line]) if t.start <= column <= t.end]
        touching.sort(key=lambda token: token.kind != "bracket")
        return (touching[-1], start) if touching else None

    def token_at(self, offset: int) -> tuple[int, int]:
        """From where to where the token at an offset reaches, or behind blanks there the next one, or else the last.

        One character where something else stands.
        """
        number = self.text.line_at(offset)
        start = self.text.starts[number]
        line = self.text.lines[number]
        column = offset - start
        blanks = len(line) - len(line[column:].lstrip())
        found = tokens(line)
        for token in found:
            if token.start <= blanks < token.end:
                return start + token.start, start + token.end
        if blanks < len(line) or not found:
            return start + blanks, start + min(blanks + 1, len(line))
        return start + found[-1].start, start + found[-1].end

    def column_in_bytes(self, offset: int) -> int:
        """How many bytes of its line are before an offset."""
        start = self.text.starts[self.text.line_at(offset)]
        return len(self.text.source[start:offset].encode(errors="surrogatepass"))

    def offset_in(self, item: Item, line: int, column: int) -> int:
        """The offset of a place in an item: a line of it from 0, and a column that counts bytes from 1."""
        return self.text.byte_offset(self.text.line_at(item.start) + line, column)
