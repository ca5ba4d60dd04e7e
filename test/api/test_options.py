# SPDX-License-Identifier: Apache-2.0
"""Options of the Python API are the command line's flags."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import onnx
import pytest

import onnx_opt
from onnx_opt.flags import FLAGS
from onnx_opt.keywords import (
    LoadOptions,
    NumericsOptions,
    RunOptions,
    SaveOptions,
    options_of,
)
from onnx_opt.passes.options import OF_FLAGS

from .test_module import EXAMPLE, command_line, relu

KINDS = (LoadOptions, RunOptions, SaveOptions, NumericsOptions)

# Flags that Python has another way for, and those that are about the process.
ELSEWHERE = {
    "help": "help()",
    "version": "__version__",
    "list-passes": "passes()",
    "load-pass-plugin": "load_plugin()",
    "pass-pipeline": "a string for run()",
    "verify-numerics": "verify_numerics(samples=...)",
    "o": "the path for save()",
    "printIR": "str()",
    "verify-diagnostics": "Error.diagnostics",
    "split-input-file": "lit tests are for the command line",
    "mlir-timing": "the process's own",
    "quiet": "the process's own",
    "j": "the process's own",
}
ABOUT_PASSES = {"show-dialects", "explain", "prove", "check-rules", "onnx-mlir"}


def test_every_flag_about_a_module_is_a_keyword() -> None:
    flags = {flag.name: flag.field for group in FLAGS.values() for flag in group}
    keywords = {name for kind in KINDS for name in kind.__annotations__}
    missing = {
        name
        for name, field in flags.items()
        if field not in keywords and name.replace("-", "_") not in keywords
    }
    tools = {name for name in missing if name.startswith(("reduce", "generate-"))}
    assert missing - tools == ELSEWHERE.keys() | ABOUT_PASSES
    assert {name.replace("-", "_") for name in OF_FLAGS} <= RunOptions.__annotations__.keys()
    known = {*flags.values(), *(name.replace("-", "_") for name in (*flags, *OF_FLAGS))}
    assert keywords <= known


def test_values_mean_what_they_mean_behind_the_flag() -> None:
    found = options_of(
        RunOptions,
        {
            "verify_each": "0",
            "disable_pattern": ["b", "a"],
            "mlir_print_ir_after": "cse,canonicalize",
            "mlir_print_ir_before": None,
            "onnx_const_prop_expansion_bound": 2,
            "disable_constant_prop": True,
        },
    )
    assert not found.verify_each
    assert found.disable_pattern == {"a", "b"}
    assert found.mlir_print_ir_after == {"cse", "canonicalize"}
    assert found.mlir_print_ir_before == frozenset()
    assert found.pass_options == (
        ("onnx-const-prop-expansion-bound", "2"),
        ("disable-constant-prop", "True"),
    )
    external = [
        options_of(SaveOptions, {"save_as_external_data": value}).save_as_external_data
        for value in (True, False, "w.bin")
    ]
    assert external == ["", None, "w.bin"]
    shapes = options_of(NumericsOptions, {"input_shape": {"x": (2, 3), "y": ()}}).input_shape
    assert shapes == (("x", (2, 3)), ("y", ()))


def test_a_value_that_a_flag_does_not_take() -> None:
    module = onnx_opt.load(EXAMPLE)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"mlir_elide_elementsattrs_if_larger": -1}, "'-1' is not a number of elements"),
        ({"mlir_print_op_generic": "maybe"}, "'maybe' is not a truth value"),
    ]
    for given, words in wrong:
        with pytest.raises(onnx_opt.Error, match=words):
            module.to_text(**given)


def test_an_option_that_there_is_not() -> None:
    module = onnx_opt.load(EXAMPLE)
    with pytest.raises(TypeError, match="no option 'remark' here; did you mean 'remarks'"):
        module.run("cse", remark=True)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    with pytest.raises(TypeError, match="no option 'emit' here"):
        module.to_text(emit="onnx")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


def test_an_option_for_another_input_or_output(tmp_path: Path) -> None:
    with pytest.raises(onnx_opt.Error, match="--freeze-initializers is for models, which"):
        onnx_opt.load(EXAMPLE, freeze_initializers=True)
    with pytest.raises(onnx_opt.Error, match="--save-as-external-data is for models: write one"):
        onnx_opt.load(EXAMPLE).save(tmp_path / "out.mlir", save_as_external_data=True)
    assert list(tmp_path.iterdir()) == []


def test_models_are_read_as_asked() -> None:
    with pytest.raises(onnx_opt.Error, match="it has no such open size"):
        onnx_opt.load(relu(), dim_params="0:0=batch")
    model = onnx.parser.parse_model(
        '<ir_version: 8, opset_import: ["": 17]> g (float[n] x) => (float[n] y) { y = Relu(x) }'
    )
    assert "0:batch" in str(onnx_opt.load(model, dim_params="0:0=batch"))


def test_text_is_the_command_lines() -> None:
    module = onnx_opt.load(EXAMPLE)
    for flag in ("mlir-print-op-generic", "mlir-print-debuginfo", "mlir-use-nameloc-as-prefix"):
        given: dict[str, Any] = {flag.replace("-", "_"): True}
        assert module.to_text(**given) == command_line(EXAMPLE, f"--{flag}").stdout


def test_pass_options() -> None:
    text = EXAMPLE.read_bytes()
    without: list[tuple[str, dict[str, Any]]] = [
        ("constprop-onnx{disable=true}", {}),
        ("constprop-onnx", {"disable_constant_prop": True}),
    ]
    for asked, given in without:
        module = onnx_opt.load(text)
        assert module.run(asked, **given).remarks == ()
    with pytest.raises(onnx_opt.Error, match="--disable-constant-prop: no pass that is run has"):
        onnx_opt.load(text).run("cse", disable_constant_prop=True)
    with pytest.raises(onnx_opt.Error, match="pass 'cse' has no option 'x'"):
        onnx_opt.load(text).run("cse{x=1}")


def test_pipelines() -> None:
    text = b"func.func private @f()\nfunc.func @g() { return }"
    for passes in (
        ["symbol-dce"],
        ["builtin.module(func.func(cse),symbol-dce)"],
        ["any(symbol-dce)"],
        ["func.func(cse),symbol-dce"],
        ["func.func(cse)", "cse, symbol-dce"],
    ):
        module = onnx_opt.load(text)
        module.run(*passes)
        assert "@f" not in str(module), passes
    for wrong in ("cse,", "func.func(cse", "cse)"):
        with pytest.raises(onnx_opt.Error, match=r"'.*', column \d+: "):
            onnx_opt.load(text).run(wrong)


def test_printing_the_ir(capfd: pytest.CaptureFixture[str]) -> None:
    onnx_opt.load(EXAMPLE).run("cse", mlir_print_ir_after=["cse"])
    assert "IR Dump After Cse (cse)" in capfd.readouterr().err
