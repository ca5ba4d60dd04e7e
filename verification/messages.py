# SPDX-License-Identifier: Apache-2.0
"""What `--verify-numerics` says beside its table."""

from __future__ import annotations

import sys

from ..dialect.diagnostics import Diagnostic, DiagnosticError
from ..errors import TOOL


def numerics_error(message: str) -> DiagnosticError:
    """The module departs, or cannot be run."""
    return DiagnosticError(Diagnostic("error", f"--verify-numerics: {message}"))


def note(message: str) -> None:
    """Something that the user should know, and that is no error."""
    sys.stderr.write(f"{TOOL}: note: --verify-numerics: {message}\n")
