# SPDX-License-Identifier: Apache-2.0
"""Diagnostics as one types, asked by a real client."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from editor import Editor
from lsprotocol import types

from onnx_opt.dialect import DiagnosticError, make_context, parse, verify
from onnx_opt.language_server.diagnostics import Diagnostics
from onnx_opt.language_server.document import Document
from onnx_opt.language_server.text import Text
from onnx_opt.language_server.workers import Worker

GOOD = """func.func @good(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = "onnx.Relu"(%x) : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %0 : tensor<2xf32>
}
"""
WRONG = """func.func @wrong(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = "onnx.Reluu"(%x) : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %0 : tensor<2xf32>
}
"""


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    made = Editor()
    yield made
    assert made.is_running
    assert made.close() == 0


def told(diagnostics: list[types.Diagnostic]) -> list[tuple[int, int, str]]:
    return [(d.range.start.line, d.range.start.character, d.message) for d in diagnostics]


def at(diagnostics: list[types.Diagnostic], text: str) -> list[str]:
    """What stands where the diagnostics are."""
    lines = text.split("\n")
    found: list[str] = []
    for each in diagnostics:
        assert each.range.start.line == each.range.end.line
        line = lines[each.range.start.line].encode("utf-16-le")
        units = line[2 * each.range.start.character : 2 * each.range.end.character]
        found.append(units.decode("utf-16-le"))
    return found


def test_a_valid_file_has_none(editor: Editor) -> None:
    assert editor.open(GOOD) == []


def test_the_verifier_speaks_and_says_where(editor: Editor) -> None:
    found = editor.open(WRONG)
    assert at(found, WRONG) == ['"onnx.Reluu"']
    assert "did you mean 'Relu'?" in found[0].message
    assert found[0].severity == types.DiagnosticSeverity.Error


def test_every_function_is_checked(editor: Editor) -> None:
    text = f"func.func @a() {{\n  %0 = \n}}\n{WRONG}func.func @b() {{\n{GOOD}"
    found = editor.open(text)
    assert [each.range.start.line for each in found] == [1, 4, 7]
    assert "is not closed" in found[-1].message


def test_positions_are_in_code_units(editor: Editor) -> None:
    text = 'func.func @f() {\n  "onnx.Relu"() {onnx_node_name = "é😀→"} : () -> (i32x)\n}\n'
    found = editor.open(text)
    assert at(found, text) == ["i32x"], told(found)
    # As our own reader says them, which rewrites what MLIR does not read.
    text = 'func.func @f() {\n  %0 = onnx.Constant {value_string = "é😀→"} : i32x\n  return\n}\n'
    found = editor.open(text)
    assert at(found, text) == ["i32x"], told(found)
    text = 'func.func @f() {\n  "a.b"() {s = "é😀→"} : () -> () "onnx.Relu"() <{x = 1}> : () -> ()\n}\n'
    found = editor.open(text)
    assert found[0].range.start.character == text.split("\n")[1].index("<{") + 1, told(found)


def test_edits_are_followed(editor: Editor) -> None:
    line = "func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> { // 😀😀\n"
    assert editor.open(line + "".join(GOOD.splitlines(keepends=True)[1:])) == []
    column = len('  %0 = "onnx.Relu')
    assert len(editor.change(((1, column), (1, column), "u"))) == 1
    # Behind two characters of two units each, and back again, in one change.
    end = len(line.encode("utf-16-le")) // 2 - 1
    both = editor.change(((0, end), (0, end), "😀"), ((1, column), (1, column + 1), ""))
    assert both == []
    assert len(editor.change(((0, end - 5), (0, end + 2), ""))) == 0
    assert len(editor.change(((0, 0), (0, 1), ""))) == 1


def test_only_the_last_of_many_changes_counts(editor: Editor) -> None:
    editor.open(GOOD)
    editor.outdated = 0
    for _ in range(20):
        editor.change(((1, 17), (1, 17), "u"), wait=False)
    (found,) = editor.change(((1, 17), (1, 36), ""))
    assert "'onnx.Reluu'" in found.message and editor.outdated < 10
    assert editor.change(((1, 17), (1, 18), "")) == []


def test_aliases_symbols_and_modules_are_known(editor: Editor) -> None:
    text = """#inner = affine_map<(d0) -> (d0)>
