# SPDX-License-Identifier: Apache-2.0
"""Runs that something happens to."""

from __future__ import annotations

import faulthandler
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

KINDS = {
    "text": ["-o", "out.mlir", "--use-dense-resources"],
    "bytecode": ["-o", "out.mlirbc"],
    "model": ["-o", "out.onnx"],
    "external data": ["-o", "out.onnx", "--save-as-external-data=out.bin"],
}


def write_inputs(folder: Path) -> None:
    """`a.onnx` and `b.onnx`: the same model, with weights of ones and of twos."""
    folder.mkdir()
    for name, value in (("a", 1), ("b", 2)):
        weight = numpy_helper.from_array(np.full((64, 64), value, np.float32), "w")
        infos = [helper.make_tensor_value_info(each, 1, [64, 64]) for each in ("x", "y")]
        graph = helper.make_graph(
            [helper.make_node("Add", ["x", "w"], ["y"])], name, infos[:1], infos[1:], [weight]
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.save(model, folder / f"{name}.onnx")


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """The folder with `a.onnx` and `b.onnx`."""
    write_inputs(tmp_path / "inputs")
    return tmp_path / "inputs"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the output goes."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def forked(folder: Path, arguments: list[str], before: Callable[[], None] = lambda: None) -> int:
    """The id of a child process that runs onnx-opt in `folder`, after `before`; its imports are ours."""
    from onnx_opt import cli, driver, exporter, importer  # noqa: F401

    pid = os.fork()
    if pid:
        return pid
    code = 99
    try:
        faulthandler.disable()  # pytest has it report signals
        os.chdir(folder)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115
        before()
        code = cli.main(arguments)
    finally:
        os._exit(code)


def ended(pid: int) -> int:
    """The exit code of a child, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def run(folder: Path, *arguments: str) -> None:
    """A run that nothing happens to."""
    assert ended(forked(folder, list(arguments))) == 0


def content(folder: Path, kind: str) -> str:
    """Whose weights the output holds, "a" or "b"; "" if there is no output.  Fails if it is mixed or cut short."""
    path = folder / KINDS[kind][1]
    if not path.exists():
        return ""
    if path.suffix == ".onnx":
        model = onnx.load(path)
        onnx.checker.check_model(model)
        assert (len(model.graph.initializer), model.graph.initializer[0].data_location) == (1, 0)
        (value,) = np.unique(numpy_helper.to_array(model.graph.initializer[0]))
        assert model.graph.name == {1: "a", 2: "b"}[int(value)]
        return model.graph.name
    from onnx_opt.dialect.assembly.reader import parse
    from onnx_opt.dialect.context import make_context
    from onnx_opt.exporter import export_model

    data = path.read_bytes()
    with make_context() as context:
        module = parse(data if path.suffix == ".mlirbc" else data.decode(), context=context)
        (weights,) = export_model(module).graph.initializer
    (value,) = np.unique(numpy_helper.to_array(weights))
    return {1: "a", 2: "b"}[int(value)]


def temporary(folder: Path) -> list[str]:
    """The names of temporary files."""
    return sorted(path.name for path in folder.iterdir() if path.name.endswith(".tmp"))
