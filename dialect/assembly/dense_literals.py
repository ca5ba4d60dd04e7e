# SPDX-License-Identifier: Apache-2.0
"""`dense<"0x...">`: how large constants stand in text, while in memory they are resources.

MLIR would copy and hash such a literal, and onnx-mlir's own passes take no other form.  So the printer puts the
literal where MLIR printed the handle, block by block, and the reader takes it out of the text before MLIR sees that:

    "onnx.Constant"() <{value = dense_resource<w> : tensor<9xf32>}>  <->  onnx.Constant dense<"0x..."> : tensor<9xf32>

The literal is what MLIR prints for a dense attribute with the same data: one element where all are the same, a list of
up to 100, else the bytes in hexadecimal, little-endian.  But truth values are always a list: in hexadecimal they were
bits up to release 22 of MLIR, which onnx-mlir builds on, and are bytes since.  Both are read.
"""

from __future__ import annotations

import math
import re
from binascii import Error, a2b_hex, hexlify
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from mmap import mmap
from typing import TypeAlias

import numpy as np

from ..bindings import ir
from ..dataclass import dataclass, field
from ..diagnostics import Diagnostic
from ..elements.arrays import elements_attribute
from ..elements.resources import Blob, Resource, ResourceTable, release
from ..text_scanner import STRING
from ..types import BY_ASM, Array, ElementType, element_part
from .number_lists import MOST_ELEMENTS, written_lists
from .resource_text import adopt_blobs, cut_resources, handle_of_spelling

Source: TypeAlias = "bytes | mmap"

LARGE_DIGITS = 2048
"""Literals with fewer digits are left to MLIR."""

ELIDED = "dense_resource<__elided__>"
"""What MLIR prints instead of the elements that it leaves out."""

