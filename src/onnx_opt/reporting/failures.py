# SPDX-License-Identifier: Apache-2.0
"""What a Python caller catches."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..dialect.diagnostics import Diagnostic, DiagnosticError, located
from ..errors import CommandError
from ..files.inputs import Section
from .diagnostics import render

if TYPE_CHECKING:
    from ..verification import DepartureError, NumericsTable


class Error(Exception):
    """A foreseeable failure: an input, an option or a pass is wrong.  `str()` gives it as `onnx-opt` prints it.

    diagnostics: at least one of severity `error`, with the file, line and column where it is known.
    """

    def __init__(self, text: str, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(text)
        self.diagnostics = diagnostics

    @classmethod
    def about(cls, section: Section, diagnostics: tuple[Diagnostic, ...]) -> Error:
        """The failure that diagnostics tell, with the lines of a section that they point at."""
        found = tuple(located(diagnostic, section.file) for diagnostic in diagnostics)
        return cls("".join(render(each, section) for each in found).rstrip("\n"), found)


class NumericsError(Error):
    """A module computes something else than it should.

    table: all that was compared.  output: the name of the first output that departs.  first: that of the first value
    inside that departs, "" if none is known by the same name in both.
    """

    def __init__(self, error: DepartureError, section: Section, table: NumericsTable) -> None:
        told = Error.about(section, error.diagnostics)
        super().__init__(str(told), told.diagnostics)
        self.table, self.output, self.first = table, error.output, error.first


@contextmanager
def failures(section: Section) -> Generator[None, None, None]:
    """Raise what fails in the block as `Error`."""
    try:
        yield
    except DiagnosticError as error:
        raise Error.about(section, error.diagnostics) from error.__cause__
    except CommandError as error:
        found = Diagnostic("error", error.message, error.file, error.line, error.column)
        raise Error(str(error), (found,)) from error.__cause__
