# SPDX-License-Identifier: Apache-2.0
"""Protobuf's wire format, as far as a model is read and written without protobuf.

A message is a sequence of fields: a tag (`number << 3 | wire type`) and a value.  The value of a length-delimited field
is its length and its body.  Tags, lengths and integers are varints: seven bits a byte, the lowest first; the last byte
is below 128.

Source: protobuf's encoding documentation; onnx.proto for the numbers of fields.  Only bytes, so light to import.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from mmap import mmap
from typing import NamedTuple, TypeAlias

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

_VARINT_BYTES = rb"[\x80-\xff]{0,9}[\x00-\x7f]"
_HEAD = re.compile(
    rb"[\x0a\x12\x1a\x22\x2a\x32\x3a\x42\x4a\x52\x5a\x62\x6a\x72\x7a](%b)" % _VARINT_BYTES
)
"""Tag and length of a length-delimited field with a number below 16."""

# What most tensors say before their raw data, and nothing else: dimensions and data type, name.
_FORM_AND_NAME = re.compile(
    rb"((?:\x08[\x80-\xff]{0,8}[\x00-\x7f])*\x10[\x00-\x7f])\x42([\x00-\x7f])"
)


class WireError(ValueError):
    """The bytes are no protobuf message; its own parser says it better."""


TensorForm: TypeAlias = "tuple[int, tuple[int, ...]]"
"""Data type and dimensions of a tensor."""


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


@lru_cache(maxsize=4096)
def _number(encoded: bytes) -> int:
    return read_varint(encoded, 0, len(encoded))[0]


@lru_cache(maxsize=256)
def field_head(number: int, length: int) -> bytes:
    """Tag and length of a length-delimited field, which its body follows."""
    encoded = bytearray([number << 3 | _DELIMITED])
    while length >= 0x80:
        encoded.append(length & 0x7F | 0x80)
        length >>= 7
    encoded.append(length)
    return bytes(encoded)


@lru_cache(maxsize=4096)
def _form(encoded: bytes) -> TensorForm:
    *dims, data_type = re.findall(rb"[\x08\x10](%b)" % _VARINT_BYTES, encoded)
    return data_type[0], tuple(map(_number, dims))


@lru_cache(maxsize=4096)
def _raw_data_head(size: int) -> bytes:
    """Tag and length of raw data, if they and it take `size` bytes; empty if no length does that."""
    heads = (
        field_head(RAW_DATA_OF_TENSOR, size - length) for length in range(2, min(size, 11) + 1)
    )
    return next((head for length, head in enumerate(heads, 2) if len(head) == length), b"")


_INLINE_KEY = field_head(1, len(INLINE)) + INLINE.encode()


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
    if wire_type == _VARINT:
        return 0, 0, _whole_varint(data, at, end)[1]
    if wire_type == _DELIMITED:
        return tag >> 3, *_whole_varint(data, at, end)
    if wire_type == _FIXED64:
        return 0, 8, at
    if wire_type == _FIXED32:
        return 0, 4, at
    raise WireError(f"wire type {wire_type}")


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


def cut(data: bytes | mmap) -> Cut:
    """Take the data of large initializers out of a model's bytes, and read most initializers while at it.

    Protobuf would copy such data twice, once out of the file and once out of the message.  What it sees instead is an
    entry of `external_data` with the number of the piece.  Raises WireError.
    """
    pieces: list[memoryview] = []
    tensors: list[PlainTensor | None] = []
    whole = memoryview(data)
    parts: list[bytes | memoryview] = []
    for number, start, body, end in _fields(whole, 0, len(whole)):
        if number != GRAPH_OF_MODEL or end - body < _LARGE:
            parts.append(whole[start:end])
            continue
        graph = list(_cut_graph(whole, data, body, end, pieces, tensors))
        parts += (field_head(GRAPH_OF_MODEL, sum(map(len, graph))), *graph)
    return Cut(b"".join(parts), pieces, tensors)


def _cut_graph(
    whole: memoryview,
    data: bytes | mmap,
    body: int,
    end: int,
    pieces: list[memoryview],
    tensors: list[PlainTensor | None],
) -> Iterator[bytes | memoryview]:
    copied = body
    for number, start, inner, stop in _fields(whole, body, end):
        if number != INITIALIZER_OF_GRAPH:
            continue
        plain = _plain_tensor(whole, data, inner, stop)
        tensors.append(plain)
        if stop - inner < _LARGE:
            continue
        if plain:  # Only its raw data is large, and comes last.
            raw = field_head(RAW_DATA_OF_TENSOR, len(plain.data))
            tensor = data[inner : stop - len(plain.data) - len(raw)] + _note(pieces, plain.data)
        else:
            tensor = b"".join(_cut_tensor(whole, inner, stop, pieces))
        yield whole[copied:start]
        yield field_head(INITIALIZER_OF_GRAPH, len(tensor)) + tensor
        copied = stop
    yield whole[copied:end]


def _plain_tensor(whole: memoryview, data: bytes | mmap, body: int, end: int) -> PlainTensor | None:
    """The tensor in these bytes, if it is plain and its fields are in the order in which protobuf writes them."""
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
    return PlainTensor(name, _form(said), whole[start:end])


def _cut_tensor(
    whole: memoryview, body: int, end: int, pieces: list[memoryview]
) -> Iterator[bytes | memoryview]:
    for number, start, inner, stop in _fields(whole, body, end):
        if number == RAW_DATA_OF_TENSOR and stop - inner >= _LARGE // 2:
            yield _note(pieces, whole[inner:stop])
        else:
            yield whole[start:stop]


def _note(pieces: list[memoryview], piece: memoryview) -> bytes:
    """Keep a piece; the entry of `external_data` that says its number."""
    value = str(len(pieces)).encode()
    entry = _INLINE_KEY + field_head(2, len(value)) + value
    pieces.append(piece)
    return field_head(EXTERNAL_DATA_OF_TENSOR, len(entry)) + entry
