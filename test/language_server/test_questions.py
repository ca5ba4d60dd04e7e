# SPDX-License-Identifier: Apache-2.0
"""Hover, definitions, references, completion and the outline, asked by a real client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from editor import Editor
from lsprotocol import types

TEXT = """// RUN: onnx-opt %s
#map = affine_map<(d0) -> (d0)>
func.func @main_graph(%X: tensor<2x3xf32>, %c: tensor<i1>) -> tensor<2x4xf32> {
  %W = onnx.Constant dense<1.0> : tensor<3x4xf32>
  %none = "onnx.NoValue"() {value} : () -> none
  %Y = "onnx.Gemm"(%X, %W, %none) {alpha = 2.0 : f32, onnx_node_name = "fc"} : (tensor<2x3xf32>, tensor<3x4xf32>, none) -> tensor<2x4xf32>
  %Z:2 = "onnx.If"(%c) ({
    onnx.Yield %Y, %X : tensor<2x4xf32>, tensor<2x3xf32>
  }, {
    %W = "onnx.Relu"(%Y) : (tensor<2x4xf32>) -> tensor<2x4xf32>
    onnx.Yield %W, %X : tensor<2x4xf32>, tensor<2x3xf32>
  }) {onnx_node_name = "choice"} : (tensor<i1>) -> (tensor<2x4xf32>, tensor<2x3xf32>)
  onnx.Return %Z#0 : tensor<2x4xf32>
}
"onnx.EntryPoint"() {func = @main_graph} : () -> ()
// -----
func.func @other() {
  "test.x"() {m = #map} : () -> ()
  func.call @main_graph() : () -> ()
  onnx.Return
}
"""


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    made = Editor()
    yield made
    assert made.is_running
    assert made.close() == 0


def with_cursor(behind: str, number: int = 0, text: str = TEXT) -> str:
    """The text with the cursor behind the `number`th place where `behind` stands."""
    parts = text.split(behind)
    assert len(parts) > number + 1, behind
    return behind.join(parts[: number + 1]) + behind + "|" + behind.join(parts[number + 1 :])


def lines(ranges: list[types.Range]) -> list[int]:
    return [each.start.line for each in ranges]


@pytest.mark.parametrize(
    ("behind", "number", "shown"),
    [
        ('"onnx.Ge', 0, ["**onnx.Gemm**", "Gemm, version 13", "General Matrix", "`alpha`", "default `1.000000e+00 : f32`", "`C` (optional)"]),
        ("onnx.Cons", 0, ["**onnx.Constant**", "`value_ints`"]),
        ("alph", 0, ["default `1.000000e+00 : f32`", "Scalar multiplier"]),
        ("%W", 1, ["%W: tensor<3x4xf32>", "onnx.Constant dense<1.0>", "Read by onnx.Gemm"]),
        ("%W", 2, ["%W: tensor<2x4xf32>", "onnx.Relu", "Read by onnx.Yield"]),
        ("%Z#", 0, ["%Z#0: tensor<2x4xf32>", "onnx.If"]),
        ("%X", 0, ["%X: tensor<2x3xf32>", "Read by onnx.Gemm, onnx.Yield"]),
        ("@main", 1, ["func.func @main_graph(%X: tensor<2x3xf32>, %c: tensor<i1>) -> tensor<2x4xf32>"]),
        ("#ma", 0, ["#map = affine_map<(d0) -> (d0)>"]),
    ],
)  # fmt: skip
def test_hover(editor: Editor, behind: str, number: int, shown: list[str]) -> None:
    editor.open(with_cursor(behind, number))
    found = editor.hover()
    assert [text for text in shown if text not in found] == [], found


@pytest.mark.parametrize("behind", ["// RU", "tensor<2x", "onnx_node_na", "// --"])
def test_hover_has_nothing_to_say(editor: Editor, behind: str) -> None:
    editor.open(with_cursor(behind))
    assert editor.hover() == ""


@pytest.mark.parametrize(
    ("behind", "number", "defined"),
    [
        ("%X", 1, [2]),
        ("%W", 1, [3]),
        ("%W", 3, [9]),
        ("%Z#0", 0, [6]),
        ("@main_graph", 1, [2]),
        ("@main_graph", 2, []),  # another section
        ("#map", 1, []),
        ("#ma", 0, [1]),
        ("onnx.Gemm", 0, []),
    ],
)
def test_definition(editor: Editor, behind: str, number: int, defined: list[int]) -> None:
    editor.open(with_cursor(behind, number))
    assert lines(editor.definition()) == defined


def test_references(editor: Editor) -> None:
    editor.open(with_cursor("%X", 1))
    assert lines(editor.references()) == [2, 5, 7, 10]
    assert lines(editor.references(declaration=False)) == [5, 7, 10]
    editor.open(with_cursor("@main_graph", 1))
    assert lines(editor.references()) == [2, 14]
    editor.open(with_cursor("^bb", 0, "func.func @f() {\n  cf.br ^bb1\n^bb1:\n  return\n}\n"))
    assert lines(editor.references()) == [2, 1]
    editor.open(with_cursor("Gemm"))
    assert editor.references() == []


def test_each_module_has_its_symbols(editor: Editor) -> None:
    module = 'module {\n  func.func private @f()\n  "onnx.EntryPoint"() {func = @f} : () -> ()\n}\n'
    editor.open(with_cursor("@f", 3, module + module))
    assert lines(editor.definition()) == [5]
    assert lines(editor.references()) == [5, 6]


def test_names_work_in_broken_text(editor: Editor) -> None:
    assert editor.open('func.func @f(%a: tensor<2xf32> {{{\n  %b = "onnx.Relu"(%a|) : tensor<')
    assert lines(editor.definition()) == [0]
    assert "%a: tensor<2xf32>" in editor.hover()


def test_outline(editor: Editor) -> None:
    editor.open(TEXT)
    symbols = editor.symbols()
    assert [each.name for each in symbols] == ["#map", "@main_graph", "onnx.EntryPoint", "@other"]
    (choice,) = symbols[1].children or []
    assert (choice.name, choice.detail) == ("%Z = onnx.If", "choice")
    assert (choice.range.start.line, choice.range.end.line) == (6, 11)
    for each in (*symbols, choice):
        assert each.range.start.line <= each.selection_range.start.line <= each.range.end.line


def completed(text: str, label: str, item: types.CompletionItem) -> str:
    """The line of the cursor after the completion."""
    edit = item.text_edit
    assert isinstance(edit, types.TextEdit), label
    source = text.replace("|", "")
    line = source.split("\n")[edit.range.start.line]
    return line[: edit.range.start.character] + edit.new_text + line[edit.range.end.character :]


F = "func.func @f(%x: tensor<2xf32>, %y: tensor<3xi64>) {\n"


@pytest.mark.parametrize(
    ("line", "label", "after"),
    [
        ("  %0 = onnx.Gem|", "onnx.Gemm", '  %0 = "onnx.Gemm"'),
        ('  "onnx.So|"', "onnx.Softmax", '  "onnx.Softmax"'),
        ('  "onnx.So|"(%x) : () -> ()', "onnx.SoftmaxV11", '  "onnx.SoftmaxV11"(%x) : () -> ()'),
        ("  |", "onnx.Return", "  onnx.Return"),
        ('  "onnx.Relu"(%|)', "%y", '  "onnx.Relu"(%y)'),
        ("  func.call @|", "@f", "  func.call @f"),
        ("  %0 = foo : !|", "!onnx.String", "  %0 = foo : !onnx.String"),
        ("  %0 = foo #|", "#a", "  %0 = foo #a"),
        ('  "onnx.Gemm"(%x) {tra|}', "transA", '  "onnx.Gemm"(%x) {transA = 0 : si64}'),
        ('  "onnx.Cast"(%x) <{|', "to", '  "onnx.Cast"(%x) <{to = '),
        ('  "onnx.Cast"(%x) <{to = |}>', "bf16", '  "onnx.Cast"(%x) <{to = bf16}>'),
        ('  "onnx.Conv"(%x) {auto_pad = "SA|"}', '"SAME_LOWER"', '  "onnx.Conv"(%x) {auto_pad = "SAME_LOWER"}'),
        ('  "onnx.EntryPoint"() {func = |}', "@f", '  "onnx.EntryPoint"() {func = @f}'),
    ],
)  # fmt: skip
def test_completion(editor: Editor, line: str, label: str, after: str) -> None:
    text = f"#a = 1 : i32\n{F}{line}\n}}\n"
    editor.open(text)
    assert completed(text, label, editor.completion()[label]) == after


def test_completion_knows_what_is_there(editor: Editor) -> None:
    editor.open(F + '  "onnx.Gemm"(%x) <{alpha = 1.0 : f32, |, beta = 2.0 : f32}>\n}\n')
    found = editor.completion()
    assert {"transA", "transB", "onnx_node_name"} == set(found)
    editor.open(F + '  %0 = "onnx.Relu"(%|\n}\n')
    items = editor.completion()
    assert {label: item.detail for label, item in items.items()} == {
        "%y": "tensor<3xi64>",
        "%x": "tensor<2xf32>",
    }
    for nothing in ("  // onnx.Gem|", '  "onnx.Relu"(%x) : (tens|'):
        editor.open(f"{F}{nothing}\n}}\n")
        assert editor.completion() == {}


def test_completion_tells_more_when_asked(editor: Editor) -> None:
    editor.open(F + "  onnx.Gem|\n}\n")
    found = editor.ask(types.COMPLETION_ITEM_RESOLVE, editor.completion()["onnx.Gemm"])
    assert "General Matrix" in found.documentation.value
    editor.open(F + '  "onnx.Gemm"(%x) {|\n}\n')
    found = editor.ask(types.COMPLETION_ITEM_RESOLVE, editor.completion()["beta"])
    assert "Scalar multiplier" in found.documentation.value


@pytest.fixture(scope="module")
def with_snippets() -> Iterator[Editor]:
    made = Editor(snippets=True)
    yield made
    assert made.close() == 0


def test_completion_with_gaps(with_snippets: Editor) -> None:
    with_snippets.open(F + "  onnx.|\n}\n")
    found = with_snippets.completion()
    for label, text in (
        ("onnx.Gemm", '"onnx.Gemm"($1) : ($2) -> $0'),
        ("onnx.Return", "onnx.Return $1 : $0"),
    ):
        edit = found[label].text_edit
        assert edit and edit.new_text == text
        assert found[label].insert_text_format == types.InsertTextFormat.Snippet


def test_nothing_is_known_of_documents_that_are_not_open(editor: Editor) -> None:
    editor.open(F)
    editor.uri = "file:///closed.mlir"
    assert editor.hover() == ""
    asked = (editor.definition, editor.references, editor.symbols, editor.format, editor.actions)
    assert [answer for ask in asked if (answer := ask())] == []
    assert editor.completion() == {}
