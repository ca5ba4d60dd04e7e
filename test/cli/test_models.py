# SPDX-License-Identifier: Apache-2.0
"""ONNX models as input and output of the command."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import onnx
import pytest
from onnx import helper, numpy_helper, parser, serialization

from onnx_opt.formats.onnx_model import TEXT_SUFFIXES
from onnx_opt.importer.loading import SUFFIXES

from .conftest import Names, Run
from .models import gemm_bn, weights

MODEL = """
<ir_version: 8, opset_import: ["": 17]>
relu (float[2] x) => (float[2] y) { y = Relu(x) }
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "relu.onnx"
    onnx.save(parser.parse_model(MODEL), path)
    return path


def test_a_model_is_told_by_its_content(run: Run, tmp_path: Path, model: Path) -> None:
    model.rename(tmp_path / "relu.mlir")
    result = run("relu.mlir")
    assert result.returncode == 0
    assert '"onnx.Relu"' in result.stdout


def test_a_model_from_standard_input(run: Run, model: Path) -> None:
    with model.open("rb") as stream:
        result = run(stdin=stream)
    assert result.returncode == 0
    assert '"onnx.Relu"' in result.stdout


def test_the_suffix_of_the_output_asks_for_a_model(run: Run, tmp_path: Path, model: Path) -> None:
    assert run(model, "-o", "out.onnx").returncode == 0
    written = onnx.load(tmp_path / "out.onnx")
    onnx.checker.check_model(written)
    assert [node.op_type for node in written.graph.node] == ["Relu"]


def test_emit_asks_for_a_model(run: Run, model: Path) -> None:
    result = run(model, "--emit=onnx", text=False)
    assert result.returncode == 0
    assert onnx.load_from_string(result.stdout).graph.name == "relu"


@pytest.mark.parametrize("suffix", ["onnxtxt", "textproto", "json", "ONNXTXT"])
def test_a_model_in_text_is_told_by_its_name(run: Run, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"relu.{suffix}"
    path.write_bytes(
        serialization.registry.get(suffix.lower()).serialize_proto(parser.parse_model(MODEL))
    )
    result = run(path.name, "-o", "out.onnx")
    assert (result.returncode, result.stderr) == (0, "")
    assert onnx.load(tmp_path / "out.onnx").graph.name == "relu"


def test_every_text_format_of_the_importer_has_a_suffix() -> None:
    assert {".onnx", *TEXT_SUFFIXES} == set(SUFFIXES)


@pytest.mark.parametrize("suffix", ["onnxtxt", "textproto", "json"])
def test_a_model_in_text_is_not_written(
    run: Run, names: Names, tmp_path: Path, model: Path, suffix: str
) -> None:
    result = run(model, "-o", f"out.{suffix}")
    assert result.returncode == 1
    assert result.stderr == (
        f"onnx-opt: error: 'out.{suffix}': models are read from .{suffix} files, but written as .onnx only; "
        "say --emit=mlir for MLIR text\n"
    )
    assert names(tmp_path) == ["relu.onnx"]
    assert run(model, "-o", f"out.{suffix}", "--emit=mlir").returncode == 0


def test_through_pipes(tmp_path: Path) -> None:
    onnx.save(gemm_bn(), tmp_path / "m.onnx")
    tool = f"{sys.executable} -m onnx_opt"
    through = f"{tool} - --emit=onnx < m.onnx | {tool} --emit=onnx | {tool} -o out.onnx --emit=onnx"
    subprocess.run(through, shell=True, cwd=tmp_path, check=True)
    graph = onnx.load(tmp_path / "out.onnx").graph
    assert graph.node == gemm_bn().graph.node
    assert weights(tmp_path / "out.onnx") == weights(tmp_path / "m.onnx")


def test_a_model_replaces_itself(run: Run, names: Names, tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    onnx.save(gemm_bn(), path)
    assert run("m.onnx", "--fold-bn-into-gemm", "-o", "m.onnx").returncode == 0
    assert [node.op_type for node in onnx.load(path).graph.node] == ["Gemm", "Gemm"]
    assert names(tmp_path) == ["m.onnx"]


@pytest.mark.parametrize("flags", [(), ("--mlir-print-debuginfo",)])
def test_a_model_through_text(run: Run, tmp_path: Path, flags: tuple[str, ...]) -> None:
    """Without provenance its constants lose their names, and nothing else; with it, nothing."""
    onnx.save(gemm_bn(), tmp_path / "m.onnx")
    assert run("m.onnx", *flags, "-o", "m.mlir").returncode == 0
    assert run("m.mlir", "-o", "m.mlirbc").returncode == 0
    assert run("m.mlirbc", "-o", "back.onnx").returncode == 0
    before, after = weights(tmp_path / "m.onnx"), weights(tmp_path / "back.onnx")
    assert list(after.values()) == list(before.values())
    assert (after == before) == bool(flags)


@pytest.fixture
def overridable(tmp_path: Path) -> Path:
    """A model whose weight is an input with a default."""
    x, w, y = (helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [2]) for n in "xwy")
    default = numpy_helper.from_array(
        numpy_helper.to_array(helper.make_tensor("w", 1, [2], [1, 2])), "w"
    )
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "w"], ["y"])], "g", [x, w], [y], [default]
    )
    path = tmp_path / "overridable.onnx"
    onnx.save(helper.make_model(graph, ir_version=8), path)
    return path


