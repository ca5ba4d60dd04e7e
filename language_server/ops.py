# SPDX-License-Identifier: Apache-2.0
"""The parts of an op's text, operands, attributes, types, as far as they can be made out: it need not be whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..dialect.text_scanner import ScanError, skip_attribute, skip_brackets, skip_space, skip_type
from .names import Definition, Names, Op

_STRUCTURE = re.compile(r'"(?:[^"\\\n]|\\.)*"?|//[^\n]*|->|<\{|\(\{|\}>|\}\)|[<>(){}\[\],=]')
_OPENING, _CLOSING = ("<{", "({", "<", "(", "{", "["), ("}>", "})", ">", ")", "}", "]")
_KEY = re.compile(r'\s*("[^"\n]*"?|[\w$.]*)')


@dataclass
class FunctionType:
    """The types of an op's operands and results, as text."""

    operands: list[str]
    results: list[str]


def function_type(text: str, op: Op) -> FunctionType | None:
    """The types of an op in generic form; None if they cannot be made out."""
    try:
        position = skip_space(text, op.end)
        if not text.startswith("(", position):
            return None
        position = skip_space(text, skip_brackets(text, position))
        while text.startswith(("[", "<{", "(", "{"), position):
            position = skip_space(text, skip_brackets(text, position))
        if not text.startswith(":", position):
            return None
        operands, position = _types(text, skip_space(text, position + 1))
        position = skip_space(text, position)
        if not text.startswith("->", position):
            return None
        results, _ = _types(text, skip_space(text, position + 2))
    except ScanError:
        return None
    return FunctionType(operands, results)


def _types(text: str, position: int) -> tuple[list[str], int]:
    """The types in parentheses, or the one that stands without, and where they end."""
    if not text.startswith("(", position):
        end = skip_type(text, position)
        return [text[position:end]], end
    found: list[str] = []
    position = skip_space(text, position + 1)
    while not text.startswith(")", position):
        end = skip_type(text, position)
        found.append(text[position:end])
        position = skip_space(text, end)
        if text.startswith(",", position):
            position = skip_space(text, position + 1)
        elif not text.startswith(")", position):
            raise ScanError(position, "',' or ')'")
    return found, position + 1


def value_type(names: Names, definition: Definition, number: int = 0) -> str:
    """The type of a value, by what makes it or by who takes it; empty if neither says it."""
    text = names.text
    if definition.op is None:
        return _type_behind_colon(text, definition.end)
    index = definition.number + number
    types = function_type(text, definition.op)
    if types:
        return types.results[index] if index < len(types.results) else ""
    if definition.op.name == "onnx.Constant" and (found := _constant_type(text, definition.op)):
        return found
    for start, _, which in definition.uses:
        user = names.op_before(start)
        if which != number or user is None or user.end > start:
            continue
        taken = function_type(text, user)
        place = text.count(",", user.end, start)
        if taken and place < len(taken.operands) and ")" not in text[user.end : start]:
            return taken.operands[place]
    return ""


def _type_behind_colon(text: str, position: int) -> str:
    try:
        colon = skip_space(text, position)
        start = skip_space(text, colon + 1)
        return text[start : skip_type(text, start)] if text.startswith(":", colon) else ""
    except ScanError:
        return ""


def _constant_type(text: str, op: Op) -> str:
    try:
        position = skip_space(text, op.end)
        skip = skip_brackets if text.startswith("{", position) else skip_attribute
        return _type_behind_colon(text, skip(text, position))
    except ScanError:
        return ""


@dataclass
class Entry:
    """An entry of an op's attributes at an offset.

    key: its name.  in_value: whether the offset is behind the `=`.  start: where what stands there begins.  given: the
    names of the others.  op: whose it is.
    """

    op: Op
    key: str
    in_value: bool
    start: int
    given: list[str]


def entry_at(names: Names, offset: int) -> Entry | None:
    """The entry of an op's attributes in which an offset lies; None if it lies in none."""
    op = names.op_before(offset)
    if op is None or op.end > offset:
        return None
    opened: list[tuple[str, int]] = []
    for token in _pieces(names.text, op.end, offset):
        if token[0] in _OPENING:
            opened.append((token[0], token.end()))
        elif token[0] in _CLOSING and opened:
            opened.pop()
    if not opened or opened[-1][0] not in ("<{", "{") or len(opened) > 1:
        return None
    return _entry(names.text, op, opened[-1][1], offset)


def _entry(text: str, op: Op, begin: int, offset: int) -> Entry | None:
    depth, start, equals = 0, begin, -1
    keys: list[str] = []
    found: Entry | None = None

    def take(end: int) -> None:
        nonlocal found
        key = _KEY.match(text, start)
        name = key[1].strip('"') if key else ""
        if found is None and end >= offset:
            in_value = 0 <= equals < offset
            place = equals + 1 if in_value else start
            found = Entry(op, name, in_value, place, keys)
        elif name:
            keys.append(name)

    for token in _pieces(text, begin, len(text)):
        if token[0] in _OPENING:
            depth += 1
        elif token[0] in _CLOSING:
            depth -= 1
        if depth < 0 or (depth == 0 and token[0] == ","):
            take(token.start())
            start, equals = token.end(), -1
            if depth < 0:
                return found
        elif depth == 0 and token[0] == "=" and equals < 0:
            equals = token.start()
    take(len(text))
    return found


def _pieces(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    return _STRUCTURE.finditer(text, start, end)
