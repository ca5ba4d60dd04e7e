# SPDX-License-Identifier: Apache-2.0
"""Bytes to ModelProto, in every serialization that onnx reads."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import cast

import onnx
from google.protobuf.message import DecodeError

from ..dialect.diagnostics import error_at
from ..dialect.protobuf_wire import WireError, cut

_FORMATS = {
    ".onnxtxt": "onnxtxt",
    ".onnxtext": "onnxtxt",
    ".textproto": "textproto",
    ".prototxt": "textproto",
    ".pbtxt": "textproto",
    ".json": "json",
    ".onnxjson": "json",
}
SUFFIXES = (".onnx", *_FORMATS)
"""Suffixes of the files that `import_model` reads; a file with any other is taken for protobuf."""

CUT_FROM = 128 << 20
"""Smaller files are quicker copied by protobuf than looked through by us."""


@dataclass(frozen=True)
class LoadedModel:
    """A model's message, and where the rest of it is.

    name: what diagnostics call it.  folder: that of its external data; None if it does not come from a file.
    pieces: data of initializers that was left in the model's bytes (`cut`).  files: those of its external data,
    links followed; known once it is imported.
    """

    model: onnx.ModelProto
    name: str
    folder: Path | None
    pieces: list[memoryview] = field(default_factory=list[memoryview])
    files: set[Path] = field(default_factory=set[Path])


def load(
    source: bytes | mmap | str | os.PathLike[str] | onnx.ModelProto, filename: str
) -> LoadedModel:
    """Read a model.  Raises DiagnosticError."""
    if isinstance(source, onnx.ModelProto):
        return LoadedModel(source, filename, _folder(filename))
    if isinstance(source, (str, os.PathLike)):
        filename = os.fspath(source)
        try:
            source = _read(Path(source))
        except OSError as error:
            raise error_at(f"cannot read the model: {error.strerror}", filename) from None
    format_ = _FORMATS.get(Path(filename).suffix.lower())
    if format_ is not None:
        return LoadedModel(_parse_text(source[:], format_, filename), filename, _folder(filename))
    return _parse(source, filename)


def _read(path: Path) -> bytes | mmap:
    with path.open("rb") as stream:
        if os.fstat(stream.fileno()).st_size >= CUT_FROM:
            return mmap(stream.fileno(), 0, access=ACCESS_READ)
        return stream.read()


def _folder(filename: str) -> Path | None:
    return None if filename in ("-", "<stdin>", "") else Path(filename).parent


def _parse(source: bytes | mmap, filename: str) -> LoadedModel:
    model = onnx.ModelProto()
    pieces: list[memoryview] = []
    try:
        rest: bytes | mmap = source
        if len(source) >= CUT_FROM:
            rest, pieces = cut(source)
        # The protobuf runtime takes a mapped file only as a buffer.
        model.ParseFromString(cast(bytes, memoryview(rest)))
    except (DecodeError, ValueError, WireError):
        damaged = "not an ONNX model, or one that is cut short or damaged"
        raise error_at(damaged, filename) from None
    if not model.HasField("graph"):
        raise error_at("not an ONNX model: it has no graph", filename)
    return LoadedModel(model, filename, _folder(filename), pieces)


def _parse_text(source: bytes, format_: str, filename: str) -> onnx.ModelProto:
    try:
        return onnx.load_model_from_string(source, format_)
    except Exception as error:
        # Each format's parser has errors of its own.
        reason = " ".join(str(error).split())
        message = f"not an ONNX model in the format '{format_}': {reason}"
        raise error_at(message, filename) from None
