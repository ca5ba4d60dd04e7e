# SPDX-License-Identifier: Apache-2.0
"""What could be typed next.

1. Behind `%`, `@`, `^`, `#` and `!`: the values, symbols, blocks and aliases that can be named there.
2. Among the attributes of an op: those that it has and that are not there yet, and behind `=` their values.
3. Where an op may begin, or its name has begun: the ops.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import cast

from lsprotocol import types

from ..dialect.ops.attribute_kinds import FLOAT, FLOATS, INT, INTS, STRING, STRINGS, SYMBOL, TYPE
from ..dialect.ops.documentation import string_values
from ..dialect.ops.schema import PREFIX, all_op_names
from ..dialect.ops.spec import AttributeSpec, OpSpec
from ..dialect.types import ELEMENT_TYPES
from .document import Document
from .hover import attribute_markdown, default_text, op_markdown, spec_of
from .names import Names
from .ops import Entry, entry_at, value_type
from .structure import Item

TRIGGERS = ["%", "@", "#", "!", "^", '"', ".", "{", "="]
"""What an editor asks behind without being told to; in a word it asks by itself."""
_NAME_BEFORE = re.compile(r"[%@^#!][\w$.-]*\Z")
_OP_BEFORE = re.compile(r'(?:^|=|\{)\s*("?[\w.]*)\Z')
_WORD_BEFORE = re.compile(r'"?[\w$.]*\Z')
_NAME_BEHIND = re.compile(r'[\w.]*"?')
_PRETTY = {
    "Constant": "onnx.Constant dense<$1> : $0",
    "Return": "onnx.Return $1 : $0",
    "Yield": "onnx.Yield $1 : $0",
}
"""The ops that are not written in generic form."""
_TYPES = ("!onnx.Seq<", "!onnx.Opt<", "!onnx.String")
_VALUE_PLACEHOLDERS = {
    FLOAT: "0.0 : f32",
    FLOATS: "[0.0 : f32]",
    INT: "0 : si64",
    INTS: "[0]",
    STRINGS: '[""]',
}
_Kind = types.CompletionItemKind


def completion(document: Document, offset: int, *, snippets: bool) -> list[types.CompletionItem]:
    """What could be typed at an offset.  snippets: whether the editor fills in forms with gaps (`$1`)."""
    around = document.token_around(offset)
    if around and around[0].kind == "comment" and offset > around[1] + around[0].start:
        return []
    line = document.text.line_at(offset)
    before = document.text.source[document.text.starts[line] : offset]
    inside = document.names_at(offset)
    if name := _NAME_BEFORE.search(before):
        found = _names(document, inside, offset, name[0][0])
        return _replacing(document, offset - len(name[0]), offset, found)
    entry = entry_at(inside[1], offset - inside[0].start) if inside else None
    spec = spec_of(entry.op.name) if entry else None
    if entry and spec and inside:
        found = _values(document, inside[0], entry, spec) if entry.in_value else _keys(entry, spec)
        word = _WORD_BEFORE.search(before)
        begun = word[0] if word else ""
        behind = _NAME_BEHIND.match(document.text.source, offset) if begun[:1] == '"' else None
        end = behind.end() if behind else offset
        return _replacing(document, offset - len(begun), end, found)
    op = _OP_BEFORE.search(before)
    return list(_ops(document, offset, op[1], snippets)) if op else []


def resolved(item: types.CompletionItem) -> types.CompletionItem:
    """An item with the documentation of what it is about, which `data` names."""
    data = cast("dict[str, str]", item.data or {})
    spec = spec_of(data.get("op", ""))
    if spec:
        attribute = spec.attributes.get(data.get("attribute", ""))
        text = attribute_markdown(spec, attribute) if attribute else op_markdown(spec)
        item.documentation = types.MarkupContent(types.MarkupKind.Markdown, text)
    return item


def _replacing(
    document: Document, start: int, end: int, found: Iterable[types.CompletionItem]
) -> list[types.CompletionItem]:
    """The items, each replacing what stands from `start` to `end`."""
    place = document.text.range(start, end)
    items = list(found)
    for item in items:
        item.text_edit = types.TextEdit(place, item.insert_text or item.label)
        item.insert_text = None
    return items


def _names(
    document: Document, inside: tuple[Item, Names] | None, offset: int, sigil: str
) -> Iterator[types.CompletionItem]:
    section = document.section_at(offset)
    if sigil == "%" and inside:
        item, names = inside
        for number, value in enumerate(names.visible(offset - item.start)):
            # The type of a value takes a look at its users: of many, an editor shows the first ones.
            detail = value_type(names, value) if number < 200 else ""
            sort = f"{number:06}"
            yield types.CompletionItem(
                value.name, kind=_Kind.Variable, detail=detail, sort_text=sort
            )
    elif sigil == "^" and inside:
        for each in inside[1].definitions:
            if each.name.startswith("^"):
                yield types.CompletionItem(each.name, kind=_Kind.Reference)
    elif sigil == "@" and (inside or section.items):
        beside = inside[0] if inside else section.items[0]
        for name, found in section.symbols(beside).items():
            yield types.CompletionItem(f"@{name}", kind=_Kind.Function, detail=found.head)
    elif sigil in "#!":
        for name in section.aliases:
            if name.startswith(sigil):
                yield types.CompletionItem(name, kind=_Kind.Constant)
        for name in _TYPES if sigil == "!" else ():
            yield types.CompletionItem(name, kind=_Kind.Class)


def _keys(entry: Entry, spec: OpSpec) -> Iterator[types.CompletionItem]:
    for attribute in spec.attributes.values():
        if attribute.name in entry.given:
            continue
        default = default_text(attribute)
        yield types.CompletionItem(
            attribute.name,
            kind=_Kind.Property,
            detail="required" if attribute.required else default,
            insert_text=f"{attribute.name} = {default or _placeholder(attribute)}",
            sort_text=f"{not attribute.required:d}{attribute.name}",
            data={"op": entry.op.name, "attribute": attribute.name},
        )
    if "onnx_node_name" not in entry.given:
        yield types.CompletionItem(
            "onnx_node_name",
            kind=_Kind.Property,
            insert_text='onnx_node_name = ""',
            sort_text="2",
        )


def _placeholder(attribute: AttributeSpec) -> str:
    return _VALUE_PLACEHOLDERS.get(attribute.kind, "")


def _values(
    document: Document, item: Item, entry: Entry, spec: OpSpec
) -> Iterator[types.CompletionItem]:
    attribute = spec.attributes.get(entry.key)
    if attribute is None:
        return
    default = default_text(attribute)
    texts: list[str] = [default] if default else []
    if attribute.kind is STRING:
        texts += [f'"{word}"' for word in string_values(spec, attribute.name)]
    elif attribute.kind is INT:
        texts += ["0 : si64", "1 : si64"]
    elif attribute.kind is TYPE:
        texts += [row.asm for row in ELEMENT_TYPES]
    elif attribute.kind is SYMBOL:
        symbols = document.section_at(item.start).symbols(item)
        texts += [f"@{name}" for name in symbols]
    texts = texts or [_placeholder(attribute)]
    for number, text in enumerate(dict.fromkeys(filter(None, texts))):
        yield types.CompletionItem(
            text,
            kind=_Kind.EnumMember,
            detail="default" if text == default else None,
            sort_text=f"{number:03}",
            data={"op": entry.op.name, "attribute": attribute.name},
        )


@cache
def _op_names() -> list[str]:
    return all_op_names()


def _ops(
    document: Document, offset: int, begun: str, snippets: bool
) -> Iterator[types.CompletionItem]:
    start = offset - len(begun)
    behind = _NAME_BEHIND.match(document.text.source, offset)
    end = behind.end() if behind else offset
    is_whole = document.text.source.startswith("(", end)
    place = document.text.range(start, end)
    quote = '"' if begun.startswith('"') else ""
    for name in _op_names():
        full = PREFIX + name
        pretty = _PRETTY.get(name, "") if not quote else ""
        text = f'"{full}"'
        if not is_whole and snippets:
            text = pretty or f'"{full}"($1) : ($2) -> $0'
        elif pretty:
            text = full
        yield types.CompletionItem(
            full,
            kind=_Kind.Function,
            filter_text=quote + full,
            sort_text=("1" if re.search(r"V\d+\Z", name) else "0") + name,
            text_edit=types.TextEdit(place, text),
            insert_text_format=types.InsertTextFormat.Snippet
            if snippets and not is_whole
            else types.InsertTextFormat.PlainText,
            data={"op": full},
        )
