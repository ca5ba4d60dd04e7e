# SPDX-License-Identifier: Apache-2.0
"""A model as it is, in its own types, on an engine.  Runs in the child process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from .errors import described
from .graphs import load_structure
from .loading import evaluator, load

Feeds = Mapping[str, Any]


def run_models(
    engine: str, models: Sequence[tuple[str, Sequence[str]]], feeds: Sequence[Feeds]
) -> list[list[list[Any]] | tuple[str, str]]:
    """For each of `models`, (path, values), what its values are for each of `feeds`; or what is wrong with it.

    The values need not be outputs of the graph.
    """
    found: list[list[list[Any]] | tuple[str, str]] = []
    for path, outputs in models:
        try:
            found.append(_run(engine, path, feeds, outputs))
        except Exception as error:
            found.append(described(error))
    return found


def _run(engine: str, path: str, feeds: Sequence[Feeds], outputs: Sequence[str]) -> list[list[Any]]:
    if engine == "onnxruntime":
        return _onnxruntime(path, feeds, outputs)
    model, arrays = load(path)
    runner: Any = evaluator(model)
    with np.errstate(all="ignore"):
        return [list(runner.run(list(outputs), {**arrays, **feed})) for feed in feeds]


def _onnxruntime(path: str, feeds: Sequence[Feeds], outputs: Sequence[str]) -> list[list[Any]]:
    import onnxruntime  # type: ignore[import-untyped,unused-ignore]

    runtime: Any = onnxruntime
    runtime.set_default_logger_severity(4)
    options = runtime.SessionOptions()
    options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = runtime.InferenceSession(
        _exposing(path, outputs), options, providers=["CPUExecutionProvider"]
    )
    return [list(session.run(list(outputs), dict(feed))) for feed in feeds]


def _exposing(path: str, outputs: Sequence[str]) -> str:
    """A model like that in `path` which has `outputs` among its own."""
    model = load_structure(path)
    known = {info.name for info in model.graph.output}
    missing = [name for name in outputs if name not in known]
    if not missing:
        return path
    infos = {info.name: info for info in model.graph.value_info}
    model.graph.output.extend(infos.get(name, onnx.ValueInfoProto(name=name)) for name in missing)
    exposed = Path(path).with_suffix(".exposed.onnx")
    exposed.write_bytes(model.SerializeToString())
    return str(exposed)
