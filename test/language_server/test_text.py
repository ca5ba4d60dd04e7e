# SPDX-License-Identifier: Apache-2.0
"""Positions and changes, against the protocol's own words: code units of UTF-16, UTF-8 or UTF-32."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from onnx_opt.language_server.text import Encoding, Text

CODECS = {Encoding.Utf8: "utf-8", Encoding.Utf16: "utf-16-le", Encoding.Utf32: "utf-32-le"}
WIDTH = {Encoding.Utf8: 1, Encoding.Utf16: 2, Encoding.Utf32: 4}
# With line ends, what only Python takes for line ends, and characters of one to four bytes.
TEXTS = st.text(alphabet="ab%é→😀\n\r\u2028\x0c\x85", max_size=30)


@given(TEXTS, st.data(), st.sampled_from(list(CODECS)))
def test_positions_count_code_units(source: str, data: st.DataObject, encoding: Encoding) -> None:
    text = Text(source, encoding)
    offset = data.draw(st.integers(0, len(source)))
    position = text.position(offset)
    normal = source[:offset].replace("\r\n", "\n").replace("\r", "\n")
    if source[offset - 1 : offset + 1] != "\r\n":
        assert position.line == normal.count("\n")
        before = normal.rpartition("\n")[2]
        assert position.character == len(before.encode(CODECS[encoding])) // WIDTH[encoding]
        assert text.offset(position) == offset


@given(TEXTS, TEXTS, st.data(), st.sampled_from(list(CODECS)))
def test_changes_are_those_of_the_editor(
    source: str, new: str, data: st.DataObject, encoding: Encoding
) -> None:
    offsets = [n for n in range(len(source) + 1) if source[n - 1 : n + 1] != "\r\n"]
    start = data.draw(st.sampled_from(offsets))
    end = data.draw(st.sampled_from([offset for offset in offsets if offset >= start]))
    text = Text(source, encoding)
    change = types.TextDocumentContentChangePartial(text.range(start, end), new)
    assert text.changed([change]).source == source[:start] + new + source[end:]


def test_changes_follow_one_another() -> None:
    changes: list[types.TextDocumentContentChangeEvent] = [
        types.TextDocumentContentChangeWholeDocument("a\nb\n"),
        types.TextDocumentContentChangePartial(
            types.Range(types.Position(1, 0), types.Position(1, 1)), "x\ny"
        ),
        types.TextDocumentContentChangePartial(
            types.Range(types.Position(2, 1), types.Position(2, 1)), "z"
        ),
    ]
    assert Text("").changed(changes).source == "a\nx\nyz\n"


@pytest.mark.parametrize(
    ("position", "offset"),
    [
        (types.Position(0, 99), 3),  # behind the end of the line
        (types.Position(9, 0), 6),  # behind the end of the text
        (types.Position(0, 2), 1),  # in the middle of a character
    ],
)
def test_positions_that_are_not_there(position: types.Position, offset: int) -> None:
    assert Text("a😀b\ncd").offset(position) == offset


def test_mlir_counts_bytes() -> None:
    text = Text('x\n"é😀" y')
    column = len('"é😀" '.encode()) + 1
    assert text.byte_offset(1, column) == text.source.index("y")
    assert text.byte_offset(7, 1) == len(text.source)
