# SPDX-License-Identifier: Apache-2.0
"""The flags of the command line: one table, from which the parser and `--help` derive.

As in mlir-opt a flag takes one dash or two, a value follows `=` or is the next argument, and a flag that
is not in the table names a pass.  The order of the pass flags is the order of the passes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import CommandError

SPLIT_MARKER = "// -----"


@dataclass(frozen=True)
class PassFlag:
    """`--name` or `--name=options`, not yet looked up."""

    name: str
    options: str = ""


@dataclass(frozen=True)
class Options:
    """What the command line asks for.  The fields are the flags' names, in Python's spelling."""

    input: str = "-"
    passes: tuple[PassFlag, ...] = ()

    help: bool = False
    version: bool = False
    list_passes: bool = False
    show_dialects: bool = False
    load_pass_plugin: tuple[str, ...] = ()

    allow_unregistered_dialect: bool = False
    split_input_file: str = ""
    verify_diagnostics: str = ""

    pass_pipeline: str | None = None
    verify_each: bool = True
    remarks: bool = False

    o: str = "-"
    emit: str = ""
    mlir_print_op_generic: bool = False
    mlir_print_debuginfo: bool = False
    mlir_elide_elementsattrs_if_larger: int | None = None

    mlir_print_ir_before_all: bool = False
    mlir_print_ir_after_all: bool = False
    mlir_print_ir_before: frozenset[str] = frozenset()
    mlir_print_ir_after: frozenset[str] = frozenset()
    mlir_timing: bool = False


def _boolean(text: str) -> bool:
    if text in ("true", "TRUE", "True", "1", ""):
        return True
    if text in ("false", "FALSE", "False", "0"):
        return False
    raise ValueError(f"'{text}' is not a truth value; try 0 or 1")


def _count(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    raise ValueError(f"'{text}' is not a number of elements")


def _file(text: str) -> str:
    if not text or "\0" in text:
        raise ValueError("it needs the name of a file")
    return text


def _text(text: str) -> str:
    return text


def _names(text: str) -> frozenset[str]:
    return frozenset(name for name in text.split(",") if name)


def _one_of(*allowed: str) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if text in allowed:
            return text
        raise ValueError(f"'{text}' is not one of {', '.join(allowed)}")

    return convert


@dataclass(frozen=True)
class Flag:
    """One row of the table.

    metavar:  how `--help` writes the value, "" for a switch.
    implied:  the value when the flag stands alone; None if it must be given.
    repeats:  collect the values of all occurrences; otherwise the last one counts.
    """

    name: str
    summary: str
    convert: Callable[[str], Any] = _boolean
    metavar: str = ""
    implied: str | None = "true"
    repeats: bool = False

    @property
    def field(self) -> str:
        """The field of `Options` that holds the value."""
        return self.name.replace("-", "_")

    @property
    def spelling(self) -> str:
        """The flag with its dashes."""
        return f"-{self.name}" if len(self.name) == 1 else f"--{self.name}"

    @property
    def usage(self) -> str:
        """How `--help` writes the flag."""
        if not self.metavar:
            return self.spelling
        if self.implied is not None:
            return f"{self.spelling}[=<{self.metavar}>]"
        return f"{self.spelling}{' ' if len(self.name) == 1 else '='}<{self.metavar}>"


FLAGS: dict[str, tuple[Flag, ...]] = {
    "General": (
        Flag("help", "Print this text, with the passes of the given plugins"),
        Flag("version", "Print the versions of onnx-opt, MLIR's bindings and onnx"),
        Flag("list-passes", "Print every pass: ours, the plugins' and MLIR's"),
        Flag("show-dialects", "Print the dialects that the input may use"),
        Flag(
            "load-pass-plugin",
            "Load the passes of a Python file; each becomes a flag",
            _file,
            "file.py",
            implied=None,
            repeats=True,
        ),
    ),
    "Input": (
        Flag("allow-unregistered-dialect", "Accept operations of unknown dialects"),
        Flag(
            "split-input-file",
            f"Process the sections between '{SPLIT_MARKER}' lines (or the given marker) one by one",
            _text,
            "marker",
            implied=SPLIT_MARKER,
        ),
        Flag(
            "verify-diagnostics",
            "Compare what is reported with the input's expected-error, -warning, -remark and -note comments",
            _one_of("all", "only-expected"),
            "all|only-expected",
            implied="all",
        ),
    ),
    "Passes": (
        Flag(
            "pass-pipeline",
            "Run 'builtin.module(...)' instead of single pass flags",
            _text,
            "pipeline",
            implied=None,
        ),
        Flag("verify-each", "Verify the IR after every pass (on unless =0)"),
        Flag("remarks", "Report what the passes did, and what they left alone and why"),
    ),
    "Output": (
        Flag("o", "Write to this file instead of standard output", _file, "file", implied=None),
        Flag(
            "emit",
            "Output format; otherwise the suffix of -o decides, and text is the default",
            _one_of("mlir", "mlirbc", "onnx"),
            "mlir|mlirbc|onnx",
            implied=None,
        ),
        Flag("mlir-print-op-generic", "Print every operation in the generic form"),
        Flag("mlir-print-debuginfo", "Print locations"),
        Flag(
            "mlir-elide-elementsattrs-if-larger",
            "Print __elided__ for constants of more elements; the result cannot be read back",
            _count,
            "n",
            implied=None,
        ),
    ),
    "Looking inside (to standard error)": (
        Flag("mlir-print-ir-before-all", "Print the IR before every pass"),
        Flag("mlir-print-ir-after-all", "Print the IR after every pass"),
        Flag(
            "mlir-print-ir-before",
            "Print the IR before these passes",
            _names,
            "pass,...",
            implied=None,
            repeats=True,
        ),
        Flag(
            "mlir-print-ir-after",
            "Print the IR after these passes",
            _names,
            "pass,...",
            implied=None,
            repeats=True,
        ),
        Flag("mlir-timing", "Print how the time was spent"),
    ),
}

BY_NAME = {flag.name: flag for group in FLAGS.values() for flag in group} | {
    "h": Flag("help", "Same as --help")
}


def parse_arguments(arguments: Sequence[str]) -> Options:
    """The options that `arguments` (without the program's name) ask for; raises CommandError."""
    values: dict[str, Any] = {}
    inputs: list[str] = []
    passes: list[PassFlag] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            inputs.extend(rest)
        elif argument == "-" or not argument.startswith("-"):
            inputs.append(argument)
        else:
            name, equals, text = argument.removeprefix("-").removeprefix("-").partition("=")
            flag = BY_NAME.get(name)
            if flag is None:
                passes.append(PassFlag(name, text))
                continue
            if not equals:
                given = flag.implied if flag.implied is not None else next(rest, None)
                if given is None:
                    raise CommandError(f"{flag.spelling} needs a value: {flag.usage}")
                text = given
            _store(values, flag, text)
    if len(inputs) > 1:
        raise CommandError(
            f"one input file at most, but {len(inputs)} are given: {', '.join(inputs)}"
        )
    if passes and "pass_pipeline" in values:
        raise CommandError(
            f"--pass-pipeline cannot be combined with a pass flag, but --{passes[0].name} is given; "
            "name the pass in the pipeline"
        )
    return Options(input=inputs[0] if inputs else "-", passes=tuple(passes), **values)


def _store(values: dict[str, Any], flag: Flag, text: str) -> None:
    try:
        value = flag.convert(text)
    except ValueError as error:
        raise CommandError(f"{flag.spelling}: {error}") from None
    if not flag.repeats:
        values[flag.field] = value
    elif isinstance(value, frozenset):
        values[flag.field] = values.get(flag.field, frozenset[str]()) | value
    else:
        values[flag.field] = (*values.get(flag.field, ()), value)
