# SPDX-License-Identifier: Apache-2.0
"""How a diagnostic looks on the terminal."""

from __future__ import annotations

import pytest

from onnx_opt.dialect.assembly.dense_literals import cut_literals
from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.context import make_context
from onnx_opt.dialect.diagnostics import Diagnostic, located
from onnx_opt.files.inputs import Section
from onnx_opt.reporting.diagnostics import WIDTH, listening, render


def show(text: str, line: int, column: int, first_line: int = 1) -> str:
    return render(Diagnostic("error", "no", "f", line, column), Section("f", text, first_line))


def test_source_line_and_caret() -> None:
    assert show("a\n  bcd\n", 2, 4) == "f:2:4: error: no\n  bcd\n   ^\n"


def test_lines_are_those_of_the_file() -> None:
    assert show("a\nb", 12, 1, first_line=11) == "f:12:1: error: no\nb\n^\n"


def test_the_caret_stands_behind_what_was_cut_out() -> None:
    source = f'"onnx.A"() {{a = dense<"0x{"00" * 2000}"> : tensor<2000xi8>}} : !bad'
    text, literals = cut_literals(source.encode())
    assert len(text) < 100
    section = Section("f", text.decode(), literals=literals)
    told = render(Diagnostic("error", "no", "f", 1, source.index("!bad") + 1), section)
    _, excerpt, caret, _ = told.split("\n")
    assert excerpt[caret.index("^") :] == "!bad"


@pytest.mark.parametrize("line", [0, 3, 99])
def test_a_line_that_is_not_there(line: int) -> None:
    assert "^" not in show("a\nb", line, 1)


def test_tabs_stay_under_tabs() -> None:
    assert show("\ta\tb", 1, 4) == "f:1:4: error: no\n\ta\tb\n\t \t^\n"


def test_columns_count_bytes_but_the_caret_counts_characters() -> None:
    assert show("äöü x", 1, 8) == "f:1:8: error: no\näöü x\n    ^\n"


def test_a_column_past_the_line_has_no_caret() -> None:
    assert show("ab", 1, 9) == "f:1:9: error: no\n"


@pytest.mark.parametrize("column", [1, 70, 5_000, 9_999, 10_000])
def test_a_long_line_is_cut_around_the_caret(column: int) -> None:
    text = "".join(chr(ord("a") + n % 26) for n in range(10_000))
    _, excerpt, caret, _ = show(text, 1, column).split("\n")
    assert len(excerpt) <= WIDTH + 6
    assert excerpt[caret.index("^")] == text[column - 1]


def test_another_file_has_no_excerpt() -> None:
    assert render(Diagnostic("error", "no", "g", 1, 1), Section("f", "a")) == "g:1:1: error: no\n"


def test_notes_follow() -> None:
    note = Diagnostic("note", "why", "f", 1, 1)
    told = render(Diagnostic("error", "no", "f", 2, 1, (note,)), Section("f", "a\nb"))
    assert told == "f:2:1: error: no\nb\n^\nf:1:1: note: why\na\n^\n"


def test_without_a_place_the_tool_speaks() -> None:
    assert render(Diagnostic("error", "no"), Section("f")) == "onnx-opt: error: no\n"


def test_located_fills_in_the_file_of_notes_too() -> None:
    diagnostic = located(Diagnostic("error", "no", notes=(Diagnostic("note", "why"),)), "f")
    assert (diagnostic.file, diagnostic.notes[0].file) == ("f", "f")


def test_what_mlir_reports_itself_is_heard() -> None:
    heard: list[Diagnostic] = []
    with make_context() as context, listening(context, heard.append):
        ir.Location.file("in.mlir", 4, 2).emit_error("from MLIR")
    assert [str(diagnostic) for diagnostic in heard] == ["in.mlir:4:2: error: from MLIR"]
