# SPDX-License-Identifier: Apache-2.0
"""What the server does to a text: formatting, passes, check lines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from editor import Editor
from lsprotocol import types

from onnx_opt.language_server.check_lines import RunLineError, runs_of
from onnx_opt.language_server.document import Document
from onnx_opt.language_server.formatting import format_document
from onnx_opt.language_server.names import Names
from onnx_opt.language_server.text import Text
from onnx_opt.language_server.workers import Worker

LIT = Path(__file__).parent.parent / "lit" / "passes"


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    made = Editor()
    yield made
    assert made.is_running
    assert made.close() == 0


def changed(source: str, edits: list[types.TextEdit]) -> str:
    text = Text(source)
    whole: list[types.TextDocumentContentChangeEvent] = [
        types.TextDocumentContentChangePartial(edit.range, edit.new_text)
        for edit in sorted(edits, key=lambda each: each.range.start.line, reverse=True)
    ]
    return text.changed(whole).source


def formatted(editor: Editor, source: str) -> str:
    editor.open(source)
    return changed(source, editor.format())


UNTIDY = """// RUN: onnx-opt %s
func.func @f(%x: tensor<2xf32>,
             %cond : tensor<i1>) -> tensor<2xf32> {   // behind the head
// CHECK: above
    %sum =    "onnx.Add"(%x,
     %x) : (tensor<2xf32>,tensor<2xf32>) -> tensor<2xf32>  // behind the sum
  "onnx.Relu"(%sum) : (tensor<2xf32>) -> tensor<2xf32>
  %r:2 = "onnx.If"(%cond) ({ // then
     // in it
     onnx.Yield %x, %sum:   tensor<2xf32>,   tensor<2xf32>
  }, { %neg = "onnx.Neg"(%sum) : (tensor<2xf32>) -> tensor<2xf32>
     onnx.Yield %neg, %x:   tensor<2xf32>,   tensor<2xf32>
}) : (tensor<i1>) -> (tensor<2xf32>,tensor<2xf32>)

  onnx.Return %r#1 : tensor<2xf32>
  // at the end
}
"""
TIDY = """// RUN: onnx-opt %s
func.func @f(%x: tensor<2xf32>, %cond: tensor<i1>) -> tensor<2xf32> { // behind the head
  // CHECK: above
  %sum = "onnx.Add"(%x, %x) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32> // behind the sum
  "onnx.Relu"(%sum) : (tensor<2xf32>) -> tensor<2xf32>
  %r:2 = "onnx.If"(%cond) ({ // then
    // in it
    onnx.Yield %x, %sum : tensor<2xf32>, tensor<2xf32>
  }, {
    %neg = "onnx.Neg"(%sum) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %neg, %x : tensor<2xf32>, tensor<2xf32>
  }) : (tensor<i1>) -> (tensor<2xf32>, tensor<2xf32>)
  onnx.Return %r#1 : tensor<2xf32>
  // at the end
}
"""


def test_formatting_keeps_names_and_comments(editor: Editor) -> None:
    assert formatted(editor, UNTIDY) == TIDY
    assert formatted(editor, TIDY) == TIDY


def test_formatting_indents_what_a_module_holds(editor: Editor) -> None:
    source = (
        "module {\nfunc.func @f() {\n onnx.Return\n}\n  func.func @g() {\n    onnx.Return\n  }\n}\n"
    )
    assert formatted(editor, source) == (
        "module {\n  func.func @f() {\n    onnx.Return\n  }\n  func.func @g() {\n    onnx.Return\n  }\n}\n"
    )


def test_line_ends_stay_what_they_are(editor: Editor) -> None:
    assert formatted(editor, UNTIDY.replace("\n", "\r\n")) == TIDY.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        ('%0 = "onnx.Relu"( // here\n %x) : (tensor<2xf32>) -> tensor<2xf32>\n', "in the middle of an op"),
        ('%0 = "onnx.Relu"(\n // here\n %x) : (tensor<2xf32>) -> tensor<2xf32>\n', "in the middle of an op"),
        ('"onnx.If"(%c) ({\n onnx.Yield\n // here\n }, {\n onnx.Yield\n }) : (tensor<i1>) -> ()\n', "end of a region"),
        ('"test.x"() {m = #map} : () -> ()\n', "aliases or resources"),
        ("%0 = onnx.Constant dense_resource<a> : tensor<2xf32>\n", "aliases or resources"),
        ("%0 = \n", "cannot be read"),
    ],
)  # fmt: skip
def test_formatting_leaves_alone_what_it_would_spoil(editor: Editor, inside: str, why: str) -> None:
    head = "#map = affine_map<(d0) -> (d0)>\nfunc.func @f(%x: tensor<2xf32>, %c: tensor<i1>) {\n"
    source = f"{head}{inside}   onnx.Return\n}}\nfunc.func @g() {{\n onnx.Return\n}}\n"
    editor.messages.clear()
    expected = source.replace("{\n onnx.Return\n}\n", "{\n  onnx.Return\n}\n")
    assert formatted(editor, source) == expected  # the other function is formatted all the same
    (message,) = editor.messages
    assert message.startswith("left as they are: @f in line 2: ") and why in message


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _, new: new.text.replace("onnx.Relu", "onnx.Exp"),
        lambda _, new: new.text.replace("%0)", "%arg0)"),
        lambda _, new: new.text.replace("{\n", "{\n  // a comment from nowhere\n"),
        lambda _, new: new.text + "?",
    ],
)
def test_what_does_not_say_the_same_is_never_put_in_place(
    monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Names, Names], str]
) -> None:
    monkeypatch.setattr("onnx_opt.language_server.formatting._with_names", spoil)
    document = Document("file:///x.mlir", 1, Text(UNTIDY))

    async def run() -> tuple[list[types.TextEdit], list[str]]:
        worker = Worker()
        found = await format_document(document, worker)
        await worker.stop()
        return found

    edits, left = asyncio.run(run())
    assert edits == [] and "does not say the same" in left[0]


def test_formatting_loses_no_comment_of_the_lit_files(editor: Editor) -> None:
    paths = sorted(LIT.glob("fold_*.mlir"))
    assert paths
    for path in paths:
        source = path.read_text()
        found = formatted(editor, source)
        comments = [line.strip() for line in source.split("\n") if line.strip().startswith("//")]
        kept = [line.strip() for line in found.split("\n") if line.strip().startswith("//")]
        assert kept == comments, path.name


FOLDABLE = """// above
module {
  func.func @g(%x: tensor<2xf32>) -> tensor<2xf32> {
    onnx.Return %x : tensor<2xf32>
  }
  func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
    // the same
    %0 = "onnx.Identity"(%x) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.Return %0 : tensor<2xf32>
  }
}
"""


def action(editor: Editor, word: str) -> types.CodeAction:
    (found,) = [each for each in editor.actions() if word in each.title]
    return found


def test_a_pass_runs_on_the_function_under_the_cursor(editor: Editor) -> None:
    editor.open(FOLDABLE.replace('y"(%x)', 'y|"(%x)'))
    editor.applied.clear()
    editor.run(action(editor, "(--canonicalize)"))
    (edit,) = editor.applied
    assert edit.changes
    after = changed(FOLDABLE, list(edit.changes[editor.uri]))
    body = "(%arg0: tensor<2xf32>) -> tensor<2xf32> {\n    onnx.Return %arg0 : tensor<2xf32>\n  }\n"
    assert after == (
        FOLDABLE[: FOLDABLE.index("  func.func @f")] + f"  // the same\n  func.func @f{body}}}\n"
    )


def test_a_pass_that_changes_nothing_says_so(editor: Editor) -> None:
    editor.open(FOLDABLE.replace('y"(%x)', 'y|"(%x)'))
    editor.applied.clear()
    editor.messages.clear()
    editor.run(action(editor, "(--fold-bn)"))
    assert editor.messages == ["--fold-bn on @f changes nothing: fold-bn: 0 folded, 0 not folded"]
    assert not editor.applied
    editor.open(FOLDABLE.replace("onnx.Identity", "onnx.Identityy|"))
    editor.run(action(editor, "(--fold-bn)"))
    assert "did you mean 'Identity'?" in editor.messages[-1] and not editor.applied
    # What the cursor was on may have gone meanwhile.
    editor.ask(
        types.WORKSPACE_EXECUTE_COMMAND,
        types.ExecuteCommandParams("onnx-opt.runPass", arguments=[editor.uri, 0, "fold-bn"]),
    )
    assert "no function begins in line 1" in editor.messages[-1] and not editor.applied


def test_every_pass_is_offered_on_a_function_and_only_there(editor: Editor) -> None:
    from onnx_opt.passes import BY_ARGUMENT

    editor.open(FOLDABLE.replace('y"(%x)', 'y|"(%x)'))
    assert len(editor.actions()) == len(BY_ARGUMENT) + 1
    editor.open("// nothing |here\n")
    assert [each.title for each in editor.actions()] == [
        "Write FileCheck lines for what the RUN lines print"
    ]


def test_check_lines_are_written(editor: Editor) -> None:
    source = f"// RUN: onnx-opt %s --canonicalize | FileCheck %s\n// CHECK: nonsense\n{FOLDABLE}"
    editor.open(source)
    editor.applied.clear()
    editor.messages.clear()
    editor.run(action(editor, "FileCheck"))
    (edit,) = editor.applied
    assert edit.changes
    after = changed(source, list(edit.changes[editor.uri]))
    assert "nonsense" not in after and "onnx.Return [[PARAM_0_]]" in after
    assert [line for line in after.split("\n") if "CHECK" not in line] == [
        line for line in source.split("\n") if "CHECK" not in line
    ]
    editor.open(after)
    editor.run(action(editor, "FileCheck"))
    assert editor.messages[-1] == "the check lines are right" and len(editor.applied) == 1
    editor.open(source.replace("onnx.Identity", "onnx.Identityy"))
    editor.run(action(editor, "FileCheck"))
    assert "did you mean 'Identity'?" in editor.messages[-1] and len(editor.applied) == 1


def test_run_lines() -> None:
    text = """// RUN: onnx-opt %s --canonicalize="max-iterations=1" -j 4 \\
// RUN:   -split-input-file | FileCheck %s --check-prefix=A
// RUN: onnx-mlir-opt --cse %s | FileCheck %s
// RUN: not onnx-opt %s 2>&1 | FileCheck %s
"""
    assert [(run.flags, run.prefix) for run in runs_of(text)] == [
        (("--canonicalize=max-iterations=1", "-split-input-file"), "A"),
        (("--cse",), "CHECK"),
    ]
    assert [run.flags for run in runs_of("")] == [("--split-input-file",)]


@pytest.mark.parametrize(
    "flag", ["--load-pass-plugin=x.py", "-o x.mlir", "--reduce=x", "other.mlir"]
)
def test_run_lines_of_others_run_no_plugin_and_write_no_file(flag: str) -> None:
    with pytest.raises(RunLineError, match="yourself"):
        runs_of(f"// RUN: onnx-opt %s {flag} --cse | FileCheck %s")
