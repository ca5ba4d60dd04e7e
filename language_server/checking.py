# SPDX-License-Identifier: Apache-2.0
"""An item as a text of its own, with all that it needs of its section, and what is found there in the user's text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lsprotocol import types

from ..dialect.text_scanner import ScanError, skip_attribute, skip_brackets, skip_space, skip_type
from .document import Document
from .lexer import tokens
from .structure import FUNCTION, RESOURCES, Item, Section

SOURCE = "onnx-opt"
_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "remark": types.DiagnosticSeverity.Information,
    "note": types.DiagnosticSeverity.Information,
}
_SYMBOL = re.compile(r'@(?:"(?:[^"\\\n]|\\.)*"|[\w$.-]+)')
_BODY = re.compile(r"\{[ \t]*(?://.*)?$", re.MULTILINE)
_ALIAS = re.compile(r"[#!][A-Za-z_][\w$-]*(?![\w$.-])")


@dataclass(frozen=True)
class Excerpt:
    """An item as a text that can be read by itself.

    before: what it needs, line by line.  text: the item, behind as many blanks as it has columns before it.
    after: what closes the modules around it.
    """

    before: str
    text: str
    after: str

    @property
    def source(self) -> str:
        """All of it."""
        return f"{self.before}{self.text}\n{self.after}"

    @property
    def first_line(self) -> int:
        """The line on which the item begins, from 0."""
        return self.before.count("\n")


def excerpt(
    document: Document, section: Section, item: Item, *, resources: bool = False
) -> Excerpt:
    """What is to be read of an item.  resources: whether with the data of the resources, which no check needs.

    With it go the aliases that it mentions, and those that they mention; the attributes of the modules around it; and
    of the symbols that it mentions what makes them known: of a function its type.
    """
    text = document.text_of(item)
    if item.head == "module":
        text += "}"
    others = list(_mentioned(document, section, item, text))
    needed = "\n".join([text, *others])
    lines = [
        *_aliases(document, section, item, needed),
        *(document.text_of(module) for module in item.modules),
        *others,
    ]
    before = "".join(f"{line}\n" for line in lines)
    after = "}" * len(item.modules)
    for other in section.items if resources else ():
        if other.head == RESOURCES:
            after += f"\n{document.text_of(other)}"
    return Excerpt(before, " " * document.column_in_bytes(item.start) + text, after)


def _aliases(document: Document, section: Section, item: Item, text: str) -> Iterator[str]:
    """The definitions of the aliases in a text, each behind those that it mentions itself."""
    defined = section.aliases
    wanted = set[str]()
    waiting = [text]
    while waiting:
        for name in _ALIAS.findall(waiting.pop()):
            found = defined.get(name)
            if found and found is not item and name not in wanted:
                wanted.add(name)
                waiting.append(document.text_of(found))
    for name, found in defined.items():
        if name in wanted:
            yield document.text_of(found)


def _mentioned(document: Document, section: Section, item: Item, text: str) -> Iterator[str]:
    if item.is_alias or item.head == "module":
        return
    known = section.symbols(item)
    mentioned = dict.fromkeys(symbol[1:].strip('"') for symbol in _SYMBOL.findall(text))
    for name in mentioned:
        other = known.get(name)
        if other is None or name == item.symbol:
            continue
        whole = document.text_of(other)
        if other.head == FUNCTION:
            body = _BODY.search(whole)
            head = whole[: body.start()] if body else whole
            yield declaration(head) or declaration(whole) or ""
        else:
            yield whole


@lru_cache(maxsize=256)
def declaration(function: str) -> str | None:
    """What others know of a function, `func.func private @name(types) -> types`; None if that cannot be made out."""
    symbol = next((t for t in tokens(function.split("\n", 1)[0]) if t.kind == "symbol"), None)
    if symbol is None:
        return None
    try:
        position = skip_space(function, symbol.end)
        arguments, position = _types(function, position, named=True)
        position = skip_space(function, position)
        results: list[str] = []
        if function.startswith("->", position):
            start = skip_space(function, position + 2)
            if function.startswith("(", start):
                results, _ = _types(function, start, named=False)
            else:
                results = [function[start : skip_type(function, start)]]
    except ScanError:
        return None
    behind = f" -> ({', '.join(results)})" if results else ""
    return f"func.func private {symbol.text}({', '.join(arguments)}){behind}"


def _types(text: str, position: int, named: bool) -> tuple[list[str], int]:
    """The types in a list in parentheses, without names, attributes and locations."""
    if not text.startswith("(", position):
        raise ScanError(position, "'('")
    found: list[str] = []
    position = skip_space(text, position + 1)
    while not text.startswith(")", position):
        if named and text.startswith("%", position):
            position = skip_space(text, text.index(":", position) + 1) if ":" in text else position
        end = skip_type(text, position)
        found.append(text[position:end])
        position = skip_space(text, end)
        if text.startswith("{", position):
            position = skip_space(text, skip_brackets(text, position))
        if text.startswith("loc", position):
            position = skip_space(text, skip_brackets(text, skip_attribute(text, position)))
        if text.startswith(",", position):
            position = skip_space(text, position + 1)
        elif not text.startswith(")", position):
            raise ScanError(position, "',' or ')'")
    return found, position + 1


def placed(
    document: Document, item: Item, what: Excerpt, found: list[dict[str, Any]]
) -> Iterator[types.Diagnostic]:
    """What was found in an excerpt, where it is in the user's text."""
    for each in found:
        line = each["line"] - 1 - what.first_line
        if each["line"] and line < 0:
            continue  # in what the item needs, where it is told as well
        message = each["message"]
        offset = document.offset_in(item, line, each["column"]) if each["line"] else item.start
        if not item.closed and offset >= item.end and item.head != "module":
            message = "a bracket of this is not closed"
            offset = item.start
        yield _diagnostic(document, item, offset, message, each)


def _diagnostic(
    document: Document, item: Item, offset: int, message: str, found: dict[str, Any]
) -> types.Diagnostic:
    notes = [note["message"] for note in found["notes"]]
    kept = [note for note in notes if not note.startswith("see current operation")]
    return types.Diagnostic(
        document.text.range(*document.token_at(min(offset, max(item.end - 1, item.start)))),
        "\n".join([message, *kept]),
        _SEVERITIES[found["severity"]],
        source=SOURCE,
    )


def beside_items(document: Document) -> Iterator[types.Diagnostic]:
    """What is wrong between items: symbols and aliases that are defined twice, modules that are not closed."""
    for section in document.sections:
        seen: dict[tuple[object, ...], Item] = {}
        for item in section.items:
            if item.head == "module" and not item.closed:
                yield _error(document, item.start, "this module is not closed: expected '}'")
            name = item.head if item.is_alias else item.symbol
            if not name:
                continue
            key = (name,) if item.is_alias else (*map(id, item.modules), name)
            first = seen.setdefault(key, item)
            if first is item:
                continue
            if item.is_alias:
                yield _error(document, item.start, f"redefinition of alias '{name}'")
            else:
                message = f"redefinition of symbol named '{name}'"
                yield _error(document, item.symbol_start, message)


def _error(document: Document, offset: int, message: str) -> types.Diagnostic:
    place = document.text.range(*document.token_at(offset))
    return types.Diagnostic(place, message, types.DiagnosticSeverity.Error, source=SOURCE)
