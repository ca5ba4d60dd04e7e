# SPDX-License-Identifier: Apache-2.0
"""ONNX models to IR: `import_model`."""

from __future__ import annotations

import os
from collections.abc import Callable
from mmap import mmap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnx

    from ..dialect.bindings import ir
    from ..dialect.diagnostics import Diagnostic
    from .loading import LoadedModel

from .requests import NONE, Requests

__all__ = ["Requests", "import_model"]


def import_model(
    source: bytes | mmap | str | os.PathLike[str] | onnx.ModelProto | LoadedModel,
    *,
    context: ir.Context,
    filename: str = "-",
    requests: Requests = NONE,
    warn: Callable[[Diagnostic], object] | None = None,
    tell_kind: Callable[[ir.Operation], object] = lambda _: None,
) -> ir.Module:
    """The module of an ONNX model, under onnx-mlir's conventions.

    source: a path, a model's bytes, a model, or what `loading.load` gives.  filename: what diagnostics call bytes or a
    model, and where they came from: its suffix tells text formats, and external data lies in its folder.
    requests: how it is to be read.  warn: told of what the model should not do, but may.
    tell_kind: told one op of each kind where the importer knows these; all others of nodes are one of them on the same
    types.
    A mapped file, the model's or that of its external data, must not change while the context lives.
    Raises DiagnosticError.
    """
    from ..dialect.bindings import ir
    from ..dialect.diagnostics import Diagnostic, error_at
    from ..dialect.model_texts import NotTextError
    from .errors import ModelError
    from .loading import LoadedModel, load
    from .model import ModelImporter
    from .tensors import TensorReader

    loaded = source if isinstance(source, LoadedModel) else load(source, filename)
    tensors = TensorReader(loaded.folder, loaded.pieces, loaded.files)

    def report(message: str) -> None:
        if warn is not None:
            warn(Diagnostic("warning", message, loaded.name))

    try:
        with context, ir.Location.unknown():
            model = loaded.model
            if requests.change_the_model:
                from .changes import changed

                model = changed(model, requests, tensors)
            # What was read from the bytes holds of the model that is in them.
            read = loaded.tensors if model is loaded.model else ()
            return ModelImporter(model, tensors, read, requests, report, tell_kind).run()
    except (ModelError, NotTextError) as error:
        raise error_at(str(error), loaded.name) from None
    except UnicodeDecodeError as error:
        raise error_at(str(NotTextError(error.object)), loaded.name) from None
