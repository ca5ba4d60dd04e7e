# SPDX-License-Identifier: Apache-2.0
"""MLIR bytecode, read and written.

The bindings neither survive damaged bytecode nor give the data of resources back.  So a child process reads the
bytecode and writes it anew, and the data is taken out of what it wrote: section 5 of that holds the data, section 6 the
handles and sizes, section 0 how the handles are spelled (MLIR's BytecodeFormat.md).
"""

from __future__ import annotations

import io
import pickle
import re
from collections.abc import Iterator
from typing import IO

import numpy as np

from ..bindings import ir
from ..diagnostics import DiagnosticError, error_at, from_mlir_error, relocated
from ..elements.resources import BLOB_HEADER, ResourceTable, handle_of, resource_of
from ..onnx import make_op_classes
from ..ops.attributes import get_attribute
from ..text_scanner import STRING
from ..types import Array
from .resource_text import handle_of_spelling, remember_mlir_resources
from .untrusted_input import check_names, run_in_child

BYTECODE_MAGIC = b"ML\xefR"

_STRINGS, _RESOURCES, _RESOURCE_OFFSETS = 0, 5, 6
_ALIGNED = 0x80
_BLOB = 0
_LEFT_OUT = "__elided__"
"""The handle that stands in an outline instead of elements."""
_USE = re.compile(rf"\bdense_resource<({STRING}|[\w$.-]+)>", re.DOTALL)


def parse_bytecode(source: bytes, context: ir.Context, filename: str) -> ir.Module:
    """The module in `source`; raises DiagnosticError."""

    def rewrite(stream: IO[bytes]) -> None:
        try:
            module = ir.Module.parse(source, context)
        except ir.MLIRError as error:
            pickle.dump(from_mlir_error(error), stream)
            return
        # What cannot be printed, or has names that are no text, ends the process sooner or later.
        check_names(_outline(module, with_locations=True), filename, 1)
        module.operation.write_bytecode(stream)

    rewritten = run_in_child(rewrite, len(source))
    if rewritten is None:
        raise error_at("the bytecode is damaged", filename)
    if not rewritten.startswith(BYTECODE_MAGIC):
        raise DiagnosticError(*(relocated(d, filename) for d in pickle.loads(rewritten)))
    module = ir.Module.parse(rewritten, context)
    _remember_resources(module, rewritten)
    make_op_classes(module)
    return module


def _outline(module: ir.Module, *, with_locations: bool = False) -> str:
    """The module's text but for the elements of constants and the data of resources."""
    return module.operation.get_asm(
        assume_verified=True,
        large_elements_limit=0,
        large_resource_limit=0,
        print_generic_op_form=with_locations,
        enable_debug_info=with_locations,
    )


def _remember_resources(module: ir.Module, bytecode: bytes) -> None:
    """Put the data of the module's resources into the context's table; `bytecode` is what the module was read from.

    To print the data and to read the text takes 0.6 s and 250 MB for 80 MB; this takes a tenth.  But where MLIR had to
    rename a handle, because the context had it already, only the text tells.
    """
    table = ResourceTable.of(module.context)
    blobs = dict(_blobs(bytecode))
    if not any(blob is not None for blob in blobs.values()):
        return
    used = set(map(handle_of_spelling, _USE.findall(_outline(module))))
    if used - {_LEFT_OUT} != blobs.keys() - {_LEFT_OUT}:
        text = module.operation.get_asm(assume_verified=True, large_elements_limit=0)
        remember_mlir_resources(text, module.context)
        return
    found = {handle: blob for handle, blob in blobs.items() if blob is not None}
    table.resources.update(found)
    table.mlir_backed |= found.keys()


def _blobs(bytecode: bytes) -> Iterator[tuple[str, Array | None]]:
    """Each handle, and its data behind a header as in text, if it has any.  The bytecode must be MLIR's own."""
    start = bytecode.index(b"\0") + 1  # behind version and producer
    sections: dict[int, tuple[int, int]] = {}
    while start < len(bytecode):
        kind = bytecode[start]
        size, start = _number(bytecode, start + 1)
        if kind & _ALIGNED:
            alignment, start = _number(bytecode, start)
            start += -start % alignment
        sections[kind & ~_ALIGNED] = start, start + size
        start += size
    if _RESOURCE_OFFSETS not in sections:
        return
    strings = _strings(bytecode, sections[_STRINGS][0])
    (data, _), (start, end) = sections[_RESOURCES], sections[_RESOURCE_OFFSETS]
    _, start = _number(bytecode, start)  # how many groups are not of dialects
    while start < end:
        _, start = _number(bytecode, start)  # whose the group is
        count, start = _number(bytecode, start)
        for _ in range(count):
            key, start = _number(bytecode, start)
            size, start = _number(bytecode, start)
            kind = bytecode[start]
            start += 1
            blob = _blob(bytecode, data, size) if kind == _BLOB and size else None
            yield strings[key], blob
            data += size


