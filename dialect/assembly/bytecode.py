# SPDX-License-Identifier: Apache-2.0
"""MLIR bytecode, read and written.

The bindings neither survive damaged bytecode nor give the data of resources back.  So a child process reads the
bytecode and writes it anew, most often the same again, and the data is taken out of that: section 5 holds the data,
section 6 the handles and sizes, section 0 how the handles are spelled (MLIR's BytecodeFormat.md).
"""

from __future__ import annotations

import io
import os
import pickle
import re
from collections.abc import Callable, Iterator
from mmap import ACCESS_READ, mmap
from typing import IO

import numpy as np

from ..bindings import ir
from ..diagnostics import DiagnosticError, error_at, from_mlir_error, located
from ..elements.resources import Blob, ResourceTable, handle_of, resource_of
from ..onnx import make_op_classes
from ..ops.attributes import get_attribute
from ..text_scanner import STRING
from .mlir_print import printed
from .resource_text import handle_of_spelling, remember_mlir_resources
from .untrusted_input import check_names, run_in_child

BYTECODE_MAGIC = b"ML\xefR"

_STRINGS, _RESOURCES, _RESOURCE_OFFSETS = 0, 5, 6
_ALIGNED = 0x80
_BLOB = 0
_LEFT_OUT = "__elided__"
"""The handle that stands in an outline instead of elements."""
_USE = re.compile(rf"\bdense_resource<({STRING}|[\w$.-]+)>", re.DOTALL)


def parse_bytecode(
    source: bytes, context: ir.Context, filename: str, *, in_fresh_context: bool = False
) -> ir.Module:
    """The module in `source`; raises DiagnosticError.

    in_fresh_context: whether nothing was read into the context yet, so that it has no handle.
    """
    import tempfile

    with tempfile.TemporaryFile() as stream:
        stream.write(source)
        stream.flush()
        return read_bytecode(stream, context, filename, in_fresh_context=in_fresh_context)


def read_bytecode(
    stream: IO[bytes], context: ir.Context, filename: str, *, in_fresh_context: bool = False
) -> ir.Module:
    """`parse_bytecode` of an open file, which stays mapped as long as its resources are used.

    MLIR maps it, too: a copy of it in Python, and one in MLIR of each resource, took 0.1 s and 170 MB for 80 MB.
    """
    source = mmap(stream.fileno(), 0, access=ACCESS_READ)

    def rewrite(result: IO[bytes]) -> None:
        try:
            module = ir.Module.parseFile(_path(stream), context)
        except ir.MLIRError as error:
            pickle.dump(from_mlir_error(error), result)
            return
        # What cannot be printed, or has names that are no text, ends the process sooner or later.
        outline = _outline(
            module, print_generic_op_form=True, use_local_scope=True, enable_debug_info=True
        )
        check_names(outline, filename, 1)
        difference = _Difference(source, result)
        module.operation.write_bytecode(difference)
        difference.end()

    rewritten = run_in_child(rewrite, len(source))
    if rewritten is None:
        raise error_at("the bytecode is damaged", filename)
    with rewritten:
        if os.fstat(rewritten.fileno()).st_size:
            source = mmap(rewritten.fileno(), 0, access=ACCESS_READ)
            stream = rewritten
        if source[: len(BYTECODE_MAGIC)] != BYTECODE_MAGIC:
            raise DiagnosticError(*(located(d, filename) for d in pickle.loads(source)))
        module = ir.Module.parseFile(_path(stream), context)
    _remember_resources(module, source, in_fresh_context=in_fresh_context)
    make_op_classes(module)
    return module


def _path(stream: IO[bytes]) -> str:
    """By which MLIR opens a file that is open already: the very same one, whatever has its name by now."""
    return f"/dev/fd/{stream.fileno()}"


