# SPDX-License-Identifier: Apache-2.0
"""Where ONNX models come in and go out, and in which file their weights lie.

A model goes out in the form in which it came in: if its weights were in files of their own, they are written to one
beside the new model, else they are inside it; `--save-as-external-data` asks for the former.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from warnings import catch_warnings, simplefilter

from ..dialect.bindings import ir
from ..dialect.external_data import is_below_folder
from ..errors import CommandError, os_reason
from ..files.inputs import InputFile
from ..files.outputs import Output, target_of

_PROTOBUF_LIMIT = (1 << 31) - 1
_FLAG = "--save-as-external-data"

SIZE_THRESHOLD = 1024
"""Weights of fewer bytes stay inside the model, as with `onnx.save_model`."""


@dataclass(frozen=True)
class Origin:
    """The file that a module comes from, and those that hold the weights of the model in it; links followed."""

    path: Path | None = None
    data_files: frozenset[Path] = field(default_factory=frozenset[Path])


def read_model(file: InputFile, context: ir.Context, *, freeze: bool) -> tuple[ir.Module, Origin]:
    """The model in `file` as a module.  Raises DiagnosticError and CommandError.

    freeze: initializers that a caller may override become constants.
    """
    from ..importer import import_model
    from ..importer.loading import load

    if len(file.data) > _PROTOBUF_LIMIT:
        raise CommandError(
            f"a model in one file takes at most {_PROTOBUF_LIMIT} bytes, but this has {len(file.data)}",
            file.name,
        )
    name = "-" if file.path is None else os.fspath(file.path)
    with catch_warnings():
        simplefilter("ignore")  # onnx calls its text formats experimental
        loaded = load(file.data, name)
    module = import_model(loaded, context=context, freeze_initializers=freeze)
    return module, Origin(_real(file.path), frozenset(loaded.files))


def _real(path: Path | None) -> Path | None:
    return None if path is None else Path(os.path.realpath(path))


def write_model(
    module: ir.Module, output: Output, data: Path | None, size_threshold: int | None
) -> None:
    """Write `module` as a model.  Raises DiagnosticError and CommandError.

    data: the file for its weights, as `data_file` gives it.  size_threshold: in bytes; smaller ones stay inside.
    """
    from ..exporter import stream_model

    if data is None or output.target is None:
        if size_threshold is not None:
            raise CommandError(
                "--size-threshold says which weights go to a file of their own, but all go inside the model; "
                f"add {_FLAG}"
            )
        stream_model(module, output)
        return
    stream_model(
        module,
        output,
        lambda: output.beside(data),
        location=data.relative_to(output.target.parent).as_posix(),
        size_threshold=SIZE_THRESHOLD if size_threshold is None else size_threshold,
    )


def refuse_to_replace_weights(output: Output, origin: Origin) -> None:
    """Raise CommandError if the result would go where the weights of the input lie."""
    if output.target in origin.data_files:
        raise CommandError(f"cannot write {output.shown}: it holds the weights of the input")


def data_file(asked: str | None, output: Output, origin: Origin) -> Path | None:
    """The file for the weights of a model that is written to `output`, or None; raises CommandError.

    asked: the value of `--save-as-external-data`, "" for a name of our choice; None where the flag is not given: then
    the model keeps the form in which it came.
    """
    target = output.target
    if asked is None and (target is None or not origin.data_files):
        return None
    if target is None:
        raise CommandError(
            f"{_FLAG} needs a model file to lie beside, but {output.shown} is none; give it with -o"
        )
    given = Path(output.name)
    name = asked or f"{given.name}.data"
    refused = f"cannot write the weights to '{name}'"
    if reason := _unreadable(name):
        raise CommandError(f"{refused}: {reason}")
    if Path(os.path.realpath(given.parent)) != target.parent:
        raise CommandError(
            f"{refused}: {output.shown} is a link into another folder, where no reader would look for them; "
            "give the model's own name"
        )
    data = target.parent / name
    folder = Path(os.path.realpath(data.parent))
    try:
        if data.is_symlink() or not folder.is_relative_to(target.parent):
            raise CommandError(
                f"{refused}: it leads elsewhere by a link, which readers refuse to follow"
            )
        data = folder / data.name
        if target_of(os.fspath(data)) is None:
            raise CommandError(f"{refused}: it is no regular file")
    except OSError as error:
        raise CommandError(f"{refused}: {os_reason(error)}") from None
    if data == target:
        raise CommandError(f"{refused}: it is the model itself")
    if data == origin.path:
        raise CommandError(f"{refused}: it is the input")
    if data in origin.data_files and target != origin.path:
        raise CommandError(
            f"{refused}: it holds the weights of the input; name another file: {_FLAG}=<file>"
        )
    return data


def _unreadable(name: str) -> str:
    """Why readers of a model would refuse `name` as the place of its weights; "" if they do not."""
    if not is_below_folder(name) or "\\" in name:
        return "it has to be a path below the model's folder"
    try:
        name.encode()
    except UnicodeEncodeError:
        return "its name is no text"
    return ""
