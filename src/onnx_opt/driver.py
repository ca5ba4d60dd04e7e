# SPDX-License-Identifier: Apache-2.0
"""Read, run, write: what the command line does with its input, section by section."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from .dialect.bindings import ir
from .dialect.context import make_context
from .dialect.diagnostics import DiagnosticError
from .errors import TOOL, CommandError
from .files.inputs import STANDARD, InputFile, Section, Watch, read_input
from .files.outputs import Output
from .flags import BY_FIELD, Options, is_given
from .formats.detection import FORMATS, format_of_input, format_of_output
from .formats.format import Format, Read
from .formats.mlir_text import SPLIT_MARKER
from .pipeline.plan import Step
from .pipeline.run import Runner
from .reporting.diagnostics import Sink, listening
from .reporting.progress import Progress, byte_count, progress
from .reporting.reporter import Reporter
from .reporting.timing import Timer, report


class Driver:
    """One run of the command line: its options, its passes, and where the result goes."""

    def __init__(self, options: Options, steps: tuple[Step, ...]) -> None:
        self._options = options
        self._steps = steps
        self._format = format_of_output(options.emit, options.o)
        self._progress = Progress()
        self._watch = Watch()

    def run(self) -> bool:
        """Process the input; False if an error was reported.  Raises CommandError."""
        options = self._options
        for known in FORMATS:
            self._refuse(
                set(known.write_flags) - set(self._format.write_flags),
                f"is for {known.plural}: write one with -o <file>.{known.name} or --emit={known.name}",
            )
        with progress(quiet=options.quiet) as self._progress:
            self._progress.phase("reading")
            if options.input != STANDARD:
                self._watch.add(Path(options.input))
            file = read_input(options.input)
            format_ = format_of_input(file)
            for known in FORMATS:
                self._refuse(
                    set(known.read_flags) - set(format_.read_flags),
                    f"is for {known.plural}, which '{file.name}' is not",
                )
            sections = [Section(file.name)]
            if format_.sections is not None:
                sections = format_.sections(file, options.split_input_file)
            if len(sections) > 1 and self._format.sections is None:
                raise CommandError(
                    f"{len(sections)} sections cannot be written as one .{self._format.name} file; write text"
                )
            with Output(options.o) as output:
                right = True
                for number, section in enumerate(sections):
                    if number:
                        output.write(f"{SPLIT_MARKER}\n".encode())
                    right &= self._process(file, format_, section, output)
                if right:
                    self._watch.check()
                    output.commit()
        return right

    def _refuse(self, fields: set[str], why: str) -> None:
        """Raise CommandError if the command line gives a value to one of these fields of the options."""
        for field in sorted(fields):
            if is_given(self._options, field):
                raise CommandError(f"{BY_FIELD[field].spelling} {why}")

    def _process(self, file: InputFile, format_: Format, section: Section, output: Output) -> bool:
        """Everything for one section; False if an error was reported, or if what was reported was not expected."""
        total = Timer("Total")
        reporter = Reporter(section, self._options.verify_diagnostics)
        with total.running():
            try:
                self._transform(file, format_, section, output, reporter.receive, total)
            except DiagnosticError as error:
                for diagnostic in error.diagnostics:
                    reporter.receive(diagnostic)
        if self._options.mlir_timing:
            sys.stderr.write(report(total))
        return reporter.conclude()

    def _transform(
        self,
        file: InputFile,
        format_: Format,
        section: Section,
        output: Output,
        sink: Sink,
        timer: Timer,
    ) -> None:
        """Read the section, run the passes on it and write it; raises DiagnosticError."""
        options = self._options
        # Our own passes build no ops but onnx ones; who knows what a plugin builds.
        context = make_context(load_all=bool(options.load_pass_plugin))
        runner = Runner(options, sink, timer, self._progress)
        with context, listening(context, sink), ir.Location.unknown():
            with timer.row(format_.timed_as[0]).running() as row:
                self._progress.phase(f"reading {file.name}, {byte_count(len(file.data))}")
                read = format_.read(file, section, context, options)
                for path in read.data_files:
                    self._watch.add(path)
                read = _verified(read, lambda each: runner.verify(each.module.operation, row))
                for warning in read.warnings:
                    sink(warning)
            # What cannot be written is better known before the work than after it.
            if output.target in read.data_files:
                raise CommandError(
                    f"cannot write {output.shown}: it holds the weights of the input"
                )
            write = self._format.writer(read, output, options)
            with self._verifying_numerics(read.module, timer):
                runner.run(self._steps, read.module)
        with timer.row(self._format.timed_as[1]).running():
            self._progress.phase(f"writing {options.o}", lambda: output.written)
            if output.on_terminal:
                self._progress.hide()
            write(read.module)
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


def _verified(read: Read, verify: Callable[[Read], None]) -> Read:
    """What was read, if it is valid, or else what is read otherwise.  Raises DiagnosticError if neither is."""
    try:
        verify(read)
    except DiagnosticError:
        if read.otherwise is None:
            raise
        with suppress(DiagnosticError):
            other = read.otherwise()
            verify(other)
            return other
        raise
    return read
