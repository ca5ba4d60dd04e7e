# SPDX-License-Identifier: Apache-2.0
"""What Python callers rely on: positions, numbers, plugins, threads, and what is left behind."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime  # type: ignore[import-untyped]
import pytest
from onnx import helper, numpy_helper

import onnx_opt
from onnx_opt.passes.rewriting import FunctionPass
from onnx_opt.pipeline import upstream

from .test_module import EXAMPLE, ROOT, command_line

PLUGIN = ROOT / "examples" / "drop_mul_by_one.py"


def conv_bn(seed: int = 0) -> onnx.ModelProto:
    """A Conv, BatchNormalization and Relu with random weights."""
    random = np.random.default_rng(seed)

    def weight(name: str, *shape: int) -> onnx.TensorProto:
        return numpy_helper.from_array(random.uniform(0.5, 2, shape).astype(np.float32), name)

    nodes = [
        helper.make_node("Conv", ["x", "w"], ["z"], name="conv", pads=[1, 1, 1, 1]),
        helper.make_node("BatchNormalization", ["z", "s", "b", "m", "v"], ["n"], name="bn"),
        helper.make_node("Relu", ["n"], ["y"], name="relu"),
    ]
    weights = [weight("w", 4, 3, 3, 3), *(weight(name, 4) for name in "sbmv")]
    x = helper.make_tensor_value_info("x", 1, ["batch", 3, 8, 8])
    y = helper.make_tensor_value_info("y", 1, ["batch", 4, 8, 8])
    graph = helper.make_graph(nodes, "conv_bn", [x], [y], weights)
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])


def computed(model: onnx.ModelProto, x: Any) -> Any:
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, {"x": x})[0]


def test_a_model_end_to_end(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx.save(conv_bn(), path)
    module = onnx_opt.load(path)
    result = module.run("fold-bn")
    done = command_line(path, "--fold-bn", "--remarks", "-o", tmp_path / "shell.onnx")
    assert str(result) == done.stderr
    module.save(tmp_path / "python.onnx")
    folded = onnx.load(tmp_path / "python.onnx")
    assert folded == onnx.load(tmp_path / "shell.onnx") == module.to_onnx()
    assert [node.op_type for node in folded.graph.node] == ["Conv", "Relu"]
    x = np.random.default_rng(1).standard_normal((2, 3, 8, 8)).astype(np.float32)
    np.testing.assert_allclose(computed(folded, x), computed(conv_bn(), x), rtol=1e-5, atol=1e-5)
    assert all(row.ratio <= 1 for row in module.verify_numerics(against=path).rows)


def test_the_model_may_be_replaced_but_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx.save(conv_bn(), path)
    module = onnx_opt.load(path)
    module.run("fold-bn")
    module.save(path)
    assert [node.op_type for node in onnx.load(path).graph.node] == ["Conv", "Relu"]
    module.save(path)

    module = onnx_opt.load(path)
    with path.open("ab") as stream:
        stream.write(b"\0")
    with pytest.raises(onnx_opt.Error, match="was changed while it was being read"):
        module.save(tmp_path / "out.onnx")
    assert not (tmp_path / "out.onnx").exists()


def test_external_data_stays_external(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx.save(conv_bn(), path, save_as_external_data=True, location="w.bin", size_threshold=0)
    bare = onnx.load(path, load_external_data=False)
    module = onnx_opt.load(path)
    assert onnx_opt.load(bare, filename=str(path)).to_onnx() == module.to_onnx()
    module.save(tmp_path / "out.onnx", size_threshold=0)
    assert (tmp_path / "out.onnx.data").exists()
    with pytest.raises(onnx_opt.Error, match="it holds the weights of the input"):
        module.save(tmp_path / "w.bin", emit="onnx")


def test_numbers_that_depart() -> None:
    wrong = conv_bn()
    bias = next(each for each in wrong.graph.initializer if each.name == "b")
    bias.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(bias) * np.float32(1.01), "b"))
    x = np.ones((1, 3, 8, 8), np.float32)
    with pytest.raises(onnx_opt.NumericsError) as caught:
        onnx_opt.load(wrong).verify_numerics(against=conv_bn(), input={"x": x})
    error = caught.value
    assert (error.output, error.first) == ("y", "n")
    assert [(row.name, row.departs) for row in error.table.rows] == [("y", True), ("y", True)]
    assert "the first value that departs is 'n'" in str(error)
    assert error.table.functions[0].inputs == 1
    assert "<table>" in error.table._repr_html_() and "color" in error.table._repr_html_()


def test_numbers_have_options(tmp_path: Path) -> None:
    module = onnx_opt.load(conv_bn())
    table = module.verify_numerics(
        against=conv_bn(),
        samples=1,
        verify_engine="reference",
        input_shape={"x": (5, 3, 8, 8)},
        atol=1e-3,
    )
    assert "reference evaluator" in str(table) and table.notes == ()
    np.save(tmp_path / "x.npy", np.ones((1, 3, 8, 8), np.float32))
    module.verify_numerics(against=module, input={"x": tmp_path / "x.npy"})
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"samples": 0}, "'0' is not a number of inputs from 1 to 1000"),
        ({"input": {"z": tmp_path / "x.npy"}}, "--input names 'z', but the inputs are: 'x'"),
        ({"input": {"x": np.ones(3)}}, "the array holds float64, and input 'x'"),
    ]
    for given, words in wrong:
        with pytest.raises(onnx_opt.Error, match=words):
            module.verify_numerics(against=module, **given)


def test_a_source_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(onnx_opt.Error, match=r"cannot read '.*none\.onnx': No such file"):
        onnx_opt.load(tmp_path / "none.onnx")
    with pytest.raises(onnx_opt.Error, match=r"cannot read .*: embedded null byte"):
        onnx_opt.load("a\0b")
    with pytest.raises(onnx_opt.Error, match="'<bytes>' is neither MLIR text nor"):
        onnx_opt.load(b"\x08\x08\0\0")
    with pytest.raises(TypeError, match="bytes or a ModelProto, not dict"):
        onnx_opt.load({})  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def test_an_invalid_module_has_all_its_errors() -> None:
    text = EXAMPLE.read_text().replace("transB = 1 : si64", "transB = 1 : si64, alpha = 1 : si64")
    with pytest.raises(onnx_opt.Error) as caught:
        onnx_opt.load(text.encode(), filename="gemm.mlir")
    (found, *_) = caught.value.diagnostics
    assert (found.file, found.severity) == ("gemm.mlir", "error") and found.line > 1
    assert "alpha" in str(caught.value) and "^" in str(caught.value)


def test_plugins(tmp_path: Path) -> None:
    (loaded,) = onnx_opt.load_plugin(PLUGIN)
    assert loaded.argument == "drop-mul-by-one" and loaded in onnx_opt.passes()
    module = onnx_opt.load(PLUGIN.with_suffix(".mlir"))
    module.run("drop-mul-by-one")
    assert "onnx.Mul" not in str(module).split("func.func")[1]
    (again,) = onnx_opt.load_plugin(PLUGIN)
    assert again is not loaded and loaded not in onnx_opt.passes()
    taken = tmp_path / "taken.py"
    taken.write_text(PLUGIN.read_text())
    with pytest.raises(onnx_opt.Error, match="there is already a pass 'drop-mul-by-one'"):
        onnx_opt.load_plugin(taken)
    taken.write_text("PASS = 1 / 0")
    with pytest.raises(onnx_opt.Error) as caught:
        onnx_opt.load_plugin(taken)
    (found,) = caught.value.diagnostics
    assert (found.file, found.line) == (str(taken), 1)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_pass_of_the_callers_own() -> None:
    def fail(_: object) -> None:
        raise KeyError("mine")

    own = FunctionPass(argument="own", summary="Fail", function=fail)
    with pytest.raises(KeyError, match="mine"):
        onnx_opt.load(EXAMPLE).run(own)

    def break_it(op: Any) -> None:
        for function in op.regions[0].blocks[0]:
            list(function.regions[0].blocks[0])[-1].operation.erase()

    own = FunctionPass(argument="own", summary="Break", function=break_it)
    module = onnx_opt.load(EXAMPLE)
    with pytest.raises(onnx_opt.Error):
        module.run(own)
    with pytest.raises(onnx_opt.Error):
        module.verify()
    onnx_opt.load(EXAMPLE).verify()


def test_threads_do_not_meet() -> None:
    def fold(seed: int) -> bytes:
        module = onnx_opt.load(conv_bn(seed))
        module.run("fold-bn", "symbol-dce", "cse", "canonicalize")
        return module.to_onnx().SerializeToString(deterministic=True)

    seeds = range(12)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(fold, seeds)) == [fold(seed) for seed in seeds]


def test_standard_error_is_caught_by_one_thread_at_a_time() -> None:
    entered = threading.Event()

    def enter() -> None:
        with upstream._captured_stderr():
            entered.set()

    other = threading.Thread(target=enter)
    before = os.fstat(2)
    with upstream._captured_stderr():
        other.start()
        assert not entered.wait(0.2)
    other.join()
    assert entered.is_set() and os.path.samestat(before, os.fstat(2))


def test_a_pass_may_build_ops_of_any_dialect() -> None:
    registered: list[bool] = []

    def look(op: Any) -> None:
        registered.append(op.context.is_registered_operation("scf.for"))

    module = onnx_opt.load(EXAMPLE)
    look(module.ir.operation)
    module.run(FunctionPass(argument="look", summary="Look", function=look))
    assert registered == [False, True]


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    handlers = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    threshold = gc.get_threshold()
    module = onnx_opt.load(conv_bn())
    module.run("fold-bn", "symbol-dce")
    module.verify_numerics(against=conv_bn(), samples=1)
    assert list(tmp_path.iterdir()) == []
    after = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    assert (after, gc.get_threshold()) == (handlers, threshold)
    context = weakref.ref(module.ir.context)
    del module
    gc.collect()
    assert context() is None


def test_a_module_in_a_notebook() -> None:
    shown = onnx_opt.load(EXAMPLE)._repr_html_()
    assert '<span class="op">&quot;onnx.Gemm&quot;</span>' in shown
    assert '<span class="type">tensor&lt;1x3xf32&gt;</span>' in shown
    body = "  %0 = arith.constant 1 : i32\n".replace("%0", "%c{}")
    lines = "".join(body.format(n) for n in range(1000))
    long = onnx_opt.load(f"func.func @f() {{\n{lines}  return\n}}".encode())._repr_html_()
    assert "... 805 lines ..." in long and len(long) < 60_000
    wide = f'"unknown.op"() {{a = "{"<" * 10_000}"}} : () -> ()\n'
    shown = onnx_opt.load(wide.encode(), allow_unregistered_dialect=True)._repr_html_()
    assert "characters</span>" in shown and len(shown) < 10_000


def test_nothing_heavy_is_loaded_before_it_is_used() -> None:
    program = (
        "import sys, onnx_opt; module = onnx_opt.load(sys.argv[1]); module.run('cse'); str(module)\n"
        "print(*sys.modules)"
    )
    command = [sys.executable, "-c", program, str(EXAMPLE)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    for needless in ("importer", "exporter", "verification", "html", "help", "cli"):
        assert f"onnx_opt.{needless}" not in loaded
