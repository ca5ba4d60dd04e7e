# SPDX-License-Identifier: Apache-2.0
"""Items and names of texts, whether or not these are whole."""

from __future__ import annotations

import pytest

from onnx_opt.language_server.names import read_names
from onnx_opt.language_server.ops import entry_at, value_type
from onnx_opt.language_server.structure import Item, split
from onnx_opt.language_server.text import Text


def items(text: str) -> list[Item]:
    return [item for section in split(Text(text)) for item in section.items]


def texts(text: str) -> list[str]:
    return [text[item.start : item.end] for item in items(text)]


def test_items_of_a_file() -> None:
    text = """// RUN: onnx-opt %s
#map = affine_map<(d0) -> (d0)>
module attributes {onnx.x = {a = 1}} {
  // about f
  func.func @f(%arg0: tensor<2xf32>)
      -> tensor<2xf32> {
    onnx.Return %arg0 : tensor<2xf32>
  } // end of f
  "onnx.EntryPoint"() {func = @f} : () -> ()
}
// -----
func.func private @g()
!t = tensor<2xf32>
{-#
  dialect_resources: { builtin: { a: "0x04000000" } }
#-}
"""
    found = items(text)
    assert [item.head for item in found] == [
        *("#map", "module", "func.func", "onnx.EntryPoint", "func.func", "!t", "{-#"),
    ]
    assert texts(text)[2].startswith("func.func @f(") and texts(text)[2].endswith("}")
    assert [len(item.modules) for item in found] == [0, 0, 1, 1, 0, 0, 0]
    assert [item.symbol for item in found if item.symbol] == ["f", "g"]
    assert all(item.closed for item in found)


@pytest.mark.parametrize(
    "broken",
    [
        "func.func @f() {\n",
        "func.func @f(%a: tensor<2xf32> {\n  onnx.Return\n",
        "func.func @f() {\n  %0 = foo {{{((\n}\n",
        "func.func @f(\n",
        "func.func",
        "func.func @f() {\n}}}))\n}\n",
        '"onnx.EntryPoint"( {\n}\n',
    ],
)
def test_a_broken_function_leaves_the_next_alone(broken: str) -> None:
    good = "func.func @g() {\n  onnx.Return\n}"
    found = texts(f"{broken}\n{good}\n")
    assert good in found
    assert len(found) >= 2


def test_what_is_not_closed_is_known() -> None:
    found = items("module {\nfunc.func @f() {\n  ({\nfunc.func @g() {\n}\n")
    assert [(item.symbol, item.closed) for item in found] == [
        ("", False),
        ("f", False),
        ("g", True),
    ]


def test_names_have_scopes() -> None:
    text = """func.func @f(%c: tensor<i1>, %x: tensor<2xf32>) {
  %r:2 = "onnx.If"(%c) ({
    %0 = "onnx.Relu"(%x) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %0, %x : tensor<2xf32>, tensor<2xf32>
  }, {
    %0 = "onnx.Exp"(%x) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %0, %0 : tensor<2xf32>, tensor<2xf32>
  }) : (tensor<i1>) -> (tensor<2xf32>, tensor<1xf32>)
  onnx.Return %r#1 : tensor<1xf32>
}"""
    names = read_names(text)
    first, second = (each for each in names.definitions if each.name == "%0")
    assert (len(first.uses), len(second.uses)) == (1, 2)
    x = next(each for each in names.definitions if each.name == "%x")
    assert len(x.uses) == 3 and value_type(names, x) == "tensor<2xf32>"
    r = next(each for each in names.definitions if each.name == "%r")
    assert r.uses[0][2] == 1 and value_type(names, r, 1) == "tensor<1xf32>"
    visible = {each.name for each in names.visible(text.index('"onnx.Exp"'))}
    assert visible == {"%c", "%x", "%r"}  # not the %0 of the other branch
    assert [op.name for op in names.ops if op.regions] == ["func.func", "onnx.If"]


def test_blocks_and_their_arguments() -> None:
    text = """func.func @f(%c: i1) {
  cf.cond_br %c, ^bb1(%c : i1),
    ^bb2
^bb1(%a: i1):
  cf.br ^bb2
^bb2:
  return
}"""
    names = read_names(text)
    assert [each.name for each in names.definitions] == ["%c", "^bb1", "%a", "^bb2"]
    assert [len(each.uses) for each in names.definitions] == [2, 1, 0, 2]


def test_a_value_may_be_known_by_its_users_only() -> None:
    text = '%0 = foo.bar\n"onnx.Add"(%1, %0) : (tensor<1xf32>, tensor<2xf32>) -> (tensor<*xf32>)'
    names = read_names(text)
    assert value_type(names, names.definitions[0]) == "tensor<2xf32>"


@pytest.mark.parametrize(
    ("text", "key", "in_value", "given"),
    [
        ('"onnx.Gemm"(%a) {al|', "al", False, []),
        ('"onnx.Gemm"(%a) <{alpha = 1.0 : f32, |}> : () -> ()', "", False, ["alpha"]),
        ('"onnx.Gemm"(%a) <{|, beta = [1, 2]}> : () -> ()', "", False, ["beta"]),
        ('"onnx.Conv"(%a) {auto_pad = "|', "auto_pad", True, []),
        ('"onnx.Conv"(%a) {pads = [1, |], group = 1 : si64}', None, False, []),
        ('"onnx.If"(%a) ({ | })', None, False, []),
        ('"onnx.Relu"(|)', None, False, []),
    ],
)
def test_entries_of_attributes(
    text: str, key: str | None, in_value: bool, given: list[str]
) -> None:
    names = read_names(text.replace("|", ""))
    entry = entry_at(names, text.index("|"))
    if key is None:
        assert entry is None
    else:
        assert entry
        assert (entry.key, entry.in_value, sorted(entry.given)) == (key, in_value, given)
