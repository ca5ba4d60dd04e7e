# SPDX-License-Identifier: Apache-2.0
"""How the exporter says that a module has no form in ONNX."""

from __future__ import annotations

from ..dialect.bindings import ir
from ..dialect.diagnostics import Diagnostic, DiagnosticError, diagnostic_at


def op_error(op: ir.Operation, message: str) -> DiagnosticError:
    """An error at an op."""
    return DiagnosticError(diagnostic_at("error", op.location, f"'{op.name}' op {message}"))


def module_error(message: str) -> DiagnosticError:
    """An error of the module as a whole."""
    return DiagnosticError(Diagnostic("error", message))
