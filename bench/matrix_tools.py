# SPDX-License-Identifier: Apache-2.0
"""The tools of the matrix, each as a function from one model file to another; and a child process that runs them.

`python -m bench.matrix_tools TOOL FOLDER` reads FOLDER/0.onnx, 1.onnx, ... as their numbers come on standard input, and
writes 0.out.onnx or 0.error for each.  Run by the interpreter of the environment in which the tool is installed.
"""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def _onnx_opt(source: Path, target: Path) -> None:
    context = import_module("onnx_opt.dialect").make_context()
    module = import_module("onnx_opt.importer").import_model(source, context=context)
    import_module("onnx_opt.passes").BY_ARGUMENT["fold-bn"].run(module.operation)
    import_module("onnx_opt.exporter").write_model(module, target)


def _onnxscript(source: Path, target: Path) -> None:
    onnx: Any = import_module("onnx")
    onnx.save(import_module("onnxscript.optimizer").optimize(_rewritten(onnx.load(source))), target)


def _rewritten(model: Any) -> Any:
    return import_module("onnxscript.rewriter").rewrite(model)


def _onnxruntime(source: Path, target: Path) -> None:
    ort: Any = import_module("onnxruntime")
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(target)
    options.log_severity_level = 4
    ort.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])


def _onnxsim(source: Path, target: Path) -> None:
    onnx: Any = import_module("onnx")
    model, checked = import_module("onnxsim").simplify(onnx.load(source))
    if not checked:
        raise RuntimeError("onnxsim's own check failed")
    onnx.save(model, target)


def _onnxslim(source: Path, target: Path) -> None:
    onnx: Any = import_module("onnx")
    onnx.save(import_module("onnxslim").slim(onnx.load(source)), target)


def _onnxoptimizer(source: Path, target: Path) -> None:
    onnx: Any = import_module("onnx")
    optimizer: Any = import_module("onnxoptimizer")
    onnx.save(
        optimizer.optimize(onnx.load(source), optimizer.get_fuse_and_elimination_passes()), target
    )


TOOLS: dict[str, Callable[[Path, Path], None]] = {
    "onnx-opt": _onnx_opt,
    "onnxscript": _onnxscript,
    "onnxruntime": _onnxruntime,
    "onnxsim": _onnxsim,
    "onnxslim": _onnxslim,
    "onnxoptimizer": _onnxoptimizer,
}


def main() -> int:
    """The child: a number a line comes in, a line goes out when that model is done; the first line is the version."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    out = sys.stdout
    sys.stdout = sys.stderr
    tool = TOOLS[name]
    if name != "onnx-opt":
        import_module(name)
    print(importlib.metadata.version(name), file=out, flush=True)
    for line in sys.stdin:
        number = line.strip()
        try:
            tool(folder / f"{number}.onnx", folder / f"{number}.out.onnx")
        except BaseException as error:  # a tool may raise anything
            (folder / f"{number}.error").write_text(f"{type(error).__name__}: {error}")
        print(number, file=out, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
