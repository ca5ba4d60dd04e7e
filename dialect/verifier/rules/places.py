# SPDX-License-Identifier: Apache-2.0
"""What an op demands of where it stands, and of what its regions yield."""

from __future__ import annotations

from collections.abc import Iterator

from ...bindings import ir
from ...ops.attributes import scalar_value
from ...types import compatible, inner_type, is_unknown
from .judged import PlaceRule


def return_(op: ir.Operation) -> Iterator[str]:
    """Operands fit the function's results; a more specific shape fits.  Source: onnx-mlir, ONNXReturnOp."""
    function = op.parent
    if function is None or "function_type" not in function.attributes:
        return
    results: list[ir.Type] = scalar_value(function.attributes["function_type"]).results
    operands = list(op.operands)
    if len(operands) != len(results):
        yield f"has {len(operands)} operands, but the function returns {len(results)}"
        return
    for index, (operand, result) in enumerate(zip(operands, results, strict=True)):
        if not compatible(operand.type, result):
            yield f"operand #{index} has type {operand.type}, but the function returns {result}"


def if_(op: ir.Operation) -> Iterator[str]:
    """Each branch yields a value for each result, of its kind; shapes may differ.  Source: ONNX If-21."""
    results = list(op.results.types)
    for branch, region in zip(("then", "else"), op.regions, strict=True):
        operations = region.blocks[0].operations
        yielded = [value.type for value in operations[len(operations) - 1].operands]
        if len(yielded) != len(results):
            yield f"{branch} branch #results={len(yielded)} differ from if #results={len(results)}"
            continue
        for number, (got, expected) in enumerate(zip(yielded, results, strict=True), start=1):
            if not _alike(got, expected):
                yield (
                    f"{branch} branch disagrees on result type #{number} of {len(results)}: "
                    f"expected {expected}, got {got}"
                )


def _alike(a: ir.Type, b: ir.Type) -> bool:
    """Whether two types differ at most in shapes."""
    if a == b or is_unknown(a) or is_unknown(b):
        return True
    if isinstance(a, ir.ShapedType) and isinstance(b, ir.ShapedType):
        return bool(a.element_type == b.element_type)
    inner_a, inner_b = inner_type(a), inner_type(b)
    if inner_a is None or inner_b is None or str(a)[:9] != str(b)[:9]:
        return False
    return _alike(inner_a, inner_b)


def fused(op: ir.Operation) -> Iterator[str]:
    """The body takes the operands and yields the results.  Source: onnx-mlir, ONNXFusedOp."""
    body = op.regions[0].blocks[0]
    operations = body.operations
    yielded = len(operations[len(operations) - 1].operands)
    if yielded != len(op.results):
        yield f"yield operand count ({yielded}) must match result count ({len(op.results)})"
    if len(body.arguments) != len(op.operands):
        yield (
            f"body block argument count ({len(body.arguments)}) must match "
            f"inputs count ({len(op.operands)})"
        )
        return
    for index, (argument, operand) in enumerate(zip(body.arguments, op.operands, strict=True)):
        if argument.type != operand.type:
            yield f"body block argument {index} type {argument.type} does not match input type {operand.type}"


PLACE_RULES: dict[str, PlaceRule] = {"Fused": fused, "If": if_, "Return": return_}
"""By ONNX's name of the op, for all of its versions, or else by the dialect's."""
