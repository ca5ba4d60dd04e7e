# SPDX-License-Identifier: Apache-2.0
"""Telling text, bytecode and models apart."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import helper, numpy_helper

from onnx_opt.formats.detection import Format, format_of_content, format_of_output


def model(**extra: object) -> bytes:
    weight = numpy_helper.from_array(np.zeros((64, 64), np.float32), "w")
    x, y = (helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [1, 64]) for n in "xy")
    graph = helper.make_graph(
        [helper.make_node("Gemm", ["x", "w"], ["y"])], "g", [x], [y], [weight]
    )
    return helper.make_model(graph, **extra).SerializeToString()


@pytest.mark.parametrize(
    "data",
    [
        model(),
        model(producer_name="someone", doc_string="text", model_version=7, domain="a.b"),
        model()[:-1],
        model()[:200],
    ],
)
def test_models(data: bytes) -> None:
    assert format_of_content(data) is Format.ONNX


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "module {}",
        "func.func private @f()",
        "// comment",
        "\n\n%0",
        '"onnx.NoValue"() {value} : () -> none',
        "#loc = loc(unknown)",
        "!alias = i32",
        ":) no",
        "\b\b",
    ],
)
def test_text(text: str) -> None:
    assert format_of_content(text.encode()) is Format.MLIR


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=2))
def test_printable_text_is_never_a_model(text: str) -> None:
    assert format_of_content(text.encode()) is Format.MLIR


def test_bytecode() -> None:
    assert format_of_content(b"ML\xefR\x0d") is Format.MLIRBC


@given(st.binary(max_size=60))
def test_any_bytes_have_a_format(data: bytes) -> None:
    format_of_content(data)


@pytest.mark.parametrize(
    ("emit", "name", "expected"),
    [
        ("", "-", Format.MLIR),
        ("", "a.mlir", Format.MLIR),
        ("", "a.mlirbc", Format.MLIRBC),
        ("", "a.onnx", Format.ONNX),
        ("", "a.ONNX", Format.ONNX),
        ("", "a.txt", Format.MLIR),
        ("", ".onnx", Format.MLIR),
        ("mlir", "a.onnx", Format.MLIR),
        ("onnx", "-", Format.ONNX),
    ],
)
def test_output(emit: str, name: str, expected: Format) -> None:
    assert format_of_output(emit, name) is expected
