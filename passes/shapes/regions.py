# SPDX-License-Identifier: Apache-2.0
"""Ops with regions: what goes into a body, and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ...dialect.bindings import ir
from .dims import Dim, Dims, Shape, joined
from .knowledge import Found, Knowledge, OpFacts
from .rules_sequences import joined_types

Shapes = list["Shape | None"]


class Walker(Protocol):
    """Who goes through blocks."""

    knowledge: Knowledge

    def block(self, block: ir.Block) -> None:
        """Go through a block, whose arguments are declared."""


Rule = Callable[[OpFacts, Walker], "list[Found]"]


def results_of_region_op(facts: OpFacts, walker: Walker) -> list[Found]:
    """What is found out about the results of an op with regions, whose bodies are gone through."""
    rule = _RULES.get(facts.spec.name)
    if rule is not None:
        return rule(facts, walker)
    for region in facts.op.regions:
        for block in region.blocks:
            walker.block(block)
    return []


def _yielded(block: ir.Block, walker: Walker) -> Shapes:
    *_, end = block.operations
    return [walker.knowledge.shape(value) for value in end.operands]


def _if(facts: OpFacts, walker: Walker) -> list[Found]:
    """Only what both branches say is known."""
    ends: list[list[ir.Value]] = []
    for region in facts.op.regions:
        (block,) = region.blocks
        walker.block(block)
        *_, end = block.operations
        ends.append(list(end.operands))
    found: list[Found] = []
    for a, b in zip(*ends, strict=True):
        if isinstance(a.type, ir.ShapedType) and isinstance(b.type, ir.ShapedType):
            found.append(joined(facts.dims, walker.knowledge.shape(a), walker.knowledge.shape(b)))
        else:
            found.append(joined_types(walker.knowledge.type(a), walker.knowledge.type(b)))
    return found


def _loop(facts: OpFacts, walker: Walker) -> list[Found]:
    """A body may run never: what is carried is what went in, or what comes out."""
    dims = facts.dims
    carried = [facts.shape(index) for index in range(2, len(facts.operands))]
    final, scanned = _settled(facts, walker, [(), ()], carried, 1)
    scanned = [None if shape is None else (0, *shape) for shape in scanned]
    return [*final, *(_with_fresh(dims, shape, 0) for shape in scanned)]


def _with_fresh(dims: Dims, shape: Shape | None, axis: int) -> Shape | None:
    """Of several iterations: their number is not known, and names mean something else in each."""
    if shape is None:
        return None
    return tuple(
        [
            dims.fresh() if index == axis or isinstance(dim, str) else dim
            for index, dim in enumerate(shape)
        ]
    )


def _scan(facts: OpFacts, walker: Walker) -> list[Found]:
    if "directions" in facts.spec.attributes:
        return []  # Scan-8 goes through batches, too.
    dims, inputs = facts.dims, facts.attribute("num_scan_inputs")
    states = len(facts.operands) - inputs
    carried = [facts.shape(index) for index in range(states)]
    slices: Shapes = []
    length: Dim = dims.fresh()
    axes: list[int] = facts.attribute("scan_input_axes") or [0] * inputs
    for number, axis in enumerate(axes):
        shape = facts.shape(states + number)
        if shape is not None:
            axis %= len(shape)
            length = shape[axis] if isinstance(length, str) else length
            shape = (*shape[:axis], *shape[axis + 1 :])
        slices.append(shape)
    final, scanned = _settled(facts, walker, [], carried, 0, slices)
    found: list[Found] = [*final]
    axes = facts.attribute("scan_output_axes") or [0] * len(scanned)
    for shape, axis in zip(scanned, axes, strict=True):
        if shape is not None:
            axis %= len(shape) + 1
            shape = _with_fresh(dims, (*shape[:axis], 0, *shape[axis:]), axis)
            shape = shape and (*shape[:axis], length, *shape[axis + 1 :])
        found.append(shape)
    return found


def _settled(
    facts: OpFacts,
    walker: Walker,
    before: Shapes,
    carried: Shapes,
    first: int,
    after: Shapes | None = None,
) -> tuple[Shapes, Shapes]:
    """What is carried out of the last iteration, and what else a body yields, once it holds in all iterations.

    The body's arguments: `before`, what is carried, `after`.  first: number of the first yielded value that is carried.
    """
    (body,) = facts.op.regions[0].blocks
    dims, wide, carried = facts.dims, set[str](), list(carried)
    while True:
        shapes = [*before, *carried, *(after or [])]
        for argument, shape in zip(body.arguments, shapes, strict=False):
            walker.knowledge.declare(argument, shape)
        walker.block(body)
        yielded = _yielded(body, walker)
        settled = True
        for number, shape in enumerate(carried):
            both = joined(dims, shape, yielded[first + number])
            if shape is None or both is None:
                settled = settled and shape is None
                carried[number] = None
                continue
            # A name that has been given here already stands for a size that changes.
            both = tuple([a if a in wide else b for a, b in zip(shape, both, strict=True)])
            if both != dims.shape(shape):
                settled = False
                wide.update(dim for dim in both if isinstance(dim, str) and dim not in shape)
                carried[number] = both
        if settled:
            # A body that never runs gives what its arguments are given.
            arguments = list(body.arguments)[len(before) : len(before) + len(carried)]
            final = [
                joined(dims, walker.knowledge.shape(argument), shape)
                for argument, shape in zip(arguments, yielded[first:], strict=False)
            ]
            return final, yielded[first + len(carried) :]


_RULES: dict[str, Rule] = {"If": _if, "Loop": _loop, "Scan": _scan}