def test_freezing_initializers(run: Run, tmp_path: Path, overridable: Path) -> None:
    for flags, inputs in ([], ["x", "w"]), (["--freeze-initializers"], ["x"]):
        assert run(overridable, *flags, "-o", "out.onnx").returncode == 0
        graph = onnx.load(tmp_path / "out.onnx").graph
        assert [value.name for value in graph.input] == inputs
        assert [tensor.name for tensor in graph.initializer] == ["w"]


def test_freezing_is_for_models(run: Run, module: Path) -> None:
    result = run(module, "--freeze-initializers")
    assert result.returncode == 1
    assert (
        result.stderr
        == f"onnx-opt: error: --freeze-initializers is for models, which '{module}' is not\n"
    )


def test_a_model_cut_anywhere(run: Run, names: Names, tmp_path: Path) -> None:
    whole = gemm_bn(8, 1).SerializeToString()
    path = tmp_path / "cut.onnx"
    for length in (0, 1, 2, 3, 10, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        path.write_bytes(whole[:length])
        result = run("cut.onnx", "-o", "out.onnx")
        assert result.returncode == 1, length
        assert result.stderr.startswith("cut.onnx: error: not an ONNX model"), length
        assert result.stderr.count("\n") == 1
        assert names(tmp_path) == ["cut.onnx"]


@pytest.mark.parametrize(
    "content",
    [b"", b"hello\n", b"\x7fELF\0\0", b"\x80\x02}q\0.", b"PK\3\4", b"module {}", b"\xff" * 99],
)
def test_what_is_called_a_model_and_is_none(run: Run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.onnx").write_bytes(content)
    result = run("bad.onnx")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("bad.onnx: error: not an ONNX model")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("suffix", ["onnxtxt", "textproto", "json"])
def test_a_model_in_text_with_a_mistake(run: Run, tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"bad.{suffix}").write_text("<ir_version: {")
    result = run(f"bad.{suffix}")
    assert (result.returncode, result.stdout) == (1, "")
    assert re.match(
        rf"bad\.{suffix}:1:\d+: error: not an ONNX model in the format '{suffix}'", result.stderr
    )
    assert result.stderr.count("\n") == 1


def test_a_pointer_of_git_lfs(run: Run, tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_text(
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    )
    result = run("m.onnx")
    assert result.returncode == 1
    assert result.stderr == (
        "m.onnx: error: this is only the pointer that Git LFS keeps in place of the file; `git lfs pull` gets the "
        "file itself\n"
    )


def test_a_file_that_no_protobuf_can_be(run: Run, model: Path) -> None:
    os.truncate(model, 1 << 31)
    result = run("relu.onnx", "-o", "out.onnx")
    assert result.returncode == 1
    assert result.stderr == (
        "relu.onnx: error: a model in one file takes at most 2147483647 bytes, but this has 2147483648\n"
    )


@pytest.mark.parametrize("target", ["missing/out.onnx", "relu.onnx/out.onnx", "folder"])
def test_a_target_that_cannot_be_written(
    run: Run, names: Names, tmp_path: Path, model: Path, target: str
) -> None:
    (tmp_path / "folder").mkdir()
    result = run(model, "--emit=onnx", "--save-as-external-data", "-o", target)
    assert result.returncode == 1
    assert result.stderr.startswith(f"onnx-opt: error: cannot write '{target}': ")
    assert result.stderr.count("\n") == 1
    assert names(tmp_path) == ["folder", "relu.onnx"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk(run: Run, model: Path) -> None:
    result = run(model, "-o", "/dev/full", "--emit=onnx")
    assert result.returncode == 1
    assert result.stderr == "onnx-opt: error: cannot write '/dev/full': No space left on device\n"
    with Path("/dev/full").open("w") as full:
        result = run(model, "--emit=onnx", stdout=full)
    assert result.returncode == 1
    assert (
        result.stderr == "onnx-opt: error: cannot write standard output: No space left on device\n"
    )


def test_timing_has_rows_for_models(run: Run, model: Path) -> None:
    said = run(model, "-o", "out.onnx", "--mlir-timing").stderr
    rows = [line.partition("%)")[2].strip() for line in said.splitlines() if "%)" in line]
    assert rows == ["Import", "(V) Verifier", "Export", "Rest", "Total"]


def test_a_model_that_states_what_its_nodes_contradict(run: Run, tmp_path: Path) -> None:
    text = '<ir_version: 8, opset_import: ["": 17]> g (float[8, 3] x) => (float[1, 3] y) { y = Relu(x) }'
    (tmp_path / "stale.onnxtxt").write_text(text)
    result = run("stale.onnxtxt")
    assert (result.returncode, result.stderr) == (
        0,
        "stale.onnxtxt: warning: the model states types that its nodes contradict; inferred ones are used, as with "
        "--useOnnxModelTypes=false\n",
    )
    assert "-> tensor<8x3xf32>" in result.stdout
    assert run("stale.onnxtxt", "--useOnnxModelTypes=false").stdout == result.stdout


def test_a_model_that_no_types_make_valid(run: Run, tmp_path: Path) -> None:
    text = (
        '<ir_version: 8, opset_import: ["": 17]> '
        "g (float[8, 3] x) => (float[1, 3] y) { y = Concat <axis = 2> (x) }"
    )
    (tmp_path / "wrong.onnxtxt").write_text(text)
    result = run("wrong.onnxtxt")
    assert (result.returncode, result.stdout) == (1, "")
    assert "warning" not in result.stderr
    assert result.stderr.startswith("wrong.onnxtxt: error: node 'Concat'")
