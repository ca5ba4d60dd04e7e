# SPDX-License-Identifier: Apache-2.0
"""Run models in child processes, so that an engine that crashes is a message, and memory is given back."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .comparison import Exact
    from .inputs import Input

ONNXRUNTIME, REFERENCE = "onnxruntime", "reference"

# The parent's sys.path, so that no file of the current folder is taken for a module.
_START = (
    "import sys; sys.path[:] = sys.argv[2].split('\\n'); from {} import main; main(sys.argv[1])"
)


_here = False


def run_here() -> None:
    """From now on run models in this process, which is a child itself that may crash: it takes 1 s less for each."""
    global _here
    _here = True


class EngineError(Exception):
    """An engine cannot do it.

    error_class: the class of the engine's own error, "" if it crashed.
    """

    def __init__(self, error_class: str, reason: str) -> None:
        super().__init__(reason)
        self.error_class = error_class


def is_installed(engine: str) -> bool:
    """Whether an engine can be used."""
    return engine == REFERENCE or util.find_spec("onnxruntime") is not None


def full_name(engine: str) -> str:
    """An engine with its version."""
    if engine == REFERENCE:
        return f"onnx {metadata.version('onnx')}'s reference evaluator"
    return f"onnxruntime {metadata.version('onnxruntime')}"


def in_a_sentence(engine: str) -> str:
    """What a sentence calls an engine."""
    return "the reference evaluator" if engine == REFERENCE else engine


def run_models(
    engine: str, models: Sequence[tuple[Path, Sequence[str]]], feeds: Sequence[Mapping[str, Any]]
) -> list[list[list[Any]] | EngineError]:
    """For each of `models`, (path, values), what its values are for each of `feeds`; or why there are none."""
    tasks = [(str(path), list(values)) for path, values in models]
    try:
        results: list[list[list[Any]] | tuple[str, str]] = _do(
            models[0][0].parent, "run", engine, tasks, list(feeds)
        )
    except EngineError as error:
        if len(models) == 1:
            return [error]
        # Which of them crashed?
        return [run_models(engine, [model], feeds)[0] for model in models]
    return [EngineError(*each) if isinstance(each, tuple) else each for each in results]


def run_exact(
    before: Path,
    after: Path,
    feeds: Sequence[Mapping[str, Any]],
    outputs: tuple[Sequence[str], Sequence[str]],
) -> list[list[Exact]]:
    """What `exact.run_exact` finds, in a child process.  Raises EngineError."""
    answer: list[list[Exact]] = _do(
        before.parent, "exact", str(before), str(after), list(feeds), outputs
    )
    return answer


def search(
    engine: str,
    model: tuple[Path, Sequence[str]],
    feed: Mapping[str, Any],
    inputs: Sequence[Input],
    candidates: Sequence[Mapping[str, tuple[int, ...]]],
    seconds: float,
) -> tuple[int | None, int]:
    """What `child` finds among `candidates` for a model, (path, outputs).  Raises EngineError."""
    path, outputs = model
    arguments = (engine, str(path), list(outputs), feed, inputs, candidates, seconds)
    answer: tuple[int | None, int] = _do(path.parent, "search", *arguments)
    return answer


def _do(folder: Path, task: str, *arguments: Any) -> Any:
    if _here:
        from .child import answer

        status, content = answer(task, arguments)
    else:
        status, content = _in_child(folder, task, arguments)
    if status != "ok":
        raise EngineError(*content)
    return content


def _in_child(folder: Path, task: str, arguments: Sequence[Any]) -> tuple[str, Any]:
    with tempfile.TemporaryDirectory(dir=folder) as place:
        Path(place, "task").write_bytes(pickle.dumps((task, arguments), protocol=5))
        start = _START.format(f"{__package__}.child")
        command = [sys.executable, "-c", start, place, "\n".join(map(os.path.abspath, sys.path))]
        done = subprocess.run(
            command,
            env={**os.environ, "TMPDIR": place},  # engines leave files of their own
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        answer = Path(place, "answer")
        if done.returncode or not answer.exists():
            raise EngineError("", f"crashed ({_how_it_ended(done)})")
        told: tuple[str, Any] = pickle.loads(answer.read_bytes())
    return told


def _how_it_ended(done: subprocess.CompletedProcess[bytes]) -> str:
    if done.returncode < 0:
        return signal.Signals(-done.returncode).name
    last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
    return last[:200] or f"exit code {done.returncode}"
