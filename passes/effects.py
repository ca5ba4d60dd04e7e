# SPDX-License-Identifier: Apache-2.0
"""Which ops may vanish.  MLIR knows no side effects of ops that are not registered with it, so this is ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..dialect.bindings import ir
from ..dialect.onnx import PREFIX
from ..dialect.schema import op_spec


def is_pure(op: ir.Operation) -> bool:
    """Whether `op` is an onnx op without any effect but its results, its regions included."""
    name = op.name
    if not name.startswith(PREFIX):
        return False
    spec = op_spec(name[len(PREFIX) :])
    if spec is None or not spec.pure:
        return False
    return not spec.regions or all(
        is_pure(inner.operation)
        for region in op.regions
        for block in region.blocks
        for inner in block.operations
    )


def is_dead(op: ir.Operation) -> bool:
    """Whether `op` can be erased: pure, no terminator, and nobody reads a result."""
    if any(next(iter(result.uses), None) is not None for result in op.results):
        return False
    spec = op_spec(op.name[len(PREFIX) :]) if op.name.startswith(PREFIX) else None
    return spec is not None and not spec.terminator and is_pure(op)


def erase_with_dead_operands(
    operands: Iterable[ir.Value], erase: Callable[[ir.Operation], None]
) -> None:
    """Erases the ops that gave `operands` if they are dead, and so on upwards."""
    pending = list(operands)
    while pending:
        owner = pending.pop().owner
        # An op that gave two of the operands is met twice; erased, its results are no longer among the values.
        if isinstance(owner, ir.Block) or not is_dead(owner.operation):
            continue
        operation = owner.operation
        results = list(operation.results)
        pending = [value for value in pending if value not in results]
        pending.extend(operation.operands)
        erase(operation)


def erase_dead_ops(op: ir.Operation) -> int:
    """Erases every dead onnx op inside `op`, however deep; gives their number."""
    erased = 0
    for region in op.regions:
        for block in region.blocks:
            # Backwards, so that an op's users have gone before it is looked at.
            for inner in reversed(list(block.operations)):
                operation = inner.operation
                if is_dead(operation):
                    operation.erase()
                    erased += 1
                elif len(operation.regions):
                    erased += erase_dead_ops(operation)
    return erased
