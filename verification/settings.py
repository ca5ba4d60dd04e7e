# SPDX-License-Identifier: Apache-2.0
"""What the caller of the verification decides, and how it is told what was found.

Messages call each setting by the flag of the command line that sets it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..dialect.diagnostics import DiagnosticError, error_at
from .precision import Array
from .table import FunctionTable


def shown(told: FunctionTable | str) -> str:
    """A table or a note as the command line shows it, whole lines."""
    if isinstance(told, str):
        return f"note: --verify-numerics: {told}\n"
    return f"--verify-numerics: {told}"


def _to_standard_error(told: FunctionTable | str) -> None:
    sys.stderr.write(shown(told))


@dataclass(frozen=True)
class Settings:
    """What is run, on what, and how far results may be apart.

    samples: how many sets of random inputs.  engine: "onnxruntime" or "reference", onnx's own evaluator; empty for
    onnxruntime where it is installed and can, else the other.  inputs: arrays, or .npy files, by the name of the input
    that each feeds.  shapes: those of inputs, for dimensions that the module leaves open.  atol, rtol: tolerate
    atol + rtol * |value|, where None counts as 0; if both are None, what rounding explains.  report: takes each table,
    and notes, which are sentences.
    """

    samples: int = 3
    engine: str = ""
    inputs: Mapping[str, str | Array] = field(default_factory=dict[str, "str | Array"])
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    atol: float | None = None
    rtol: float | None = None
    report: Callable[[FunctionTable | str], object] = _to_standard_error

    def note(self, message: str) -> None:
        """Report what the user should know, and what is no error."""
        self.report(message)


class DepartureError(DiagnosticError):
    """An output departs.

    output: its name.  first: the name of the first value inside that departs, "" if none is known.
    """

    def __init__(self, message: str, output: str, first: str) -> None:
        super().__init__(*numerics_error(message).diagnostics)
        self.output = output
        self.first = first


def numerics_error(message: str) -> DiagnosticError:
    """An error: the module departs, or cannot be run."""
    return error_at(f"--verify-numerics: {message}")
