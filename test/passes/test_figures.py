# SPDX-License-Identifier: Apache-2.0
"""The numbers that remarks carry: what the letters of a rule were, and what it made of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from onnx_opt.dialect import Diagnostic
from onnx_opt.dialect.bindings import ir
from onnx_opt.passes import fold_bn_into_gemm
from onnx_opt.passes.rewriting.remarks import OpRemark

EXAMPLE = Path(__file__).parents[2] / "examples" / "gemm_bn.mlir"


def remarks_on(module: ir.Module) -> list[OpRemark]:
    found: list[Diagnostic] = []
    fold_bn_into_gemm.PASS.run(module.operation, None, found.append)
    return [each for each in found if isinstance(each, OpRemark)]


def test_a_fold_tells_its_numbers(valid_module: Callable[[str], ir.Module]) -> None:
    (remark,) = remarks_on(valid_module(EXAMPLE.read_text()))
    assert remark.changed
    assert remark.figures is not None
    assert remark.figures.rule is fold_bn_into_gemm.PASS.rules[0]
    told = {figure.term: figure for figure in remark.figures}
    # s = [4, 3] / sqrt([4, 1]), and the bias ([10, 20] - [1, 2]) * s + [5, 7].
    assert told["s"].elements == (2, 3)
    assert told["mean"].elements == (1, 2)
    assert told["epsilon"].elements == (0,)
    assert [told["B"].shape, told["B"].largest] == [(3, 2), 6]
    made = [figure for figure in told.values() if figure.new]
    # 6 stands in the second row, which is scaled by 3.
    assert [figure.largest for figure in made] == [18, 61]
    assert made[1].elements == (23, 61)


def test_an_op_that_is_left_has_a_place_and_no_numbers(
    valid_module: Callable[[str], ir.Module],
) -> None:
    used_twice = EXAMPLE.read_text().replace("onnx.Return %y", "onnx.Return %y, %z")
    used_twice = used_twice.replace(
        "-> tensor<1x2xf32> {", "-> (tensor<1x2xf32>, tensor<1x2xf32>) {"
    )
    used_twice = used_twice.replace("Return %y, %z : ", "Return %y, %z : tensor<1x2xf32>, ")
    (remark,) = remarks_on(valid_module(used_twice))
    assert remark.figures is None
    assert not remark.changed
    assert remark.location is not None
    assert "another use" in remark.message
