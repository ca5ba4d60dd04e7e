# SPDX-License-Identifier: Apache-2.0
"""Read, run, write: what the command line does with its input, section by section."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace

from .diagnostics import Sink, Source, listening, located, print_diagnostic
from .dialect.bindings import ir
from .dialect.context import make_context
from .dialect.diagnostics import Diagnostic, DiagnosticError
from .dialect.printer import to_bytecode, to_text
from .dialect.reader import parse
from .errors import CommandError
from .files import InputFile, Output, read_input
from .flags import SPLIT_MARKER, Options
from .formats import Format, format_of_content, format_of_output, text_of
from .models import model_bytes, read_model
from .plan import Step
from .runner import Runner
from .timing import Timer, report
from .verify_diagnostics import DiagnosticVerifier

_NEAR_MARKER = re.compile(r"//\s*-{3,}\s*")


class Driver:
    """One run of the command line: its options, its passes, and where the result goes."""

    def __init__(self, options: Options, steps: tuple[Step, ...]) -> None:
        self._options = options
        self._steps = steps
        self._format = format_of_output(options.emit, options.o)

    def run(self) -> bool:
        """Process the input; False if an error was reported.  Raises CommandError."""
        file = read_input(self._options.input)
        kind = format_of_content(file.data)
        sections = self._sections(file, kind)
        if len(sections) > 1 and self._format is not Format.MLIR:
            raise CommandError(
                f"{len(sections)} sections cannot be written as one .{self._format.value} file; write text"
            )
        output = Output(self._options.o)
        right = True
        for number, section in enumerate(sections):
            if number:
                output.write(f"{SPLIT_MARKER}\n".encode())
            right &= self._process(file, kind, section, output)
        if right:
            output.commit()
        return right

    def _sections(self, file: InputFile, kind: Format) -> list[Source]:
        if kind is not Format.MLIR:
            return [Source(file.name)]
        whole = Source(file.name, text_of(file))
        marker = self._options.split_input_file
        return list(split(whole, marker)) if marker else [whole]

    def _process(self, file: InputFile, kind: Format, source: Source, output: Output) -> bool:
        """Everything for one section; False if an error was reported, or if what was reported was not expected."""
        total = Timer("Total")
        reporter = _Reporter(source, self._options.verify_diagnostics)
        with total.running():
            try:
                module = self._transformed(file, kind, source, reporter.receive, total)
                with total.row("Output").running():
                    output.write(self._written(module))
            except DiagnosticError as error:
                for diagnostic in error.diagnostics:
                    reporter.receive(diagnostic)
        if self._options.mlir_timing:
            sys.stderr.write(report(total))
        return reporter.conclude()

    def _transformed(
        self, file: InputFile, kind: Format, source: Source, sink: Sink, timer: Timer
    ) -> ir.Module:
        """The section's module after all passes; raises DiagnosticError."""
        context = make_context()
        runner = Runner(self._options, sink, timer)
        with context, listening(context, sink), ir.Location.unknown():
            with timer.row("Parser").running() as row:
                module = _read(file, kind, source, context)
                runner.verify(module.operation, row)
            runner.run(self._steps, module)
        return module

    def _written(self, module: ir.Module) -> bytes:
        options = self._options
        if self._format is Format.MLIRBC:
            return to_bytecode(module)
        if self._format is Format.ONNX:
            return model_bytes(module)
        return to_text(
            module,
            debuginfo=options.mlir_print_debuginfo,
            generic=options.mlir_print_op_generic,
            elide_larger_than=options.mlir_elide_elementsattrs_if_larger,
        ).encode()


class _Reporter:
    """Prints the diagnostics of one section, or compares them with what the section expects."""

    def __init__(self, source: Source, verify: str) -> None:
        self._source = source
        self._errors = False
        self._verifier = (
            DiagnosticVerifier(source, only_expected=verify == "only-expected") if verify else None
        )

    def receive(self, diagnostic: Diagnostic) -> None:
        """Take a diagnostic as it is reported."""
        diagnostic = located(diagnostic, self._source.file)
        if self._verifier is not None:
            self._verifier.receive(diagnostic)
        else:
            self._errors |= diagnostic.severity == "error"
            print_diagnostic(diagnostic, self._source)

    def conclude(self) -> bool:
        """Whether all is well, now that nothing more is coming."""
        for mismatch in self._verifier.mismatches() if self._verifier is not None else ():
            self._errors = True
            print_diagnostic(mismatch, self._source)
        return not self._errors


def _read(file: InputFile, kind: Format, source: Source, context: ir.Context) -> ir.Module:
    if kind is Format.ONNX:
        return read_model(file, context)
    content = file.data[:] if kind is Format.MLIRBC else source.text
    return parse(content, context=context, filename=source.file, first_line=source.first_line)


def split(source: Source, marker: str) -> Iterator[Source]:
    """The sections of `source` between the lines that hold `marker` and nothing else.

    A comment line that only looks like a marker gets a warning, as under mlir-opt.
    """
    section = replace(source, text="")
    kept: list[str] = []
    for number, line in enumerate(source.lines, source.first_line):
        bare = line.strip()
        if bare == marker:
            yield replace(section, text="\n".join([*kept, ""]))
            section, kept = Source(source.file, first_line=number + 1), []
            continue
        kept.append(line)
        if marker == SPLIT_MARKER and _NEAR_MARKER.fullmatch(bare):
            column = len(line) - len(line.lstrip()) + 1
            near = Diagnostic(
                "warning", "near miss with file split marker", source.file, number, column
            )
            print_diagnostic(near, source)
    yield replace(section, text="\n".join(kept))
