# SPDX-License-Identifier: Apache-2.0
"""What the fold leaves alone, and what it says: everything about it but the numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from onnx_opt.dialect import Diagnostic, make_context, onnx, parse, to_text, verify
from onnx_opt.dialect.bindings import ir
from onnx_opt.passes.fold_bn_into_gemm import PASS

Parse = Callable[[str], ir.Module]

FUNCTION = """\
func.func @{name}(%a: tensor<?x2xf32> {{onnx.name = "input"}}) -> (tensor<?x2xf32> {{onnx.name = "output"}}) {{
  %none = "onnx.NoValue"() {{value}} : () -> none
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %p = onnx.Constant dense<[1.0, 4.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %none) {{onnx_node_name = "fc_{name}"}} : (tensor<?x2xf32>, tensor<2x2xf32>, none) -> tensor<?x2xf32>
  %y = "{bn}"(%z, %p, %p, %p, %p) {{onnx_node_name = "bn_{name}"{more}}} : (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> {results}
  onnx.Return %y : tensor<?x2xf32>
}}
"""


def folding(name: str) -> str:
    bn = "onnx.BatchNormalizationInferenceMode"
    return FUNCTION.format(name=name, bn=bn, results="tensor<?x2xf32>", more="")


def training(name: str) -> str:
    text = FUNCTION.format(
        name=name,
        bn="onnx.BatchNormalization",
        results="(tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>)",
        more=", training_mode = 1 : si64",
    )
    return text.replace("%y =", "%y, %mean, %var =")


def remarks_of(module: ir.Module) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    PASS.run(module.operation, None, found.append)
    return found


def test_remarks_come_in_the_order_of_the_source_and_counts_last(valid_module: Parse) -> None:
    module = valid_module(training("a") + folding("b") + training("c") + folding("d"))
    assert [str(remark) for remark in remarks_of(module)] == [
        "test.mlir:6:21: remark: not folded: the BatchNormalization is in training mode",
        'test.mlir:14:8: remark: folded into onnx.Gemm "fc_b"',
        "test.mlir:22:21: remark: not folded: the BatchNormalization is in training mode",
        'test.mlir:30:8: remark: folded into onnx.Gemm "fc_d"',
        "remark: fold-bn-into-gemm: 2 folded, 2 not folded",
    ]


def test_a_chain_gives_a_remark_for_each(valid_module: Parse) -> None:
    text = folding("f").replace("onnx.Return %y", "onnx.Return %x")
    line = next(line for line in text.splitlines() if "%y =" in line)
    module = valid_module(
        text.replace(line, line + "\n" + line.replace("%z,", "%y,").replace("%y =", "%x ="))
    )
    remarks = remarks_of(module)
    assert [(remark.line, remark.message) for remark in remarks] == [
        (6, 'folded into onnx.Gemm "fc_f"'),
        (7, 'folded into onnx.Gemm "fc_f"'),
        (0, "fold-bn-into-gemm: 2 folded, 0 not folded"),
    ]


def test_there_is_a_last_line_even_if_there_is_nothing_to_say(valid_module: Parse) -> None:
    remarks = remarks_of(valid_module("func.func @f() {\n  return\n}"))
    assert [str(remark) for remark in remarks] == [
        "remark: fold-bn-into-gemm: 0 folded, 0 not folded"
    ]


def test_a_gemm_without_a_name_is_called_by_its_op(valid_module: Parse) -> None:
    module = valid_module(folding("f").replace('{onnx_node_name = "fc_f"}', ""))
    assert remarks_of(module)[0].message == "folded into onnx.Gemm"


@pytest.mark.parametrize(
    "text",
    [
        training("f"),
        folding("f").replace("Return %y : tensor<?x2xf32>", "Return %z : tensor<?x2xf32>"),
        "func.func @f() {\n  %0 = onnx.Constant dense<1.0> : tensor<2xf32>\n  %1 = onnx.Constant dense<1.0> : tensor<2xf32>\n  return\n}\n",
    ],
)
def test_what_does_not_match_stays_as_it_is(text: str, valid_module: Parse) -> None:
    """Not one character changes: no constant is merged, no dead op erased, nothing moves."""
    module = valid_module(text)
    before = to_text(module, debuginfo=True), str(module)
    remarks_of(module)
    assert (to_text(module, debuginfo=True), str(module)) == before


def test_the_signature_of_the_function_stays(valid_module: Parse) -> None:
    module = valid_module(folding("f"))
    before = to_text(module).splitlines()[1]
    remarks_of(module)
    assert to_text(module).splitlines()[1] == before
    assert 'onnx.name = "input"' in before
    assert 'onnx.name = "output"' in before


def test_a_second_run_changes_nothing(valid_module: Parse) -> None:
    module = valid_module(folding("f"))
    remarks_of(module)
    once = to_text(module)
    assert remarks_of(module)[-1].message == "fold-bn-into-gemm: 0 folded, 0 not folded"
    assert to_text(module) == once


def test_it_runs_on_one_function_too(valid_module: Parse) -> None:
    """As in `builtin.module(func.func(fold-bn-into-gemm))`: the other functions are out of reach."""
    module = valid_module(folding("f") + folding("g"))
    PASS.run(module.body.operations[1].operation)
    f, g = (str(op) for op in module.body.operations)
    assert "BatchNormalization" in f
    assert "BatchNormalization" not in g


def test_locations_are_fused(valid_module: Parse) -> None:
    module = valid_module(folding("f"))
    PASS.run(module.operation)
    gemm: Any = module.body.operations[0].regions[0].blocks[0].operations[2]
    assert isinstance(gemm, onnx.Gemm)
    location: Any = gemm.location
    inner = [(part.start_line, part.start_col) for part in location.locations]
    assert inner == [(5, 8), (6, 8)]


def test_integers_are_left_alone() -> None:
    """No batch normalization of integers is valid; the pass does not rely on a verifier."""
    module = parse(folding("f").replace("f32", "i32").replace(".0", ""), context=make_context())
    before = str(module)
    assert remarks_of(module)[0].message.startswith("not folded: X is not a tensor of floats, but ")
    assert str(module) == before


def test_the_default_of_epsilon_is_the_number_that_is_printed(valid_module: Parse) -> None:
    """ONNX's attributes are f32: 1e-5 left out and 1e-5 filled in must fold to the same bits, in f64 too."""
    text = folding("f").replace("f32", "f64")
    filled_in = to_text(valid_module(text))
    assert "epsilon = 9.99999974E-6 : f32" in filled_in
    direct, printed = valid_module(text), valid_module(filled_in)
    PASS.run(direct.operation)
    PASS.run(printed.operation)
    assert to_text(direct) == to_text(printed)


def test_infinite_numbers_stay_where_they_are(valid_module: Parse) -> None:
    text = folding("f").replace("[3.0, 4.0]", "[0x7F800000, 4.0]")
    assert remarks_of(valid_module(text))[0].message == "not folded: B of the Gemm is not finite"


@pytest.mark.parametrize("size", [0, 1])
def test_small_matrices(size: int, valid_module: Parse) -> None:
    """K = 0 and N = 1 are matrices too."""
    text = folding("f").replace("?x2", "?x1").replace("tensor<2xf32>", "tensor<1xf32>")
    text = text.replace("[1.0, 4.0]", "4.0").replace(
        "[[1.0, 2.0], [3.0, 4.0]]", "1.0" if size else ""
    )
    text = text.replace("(%a: tensor<?x1xf32>", f"(%a: tensor<?x{size}xf32>")
    text = text.replace(
        "(tensor<?x1xf32>, tensor<2x2xf32>", f"(tensor<?x{size}xf32>, tensor<2x2xf32>"
    )
    module = valid_module(text.replace("2x2", f"{size}x1"))
    assert remarks_of(module)[-1].message == "fold-bn-into-gemm: 1 folded, 0 not folded"
    assert verify(module) == []


def test_bn_reads_the_gemm_twice(valid_module: Parse) -> None:
    """A constant parameter and X can never be one value, but the Gemm's result as X and as a parameter is two uses."""
    text = (
        folding("f")
        .replace("?x2", "*")
        .replace("(%z, %p,", "(%z, %z,")
        .replace("tensor<*xf32>, tensor<2xf32>, tensor<2", "tensor<*xf32>, tensor<*xf32>, tensor<2")
    )
    assert (
        remarks_of(valid_module(text))[0].message
        == "not folded: the result of the Gemm has another use"
    )


def test_scalars_of_numpy_do_not_leak(valid_module: Parse) -> None:
    """The folded ops carry plain attributes: alpha is an f32 attribute whatever computed it."""
    module = valid_module(folding("f"))
    PASS.run(module.operation)
    gemm: Any = module.body.operations[0].regions[0].blocks[0].operations[2]
    assert isinstance(gemm.alpha, float)
    assert not isinstance(gemm.alpha, np.floating)
