# SPDX-License-Identifier: Apache-2.0
"""A model's bytes without the data of large initializers, and most initializers read from them while at it.

Protobuf would copy such data twice, once out of the file and once out of the message.  And most initializers say
nothing but their type, shape, name and raw data: of those it is not asked for thirteen fields each, which takes 3 us.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from mmap import mmap
from typing import NamedTuple, TypeAlias

from ..dialect.protobuf_wire import (
    DELIMITED,
    EXTERNAL_DATA_OF_TENSOR,
    FIXED32,
    FIXED64,
    GRAPH_OF_MODEL,
    INITIALIZER_OF_GRAPH,
    RAW_DATA_OF_TENSOR,
    VARINT,
    field_head,
    read_varint,
)

_LARGE = 1 << 12
"""From this size on a message is looked into."""

INLINE = "onnx-opt: inline"
"""Key of the entry in `external_data` that stands for data which `cut` took out; its value is the piece's number."""
_INLINE_KEY = field_head(1, len(INLINE)) + INLINE.encode()

_VARINT_BYTES = rb"[\x80-\xff]{0,9}[\x00-\x7f]"
_HEAD = re.compile(
    rb"[\x0a\x12\x1a\x22\x2a\x32\x3a\x42\x4a\x52\x5a\x62\x6a\x72\x7a](%b)" % _VARINT_BYTES
)
"""Tag and length of a length-delimited field with a number below 16."""

_FORM_AND_NAME = re.compile(
    rb"((?:\x08[\x80-\xff]{0,8}[\x00-\x7f])*\x10[\x00-\x7f])\x42([\x00-\x7f])"
)
"""Dimensions and data type of a TensorProto, and the tag and the length of a name that follows them."""

TensorForm: TypeAlias = "tuple[int, tuple[int, ...]]"
"""Data type and dimensions of a tensor."""


class WireError(ValueError):
    """The bytes are no protobuf message; its own parser says it better."""


class PlainTensor(NamedTuple):
    """An initializer that has these fields of a TensorProto and no other, read without protobuf.

    data: its raw data.
    """

    name: str
    form: TensorForm
    data: memoryview


class Cut(NamedTuple):
    """What `cut` makes of a model's bytes.

    rest: the bytes without the data of large initializers.  pieces: that data, as views of the bytes.  tensors: of each
    initializer in its order, None for one of which protobuf has to be asked.
    """

    rest: bytes
    pieces: list[memoryview]
    tensors: list[PlainTensor | None]


def cut(data: bytes | mmap) -> Cut:
    """Cut the data of large initializers out of a model's bytes, and read those that are plain.

    What protobuf sees in place of the data is an entry of `external_data` with the number of the piece.  Raises
    WireError.
    """
    cutter = _Cutter(data)
    return Cut(b"".join(cutter.model()), cutter.pieces, cutter.tensors)


