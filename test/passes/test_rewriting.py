# SPDX-License-Identifier: Apache-2.0
"""The infrastructure of passes: what a pattern may answer, options, remarks, and the rules for a pass's name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import onnx_opt.passes as passes
from onnx_opt.dialect import Diagnostic, DiagnosticError, constant_value, onnx, to_text
from onnx_opt.dialect.bindings import ir
from onnx_opt.passes.rewriting import (
    RewritePass,
    Rewritten,
    defining_op,
    has_one_use,
    no_match,
)
from onnx_opt.passes.rewriting.base import FunctionPass, Option, Pass

Parse = Callable[[str], ir.Module]

MUL = """\
func.func @f(%a: tensor<2xf32>) -> tensor<2xf32> {
  %one = onnx.Constant dense<1.0> : tensor<2xf32>
  %two = onnx.Constant dense<2.0> : tensor<2xf32>
  %0 = "onnx.Mul"(%a, %one) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = "onnx.Mul"(%0, %two) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %1 : tensor<2xf32>
}
"""


def fold_mul_by(mul: Any, rewriter: Any, factor: float = 1.0) -> Any:
    """The tutorial's pattern, with an option."""
    array = constant_value(mul.B)
    if array is None or not (array == factor).all():
        return no_match(f"B is not a constant {factor:g}")
    return rewriter.replace(mul, mul.A)


def a_pass(pattern: Callable[..., Any], **fields: Any) -> RewritePass:
    return RewritePass(argument="test-pass", summary="Test", patterns={onnx.Mul: pattern}, **fields)


def body_of(module: ir.Module) -> list[str]:
    """Names of the ops in the only function."""
    return [op.operation.name for op in module.body.operations[0].regions[0].blocks[0].operations]


def test_replacing_erases_what_is_dead_without(valid_module: Parse) -> None:
    module = valid_module(MUL)
    a_pass(fold_mul_by).run(module.operation)
    assert body_of(module) == ["onnx.Constant", "onnx.Mul", "onnx.Return"]


def test_options_reach_the_pattern(valid_module: Parse) -> None:
    option = Option("factor", float, 1.0, "what to fold")
    module = valid_module(MUL)
    a_pass(fold_mul_by, options=(option,)).run(module.operation, {"factor": 2.0})
    assert to_text(module).count("onnx.Mul") == 1
    assert "dense<1.0" in to_text(module)


def test_options_have_defaults(valid_module: Parse) -> None:
    pass_ = a_pass(fold_mul_by, options=(Option("factor", float, 2.0, ""),))
    assert pass_.settings(None) == {"factor": 2.0}
    assert pass_.settings({"factor": 3.0}) == {"factor": 3.0}
    module = valid_module(MUL)
    pass_.run(module.operation)
    assert "dense<2.0" not in to_text(module)


def test_options_reach_a_function(valid_module: Parse) -> None:
    seen: list[Any] = []

    def look(op: ir.Operation, depth: int) -> None:
        seen.append((op.name, depth))

    FunctionPass(
        argument="look", summary="Look", function=look, options=(Option("depth", int, 3, ""),)
    ).run(valid_module(MUL).operation, {"depth": 5})
    assert seen == [("builtin.module", 5)]


def test_remarks_carry_the_verb_and_the_detail(valid_module: Parse) -> None:
    def pattern(mul: Any, rewriter: Any) -> Any:
        if defining_op(mul.A, onnx.Mul) is not None:
            return no_match("A is a Mul")
        return rewriter.replace(mul, mul.A, detail="into nothing")

    found: list[Diagnostic] = []
    a_pass(pattern, verb="vanished").run(valid_module(MUL).operation, None, found.append)
    assert [str(remark) for remark in found] == [
        "test.mlir:4:8: remark: vanished into nothing",
        "test.mlir:5:8: remark: vanished into nothing",
        "remark: test-pass: 2 vanished, 0 not vanished",
    ]


def test_no_remarks_unless_asked_for(
    valid_module: Parse, capfd: pytest.CaptureFixture[str]
) -> None:
    a_pass(fold_mul_by).run(valid_module(MUL).operation)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("answer", [None, True, False])
