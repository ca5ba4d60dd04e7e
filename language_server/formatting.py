# SPDX-License-Identifier: Apache-2.0
"""Formatting: each function as it is printed, with the names and the comments that it has.

What is printed is put in place only if it says the same: read again it prints alike, and no comment is missing.
An item is left as it is, and why is told, where

    1. it cannot be read;
    2. it names aliases or resources, which are printed in full;
    3. names or comments find no place in what is printed: results that are declared otherwise, say, or a comment in
       the middle of an op or at the end of a region.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lsprotocol import types

from .checking import excerpt
from .document import Document
from .lexer import tokens
from .names import Definition, Names, read_names
from .structure import RESOURCES, Item, Section, split
from .text import Text
from .workers import Worker, WorkerError

_RESOURCE = re.compile(r"\bdense_resource<")


class LeftError(Exception):
    """Why an item is left as it is."""


async def format_document(
    document: Document, worker: Worker
) -> tuple[list[types.TextEdit], list[str]]:
    """The changes that format a document, and for each item that is left as it is the reason."""
    edits: list[types.TextEdit] = []
    left: list[str] = []
    for section in document.sections:
        for item in section.items:
            if item.is_alias or item.head in ("module", RESOURCES):
                continue
            try:
                new = await _formatted(document, section, item, worker)
            except (LeftError, WorkerError) as why:
                line = document.text.line_at(item.start) + 1
                left.append(
                    f"{f'@{item.symbol}' if item.symbol else item.head} in line {line}: {why}"
                )
                continue
            # An item begins on a line of its own, which is indented anew.
            start = document.text.starts[document.text.line_at(item.start)]
            new = new.replace("\n", document.newline)
            if new != document.text.source[start : item.end]:
                edits.append(types.TextEdit(document.text.range(start, item.end), new))
    return edits, left


async def _formatted(document: Document, section: Section, item: Item, worker: Worker) -> str:
    text = document.text_of(item)
    names = document.names_of(item)
    if names.aliases or _RESOURCE.search(text):
        raise LeftError("it names aliases or resources, which would be printed in full")
    what = excerpt(document, section, item)
    answer = await worker.ask("reprint", text=what.source)
    printed = item_in(answer, item)
    lines = _Lines(answer, what.first_line, printed.first_line)
    renamed = _with_names(names, read_names(printed.text)).split("\n")
    body = _with_comments(names, Text(text), lines, renamed)
    own = "  " * len(item.modules)
    new = "\n".join(own + line if line else line for line in body)
    again = await worker.ask("reprint", text=f"{what.before}{new}\n{what.after}")
    if again.get("text") != answer["text"] or _comments(new) != _comments(text):
        raise LeftError("what is printed does not say the same")
    return new


@dataclass
class Printed:
    """An item in a text that was printed, without the indentation that it has there."""

    text: str
    first_line: int


def item_in(answer: dict[str, Any], item: Item) -> Printed:
    """The item in what the worker printed; raises `LeftError` if it could not, or if the item is not there."""
    if "text" not in answer:
        raise LeftError("it cannot be read")
    text = Text(answer["text"])
    (section,) = split(text)
    found = [each for each in section.items if (each.head, each.symbol) == (item.head, item.symbol)]
    if not found:
        raise LeftError("it is not there any more")
    first_line = text.line_at(found[-1].start)
    indent = found[-1].start - text.starts[first_line]
    body = text.source[found[-1].start : found[-1].end]
    return Printed(body.replace("\n" + " " * indent, "\n"), first_line)


@dataclass
class _Lines:
    """The lines of ops: in the item, and in what is printed of it."""

    answer: dict[str, Any]
    first: int
    first_printed: int

    def __post_init__(self) -> None:
        self.old = [line - self.first for line in self.answer["lines"]]
        self.new = [line - self.first_printed for line in self.answer["printed_lines"]]
        if len(self.old) != len(self.new):
            raise LeftError("it is printed as other ops")

    def after(self, line: int) -> int | None:
        """The printed line of the first op that begins behind a line of the item; None if there is none."""
        return next((new for old, new in zip(self.old, self.new, strict=True) if old > line), None)

    def at(self, line: int, *, or_before: bool = False) -> int | None:
        """The printed line of the last op that begins on a line of the item; None if there is none."""
        pairs = zip(self.old, self.new, strict=True)
        found = [new for old, new in pairs if old == line or (or_before and 0 <= old < line)]
        return found[-1] if found else None


def _with_names(old: Names, new: Names) -> str:
    """What was printed, with the names of the values and blocks of the item."""
    edits: list[tuple[int, int, str]] = []
    if len(old.ops) != len(new.ops):
        raise LeftError("it is printed as other ops")
    for before, after in zip(old.ops, new.ops, strict=True):
        if before.results:
            _rename(before.results, after.results, edits)
            start, end = after.results[0].start, _list_end(after.results)
            edits.append((start, end, old.text[before.begin : _list_end(before.results)]))
        elif after.results:
            if any(each.uses for each in after.results):
                raise LeftError("its results have no names")
            edits.append((after.begin, after.start, ""))
    for own, printed in _others(old, new):
        _rename([own], [printed], edits)
        edits.append((printed.start, printed.end, own.name))
    parts: list[str] = []
    copied = 0
    for start, end, text in sorted(edits):
        parts += (new.text[copied:start], text)
        copied = end
    return "".join([*parts, new.text[copied:]])


def _list_end(results: list[Definition]) -> int:
    last = results[-1]
    return last.end + (len(f":{last.count}") if last.count > 1 else 0)


def _others(old: Names, new: Names) -> list[tuple[Definition, Definition]]:
    """The arguments and blocks of both."""
    found = [[each for each in names.definitions if each.op is None] for names in (old, new)]
    if [each.name[0] for each in found[0]] != [each.name[0] for each in found[1]]:
        raise LeftError("its arguments or blocks are printed otherwise")
    return list(zip(*found, strict=True))


def _rename(
    old: list[Definition], new: list[Definition], edits: list[tuple[int, int, str]]
) -> None:
    spellings = [
        f"{each.name}#{number}" if each.count > 1 else each.name
        for each in old
        for number in range(each.count)
    ]
    if len(spellings) != sum(each.count for each in new):
        raise LeftError("its results are declared otherwise")
    first = 0
    for each in new:
        for start, end, number in each.uses:
            if number >= each.count:
                raise LeftError("its results are declared otherwise")
            edits.append((start, end, spellings[first + number]))
        first += each.count


def _with_comments(names: Names, text: Text, lines: _Lines, body: list[str]) -> list[str]:
    """The lines of what is printed, with the comments of the item before or behind the ops that they stood at."""
    before: dict[int, list[str]] = {}
    behind: dict[int, str] = {}
    for start, end in names.comments:
        line = text.line_at(start)
        comment = text.source[start:end].rstrip()
        if code := text.lines[line][: start - text.starts[line]].strip():
            following = _next_code_line(text, line)
            ends_op = lines.at(following) is not None or _next_code(text, line)[:1] == "}"
            target = lines.at(line, or_before=ends_op and code[0] != "}")
            if target is None or target in behind or not (ends_op or code.endswith("{")):
                raise LeftError("a comment stands in the middle of an op")
            behind[target] = comment
            continue
        target = lines.after(line)
        if _next_code(text, line).startswith("}"):
            if target is not None and target < len(body):
                raise LeftError("a comment stands at the end of a region")
            target = len(body) - 1
        elif target is None or lines.at(_next_code_line(text, line)) is None:
            raise LeftError("a comment stands in the middle of an op")
        before.setdefault(target, []).append(comment)
    result: list[str] = []
    for number, printed in enumerate(body):
        indent = printed[: len(printed) - len(printed.lstrip())]
        if number == len(body) - 1 and len(body) > 1:
            indent += "  "
        result += [indent + comment for comment in before.get(number, ())]
        result.append(f"{printed} {behind[number]}" if number in behind else printed)
    return result


def _next_code_line(text: Text, line: int) -> int:
    for number in range(line + 1, len(text.lines)):
        stripped = text.lines[number].strip()
        if stripped and not stripped.startswith("//"):
            return number
    return len(text.lines)


def _next_code(text: Text, line: int) -> str:
    number = _next_code_line(text, line)
    return text.lines[number].strip() if number < len(text.lines) else ""


def _comments(text: str) -> list[str]:
    found = [
        t.text.rstrip() for line in Text(text).lines for t in tokens(line) if t.kind == "comment"
    ]
    return sorted(found)
