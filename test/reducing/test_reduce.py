# SPDX-License-Identifier: Apache-2.0
"""`--reduce`, from the command line: whatever goes wrong, the module gets small, and goes wrong as before."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent
Run = Callable[..., subprocess.CompletedProcess[str]]

LARGE = """\
func.func @main_graph(%x: tensor<8x64xf32> {onnx.name = "x"}) -> (tensor<8x64xf32>, tensor<8x64xf32>) {
  %w = onnx.Constant dense<1.5> : tensor<64xf32>
  %0 = "onnx.Relu"(%x) : (tensor<8x64xf32>) -> tensor<8x64xf32>
  %1 = "onnx.Mul"(%0, %w) : (tensor<8x64xf32>, tensor<64xf32>) -> tensor<8x64xf32>
  %2 = "onnx.Sigmoid"(%1) : (tensor<8x64xf32>) -> tensor<8x64xf32>
  %3 = "onnx.Neg"(%2) : (tensor<8x64xf32>) -> tensor<8x64xf32>
  %4 = "onnx.Abs"(%x) : (tensor<8x64xf32>) -> tensor<8x64xf32>
  onnx.Return %3, %4 : tensor<8x64xf32>, tensor<8x64xf32>
}
"""
SMALL = """\
module {
  func.func @main_graph(%arg0: tensor<1x1xf32> {onnx.name = "cut0"}) -> tensor<1x1xf32> {
    %0 = "onnx.Sigmoid"(%arg0) : (tensor<1x1xf32>) -> tensor<1x1xf32>
    onnx.Return %0 : tensor<1x1xf32>
  }
}
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`onnx-opt` as a process of its own, in an empty folder that has the large module; further variables by name."""
    (tmp_path / "large.mlir").write_text(LARGE)

    def call(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "onnx_opt", *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            timeout=300,
        )

    return call


def plugin(name: str) -> str:
    return f"--load-pass-plugin={HERE / name}"


def split(text: str) -> tuple[list[str], str]:
    """The lines for lit, and the module, in which the number of a cut does not matter."""
    lines = re.sub(r'"cut\d+"', '"cut0"', text).splitlines(keepends=True)
    head = [line for line in lines if line.startswith("//")]
    return head, "".join(lines[len(head) :])


@pytest.mark.parametrize(
    ("how", "line", "check"),
    [
        ("crash", "not --crash onnx-opt %s", ""),
        ("raise", "not onnx-opt %s", "// CHECK: error: ValueError: of type tensor<"),
        ("invalid", "not onnx-opt %s", "// CHECK: error: 'onnx.Sigmoid' op"),
    ],
)
def test_what_misbehaves_is_cut_out(
    run: Run, tmp_path: Path, how: str, line: str, check: str
) -> None:
    flags = (plugin("misbehaving.py"), "--misbehave")
    done = run("large.mlir", *flags, "--reduce=small.mlir", HOW=how)
    assert done.returncode == 0, done.stderr
    head, module = split((tmp_path / "small.mlir").read_text())
    assert module == SMALL
    assert f"// RUN: {line} --load-pass-plugin=%S/" in head[0]
    assert "".join(head[1:]).startswith(check)
    assert "small.mlir: 1 op of 5, after" in done.stderr
    again = run("small.mlir", *flags, HOW=how)
    assert again.returncode != 0
    assert how == "crash" or check.removeprefix("// CHECK: ").strip() in again.stderr


def test_the_same_input_gives_the_same_result(run: Run, tmp_path: Path) -> None:
    for name in ("one.mlir", "two.mlir"):
        run("large.mlir", plugin("misbehaving.py"), "--misbehave", f"--reduce={name}", HOW="raise")
    assert (tmp_path / "one.mlir").read_text() == (tmp_path / "two.mlir").read_text()


@pytest.mark.parametrize("suffix", ["onnx", "mlirbc"])
def test_other_formats(run: Run, suffix: str) -> None:
    flags = (plugin("misbehaving.py"), "--misbehave")
    assert run("large.mlir", *flags, f"--reduce=small.{suffix}", HOW="raise").returncode == 0
    printed = run(f"small.{suffix}").stdout
    assert printed.count('"onnx.') - printed.count('"onnx.EntryPoint') == 1
    assert run(f"small.{suffix}", *flags, HOW="raise").returncode == 1


def test_a_script_may_say_what_is_wrong(run: Run, tmp_path: Path) -> None:
    script = tmp_path / "has_sigmoid.sh"
    script.write_text('#!/bin/sh\nexec grep -q Sigmoid "$1"\n')
    script.chmod(0o755)
    done = run("large.mlir", "--reduce-test=has_sigmoid.sh", "--reduce=small.mlir")
    assert done.returncode == 0, done.stderr
    head, module = split((tmp_path / "small.mlir").read_text())
    assert (head, module) == (["// RUN: %S/has_sigmoid.sh %s\n"], SMALL)


def test_the_search_ends_in_time_with_a_valid_module(run: Run, tmp_path: Path) -> None:
    script = tmp_path / "slow.sh"
    script.write_text('#!/bin/sh\nsleep 0.8\nexec grep -q Sigmoid "$1"\n')
    script.chmod(0o755)
    start = time.monotonic()
    done = run("large.mlir", "--reduce-test=slow.sh", "--reduce=small.mlir", "--reduce-seconds=2")
    assert time.monotonic() - start < 15
    assert done.returncode == 0, done.stderr
    assert run("small.mlir").returncode == 0
    assert "Sigmoid" in (tmp_path / "small.mlir").read_text()


def test_a_value_becomes_a_constant_where_an_input_does_not_show_it(
    run: Run, tmp_path: Path
) -> None:
    """The script wants a Gemm whose weights are constant: what makes them goes, and they stay so."""
    (tmp_path / "weights.mlir").write_text("""\
