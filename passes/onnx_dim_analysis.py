# SPDX-License-Identifier: Apache-2.0
"""Dimensions that are equal whenever the model runs, shown as `onnx.DimGroup` ops.

Source: onnx-mlir's pass of the same name.  A group is called after the first of its dimensions, counted over the
results of the ops, and then over the arguments, among which equal ones count once.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..dialect.bindings import ir
from ..dialect.types import shape_of
from .rewriting.base import FunctionPass
from .shapes.dims import Dim
from .shapes.equal_dims import equal_dims


def show_equal_dims(op: ir.Operation) -> None:
    """Put an `onnx.DimGroup` behind each value for each of its dimensions that is not known."""
    number = 0
    for block, knowledge in equal_dims(op):
        groups: dict[Dim, int] = {}
        of_arguments: set[Dim] = set()
        places: list[tuple[ir.Value, int, Dim]] = []
        for value in [*_results(block), *block.arguments]:
            sizes, shape = shape_of(value.type), knowledge.shape(value)
            for axis, size in enumerate(sizes or ()):
                if size >= 0 or shape is None:
                    continue
                places.append((value, axis, shape[axis]))
                groups.setdefault(shape[axis], number)
                if shape[axis] in of_arguments:
                    continue
                number += 1
                if isinstance(value, ir.BlockArgument):
                    of_arguments.add(shape[axis])
        for value, axis, dim in places:
            _show(value, axis, groups[dim])


def _results(block: ir.Block) -> Iterator[ir.Value]:
    """The results of all ops in a block, of those in regions first."""
    for view in block.operations:
        for region in view.operation.regions:
            for inner in region.blocks:
                yield from _results(inner)
        yield from view.operation.results


def _show(value: ir.Value, axis: int, group: int) -> None:
    owner = value.owner
    point = (
        ir.InsertionPoint.at_block_begin(owner)
        if isinstance(owner, ir.Block)
        else ir.InsertionPoint.after(owner.operation)
    )
    integer = ir.IntegerType.get_signed(64)
    ir.Operation.create(
        "onnx.DimGroup",
        operands=[value],
        attributes={
            "axis": ir.IntegerAttr.get(integer, axis),
            "group_id": ir.IntegerAttr.get(integer, group),
        },
        loc=value.location,
        ip=point,
    )


PASS = FunctionPass(
    argument="onnx-dim-analysis",
    summary="Show which dimensions are equal whenever the model runs, as onnx.DimGroup ops",
    function=show_equal_dims,
)
