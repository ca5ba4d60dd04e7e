# SPDX-License-Identifier: Apache-2.0
"""IR to ONNX models: `export_model` in memory, `write_model` to a file, `stream_model` to wherever the caller says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import onnx

    from ..dialect.bindings import ir
    from .writing import Sink

__all__ = ["export_model", "stream_model", "write_model"]


def export_model(module: ir.Module) -> onnx.ModelProto:
    """The ONNX model of a module, with all weights inside.

    A module that was imported and not changed gives the model that it came from.  Raises DiagnosticError for what has
    no form in ONNX.
    """
    from .model import export

    with module.context:
        return export(module).whole()


def write_model(
    module: ir.Module,
    path: str | os.PathLike[str],
    *,
    external_data: str | None = None,
    size_threshold: int = 1024,
    distinct_names: bool = False,
) -> None:
    """Write the ONNX model of a module to a file; weights go there in blocks, without a copy of the whole.

    external_data: name of a file beside `path` for the data of initializers of `size_threshold` bytes or more; None
    puts everything into `path`, which must then stay under protobuf's 2 GB.  Files appear whole or not at all, and may
    replace those that the module was imported from.  distinct_names: no value hides an outer one of its name, not even
    where the model had it so.  Raises DiagnosticError, and OSError if a file cannot be written.
    """
    from .model import export
    from .writing import write

    with module.context:
        write(export(module, distinct_names=distinct_names), path, external_data, size_threshold)


def stream_model(
    module: ir.Module,
    sink: Sink,
    data: Callable[[], Sink] | None = None,
    *,
    location: str = "",
    size_threshold: int = 1024,
) -> None:
    """Write the ONNX model of a module to `sink`, block by block.

    data: makes the sink for the data of initializers of `size_threshold` bytes or more, which the model will look for
    at `location`; called once, before the first block, if there is such data.  Raises DiagnosticError.
    """
    from .model import export
    from .writing import stream_out

    with module.context:
        stream_out(export(module), sink, data, location, size_threshold)