def test_a_pattern_that_gives_no_answer_is_told_so(answer: Any, valid_module: Parse) -> None:
    def forgetful(*_: object) -> Any:
        return answer

    with pytest.raises(TypeError) as error:
        a_pass(forgetful).run(valid_module(MUL).operation)
    message = str(error.value)
    assert "pattern 'forgetful' of --test-pass returned" in message
    assert "return no_match(reason)" in message


def test_an_exception_in_a_pattern_is_the_one_that_was_raised(valid_module: Parse) -> None:
    def broken(*_: object) -> Any:
        raise KeyError("nothing")

    with pytest.raises(KeyError, match="nothing"):
        a_pass(broken).run(valid_module(MUL).operation)


def test_a_pattern_that_never_ends(valid_module: Parse) -> None:
    """Replacing an op by its equal again and again is a foreseeable mistake: a diagnostic, no traceback and no hang."""

    def again(mul: Any, rewriter: Any) -> Any:
        return rewriter.replace(mul, onnx.Mul(A=mul.A, B=mul.B, results=[mul.C.type]))

    with pytest.raises(DiagnosticError, match="does not converge"):
        a_pass(again).run(valid_module(MUL).operation)


def test_a_pattern_that_says_rewritten_and_changes_nothing(valid_module: Parse) -> None:
    with pytest.raises(DiagnosticError, match="--test-pass does not converge"):
        a_pass(lambda *_: Rewritten()).run(valid_module(MUL).operation)


def test_erase(valid_module: Parse) -> None:
    def pattern(mul: Any, rewriter: Any) -> Any:
        if next(iter(mul.C.uses), None) is not None:
            return no_match("it is used")
        return rewriter.erase(mul)

    module = valid_module(MUL.replace("Return %1", "Return %a"))
    a_pass(pattern).run(module.operation)
    assert body_of(module) == ["onnx.Return"]


def test_helpers(valid_module: Parse) -> None:
    module = valid_module(MUL)
    block = module.body.operations[0].regions[0].blocks[0]
    one, _, first, second, _ = block.operations
    assert defining_op(first.results[0], onnx.Mul) == first
    assert defining_op(first.results[0], onnx.Add) is None
    assert defining_op(block.arguments[0], onnx.Mul) is None
    assert defining_op(None, onnx.Mul) is None
    assert has_one_use(one.results[0])
    second.operation.operands[1] = one.results[0]
    assert not has_one_use(one.results[0])
    second.operation.operands[0] = one.results[0]
    assert not has_one_use(first.results[0])


def test_passes_are_frozen() -> None:
    for pass_ in passes.ALL_PASSES:
        with pytest.raises(dataclasses.FrozenInstanceError):
            pass_.argument = "other"  # type: ignore[misc]


@pytest.mark.parametrize("pass_", passes.ALL_PASSES, ids=lambda pass_: str(pass_.argument))
def test_one_pass_is_one_file(pass_: Pass) -> None:
    """`fold_bn_into_gemm` is the file, the flag and the lit test."""
    stem = pass_.argument.replace("-", "_")
    module = getattr(passes, stem)
    assert Path(module.__file__ or "").stem == stem
    assert module.PASS is pass_
    assert (Path(__file__).parent.parent / "lit" / "passes" / f"{stem}.mlir").is_file()


def test_the_fold_has_a_negative_test() -> None:
    lit = Path(__file__).parent.parent / "lit" / "passes"
    for pass_ in passes.ALL_PASSES:
        if isinstance(pass_, RewritePass):
            assert (lit / f"{pass_.argument.replace('-', '_')}_negative.mlir").is_file()


def test_arguments_are_unique_flags() -> None:
    arguments = [pass_.argument for pass_ in passes.ALL_PASSES]
    assert len(set(arguments)) == len(arguments)
    for pass_ in passes.ALL_PASSES:
        assert pass_.argument == pass_.argument.lower()
        assert pass_.summary[0].isupper()
        assert "\n" not in pass_.summary
