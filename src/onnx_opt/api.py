# SPDX-License-Identifier: Apache-2.0
"""The functions of `import onnx_opt`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .files.inputs import InputFile, Section, Watch, read_file
from .flags import Options
from .formats import onnx_model
from .formats.choice import format_to_read
from .keywords import LoadOptions, options_of
from .module import Module
from .passes.rewriting.base import Pass
from .pipeline.plugins import PROCESS
from .reporting.failures import failures

if TYPE_CHECKING:
    import onnx
    from typing_extensions import Unpack

    from .keywords import RunOptions


def load(
    source: str | os.PathLike[str] | bytes | onnx.ModelProto,
    *,
    filename: str = "",
    **options: Unpack[LoadOptions],
) -> Module:
    """Read a module, and verify it.

    source: the path of a file, or what one holds: MLIR text, MLIR bytecode or an ONNX model; or a model in memory.
    filename: what diagnostics call bytes and models, whose external data lies in its folder.

    Files are mapped: they may be replaced while the module lives, but not written to.  Raises Error.
    """
    with failures(Section(filename)):
        asked = options_of(LoadOptions, options)
        if isinstance(source, (str, os.PathLike)):
            return _read(read_file(os.fspath(source)), asked)
        path = Path(filename) if filename else None
        if isinstance(source, bytes):
            return _read(InputFile(filename or "<bytes>", source, path, Watch()), asked)
        return _read_model(source, InputFile(filename or "<model>", b"", path, Watch()), asked)


def _read(file: InputFile, options: Options) -> Module:
    format_ = format_to_read(file, options)
    section = format_.sections(file, "")[0] if format_.sections else Section(file.name)
    with failures(section):
        return Module(file, section, format_.reader(file, section, options), options)


def _read_model(model: onnx.ModelProto, file: InputFile, options: Options) -> Module:
    section = Section(file.name)
    with failures(section):
        read = partial(onnx_model.read_model, model, file, options)
        return Module(file, section, read, options)


def optimize(
    model: onnx.ModelProto, passes: Iterable[str | Pass], **options: Unpack[RunOptions]
) -> onnx.ModelProto:
    """A model, which is left as it is, after passes; see `Module.run`.  Raises Error."""
    module = load(model)
    options = {"remarks": False, **options}
    module.run(*passes, **options)
    return module.to_onnx()


def load_plugin(path: str | os.PathLike[str]) -> tuple[Pass, ...]:
    """Load the passes of a Python file, as `--load-pass-plugin` does: from here on `Module.run` knows their names.

    A file that was loaded before is loaded anew.  Raises Error.
    """
    with failures(Section("")):
        return PROCESS.load(os.fspath(path), again=True)
