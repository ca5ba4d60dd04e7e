# SPDX-License-Identifier: Apache-2.0
"""The functions of a module that can be run, saved as models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..dialect.bindings import ir
from ..dialect.model_records import FUNCTION, HIDES, NAME, OUTPUTS
from ..exporter import write_model
from .models import SavedFunction


def runnable_functions(module: ir.Module) -> list[str]:
    """The functions to run: the entry point's, else all that have a body and are no model-local functions."""
    entries: list[str] = []
    functions: list[str] = []
    for view in module.body.operations:
        op = view.operation
        if op.name == "onnx.EntryPoint":
            entries.append(ir.FlatSymbolRefAttr(op.attributes["func"]).value)
        elif (
            op.name == "func.func"
            and FUNCTION.name not in op.attributes
            and len(op.regions[0].blocks)
        ):
            functions.append(_symbol(op))
    return entries or functions


def save(module: ir.Module, function: str, path: Path) -> SavedFunction:
    """Write `function` of `module` as a model, weights beside it.  Raises DiagnosticError if it has no form in ONNX.

    No result hides an outer value of its name there: evaluators do not agree on which of the two is read.
    """
    part = module
    if not _has_entry(module):
        part = _copy(module, lambda op: _symbol(op) == function or FUNCTION.name in op.attributes)
    elif _hiding_ops(module):
        part = _copy(module, lambda _: True)
    for op in _hiding_ops(part):
        del op.attributes[HIDES.name]
    write_model(part, path, external_data=f"{path.name}.data", size_threshold=1024)
    return SavedFunction(function, path, _value_names(part.operation))


def _has_entry(module: ir.Module) -> bool:
    return any(op.operation.name == "onnx.EntryPoint" for op in module.body.operations)


def _copy(module: ir.Module, wanted: Callable[[ir.Operation], bool]) -> ir.Module:
    """A module that has the entry point and those functions of `module` that are wanted."""
    part = ir.Module.create(loc=module.operation.location)
    attributes = module.operation.attributes
    for name in attributes:
        part.operation.attributes[name] = attributes[name]
    with ir.InsertionPoint(part.body):
        for view in module.body.operations:
            op = view.operation
            if op.name == "onnx.EntryPoint" or (op.name == "func.func" and wanted(op)):
                op.clone()
    return part


def _hiding_ops(module: ir.Module) -> list[ir.Operation]:
    """The ops with results that hide values of enclosing graphs."""
    found: list[ir.Operation] = []

    def visit(op: ir.Operation) -> ir.WalkResult:
        if HIDES.name in op.attributes:
            found.append(op)
        return ir.WalkResult.ADVANCE

    module.operation.walk(visit)
    return found


def _symbol(op: ir.Operation) -> str:
    return ir.StringAttr(op.attributes["sym_name"]).value


def _value_names(root: ir.Operation) -> frozenset[str]:
    """The names that ops carry for their results."""
    names: set[str] = set()

    def visit(op: ir.Operation) -> ir.WalkResult:
        names.update((NAME.get(op.attributes, ""), *OUTPUTS.get(op.attributes, [])))
        return ir.WalkResult.ADVANCE

    root.walk(visit)
    return frozenset(names - {""})