func.func @main_graph(%x: tensor<2x3xf32>) -> tensor<2x4xf32> {
  %w = onnx.Constant dense<1.5> : tensor<4x3xf32>
  %0 = "onnx.Transpose"(%w) {perm = [1, 0]} : (tensor<4x3xf32>) -> tensor<3x4xf32>
  %1 = "onnx.Exp"(%x) : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = "onnx.MatMul"(%1, %0) : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  onnx.Return %2 : tensor<2x4xf32>
}
""")
    script = tmp_path / "wanted.sh"
    script.write_text(
        '#!/bin/sh\ngrep -q MatMul "$1" && ! grep -q "func.func.*,.*->" "$1" && grep -q Constant "$1"\n'
    )
    script.chmod(0o755)
    done = run("weights.mlir", "--reduce-test=wanted.sh", "--reduce=small.mlir")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "small.mlir").read_text()
    assert "Transpose" not in text
    assert "Exp" not in text
    assert "onnx.Constant" in text


def chain(blocks: int, features: int, wrong: int, path: Path) -> float:
    """Write x + Relu(BatchNormalization(Gemm(x))), again and again; the mean that tells one of them."""
    draw = np.random.default_rng(0)
    nodes: list[onnx.NodeProto] = []
    weights: list[onnx.TensorProto] = []
    value, told = "x", 0.0
    for block in range(blocks):
        arrays = {
            "w": draw.standard_normal((features, features)) / features**0.5,
            "c": draw.standard_normal(features) / 10,
            "scale": draw.uniform(0.01, 0.03, features),
            "bias": draw.standard_normal(features) / 100,
            "mean": draw.standard_normal(features) / 10,
            "var": draw.uniform(0.5, 1.5, features),
        }
        for name, array in arrays.items():
            weights.append(numpy_helper.from_array(array.astype(np.float32), f"{name}{block}"))
        told = float(np.float32(arrays["mean"][0])) if block == wrong else told
        names = [f"{name}{block}" for name in arrays]
        z, y, q, r = (f"{name}{block}" for name in "zyqr")
        nodes += [
            helper.make_node("Gemm", [value, *names[:2]], [z]),
            helper.make_node("BatchNormalization", [z, *names[2:]], [y]),
            helper.make_node("Relu", [y], [q]),
            helper.make_node("Add", [value, q], [r]),
        ]
        value = r
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", features])
        for name in ("x", value)
    ]
    graph = helper.make_graph(nodes, "chain", ends[:1], ends[1:], weights)
    opsets = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    return told


@pytest.mark.parametrize(
    ("blocks", "wrong", "file"),
    [(1000, 617, "model.onnx"), (40, 0, "model.onnx"), (40, 39, "model.mlir")],
)
def test_one_wrong_fold_of_many(
    run: Run, tmp_path: Path, blocks: int, wrong: int, file: str
) -> None:
    mean = chain(blocks, 16, wrong, tmp_path / "model.onnx")
    if file.endswith(".mlir"):
        run("model.onnx", "-o", file)
    flags = (plugin("spoiled_fold.py"), "--spoiled-fold", "--verify-numerics")
    done = run(file, *flags, "--reduce=small.mlir", "--reduce-seconds=280", MEAN=repr(mean))
    assert done.returncode == 0, done.stderr
    _, module = split((tmp_path / "small.mlir").read_text())
    ops = re.findall(r"= (?:onnx\.Constant|\"onnx\.)", module)
    assert len(ops) <= 10, module
    again = run("small.mlir", *flags, MEAN=repr(mean))
    assert again.returncode == 1
    assert "error: --verify-numerics: @main_graph: output" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["large.mlir", "--fold-bn", "--reduce=out.mlir"], "nothing to reduce: the passes end well"),
        (["large.mlir", "--reduce=out.mlir"], "--reduce needs passes that show what is wrong"),
        (["large.mlir", "--fold-bn", "--reduce-seconds=3"], "is for --reduce, which is not given"),
        (["large.mlir", "--fold-bn", "--remarks", "--reduce=out.mlir"], "--remarks has no say"),
        (["large.mlir", "--fold-bn", "-o", "a", "--reduce=out.mlir"], "-o has no say in --reduce"),
        (["large.mlir", "--fold-bn", "--generate-checks", "--reduce=out.mlir"], "has no say in --reduce"),
        (["large.mlir", "--fold-bn", "--reduce-test=a.sh", "--reduce=out.mlir"], "but --fold-bn is given"),
        (["large.mlir", "--reduce-test=none.sh", "--reduce=out.mlir"], "cannot run 'none.sh'"),
    ],
)  # fmt: skip
def test_refused(run: Run, tmp_path: Path, arguments: list[str], message: str) -> None:
    done = run(*arguments)
    assert done.returncode == 1
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out.mlir").exists()
