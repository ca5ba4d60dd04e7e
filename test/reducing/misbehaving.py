# SPDX-License-Identifier: Apache-2.0
"""A plugin that misbehaves where there is a Sigmoid, as HOW says."""

from __future__ import annotations

import os
import signal
from typing import Any

from onnx_opt.dialect.bindings import ir
from onnx_opt.passes.rewriting import FunctionPass


def _misbehave(op: ir.Operation) -> None:
    how = os.environ["HOW"]
    if how == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif how == "raise":
        raise ValueError(f"of type {op.results[0].type}")
    elif how == "invalid":
        with op.context:
            op.results[0].set_type(ir.RankedTensorType.get([7], ir.F16Type.get()))


def _run(module: ir.Operation, **_: Any) -> None:
    found: list[ir.Operation] = []

    def visit(op: ir.Operation) -> ir.WalkResult:
        if op.name == "onnx.Sigmoid":
            found.append(op)
        return ir.WalkResult.ADVANCE

    module.walk(visit)
    for op in found:
        _misbehave(op)


PASS = FunctionPass(
    argument="misbehave", summary="Go wrong where there is a Sigmoid", function=_run
)
