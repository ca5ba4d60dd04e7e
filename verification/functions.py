# SPDX-License-Identifier: Apache-2.0
"""The functions of a module that can be run, saved as models."""

from __future__ import annotations

from pathlib import Path

from ..dialect.bindings import ir
from ..dialect.model_records import FUNCTION, NAME, OUTPUTS
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
    """Write `function` of `module` as a model, weights beside it.  Raises DiagnosticError if it has no form in ONNX."""
    part = module if _has_entry(module) else _alone(module, function)
    # Of two values of a name engines read either.
    write_model(part, path, external_data=f"{path.name}.data", distinct_names=True)
    return SavedFunction(function, path, _value_names(part.operation))


def _has_entry(module: ir.Module) -> bool:
    return any(op.operation.name == "onnx.EntryPoint" for op in module.body.operations)


def _alone(module: ir.Module, function: str) -> ir.Module:
    """A module that has `function`, and the model-local functions, alone."""
    part = ir.Module.create(loc=module.operation.location)
    attributes = module.operation.attributes
    for name in attributes:
        part.operation.attributes[name] = attributes[name]
    with ir.InsertionPoint(part.body):
        for view in module.body.operations:
            op = view.operation
            if op.name == "func.func" and (
                _symbol(op) == function or FUNCTION.name in op.attributes
            ):
                op.clone()
    return part


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
