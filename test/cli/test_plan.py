# SPDX-License-Identifier: Apache-2.0
"""Passes are looked up before anything is read, and what is wrong with them is told in one line."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

import pytest

from onnx_opt.arguments import parse_arguments
from onnx_opt.dialect.bindings import passmanager
from onnx_opt.dialect.context import make_context
from onnx_opt.errors import CommandError
from onnx_opt.passes import BY_ARGUMENT
from onnx_opt.passes.canonicalize import OPTIONS as CANONICALIZE
from onnx_opt.passes.canonicalize import RegionSimplify
from onnx_opt.passes.options import OF_FLAGS
from onnx_opt.passes.rewriting.base import Option, upstream_text
from onnx_opt.pipeline.pass_options import parse_pass_options
from onnx_opt.pipeline.plan import MlirPass, NestedSteps, Planner, PythonPass, Step
from onnx_opt.pipeline.plugins import Registry


class Colour(Enum):
    """What an option may choose from."""

    RED = "red"
    BLUE = "blue"


OPTIONS = (
    Option("word", str, "none", "a word"),
    Option("count", int, 1, "an integer"),
    Option("scale", float, 0.5, "a number"),
    Option("loud", bool, False, "a truth value"),
    Option("colour", Colour, Colour.RED, "a choice"),
    Option("names", frozenset, frozenset(), "names", flag="the-names"),
    Option("bound", int, -1, "an integer", flag="the-bound"),
)


def plan(*arguments: str) -> tuple[Step, ...]:
    return Planner(Registry(BY_ARGUMENT)).plan(parse_arguments(arguments))


def options(text: str) -> Mapping[str, object]:
    return parse_pass_options("mark", text, OPTIONS)


def test_a_pass_of_ours_hides_mlirs() -> None:
    (step,) = plan("--cse")
    assert isinstance(step, PythonPass)


def test_a_pass_that_insists_on_functions_is_nested() -> None:
    (step,) = plan("--affine-parallelize=max-nested=2")
    inner = MlirPass("affine-parallelize", "affine-parallelize{max-nested=2}")
    assert step == NestedSteps("func.func", (inner,))


def test_any_at_the_root_is_the_module() -> None:
    assert plan("--pass-pipeline=any(inline)") == plan("--inline")


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("--symbol-dc", "unknown flag '--symbol-dc'; did you mean '--symbol-dce'?"),
        ("--cse(cse)", "unknown flag '--cse(cse)'"),
        (
            "--inline=max-iterations=two",
            "pass 'inline': for the --max-iterations option: 'two' value invalid",
        ),
        (
            "--pass-pipeline=func.func(cse)",
            "the input is a 'builtin.module' operation, which 'func.func(...)' does not run on; "
            "did you mean 'builtin.module(func.func(cse))'?",
        ),
        (
            "--pass-pipeline=builtin.module(no-such-thing-at-all)",
            "unknown pass 'no-such-thing-at-all' in the pipeline; see onnx-opt --list-passes",
        ),
        (
            "--pass-pipeline=builtin.module(func.fun(cse))",
            "the pipeline nests passes under 'func.fun', but passes run on operations that MLIR knows",
        ),
        (
            "--pass-pipeline=builtin.module(affine-parallelize)",
            "pass 'affine-parallelize' runs on 'func.func', not on 'builtin.module'; "
            "did you mean 'func.func(affine-parallelize)'?",
        ),
    ],
)
def test_mistakes(argument: str, said: str) -> None:
    with pytest.raises(CommandError) as caught:
        plan(argument)
    assert str(caught.value).startswith(f"onnx-opt: error: {said}")
    assert "\n" not in str(caught.value)


def test_dumps_name_passes_that_run() -> None:
    plan("--cse", "--mlir-print-ir-after=cse")
    with pytest.raises(CommandError, match="around 'inline': no such pass is run"):
        plan("--cse", "--mlir-print-ir-after=inline")


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("", {}),
        ("  count=3  ", {"count": 3}),
        ("count=-3 count=4", {"count": 4}),
        ("scale=1e-3 word=x=y", {"scale": 1e-3, "word": "x=y"}),
        ("word='a b' loud", {"word": "a b", "loud": True}),
        ('word="it\'s" loud=0', {"word": "it's", "loud": False}),
        ("word={a b}", {"word": "a b"}),
        ("word=", {"word": ""}),
        ("loud=TRUE", {"loud": True}),
        ("colour=blue", {"colour": Colour.BLUE}),
        ("names=a,b,,c", {"names": frozenset("abc")}),
    ],
)
def test_options(text: str, changed: dict[str, object]) -> None:
    defaults = {option.name: option.default for option in OPTIONS}
    assert options(text) == defaults | changed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cuont=1", "pass 'mark' has no option 'cuont'; did you mean 'count'?"),
        ("zzz", "pass 'mark' has no option 'zzz'; it has word, count, scale, loud, "),
        ("colour=green", "pass 'mark': option 'colour' is one of red, blue, not 'green'"),
        ("count=one", "pass 'mark': option 'count' is an integer, not 'one'"),
        ("count", "pass 'mark': option 'count' is an integer, not ''"),
        ("scale=big", "pass 'mark': option 'scale' is a number, not 'big'"),
        ("loud=very", "pass 'mark': option 'loud' is true or false, not 'very'"),
        ("word='a", "pass 'mark': cannot read the options 'word='a'"),
        ("=1", "pass 'mark': cannot read the options '=1'"),
    ],
)
def test_wrong_options(text: str, said: str) -> None:
    with pytest.raises(CommandError) as caught:
        options(text)
    assert said in str(caught.value)


def test_flags_give_options_and_options_win() -> None:
    flags = [("the-names", "a"), ("the-bound", "2"), ("the-names", "b,c"), ("of-another", "x")]
    found = parse_pass_options("mark", "count=3", OPTIONS, flags)
    assert found["names"] == frozenset("abc")
    assert (found["bound"], found["count"]) == (2, 3)
    assert parse_pass_options("mark", "bound=5", OPTIONS, flags)["bound"] == 5


def test_a_flag_with_a_wrong_value_is_told_by_its_name() -> None:
    with pytest.raises(CommandError, match="--the-bound is an integer, not 'two'"):
        parse_pass_options("mark", "", OPTIONS, [("the-bound", "two")])


def test_a_flag_of_a_pass_that_is_not_run() -> None:
    said = "--onnx-const-prop-expansion-bound: no pass that is run has this option"
    with pytest.raises(CommandError, match=said):
        plan("--cse", "--onnx-const-prop-expansion-bound=2")


def test_flags_reach_passes_in_pipelines() -> None:
    pipeline = "--pass-pipeline=builtin.module(constprop-onnx{expansion-bound=3},constprop-onnx)"
    found = plan(pipeline, "--onnx-const-prop-expansion-bound", "2")
    bounds = [step.options["expansion-bound"] for step in found if isinstance(step, PythonPass)]
    assert bounds == [3, 2]


def test_options_that_are_flags_are_where_they_can_be_read_without_mlir() -> None:
    of_passes = {
        option.flag for pass_ in BY_ARGUMENT.values() for option in pass_.options if option.flag
    }
    assert of_passes == set(OF_FLAGS)


@pytest.mark.parametrize("option", CANONICALIZE, ids=lambda option: option.name)
def test_canonicalize_has_the_options_of_mlirs(option: Option) -> None:
    """With MLIR's defaults, of which the text says nothing."""
    text = upstream_text("canonicalize", CANONICALIZE, {})
    assert text == "canonicalize"
    value = {bool: not option.default, int: 7, frozenset: frozenset(("b", "a"))}.get(
        option.type, RegionSimplify.AGGRESSIVE
    )
    text = upstream_text("canonicalize", CANONICALIZE, {option.name.replace("-", "_"): value})
    with make_context() as context:
        manager = passmanager.PassManager.parse(f"builtin.module({text})", context)
    shown = {frozenset: "{a,b}", RegionSimplify: "aggressive"}.get(option.type) or str(
        value
    ).lower()
    assert f"{option.name}={shown}" in str(manager)
