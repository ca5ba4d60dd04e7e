# SPDX-License-Identifier: Apache-2.0
"""The functions of `import onnx_opt`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .files.inputs import Section
from .module import load
from .passes.rewriting.base import Pass
from .pipeline.plugins import PROCESS
from .reporting.failures import failures

if TYPE_CHECKING:
    import onnx
    from typing_extensions import Unpack

    from .keywords import RunOptions


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
