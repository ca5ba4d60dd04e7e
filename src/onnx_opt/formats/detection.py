# SPDX-License-Identifier: Apache-2.0
"""Which format a file has: an input's content or name says it; for an output `--emit`, or else the suffix."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from ..errors import CommandError
from . import mlir_bytecode, mlir_text, onnx_model
from .format import Format

if TYPE_CHECKING:
    from ..files.inputs import InputFile

FORMATS = (mlir_text.FORMAT, mlir_bytecode.FORMAT, onnx_model.FORMAT)
"""All formats; the last that recognises an input is the input's."""


def format_of_input(file: InputFile) -> Format:
    """The format of an input; text recognises all."""
    return next(known for known in reversed(FORMATS) if known.recognises(file))


def format_of_output(emit: str, name: str) -> Format:
    """What `--emit` asks for, else what the suffix of the output's name says, else text; raises CommandError."""
    suffix = emit or PurePath(name).suffix.lower().removeprefix(".")
    if f".{suffix}" in onnx_model.TEXT_SUFFIXES:
        raise CommandError(
            f"'{name}': models are read from .{suffix} files, but written as .onnx only; say --emit=mlir for MLIR text"
        )
    return next((known for known in FORMATS if known.name == suffix), mlir_text.FORMAT)
