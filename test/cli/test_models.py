# SPDX-License-Identifier: Apache-2.0
"""ONNX models as input and output of the command."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest
from onnx import parser

MODEL = """
<ir_version: 8, opset_import: ["": 17]>
relu (float[2] x) => (float[2] y) { y = Relu(x) }
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "relu.onnx"
    onnx.save(parser.parse_model(MODEL), path)
    return path


def test_a_model_is_told_by_its_content(run, tmp_path: Path, model: Path) -> None:
    model.rename(tmp_path / "relu.mlir")
    result = run("relu.mlir")
    assert result.returncode == 0
    assert '"onnx.Relu"' in result.stdout


def test_a_model_from_standard_input(run, model: Path) -> None:
    with model.open("rb") as stream:
        result = run(stdin=stream)
    assert result.returncode == 0
    assert '"onnx.Relu"' in result.stdout


def test_the_suffix_of_the_output_asks_for_a_model(run, tmp_path: Path, model: Path) -> None:
    assert run(model, "-o", "out.onnx").returncode == 0
    written = onnx.load(tmp_path / "out.onnx")
    onnx.checker.check_model(written)
    assert [node.op_type for node in written.graph.node] == ["Relu"]


def test_emit_asks_for_a_model(run, model: Path) -> None:
    result = run(model, "--emit=onnx", text=False)
    assert result.returncode == 0
    assert onnx.load_from_string(result.stdout).graph.name == "relu"


def test_a_model_cut_short(run, names, tmp_path: Path, model: Path) -> None:
    model.write_bytes(model.read_bytes()[:-5])
    result = run("relu.onnx", "-o", "out.onnx")
    assert result.returncode == 1
    assert result.stderr.startswith("relu.onnx: error: ")
    assert result.stderr.count("\n") == 1
    assert names(tmp_path) == ["relu.onnx"]
