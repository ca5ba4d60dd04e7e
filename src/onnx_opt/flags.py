# SPDX-License-Identifier: Apache-2.0
"""The flags of the command line: one declaration each, from which the parser and `--help` derive.

As in mlir-opt a flag takes one dash or two, a value follows `=` or is the next argument, and a flag that
is not in the table names a pass.  The order of the pass flags is the order of the passes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from . import flag_values
from .dialect.dataclass import dataclass, field, fields, replace
from .errors import CommandError
from .formats.detection import FORMATS
from .formats.mlir_text import SPLIT_MARKER

T = TypeVar("T")

PROOF = "Proof"

NO_MODULE = ("drr", "drr-patch", "ods")
"""Values of `--emit` that are about passes, not about a module."""


@dataclass(frozen=True)
class PassFlag:
    """`--name` or `--name=options`, not yet looked up."""

    name: str
    options: str = ""


@dataclass(frozen=True)
class Flag:
    """How a flag is given, and what it is for.

    name:     without dashes.
    field:    the field of `Options` that holds the value.
    metavar:  how `--help` writes the value, "" for a switch.
    implied:  the value when the flag stands alone; None if it must be given.
    repeats:  join the values of all occurrences; otherwise the last one counts.
    heading:  in `--help`, of this flag and those that follow.
    """

    name: str
    field: str
    summary: str
    convert: Callable[[str], Any]
    metavar: str
    implied: str | None
    repeats: bool
    heading: str

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

    def value_of(self, text: str) -> Any:
        """What `text` behind the flag means; raises CommandError."""
        try:
            return self.convert(text)
        except ValueError as error:
            raise CommandError(f"{self.spelling}: {error}") from None


def _value(
    summary: str,
    default: T,
    convert: Callable[[str], T],
    metavar: str,
    *,
    implied: str | None = None,
    repeats: bool = False,
    heading: str = "",
    name: str = "",
) -> T:
    """A field of `Options` that a flag sets; the flag is called as the field is, unless `name` is given."""
    flag = Flag(name, "", summary, convert, metavar, implied, repeats, heading)
    return field(default=default, metadata={"flag": flag})


def _choice(summary: str, *allowed: str, implied: str | None = None) -> str:
    """A flag with one of the `allowed` values; "" if it is not given."""

    def convert(text: str) -> str:
        if text in allowed:
            return text
        raise ValueError(f"'{text}' is not one of {', '.join(allowed)}")

    return _value(summary, "", convert, "|".join(allowed), implied=implied)


def _switch(summary: str, *, default: bool = False, heading: str = "", name: str = "") -> bool:
    return _value(
        summary, default, flag_values.boolean, "", implied="true", heading=heading, name=name
    )


@dataclass(frozen=True)
class Options:
    """What the command line asks for: the input, the passes, and a field for each flag.

    pass_options: flags that give options to passes, without dashes, and what they give.
    """

    input: str = "-"
    passes: tuple[PassFlag, ...] = ()
    pass_options: tuple[tuple[str, str], ...] = ()

    help: bool = _switch("Print this text, with the passes of the given plugins", heading="General")
    version: bool = _switch("Print the versions of onnx-opt, MLIR's bindings and onnx")
    list_passes: bool = _switch("Print every pass: ours, the plugins' and MLIR's")
    show_dialects: bool = _switch("Print the dialects that the input may use")
    explain: str = _value(
        "Print the rules of a pass, a plugin's too, as equations with their conditions",
        "",
        str,
        "pass",
    )
    load_pass_plugin: tuple[str, ...] = _value(
        "Load the passes of a Python file; each becomes a flag",
        (),
        flag_values.files,
        "file.py",
        repeats=True,
    )

    allow_unregistered_dialect: bool = _switch(
        "Accept operations of unknown dialects", heading="Input"
    )
    freeze_initializers: bool = _switch(
        "Make constants of a model's initializers that a caller may override"
    )
    emit_onnx_basic: bool = _switch(
        "Inline a model's own functions, as onnx-mlir's importer does", name="EmitONNXBasic"
    )
    functions_to_decompose: frozenset[str] = _value(
        "Write these ops of a model by the ops by which ONNX defines them",
        frozenset(),
        flag_values.names,
        "op,...",
        repeats=True,
    )
    use_onnx_model_types: bool = _switch(
        "Take the types that a model states, and infer the others; =0 infers all that can be",
        default=True,
        name="useOnnxModelTypes",
    )
    dim_params: tuple[tuple[int, int, str], ...] = _value(
        "Name unknown sizes of a model's inputs: 0:1=n|2:0=n,1=m names size 1 of input 0 and two of input 2; -1 is "
        "every input",
        (),
        flag_values.dim_params,
        "names",
        name="dimParams",
    )
    split_input_file: str = _value(
        f"Process the sections between '{SPLIT_MARKER}' lines (or the given marker) one by one",
        "",
        str,
        "marker",
        implied=SPLIT_MARKER,
    )
    verify_diagnostics: str = _choice(
        "Compare what is reported with the input's expected-error, -warning, -remark and -note comments",
        "all",
        "only-expected",
        implied="all",
    )

    pass_pipeline: str | None = _value(
        "Run 'builtin.module(...)' instead of single pass flags",
        None,
        str,
        "pipeline",
        heading="Passes",
    )
    verify_each: bool = _switch("Verify the IR after every pass (on unless =0)", default=True)
    disable_pattern: frozenset[str] = _value(
        "Leave out these rules, which remarks and --explain name, of the passes that have them",
        frozenset(),
        flag_values.names,
        "rule,...",
        repeats=True,
    )
    j: int = _value(
        "Threads for products of constant matrices (default: 1)",
        1,
        flag_values.count_of("threads", 1, 1024),
        "n",
    )
    remarks: bool = _switch("Report what the passes did, and what they left alone and why")

    prove: bool = _switch(
        "Prove the rules of the passes, for numbers of any size and without an input; -o writes the first case "
        "in which one fails",
        heading=PROOF,
    )
    check_rules: str = _value(
        "Check the declarative rules in a file of onnx-mlir's on small cases with exact numbers, all of them or one",
        "",
        flag_values.file,
        "file.td[:rule]",
    )
    verify_numerics: int | None = _value(
        "Run the module as it was and as the passes left it on n random inputs (3) and compare every output",
        None,
        flag_values.count_of("inputs from 1 to 1000", 1, 1000),
        "n",
        implied="3",
    )
    verify_engine: str = _choice(
        "What runs them; by default onnxruntime where it is installed and can, else onnx's reference evaluator",
        "onnxruntime",
        "reference",
    )
    input_file: tuple[tuple[str, str], ...] = _value(
        "Feed this array to an input instead of random values",
        (),
        flag_values.input_file,
        "name=file.npy",
        repeats=True,
        name="input",
    )
    input_shape: tuple[tuple[str, tuple[int, ...]], ...] = _value(
        "The shape of an input, for dimensions that the module leaves open",
        (),
        flag_values.input_shape,
        "name=2x3x4",
        repeats=True,
    )
    atol: float | None = _value(
        "Tolerate this absolute difference, instead of what rounding explains",
        None,
        flag_values.tolerance,
        "x",
    )
    rtol: float | None = _value(
        "Tolerate this relative difference, instead of what rounding explains",
        None,
        flag_values.tolerance,
        "x",
    )

    reduce: str = _value(
        "Write the smallest module on which the other flags still show what is wrong to this file, as a test",
        "",
        flag_values.file,
        "file",
        heading="Reduction",
    )
    reduce_test: str = _value(
        "What is wrong: this script exits with 0 when it is called with the path of a module",
        "",
        flag_values.file,
        "script",
    )
    reduce_seconds: int = _value(
        "End with the smallest module so far after this time (default: 60)",
        60,
        flag_values.count_of("seconds", 1),
        "n",
    )

    o: str = _value(
        "Write to this file instead of standard output",
        "-",
        flag_values.file,
        "file",
        heading="Output",
    )
    report: str = _value(
        "Write a page about what the passes did, to look at in a browser; without -o and --emit nothing else",
        "",
        flag_values.file,
        "file.html",
    )
    print_ir: bool = _switch(
        "Print the module as text to standard output, which is what happens without -o, --emit and --report; for "
        "command lines of onnx-mlir",
        name="printIR",
    )
    emit: str = _choice(
        "Output format; otherwise the suffix of -o decides, and text is the default. drr: the passes as onnx-mlir's "
        "declarative rules, drr-patch: the same with tests as a diff for a checkout, ods: the dialect in TableGen; "
        "none of the three reads an input",
        *(known.name for known in FORMATS),
        *NO_MODULE,
    )
    onnx_mlir: str = _value(
        "The checkout of onnx-mlir that --emit=drr-patch is for, whose constraints --emit=drr uses, and with which "
        "--check-rules reads its file",
        "",
        flag_values.file,
        "checkout",
    )
    save_as_external_data: str | None = _value(
        "Write a model's weights to a file beside it, by default <output>.data; without this flag they stay in "
        "files of their own if they were, and inside otherwise",
        None,
        str,
        "file",
        implied="",
    )
    size_threshold: int | None = _value(
        "Leave weights of fewer bytes inside the model when the others go to a file of their own (default: 1024)",
        None,
        flag_values.count_of("bytes"),
        "n",
    )
    mlir_print_op_generic: bool = _switch("Print every operation in the generic form")
    mlir_print_debuginfo: bool = _switch("Print locations, and a model's names, versions, texts")
    mlir_use_nameloc_as_prefix: bool = _switch("Call values as their model or location does")
    use_dense_resources: bool = _switch(
        "Print large constants as dense_resource<...>, their data at the end, instead of dense<...> in place"
    )
    mlir_elide_elementsattrs_if_larger: int | None = _value(
        "Print __elided__ for constants of more elements; the result cannot be read back",
        None,
        flag_values.count_of("elements"),
        "n",
    )
    generate_checks: str = _value(
        "Print the input with FileCheck lines for what would be printed, instead of its earlier ones with this prefix",
        "",
        flag_values.check_prefix,
        "prefix",
        implied="CHECK",
    )

    mlir_print_ir_before_all: bool = _switch(
        "Print the IR before every pass", heading="Looking inside (to standard error)"
    )
    mlir_print_ir_after_all: bool = _switch("Print the IR after every pass")
    mlir_print_ir_before: frozenset[str] = _value(
        "Print the IR before these passes", frozenset(), flag_values.names, "pass,...", repeats=True
    )
    mlir_print_ir_after: frozenset[str] = _value(
        "Print the IR after these passes", frozenset(), flag_values.names, "pass,...", repeats=True
    )
    mlir_timing: bool = _switch("Print how the time was spent")
    quiet: bool = _switch("Show no progress on the terminal")


def _by_heading() -> dict[str, list[Flag]]:
    groups: dict[str, list[Flag]] = {}
    heading = ""
    for declared in fields(Options):
        flag: Flag | None = declared.metadata.get("flag")
        if flag is not None:
            heading = flag.heading or heading
            name = flag.name or declared.name.replace("_", "-")
            groups.setdefault(heading, []).append(replace(flag, name=name, field=declared.name))
    return groups


FLAGS = _by_heading()
"""The flags below their headings, in the order of `--help`."""

BY_NAME = {flag.name: flag for group in FLAGS.values() for flag in group}
BY_FIELD = {flag.field: flag for flag in BY_NAME.values()}
BY_NAME["h"] = BY_NAME["help"]


def is_given(options: Options, field: str) -> bool:
    """Whether a field has another value than without its flag."""
    return bool(getattr(options, field) != getattr(Options, field))
