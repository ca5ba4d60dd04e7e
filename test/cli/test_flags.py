# SPDX-License-Identifier: Apache-2.0
"""The table of flags, and what the parser makes of a command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from onnx_opt.arguments import parse_arguments
from onnx_opt.dialect.dataclass import fields
from onnx_opt.errors import CommandError
from onnx_opt.flags import FLAGS, Flag, Options, PassFlag

ALL_FLAGS = [flag for group in FLAGS.values() for flag in group]
LIT = Path(__file__).parents[1] / "lit" / "cli"


def test_every_field_has_its_flag() -> None:
    names = {field.name for field in fields(Options)}
    assert names - {"input", "passes", "pass_options"} == {flag.field for flag in ALL_FLAGS}


@pytest.mark.parametrize("flag", ALL_FLAGS, ids=lambda flag: flag.name)
def test_every_flag_is_used_in_a_lit_test(flag: Flag) -> None:
    runs = [
        line
        for path in (*LIT.glob("*.mlir"), *LIT.glob("*.test"))
        for line in path.read_text().splitlines()
        if "RUN:" in line and path.name != "help.test"
    ]
    assert flag.name == "help" or any(f"-{flag.name}" in line for line in runs)


def test_passes_keep_their_order() -> None:
    options = parse_arguments(["-b", "--a=x=1 y", "in.mlir", "--o", "out", "-c"])
    assert options.passes == (PassFlag("b"), PassFlag("a", "x=1 y"), PassFlag("c"))
    assert (options.input, options.o) == ("in.mlir", "out")


def test_a_value_may_hold_equals_signs_and_dashes() -> None:
    assert parse_arguments(["--pass-pipeline", "-x=y"]).pass_pipeline == "-x=y"
    assert parse_arguments(["-o=-a=b"]).o == "-a=b"


def test_plugins_add_up_and_values_do_not() -> None:
    options = parse_arguments(
        [
            "--load-pass-plugin=a",
            "--load-pass-plugin",
            "b",
            "-o",
            "1",
            "-o",
            "2",
            "--mlir-print-ir-after=x,y",
            "--mlir-print-ir-after=z",
        ]
    )
    assert options.load_pass_plugin == ("a", "b")
    assert options.mlir_print_ir_after == {"x", "y", "z"}
    assert options.o == "2"


def test_after_two_dashes_comes_the_input() -> None:
    assert parse_arguments(["--", "--odd.mlir"]).input == "--odd.mlir"


def test_flags_of_options_take_values_as_other_flags_do() -> None:
    bound, off = "onnx-const-prop-expansion-bound", "disable-constant-prop"
    options = parse_arguments([f"--{bound}", "-3", f"-{off}", "in", "-p", f"--{bound}=4"])
    assert options.pass_options == ((bound, "-3"), (off, ""), (bound, "4"))
    assert options.passes == (PassFlag("p"),)
    assert options.input == "in"
    with pytest.raises(CommandError, match=f"--{bound} needs a value: --{bound}=<int>"):
        parse_arguments([f"--{bound}"])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--verify-each=0"], False),
        (["--verify-each=false"], False),
        (["--verify-each"], True),
        ([], True),
    ],
)
def test_switches_take_values(arguments: list[str], expected: bool) -> None:
    assert parse_arguments(arguments).verify_each is expected


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o"], "-o needs a value: -o <file>"),
        (["--emit"], "--emit needs a value: --emit=<mlir|mlirbc|onnx|drr|drr-patch|ods>"),
        (["--emit=elf"], "--emit: 'elf' is not one of mlir, mlirbc, onnx, drr, drr-patch, ods"),
        (["-o="], "-o: it needs the name of a file"),
        (["--mlir-timing=2"], "--mlir-timing: '2' is not a truth value; try 0 or 1"),
        (["--mlir-elide-elementsattrs-if-larger=x"], "'x' is not a number of elements"),
        (["--verify-diagnostics=some"], "'some' is not one of all, only-expected"),
        (["a", "b"], "one input file at most, but 2 are given: a, b"),
        (["--pass-pipeline=x", "--cse"], "--pass-pipeline cannot be combined with a pass flag"),
    ],
)
def test_mistakes(arguments: list[str], said: str) -> None:
    with pytest.raises(CommandError) as caught:
        parse_arguments(arguments)
    assert said in str(caught.value)
    assert str(caught.value).startswith("onnx-opt: error: ")
