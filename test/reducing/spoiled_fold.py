# SPDX-License-Identifier: Apache-2.0
"""A plugin that folds batch normalization, and spoils the fold of one whose mean begins with MEAN."""

from __future__ import annotations

import os
from typing import Any

from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.constants import constant, constant_value
from onnx_opt.passes.fold_bn_into_gemm import PASS as FOLD
from onnx_opt.passes.rewriting import FunctionPass

_MEAN = float(os.environ["MEAN"])


def _run(module: ir.Operation, **_: Any) -> None:
    readers: list[tuple[ir.Operation, int]] = []

    def visit(op: ir.Operation) -> ir.WalkResult:
        if op.name == "onnx.BatchNormalizationInferenceMode":
            mean = constant_value(op.operands[3])
            if mean is not None and float(mean[0]) == _MEAN:
                readers.extend(
                    (use.owner.operation, use.operand_number) for use in op.results[0].uses
                )
        return ir.WalkResult.ADVANCE

    module.walk(visit)
    FOLD.run(module)
    for reader, index in readers:
        gemm: Any = reader.operands[index].owner
        if not isinstance(gemm, ir.Block) and gemm.name == "onnx.Gemm":
            weights: Any = constant_value(gemm.operands[1])
            with gemm.location, ir.InsertionPoint(gemm):
                gemm.operation.operands[1] = constant(weights * weights.dtype.type(1.01)).results[0]


PASS = FunctionPass(argument="spoiled-fold", summary="Fold, but one of them wrongly", function=_run)
