# SPDX-License-Identifier: Apache-2.0
"""The process that reads text with MLIR: checks it, prints it, runs passes on it.

It is asked in lines of JSON on standard input and answers in lines on what was standard output.  A text that ends it
ends nothing else: `workers` starts another one.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ..dialect.assembly.printer import to_text
from ..dialect.assembly.reader import parse
from ..dialect.bindings import ir
from ..dialect.context import make_context
from ..dialect.diagnostics import Diagnostic, DiagnosticError, source_position
from ..dialect.verifier.verify import verify
from ..passes import BY_ARGUMENT

_MEMORY = 4 << 30
"""How many bytes the process may have."""


def main() -> None:
    """Answer until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends it
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what MLIR prints is no answer
    _limit()
    gc.set_threshold(100_000)  # as the command line does: a module is many objects without cycles
    for line in sys.stdin.buffer:
        task, arguments = json.loads(line)
        answers.write(json.dumps(_answer(task, arguments)) + "\n")
        answers.flush()


def _limit() -> None:
    for what, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, _MEMORY)):
        hard = resource.getrlimit(what)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(what, (least, hard))


def _answer(task: str, arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        return TASKS[task](**arguments)
    except DiagnosticError as error:
        return {"diagnostics": list(map(_as_data, error.diagnostics))}


def check(text: str, allow_unregistered_dialect: bool) -> dict[str, Any]:
    """What is wrong with a text: its diagnostics."""
    context = make_context(load_all=False)
    module = parse(text, context=context)
    with context:
        found = verify(module, allow_unregistered_dialect=allow_unregistered_dialect)
    return {"diagnostics": list(map(_as_data, found))}


def reprint(text: str) -> dict[str, Any]:
    """A text as it is printed, and the lines of its ops, before and after; they count from 0."""
    module = parse(text, context=make_context(load_all=False))
    printed = to_text(module)
    again = parse(printed, context=make_context(load_all=False))
    return {"text": printed, "lines": _op_lines(module), "printed_lines": _op_lines(again)}


def run_pass(text: str, argument: str) -> dict[str, Any]:
    """A text after a pass, and the remarks of that; `changed` says whether it did anything."""
    context = make_context(load_all=False)
    module = parse(text, context=context)
    remarks: list[Diagnostic] = []
    with context, ir.Location.unknown():
        if errors := verify(module, allow_unregistered_dialect=True):
            raise DiagnosticError(*errors)
        before = to_text(module)
        BY_ARGUMENT[argument].run(module.operation, remark=remarks.append)
        if errors := verify(module, allow_unregistered_dialect=True):
            raise DiagnosticError(*errors)
    after = to_text(module)
    return {
        "text": after,
        "changed": after != before,
        "remarks": [remark.message for remark in remarks],
    }


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    "check": check,
    "reprint": reprint,
    "run_pass": run_pass,
}


def _op_lines(module: ir.Module) -> list[int]:
    lines: list[int] = []

    def visit(op: ir.Operation) -> ir.WalkResult:
        lines.append(source_position(op.location)[1] - 1)
        return ir.WalkResult.ADVANCE

    for op in module.body.operations:
        op.operation.walk(visit, ir.WalkOrder.PRE_ORDER)
    return lines


def _as_data(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "severity": diagnostic.severity,
        "message": diagnostic.message.rstrip(),
        "line": diagnostic.line,
        "column": diagnostic.column,
        "notes": list(map(_as_data, diagnostic.notes)),
    }


if __name__ == "__main__":
    main()
