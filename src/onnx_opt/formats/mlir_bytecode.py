# SPDX-License-Identifier: Apache-2.0
"""MLIR bytecode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import CommandError, os_reason
from .format import Format, Read, Write

if TYPE_CHECKING:
    from ..dialect.bindings import ir
    from ..files.inputs import InputFile, Section
    from ..files.outputs import Output
    from ..flags import Options

_MAGIC = b"ML\xefR"


def is_bytecode(file: InputFile) -> bool:
    """Whether an input begins as bytecode does."""
    return file.data[:4] == _MAGIC


def _read(file: InputFile, _: Section, context: ir.Context, __: Options) -> Read:
    from ..dialect.assembly.bytecode import parse_bytecode, read_bytecode

    if file.path is None or isinstance(file.data, bytes):
        return Read(parse_bytecode(file.data[:], context, file.name, in_fresh_context=True))
    try:
        stream = file.path.open("rb")
    except OSError as error:
        raise CommandError(f"cannot read '{file.name}': {os_reason(error)}") from None
    with stream:
        return Read(read_bytecode(stream, context, file.name, in_fresh_context=True))


def _writer(_: Read, output: Output, __: Options) -> Write:
    from ..dialect.assembly.bytecode import write_bytecode

    return lambda module: write_bytecode(module, output.write)


FORMAT = Format("mlirbc", "MLIR bytecode", is_bytecode, _read, _writer)
