# SPDX-License-Identifier: Apache-2.0
"""`--verify-numerics` as a user meets it: whole processes, files, engines that crash."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper, parser

PLUGIN = """
from onnx_opt.dialect import onnx
from onnx_opt.passes.rewriting import RewritePass
def drop_relu(relu, rewriter):
    return rewriter.replace(relu, [relu.X])
PASS = RewritePass(argument="drop-relu", summary="Drop it", patterns={onnx.Relu: drop_relu}, verb="dropped")
"""


def command(folder: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    (folder / "tmp").mkdir(exist_ok=True)
    environment = {**os.environ, "TMPDIR": str(folder / "tmp")}
    return [sys.executable, "-m", "onnx_opt", *arguments, "--verify-numerics=1"], environment


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    line, environment = command(folder, *arguments)
    done = subprocess.run(
        line, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert list((folder / "tmp").iterdir()) == []
    return done


def test_a_model_with_external_data_names_the_first_value_that_departs(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    nodes = []
    weights = []
    for n, x in enumerate(["x", "r0", "r1"]):
        nodes += [
            helper.make_node("MatMul", [x, f"w{n}"], [f"z{n}"]),
            helper.make_node("Relu" if n == 1 else "Tanh", [f"z{n}"], [f"r{n}"]),
        ]
        weights.append(
            numpy_helper.from_array(random.standard_normal((32, 32)).astype("f"), f"w{n}")
        )
    infos = [helper.make_tensor_value_info(name, 1, ["N", 32]) for name in ("x", "r2")]
    model = helper.make_model(
        helper.make_graph(nodes, "g", infos[:1], infos[1:], weights),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    onnx.save(
        model, tmp_path / "m.onnx", save_as_external_data=True, location="m.bin", size_threshold=0
    )
    (tmp_path / "plugin.py").write_text(PLUGIN)
    done = run(tmp_path, "m.onnx", "--load-pass-plugin=plugin.py", "--drop-relu", "-o", "out.onnx")
    assert done.returncode == 1
    assert "m.onnx: error: --verify-numerics: @main_graph: output 'r2' was" in done.stderr
    # Relu's result r1 is gone, and z1 is what it was, so the next value is the first to depart.
    assert "the first value that departs is 'z2', made by a MatMul" in done.stderr
    assert not (tmp_path / "out.onnx").exists()
    done = run(tmp_path, "m.onnx", "--cse", "-o", "out.onnx")
    assert done.returncode == 0
    assert (tmp_path / "out.onnx").exists()


def test_an_engine_that_crashes_is_a_note(tmp_path: Path) -> None:
    model = parser.parse_model("""<ir_version: 8, opset_import: ["": 15]>
g (float[4,2] x) => (float[4,2] y) <float[2] s={1,2}, float[2] b={1,2}, float[2] m={0,1}, float[2] v={1,2}>
{ y = BatchNormalization<training_mode=1>(x, s, b, m, v) }""")
    model.graph.node[0].output.extend(["", ""])
    onnx.save(model, tmp_path / "m.onnx")
    done = run(tmp_path, "m.onnx", "-o", "out.onnx")
    assert done.returncode == 0, done.stderr
    assert "reference evaluator" in done.stderr


def test_no_file_of_the_current_folder_is_imported(tmp_path: Path) -> None:
    for name in ("onnx", "numpy", "pickle", "onnxruntime"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(3)")
    (tmp_path / "m.mlir").write_text(
        'func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {\n  %y = "onnx.Exp"(%x) : (tensor<2xf32>) -> tensor<2xf32>\n'
        "  onnx.Return %y : tensor<2xf32>\n}\n"
    )
    (tmp_path / "tmp").mkdir()
    script = Path(sys.executable).with_name("onnx-opt")
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    done = subprocess.run(
        [script, "m.mlir", "--verify-numerics=1", "-o", "out.mlir"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "m.mlir").write_text(
        "func.func @f(%x: tensor<3000x3000xf32>) -> tensor<3000x3000xf32> {\n"
        '  %y = "onnx.MatMul"(%x, %x) : (tensor<3000x3000xf32>, tensor<3000x3000xf32>) -> tensor<3000x3000xf32>\n'
        "  onnx.Return %y : tensor<3000x3000xf32>\n}\n"
    )
    line, environment = command(tmp_path, "m.mlir", "-o", "out.mlir")

    def heed_the_signal() -> None:
        # A shell's background jobs, and what `nohup` runs, inherit signals that are ignored.
        signal.signal(number, signal.SIG_DFL)

    with subprocess.Popen(
        line, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL, preexec_fn=heed_the_signal
    ) as process:
        while not list((tmp_path / "tmp").rglob("task")):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(number)
        assert process.wait(30) == 128 + number
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not (tmp_path / "out.mlir").exists()


def test_without_the_flag_nothing_is_imported() -> None:
    code = (
        "import sys; from onnx_opt.cli import main; main(['--list-passes']); main(['--emit=mlir', '-o', '/dev/null'])\n"
        "assert not [name for name in sys.modules if name.startswith(('onnx_opt.verification', 'onnx.reference'))]"
    )
    subprocess.run([sys.executable, "-c", code], input=b"", check=True, stdout=subprocess.DEVNULL)
