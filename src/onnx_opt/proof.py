# SPDX-License-Identifier: Apache-2.0
"""`--prove`: a line for each rule of the passes, and the first case in which one fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .dialect.context import make_context
from .errors import CommandError
from .files.inputs import STANDARD
from .files.outputs import Output
from .flags import Options
from .formats.detection import format_of_output
from .formats.format import Read
from .formats.mlir_text import FORMAT as TEXT
from .no_module import refuse_input
from .passes.rewriting.base import Pass
from .passes.rewriting.rule import Rule
from .pipeline.plan import NestedSteps, Planner, PythonPass, Step
from .pipeline.plugins import Registry
from .proving import PROVEN, Difference, case, lines_of, prove, rules_of, runnable

Tell = Callable[[str], None]
"""Says what is being done, to whom may lose patience."""


@dataclass(frozen=True)
class _Named:
    """A pass, or what stands in its place and has no rules."""

    argument: str
    pass_: Pass | None
    plugin: str | None = None


def prove_passes(options: Options, registry: Registry, tell: Tell) -> bool:
    """Print a verdict for each rule of the passes; whether all of them hold.  Raises CommandError."""
    refuse_input(options, "--prove", {"prove", "emit"})
    if options.emit and options.o == STANDARD:
        raise CommandError("--emit is for the case that --prove writes with -o, which is not given")
    named = tuple(_named(Planner(registry).plan(options)))
    if not named:
        raise CommandError("--prove needs a pass, such as --fold-bn-into-gemm")
    right, unwritten = True, options.o != STANDARD
    for each in named:
        for name, rule in rules_of(each.pass_, each.argument):
            tell(f"proving {name}")
            verdict = prove(rule, name)
            right &= verdict.outcome == PROVEN
            _print("".join(f"{line}\n" for line in lines_of(verdict)))
            if unwritten and verdict.difference is not None and isinstance(rule, Rule):
                unwritten = False
                _write_case(options, each, rule, verdict.difference)
    return right


def _named(steps: Iterable[Step]) -> Iterator[_Named]:
    for step in steps:
        if isinstance(step, PythonPass):
            yield _Named(step.argument, step.pass_, step.plugin)
        elif isinstance(step, NestedSteps):
            yield from _named(step.steps)
        else:
            yield _Named(step.argument, None)


def _write_case(options: Options, each: _Named, rule: Rule, difference: Difference) -> None:
    """The case as a module; as text it begins with the command that shows it."""
    format_ = format_of_output(options.emit, options.o)
    with Output(options.o) as output, make_context(load_all=False):
        found = runnable(rule, difference)
        write = format_.writer(Read(found.module), output, options)
        if format_ is TEXT:
            flags = [
                f"--input-shape={name}={_sizes(shape)}" for name, shape in found.shapes.items()
            ]
            if each.plugin is not None:
                flags.append(f"--load-pass-plugin=%S/{_relative(each.plugin, options.o)}")
            command = " ".join(
                ["not onnx-opt %s", *flags, f"--{each.argument}", "--verify-numerics"]
            )
            lines = [f"RUN: {command} 2>&1 | FileCheck %s", *case(difference)]
            lines += ["CHECK: error: --verify-numerics"]
            output.write("".join(f"// {line}\n" for line in lines).encode())
        write(found.module)
        output.commit()


def _sizes(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))


def _relative(path: str, to: str) -> str:
    return os.path.relpath(path, Path(to).parent)


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
