# SPDX-License-Identifier: Apache-2.0
"""Bytes to ModelProto, in every serialization that onnx reads."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import cast
from warnings import catch_warnings, simplefilter

import onnx
from google.protobuf.message import DecodeError

from ..dialect.dataclass import dataclass, field
from ..dialect.diagnostics import error_at
from .cutting import PlainTensor, WireError, cut

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

CUT_FROM = 1 << 20
"""From this size on weights stay in the file's bytes: of 5,000 blocks that saves 5 % of the time and 180 of 470 MB."""


@dataclass(frozen=True)
class LoadedModel:
    """A model's message, and where the rest of it is.

    name: what diagnostics call it.  folder: that of its external data; None if it does not come from a file.
    pieces: data of initializers that was left in the model's bytes.  tensors: initializers that were read from them
    (both: `cut`).  files: those of its external data, links followed; known once it is imported.
    """

    model: onnx.ModelProto
    name: str
    folder: Path | None
    pieces: list[memoryview] = field(default_factory=list[memoryview])
    tensors: Sequence[PlainTensor | None] = ()
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
    tensors: list[PlainTensor | None] = []
    try:
        rest: bytes | mmap = source
        if len(source) >= CUT_FROM:
            rest, pieces, tensors = cut(source)
        # The protobuf runtime takes a mapped file only as a buffer.
        model.ParseFromString(cast(bytes, memoryview(rest)))
    except (DecodeError, ValueError, WireError):
        damaged = "not an ONNX model, or one that is cut short or damaged"
        raise error_at(damaged, filename) from None
    if not model.HasField("graph"):
        raise error_at("not an ONNX model: it has no graph", filename)
    return LoadedModel(model, filename, _folder(filename), pieces, tensors)


# A string of the text as it stands, else a line that holds a comment and nothing else.
_STRING_OR_COMMENT = re.compile(
    rb'"[^"\\]*(?:\\.[^"\\]*)*"|^[ \t]*//[^\r\n]*', re.MULTILINE | re.DOTALL
)
_COMMENTED = ("onnxtxt", "json")
"""The formats that have no comments of their own; a line of `//` is one, as for onnx-mlir."""

_PLACES = (
    re.compile(r"\[ParseError at position \(line: (\d+) column: (\d+)\)\]\nError context:.*\n(.*)"),
    re.compile(r"(\d+):(\d+) : (.*)", re.DOTALL),
    re.compile(
        r"(?:Failed to load JSON: )?(?=.*: line (\d+) column (\d+) \(char \d+\))(.*): line",
        re.DOTALL,
    ),
)
"""How onnx's parser, text_format and json name a place in what they read."""


def _parse_text(source: bytes, format_: str, filename: str) -> onnx.ModelProto:
    if format_ in _COMMENTED:
        source = _STRING_OR_COMMENT.sub(_without_comment, source)
    try:
        with catch_warnings():
            simplefilter("ignore")  # onnx calls its text formats experimental
            return onnx.load_model_from_string(source, format_)
    except Exception as error:
        # Each format's parser has errors of its own.
        reason, line, column = _reason(error)
        message = f"not an ONNX model in the format '{format_}': {reason}"
        raise error_at(message, filename, line, column) from None


def _without_comment(found: re.Match[bytes]) -> bytes:
    return found[0] if found[0].startswith(b'"') else b""


def _reason(error: Exception) -> tuple[str, int, int]:
    """What a parser complains of, in one line, and where: line and column, 0 where it does not say."""
    told = error.args[0] if error.args else ""
    text = told.decode(errors="replace") if isinstance(told, bytes) else str(error)
    line = column = 0
    for place in _PLACES:
        found = place.match(text)
        if found:
            line, column, text = int(found[1]), int(found[2]), found[3]
            break
    return " ".join(text.split()), line, column
