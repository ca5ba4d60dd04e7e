# SPDX-License-Identifier: Apache-2.0
"""The child process: does one task and leaves the answer in a file.  An engine that crashes ends only this process."""

from __future__ import annotations

import pickle
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from .evaluator import evaluator, load
from .inputs import Input, draw
from .models import load_structure
from .precision import has_elements

Feeds = Sequence[Mapping[str, Any]]


def main(folder: str) -> None:
    """Do the task that lies in `folder`, a folder that only the parent process writes to."""
    task, arguments = pickle.loads(Path(folder, "task").read_bytes())
    told = answer(task, arguments)
    with Path(folder, "answer").open("wb") as stream:
        pickle.dump(told, stream, protocol=5)


def answer(task: str, arguments: Sequence[Any]) -> tuple[str, Any]:
    """What the parent is told of a task: "ok" and what it gives, or "error" and what `described` says."""
    warnings.simplefilter("ignore")
    try:
        return "ok", _FUNCTIONS[task](*arguments)
    except Exception as error:
        return "error", described(error)


def described(error: BaseException) -> tuple[str, str]:
    """The class of an error, and what went wrong at the bottom, on one line: what an EngineError is made of."""
    error_class = type(error).__name__
    while error.__cause__ is not None:
        error = error.__cause__
    return error_class, " ".join(str(error).split())[:300] or type(error).__name__


def _run_models(
    engine: str, models: Sequence[tuple[str, Sequence[str]]], feeds: Feeds
) -> list[list[list[Any]] | tuple[str, str]]:
    """For each of `models`, (path, values), what its values are for each of `feeds`; or what is wrong with it.

    The values need not be outputs of the graph.
    """
    run = _on_onnxruntime if engine == "onnxruntime" else _on_reference
    results: list[list[list[Any]] | tuple[str, str]] = []
    for path, outputs in models:
        try:
            results.append(run(path, feeds, list(outputs)))
        except Exception as error:
            results.append(described(error))
    return results


def _search(
    engine: str,
    path: str,
    outputs: list[str],
    feed: Mapping[str, Any],
    inputs: Sequence[Input],
    candidates: Sequence[Mapping[str, tuple[int, ...]]],
    seconds: float,
) -> tuple[int | None, int]:
    """The first of `candidates`, shapes of `inputs`, on which a model computes elements for the most of `outputs`.

    Ends at one that has some for all of them, and after so many seconds.  Answers with its number, None where the
    model runs on none, and the number of those outputs.
    """
    run = (_session if engine == "onnxruntime" else _reference)(path, outputs)
    end = time.monotonic() + seconds
    best: tuple[int | None, int] = (None, -1)
    for number, shapes in enumerate(candidates):
        drawn = {each.name: draw(each, shapes[each.name], 0) for each in inputs}
        try:
            filled = sum(map(has_elements, run({**feed, **drawn})))
        except Exception:
            filled = -1
        if filled > best[1]:
            best = (number, filled)
        if filled == len(outputs) or time.monotonic() > end:
            break
    return best


def _on_reference(path: str, feeds: Feeds, outputs: list[str]) -> list[list[Any]]:
    return list(map(_reference(path, outputs), feeds))


def _on_onnxruntime(path: str, feeds: Feeds, outputs: list[str]) -> list[list[Any]]:
    return list(map(_session(path, outputs), feeds))


Run = Callable[[Mapping[str, Any]], list[Any]]


def _reference(path: str, outputs: list[str]) -> Run:
    """What runs a model on the reference evaluator."""
    model, arrays = load(path)
    runner: Any = evaluator(model)

    def run(feed: Mapping[str, Any]) -> list[Any]:
        with np.errstate(all="ignore"):
            return list(runner.run(outputs, {**arrays, **feed}))

    return run


def _session(path: str, outputs: list[str]) -> Run:
    """What runs a model on onnxruntime."""
    import onnxruntime  # type: ignore[import-untyped,unused-ignore]

    runtime: Any = onnxruntime
    runtime.set_default_logger_severity(4)
    options = runtime.SessionOptions()
    options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = runtime.InferenceSession(
        _exposing(path, outputs), options, providers=["CPUExecutionProvider"]
    )
    return lambda feed: list(session.run(outputs, dict(feed)))


def _exposing(path: str, outputs: list[str]) -> str:
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


def _run_exact(*arguments: Any) -> Any:
    from .exact import run_exact

    return run_exact(*arguments)


_FUNCTIONS = {"run": _run_models, "exact": _run_exact, "search": _search}
