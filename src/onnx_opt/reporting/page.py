# SPDX-License-Identifier: Apache-2.0
"""`--report`: what the passes did, as a page in a file."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..dialect.bindings import ir
from ..errors import CommandError
from ..files.outputs import Output
from ..flags import Options
from ..report.layout import program
from ..report.recording import Recording
from ..report.writing import Facts, page
from .timing import Timer


class PageReport:
    """The page of one module."""

    def __init__(self, output: Output, title: str, options: Options, recording: Recording) -> None:
        self.recording = recording
        self._output = output
        self._title = title
        self._command = _command(options)
        self._numerics: list[str] = []

    def tell(self, text: str) -> None:
        """Take lines about the numerics."""
        self._numerics.append(text)

    def write(self, timer: Timer) -> None:
        """Write the file; it appears whole.  Raises DiagnosticError and CommandError."""
        facts = Facts(self._title, self._command, tuple(_rows(timer, 0)), "".join(self._numerics))
        self._output.write(page(self.recording.end(), facts).encode())
        self._output.commit()


@contextmanager
def following(
    module: ir.Module, title: str, options: Options, forbidden: Collection[Path]
) -> Generator[PageReport, None, None]:
    """Follow a module from here on; in the end it is as if nobody had.

    title: what the page calls it.  forbidden: files that must not be written, links followed.  Raises DiagnosticError
    where nothing can lay a page out, and CommandError.
    """
    program()
    with Output(options.report) as output:
        if output.target is not None and output.target in forbidden:
            raise CommandError(
                f"cannot write the report to {output.shown}: it is needed for something else"
            )
        recording = Recording(module)
        try:
            yield PageReport(output, title, options, recording)
        finally:
            recording.withdraw()


def _command(options: Options) -> str:
    """What was asked for, as one writes it."""
    passes = [f"--{each.name}{f'={each.options}' * bool(each.options)}" for each in options.passes]
    if options.pass_pipeline is not None:
        passes.append(f"--pass-pipeline={options.pass_pipeline}")
    return shlex.join(passes)


def _rows(timer: Timer, depth: int) -> Iterator[tuple[str, int, float]]:
    for row in timer.rows.values():
        yield row.name, depth, row.seconds
        yield from _rows(row, depth + 1)
