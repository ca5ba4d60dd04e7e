# SPDX-License-Identifier: Apache-2.0
"""A text as an editor has it: offsets to positions and back, and the changes of somebody who types."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property

from lsprotocol import types

_LINE_END = re.compile(r"\r\n|\n|\r")
"""The protocol's line ends; `str.splitlines` knows more, such as form feeds."""

Encoding = types.PositionEncodingKind


class Text:
    """A text that does not change.

    Offsets count characters of `source`; positions count lines, and in them units of `encoding`, both from 0.
    """

    def __init__(self, source: str, encoding: Encoding | str = Encoding.Utf16) -> None:
        self.source = source
        self.encoding = encoding

    @cached_property
    def starts(self) -> list[int]:
        """Where each line starts."""
        return [0, *(end.end() for end in _LINE_END.finditer(self.source))]

    @cached_property
    def lines(self) -> list[str]:
        """The lines, without their ends."""
        return _LINE_END.split(self.source)

    def line_at(self, offset: int) -> int:
        """The number of the line in which `offset` lies, from 0."""
        return bisect_right(self.starts, offset) - 1

    def position(self, offset: int) -> types.Position:
        """Where `offset` is for the editor; one behind the end is at the end."""
        offset = min(max(offset, 0), len(self.source))
        line = self.line_at(offset)
        before = self.source[self.starts[line] : offset]
        return types.Position(line, self._units(before))

    def offset(self, position: types.Position) -> int:
        """The offset of a position; one behind a line's end is at its end, as the protocol says."""
        if position.line >= len(self.starts):
            return len(self.source)
        line = self.lines[position.line]
        return self.starts[position.line] + self._characters(line, position.character)

    def range(self, start: int, end: int) -> types.Range:
        """The range between two offsets."""
        return types.Range(self.position(start), self.position(end))

    def byte_offset(self, line: int, column: int) -> int:
        """The offset of a place as MLIR says it: a line from 0, and in it a column that counts bytes from 1."""
        if line >= len(self.lines):
            return len(self.source)
        text = self.lines[line]
        before = text.encode(errors="surrogatepass")[: max(column - 1, 0)]
        return self.starts[line] + len(before.decode(errors="ignore"))

    def changed(self, changes: Sequence[types.TextDocumentContentChangeEvent]) -> Text:
        """The text after `changes`, which follow one another."""
        text = self
        for change in changes:
            source = change.text
            if isinstance(change, types.TextDocumentContentChangePartial):
                start, end = text.offset(change.range.start), text.offset(change.range.end)
                source = text.source[:start] + change.text + text.source[max(start, end) :]
            text = Text(source, self.encoding)
        return text

    def _units(self, text: str) -> int:
        if text.isascii() or self.encoding == Encoding.Utf32:
            return len(text)
        if self.encoding == Encoding.Utf8:
            return len(text.encode(errors="surrogatepass"))
        return len(text.encode("utf-16-le", errors="surrogatepass")) // 2

    def _characters(self, line: str, units: int) -> int:
        """How many characters of a line so many units are; half a character counts as none."""
        if line.isascii() or self.encoding == Encoding.Utf32:
            return min(units, len(line))
        if self.encoding == Encoding.Utf8:
            return len(line.encode(errors="surrogatepass")[:units].decode(errors="ignore"))
        data = line.encode("utf-16-le", errors="surrogatepass")[: 2 * units]
        return len(data.decode("utf-16-le", errors="ignore"))
