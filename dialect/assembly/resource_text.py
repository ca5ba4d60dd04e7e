# SPDX-License-Identifier: Apache-2.0
"""The `{-# dialect_resources: {...} #-}` section at the end of a module's text, read and written.

    {-#
      dialect_resources: {
        builtin: {
          w0: "0x040000000000803F"
        }
      }
    #-}

A blob is hexadecimal: four bytes of alignment, little-endian, then the data.
"""

from __future__ import annotations

import re
from binascii import a2b_hex
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from mmap import mmap

import numpy as np

from ..bindings import ir
from ..elements.literals import unquote
from ..elements.resources import Blob, Resource, ResourceTable, release
from ..text_scanner import STRING
from ..types import Array

_BLOB = re.compile(rf'(?P<handle>{STRING}|[\w$.-]+)\s*:\s*"0x', re.DOTALL)
_BLOB_IN_BYTES = re.compile(_BLOB.pattern.encode(), re.DOTALL)
_ONLY_BUILTIN = re.compile(
    r"\{-#\s*dialect_resources\s*:\s*\{\s*builtin\s*:\s*\{[\s,]*\}\s*,?\s*\}\s*,?\s*#-\}\s*"
)
_USE = re.compile(rf"\bdense_resource<(?P<handle>{STRING}|[\w$.-]+)>", re.DOTALL)
_LONGEST_END = 64
_HEADER = 4
"""Bytes before the data: the alignment."""
_OPENING = "\n{-#\n  dialect_resources: {\n    builtin: {\n"
_CLOSING = "\n    }\n  }\n#-}\n"


def handle_of_spelling(spelling: str) -> str:
    """The handle that stands in a text with quotes or without."""
    return unquote(spelling) if spelling.startswith('"') else spelling


def take_resources(source: str, context: ir.Context) -> str:
    """Keep the blobs of `source` in the context's table and give the text without them.

    A handle that the context has already is renamed, in its uses too.  A section that holds more than builtin blobs
    stays in the text, for MLIR to judge.
    """
    opening = source.rfind("{-#")
    if opening < 0:
        return source
    blobs: dict[str, Blob] = {}
    between: list[str] = []
    position = opening
    for spelling, data, start, end in _blobs(source, opening):
        between.append(source[position:start])
        position = end
        blobs[spelling] = data
    between.append(source[position:])
    if not _ONLY_BUILTIN.fullmatch("".join(between)):
        remember_mlir_resources(source, context)
        return source
    return adopt_blobs(source[:opening], blobs, context)


def adopt_blobs(body: str, blobs: Mapping[str, Blob], context: ir.Context) -> str:
    """Put blobs, by handles as `body` spells them, into the context's table; gives `body` with their names there."""
    table = ResourceTable.of(context)
    renamed: dict[str, str] = {}
    for spelling, data in blobs.items():
        name = handle_of_spelling(spelling)
        fresh = table.free_handle(name)
        table.resources[fresh] = data
        if fresh != name:
            renamed[spelling] = f'"{fresh}"' if spelling.startswith('"') else fresh
    if not renamed:
        return body
    return _USE.sub(
        lambda use: f"dense_resource<{renamed.get(use['handle'], use['handle'])}>", body
    )


def cut_resources(source: bytes | mmap) -> tuple[bytes | mmap, dict[str, Blob]]:
    """The text without a section of plain blobs at its end, and those, by their handles as they are spelled.

    What is not as MLIR prints it stays for `take_resources`.  So the digits never become a part of a str, nor are they
    looked through for literals: 0.5 s of 2.3 for 180 MB.
    """
    if not source[-_LONGEST_END:].rstrip().endswith(b"#-}"):
        return source, {}
    opening = source.find(b"{-#")
    section = source[opening:]
    if isinstance(source, mmap):
        release(np.frombuffer(source, np.uint8))
    blobs: dict[str, Blob] = {}
    between: list[bytes] = []
    position = 0
    while blob := _BLOB_IN_BYTES.search(section, position):
        end = section.find(b'"', blob.end())
        digits = memoryview(section)[blob.end() : end]
        try:
            blobs[blob["handle"].decode()] = _blob(digits)
        except ValueError:
            return source, {}
        between.append(section[position : blob.start()])
        position = end + 1
    between.append(section[position:])
    if (
        not blobs
        or b"\0" in section
        or not _ONLY_BUILTIN.fullmatch(b"".join(between).decode("latin-1"))
    ):
        return source, {}
    return source[:opening], blobs


def _blob(digits: memoryview) -> Blob:
    """What is written with these digits; raises ValueError if they are none."""
    data = a2b_hex(digits)
    return Blob(data[:_HEADER], np.frombuffer(data, np.uint8)[_HEADER:], digits)


def remember_mlir_resources(text: str, context: ir.Context) -> None:
    """Copy the blobs that MLIR keeps itself into the context's table; `text` is the module's, as MLIR prints it."""
    opening = text.rfind("{-#")
    if opening < 0:
        return
    table = ResourceTable.of(context)
    for spelling, data, _, _ in _blobs(text, opening):
        name = handle_of_spelling(spelling)
        table.resources[name] = data
        table.mlir_backed.add(name)


def _blobs(text: str, position: int) -> Iterator[tuple[str, Blob, int, int]]:
    """The blobs from `position` on: (handle as it is spelled, bytes, where the blob begins, and where it ends)."""
    while blob := _BLOB.search(text, position):
        end = text.find('"', blob.end())
        if end < 0:
            return
        position = end + 1
        with suppress(ValueError):  # no digits: MLIR will say so
            digits = text[blob.end() : end].encode("ascii", "replace")
            yield blob["handle"], _blob(memoryview(digits)), blob.start(), position


def resource_section(
    spellings: Iterable[str],
    resources: Mapping[str, Blob | Resource],
    elide_larger_than: int | None,
) -> Iterator[str]:
    """The section, in pieces, for handles as a text spells them; nothing if no resource stands behind any.

    elide_larger_than: leave out resources with more elements.
    """
    separator = _OPENING
    for spelling in spellings:
        resource = resources.get(handle_of_spelling(spelling))
        if resource is None:
            continue
        size = resource.source.size if isinstance(resource, Resource) else resource.data.size
        if elide_larger_than is not None and size > elide_larger_than:
            continue
        yield f'{separator}      {spelling}: "0x'
        if isinstance(resource, Resource):
            yield _hex(np.array([resource.dtype.itemsize], "<u4"))
            yield from map(_hex, resource.blocks())
        else:
            yield _digits(resource)
        yield '"'
        separator = ",\n"
    if separator != _OPENING:
        yield _CLOSING


def _digits(blob: Blob) -> str:
    if blob.digits is None:
        return (blob.alignment + blob.data.tobytes()).hex().upper()
    digits = bytes(blob.digits)
    # Which MLIR writes are capitals: to look for others takes a tenth of the time that making them takes.
    is_lower = any(letter in digits for letter in b"abcdef")
    return (digits.upper() if is_lower else digits).decode()


def _hex(array: Array) -> str:
    return np.ascontiguousarray(array).tobytes().hex().upper()
