# SPDX-License-Identifier: Apache-2.0
"""A module in memory: passes run on it, and it is written.  `api.py` and the command line make them."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .dialect.bindings import ir
from .dialect.context import make_context
from .dialect.diagnostics import Diagnostic, DiagnosticError, located
from .errors import CommandError
from .files.inputs import InputFile, Section, Watch, read_file
from .files.outputs import Output
from .flags import BY_FIELD, Options
from .formats import onnx_model
from .formats.choice import format_to_read, format_to_write
from .formats.format import Format, Read, Reader
from .formats.mlir_text import text_pieces
from .keywords import (
    LoadOptions,
    NumericsOptions,
    RunOptions,
    SaveOptions,
    TextOptions,
    options_of,
)
from .passes.rewriting.base import Pass
from .pipeline.plan import Planner, Step
from .pipeline.plugins import PROCESS
from .pipeline.run import Runner
from .pipeline.syntax import parse_elements
from .reporting.diagnostics import Sink, listening, render
from .reporting.failures import Error, failures
from .reporting.observer import SILENT, Observer, listener
from .reporting.progress import Progress
from .reporting.timing import Timer

if TYPE_CHECKING:
    import onnx
    from typing_extensions import Unpack

    from .verification import NumericsTable


class Module:
    """A module of ops, in a context of its own.

    Several may be at work at once, each in one thread at a time.  Options are called as the flags of the command line
    are, with `_` for `-`, and mean the same.  Methods raise `Error`.

    ir: the module as MLIR's bindings have it, whose context lives as long as this.
    warnings: what the input should not do, but may.
    """

    def __init__(
        self,
        file: InputFile,
        section: Section,
        read: Reader,
        options: Options,
        observer: Observer = SILENT,
    ) -> None:
        """Read a section of a file, and verify it.  Raises DiagnosticError and CommandError."""
        self._file, self._section = file, section
        self._any_dialect = options.allow_unregistered_dialect
        self._context = make_context(load_all=False)
        runner = Runner(options, observer)
        with self._at_work(observer.sink):
            found = read(self._context)
            for path in found.data_files:
                file.watch.add(path)
            self._read = _verified(
                found,
                lambda each: runner.verify(each.module.operation, imported=each.imported),
            )
        self.ir = self._read.module
        self.warnings = tuple(located(each, section.file) for each in self._read.warnings)

    def run(self, *passes: str | Pass, **options: Unpack[RunOptions]) -> Result:
        """Run passes, one after the other, in place; gives what they reported, remarks too unless `remarks=False`.

        passes: names, with options in braces (`"constprop-onnx{expansion-bound=2}"`); pipelines
        (`"func.func(cse),symbol-dce"`); passes themselves, as `passes()` gives them or Python code makes them.
        `report="report.html"` writes a page about what they did.

        Nothing runs if a pass or an option is unknown.  The module stays as a pass that failed left it.
        """
        told: list[Diagnostic] = []
        with failures(self._section):
            options = {"remarks": True, **options}
            asked = options_of(RunOptions, options, allow_unregistered_dialect=self._any_dialect)
            elements = [
                element
                for each in passes
                for element in (parse_elements(each) if isinstance(each, str) else (each,))
            ]
            steps = Planner(PROCESS).plan_elements(elements, asked)
            if asked.report:
                self._apply_and_report(steps, asked, told.append)
            else:
                self.apply(steps, asked, listener(told.append))
        if any(each.severity == "error" for each in told):
            raise Error.about(self._section, tuple(told))
        return Result(tuple(located(each, self._section.file) for each in told), self._section)

    def _apply_and_report(self, steps: tuple[Step, ...], options: Options, sink: Sink) -> None:
        from .reporting.page import following

        timer = Timer("Total")
        title = Path(self._section.file).name
        with following(self.ir, title, options, self.data_files) as page:
            self.apply(steps, options, Observer(sink, timer, Progress(), page.recording))
            page.write(timer)

    def verify(self) -> None:
        """Check every op against ONNX's schemas and its shape inference, as after reading and after each pass."""
        with failures(self._section), self._at_work(SILENT.sink):
            options = Options(allow_unregistered_dialect=self._any_dialect)
            Runner(options, SILENT).verify(self.ir.operation)

    def verify_numerics(
        self,
        against: Module | str | os.PathLike[str] | bytes | onnx.ModelProto,
        *,
        samples: int = 3,
        **options: Unpack[NumericsOptions],
    ) -> NumericsTable:
        """Run the module and another one, or what `load` takes, on the same inputs, and compare every output.

        samples: on how many random inputs.  docs/numerics.md says what rounding explains; if an output departs by more,
        NumericsError is raised.
        """
        from .numerics import compared

        other = against if isinstance(against, Module) else load(against)
        given = options.pop("input", {})
        files = {name: each for name, each in given.items() if isinstance(each, (str, os.PathLike))}
        arrays = {name: each for name, each in given.items() if name not in files}
        with failures(self._section):
            count = BY_FIELD["verify_numerics"].value_of(str(samples))
            asked = options_of(NumericsOptions, {**options, "input": files}, verify_numerics=count)
            return compared(other.ir, self.ir, asked, arrays, self._section)

    def save(self, path: str | os.PathLike[str], **options: Unpack[SaveOptions]) -> None:
        """Write the module to a file, in the format that its suffix says; the file appears whole or not at all.

        Weights go where they were, into a file beside the model or inside it, unless `save_as_external_data` is given:
        True, or the file's name.
        """
        with failures(self._section):
            asked = options_of(SaveOptions, options, o=os.fspath(path))
            format_ = format_to_write(asked)
            with Output(asked.o) as output:
                self.writer(format_, output, asked)()
                self.check_files()
                output.commit()

    def to_text(self, **options: Unpack[TextOptions]) -> str:
        """The module as `onnx-opt` prints it."""
        with failures(self._section):
            return "".join(text_pieces(self.ir.operation, options_of(TextOptions, options)))

    def to_onnx(self) -> onnx.ModelProto:
        """The module as a model, with all weights inside."""
        from .exporter import export_model

        with failures(self._section):
            return export_model(self.ir)

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"<onnx_opt.Module from {self._section.file}>"

    def _repr_html_(self) -> str:
        from .html import highlighted

        return highlighted(self.to_text(mlir_elide_elementsattrs_if_larger=16))

    # What follows is for the command line, which tells its user of failures by itself.

    @property
    def data_files(self) -> frozenset[Path]:
        """The files that hold the weights of the input, links followed."""
        return self._read.data_files

    def apply(self, steps: tuple[Step, ...], options: Options, observer: Observer) -> None:
        """Run planned passes.  Raises DiagnosticError and CommandError."""
        with self._at_work(observer.sink):
            Runner(options, observer).run(steps, self.ir)

    def writer(self, format_: Format, output: Output, options: Options) -> Callable[[], None]:
        """Check where the module is to go; the function that writes it there.  Both raise what `apply` does."""
        if output.target in self._read.data_files:
            raise CommandError(f"cannot write {output.shown}: it holds the weights of the input")
        write = format_.writer(self._read, output, options)
        return lambda: write(self.ir)

    def check_files(self) -> None:
        """Raise CommandError if a file that the module was read from has changed since."""
        self._file.watch.check()

    @contextmanager
    def _at_work(self, sink: Sink) -> Generator[None, None, None]:
        with self._context, listening(self._context, sink), ir.Location.unknown():
            yield


