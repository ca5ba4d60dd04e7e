# SPDX-License-Identifier: Apache-2.0
"""`onnx.Dim` ops of dimensions that are equal whenever the model runs, made one.

Source: onnx-mlir's pass of the same name.
"""

from __future__ import annotations

from ..dialect.bindings import ir
from ..dialect.ops.attributes import scalar_value
from .rewriting.base import FunctionPass
from .shapes.dims import Dim
from .shapes.equal_dims import equal_dims
from .shapes.knowledge import Knowledge


def remove_same_dims(op: ir.Operation) -> None:
    """Replace each `onnx.Dim` by an earlier one that gives the same number, where that one is visible."""
    for block, knowledge in equal_dims(op):
        _in_block(block, knowledge, {})


def _in_block(block: ir.Block, knowledge: Knowledge, visible: dict[Dim, ir.Value]) -> None:
    """visible: a value for each dimension, of the blocks around this one."""
    visible = dict(visible)
    for view in list(block.operations):
        op = view.operation
        for region in op.regions:
            for inner in region.blocks:
                _in_block(inner, knowledge, visible)
        shape = knowledge.shape(op.operands[0]) if op.name == "onnx.Dim" else None
        if not shape:
            continue
        axis = scalar_value(op.attributes["axis"]) if "axis" in op.attributes else 0
        first = visible.setdefault(shape[axis], op.results[0])
        if first != op.results[0] and first.type == op.results[0].type:
            op.results[0].replace_all_uses_with(first)
            op.erase()


PASS = FunctionPass(
    argument="remove-same-onnx-dim",
    summary="Make one of onnx.Dim ops whose dimensions are equal whenever the model runs",
    function=remove_same_dims,
)
