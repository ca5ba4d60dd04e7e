# SPDX-License-Identifier: Apache-2.0
"""The onnx dialect in Python: what an op is, how it is written, and what makes it valid.

`dialect.onnx` has the op classes; `parse`, `to_text` and `verify` are the way in, the way out and the check.  The names
here are loaded when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .assembly.bytecode import to_bytecode
    from .assembly.printer import to_text
    from .assembly.reader import parse
    from .constants import constant, constant_value
    from .context import make_context
    from .diagnostics import Diagnostic, DiagnosticError
    from .verifier.verify import verify

__all__ = [
    "Diagnostic",
    "DiagnosticError",
    "constant",
    "constant_value",
    "make_context",
    "parse",
    "to_bytecode",
    "to_text",
    "verify",
]

_HOME = {
    "Diagnostic": "diagnostics",
    "DiagnosticError": "diagnostics",
    "constant": "constants",
    "constant_value": "constants",
    "make_context": "context",
    "parse": "assembly.reader",
    "to_bytecode": "assembly.bytecode",
    "to_text": "assembly.printer",
    "verify": "verifier.verify",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)
