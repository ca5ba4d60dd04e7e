# SPDX-License-Identifier: Apache-2.0
"""Protobuf's wire format, as far as a model is read and written without protobuf.

A message is a sequence of fields: a tag (`number << 3 | wire type`) and a value.  The value of a length-delimited field
is its length and its body.  Tags, lengths and integers are varints: seven bits a byte, the lowest first; the last byte
is below 128.

Source: protobuf's encoding documentation; onnx.proto for the numbers of fields.  Only bytes, so light to import.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from mmap import mmap

GRAPH_OF_MODEL, INITIALIZER_OF_GRAPH, RAW_DATA_OF_TENSOR, EXTERNAL_DATA_OF_TENSOR = 7, 5, 9, 13

LARGEST_MESSAGE = (1 << 31) - 1
"""Bytes of the largest message that protobuf reads."""

_VARINT, _FIXED64, _DELIMITED, _FIXED32 = 0, 1, 2, 5
_MODEL_FIELDS = {
    1: _VARINT, 2: _DELIMITED, 3: _DELIMITED, 4: _DELIMITED, 5: _VARINT, 6: _DELIMITED, GRAPH_OF_MODEL: _DELIMITED,
    8: _DELIMITED, 14: _DELIMITED, 20: _DELIMITED, 25: _DELIMITED, 26: _DELIMITED,
}  # fmt: skip
"""The fields of a ModelProto and their wire types."""

_LARGE = 1 << 12
"""From this size on a message is looked into."""

INLINE = "onnx-opt: inline"
"""Key of the entry in `external_data` that stands for data which `cut` took out; its value is the piece's number."""


class WireError(ValueError):
    """The bytes are no protobuf message; its own parser says it better."""


def read_varint(data: bytes | mmap | memoryview, at: int, end: int) -> tuple[int, int]:
    """The varint at `at`, and where what follows it begins.

    One that is cut short ends at `end`, as if only zeros followed; `_whole_varint` refuses it.
    """
    value = shift = 0
    while at < end and shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
        shift += 7
    return value, at


def _whole_varint(data: memoryview, at: int, end: int) -> tuple[int, int]:
    value, after = read_varint(data, at, end)
    if after == at or data[after - 1] >= 0x80:
        raise WireError("cut short")
    return value, after


@lru_cache(maxsize=256)
def field_head(number: int, length: int) -> bytes:
    """Tag and length of a length-delimited field, which its body follows."""
    encoded = bytearray([number << 3 | _DELIMITED])
    while length >= 0x80:
        encoded.append(length & 0x7F | 0x80)
        length >>= 7
    encoded.append(length)
    return bytes(encoded)


def _fields(data: memoryview, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """(number, start, start of the body, end) of each field of a message; number 0 for one that has no body."""
    while at < end:
        start = at
        tag, at = _whole_varint(data, at, end)
        wire_type = tag & 7
        size = 0
        if wire_type == _VARINT:
            _, at = _whole_varint(data, at, end)
        elif wire_type == _DELIMITED:
            size, at = _whole_varint(data, at, end)
        elif wire_type == _FIXED64:
            at += 8
        elif wire_type == _FIXED32:
            at += 4
        else:
            raise WireError(f"wire type {wire_type}")
        if at + size > end:
            raise WireError("cut short")
        yield tag >> 3 if wire_type == _DELIMITED else 0, start, at, at + size
        at += size


def is_model(data: bytes | mmap) -> bool:
    """Whether `data` is laid out like a ModelProto.

    Only the outermost fields are looked at, so the cost does not depend on the size of the weights.  The last one may
    be cut short: a truncated model is still a model, and its reader says what is wrong with it.
    """
    at, end = 0, len(data)
    seen: set[int] = set()
    while at < end:
        tag, at = read_varint(data, at, end)
        number, wire_type = tag >> 3, tag & 7
        if _MODEL_FIELDS.get(number) != wire_type:
            return False
        seen.add(number)
        value, at = read_varint(data, at, end)
        if wire_type == _DELIMITED:
            at += value
    # A whole model has a graph; of one cut short we have seen the IR version, which comes first.
    return GRAPH_OF_MODEL in seen if at == end else 1 in seen


def cut(data: bytes | mmap) -> tuple[bytes, list[memoryview]]:
    """A model's bytes without the data of large initializers, and these pieces, as views of `data`.

    Protobuf would copy such data twice, once out of the file and once out of the message.  What it sees instead is an
    entry of `external_data` with the number of the piece.  Raises WireError.
    """
    pieces: list[memoryview] = []
    whole = memoryview(data)
    parts: list[bytes | memoryview] = []
    for number, start, body, end in _fields(whole, 0, len(whole)):
        if number != GRAPH_OF_MODEL or end - body < _LARGE:
            parts.append(whole[start:end])
            continue
        graph = b"".join(_cut_graph(whole, body, end, pieces))
        parts += (field_head(GRAPH_OF_MODEL, len(graph)), graph)
    return b"".join(parts), pieces


def _cut_graph(
    whole: memoryview, body: int, end: int, pieces: list[memoryview]
) -> Iterator[bytes | memoryview]:
    copied = body
    for number, start, inner, stop in _fields(whole, body, end):
        if number == INITIALIZER_OF_GRAPH and stop - inner >= _LARGE:
            tensor = b"".join(_cut_tensor(whole, inner, stop, pieces))
            yield whole[copied:start]
            yield field_head(INITIALIZER_OF_GRAPH, len(tensor))
            yield tensor
            copied = stop
    yield whole[copied:end]


def _cut_tensor(
    whole: memoryview, body: int, end: int, pieces: list[memoryview]
) -> Iterator[bytes | memoryview]:
    for number, start, inner, stop in _fields(whole, body, end):
        if number == RAW_DATA_OF_TENSOR and stop - inner >= _LARGE // 2:
            key, value = INLINE.encode(), str(len(pieces)).encode()
            entry = field_head(1, len(key)) + key + field_head(2, len(value)) + value
            yield field_head(EXTERNAL_DATA_OF_TENSOR, len(entry)) + entry
            pieces.append(whole[inner:stop])
        else:
            yield whole[start:stop]
