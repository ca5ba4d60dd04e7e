# SPDX-License-Identifier: Apache-2.0
"""Read, run, write: what the command line does with its input, section by section."""

from __future__ import annotations

import re
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from .dialect.assembly.printer import text_pieces, to_bytecode
from .dialect.assembly.reader import parse
from .dialect.bindings import ir
from .dialect.context import make_context
from .dialect.diagnostics import Diagnostic, DiagnosticError
from .errors import TOOL, CommandError
from .files.inputs import STANDARD, InputFile, Watch, read_input
from .files.outputs import Output
from .flags import SPLIT_MARKER, Options
from .formats.detection import Format, format_of_input, format_of_output, text_of
from .formats.onnx_model import (
    Origin,
    data_file,
    read_model,
    refuse_to_replace_weights,
    write_model,
)
from .pipeline.plan import Step
from .pipeline.run import Runner
from .reporting.diagnostics import Sink, Source, listening, located, print_diagnostic
from .reporting.progress import Progress, byte_count, progress
from .reporting.timing import Timer, report
from .reporting.verify_diagnostics import DiagnosticVerifier

_NEAR_MARKER = re.compile(r"//\s*-{3,}\s*")


class Driver:
    """One run of the command line: its options, its passes, and where the result goes."""

    def __init__(self, options: Options, steps: tuple[Step, ...]) -> None:
        self._options = options
        self._steps = steps
        self._format = format_of_output(options.emit, options.o)
        self._origin = Origin()
        self._progress = Progress()
        self._watch = Watch()

    def run(self) -> bool:
        """Process the input; False if an error was reported.  Raises CommandError."""
        options = self._options
        self._check_flags_of_models()
        with progress(quiet=options.quiet) as self._progress:
            self._progress.phase("reading")
            if options.input != STANDARD:
                self._watch.add(Path(options.input))
            file = read_input(options.input)
            kind = format_of_input(file)
            if options.freeze_initializers and kind is not Format.ONNX:
                raise CommandError(
                    f"--freeze-initializers is for models, which '{file.name}' is not"
                )
            sections = self._sections(file, kind)
            if len(sections) > 1 and self._format is not Format.MLIR:
                raise CommandError(
                    f"{len(sections)} sections cannot be written as one .{self._format.value} file; write text"
                )
            with Output(options.o) as output:
                right = True
                for number, section in enumerate(sections):
                    if number:
                        output.write(f"{SPLIT_MARKER}\n".encode())
                    right &= self._process(file, kind, section, output)
                if right:
                    self._watch.check()
                    output.commit()
        return right

    def _check_flags_of_models(self) -> None:
        """Raise CommandError for a flag that says how to write a model if none is written."""
        options = self._options
        asked = {
            "save-as-external-data": options.save_as_external_data,
            "size-threshold": options.size_threshold,
        }
        for name, value in asked.items():
            if value is not None and self._format is not Format.ONNX:
                raise CommandError(
                    f"--{name} is for models: write one with -o <file>.onnx or --emit=onnx"
                )

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
                self._transform(file, kind, source, output, reporter.receive, total)
            except DiagnosticError as error:
                for diagnostic in error.diagnostics:
                    reporter.receive(diagnostic)
        if self._options.mlir_timing:
            sys.stderr.write(report(total))
        return reporter.conclude()

    def _transform(
        self,
        file: InputFile,
        kind: Format,
        source: Source,
        output: Output,
        sink: Sink,
        timer: Timer,
    ) -> None:
        """Read the section, run the passes on it and write it; raises DiagnosticError."""
        # Our own passes build no ops but onnx ones; who knows what a plugin builds.
        context = make_context(load_all=bool(self._options.load_pass_plugin))
        runner = Runner(self._options, sink, timer, self._progress)
        with context, listening(context, sink), ir.Location.unknown():
            with timer.row("Import" if kind is Format.ONNX else "Parser").running() as row:
                self._progress.phase(f"reading {file.name}, {byte_count(len(file.data))}")
                module = self._read(file, kind, source, context)
                runner.verify(module.operation, row)
            # What cannot be written is better known before the work than after it.
            refuse_to_replace_weights(output, self._origin)
            data = None
            if self._format is Format.ONNX:
                data = data_file(self._options.save_as_external_data, output, self._origin)
            with self._verifying_numerics(module, timer):
                runner.run(self._steps, module)
        with timer.row("Export" if self._format is Format.ONNX else "Output").running():
            self._progress.phase(f"writing {self._options.o}", lambda: output.written)
            if output.on_terminal:
                self._progress.hide()
            self._write(module, output, data)
            output.flush()

    @contextmanager
    def _verifying_numerics(self, module: ir.Module, timer: Timer) -> Generator[None, None, None]:
        """Around the passes: raises DiagnosticError if the module computes something else after them."""
        options = self._options
        if options.verify_numerics is None:
            yield
            return
        from .verification import Settings, Verification

        settings = Settings(
            samples=options.verify_numerics,
            engine=options.verify_engine,
            inputs=dict(options.input_file),
            shapes=dict(options.input_shape),
            atol=options.atol,
            rtol=options.rtol,
            report=lambda text: sys.stderr.write(f"{TOOL}: {text}"),
        )
        with Verification(settings) as verification:
            with timer.row("Verify numerics").running():
                self._progress.phase("keeping the module as it was")
                verification.keep(module)
            yield
            with timer.row("Verify numerics").running():
                self._progress.phase("verifying the numerics")
                verification.check(module)

    def _read(
        self, file: InputFile, kind: Format, source: Source, context: ir.Context
    ) -> ir.Module:
        if kind is Format.ONNX:
            freeze = self._options.freeze_initializers
            module, self._origin = read_model(file, context, freeze=freeze)
            for path in self._origin.data_files:
                self._watch.add(path)
            return module
        content = file.data[:] if kind is Format.MLIRBC else source.text
        return parse(content, context=context, filename=source.file, first_line=source.first_line)

    def _write(self, module: ir.Module, output: Output, data: Path | None) -> None:
        """Write the result; `data` is the file for the weights of a model."""
        options = self._options
        if self._format is Format.ONNX:
            write_model(module, output, data, options.size_threshold)
        elif self._format is Format.MLIRBC:
            output.write(to_bytecode(module))
        else:
            for piece in text_pieces(
                module,
                debuginfo=options.mlir_print_debuginfo,
                generic=options.mlir_print_op_generic,
                elide_larger_than=options.mlir_elide_elementsattrs_if_larger,
            ):
                output.write(piece.encode())


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