@dataclass(frozen=True, repr=False)
class Result:
    """What passes reported; `str()` gives it as `onnx-opt --remarks` prints it.

    diagnostics: in the order in which they were reported.
    """

    diagnostics: tuple[Diagnostic, ...]
    _section: Section

    @property
    def remarks(self) -> tuple[Diagnostic, ...]:
        """What the passes did, and what they left alone and why."""
        return tuple(each for each in self.diagnostics if each.severity == "remark")

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What the user should look at."""
        return tuple(each for each in self.diagnostics if each.severity == "warning")

    def __str__(self) -> str:
        return "".join(render(each, self._section) for each in self.diagnostics)

    def __repr__(self) -> str:
        return f"<onnx_opt.Result: {len(self.remarks)} remarks, {len(self.warnings)} warnings>"


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
    return read._replace(otherwise=None, imported=None)  # They would keep the model's message.


def load(
    source: str | os.PathLike[str] | bytes | onnx.ModelProto,
    *,
    filename: str = "",
    **options: Unpack[LoadOptions],
) -> Module:
    """Read a module, and verify it.

    source: the path of a file, or what one holds: MLIR text, MLIR bytecode or an ONNX model; or a model in memory.
    filename: what diagnostics call bytes and models, whose external data lies in its folder.

    Files are mapped: they may be replaced while the module lives, but not written to.  Raises Error.
    """
    with failures(Section(filename)):
        asked = options_of(LoadOptions, options)
        if isinstance(source, (str, os.PathLike)):
            return _read(read_file(os.fspath(source)), asked)
        path = Path(filename) if filename else None
        if isinstance(source, bytes):
            return _read(InputFile(filename or "<bytes>", source, path, Watch()), asked)
        return _read_model(source, InputFile(filename or "<model>", b"", path, Watch()), asked)


def _read(file: InputFile, options: Options) -> Module:
    format_ = format_to_read(file, options)
    section = format_.sections(file, "")[0] if format_.sections else Section(file.name)
    with failures(section):
        return Module(file, section, format_.reader(file, section, options), options)


def _read_model(model: onnx.ModelProto, file: InputFile, options: Options) -> Module:
    from onnx import ModelProto

    if not isinstance(model, ModelProto):  # pyright: ignore[reportUnnecessaryIsInstance]
        kind = type(model).__name__
        raise TypeError(f"a module is loaded from a path, bytes or a ModelProto, not {kind}")
    section = Section(file.name)
    with failures(section):
        read = partial(onnx_model.read_model, model, file, options)
        return Module(file, section, read, options)