class _Difference:
    """A stream that passes on all that comes, unless it is what `source` holds: then it passes on nothing.

    So the child writes no file of its own, and the parent reads none: 0.2 s of 1.3 for 80 MB.
    """

    def __init__(self, source: mmap, result: IO[bytes]) -> None:
        self._source, self._result = source, result
        self._same = 0
        self._differs = False

    def write(self, piece: bytes) -> None:
        """Take what comes next."""
        end = self._same + len(piece)
        if not self._differs and self._source[self._same : end] == piece:
            self._same = end
        else:
            self._pass_on()
            self._result.write(piece)

    def end(self) -> None:
        """Nothing follows."""
        if self._same < len(self._source):
            self._pass_on()

    def _pass_on(self) -> None:
        if not self._differs:
            self._result.write(self._source[: self._same])
        self._differs = True


def _outline(module: ir.Module, **flags: bool) -> str:
    """The module's text but for the elements of constants and the data of resources."""
    return printed(
        module.operation,
        assume_verified=True,
        large_elements_limit=0,
        large_resource_limit=0,
        **flags,
    )


def _remember_resources(module: ir.Module, bytecode: mmap, *, in_fresh_context: bool) -> None:
    """Put the data of the module's resources into the context's table; `bytecode` is what the module was read from.

    To print the data and to read the text takes 0.6 s and 250 MB for 80 MB; this takes a tenth.  But where MLIR had to
    rename a handle, because the context had it already, only the text tells.
    """
    table = ResourceTable.of(module.context)
    blobs = dict(_blobs(bytecode))
    if not any(blobs.values()):
        return
    if not in_fresh_context:
        used = set(map(handle_of_spelling, _USE.findall(_outline(module))))
        if used - {_LEFT_OUT} != blobs.keys() - {_LEFT_OUT}:
            text = module.operation.get_asm(assume_verified=True, large_elements_limit=0)
            remember_mlir_resources(text, module.context)
            return
    found = {handle: blob for handle, blob in blobs.items() if blob is not None}
    table.resources.update(found)
    table.mlir_backed |= found.keys()


def _blobs(bytecode: mmap) -> Iterator[tuple[str, Blob | None]]:
    """Each handle, and its data, if it has any.  The bytecode must be MLIR's own."""
    start = bytecode.find(b"\0") + 1  # behind version and producer
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


def _blob(bytecode: mmap, start: int, size: int) -> Blob:
    """An entry of `size` bytes: its alignment, the size of the data, what aligns the data, and that."""
    alignment, behind = _number(bytecode, start)
    length, _ = _number(bytecode, behind)
    data = np.frombuffer(bytecode, np.uint8, length, start + size - length)
    return Blob(alignment.to_bytes(4, "little"), data)


def _strings(bytecode: mmap, start: int) -> list[str]:
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


def _number(bytecode: bytes | mmap, start: int) -> tuple[int, int]:
    """A number, and where it ends: the zeros below its lowest one say how many bytes follow the first."""
    first = bytecode[start]
    if not first:
        return int.from_bytes(bytecode[start + 1 : start + 9], "little"), start + 9
    size = (first & -first).bit_length()
    return int.from_bytes(bytecode[start : start + size], "little") >> size, start + size


def to_bytecode(module: ir.Module | ir.Operation | ir.OpView) -> bytes:
    """The module as MLIR bytecode, resources included."""
    buffer = io.BytesIO()
    write_bytecode(module, buffer.write)
    return buffer.getvalue()


def write_bytecode(
    module: ir.Module | ir.Operation | ir.OpView, write: Callable[[bytes], object]
) -> None:
    """`to_bytecode` in pieces.  What `write` raises, it raises: MLIR does not survive it."""
    operation = module.operation
    with operation.context:
        _give_resources_to_mlir(operation)
    sink = _Sink(write)
    operation.write_bytecode(sink)
    if sink.error:
        raise sink.error


class _Sink:
    """A stream that keeps to itself that it failed."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self.error: BaseException | None = None

    def write(self, piece: bytes) -> None:
        """Take what comes next, or nothing any more."""
        if self.error:
            return
        try:
            self._write(piece)
        except BaseException as error:
            self.error = error


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
