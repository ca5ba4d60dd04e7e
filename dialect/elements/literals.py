# SPDX-License-Identifier: Apache-2.0
"""Elements attributes read from their text: what the bindings cannot hand out as memory."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ..text_scanner import STRING, skip_brackets
from ..types import BY_ASM, Array, ElementType, element_part

_TYPE = re.compile(r"tensor<((?:(?:\d+)x)*)(.*)>", re.DOTALL)
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
    opening = text.find("<")
    if opening < 0:
        return None
    closing = skip_brackets(text, opening)
    parsed = _TYPE.fullmatch(text[closing:].removeprefix(" : "))
    row = BY_ASM.get(element_part(parsed[2])) if parsed else None
    if parsed is None or row is None:
        return None
    shape = tuple(int(size) for size in parsed[1].split("x")[:-1])
    body = text[opening + 1 : closing - 1]
    if text.startswith("sparse"):
        return _sparse(body, shape, row)
    return _dense(body, shape, row)


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


def _sparse(body: str, shape: tuple[int, ...], row: ElementType) -> Array:
    array = np.full(shape, "", np.object_) if row.bits == 0 else np.zeros(shape, row.dtype)
    if not body:
        return array
    split = skip_brackets(body, 0) if body.startswith("[") else body.index(",")
    indices = np.array([int(token) for token in _NUMBER.findall(body[:split])], np.int64)
    values = body[split:].removeprefix(",").strip()
    if not indices.size:
        return array
    indices = (
        indices.reshape(-1, len(shape))
        if body.startswith("[[")
        else indices.reshape(-1, 1).repeat(len(shape), 1)
    )
    array[tuple(indices.T)] = _dense(values, (len(indices),), row)
    return array


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