def _blob(bytecode: bytes, start: int, size: int) -> Array:
    """An entry of `size` bytes: its alignment, the size of the data, what aligns the data, and that."""
    alignment, behind = _number(bytecode, start)
    length, _ = _number(bytecode, behind)
    blob = np.empty(BLOB_HEADER + length, np.uint8)
    blob[:BLOB_HEADER] = np.array([alignment], "<u4").view(np.uint8)
    blob[BLOB_HEADER:] = np.frombuffer(bytecode, np.uint8, length, start + size - length)
    return blob


def _strings(bytecode: bytes, start: int) -> list[str]:
    """All strings: how many, the lengths from the last to the first, and then the strings, each with a NUL behind."""
    count, start = _number(bytecode, start)
    lengths: list[int] = []
    for _ in range(count):
        length, start = _number(bytecode, start)
        lengths.append(length)
    strings: list[str] = []
    for length in reversed(lengths):
        strings.append(bytecode[start : start + length - 1].decode("utf-8", "surrogateescape"))
        start += length
    return strings


def _number(bytecode: bytes, start: int) -> tuple[int, int]:
    """A number, and where it ends: the zeros below its lowest one say how many bytes follow the first."""
    first = bytecode[start]
    if not first:
        return int.from_bytes(bytecode[start + 1 : start + 9], "little"), start + 9
    size = (first & -first).bit_length()
    return int.from_bytes(bytecode[start : start + size], "little") >> size, start + size


def to_bytecode(module: ir.Module | ir.Operation | ir.OpView) -> bytes:
    """The module as MLIR bytecode, resources included."""
    operation = module.operation
    with operation.context:
        _give_resources_to_mlir(operation)
    buffer = io.BytesIO()
    operation.write_bytecode(buffer)
    return buffer.getvalue()


def _give_resources_to_mlir(operation: ir.Operation) -> None:
    """Bytecode carries only blobs that MLIR holds: puts every resource of ours where MLIR sees it."""
    table = ResourceTable.of(operation.context)
    ours = table.resources.keys() - table.mlir_backed
    if not ours:
        return

    def backed(attribute: object) -> ir.Attribute | None:
        """The attribute with data that MLIR holds; None if nothing is to be done."""
        if isinstance(attribute, ir.ArrayAttr):
            # Those of arguments: an array of dictionaries.
            items = list(attribute)
            new = [backed(item) if isinstance(item, ir.DictAttr) else None for item in items]
            if not any(new):
                return None
            return ir.ArrayAttr.get([each or item for each, item in zip(new, items, strict=True)])
        if isinstance(attribute, ir.DictAttr):
            entries = {entry.name: entry.attr for entry in attribute}
            changed = {name: found for name, value in entries.items() if (found := backed(value))}
            return ir.DictAttr.get(entries | changed) if changed else None
        handle = handle_of(attribute)
        if handle not in ours or not isinstance(attribute, ir.Attribute):
            return None
        resource = resource_of(attribute)
        if resource is None:
            return None
        array = resource.array()
        data = array.reshape(-1).view(np.uint8)
        type_ = ir.Type.parse(str(attribute).rpartition(" : ")[2])
        found = ir.DenseResourceElementsAttr.get_from_buffer(
            data, handle, type_, alignment=array.itemsize
        )
        name_in_mlir = handle_of(found) or handle
        table.resources[name_in_mlir] = resource
        table.mlir_backed.add(name_in_mlir)
        return found

    def visit(op: ir.Operation) -> ir.WalkResult:
        for name in op.attributes:
            if found := backed(get_attribute(op, name)):
                op.attributes[name] = found
        return ir.WalkResult.ADVANCE

    operation.walk(visit)
