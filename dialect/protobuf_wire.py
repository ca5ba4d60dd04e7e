# SPDX-License-Identifier: Apache-2.0
"""Protobuf's wire format, as far as a model is read and written without protobuf.

A message is a sequence of fields: a tag (`number << 3 | wire type`) and a value.  The value of a length-delimited field
is its length and its body.  Tags, lengths and integers are varints: seven bits a byte, the lowest first; the last byte
is below 128.

Source: protobuf's encoding documentation; onnx.proto for the numbers of fields.  Only bytes, so light to import.
"""

from __future__ import annotations

from functools import lru_cache
from mmap import mmap

GRAPH_OF_MODEL, NODE_OF_GRAPH, INITIALIZER_OF_GRAPH, NODE_OF_FUNCTION = 7, 1, 5, 7
INPUT_OF_NODE, OUTPUT_OF_NODE, NAME_OF_NODE = 1, 2, 3
NAME_OF_TENSOR, RAW_DATA_OF_TENSOR, EXTERNAL_DATA_OF_TENSOR = 8, 9, 13

LARGEST_MESSAGE = (1 << 31) - 1
"""Bytes of the largest message that protobuf reads."""

VARINT, FIXED64, DELIMITED, FIXED32 = 0, 1, 2, 5
_MODEL_FIELDS = {
    1: VARINT, 2: DELIMITED, 3: DELIMITED, 4: DELIMITED, 5: VARINT, 6: DELIMITED, GRAPH_OF_MODEL: DELIMITED,
    8: DELIMITED, 14: DELIMITED, 20: DELIMITED, 25: DELIMITED, 26: DELIMITED,
}  # fmt: skip
"""The fields of a ModelProto and their wire types."""


def read_varint(data: bytes | mmap | memoryview, at: int, end: int) -> tuple[int, int]:
    """The varint at `at`, and where what follows it begins.

    One that is cut short ends at `end`, as if only zeros followed.
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


@lru_cache(maxsize=256)
def field_head(number: int, length: int) -> bytes:
    """Tag and length of a length-delimited field, which its body follows."""
    encoded = bytearray([number << 3 | DELIMITED])
    while length >= 0x80:
        encoded.append(length & 0x7F | 0x80)
        length >>= 7
    encoded.append(length)
    return bytes(encoded)


def text_field(number: int, value: str) -> bytes:
    """A field that holds a string."""
    body = value.encode()
    return field_head(number, len(body)) + body


def message_fields(number: int, messages: list[bytes]) -> bytes:
    """A field for each message."""
    return b"".join([field_head(number, len(message)) + message for message in messages])


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
        if wire_type == DELIMITED:
            at += value
    # A whole model has a graph; of one cut short we have seen the IR version, which comes first.
    return GRAPH_OF_MODEL in seen if at == end else 1 in seen
