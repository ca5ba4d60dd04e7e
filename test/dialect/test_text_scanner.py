# SPDX-License-Identifier: Apache-2.0
"""Dictionaries in MLIR's text, taken apart in one pass or bracket by bracket: with the same result."""

from __future__ import annotations

import pytest

from onnx_opt.dialect import make_context, parse, to_text
from onnx_opt.dialect.text_scanner import (
    ScanError,
    read_dictionary,
    skip_brackets,
    split_dictionary,
)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "{a}",
        "{a, b}",
        '{a = 1 : si64, b.c = "x, }", d = [1, 2], e, f = dense<[1, 2]> : tensor<2xi32>}',
        r'{a = "\22}, b = {\\", b = 2}',
        "{a = affine_map<(d0) -> (d0)>, b = 1}",
        '{"x y" = 1, b}',
        "{a = [[1], [2]], b = (i32) -> i32, c = {d = 1}}",
        "{\n  a = 1,\n  b = 2 }",
    ],
)
def test_a_dictionary_in_one_pass(text: str) -> None:
    whole = f"x = {text} : type, y = {{z = 1}}"
    entries, end = read_dictionary(whole, whole.index("{"))
    assert end == skip_brackets(whole, whole.index("{"))
    assert entries == split_dictionary(text)


def test_a_dictionary_without_an_end() -> None:
    """In time that is linear in its length."""
    for text in ("{a = " + "x" * 100_000 + "(", "{a = " + "[1]" * 50_000, "{" + "a, " * 50_000):
        with pytest.raises(ScanError):
            read_dictionary(text, 0)


@pytest.mark.parametrize(
    "dictionaries",
    [
        '<{axis = 1 : si64}> {onnx_node_name = "n"}',
        '<{axis = 1 : si64}>  {onnx_node_name = "n"}',
        '<{ axis = 1 : si64 }> { onnx_node_name = "n" }',
        '<{axis = 1 : si64}> {// a comment\n onnx_node_name = "n"}',
        '<{\naxis = 1 : si64}> {onnx_node_name = "n"}',
        '<{ }> {axis = 1 : si64, onnx_node_name = "n"}',
        '<{axis = 1 : si64, onnx_node_name = "n"}> {}',
        '{axis = 1 : si64, onnx_node_name = "n"}',
    ],
)
def test_properties_join_the_attributes(dictionaries: str) -> None:
    """However they are written; an attribute that the op does not have is refused in `<{...}>` only."""
    text = f'func.func @f(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {{\n  %y = "onnx.Softmax"(%x) {dictionaries} : (tensor<2x2xf32>) -> tensor<2x2xf32>\n  onnx.Return %y : tensor<2x2xf32>\n}}\n'
    if "<{axis = 1 : si64, onnx" in text:
        with pytest.raises(Exception, match="no attribute 'onnx_node_name'"):
            parse(text, context=make_context())
        return
    printed = to_text(parse(text, context=make_context()))
    assert '"onnx.Softmax"(%arg0) <{axis = 1 : si64}> {onnx_node_name = "n"} : ' in printed
