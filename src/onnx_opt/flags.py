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
    freeze_initializers: bool = False
    split_input_file: str = ""
    verify_diagnostics: str = ""

    pass_pipeline: str | None = None
    verify_each: bool = True
    remarks: bool = False

    verify_numerics: int | None = None
    verify_engine: str = ""
    input_file: tuple[tuple[str, str], ...] = ()
    input_shape: tuple[tuple[str, tuple[int, ...]], ...] = ()
    atol: float | None = None
    rtol: float | None = None

    o: str = "-"
    emit: str = ""
    save_as_external_data: str | None = None
    size_threshold: int | None = None
    mlir_print_op_generic: bool = False
    mlir_print_debuginfo: bool = False
    mlir_elide_elementsattrs_if_larger: int | None = None

    mlir_print_ir_before_all: bool = False
    mlir_print_ir_after_all: bool = False
    mlir_print_ir_before: frozenset[str] = frozenset()
    mlir_print_ir_after: frozenset[str] = frozenset()
    mlir_timing: bool = False
    quiet: bool = False


def _boolean(text: str) -> bool:
    if text in ("true", "TRUE", "True", "1", ""):
        return True
    if text in ("false", "FALSE", "False", "0"):
        return False
    raise ValueError(f"'{text}' is not a truth value; try 0 or 1")


def _count_of(what: str) -> Callable[[str], int]:
    def convert(text: str) -> int:
        if text.isascii() and text.isdigit():
            return int(text)
        raise ValueError(f"'{text}' is not a number of {what}")

    return convert


def _file(text: str) -> str:
    if not text or "\0" in text:
        raise ValueError("it needs the name of a file")
    return text


def _text(text: str) -> str:
    return text


def _names(text: str) -> frozenset[str]:
    return frozenset(name for name in text.split(",") if name)


def _inputs(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) <= 1000:
        return int(text)
    raise ValueError(f"'{text}' is not a number of inputs from 1 to 1000")


def _tolerance(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if 0 <= value < float("inf"):
        return value
    raise ValueError(f"'{text}' is not a tolerance; try 1e-5")


def _input_file(text: str) -> tuple[str, str]:
    name, _, file = text.partition("=")
    if name and file and "\0" not in file:
        return name, file
    raise ValueError(f"'{text}' is not of the form name=file.npy")


def _input_shape(text: str) -> tuple[str, tuple[int, ...]]:
    name, equals, sizes = text.rpartition("=")
    shape = [size for size in sizes.split("x") if size]
    if name and equals and all(size.isascii() and size.isdigit() for size in shape):
        return name, tuple(map(int, shape))
    raise ValueError(f"'{text}' is not of the form name=2x3x4")


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
    into:     the field of `Options` that holds the value, where it is not called as the flag is.
    """

    name: str
    summary: str
    convert: Callable[[str], Any] = _boolean
    metavar: str = ""
    implied: str | None = "true"
    repeats: bool = False
    into: str = ""

    @property
    def field(self) -> str:
        """The field of `Options` that holds the value."""
        return self.into or self.name.replace("-", "_")

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
            "freeze-initializers",
            "Make constants of a model's initializers that a caller may override",
        ),
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
    "Proof": (
        Flag(
            "verify-numerics",
            "Run the module as it was and as the passes left it on n random inputs (3) and compare every output",
            _inputs,
            "n",
            implied="3",
        ),
        Flag(
            "verify-engine",
            "What runs them; by default onnxruntime where it is installed and can, else onnx's reference evaluator",
            _one_of("onnxruntime", "reference"),
            "onnxruntime|reference",
            implied=None,
        ),
        Flag(
            "input",
            "Feed this array to an input instead of random values",
            _input_file,
            "name=file.npy",
            implied=None,
            repeats=True,
            into="input_file",
        ),
        Flag(
            "input-shape",
            "The shape of an input, for dimensions that the module leaves open",
            _input_shape,
            "name=2x3x4",
            implied=None,
            repeats=True,
        ),
        Flag(
            "atol",
            "Tolerate this absolute difference, instead of what rounding explains",
            _tolerance,
            "x",
            implied=None,
        ),
        Flag(
            "rtol",
            "Tolerate this relative difference, instead of what rounding explains",
            _tolerance,
            "x",
            implied=None,
        ),
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
        Flag(
            "save-as-external-data",
            "Write a model's weights to a file beside it, by default <output>.data; without this flag they stay in "
            "files of their own if they were, and inside otherwise",
            _text,
            "file",
            implied="",
        ),
        Flag(
            "size-threshold",
            "Leave weights of fewer bytes inside the model when the others go to a file of their own (default: 1024)",
            _count_of("bytes"),
            "n",
            implied=None,
        ),
        Flag("mlir-print-op-generic", "Print every operation in the generic form"),
        Flag("mlir-print-debuginfo", "Print locations"),
        Flag(
            "mlir-elide-elementsattrs-if-larger",
            "Print __elided__ for constants of more elements; the result cannot be read back",
            _count_of("elements"),
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
        Flag("quiet", "Show no progress on the terminal"),
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
    if "verify_numerics" not in values:
        for flag in FLAGS["Proof"]:
            if flag.field in values:
                raise CommandError(f"{flag.spelling} is for --verify-numerics, which is not given")
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
