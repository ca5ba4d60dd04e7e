# SPDX-License-Identifier: Apache-2.0
"""MLIR bytecode."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    from ..dialect.assembly.reader import parse

    return Read(parse(file.data[:], context=context, filename=file.name))


def _writer(_: Read, output: Output, __: Options) -> Write:
    from ..dialect.assembly.bytecode import to_bytecode

    return lambda module: output.write(to_bytecode(module))


FORMAT = Format("mlirbc", "MLIR bytecode", is_bytecode, _read, _writer)
