# SPDX-License-Identifier: Apache-2.0
"""Large initializers of a model, found in its bytes and left there.

Protobuf would copy them twice, once out of the file and once out of the message.  So the data of large initializers is
cut out before protobuf sees the model; what it sees instead is a note with the number of the piece.

    ModelProto.graph = 7,  GraphProto.initializer = 5,  TensorProto.raw_data = 9,  TensorProto.external_data = 13

Source: onnx.proto for the numbers, protobuf's encoding documentation for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from mmap import mmap
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, Any]

_GRAPH_OF_MODEL, _INITIALIZER_OF_GRAPH, _RAW_DATA_OF_TENSOR, _EXTERNAL_DATA_OF_TENSOR = 7, 5, 9, 13
_LARGE = 1 << 18
"""From this size on a message is looked into."""

INLINE = "onnx-opt: inline"
"""Key of the note, as an entry of `external_data`."""


class WireError(ValueError):
    """The bytes are no protobuf message; its own parser says it better."""


def cut(data: bytes | mmap) -> tuple[bytes, list[Array]]:
    """A model's bytes without the data of large initializers, and these pieces, as views of `data`.

    Raises WireError.
    """
    pieces: list[Array] = []
    whole = memoryview(data)
    view = np.frombuffer(data, np.uint8)
    parts: list[bytes | memoryview] = []
    for field, start, body, end in _fields(whole, 0, len(whole)):
        if field != _GRAPH_OF_MODEL or end - body < _LARGE:
            parts.append(whole[start:end])
            continue
        graph = b"".join(_graph(whole, view, body, end, pieces))
        parts += (_head(_GRAPH_OF_MODEL, len(graph)), graph)
    return b"".join(parts), pieces


def _graph(
    whole: memoryview, view: Array, body: int, end: int, pieces: list[Array]
) -> Iterator[bytes | memoryview]:
    kept = body
    for field, start, inner, stop in _fields(whole, body, end):
        if field == _INITIALIZER_OF_GRAPH and stop - inner >= _LARGE:
            tensor = b"".join(_tensor(whole, view, inner, stop, pieces))
            yield whole[kept:start]
            yield _head(_INITIALIZER_OF_GRAPH, len(tensor))
            yield tensor
            kept = stop
    yield whole[kept:end]


def _tensor(
    whole: memoryview, view: Array, body: int, end: int, pieces: list[Array]
) -> Iterator[bytes | memoryview]:
    for field, start, inner, stop in _fields(whole, body, end):
        if field == _RAW_DATA_OF_TENSOR and stop - inner >= _LARGE // 2:
            key, value = INLINE.encode(), str(len(pieces)).encode()
            note = _head(1, len(key)) + key + _head(2, len(value)) + value
            yield _head(_EXTERNAL_DATA_OF_TENSOR, len(note)) + note
            pieces.append(view[inner:stop])
        else:
            yield whole[start:stop]


def _fields(whole: memoryview, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """(number, start, start of the body, end) of each field of a message; only length-delimited ones have a body."""
    while at < end:
        start = at
        tag, at = _varint(whole, at, end)
        kind = tag & 7
        size = 0
        if kind == 0:
            _, at = _varint(whole, at, end)
        elif kind == 2:
            size, at = _varint(whole, at, end)
        elif kind == 1:
            at += 8
        elif kind == 5:
            at += 4
        else:
            raise WireError(f"wire type {kind}")
        if at + size > end:
            raise WireError("cut short")
        yield tag >> 3 if kind == 2 else 0, start, at, at + size
        at += size


def _varint(whole: memoryview, at: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while at < end and shift < 70:
        byte = whole[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise WireError("cut short")


def _head(field: int, length: int) -> bytes:
    """The head of a length-delimited field."""
    encoded = bytearray([field << 3 | 2])
    while length >= 0x80:
        encoded.append(length & 0x7F | 0x80)
        length >>= 7
    encoded.append(length)
    return bytes(encoded)
