# SPDX-License-Identifier: Apache-2.0
"""Shape inference: the types of values are refined by what ONNX's shape inference and shape arithmetic say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..dialect.bindings import ir
from ..dialect.constants import constant
from ..dialect.ops.schema import spec_of
from .rewriting.base import FunctionPass
from .rewriting.effects import erase_with_dead_operands
from .rewriting.functions import body_of, functions_in
from .shapes.analysis import analysed
from .shapes.dims import sizes_of
from .shapes.explicit import explicit_attributes, explicit_axes
from .shapes.knowledge import Knowledge, OpFacts, with_sizes

_ROUNDS = 4
"""So often a function is gone through again because an op said something about its operands."""


def shape_inference(op: ir.Operation) -> None:
    """Refine the types of results, of block arguments and of functions, in place.

    A function that is called keeps the types of its arguments; its calls get those of its results.
    """
    every = list(functions_in(op))
    functions = {_text(function, "sym_name"): function for function in every}
    called = _called(functions) if len(functions) > 1 else {}
    pending = dict(functions)

    def results_of(name: str) -> list[ir.Type] | None:
        if name in pending:
            _infer(pending.pop(name), name not in called, results_of)
        if name not in functions:
            return None
        return ir.FunctionType(_attribute(functions[name], "function_type").value).results

    for function in every:
        name = _text(function, "sym_name")
        if functions[name] != function:
            continue  # Modules inside of modules may use a name again; then nobody knows who calls which.
        if all(body_of(functions[caller]) for caller in called.get(name, ())):
            results_of(name)


def _called(functions: Mapping[str, ir.Operation]) -> dict[str, list[str]]:
    """Who calls which function."""
    found: dict[str, list[str]] = {}
    for caller, function in functions.items():

        def visit(op: ir.Operation, caller: str = caller) -> ir.WalkResult:
            if op.name == "func.call":
                found.setdefault(_text(op, "callee"), []).append(caller)
            return ir.WalkResult.ADVANCE

        function.walk(visit)
    return found


def _infer(
    function: ir.Operation, agrees: bool, results_of: Callable[[str], list[ir.Type] | None]
) -> None:
    block = body_of(function)
    if block is None:
        return
    for left in range(_ROUNDS, 0, -1):
        analysis = analysed(function, results_of, agrees)
        _write(analysis.knowledge)
        if not analysis.learned or left == 1:
            _write_down(block, analysis.knowledge)
            break
    *_, end = block.operations
    inputs = [argument.type for argument in block.arguments]
    results = [operand.type for operand in end.operands]
    with function.context:
        signature = ir.TypeAttr.get(ir.FunctionType.get(inputs, results))
    function.attributes["function_type"] = signature


def _write(knowledge: Knowledge) -> None:
    """Give every value the type that is known of it."""
    for value, type_ in knowledge.types.items():
        value.set_type(type_)
    for value, shape in knowledge.shapes():
        type_ = value.type
        if shape is not None and isinstance(type_, ir.ShapedType):
            value.set_type(with_sizes(type_, sizes_of(shape)))


def _write_down(block: ir.Block, knowledge: Knowledge) -> None:
    """Make explicit what ops leave to shapes."""
    for view in list(block.operations):
        op = view.operation
        for region in op.regions:
            for inner in region.blocks:
                _write_down(inner, knowledge)
        spec = spec_of(op)
        if spec is None:
            continue
        facts = OpFacts(op, spec, knowledge)
        for name, attribute in explicit_attributes(facts).items():
            op.attributes[name] = attribute
        axes = explicit_axes(facts)
        if axes is not None:
            with op.context, op.location, ir.InsertionPoint(op):
                old, op.operands[1] = op.operands[1], constant(axes).results[0]
            erase_with_dead_operands([old], ir.Operation.erase)


def _text(op: ir.Operation, name: str) -> str:
    return str(_attribute(op, name).value)


def _attribute(op: ir.Operation, name: str) -> Any:
    return op.attributes[name]


PASS = FunctionPass(
    argument="shape-inference",
    summary="Infer the shapes of values (ONNX's inference, and shape arithmetic)",
    function=shape_inference,
)
