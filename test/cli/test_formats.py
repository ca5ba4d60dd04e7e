# SPDX-License-Identifier: Apache-2.0
"""Telling text, bytecode and models apart."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import helper, numpy_helper

from onnx_opt.files.inputs import InputFile, Watch
from onnx_opt.formats import mlir_bytecode, mlir_text, onnx_model
from onnx_opt.formats.detection import format_of_input, format_of_output
from onnx_opt.formats.format import Format

MLIR, MLIRBC, ONNX = mlir_text.FORMAT, mlir_bytecode.FORMAT, onnx_model.FORMAT


def format_of_content(data: bytes) -> Format:
    return format_of_input(InputFile("<stdin>", data, None, Watch()))


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
    assert format_of_content(data) is ONNX


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
    assert format_of_content(text.encode()) is MLIR


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=2))
def test_printable_text_is_never_a_model(text: str) -> None:
    assert format_of_content(text.encode()) is MLIR


def test_bytecode() -> None:
    assert format_of_content(b"ML\xefR\x0d") is MLIRBC


@given(st.binary(max_size=60))
def test_any_bytes_have_a_format(data: bytes) -> None:
    format_of_content(data)


@pytest.mark.parametrize(
    ("emit", "name", "expected"),
    [
        ("", "-", MLIR),
        ("", "a.mlir", MLIR),
        ("", "a.mlirbc", MLIRBC),
        ("", "a.onnx", ONNX),
        ("", "a.ONNX", ONNX),
        ("", "a.txt", MLIR),
        ("", ".onnx", MLIR),
        ("mlir", "a.onnx", MLIR),
        ("onnx", "-", ONNX),
    ],
)
def test_output(emit: str, name: str, expected: Format) -> None:
    assert format_of_output(emit, name) is expected
