# SPDX-License-Identifier: Apache-2.0
"""ONNX models, and in which file their weights lie.

A model goes out in the form in which it came in: if its weights were in files of their own, they are written to one
beside the new model, else they are inside it; `--save-as-external-data` asks for the former.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from ..dialect.dataclass import replace
from ..dialect.external_data import is_below_folder
from ..dialect.protobuf_wire import LARGEST_MESSAGE, is_model
from ..errors import CommandError, os_reason
from ..files.outputs import Output, target_of
from .format import Format, Read, Write
from .mlir_bytecode import is_bytecode

if TYPE_CHECKING:
    from mmap import mmap

    import onnx

    from ..dialect.bindings import ir
    from ..dialect.diagnostics import Diagnostic
    from ..files.inputs import InputFile, Section
    from ..flags import Options

TEXT_SUFFIXES = (".onnxtxt", ".onnxtext", ".textproto", ".prototxt", ".pbtxt", ".json", ".onnxjson")
"""The suffixes of models in onnx's text formats, which only their names tell apart; they are read, but not written."""

_FLAG = "--save-as-external-data"

_SIZE_THRESHOLD = 1024
"""Weights of fewer bytes stay inside the model, as with `onnx.save_model`."""


_CONTRADICTED = (
    "the model states types that its nodes contradict; inferred ones are used, as with "
    "--useOnnxModelTypes=false"
)


def _recognises(file: InputFile) -> bool:
    suffix = PurePath(file.name).suffix.lower()
    if suffix in TEXT_SUFFIXES or is_model(file.data):
        return True
    # What is called a model, and is not even bytecode, is a damaged model.
    return suffix == ".onnx" and not is_bytecode(file)


def _read(file: InputFile, _: Section, context: ir.Context, options: Options) -> Read:
    if len(file.data) > LARGEST_MESSAGE:
        raise CommandError(
            f"a model in one file takes at most {LARGEST_MESSAGE} bytes, but this has {len(file.data)}",
            file.name,
        )
    return read_model(file.data, file, options, context)


def read_model(
    model: bytes | mmap | onnx.ModelProto, file: InputFile, options: Options, context: ir.Context
) -> Read:
    """The module of a model, which `file` names.  Raises DiagnosticError."""
    from ..importer import Requests, import_model
    from ..importer.loading import load

    name = "-" if file.path is None else os.fspath(file.path)
    loaded = load(model, name)
    requests = Requests(
        freeze_initializers=options.freeze_initializers,
        inline_functions=options.emit_onnx_basic,
        decomposed=options.functions_to_decompose,
        model_types=options.use_onnx_model_types,
        dim_names=options.dim_params,
    )
    path = None if file.path is None else Path(os.path.realpath(file.path))

    def imported(requests: Requests, *warnings: Diagnostic) -> Read:
        told = list(warnings)
        kinds: list[ir.Operation] = []
        module = import_model(
            loaded, context=context, requests=requests, warn=told.append, tell_kind=kinds.append
        )
        return Read(module, path, frozenset(loaded.files), tuple(told), imported=kinds)

    def by_inference() -> Read:
        from ..dialect.diagnostics import Diagnostic

        warning = Diagnostic("warning", _CONTRADICTED, file=name)
        return imported(replace(requests, model_types=False), warning)

    read = imported(requests)
    return read._replace(otherwise=by_inference) if requests.model_types else read


def _writer(read: Read, output: Output, options: Options) -> Write:
    data = _data_file(options.save_as_external_data, output, read)
    return partial(_write, output=output, data=data, size_threshold=options.size_threshold)


def _write(
    module: ir.Module, output: Output, data: Path | None, size_threshold: int | None
) -> None:
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
        size_threshold=_SIZE_THRESHOLD if size_threshold is None else size_threshold,
    )


def _data_file(asked: str | None, output: Output, origin: Read) -> Path | None:
    """The file for the weights of a model that is written to `output`, or None; raises CommandError.

    asked: the value of `--save-as-external-data`, "" for a name of our choice; None where the flag is not given: then
    the model keeps the form in which it came.  origin: what was read.
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


FORMAT = Format(
    "onnx",
    "models",
    _recognises,
    _read,
    _writer,
    read_flags=(
        "freeze_initializers",
        "emit_onnx_basic",
        "functions_to_decompose",
        "use_onnx_model_types",
        "dim_params",
    ),
    write_flags=("save_as_external_data", "size_threshold"),
    timed_as=("Import", "Export"),
)
