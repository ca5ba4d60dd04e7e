# SPDX-License-Identifier: Apache-2.0
"""Where ONNX models come in and go out."""

from __future__ import annotations

from .dialect.bindings import ir
from .files import InputFile


def read_model(file: InputFile, context: ir.Context) -> ir.Module:
    """The model in `file` as a module; raises DiagnosticError."""
    from .importer import import_model

    return import_model(file.path or file.data, context=context, filename=file.name)


def model_bytes(module: ir.Module) -> bytes:
    """`module` as a model, weights and all; raises DiagnosticError."""
    from .exporter import export_model

    data: bytes = export_model(module).SerializeToString()
    return data
