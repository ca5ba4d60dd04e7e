# SPDX-License-Identifier: Apache-2.0
"""Numerical verification: a module is run as it was and as passes left it, and every output is compared.

    with Verification(Settings(samples=5)) as verification:
        verification.keep(module)
        ...  # passes
        verification.check(module)  # raises DiagnosticError if an output departs

Imports run one way, from the top down, and nothing is imported before the names above are used:

    verification        keeps the module, checks it
      functions         the functions of a module, saved as models
      function_check    one function before and after the passes: the table, and where the difference begins
        inputs          what the models are fed
        engines         runs tasks in child processes
          child         the other side: a model as it is, or
          exact         in float64, and what rounding does to it
            promotion   a model in float64, with noise where it rounds
            evaluator   onnx's reference evaluator, put right where it is wrong
              convolution  a fast Conv for it
        comparison      whether two arrays are the same but for rounding
        table           what came of it, as data
        models          saved models: their graphs and names
    precision           what one rounding to an element type may change
    settings            what the caller decides, and how it is told

docs/numerics.md derives the tolerances; dialect/ops/numerics.py says which ops sum, round, move and draw numbers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .settings import DepartureError, Settings, shown
    from .table import FunctionTable, NumericsTable
    from .verification import Verification

__all__ = [
    "DepartureError",
    "FunctionTable",
    "NumericsTable",
    "Settings",
    "Verification",
    "shown",
]

_HOME = {
    "DepartureError": "settings",
    "FunctionTable": "table",
    "NumericsTable": "table",
    "Settings": "settings",
    "Verification": "verification",
    "shown": "settings",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)