class _Cutter:
    """Yields the bytes that stay, and keeps what `Cut` has besides."""

    def __init__(self, data: bytes | mmap) -> None:
        self._data = data  # Of a map a short slice takes less time than of a view of it.
        self._view = memoryview(data)
        self.pieces: list[memoryview] = []
        self.tensors: list[PlainTensor | None] = []

    def model(self) -> Iterator[bytes | memoryview]:
        for number, start, body, end in _fields(self._view, 0, len(self._view)):
            if number != GRAPH_OF_MODEL or end - body < _LARGE:
                yield self._view[start:end]
                continue
            graph = list(self._graph(body, end))
            yield field_head(GRAPH_OF_MODEL, sum(map(len, graph)))
            yield from graph

    def _graph(self, body: int, end: int) -> Iterator[bytes | memoryview]:
        view = self._view
        copied = body
        for number, start, inner, stop in _fields(view, body, end):
            if number != INITIALIZER_OF_GRAPH:
                continue
            plain = self._plain_tensor(inner, stop)
            self.tensors.append(plain)
            if stop - inner < _LARGE:
                continue
            if plain:  # Only its raw data is large, and comes last.
                raw = field_head(RAW_DATA_OF_TENSOR, len(plain.data))
                fields = self._data[inner : stop - len(plain.data) - len(raw)]
                tensor = fields + self._note(plain.data)
            else:
                tensor = b"".join(self._tensor(inner, stop))
            yield view[copied:start]
            yield field_head(INITIALIZER_OF_GRAPH, len(tensor)) + tensor
            copied = stop
        yield view[copied:end]

    def _plain_tensor(self, body: int, end: int) -> PlainTensor | None:
        """The tensor in these bytes, if it is plain and its fields are in the order in which protobuf writes them."""
        data = self._data
        form = _FORM_AND_NAME.match(data, body, end)
        if not form:
            return None
        at = form.end()
        said, length = form.groups()
        name_end = at + length[0]
        head = _raw_data_head(end - name_end)
        start = name_end + len(head)
        if not head or data[name_end:start] != head:
            return None
        try:
            name = data[at:name_end].decode()
        except UnicodeDecodeError:
            return None
        return PlainTensor(name, _form(said), self._view[start:end])

    def _tensor(self, body: int, end: int) -> Iterator[bytes | memoryview]:
        for number, start, inner, stop in _fields(self._view, body, end):
            if number == RAW_DATA_OF_TENSOR and stop - inner >= _LARGE // 2:
                yield self._note(self._view[inner:stop])
            else:
                yield self._view[start:stop]

    def _note(self, piece: memoryview) -> bytes:
        """Keep a piece; the entry of `external_data` that says its number."""
        value = str(len(self.pieces)).encode()
        self.pieces.append(piece)
        entry = _INLINE_KEY + field_head(2, len(value)) + value
        return field_head(EXTERNAL_DATA_OF_TENSOR, len(entry)) + entry


def _fields(data: memoryview, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """(number, start, start of the body, end) of each field of a message; number 0 for one that has no body."""
    while at < end:
        start = at
        head = _HEAD.match(data, at, end)
        if head:  # In one look, which takes a third of the time of two varints.
            number, size, at = data[at] >> 3, _number(head[1]), head.end()
        else:
            number, size, at = _other_head(data, at, end)
        if at + size > end:
            raise WireError("cut short")
        yield number, start, at, at + size
        at += size


def _other_head(data: memoryview, at: int, end: int) -> tuple[int, int, int]:
    """Number, 0 for a field that has no body, size and start of the body of any field."""
    tag, at = _whole_varint(data, at, end)
    wire_type = tag & 7
    if wire_type == VARINT:
        return 0, 0, _whole_varint(data, at, end)[1]
    if wire_type == DELIMITED:
        return tag >> 3, *_whole_varint(data, at, end)
    if wire_type == FIXED64:
        return 0, 8, at
    if wire_type == FIXED32:
        return 0, 4, at
    raise WireError(f"wire type {wire_type}")


def _whole_varint(data: memoryview, at: int, end: int) -> tuple[int, int]:
    value, after = read_varint(data, at, end)
    if after == at or data[after - 1] >= 0x80:
        raise WireError("cut short")
    return value, after


# Few lengths and forms differ.
@lru_cache(maxsize=4096)
def _number(encoded: bytes) -> int:
    return read_varint(encoded, 0, len(encoded))[0]


@lru_cache(maxsize=4096)
def _form(encoded: bytes) -> TensorForm:
    *dims, data_type = re.findall(rb"[\x08\x10](%b)" % _VARINT_BYTES, encoded)
    return data_type[0], tuple(map(_number, dims))


@lru_cache(maxsize=4096)
def _raw_data_head(size: int) -> bytes:
    """Tag and length of raw data, if they and it take `size` bytes; empty if no length does that."""
    for length in range(2, min(size, 11) + 1):
        head = field_head(RAW_DATA_OF_TENSOR, size - length)
        if len(head) == length:
            return head
    return b""
