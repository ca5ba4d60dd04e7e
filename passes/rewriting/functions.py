# SPDX-License-Identifier: Apache-2.0
"""The functions that a pass goes through: their bodies, results and signatures."""

from __future__ import annotations

from collections.abc import Iterator

from ...dialect.bindings import ir


def functions_in(op: ir.Operation) -> Iterator[ir.Operation]:
    """The functions in a module, those of modules inside it too; or a function itself."""
    if op.name == "func.func":
        yield op
    elif op.name == "builtin.module":
        for view in op.regions[0].blocks[0].operations:
            yield from functions_in(view.operation)


def body_of(function: ir.Operation) -> ir.Block | None:
    """The body of a function; None for a declaration, and for a body of several blocks, as control flow has."""
    blocks = function.regions[0].blocks
    return blocks[0] if len(blocks) == 1 else None


def results_of(function: ir.Operation) -> list[ir.Value]:
    """What a function with one block gives."""
    *_, end = function.regions[0].blocks[0].operations
    return list(end.operands)


def sign(function: ir.Operation) -> None:
    """Let the signature of a function be what its one block says."""
    arguments = [argument.type for argument in function.regions[0].blocks[0].arguments]
    results = [result.type for result in results_of(function)]
    with function.context:
        type_ = ir.FunctionType.get(arguments, results)
        function.attributes["function_type"] = ir.TypeAttr.get(type_)


def ops_in(root: ir.Operation) -> list[ir.Operation]:
    """An op, and every op inside it, what is inside first."""
    found: list[ir.Operation] = []

    def visit(op: ir.Operation) -> ir.WalkResult:
        found.append(op)
        return ir.WalkResult.ADVANCE

    root.walk(visit)
    return found
