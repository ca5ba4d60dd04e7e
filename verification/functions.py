# SPDX-License-Identifier: Apache-2.0
"""The functions of a module that can be run: each as a model in a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..dialect import model_records
from ..dialect.bindings import ir
from ..dialect.diagnostics import DiagnosticError
from ..exporter import write_model


@dataclass(frozen=True)
class Saved:
    """A function as a model in a file.

    names: the values that the IR itself names; a name that the exporter chose says nothing about what it stands for.
    """

    function: str
    path: Path
    names: frozenset[str]


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
            and model_records.FUNCTION not in op.attributes
            and len(op.regions[0].blocks)
        ):
            functions.append(_symbol(op))
    return entries or functions


def save(module: ir.Module, function: str, path: Path) -> Saved:
    """Write `function` of `module` as a model, weights beside it.  Raises DiagnosticError if it has no form in ONNX."""
    part = module if _has_entry(module) else _alone(module, function)
    write_model(part, path, external_data=f"{path.name}.data", size_threshold=1024)
    names = frozenset(_names(part.operation))
    return Saved(function, path, names)


def reason(error: DiagnosticError) -> str:
    """What an error says, on one line."""
    return error.diagnostics[0].message


def has_function(module: ir.Module, function: str) -> bool:
    """Whether a module still has a function that can be run."""
    return function in runnable_functions(module)


def _has_entry(module: ir.Module) -> bool:
    return any(op.operation.name == "onnx.EntryPoint" for op in module.body.operations)


def _alone(module: ir.Module, function: str) -> ir.Module:
    """A module that has `function`, and the model-local functions, alone."""
    made = ir.Module.create(loc=module.operation.location)
    attributes = module.operation.attributes
    for name in attributes:
        made.operation.attributes[name] = attributes[name]
    with ir.InsertionPoint(made.body):
        for view in module.body.operations:
            op = view.operation
            if op.name == "func.func" and (
                _symbol(op) == function or model_records.FUNCTION in op.attributes
            ):
                op.clone()
    return made


def _symbol(op: ir.Operation) -> str:
    return ir.StringAttr(op.attributes["sym_name"]).value


def _names(root: ir.Operation) -> Iterator[str]:
    """The names that ops carry for their results."""
    found: list[str] = []

    def visit(op: ir.Operation) -> ir.WalkResult:
        attributes = op.attributes
        if model_records.NAME in attributes:
            found.append(model_records.string(attributes[model_records.NAME]))
        if model_records.OUTPUTS in attributes:
            found.extend(model_records.strings(attributes[model_records.OUTPUTS]))
        return ir.WalkResult.ADVANCE

    root.walk(visit)
    return (name for name in found if name)
