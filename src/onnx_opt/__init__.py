# SPDX-License-Identifier: Apache-2.0
"""An mlir-opt for ONNX models, in Python.

    module = onnx_opt.load("model.onnx")
    module.run("fold-bn")
    module.save("folded.onnx")

docs/python.md shows all of it.  The names are loaded when they are first used, so that importing the package costs
nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import load_plugin, optimize
    from .dialect.diagnostics import Diagnostic
    from .module import Module, Result, load
    from .passes import known_passes as passes
    from .reporting.failures import Error, NumericsError
    from .verification import NumericsTable

__version__ = "0.1.0"

__all__ = [
    "Diagnostic",
    "Error",
    "Module",
    "NumericsError",
    "NumericsTable",
    "Result",
    "__version__",
    "load",
    "load_plugin",
    "optimize",
    "passes",
]

_HOME = {
    "Diagnostic": "dialect.diagnostics",
    "Error": "reporting.failures",
    "Module": "module",
    "NumericsError": "reporting.failures",
    "NumericsTable": "verification.table",
    "Result": "module",
    "load": "module",
    "load_plugin": "api",
    "optimize": "api",
}


if not TYPE_CHECKING:  # which would let every name pass

    def __getattr__(name: str) -> Any:
        if name == "passes":  # the package, which can be called
            return import_module(".passes", __name__)
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
