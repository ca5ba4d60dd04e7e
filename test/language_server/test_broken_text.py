# SPDX-License-Identifier: Apache-2.0
"""Whatever is done to a text, every question about it is answered: with nothing, perhaps, but with no exception."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from lsprotocol import types

from onnx_opt.language_server.actions import code_actions
from onnx_opt.language_server.checking import beside_items, excerpt
from onnx_opt.language_server.completion import completion, resolved
from onnx_opt.language_server.document import Document
from onnx_opt.language_server.hover import hover
from onnx_opt.language_server.navigation import definition, outline, references
from onnx_opt.language_server.text import Text

LIT = Path(__file__).parent.parent / "lit"
PIECES = [
    *'{}()[]<>"%@#!^=,:/\n\\\0 é😀',
    "func.func ",
    "module {",
    "// -----\n",
    "({",
    "}>",
    "->",
    "%0",
    ": tensor<",
]


def broken(source: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(source) + 1)
        end = min(len(source), at + chance.choice([0, 0, 1, 5, 200]))
        source = (
            source[:at] + "".join(chance.choices(PIECES, k=chance.randint(0, 3))) + source[end:]
        )
    return source if chance.random() < 0.7 else source[: chance.randrange(len(source) + 1)]


def places(found: list[types.Location]) -> list[types.Range]:
    return [each.range for each in found]


@pytest.mark.parametrize("seed", range(60))
def test_every_question_is_answered(seed: int) -> None:
    chance = random.Random(seed)
    path = chance.choice(sorted(LIT.rglob("*.mlir")))
    source = broken(path.read_text(errors="replace"), chance)
    document = Document("file:///x.mlir", 1, Text(source))
    ranges: list[types.Range] = []
    for section in document.sections:
        assert section.start <= section.end
        for item, following in zip(section.items, [*section.items[1:], None], strict=False):
            assert section.start <= item.start < item.end <= section.end, path
            assert following is None or item.end <= following.start
            assert document.text_of(item) in excerpt(document, section, item).source
    ranges += [each.range for each in beside_items(document)]
    ranges += [each.range for each in outline(document)]
    for _ in range(8):
        offset = chance.randrange(len(source) + 1)
        if shown := hover(document, offset):
            assert shown.range
            ranges.append(shown.range)
        ranges += places(definition(document, offset))
        ranges += places(references(document, offset, declaration=True))
        assert code_actions(document, offset)
        for offered in completion(document, offset, snippets=bool(seed % 2))[:3]:
            assert isinstance(offered.text_edit, types.TextEdit)
            ranges.append(offered.text_edit.range)
            resolved(offered)
    for each in ranges:
        start, end = document.text.offset(each.start), document.text.offset(each.end)
        assert 0 <= start <= end <= len(source)
        assert document.text.range(start, end) == each
