# SPDX-License-Identifier: Apache-2.0
"""What happens to the diagnostics of one section of the input: the user reads them, or a test expects them."""

from __future__ import annotations

from ..dialect.diagnostics import Diagnostic, located
from ..files.inputs import Section
from .diagnostics import print_diagnostic


class Reporter:
    """Prints the diagnostics of a section, or compares them with what it expects.

    verify: the value of `--verify-diagnostics`; "" prints.
    """

    def __init__(self, section: Section, verify: str) -> None:
        self._section = section
        self._errors = False
        self._verifier = None
        if verify:
            from .verify_diagnostics import DiagnosticVerifier

            self._verifier = DiagnosticVerifier(section, only_expected=verify == "only-expected")

    def receive(self, diagnostic: Diagnostic) -> None:
        """Take a diagnostic as it is reported."""
        diagnostic = located(diagnostic, self._section.file)
        if self._verifier is not None:
            self._verifier.receive(diagnostic)
        else:
            self._errors |= diagnostic.severity == "error"
            print_diagnostic(diagnostic, self._section)

    def conclude(self) -> bool:
        """Whether all is well, now that nothing more is coming."""
        for mismatch in self._verifier.mismatches() if self._verifier is not None else ():
            self._errors = True
            print_diagnostic(mismatch, self._section)
        return not self._errors
