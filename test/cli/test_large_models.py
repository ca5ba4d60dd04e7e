# SPDX-License-Identifier: Apache-2.0
"""Models whose weights no protobuf file can hold.  Their data is a sparse file, which takes no room on the disk."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import onnx
import pytest
from onnx import helper

from .conftest import Names, Run

SIDE = 24_000
SIZE = SIDE * SIDE * 4  # 2.3 GB
MARK = b"\x00\x00\x80\x3f"  # 1.0


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Path]:
    """Y = X * B, where B is zero but for its first and last element."""
    b = onnx.TensorProto(
        name="B", data_type=1, dims=[SIDE, SIDE], data_location=onnx.TensorProto.EXTERNAL
    )
    b.external_data.add(key="location", value="large.onnx.data")
    x, y = (helper.make_tensor_value_info(name, 1, [1, SIDE]) for name in "xy")
    graph = helper.make_graph([helper.make_node("Gemm", ["x", "B"], ["y"])], "large", [x], [y], [b])
    path = tmp_path / "large.onnx"
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path
    )
    with path.with_suffix(".onnx.data").open("wb") as stream:
        stream.write(MARK)
        stream.truncate(SIZE)
        stream.seek(SIZE - len(MARK))
        stream.write(MARK)
    yield path
    # pytest keeps the folders of its last runs.
    for data in tmp_path.glob("*.data"):
        data.unlink()


def test_reading_does_not_touch_the_weights(run: Run, large: Path) -> None:
    # Less than the weights take: they are mapped, not read.
    usage = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    result = run(large, "--cse", "--mlir-elide-elementsattrs-if-larger=10")
    assert (result.returncode, result.stderr) == (0, "")
    assert "dense_resource<__elided__> : tensor<24000x24000xf32>" in result.stdout
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - usage < 5


def test_too_large_for_one_file(run: Run, names: Names, large: Path, tmp_path: Path) -> None:
    for flags in ["--emit=onnx"], ["-o", "new.onnx", "--size-threshold=9999999999"]:
        result = run(large, *flags)
        assert (result.returncode, result.stdout) == (1, "")
        assert "and a protobuf file holds at most 2147483647: write its weights" in result.stderr
        assert "`--save-as-external-data`" in result.stderr
        assert result.stderr.count("\n") == 1
        assert names(tmp_path) == ["large.onnx", "large.onnx.data"]


@pytest.mark.usefixtures("large")
def test_a_signal_while_writing_leaves_no_file(names: Names, tmp_path: Path) -> None:
    before = names(tmp_path)
    command = [sys.executable, "-m", "onnx_opt", "large.onnx", "-o", "large.onnx"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE) as process:
        end = time.monotonic() + 30
        while names(tmp_path) == before and process.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 143
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert names(tmp_path) == before


@pytest.mark.full
def test_both_ways(run: Run, names: Names, large: Path, tmp_path: Path) -> None:
    result = run(large, "-o", "new.onnx", timeout=300)
    assert (result.returncode, result.stderr) == (0, "")
    assert names(tmp_path) == ["large.onnx", "large.onnx.data", "new.onnx", "new.onnx.data"]
    data = tmp_path / "new.onnx.data"
    assert data.stat().st_size == SIZE
    with data.open("rb") as stream:
        assert stream.read(8) == MARK + b"\0" * 4
        stream.seek(SIZE - 8)
        assert stream.read() == b"\0" * 4 + MARK
    result = run("new.onnx", "--mlir-elide-elementsattrs-if-larger=10")
    assert "dense_resource<__elided__> : tensor<24000x24000xf32>" in result.stdout


@pytest.mark.full
def test_in_place(run: Run, names: Names, large: Path, tmp_path: Path) -> None:
    assert run(large, "-o", large, timeout=300).returncode == 0
    assert names(tmp_path) == ["large.onnx", "large.onnx.data"]
    data = tmp_path / "large.onnx.data"
    assert data.stat().st_size == SIZE
    with data.open("rb") as stream:
        assert stream.read(8) == MARK + b"\0" * 4


@pytest.mark.full
def test_as_text(large: Path) -> None:
    """4.6 GB of text, none of which is kept."""
    command = [sys.executable, "-m", "onnx_opt", str(large)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        size, last = 0, b""
        while piece := process.stdout.read(1 << 20):
            size, last = size + len(piece), (last + piece)[-100:]
    assert process.returncode == 0
    assert size > 2 * SIZE
    assert MARK.hex().upper().encode() + b'"' in last
