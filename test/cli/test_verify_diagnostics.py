# SPDX-License-Identifier: Apache-2.0
"""Which diagnostics meet which comments.  mlir-opt's answers to the same files are the model."""

from __future__ import annotations

from textwrap import dedent

import pytest

from onnx_opt.dialect.diagnostics import Diagnostic
from onnx_opt.files.inputs import Section
from onnx_opt.reporting.verify_diagnostics import DiagnosticVerifier, read_expectations

FILE = "in.mlir"


def error(
    line: int, message: str = "bad thing", severity: str = "error", **rest: object
) -> Diagnostic:
    return Diagnostic(severity, message, FILE, line, 3, **rest)  # type: ignore[arg-type]


def mismatches(
    text: str, *reported: Diagnostic, only_expected: bool = False, first_line: int = 1
) -> list[str]:
    verifier = DiagnosticVerifier(
        Section(FILE, dedent(text), first_line), only_expected=only_expected
    )
    for diagnostic in reported:
        verifier.receive(diagnostic)
    return [str(mismatch) for mismatch in verifier.mismatches()]


@pytest.mark.parametrize(
    ("comment", "line"),
    [
        ("op // expected-error {{bad}}", 1),
        ("// expected-error @+1 {{bad}}\nop", 2),
        ("// expected-error@+2{{bad}}\n\nop", 3),
        ("op\n\n// expected-error @-2 {{bad}}", 1),
        ("// expected-error @below {{bad}}\nop", 2),
        ("// expected-error @below {{bad}}\n// expected-error @-9 {{bad}}\nop", 3),
        ("op\n// expected-error @above {{bad}}", 1),
        ("op\n// expected-note @-9 {{x}}\n// expected-error @above {{bad}}", 1),
        ("// expected-error-re @+1 {{b{{.}}d}}\nop", 2),
        ("// expected-error @+1 {{b{{a|o}}d {{t.*g}}}}\nop", 2),
        ("op // expected-error {{}}", 1),
        ("op // expected-error {{bad}}  \r", 1),
    ],
)
def test_meets(comment: str, line: int) -> None:
    met = [text for text in mismatches(comment, error(line)) if "bad" in text]
    assert [text for text in met if "expected error" in text and "@-9" not in comment] == []
    assert not any("unexpected" in text for text in met)


def test_lines_are_those_of_the_file() -> None:
    text = "// expected-error @+1 {{bad}}\nop\n"
    assert mismatches(text, error(42), first_line=41) == []
    assert mismatches(text, error(2), first_line=41) == [
        "in.mlir:2:3: error: unexpected error: bad thing",
        'in.mlir:41:4: error: expected error "bad" was not produced',
    ]


def test_unexpected() -> None:
    assert mismatches("op", error(1, severity="warning")) == [
        "in.mlir:1:3: error: unexpected warning: bad thing"
    ]


def test_not_produced() -> None:
    assert mismatches("op   // expected-remark {{this}}") == [
        'in.mlir:1:9: error: expected remark "this" was not produced'
    ]


def test_other_severity() -> None:
    assert mismatches("op // expected-remark {{bad}}", error(1)) == [
        "in.mlir:1:7: error: 'error' diagnostic emitted when expecting a 'remark'",
        'in.mlir:1:7: error: expected remark "bad" was not produced',
    ]


def test_notes_are_diagnostics_of_their_own() -> None:
    noted = error(1, notes=(error(2, "because", "note"),))
    text = "op // expected-error {{bad}}\nop // expected-note {{because}}"
    assert mismatches(text, noted) == []
    assert mismatches("op // expected-error {{bad}}", noted) == [
        "in.mlir:2:3: error: unexpected note: because"
    ]


def test_mlirs_note_with_the_operation_is_not_looked_at() -> None:
    noted = error(1, notes=(error(1, 'see current operation: "x"', "note"),))
    assert mismatches("op // expected-error {{bad}}", noted) == []


def test_unknown_place() -> None:
    nowhere = Diagnostic("error", "bad thing", FILE)
    assert mismatches("// expected-error @unknown {{bad}}", nowhere) == []
    assert mismatches("op // expected-error {{bad}}", nowhere) == [
        "in.mlir: error: unexpected error: bad thing",
        'in.mlir:1:7: error: expected error "bad" was not produced',
    ]


def test_another_file_is_another_place() -> None:
    elsewhere = Diagnostic("error", "bad thing", "other.mlir", 1, 1)
    assert len(mismatches("op // expected-error {{bad}}", elsewhere)) == 2
    assert len(mismatches("op // expected-error @unknown {{bad}}", elsewhere)) == 2


def test_one_comment_is_met_by_equal_diagnostics() -> None:
    assert mismatches("op // expected-error {{bad}}", error(1), error(1)) == []


def test_two_equal_comments_want_two_diagnostics() -> None:
    text = "// expected-error @+2 {{bad}}\n// expected-error @+1 {{bad}}\nop"
    assert mismatches(text, error(3), error(3)) == []
    assert len(mismatches(text, error(3))) == 1


def test_only_expected() -> None:
    text = "op // expected-error {{bad}}"
    assert mismatches(text, error(1), error(9, "other"), only_expected=True) == []
    assert len(mismatches(text, only_expected=True)) == 1


def test_regular_expressions_are_checked() -> None:
    _, errors = read_expectations(Section(FILE, "// expected-error {{ {{(}} }}"))
    assert [str(e).split(":")[:4] for e in errors] == [["in.mlir", "1", "4", " error"]]


def test_text_outside_the_inner_braces_is_literal() -> None:
    assert mismatches("op // expected-error {{a.b {{[0-9]+}}}}", error(1, "a.b 17")) == []
    assert mismatches("op // expected-error {{a.b {{[0-9]+}}}}", error(1, "axb 17")) != []


def test_braces_may_be_meant_as_they_are() -> None:
    assert mismatches("op // expected-error {{got {{x}} here}}", error(1, "got {{x}} here")) == []


@pytest.mark.parametrize(
    "comment", ["expected-error bad", "expected-errors {{bad}}", "expected-error @+x {{bad}}"]
)
def test_what_is_no_comment_expects_nothing(comment: str) -> None:
    assert mismatches(f"op // {comment}") == []
