# SPDX-License-Identifier: Apache-2.0
"""`import onnx_opt`: modules in, passes, modules out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import onnx
import pytest
from onnx import helper

import onnx_opt

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "gemm_bn.mlir"


def command_line(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "onnx_opt", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def relu() -> onnx.ModelProto:
    x, y = (helper.make_tensor_value_info(name, 1, [2]) for name in "xy")
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"], name="n")], "relu", [x], [y])
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])


def test_it_does_what_the_command_line_does() -> None:
    module = onnx_opt.load(EXAMPLE)
    result = module.run("fold-bn-into-gemm")
    done = command_line(EXAMPLE, "--fold-bn-into-gemm", "--remarks")
    assert str(module) == done.stdout
    assert str(result) == done.stderr
    (folded, count) = result.remarks
    assert (folded.file, folded.line, folded.column) == (str(EXAMPLE), 16, 8)
    assert folded.message == "folded into onnx.Gemm"
    assert "1 folded, 0 not folded" in count.message
    assert result.diagnostics == result.remarks and result.warnings == ()


def test_remarks_can_be_left_out() -> None:
    assert onnx_opt.load(EXAMPLE).run("fold-bn", remarks=False).diagnostics == ()


@pytest.mark.parametrize("suffix", ["mlir", "mlirbc", "onnx"])
def test_what_is_saved_is_read_again(tmp_path: Path, suffix: str) -> None:
    module = onnx_opt.load(relu())
    path = tmp_path / f"relu.{suffix}"
    module.save(path, mlir_print_debuginfo=True)
    for source in (path, str(path), path.read_bytes()):
        assert onnx_opt.load(source).to_onnx() == relu()


def test_a_model_is_left_as_it_is() -> None:
    model = onnx_opt.load(EXAMPLE).to_onnx()
    before = model.SerializeToString(deterministic=True)
    folded = onnx_opt.optimize(model, ["fold-bn-into-gemm"])
    assert [node.op_type for node in folded.graph.node] == ["Gemm"]
    assert model.SerializeToString(deterministic=True) == before


def test_errors_have_positions() -> None:
    with pytest.raises(onnx_opt.Error) as caught:
        onnx_opt.load(b"func.func @f() {\n  foo\n}", filename="f.mlir")
    (found,) = caught.value.diagnostics
    assert (found.severity, found.file, found.line, found.column) == ("error", "f.mlir", 2, 3)
    assert str(caught.value) == f"f.mlir:2:3: error: {found.message}\n  foo\n  ^"


def test_an_unknown_pass() -> None:
    module = onnx_opt.load(EXAMPLE)
    before = str(module)
    with pytest.raises(onnx_opt.Error, match="unknown pass 'fold-bm'; did you mean 'fold-bn'"):
        module.run("fold-bn", "fold-bm")
    assert str(module) == before


def test_importing_costs_nothing() -> None:
    program = (
        "import sys, time; before, start = set(sys.modules), time.process_time(); import onnx_opt;"
        "print(time.process_time() - start, *set(sys.modules) - before)"
    )
    command = [sys.executable, "-c", program]
    runs = [
        subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        for _ in range(5)
    ]
    assert min(float(seconds) for seconds, *_ in runs) < 0.030
    packages = {name.partition(".")[0] for name in runs[0][1:]}
    assert packages - sys.stdlib_module_names == {"onnx_opt"}
    assert [name for name in runs[0] if name.startswith("onnx_opt.")] == []


def test_every_name_is_there() -> None:
    for name in onnx_opt.__all__:
        assert getattr(onnx_opt, name) is not None
    assert set(onnx_opt.__all__) <= set(dir(onnx_opt))
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        _ = onnx_opt.lode  # type: ignore[attr-defined]


def test_passes_is_the_package_and_a_function() -> None:
    from onnx_opt.passes import ALL_PASSES

    assert onnx_opt.passes()[: len(ALL_PASSES)] == ALL_PASSES  # those of plugins follow
