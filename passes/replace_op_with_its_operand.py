# SPDX-License-Identifier: Apache-2.0
"""Leave out nodes by their names: what reads one reads an operand of it instead.

What a model computes changes by that, as the caller wants: such as a mask that is known to mask nothing.

Source: onnx-mlir's pass of the same name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from ..dialect.bindings import ir
from ..dialect.diagnostics import error_at, op_error
from ..dialect.model_records import NODE_NAME
from ..dialect.ops.attributes import get_attribute
from ..dialect.ops.schema import spec_of
from ..dialect.types import refines
from .rewriting.base import FunctionPass, Option


def replace_ops(op: ir.Operation, list_id_regex: Collection[str]) -> None:
    """Replace the one result of each onnx op whose name matches.

    list_id_regex: the number of an operand, a colon, and an expression for whole names; raises DiagnosticError for what
    is none, and where the operand is not there or of another type.  Of several that match the first by the alphabet is
    meant.
    """
    rules = [_rule(text) for text in sorted(list_id_regex)]
    for node, name in list(_named(op)):
        index = next((index for index, pattern in rules if pattern.fullmatch(name)), None)
        if index is None:
            continue
        if index >= len(node.operands):
            raise op_error(
                node, f"has {len(node.operands)} operands, and so none of number {index}"
            )
        operand, result = node.operands[index], node.results[0]
        if not refines(operand.type, result.type):
            raise op_error(
                node,
                f"gives {result.type}, which its operand {index} of type {operand.type} cannot replace",
            )
        result.replace_all_uses_with(operand)


def _rule(text: str) -> tuple[int, re.Pattern[str]]:
    index, colon, pattern = text.partition(":")
    if not colon or not (index.isascii() and index.isdigit()):
        raise error_at(f"list-id-regex is a number, a colon and an expression, not '{text}'")
    try:
        return int(index), re.compile(pattern)
    except re.error as error:
        raise error_at(f"list-id-regex '{text}': {error}") from None


def _named(op: ir.Operation) -> Iterator[tuple[ir.Operation, str]]:
    """The onnx ops inside `op` with a name and one result."""
    for region in op.regions:
        for block in region.blocks:
            for view in block.operations:
                inner = view.operation
                name = get_attribute(inner, NODE_NAME.name)
                one = spec_of(inner) is not None and len(inner.results) == 1
                if one and isinstance(name, ir.StringAttr) and name.value:
                    yield inner, name.value
                yield from _named(inner)


PASS = FunctionPass(
    argument="replace-op-with-its-operand",
    summary="Let readers of the nodes with certain names read an operand of these instead",
    function=replace_ops,
    options=(
        Option(
            "list-id-regex",
            frozenset,
            frozenset(),
            "Which: the number of the operand, a colon, an expression for names",
        ),
    ),
)
