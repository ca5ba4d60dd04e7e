# SPDX-License-Identifier: Apache-2.0
"""Let MLIR's symbol passes look into onnx.Loop and onnx.Scan.

MLIR takes an operation that it does not know, with exactly one region, for a possible symbol table: its
symbol passes then refuse the whole module, and its inliner crashes.  onnx.Loop and onnx.Scan are such
operations.  With a second, empty region they are not, so they get one for as long as such a pass runs.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from ..dialect.bindings import ir
from ..dialect.ops.attributes import dictionaries

SYMBOL_PASSES = frozenset(
    (
        "duplicate-function-elimination",
        "inline",
        "remove-dead-values",
        "symbol-dce",
        "symbol-privatize",
    )
)
_MARK = "onnx_opt.second_region"


@contextmanager
def visible_to_symbol_tables(argument: str, root: ir.Operation) -> Generator[None, None, None]:
    """Around pass `argument`, if it is a symbol pass: give unknown operations of one region inside `root` a second."""
    if argument not in SYMBOL_PASSES:
        yield
        return
    context = root.context
    for op in _collect(root):
        if len(op.regions) == 1 and not context.is_registered_operation(op.name):
            _with_regions(op, 2)
    try:
        yield
    finally:
        for op in _collect(root):
            if _MARK in op.attributes:
                _with_regions(op, 1)


def _collect(root: ir.Operation) -> list[ir.Operation]:
    """The operations inside `root`, inner ones first."""
    found: list[ir.Operation] = []

    def visit(op: ir.Operation) -> ir.WalkResult:
        found.append(op)
        return ir.WalkResult.ADVANCE

    root.walk(visit, ir.WalkOrder.POST_ORDER)
    return [op for op in found if op != root]


def _all_attributes(op: ir.Operation) -> dict[str, ir.Attribute]:
    """The properties and the discardable attributes; the bindings give the names of the latter only."""
    asm = op.get_asm(
        print_generic_op_form=True, skip_regions=True, use_local_scope=True, large_elements_limit=0
    )
    return {name: op.attributes[name] for names in dictionaries(str(asm)) for name in names}


def _with_regions(op: ir.Operation, count: int) -> None:
    """Replace `op` by the same operation with `count` regions, the first being its own."""
    attributes = _all_attributes(op)
    if count == 2:
        attributes[_MARK] = ir.UnitAttr.get(op.context)
    else:
        attributes.pop(_MARK)
    new = ir.Operation.create(
        op.name,
        results=[result.type for result in op.results],
        operands=list(op.operands),
        attributes=attributes,
        regions=count,
        loc=op.location,
        ip=ir.InsertionPoint(op),
    )
    for block in list(op.regions[0]):
        block.append_to(new.regions[0])
    for old, result in zip(op.results, new.results, strict=True):
        old.replace_all_uses_with(result)
    op.erase()
