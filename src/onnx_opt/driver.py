# SPDX-License-Identifier: Apache-2.0
"""Read, run, write: what the command line does with its input, section by section."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .dialect.bindings import ir
from .dialect.diagnostics import DiagnosticError
from .errors import TOOL, CommandError
from .files.inputs import STANDARD, InputFile, Section, read_input
from .files.outputs import Output
from .flags import Options
from .formats.choice import format_to_read, format_to_write
from .formats.format import Format
from .formats.mlir_text import SPLIT_MARKER, source_of, text_pieces
from .module import Module
from .pipeline.plan import Step
from .reporting.diagnostics import Sink
from .reporting.observer import Observer
from .reporting.progress import Progress, byte_count, progress
from .reporting.reporter import Reporter
from .reporting.timing import Timer, report

if TYPE_CHECKING:
    from .reporting.page import PageReport
    from .verification import FunctionTable


class Driver:
    """One run of the command line: its options, its passes, and where the result goes."""

    def __init__(self, options: Options, steps: tuple[Step, ...]) -> None:
        self._options = options
        self._steps = steps
        self._format = format_to_write(options)
        self._progress = Progress()
        wanted = options.emit or options.print_ir or options.generate_checks
        self._only_reports = bool(options.report) and options.o == STANDARD and not wanted

    def run(self) -> bool:
        """Process the input; False if an error was reported.  Raises CommandError."""
        options = self._options
        with progress(quiet=options.quiet) as self._progress:
            self._progress.phase("reading")
            file = read_input(options.input)
            format_ = format_to_read(file, options)
            sections = [Section(file.name)]
            if format_.sections is not None:
                sections = format_.sections(file, options.split_input_file)
            if len(sections) > 1 and self._format.sections is None:
                raise CommandError(
                    f"{len(sections)} sections cannot be written as one .{self._format.name} file; write text"
                )
            if len(sections) > 1 and options.report:
                raise CommandError(f"--report shows one module, and the input has {len(sections)}")
            with Output(options.o) as output:
                right = True
                marker = options.split_input_file if options.generate_checks else SPLIT_MARKER
                for number, section in enumerate(sections):
                    if number:
                        output.write(f"{marker}\n".encode())
                    right &= self._process(file, format_, section, output)
                if right:
                    file.watch.check()
                    output.commit()
        return right

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
                if self._options.generate_checks:
                    # Where --verify-diagnostics expects that, the section goes on without check lines.
                    from .checks import without_checks

                    source = source_of(section, file, self._options.split_input_file)
                    output.write(without_checks(source, self._options.generate_checks).encode())
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
        with timer.row(format_.timed_as[0]).running() as row:
            self._progress.phase(f"reading {file.name}, {byte_count(len(file.data))}")
            read = format_.reader(file, section, options)
            module = Module(file, section, read, options, Observer(sink, row, self._progress))
            for warning in module.warnings:
                sink(warning)
        # What cannot be written is better known before the work than after it.
        write = module.writer(self._format, output, options)
        with (
            self._reporting(file, module, timer, output) as page,
            self._verifying_numerics(module.ir, timer, page),
        ):
            recording = page.recording if page else None
            observer = Observer(sink, timer, self._progress, recording)
            module.apply(self._steps, options, observer)
        if self._only_reports:
            return
        with timer.row(self._format.timed_as[1]).running():
            self._progress.phase(f"writing {options.o}", lambda: output.written)
            if output.on_terminal:
                self._progress.hide()
            if options.generate_checks:
                from .checks import with_checks

                text = "".join(text_pieces(module.ir.operation, options))
                source = source_of(section, file, self._options.split_input_file)
                output.write(with_checks(source, text, options.generate_checks).encode())
            else:
                write()
            output.flush()

    @contextmanager
    def _reporting(
        self, file: InputFile, module: Module, timer: Timer, output: Output
    ) -> Generator[PageReport | None, None, None]:
        """Around the passes and the verification: writes the report, if one is wanted."""
        options = self._options
        if not options.report:
            yield None
            return
        from .reporting.page import following
        from .verification import DepartureError

        taken = {*module.data_files, *(each for each in (file.path, output.target) if each)}
        title = Path(file.name).name
        with following(module.ir, title, options, {each.resolve() for each in taken}) as page:
            try:
                yield page
            except DepartureError as error:
                # Which fold it was is what one looks for then.
                page.tell(str(error))
                page.write(timer)
                raise
            self._progress.phase(f"writing {options.report}")
            page.write(timer)

    @contextmanager
    def _verifying_numerics(
        self, module: ir.Module, timer: Timer, page: PageReport | None
    ) -> Generator[None, None, None]:
        """Around the passes: raises DiagnosticError if the module computes something else after them."""
        options = self._options
        if options.verify_numerics is None:
            yield
            return
        from .numerics import settings_of
        from .verification import Verification, shown

        def tell(told: FunctionTable | str) -> None:
            text = shown(told)
            sys.stderr.write(f"{TOOL}: {text}")
            if page is not None:
                page.tell(text)

        settings = settings_of(options, tell)
        with Verification(settings) as verification:
            with timer.row("Verify numerics").running():
                self._progress.phase("keeping the module as it was")
                verification.keep(module)
            yield
            with timer.row("Verify numerics").running():
                self._progress.phase("verifying the numerics")
                verification.check(module)
