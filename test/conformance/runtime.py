# SPDX-License-Identifier: Apache-2.0
"""Run models in a child process: a runtime that crashes must not take the tests with it.

`Runtime` is the parent's side.  Run as a script, this file is the child: it reads pickled (engine, model, inputs) from
standard input and answers ("ok", outputs) or ("error", reason).  `INFERENCE` runs nothing: it answers with the shapes
of the outputs, None where they are not known, and may crash as well.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

ENGINES = ("onnxruntime", "reference evaluator")
INFERENCE = "shape inference"


class RunError(Exception):
    """The engine cannot run the model, or crashed."""


class Runtime:
    """A child process that runs models."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def run(self, engine: str, model: bytes, inputs: Sequence[Any]) -> list[Any]:
        """The outputs of a model.  Raises RunError."""
        if self._child is None:
            # Answers come back on standard output; whatever the engines print goes elsewhere.
            self._child = subprocess.Popen(
                [sys.executable, str(Path(__file__).resolve())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        assert self._child.stdin is not None and self._child.stdout is not None
        try:
            pickle.dump((engine, model, list(inputs)), self._child.stdin)
            self._child.stdin.flush()
            status, answer = pickle.load(self._child.stdout)
        except (EOFError, BrokenPipeError, pickle.UnpicklingError):
            self.close()
            raise RunError(f"{engine} crashed") from None
        if status != "ok":
            raise RunError(answer)
        return list(answer)

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None


def _run(engine: str, model: bytes, inputs: list[Any]) -> list[Any]:
    if engine == "onnxruntime":
        import onnxruntime as ort  # type: ignore[import-untyped,unused-ignore]

        ort.set_default_logger_severity(4)
        options = ort.SessionOptions()
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.intra_op_num_threads = 1
        session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        names = [info.name for info in session.get_inputs()]
        feeds = {
            name: value for name, value in zip(names, inputs, strict=True) if value is not None
        }
        return list(session.run(None, feeds))
    import onnx
    from onnx.reference import ReferenceEvaluator

    loaded = onnx.ModelProto.FromString(model)
    if engine == INFERENCE:
        return _shapes(onnx.shape_inference.infer_shapes(loaded, True, True, True))
    evaluator = ReferenceEvaluator(loaded)
    feeds = dict(zip(map(str, evaluator.input_names), inputs, strict=False))
    return list(evaluator.run(None, feeds))


def _shapes(model: Any) -> list[Any]:
    """For each output its sizes, None for those that are not known; or None."""
    types = [info.type.tensor_type for info in model.graph.output]
    return [
        [dim.dim_value if dim.HasField("dim_value") else None for dim in type_.shape.dim]
        if type_.HasField("shape")
        else None
        for type_ in types
    ]


def _serve(requests: BinaryIO, answers: BinaryIO) -> None:
    warnings.simplefilter("ignore")
    while True:
        try:
            engine, model, inputs = pickle.load(requests)
        except EOFError:
            return
        try:
            data = pickle.dumps(("ok", _run(engine, model, inputs)))
        except Exception as error:
            data = pickle.dumps(("error", f"{type(error).__name__}: {error}"[:500]))
        answers.write(data)
        answers.flush()


if __name__ == "__main__":
    import os

    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _serve(sys.stdin.buffer, channel)