!t = tensor<2xf32, #inner>
module attributes {onnx.x} {
  func.func private @callee(!t {onnx.name = "a"}) -> (!t)
  func.func @caller(%x: !t) -> !t {
    %0 = func.call @callee(%x) : (!t) -> !t
    return %0 : !t
  }
  func.func @wrong(%x: i32) {
    %0 = func.call @callee(%x) : (i32) -> !t
    return
  }
  func.func @missing() {
    func.call @nobody() : () -> ()
    return
  }
  "onnx.EntryPoint"() {func = @caller} : () -> ()
}
"""
    found = editor.open(text)
    assert [each.range.start.line for each in found] == [9, 13], told(found)


def test_a_faulty_alias_is_told_once(editor: Editor) -> None:
    user = 'func.func @f() {\n  "onnx.NoValue"() {value, m = #a} : () -> none\n  onnx.Return\n}\n'
    found = editor.open(f"#a = bogus<>\n{user}{user.replace('@f', '@g')}")
    assert [each.range.start.line for each in found] == [0], told(found)


def test_sections_do_not_know_each_other(editor: Editor) -> None:
    text = f"{GOOD}// -----\n{GOOD}// -----\nfunc.func @f() {{\n  func.call @good() : () -> ()\n  return\n}}\n"
    found = editor.open(text)
    assert [each.range.start.line for each in found] == [11]
    (twice,) = editor.open(GOOD + GOOD)
    assert (twice.range.start.line, twice.message) == (4, "redefinition of symbol named 'good'")


def test_unregistered_dialects_are_allowed_by_run_lines_and_by_the_editor(editor: Editor) -> None:
    text = 'func.func @f() {\n  "krnl.x"() : () -> ()\n  return\n}\n'
    assert len(editor.open(text)) == 1
    assert editor.open(f"// RUN: onnx-opt %s --allow-unregistered-dialect\n{text}") == []
    other = Editor(options={"allowUnregisteredDialect": True})
    assert other.open(text) == []
    assert other.close() == 0


@pytest.mark.parametrize(
    "encoding", [types.PositionEncodingKind.Utf8, types.PositionEncodingKind.Utf32]
)
def test_the_editor_chooses_the_units(encoding: types.PositionEncodingKind) -> None:
    other = Editor(encodings=[encoding])
    assert other.server.position_encoding == encoding
    before = '  "onnx.Relu"() {a = "é😀"'
    (found,) = other.open(f"func.func @f() {{\n{before} ?}} : () -> ()\n  return\n}}\n")
    units = before.encode() if encoding == types.PositionEncodingKind.Utf8 else before
    assert abs(found.range.start.character - len(units)) <= 1
    assert other.close() == 0


@pytest.mark.parametrize(
    "text",
    [
        "\0",
        "\ud800",
        "\ufeff" + GOOD,
        "(" * 5000,
        "func.func @f() {" * 300,
        '"\n"\n%\n@\n#\n^\n{\n}\n',
        "module {" * 50,
        "// -----\n" * 50,
        "func.func @f() {\r\n  %0 = \r\n}\r\n",
        '"onnx.Constant"() {value = dense<"0x"> : tensor<2xf32>} : () -> tensor<2xf32>',
        '"\\ff"() : () -> ()',
        "{-#\n dialect_resources: {\n",
    ],
)
def test_strange_texts_end_nothing(editor: Editor, text: str) -> None:
    editor.open(text)
    assert len(editor.open(WRONG)) == 1


def test_every_beginning_of_a_text_is_survived(editor: Editor) -> None:
    """As if it were typed, character by character."""
    text = '#a = 1 : i32\nfunc.func @f(%x: tensor<2xf32>) {\n  %0:2 = "onnx.If"(%x) <{a = "b"}> ({\n  }) : (i1) -> (i1, i1) // "\n}'
    editor.open("")
    line = column = 0
    for char in text:
        editor.change(((line, column), (line, column), char), wait=False)
        line, column = (line + 1, 0) if char == "\n" else (line, column + 1)
    editor.change(((line, column), (line, column), "\n"))
    assert editor.symbols()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_worker_that_dies_is_replaced(editor: Editor) -> None:
    assert len(editor.open(WRONG)) == 1
    (worker,) = editor.children()
    os.kill(worker, signal.SIGKILL)
    (found,) = editor.open(WRONG.replace("@wrong", "@other"))
    assert "did you mean 'Relu'?" in found.message
    assert editor.children() != [worker]


def test_closing_takes_diagnostics_back(editor: Editor) -> None:
    editor.open(WRONG)
    assert editor.close_document() == []


def command_line(text: str, allow_unregistered_dialect: bool) -> list[int]:
    """The lines of what is wrong with a section, from 0."""
    context = make_context(load_all=False)
    try:
        module = parse(text, context=context)
        with context:
            found = verify(module, allow_unregistered_dialect=allow_unregistered_dialect)
    except DiagnosticError as error:
        return [each.line - 1 for each in error.diagnostics]
    return [each.line - 1 for each in found]


def test_sections_are_judged_as_by_the_command_line() -> None:
    """Item by item, the server finds wrong what is wrong as a whole, in the same lines, and nothing else."""

    async def check() -> tuple[int, int]:
        worker = Worker()
        diagnostics = Diagnostics(worker, lambda _: None)
        right = wrong = 0
        for path in sorted((Path(__file__).parent.parent / "lit").rglob("*.mlir")):
            document = Document(str(path), 1, Text(path.read_text(errors="replace")))
            lines = [each.range.start.line for each in await diagnostics.of(document)]
            for section in document.sections:
                first, end = (document.text.line_at(at) for at in (section.start, section.end))
                text = document.text.source[section.start : section.end]
                expected = command_line(text, document.allows_unregistered_dialects)
                found = [line - first for line in lines if first <= line <= end]
                assert bool(found) == bool(expected), (path.name, first, found, expected)
                # What is missing is missing at the end of the item, not of the section.
                last = max((document.text.line_at(i.end) for i in section.items), default=end)
                where = {min(line, last - first) for line in expected[:1]}
                assert where <= set(found), (path.name, first, found, expected)
                right, wrong = right + (not found), wrong + bool(found)
        await worker.stop()
        return right, wrong

    right, wrong = asyncio.run(check())
    assert right > 300 and wrong > 30
