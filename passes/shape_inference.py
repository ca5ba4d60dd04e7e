# SPDX-License-Identifier: Apache-2.0
"""Shape inference: the types of values are refined by what ONNX's shape inference and shape arithmetic say."""

from __future__ import annotations

from collections.abc import Iterator

from ..dialect.bindings import ir
from ..dialect.types import is_unknown
from .rewriting.base import FunctionPass
from .shapes.analysis import Analysis
from .shapes.dims import sizes_of


def shape_inference(op: ir.Operation) -> None:
    """Refine the types of results, of block arguments and of functions, in place; see docs/architecture.md."""
    for function in _functions(op):
        _infer(function)


def _functions(op: ir.Operation) -> Iterator[ir.Operation]:
    if op.name == "func.func":
        yield op
    elif op.name == "builtin.module":
        for view in op.regions[0].blocks[0].operations:
            yield from _functions(view.operation)


def _infer(function: ir.Operation) -> None:
    blocks = list(function.regions[0].blocks)
    if len(blocks) != 1:
        return
    analysis = Analysis()
    for argument in blocks[0].arguments:
        analysis.knowledge.declare(argument)
    analysis.block(blocks[0])
    for value, type_ in analysis.knowledge.types.items():
        if is_unknown(value.type):
            value.set_type(type_)
    for value, shape in analysis.knowledge.shapes():
        type_ = value.type
        if shape is not None and isinstance(type_, ir.ShapedType):
            value.set_type(_typed(type_, sizes_of(shape)))
    *_, end = blocks[0].operations
    inputs = [argument.type for argument in blocks[0].arguments]
    results = [operand.type for operand in end.operands]
    with function.context:
        signature = ir.TypeAttr.get(ir.FunctionType.get(inputs, results))
    function.attributes["function_type"] = signature


def _typed(type_: ir.ShapedType, sizes: tuple[int, ...]) -> ir.Type:
    dynamic = ir.ShapedType.get_dynamic_size()
    shape = [dynamic if size < 0 else size for size in sizes]
    encoding = type_.encoding if isinstance(type_, ir.RankedTensorType) else None
    with type_.context:
        return ir.RankedTensorType.get(
            shape, type_.element_type, encoding, loc=ir.Location.unknown()
        )


PASS = FunctionPass(
    argument="shape-inference",
    summary="Infer the shapes of values (ONNX's inference, and shape arithmetic)",
    function=shape_inference,
)
