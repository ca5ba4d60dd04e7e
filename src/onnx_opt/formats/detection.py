# SPDX-License-Identifier: Apache-2.0
"""The three formats of a module: MLIR text, MLIR bytecode and .onnx models.

An input's format is told by its content, and only that of a model in text by its name; an output's by `--emit` or by
the file's suffix.
"""

from __future__ import annotations

from enum import Enum
from mmap import mmap
from pathlib import PurePath
from typing import TYPE_CHECKING

from ..dialect.protobuf_wire import is_model
from ..errors import CommandError

if TYPE_CHECKING:
    from ..files.inputs import InputFile

_BYTECODE_MAGIC = b"ML\xefR"
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"


class Format(Enum):
    """A way to write a module down; the value is the suffix, and what `--emit` calls it."""

    MLIR = "mlir"
    MLIRBC = "mlirbc"
    ONNX = "onnx"


_MODEL_TEXT = (".onnxtxt", ".onnxtext", ".textproto", ".prototxt", ".pbtxt", ".json", ".onnxjson")
"""The suffixes of models in onnx's text formats, which only their names tell apart."""


def format_of_input(file: InputFile) -> Format:
    """The format of an input; raises CommandError if it only stands for a file that is elsewhere."""
    if file.data[: len(_LFS_POINTER)] == _LFS_POINTER:
        raise CommandError(
            "this is only the pointer that Git LFS keeps in place of the file; `git lfs pull` gets the file itself",
            file.name,
        )
    suffix = PurePath(file.name).suffix.lower()
    if suffix in _MODEL_TEXT:
        return Format.ONNX
    found = format_of_content(file.data)
    # What is called a model, and is not even bytecode, is a damaged model.
    return Format.ONNX if found is Format.MLIR and suffix == ".onnx" else found


def format_of_content(data: bytes | mmap) -> Format:
    """The format of an input; whatever is neither bytecode nor a model is taken for text."""
    if data[:4] == _BYTECODE_MAGIC:
        return Format.MLIRBC
    return Format.ONNX if is_model(data) else Format.MLIR


def format_of_output(emit: str, name: str) -> Format:
    """What `--emit` asks for, else what the suffix of the output's name says, else text; raises CommandError."""
    suffix = emit or PurePath(name).suffix.lower().removeprefix(".")
    if f".{suffix}" in _MODEL_TEXT:
        raise CommandError(
            f"'{name}': models are read from .{suffix} files, but written as .onnx only; say --emit=mlir for MLIR text"
        )
    return next((known for known in Format if known.value == suffix), Format.MLIR)


def text_of(file: InputFile) -> str:
    """The content of a text file; raises CommandError if it is no text."""
    data = file.data[:]
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        if b"\0" in data:
            raise CommandError(f"'{file.name}' {_NOT_OURS}") from None
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise CommandError(
            f"byte 0x{data[error.start]:02x} is not valid UTF-8", f"{file.name}:{line}:{column}"
        ) from None
    if "\0" in text:
        raise CommandError(f"'{file.name}' {_NOT_OURS}")
    return text.removeprefix("\ufeff")


_NOT_OURS = "is neither MLIR text nor MLIR bytecode nor an ONNX model"
