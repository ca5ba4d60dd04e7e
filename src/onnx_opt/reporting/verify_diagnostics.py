# SPDX-License-Identifier: Apache-2.0
"""`--verify-diagnostics`: what a test expects to be reported, against what was.

    // expected-error {{text}}          on this line          @+N  @-N   so many lines further down, up
    // expected-warning {{text}}        `-remark`, `-note`    @below     the next line that expects nothing itself
                                                              @above     the last line that expects nothing itself
                                                              @unknown   no line at all

The text is part of the message; `{{...}}` inside it is a regular expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..dialect.dataclass import dataclass
from ..dialect.diagnostics import Diagnostic
from ..files.inputs import Section

_EXPECTED = re.compile(
    r"expected-(?P<severity>error|warning|remark|note)(?P<regex>-re)? *"
    r"(?:@(?P<place>[+-][0-9]+|above|below|unknown))? *\{\{(?P<text>.*)\}\}\s*$"
)
# The note that MLIR adds to every error about an op; under --verify-diagnostics mlir-opt switches it off.
_CURRENT_OPERATION = "see current operation:"
_REGEX = re.compile(r"\{\{(.*?)\}\}")


@dataclass
class Expectation:
    """One `expected-...` comment.

    line:     where the diagnostic has to be, 0 for an unknown place.
    written:  the line and column of the comment.
    """

    severity: str
    text: str
    pattern: re.Pattern[str] | None
    line: int
    written: tuple[int, int]
    met: bool = False

    def matches(self, message: str) -> bool:
        """Whether the text is in `message`."""
        return self.text in message or (
            self.pattern is not None and bool(self.pattern.search(message))
        )


def read_expectations(section: Section) -> tuple[list[Expectation], list[Diagnostic]]:
    """The comments in `section`, and errors for those whose regular expression cannot be read."""
    found: list[Expectation] = []
    errors: list[Diagnostic] = []
    waiting: list[Expectation] = []  # for the next line without a comment
    last_plain = 0
    for number, line in enumerate(section.lines, section.first_line):
        comment = _EXPECTED.search(line) if "expected-" in line else None
        if comment is None:
            for expectation in waiting:
                expectation.line = number
            waiting.clear()
            last_plain = number
            continue
        written = (number, comment.start() + 1)
        try:
            pattern = _pattern(comment["text"])
        except re.error as error:
            message = f"invalid regular expression: {error}"
            errors.append(Diagnostic("error", message, section.file, *written))
            continue
        place = comment["place"] or "+0"
        line_of = {"above": last_plain, "below": number, "unknown": 0}
        at = line_of[place] if place in line_of else number + int(place)
        expectation = Expectation(comment["severity"], comment["text"], pattern, at, written)
        found.append(expectation)
        if place == "below":
            waiting.append(expectation)
    return found, errors


def _pattern(text: str) -> re.Pattern[str] | None:
    parts = _REGEX.split(text)
    if len(parts) == 1:
        return None
    # Odd parts are what stood between the braces.
    return re.compile("".join(f"(?:{p})" if i % 2 else re.escape(p) for i, p in enumerate(parts)))


class DiagnosticVerifier:
    """Receives the diagnostics of one section and knows in the end what does not fit.

    only_expected: what no comment mentions is fine.
    """

    def __init__(self, section: Section, *, only_expected: bool = False) -> None:
        self._section = section
        self._only_expected = only_expected
        self._expectations, self._mismatches = read_expectations(section)

    def receive(self, diagnostic: Diagnostic) -> None:
        """Compare one diagnostic, and its notes, with what is expected."""
        for reported in _with_notes(diagnostic):
            if not reported.message.startswith(_CURRENT_OPERATION):
                self._compare(reported)

    def _compare(self, reported: Diagnostic) -> None:
        here = reported.line if reported.file == self._section.file or not reported.line else -1
        fitting = [e for e in self._expectations if e.line == here and e.matches(reported.message)]
        same = [e for e in fitting if e.severity == reported.severity]
        if same:
            # Two equal diagnostics meet two equal comments, or one.
            next((e for e in same if not e.met), same[0]).met = True
        elif not self._only_expected:
            self._mismatches.append(self._mismatch(reported, fitting))

    def _mismatch(self, reported: Diagnostic, near: list[Expectation]) -> Diagnostic:
        if near:
            message = (
                f"'{reported.severity}' diagnostic emitted when expecting a '{near[-1].severity}'"
            )
            return Diagnostic("error", message, self._section.file, *near[-1].written)
        message = f"unexpected {reported.severity}: {reported.message}"
        return replace(reported, severity="error", message=message, notes=())

    def mismatches(self) -> Iterable[Diagnostic]:
        """What was reported but not expected, then what was expected but not reported."""
        yield from self._mismatches
        for expectation in self._expectations:
            if not expectation.met:
                message = f'expected {expectation.severity} "{expectation.text}" was not produced'
                yield Diagnostic("error", message, self._section.file, *expectation.written)


def _with_notes(diagnostic: Diagnostic) -> Iterator[Diagnostic]:
    yield diagnostic
    for note in diagnostic.notes:
        yield from _with_notes(note)
