# SPDX-License-Identifier: Apache-2.0
"""Elements attributes read from their text: what the bindings cannot hand out as memory."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ..text_scanner import STRING, skip_brackets
from ..types import BY_ASM, Array, ElementType, element_part

_TYPE = re.compile(r" : tensor<((?:\d+x)*)(.*)>", re.DOTALL)
_NUMBER = re.compile(r"0x[0-9A-Fa-f]+|-?[\d.]+(?:[eE][-+]?\d+)?|true|false")
_STRING = re.compile(STRING, re.DOTALL)
_ESCAPE = re.compile(rb'\\([0-9A-Fa-f]{2}|[nt"\\])')
_ESCAPED = {b"n": b"\n", b"t": b"\t", b'"': b'"', b"\\": b"\\"}


def unquote(literal: str) -> str:
    """The characters of an MLIR string literal, given with its quotes; escapes are bytes of UTF-8."""

    def character(match: re.Match[bytes]) -> bytes:
        return _ESCAPED.get(match[1]) or bytes.fromhex(match[1].decode())

    return _ESCAPE.sub(character, literal[1:-1].encode()).decode("utf-8", "surrogateescape")


def quote(text: str) -> str:
    r"""The MLIR string literal for `text`: bytes of UTF-8, those that are not printable ASCII as `\XX`."""
    plain = (
        chr(byte) if 0x20 <= byte < 0x7F and byte not in b'"\\' else f"\\{byte:02X}"
        for byte in text.encode("utf-8", "surrogateescape")
    )
    return f'"{"".join(plain)}"'


def parse_elements(text: str) -> Array | None:
    """The array of a `dense<...> : tensor<...>` or `sparse<...> : tensor<...>` attribute.

    None if the element type is not ONNX's or the text is of another form.  Cost is linear in the text.
    """
    if text.startswith("sparse<"):
        parts = sparse_parts(text)
        if parts is None:
            return None
        shape, indices, values = parts
        array = np.full(shape, "" if values.dtype.kind == "O" else 0, values.dtype)
        if len(indices):
            array[tuple(indices.T)] = values
        return array
    parts_of_dense = _parts(text)
    return None if parts_of_dense is None else _dense(*parts_of_dense)


def sparse_parts(text: str) -> tuple[tuple[int, ...], Array, Array] | None:
    """(shape, indices, values) of a sparse attribute's text, as for `sparse_text`; None if it is no such text."""
    parts = _parts(text) if text.startswith("sparse<") else None
    if parts is None:
        return None
    body, shape, row = parts
    split = skip_brackets(body, 0) if body.startswith("[") else max(0, body.find(","))
    numbers = [int(number) for number in re.findall(r"\d+", body[:split])]
    if not body.startswith("["):
        numbers *= len(shape)  # `sparse<0, 1.0>` has one index for all axes.
    count = len(numbers) // max(1, len(shape))
    values = _dense(body[split:].removeprefix(",").strip(), (count,), row)
    indices = np.array(numbers, np.int64).reshape(count, len(shape))
    return shape, indices, np.ascontiguousarray(values)


def _parts(text: str) -> tuple[str, tuple[int, ...], ElementType] | None:
    """What stands between the brackets of an elements attribute, its shape, and its element type."""
    opening = text.find("<")
    if opening < 0:
        return None
    closing = skip_brackets(text, opening)
    type_ = _TYPE.fullmatch(text, closing)
    row = BY_ASM.get(element_part(type_[2])) if type_ else None
    if type_ is None or row is None:
        return None
    return text[opening + 1 : closing - 1], tuple(map(int, type_[1].split("x")[:-1])), row


def _dense(body: str, shape: tuple[int, ...], row: ElementType) -> Array:
    if row.bits == 0:
        values = np.array([unquote(literal) for literal in _STRING.findall(body)], np.object_)
    elif body.startswith('"0x'):
        data = bytes.fromhex(body[3:-1])
        # A splat of a type narrower than a byte, and of bool, is one byte too.
        values = np.frombuffer(data, row.storage if row.dtype.kind not in "cb" else row.dtype).view(
            row.dtype
        )
    else:
        values = _numbers(body, row)
    if values.size == 1:
        return np.broadcast_to(values.reshape(()), shape)
    return values.reshape(shape)


def _numbers(body: str, row: ElementType) -> Array:
    tokens = _NUMBER.findall(body)
    if row.dtype.kind == "c":
        scalar = np.dtype(f"f{row.dtype.itemsize // 2}")
        flat = np.array([_number(token, scalar, scalar) for token in tokens], scalar)
        return flat.view(row.dtype)
    return np.array([_number(token, row.dtype, row.storage) for token in tokens], row.dtype)


def _number(token: str, dtype: np.dtype[Any], storage: np.dtype[Any]) -> object:
    """One element; a hexadecimal number is a bit pattern where the type is a float."""
    if token in ("true", "false"):
        return token == "true"
    is_integer = dtype.kind in "iu" or "int" in dtype.name
    if token.startswith("0x"):
        bits = int(token, 16)
        return bits if is_integer else np.array(bits, f"u{storage.itemsize}").view(dtype)[()]
    return int(token) if is_integer else float(token)
