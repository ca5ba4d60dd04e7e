# SPDX-License-Identifier: Apache-2.0
"""`--reduce`: the smallest module on which the other flags show what is wrong, as a test."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from .dialect.bindings import ir
from .dialect.dataclass import replace
from .dialect.diagnostics import DiagnosticError
from .dialect.model_records import NAME
from .errors import TOOL, CommandError
from .files.inputs import Section, read_input
from .files.outputs import Output
from .flags import BY_FIELD, Options, is_given
from .formats.choice import format_to_read
from .formats.detection import FORMATS, format_of_output
from .formats.mlir_text import FORMAT as TEXT
from .lit_test import OF_RUN, lines_of_test
from .module import Module
from .pipeline.plan import Step
from .pipeline.run import Runner
from .reducing import Reduction, Wrong, wrong_error, wrong_exception, wrong_script
from .reducing.attempts import Died, in_child
from .reducing.cutting import ARGUMENTS, Values, functions_of
from .reporting.observer import SILENT
from .reporting.progress import Progress, progress

if TYPE_CHECKING:
    from .verification import Settings, Verification

T = TypeVar("T")

_OTHERS = ("input", "passes", "pass_options", "load_pass_plugin", "quiet", "reduce", "reduce_test")
_PATIENCE = 600.0
"""Seconds for the last try."""


def reduce(options: Options, steps: tuple[Step, ...]) -> None:
    """Write the module to the file that `--reduce` names.  Raises CommandError and DiagnosticError."""
    _refuse_others(options)
    if options.reduce_test and steps:
        raise CommandError(
            "--reduce-test asks its script what is wrong, which runs the passes itself, but "
            f"--{options.passes[0].name if options.passes else BY_FIELD['pass_pipeline'].name} is given"
        )
    if not options.reduce_test and not steps:
        raise CommandError(
            "--reduce needs passes that show what is wrong, or a script, --reduce-test=<script>"
        )
    with ExitStack() as stack:
        line = stack.enter_context(progress(quiet=options.quiet))
        output = stack.enter_context(Output(options.reduce))
        module = _read(options, line)
        stack.enter_context(module.ir.context)
        stack.enter_context(ir.Location.unknown())
        format_ = format_of_output("", options.reduce)
        write = module.writer(format_, output, options)
        trial = _Trial(options, steps, module)
        search = Reduction(
            module.ir,
            trial.judge,
            trial.compute,
            float(options.reduce_seconds),
            lambda ops, tries: line.phase(f"reducing: {ops} ops, try {tries}"),
        )
        wrong = search.run()
        if wrong is None:
            raise CommandError(f"nothing to reduce: {trial.fine}")
        if format_ is TEXT:
            text, wrong = _text(module, wrong, trial)
            lines = "".join(f"// {each}\n" for each in lines_of_test(options, wrong))
            output.write(f"{lines}{text}".encode())
        else:
            write()
        output.commit()
    sys.stderr.write(
        f"{TOOL}: {options.reduce}: {_count(search.ops, 'op')} of {search.ops_before}, "
        f"after {_count(search.tries, 'try')}; it still goes wrong:\n{TOOL}: {wrong.shown}\n"
    )


def _text(module: Module, wrong: Wrong, trial: _Trial) -> tuple[str, Wrong]:
    """A text that goes wrong as the module does when it is read back, and what goes wrong with it.

    Raises CommandError where there is none.
    """
    for debuginfo in (False, True):
        text = module.to_text(mlir_print_debuginfo=debuginfo)
        found = in_child(partial(trial.judge_text, text), _PATIENCE)
        found = found.wrong if isinstance(found, Died) else found
        if found == wrong:
            return text, found
    raise CommandError("what goes wrong does not go wrong with the text; write .mlirbc or .onnx")


class _Trial:
    """What the flags say of a module: called in child processes only."""

    def __init__(self, options: Options, steps: tuple[Step, ...], module: Module) -> None:
        self._options = options
        self._steps = steps
        self._whole, self._module = module, module.ir
        self.fine = "the passes end well, and leave a valid module"
        if options.reduce_test:
            if not os.access(options.reduce_test, os.X_OK):
                raise CommandError(
                    f"cannot run '{options.reduce_test}': it is no file, or may not be executed"
                )
            self.fine = f"{options.reduce_test} does not exit with 0"
        elif options.verify_numerics is not None:
            self.fine += " that computes the same"
            _preload()

    def judge(self) -> Wrong | None:
        """What goes wrong with the module."""
        return self._judge(self._module, self._whole.save)

    def judge_text(self, text: str) -> Wrong | None:
        """What goes wrong with the module in a text."""
        from .dialect.assembly.reader import parse

        module = parse(text, context=self._module.context)
        return self._judge(module, lambda path: path.write_text(text))

    def _judge(self, module: ir.Module, save: Callable[[Path], object]) -> Wrong | None:
        options = self._options
        try:
            Runner(options, SILENT).verify(module.operation)
        except DiagnosticError:
            return None
        if options.reduce_test:
            return self._by_script(save)
        if options.verify_numerics is None:
            return self._by_passes(module)
        return self._by_numerics(module)

    def _by_passes(self, module: ir.Module) -> Wrong | None:
        try:
            Runner(self._options, SILENT).run(self._steps, module)
        except DiagnosticError as error:
            return wrong_error(error.diagnostics[0].message)
        except CommandError as error:  # from a plugin
            return wrong_error(error.args[0])
        except Exception as error:
            return wrong_exception(error)
        return None

    def _by_numerics(self, module: ir.Module) -> Wrong | None:
        from .verification import Verification
        from .verification.engines import run_here

        run_here()
        with ExitStack() as stack:
            checks: list[Verification] = []
            # What departs mostly departs on the first input: one takes a third of the time of three.
            for samples in sorted({1, self._options.verify_numerics or 1}):
                settings = _settings(self._options, module, samples)
                checks.append(stack.enter_context(Verification(settings)))
                try:
                    checks[-1].keep(module)
                except DiagnosticError:
                    return None  # It cannot be run: nothing is wrong with the passes.
            wrong = self._by_passes(module)
            for check in checks:
                wrong = wrong or _departs(check, module)
        return wrong

    def _by_script(self, save: Callable[[Path], object]) -> Wrong | None:
        options = self._options
        script = Path(options.reduce_test).resolve()
        with tempfile.TemporaryDirectory(prefix="onnx-opt-") as folder:
            path = Path(folder, f"module{Path(options.reduce).suffix}")
            save(path)
            done = subprocess.run([script, path], check=False)
        return None if done.returncode else wrong_script(options.reduce_test)

    def compute(self, function: ir.Operation, ops: list[ir.Operation]) -> Values | None:
        """What the results of ops are when the module runs."""
        from .reducing.values import values_of
        from .verification.engines import ONNXRUNTIME, REFERENCE, is_installed, run_here

        run_here()
        options = self._options
        engine = options.verify_engine or (ONNXRUNTIME if is_installed(ONNXRUNTIME) else REFERENCE)
        return values_of(self._module, function, ops, engine, _settings(options, self._module, 1))


def _departs(verification: Verification, module: ir.Module) -> Wrong | None:
    try:
        verification.check(module)
    except DiagnosticError as error:
        return wrong_error(error.diagnostics[0].message, getattr(error, "first", ""))
    return None


def _settings(options: Options, module: ir.Module, samples: int) -> Settings:
    """The settings of the verification, of inputs that are still there."""
    from .numerics import settings_of

    names = {name for function in functions_of(module) for name in _input_names(function)}
    about = replace(
        options,
        verify_numerics=samples,
        input_file=tuple(_about(names, options.input_file)),
        input_shape=tuple(_about(names, options.input_shape)),
    )
    return settings_of(about, lambda _: None)


def _about(names: Collection[str], given: Iterable[tuple[str, T]]) -> list[tuple[str, T]]:
    """What is given of inputs that are among `names`, or all of it where some have no name."""
    return [(name, each) for name, each in given if name in names or "" in names]


def _input_names(function: ir.Operation) -> Iterator[str]:
    if ARGUMENTS not in function.attributes:
        yield ""
        return
    for entry in ir.ArrayAttr(function.attributes[ARGUMENTS]):
        names = {each.name: each.attr for each in ir.DictAttr(entry)}
        yield NAME.get(names, "")


def _preload() -> None:
    """Load once what each child needs.  A session of onnxruntime does not survive a fork, but its module does."""
    for name in ("child", "exact", "verification"):
        import_module(f".verification.{name}", __package__)
    with suppress(ImportError):
        import_module("onnxruntime")


def _refuse_others(options: Options) -> None:
    """Raise CommandError if a flag is given that has no say in a reduction."""
    reads = {
        field for known in FORMATS for field in known.read_flags if field not in known.write_flags
    }
    heeded = {*OF_RUN, *_OTHERS, *reads, "reduce_seconds"}
    for flag in BY_FIELD.values():
        if flag.field not in heeded and is_given(options, flag.field):
            raise CommandError(f"{flag.spelling} has no say in --reduce")


def _read(options: Options, line: Progress) -> Module:
    """The input."""
    line.phase("reading")
    file = read_input(options.input)
    format_ = format_to_read(file, options)
    section = format_.sections(file, "")[0] if format_.sections else Section(file.name)
    return Module(file, section, format_.reader(file, section, options), options)


def _count(number: int, noun: str) -> str:
    plural = "tries" if noun == "try" else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"
