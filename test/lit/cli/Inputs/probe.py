# SPDX-License-Identifier: Apache-2.0
"""A plugin whose passes do what a test needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from onnx_opt.dialect import Diagnostic, DiagnosticError
from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.diagnostics import diagnostic_at
from onnx_opt.passes.rewriting.base import Option, Pass, Remark


def functions(op: ir.Operation) -> list[Any]:
    """The functions in a module, or the function itself."""
    if op.name == "func.func":
        return [op]
    return [
        inner for inner in op.regions[0].blocks[0].operations if inner.operation.name == "func.func"
    ]


def mark(op: ir.Operation, options: Mapping[str, Any], remark: Remark | None) -> None:
    """Give each function an attribute that says with which options the pass ran, and remark on it."""
    text = f"{options['word']},{options['count']},{options['scale']},{options['loud']}"
    for function in functions(op):
        function.attributes["marked"] = ir.StringAttr.get(text, op.context)
        if remark is not None:
            name = function.attributes["sym_name"].value
            remark(diagnostic_at("remark", function.location, f"marked {name}"))
    if remark is not None:
        remark(Diagnostic("remark", "done"))


def fail(op: ir.Operation, *_: object) -> None:
    """Fail on the first function."""
    location = functions(op)[0].location
    note = diagnostic_at("note", location, "on purpose")
    raise DiagnosticError(diagnostic_at("error", location, "the pass failed", [note]))


def boom(*_: object) -> None:
    """Be wrong."""
    raise KeyError("nothing")


def spoil(op: ir.Operation, *_: object) -> None:
    """Leave an op behind that the onnx dialect does not have."""
    block = functions(op)[0].regions[0].blocks[0]
    with ir.InsertionPoint.at_block_begin(block), functions(op)[0].location:
        ir.Operation.create("onnx.NoSuchOp")


@dataclass(frozen=True, kw_only=True)
class Probe(Pass):
    """A pass that is one of the functions above."""

    action: Callable[..., object]

    def run(
        self,
        op: ir.Operation,
        options: Mapping[str, Any] | None = None,
        remark: Remark | None = None,
    ) -> None:
        """Call it."""
        with op.context:
            self.action(op, self.settings(options), remark)


PASSES = [
    Probe(
        argument="mark",
        summary="Mark every function",
        options=(
            Option("word", str, "none", "a word"),
            Option("count", int, 1, "an integer"),
            Option("scale", float, 0.5, "a number"),
            Option("loud", bool, False, "a truth value"),
        ),
        action=mark,
    ),
    Probe(argument="fail", summary="Fail", action=fail),
    Probe(argument="boom", summary="Raise KeyError", action=boom),
    Probe(argument="spoil", summary="Make the IR invalid", action=spoil),
]
