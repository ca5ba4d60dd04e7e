# SPDX-License-Identifier: Apache-2.0
"""Which ops may vanish.  MLIR knows no side effects of ops that are not registered with it, so this is ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from types import MappingProxyType

from ...dialect.bindings import ir
from ...dialect.model_records import ANNOTATIONS, GRAPH, GRAPHS, NAME
from ...dialect.model_texts import parse_message
from ...dialect.ops.schema import spec_of


def is_pure(op: ir.Operation) -> bool:
    """Whether `op` is an onnx op without any effect but its results, its regions included."""
    spec = spec_of(op)
    if spec is None or not spec.pure:
        return False
    return not spec.regions or all(
        is_pure(inner.operation)
        for region in op.regions
        for block in region.blocks
        for inner in block.operations
    )


def is_used(value: ir.Value) -> bool:
    """Whether any op in the module reads `value`."""
    return next(value.uses, None) is not None


def is_dead(op: ir.Operation) -> bool:
    """Whether `op` can be erased: pure, no terminator, and nobody reads a result."""
    spec = spec_of(op)
    if spec is None or not spec.removable or (spec.regions and not is_pure(op)):
        return False
    return not any(map(is_used, op.results))


def erase_with_dead_operands(
    operands: Iterable[ir.Value],
    erase: Callable[[ir.Operation], None],
    owners: Mapping[ir.Value, ir.OpView | ir.Block] = MappingProxyType({}),
) -> None:
    """Erase the ops that gave `operands` if they are dead, and so on upwards.  owners: of values, as far as known."""
    pending = dict.fromkeys(operands)
    while pending:
        value, _ = pending.popitem()
        if next(value.uses, None) is not None:
            continue
        owner = owners.get(value)
        if owner is None:
            owner = value.owner
        if isinstance(owner, ir.Block):
            continue
        operation = owner.operation
        if operation.name == "onnx.Constant":
            # Most are: what else there is to ask about an op is 3 % of a fold.
            erase(operation)
            continue
        spec = spec_of(operation)
        if spec is None or not spec.removable or (spec.regions and not is_pure(operation)):
            continue
        if spec.result_range != (1, 1):
            results = operation.results
            if any(map(is_used, results)):
                continue
            # The values of an op that is no more must not be looked at again.
            for result in results:
                pending.pop(result, None)
        if spec.operands:
            for operand in operation.operands:
                pending[operand] = None
        erase(operation)


def annotated_constants(op: ir.Operation) -> frozenset[str]:
    """Names of constants that quantization annotations of `op`'s graphs refer to: read by no op, and yet not dead."""
    texts = [
        text
        for graph in (GRAPH.get(op.attributes, {}), *GRAPHS.get(op.attributes, []))
        for text in ANNOTATIONS.get(graph, [])
    ]
    if not texts:
        return frozenset()
    import onnx

    names: set[str] = set()
    for text in texts:
        with suppress(ValueError):  # The exporter tells of what is damaged.
            annotation = parse_message(text, onnx.TensorAnnotation())
            names.update(entry.value for entry in annotation.quant_parameter_tensor_names)
    return frozenset(names)


def erase_dead_ops(op: ir.Operation) -> int:
    """Erase every dead onnx op inside `op`, however deep; give their number."""
    erased = 0
    kept = annotated_constants(op)
    for region in op.regions:
        for block in region.blocks:
            # Backwards, so that an op's users have gone before it is looked at.
            for inner in reversed(list(block.operations)):
                operation = inner.operation
                if is_dead(operation) and not (kept and NAME.get(operation.attributes) in kept):
                    operation.erase()
                    erased += 1
                elif len(operation.regions):
                    erased += erase_dead_ops(operation)
    return erased
