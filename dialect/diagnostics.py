# SPDX-License-Identifier: Apache-2.0
"""Diagnostics as plain data: what went wrong, and where in the user's file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

from .bindings import ir

Severity = Literal["error", "warning", "remark", "note"]


@dataclass(frozen=True)
class Diagnostic:
    """One message at one place.  `line` and `column` count from 1; 0 means unknown."""

    severity: Severity
    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    notes: tuple[Diagnostic, ...] = ()

    @property
    def position(self) -> str:
        """`file:line:col`, `file`, or nothing, as far as the place is known."""
        if not self.line:
            return self.file
        return f"{self.file or '-'}:{self.line}:{self.column}"

    def __str__(self) -> str:
        position = self.position
        return (
            f"{position}: {self.severity}: {self.message}"
            if position
            else f"{self.severity}: {self.message}"
        )


class DiagnosticError(Exception):
    """A foreseeable failure, told by at least one diagnostic of severity `error`."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("\n".join(str(diagnostic) for diagnostic in diagnostics))
        self.diagnostics: tuple[Diagnostic, ...] = diagnostics


def error_at(message: str, file: str = "", line: int = 0, column: int = 0) -> DiagnosticError:
    """A failure that is one error; at a place, as far as one is given."""
    return DiagnosticError(Diagnostic("error", message, file, line, column))


def error_in(text: str, offset: int, message: str, file: str, first_line: int) -> DiagnosticError:
    """A failure at an offset of a text, whose first line is `first_line` of a file; columns count bytes, as MLIR's."""
    line = text.count("\n", 0, offset) + first_line
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    return error_at(message, file, line, len(before.encode(errors="surrogatepass")) + 1)


def op_error(op: ir.Operation, message: str) -> DiagnosticError:
    """A failure that is one error about an op."""
    return DiagnosticError(diagnostic_at("error", op.location, f"'{op.name}' op {message}"))


def source_position(location: ir.Location) -> tuple[str, int, int]:
    """(file, line, column) of the first file position inside `location`, else ("", 0, 0)."""
    if type(location) is ir.Location:
        # Where MLIR hands out a location of a diagnostic, it does not say of which class.
        location = ir.Location.from_attr(location.attr, location.context)
    if isinstance(location, ir.FileLineColLoc):
        return location.filename, location.start_line, location.start_col
    inner: Sequence[ir.Location] = ()
    if isinstance(location, ir.FusedLoc):
        inner = location.locations
    elif isinstance(location, ir.NameLoc):
        inner = (location.child_loc,)
    elif isinstance(location, ir.CallSiteLoc):
        inner = (location.callee, location.caller)
    for child in inner:
        position = source_position(child)
        if position[1]:
            return position
    return "", 0, 0


def diagnostic_at(
    severity: Severity, location: ir.Location, message: str, notes: Iterable[Diagnostic] = ()
) -> Diagnostic:
    """A diagnostic at the source position of an op's `location`; an op of a model has none, but a node's name."""
    position = source_position(location)
    node = "" if position[1] else node_name(location)
    message = f"node '{node}': {message}" if node else message
    return Diagnostic(severity, message, *position, notes=tuple(notes))


def node_name(location: ir.Location) -> str:
    """The first name inside `location`: the importer gives each op that of its node.  Empty if there is none."""
    if isinstance(location, ir.NameLoc):
        return location.name_str
    inner = location.locations if isinstance(location, ir.FusedLoc) else ()
    return next((name for name in map(node_name, inner) if name), "")


def from_mlir(info: ir.Diagnostic | ir.DiagnosticInfo) -> Diagnostic:
    """A diagnostic of MLIR's."""
    severity = cast(Severity, info.severity.name.lower())
    # The bindings keep the terminating NUL of C string literals inside the message.
    message = info.message.replace("\0", "")
    return diagnostic_at(severity, info.location, message, map(from_mlir, info.notes))


def from_mlir_error(error: ir.MLIRError) -> tuple[Diagnostic, ...]:
    """The diagnostics that MLIR attached to an exception of its own."""
    found = tuple(map(from_mlir, error.error_diagnostics))
    return found or (Diagnostic("error", error.message),)


def relocated(diagnostic: Diagnostic, file: str) -> Diagnostic:
    """`diagnostic`, naming `file` where it named none."""
    return diagnostic if diagnostic.file else replace(diagnostic, file=file)


def located(diagnostic: Diagnostic, file: str) -> Diagnostic:
    """`diagnostic` and its notes, as about `file` where they name no line of any file."""
    notes = tuple(located(note, file) for note in diagnostic.notes)
    return replace(diagnostic, file=diagnostic.file if diagnostic.line else file, notes=notes)


def did_you_mean(word: str, vocabulary: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the closest word, or nothing."""
    from difflib import get_close_matches

    lowered = {known.lower(): known for known in vocabulary}
    close = get_close_matches(word.lower(), lowered, n=1, cutoff=0.7)
    return f"; did you mean '{lowered[close[0]]}'?" if close else ""
