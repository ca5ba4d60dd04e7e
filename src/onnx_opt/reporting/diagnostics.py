# SPDX-License-Identifier: Apache-2.0
"""From diagnostics to lines on standard error, with the source line and a caret below, as mlir-opt prints them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

from ..dialect.bindings import ir
from ..dialect.diagnostics import Diagnostic, from_mlir
from ..errors import TOOL
from ..files.inputs import Section

Sink = Callable[[Diagnostic], None]

WIDTH = 160  # of the source line shown; a weight's line may hold megabytes


def render(diagnostic: Diagnostic, section: Section) -> str:
    """The lines for `diagnostic` and its notes, each with the source line it points at where we have it."""
    lines = f"{diagnostic.position or TOOL}: {diagnostic.severity}: {diagnostic.message.rstrip()}\n"
    if diagnostic.line and diagnostic.file == section.file:
        text = section.line(diagnostic.line)
        if text is not None and diagnostic.column:
            lines += _excerpt(text, section.column(diagnostic.line, diagnostic.column))
    return lines + "".join(render(note, section) for note in diagnostic.notes)


def _excerpt(text: str, column: int) -> str:
    """`text` and a caret under MLIR's `column`, which counts bytes from 1; at most WIDTH characters wide."""
    text = text.rstrip("\r")
    at = (
        len(text.encode()[: column - 1].decode(errors="ignore"))
        if not text.isascii()
        else column - 1
    )
    if at > len(text):
        return ""
    start = 0
    if len(text) > WIDTH:
        start = max(0, min(at - WIDTH // 2, len(text) - WIDTH))
        end = start + WIDTH
        text = ("..." if start else "") + text[start:end] + ("..." if end < len(text) else "")
        at += 3 - start if start else 0
    blank = "".join("\t" if char == "\t" else " " for char in text[:at])
    return f"{text}\n{blank}^\n"


def print_diagnostic(diagnostic: Diagnostic, section: Section) -> None:
    """Write `diagnostic` to standard error."""
    sys.stderr.write(render(diagnostic, section))


@contextmanager
def listening(context: ir.Context, sink: Sink) -> Generator[None, None, None]:
    """Hand what MLIR itself reports in `context`, short of errors that it raises, to `sink`."""

    def handle(info: ir.Diagnostic) -> bool:
        sink(from_mlir(info))
        return True

    handler = context.attach_diagnostic_handler(handle)
    try:
        yield
    finally:
        handler.detach()
