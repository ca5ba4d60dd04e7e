# SPDX-License-Identifier: Apache-2.0
"""The items of a text: what stands at its top level, or in a module there, one behind the other.

1. A line `// -----` ends a section: what is named in one is not known in another.
2. An item begins on a line of its own: an op, such as a function, an alias, or a section of resources.
3. `module {` is no item: what stands in it is.  Its header is one, with all that is said of the module.
4. Where an item is not closed, the next line that begins with `func.func` or defines an alias begins an item all
   the same: an error in one says nothing about others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from ..dialect.text_scanner import ScanError, skip_brackets, skip_space
from .lexer import Token, tokens
from .text import Text

SPLIT_MARKER = "// -----"
FUNCTION = "func.func"
RESOURCES = "{-#"
_MODULE = re.compile(r"(?:builtin\.)?module\b(?:\s+@[\w$.-]+)?")
_ATTRIBUTES = re.compile(r"attributes\b")
_DEFINES = re.compile(r"\s*=(?!=)")


@dataclass(eq=False)
class Item:
    """What begins at offset `start` and ends at `end`.

    head: the name of the op, `module` for the header of one, the alias, or `{-#`.  symbol: its name without `@`, and at
    `symbol_start` where that is.  modules: the headers of the modules around it, from the outside.  closed: whether all
    its brackets are; for the header of a module, whether that is closed further on.
    """

    head: str
    start: int
    end: int
    modules: tuple[Item, ...] = ()
    symbol: str = ""
    symbol_start: int = 0
    closed: bool = True

    @property
    def is_alias(self) -> bool:
        """Whether it defines an alias."""
        return self.head[:1] in "#!"


@dataclass(eq=False)
class Section:
    """The items between two markers, and where they lie."""

    start: int
    end: int = 0
    items: list[Item] = field(default_factory=list[Item])

    def symbols(self, beside: Item) -> dict[str, Item]:
        """The items with symbols of the module in which an item stands, by their names; the first of a name counts."""
        return self._symbols.get(tuple(map(id, beside.modules)), {})

    @cached_property
    def _symbols(self) -> dict[tuple[int, ...], dict[str, Item]]:
        found: dict[tuple[int, ...], dict[str, Item]] = {}
        for item in self.items:
            if item.symbol:
                found.setdefault(tuple(map(id, item.modules)), {}).setdefault(item.symbol, item)
        return found

    @cached_property
    def aliases(self) -> dict[str, Item]:
        """The definitions of aliases by their names."""
        found: dict[str, Item] = {}
        for item in self.items:
            if item.is_alias:
                found.setdefault(item.head, item)
        return found


def split(text: Text) -> list[Section]:
    """The sections of a text, whether or not it is whole."""
    return list(_Splitter(text).sections())


class _Splitter:
    def __init__(self, text: Text) -> None:
        self._text = text
        self._begin(0)

    def _begin(self, start: int) -> None:
        self._section = Section(start)
        self._current: Item | None = None
        self._depth = 0
        self._modules: list[Item] = []

    def sections(self) -> Iterator[Section]:
        """The sections, one after the other."""
        skipped_to = 0
        for start, line in zip(self._text.starts, self._text.lines, strict=True):
            if line.strip() == SPLIT_MARKER:
                yield self._finish(start)
                self._begin(start + len(line))
            elif start >= skipped_to:
                skipped_to = self._look_at(start, line)
        yield self._finish(len(self._text.source))

    def _finish(self, end: int) -> Section:
        self._end_item()
        for module in self._modules:
            module.closed = False
        self._section.end = end
        return self._section

    def _end_item(self) -> None:
        if self._current:
            self._current.closed = self._depth <= len(self._modules)
        self._current = None

    def _look_at(self, start: int, line: str) -> int:
        """Take a line in; the offset from which on lines count, as a module's header may take several."""
        found = tokens(line)
        code = line[: found[-1].start] if found and found[-1].kind == "comment" else line
        code_end = len(code.rstrip())
        if not code_end:
            return start
        first = len(code) - len(code.lstrip())
        head = found[0] if found and found[0].start == first else None
        if head and self._begins_item(head, line):
            self._end_item()
            self._depth = len(self._modules)
            if head.text in ("module", "builtin.module") and (end := self._module(start + first)):
                return end
            self._add(_head(found, line), start + first, found, start)
        elif self._current is None and line[first] != "}":
            self._add(head.text if head else line[first], start + first, found, start)
        for token in found:
            if token.kind != "bracket":
                continue
            if token.text in "{(":
                self._depth += 1
            elif self._depth > len(self._modules):
                self._depth -= 1
            elif self._modules and token.text == "}":
                self._close_module(start, line, token)
                return start
            elif self._current is None:
                self._add("}", start + token.start, (), start)
        if self._current:
            self._current.end = start + code_end
        return start

    def _begins_item(self, head: Token, line: str) -> bool:
        defines_alias = head.kind == "alias" and bool(_DEFINES.match(line, head.end))
        certain = defines_alias or head.text == FUNCTION
        inside = self._depth > len(self._modules)
        if inside:
            return certain and self._current is not None and "module" not in self._current.head
        names_op = head.kind == "word" and ("." in head.text or head.text == "module")
        return certain or names_op or head.kind in ("op", "results") or line.startswith(RESOURCES)

    def _add(self, head: str, at: int, found: tuple[Token, ...], line_start: int) -> None:
        item = Item(head, at, at + 1, tuple(self._modules))
        symbol = next((token for token in found if token.kind == "symbol"), None)
        opening = next((token for token in found if token.text == "("), None)
        if symbol and not item.is_alias and (opening is None or symbol.start < opening.start):
            item.symbol = symbol.text[1:].strip('"')
            item.symbol_start = line_start + symbol.start
        self._section.items.append(item)
        self._current = item

    def _module(self, start: int) -> int:
        """Begin the module whose header starts at `start`: the end of that.  0 if that is no module for itself."""
        source = self._text.source
        header = _MODULE.match(source, start)
        if header is None:
            return 0
        try:
            end = skip_space(source, header.end())
            if attributes := _ATTRIBUTES.match(source, end):
                end = skip_brackets(source, skip_space(source, attributes.end()))
                end = skip_space(source, end)
        except ScanError:
            return 0
        line = self._text.line_at(end)
        rest = self._text.lines[line][end - self._text.starts[line] + 1 :].strip()
        if source[end : end + 1] != "{" or (rest and not rest.startswith("//")):
            return 0
        item = Item("module", start, end + 1, tuple(self._modules))
        self._section.items.append(item)
        self._modules.append(item)
        self._depth += 1
        return end

    def _close_module(self, start: int, line: str, token: Token) -> None:
        before = line[: token.start].rstrip()
        if self._current and before:
            self._current.end = start + len(before)
        self._end_item()
        self._modules.pop()
        self._depth = len(self._modules)


def _head(found: tuple[Token, ...], line: str) -> str:
    """The name of the op that a line begins with, or the alias."""
    if line.startswith(RESOURCES):
        return RESOURCES
    first = found[0]
    if first.kind == "results":
        first = found[1] if len(found) > 1 else first
    return line[first.start : first.end].strip('"')
