# SPDX-License-Identifier: Apache-2.0
"""Whether onnx-mlir could lower every op to loops: ranks must be known.

Source: onnx-mlir's pass of the same name, which looks at the ops of a function, not into their regions.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..dialect.bindings import ir
from ..dialect.diagnostics import Diagnostic, DiagnosticError, diagnostic_at
from ..dialect.ops.schema import spec_of
from ..dialect.types import DYNAMIC, inner_type, is_none, shape_of
from .rewriting.base import FunctionPass
from .rewriting.functions import functions_in


def demand_ranks(op: ir.Operation) -> None:
    """Raise DiagnosticError if an op in a function of `op` has an operand of unknown rank."""
    if errors := [error for function in functions_in(op) for error in _unready(function)]:
        raise DiagnosticError(*errors)


def _unready(function: ir.Operation) -> Iterator[Diagnostic]:
    """An error for each onnx op of a function that cannot be lowered as it is, the first reason of each."""
    for region in function.regions:
        for block in region.blocks:
            for view in block.operations:
                op = view.operation
                if spec_of(op) is not None and (reason := next(_reasons(op), None)):
                    yield diagnostic_at("error", op.location, f"'{op.name}' op {reason}")


def _reasons(op: ir.Operation) -> Iterator[str]:
    for number, operand in enumerate(op.operands):
        type_ = operand.type
        element = inner_type(type_) if str(type_).startswith("!onnx.Seq<") else None
        if element is not None:
            if shape_of(element) is None:
                yield f"operand #{number} is a SeqType with unranked Sequence Element, {type_}"
        elif shape_of(type_) is None and not is_none(type_):
            yield f"operand #{number} is not ranked, got {type_}"
    if op.name == "onnx.GatherND" and (shape_of(op.operands[1].type) or (0,))[-1] == DYNAMIC:
        yield "last dim of indices in GatherND is dynamic"


PASS = FunctionPass(
    argument="onnx-pre-krnl-verify",
    summary="Refuse ops with operands of unknown rank, which onnx-mlir cannot lower",
    function=demand_ranks,
)