_ELIDED_HANDLE = "__elided__"
_HANDLE = rf"dense_resource<(?P<handle>{STRING}|[\w$.-]+)>"
_TENSOR = r"tensor<(?P<shape>(?:\d{1,12}x)*)(?P<element>\w+|complex<\w+>)>"
_USE = re.compile(rf"{_HANDLE}(?: : {_TENSOR})?|{STRING}", re.DOTALL)
_MAX_RANK = 32
_PIECE_BYTES = 1 << 20
_RELEASED_BYTES = 16 << 20
_OPENING = b'dense<"0x'
_TRUTH_VALUES = re.compile(r'dense<"0x(?P<digits>\w+)"> : tensor<(?P<shape>(?:\d{1,12}x)*)i1>')
_FEWEST_DIGITS = 2 * ((MOST_ELEMENTS + 8) // 8)
"""Of a list of truth values in bits, which MLIR would not read."""
_TYPE_BEHIND = re.compile(rf'">\s*:\s*{_TENSOR}'.encode())


@dataclass
class LiteralWriter:
    """Writes the elements of resources into the text that MLIR printed with their handles.

    resources: what stands behind the handles.  left_out: for each `__elided__` of the text, in order, the array or the
    literal that belongs there, or None where it stays.  elide_larger_than: `__elided__` is written instead of more
    elements.  inline: literals for the handles of onnx ops; otherwise handles stay.  kept: the handles that stayed, as
    they are spelled, in order.
    """

    resources: Mapping[str, Blob | Resource]
    left_out: Iterator[Array | str | None]
    context: ir.Context
    elide_larger_than: int | None
    inline: bool
    kept: dict[str, None] = field(default_factory=dict[str, None])

    def text(self, lines: Iterable[str]) -> Iterator[str]:
        """The text of `lines`, in pieces of about a megabyte."""
        pieces: list[str | Array] = []
        size = 0
        for piece in self._pieces(lines):
            pieces.append(piece)
            size += len(piece) if isinstance(piece, str) else piece.nbytes
            if size > _PIECE_BYTES:
                yield self._joined(pieces)
                pieces.clear()
                size = 0
        yield self._joined(pieces)

    def _joined(self, pieces: list[str | Array]) -> str:
        with self.context:
            lists = written_lists(piece for piece in pieces if not isinstance(piece, str))
            return "".join([each if isinstance(each, str) else next(lists) for each in pieces])

    def _pieces(self, lines: Iterable[str]) -> Iterator[str | Array]:
        """The text; arrays stand for lists."""
        for line in lines:
            position = 0
            if "xi1>" in line and "onnx." in line:
                line = _TRUTH_VALUES.sub(_truth_values, line)
            if "dense_resource<" in line:
                before, elided, after = line.partition(ELIDED)
                if elided and "dense_resource<" not in before and "dense_resource<" not in after:
                    # Nothing else to look for: a tenth of the time in a text with many lists.
                    yield before
                    yield from self._what_was_left_out()
                    yield f"{after}\n"
                    continue
                for use in _USE.finditer(line):
                    if use["handle"] is None:
                        continue
                    literal = self._instead(use, is_onnx="onnx." in line)
                    if literal is None:
                        self.kept[use["handle"]] = None
                        continue
                    yield line[position : use.start()]
                    yield from literal
                    position = use.end("handle") + 1
            yield f"{line[position:]}\n"

    def _what_was_left_out(self) -> Iterable[str | Array]:
        """What stands instead of `__elided__`, in pieces."""
        found = next(self.left_out, None)
        if found is None:
            return (ELIDED,)
        return (found,) if isinstance(found, str) else _literal_of(Resource(found))

    def _instead(self, use: re.Match[str], *, is_onnx: bool) -> Iterable[str | Array] | None:
        """What stands instead of a handle, in pieces; None if it stays."""
        if use["handle"] == _ELIDED_HANDLE:
            return self._what_was_left_out()
        resource = self._resource(use) if is_onnx else None
        if resource is None:
            return None
        with self.context:
            return self._literal(resource)

    def _resource(self, use: re.Match[str]) -> Resource | None:
        """What stands behind a handle, if it is of the type that stands beside that."""
        found = self.resources.get(handle_of_spelling(use["handle"]))
        if found is None or use["element"] is None:
            return None
        row, shape = _row_and_shape(use["shape"], use["element"])
        if row is None:
            return None
        if isinstance(found, Resource):
            return found if (found.dtype, found.shape) == (row.dtype, shape) else None
        data = found.data
        if data.size != row.dtype.itemsize * math.prod(shape):
            return None
        return Resource(data.view(row.dtype).reshape(shape))

    def _literal(self, resource: Resource) -> Iterable[str | Array] | None:
        limit = self.elide_larger_than
        is_elided = limit is not None and resource.source.size > limit
        if not self.inline:
            return (ELIDED,) if is_elided else None
        if (element := _only_element(resource)) is not None:
            return (_body(elements_attribute(element)),)
        if is_elided:
            return (ELIDED,)
        return _literal_of(resource)


def _literal_of(resource: Resource) -> Iterable[str | Array]:
    """The literal of elements that are not all the same; a list of numbers is still an array."""
    if not resource.source.size:
        return ("dense<>",)
    if resource.source.size <= MOST_ELEMENTS:
        return ("dense<", resource.array(), ">")
    if resource.dtype.kind == "b":
        return ("dense<", _listed(resource.array()), ">")
    return _hexadecimal(resource)


def _truth_values(literal: re.Match[str]) -> str:
    """A literal in bytes as a list."""
    shape = tuple(map(int, literal["shape"].split("x")[:-1]))
    array = np.frombuffer(a2b_hex(literal["digits"]), np.bool_).reshape(shape)
    return f"dense<{_listed(array)}> : tensor<{literal['shape']}i1>"


def _listed(array: Array) -> str:
    """Truth values, of shape (n, ...), as MLIR lists them."""
    if array.ndim == 1:
        words = ["true" if value else "false" for value in array.tolist()]
    else:
        words = [_listed(part) for part in array]
    return f"[{', '.join(words)}]"


def _hexadecimal(resource: Resource) -> Iterator[str]:
    yield 'dense<"0x'
    for block in resource.blocks():
        yield hexlify(_bytes(block).data).upper().decode()
    yield '">'


def _row_and_shape(shape: str, element: str) -> tuple[ElementType | None, tuple[int, ...]]:
    row = BY_ASM.get(element_part(element))
    return row if row and row.bits else None, tuple(map(int, shape.split("x")[:-1]))


def _body(attribute: ir.Attribute) -> str:
    return str(attribute).rpartition(" : ")[0]


def _bytes(block: Array) -> Array:
    return np.ascontiguousarray(block).reshape(-1).view(np.uint8)


def _only_element(resource: Resource) -> Array | None:
    """The element of which all others are copies, bit for bit, as an array without axes; else None."""
    first: Array | None = None
    for block in resource.blocks():
        flat = _bytes(block).reshape(-1, resource.dtype.itemsize)
        if not len(flat):
            return None
        if first is None:
            first = flat[0].copy()
        if (flat[:2] != first).any() or (flat != first).any():
            return None
    return None if first is None else first.view(resource.dtype).reshape(())


@dataclass(frozen=True)
class Literals:
    """What was cut out of a text.

    resources: the data, by the handle that stands in the text instead.  columns: by line, the columns in the text
    behind such handles, and how many columns were lost up to there.  blobs: of the section of resources, by the handles
    in the text.
    """

    resources: dict[str, Resource] = field(default_factory=dict[str, Resource])
    columns: dict[int, tuple[list[int], list[int]]] = field(
        default_factory=dict[int, tuple[list[int], list[int]]]
    )
    blobs: dict[str, Blob] = field(default_factory=dict[str, Blob])

    def column(self, line: int, column: int) -> int:
        """The column in the source of a position in the text."""
        behind, lost = self.columns.get(line, ((), ()))
        at = bisect_right(behind, column)
        return column + lost[at - 1] if at else column

    def column_in_text(self, line: int, column: int) -> int:
        """The column in the text of a position in the source; one inside a literal is that of its handle's end."""
        ends, amounts = self.columns.get(line, ((), ()))
        before = 0
        for behind, lost in zip(ends, amounts, strict=True):
            if column < behind + lost:
                return min(column - before, behind - 1)
            before = lost
        return column - before

    def in_source(self, diagnostic: Diagnostic) -> Diagnostic:
        """A diagnostic about the text, and its notes, at their places in the source."""
        if not self.columns:
            return diagnostic
        column = self.column(diagnostic.line, diagnostic.column)
        return replace(
            diagnostic, column=column, notes=tuple(map(self.in_source, diagnostic.notes))
        )

    def adopt(self, text: str, context: ir.Context) -> str:
        """Put the resources that `text` uses into the context's table; gives the text with their names there."""
        text = adopt_blobs(text, self.blobs, context)
        if not self.resources:
            return text
        table = ResourceTable.of(context)
        if table.resources.keys().isdisjoint(self.resources):
            table.resources.update(self.resources)
            return text

        def adopted(use: re.Match[str]) -> str:
            resource = self.resources.get(use["handle"] or "")
            if resource is None:
                return use[0]
            handle = table.free_handle(use["handle"])
            table.resources[handle] = resource
            return f"dense_resource<{handle}>"

        return re.sub(rf"{_HANDLE}|{STRING}", adopted, text, flags=re.DOTALL)


def cut_literals(
    source: Source, first_line: int = 1, *, is_one_module: bool = True
) -> tuple[bytes, Literals]:
    """The text without its large literals, and those.  Linear; of a mapped file little is in memory at a time.

    Cut are literals in lines with an onnx op whose type and data fit, and truth values in bits; all others are for MLIR
    to judge.  first_line: the number of the first line.  is_one_module: whether a section of resources is cut off, too.
    """
    stem = b"literal_"
    body, blobs = cut_resources(source) if is_one_module else (source, {})
    while True:
        text, literals = _cut(body, first_line, stem)
        literals.blobs.update(blobs)
        if isinstance(source, mmap):
            release(np.frombuffer(source, np.uint8))
        if text.count(stem) == len(literals.resources):
            return text, literals
        stem = b"x" + stem  # The text has such a name already.


def _cut(source: Source, first_line: int, stem: bytes) -> tuple[bytes, Literals]:
    literals = Literals()
    parts: list[bytes] = []
    copied = seen = line_start = lost = released = end = 0
    line, is_onnx = first_line, False
    while found := _next_literal(source, end):
        start, end = found
        between = source[seen:start]
        if newlines := between.count(b"\n"):
            line += newlines
            line_start = seen + between.rfind(b"\n") + 1
            lost, is_onnx = 0, False
        is_onnx = is_onnx or b"onnx." in between[max(0, line_start - seen) :]
        resource = _resource(source, start + len(_OPENING), end) if is_onnx else None
        if resource is None:
            seen = start
            continue
        handle = stem + b"%d" % len(literals.resources)
        literals.resources[handle.decode()] = resource
        parts += (source[copied:start], b"dense_resource<", handle, b">")
        copied = seen = end + len('">')
        lost += copied - start - len(b"dense_resource<>") - len(handle)
        behind, amounts = literals.columns.setdefault(line, ([], []))
        behind.append(copied - line_start - lost + 1)
        amounts.append(lost)
        if isinstance(source, mmap) and end - released > _RELEASED_BYTES:
            release(np.frombuffer(source, np.uint8)[released:end])
            released = end
    if not parts:
        return source[:], literals
    parts.append(source[copied:])
    return b"".join(parts), literals


def _next_literal(source: Source, position: int) -> tuple[int, int] | None:
    """Where the next literal from `position` on begins that may be cut, and where its closing quote stands."""
    while (start := source.find(_OPENING, position)) >= 0:
        end = source.find(b'"', start + len(_OPENING))
        if end < 0:
            return None
        if end - start >= _FEWEST_DIGITS:
            return start, end
        position = end
    return None


def _resource(source: Source, start: int, end: int) -> Resource | None:
    """The data whose digits are `source[start:end]`; None if they are none, or not what the type behind asks for."""
    type_ = _TYPE_BEHIND.match(source, end)
    if type_ is None:
        return None
    row, shape = _row_and_shape(type_["shape"].decode(), type_["element"].decode())
    size = math.prod(shape)
    is_bits = row is not None and row.asm == "i1" and end - start == (size + 7) // 8 * 2
    if end - start < LARGE_DIGITS and not is_bits:
        return None
    try:
        data = np.frombuffer(a2b_hex(memoryview(source)[start:end]), np.uint8)
    except Error:
        return None
    size = math.prod(shape)
    if row is None or len(shape) > _MAX_RANK:
        return None
    if row.asm == "i1" and data.size == (size + 7) // 8:
        data = np.unpackbits(
            data, count=size, bitorder="little"
        )  # as MLIR wrote it up to release 22
    if data.size != size * row.dtype.itemsize:
        return None
    # Which bits of a byte count, for a type that has fewer.
    bits = 1 if row.asm == "i1" else row.bits
    if bits < 8 and data.max() >> bits:
        return None
    return Resource(data.view(row.dtype).reshape(shape))
