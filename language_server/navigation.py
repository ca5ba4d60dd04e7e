# SPDX-License-Identifier: Apache-2.0
"""From a name to where it is defined, and to all places where it is used; and the outline of a document."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol import types

from .document import Document
from .structure import FUNCTION, RESOURCES, Item

_NODE_NAME = re.compile(r'onnx_node_name\s*=\s*"([^"\n]*)"')
Place = tuple[int, int]


def definition(document: Document, offset: int) -> list[types.Location]:
    """Where the name at an offset is defined: one place, or none."""
    places = _places(document, offset)
    return [_location(document, places[0])] if places and places[0] is not None else []


def references(document: Document, offset: int, *, declaration: bool) -> list[types.Location]:
    """Where the thing at an offset is named; its definition comes first, if wanted."""
    places = _places(document, offset)
    if places is None:
        return []
    wanted = [places[0] if declaration else None, *places[1:]]
    return [_location(document, place) for place in wanted if place is not None]


def _location(document: Document, place: Place) -> types.Location:
    return types.Location(document.uri, document.text.range(*place))


def _places(document: Document, offset: int) -> list[Place | None] | None:
    """The definition of the name at an offset, None if there is none, and its uses."""
    around = document.token_around(offset)
    inside = document.names_at(offset)
    if around is None or inside is None:
        return None
    token, _ = around
    item, names = inside
    if token.kind in ("value", "results", "block"):
        found = names.at(offset - item.start)
        if found is None:
            return None
        spans = [(found[0].start, found[0].end), *((start, end) for start, end, _ in found[0].uses)]
        return [(item.start + start, item.start + end) for start, end in spans]
    if token.kind == "symbol":
        return list(_of_symbol(document, item, token.text[1:].strip('"')))
    if token.kind == "alias":
        return list(_of_alias(document, item, token.text))
    return None


def _of_symbol(document: Document, item: Item, name: str) -> Iterator[Place | None]:
    section = document.section_at(item.start)
    defined = section.symbols(item).get(name)
    if defined is None:
        yield None
    for other in sorted(section.items, key=lambda each: each is not defined):
        if other.modules == item.modules:
            for mentioned, start, end in document.names_of(other).symbols:
                if mentioned == name:
                    yield other.start + start, other.start + end


def _of_alias(document: Document, item: Item, name: str) -> Iterator[Place | None]:
    section = document.section_at(item.start)
    defined = section.aliases.get(name)
    if defined is None:
        yield None
    for other in sorted(section.items, key=lambda each: each is not defined):
        for mentioned, start, end in document.names_of(other).aliases:
            if mentioned == name:
                yield other.start + start, other.start + end


def outline(document: Document) -> list[types.DocumentSymbol]:
    """The functions, aliases and other items, and in a function the ops that have regions."""
    return [
        _symbol(document, item)
        for section in document.sections
        for item in section.items
        if item.head not in ("module", RESOURCES, "}")
    ]


def _symbol(document: Document, item: Item) -> types.DocumentSymbol:
    text = document.text_of(item)
    kind = types.SymbolKind.Function if item.head == FUNCTION else types.SymbolKind.Object
    if item.is_alias:
        kind = types.SymbolKind.Constant
    named = bool(item.symbol)
    start = item.symbol_start if named else item.start
    return types.DocumentSymbol(
        name=f"@{item.symbol}" if named else item.head,
        detail=item.head if named else "",
        kind=kind,
        range=document.text.range(item.start, item.end),
        selection_range=document.text.range(*document.token_at(start)),
        children=list(_with_regions(document, item, text)),
    )


def _with_regions(document: Document, item: Item, text: str) -> Iterator[types.DocumentSymbol]:
    names = document.names_of(item)
    for op in names.ops[1:]:
        if not op.regions:
            continue
        end = max(region.end for region in op.regions) + 1
        behind = text[end:].split("\n", 1)[0]
        node = _NODE_NAME.search(behind)
        results = ", ".join(result.name for result in op.results)
        yield types.DocumentSymbol(
            name=f"{results} = {op.name}" if results else op.name,
            detail=node[1] if node else "",
            kind=types.SymbolKind.Operator,
            range=document.text.range(item.start + op.begin, item.start + end + len(behind)),
            selection_range=document.text.range(item.start + op.start, item.start + op.end),
        )
