# SPDX-License-Identifier: Apache-2.0
"""What `onnx-opt model.onnx --fold-bn -o folded.onnx` costs on whole networks, against other tools (extra [bench]).

Every run is a whole process; the tools take turns, and ratios are medians over the rounds.  What each tool makes of a
network is run once on onnxruntime, and its largest difference to the network as it was is shown.

    python -m bench.whole_models [--check] [--write] [--model FILE ...]
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .models import ONNXSCRIPT, ROOT, SCRIPTS, Run, run
from .report import Bound, arguments, finish, table

# This process imports neither numpy nor onnx: the peak memory of a child begins with that of its parent.

TIME_LIMIT = 300.0  # seconds
SLOW = 30.0  # seconds; a tool that needs more runs in one round only
ROUNDS = 5
OURS = "`onnx-opt`"
NETWORKS = ("resnet-152", "bert-base")

DIFFERENCE = """\
import sys
import numpy as np
import onnx
import onnxruntime

def outputs(path):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    random = np.random.default_rng(0)
    feed = {}
    for each in session.get_inputs():
        shape = [size if isinstance(size, int) and size > 0 else 32 for size in each.shape]
        shape[0] = shape[0] if isinstance(each.shape[0], int) else 1
        integers = "int" in each.type
        array = random.integers(0, 2, shape) if integers else random.standard_normal(shape)
        names = {"tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(float)": np.float32}
        feed[each.name] = np.asarray(array, names[each.type])
    return session.run(None, feed)

before, after = map(outputs, sys.argv[1:])
worst = max(
    float(np.max(np.abs(a - b)) / max(float(np.max(np.abs(a))), 1e-30))
    for a, b in zip(before, after, strict=True)
    if a.size
)
print(worst)
"""


@dataclass(frozen=True)
class Tool:
    """A command that reads {source} and writes {result}."""

    name: str
    command: tuple[str, ...]
    module: str


TOOLS = (
    Tool(OURS, (str(Path(SCRIPTS, "onnx-opt")), "{source}", "--fold-bn", "-o", "{result}"), "onnx_opt"),
    Tool("onnxscript", (sys.executable, "-c", ONNXSCRIPT, "{source}", "{result}", "", "default"), "onnxscript"),
    *(
        Tool(name, (str(Path(SCRIPTS, name)), "{source}", "{result}"), name)
        for name in ("onnxsim", "onnxslim", "onnxoptimizer")
    ),
)  # fmt: skip


class Benchmark:
    """Runs of tools on networks.  runs: by network and tool; absent where a tool fails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.tools = [tool for tool in TOOLS if importlib.util.find_spec(tool.module)]
        self.runs: dict[tuple[str, str], list[Run]] = {}
        self.differences: dict[tuple[str, str], float] = {}
        self.failures: list[str] = []

    def measure(self, name: str, source: Path) -> None:
        """One round that warms up and is checked, then the rounds that count."""
        os.sync()
        quick: list[Tool] = []
        for tool in self.tools:
            try:
                sample = self._run(tool, source, name)
            except RuntimeError as error:
                said = str(error).splitlines()[-1].replace(f"{self._folder}/", "")
                self.failures.append(f"{tool.name} on {name}: {said[:100]}")
                continue
            if sample is None:
                self.failures.append(f"{tool.name} on {name}: more than {TIME_LIMIT:g} s")
                continue
            self.runs[name, tool.name] = [sample] if sample.wall > SLOW else []
            quick += [tool] if sample.wall <= SLOW else []
        for number in range(ROUNDS):
            shift = number % max(1, len(quick))  # none is always the one after the same other
            for tool in quick[shift:] + quick[:shift]:
                sample = self._run(tool, source)
                if sample is not None:
                    self.runs[name, tool.name].append(sample)
        print(f"{name}: measured", file=sys.stderr, flush=True)

    def _run(self, tool: Tool, source: Path, checked: str = "") -> Run | None:
        results = self._folder / "results"
        results.mkdir()
        result = results / "folded.onnx"
        try:
            command = [part.format(source=source, result=result) for part in tool.command]
            sample = run(command, TIME_LIMIT)
            if sample and checked:
                compared = subprocess.run(
                    [sys.executable, "-c", DIFFERENCE, source, result],
                    capture_output=True, text=True, check=False,
                )  # fmt: skip
                if compared.returncode:
                    raise RuntimeError(compared.stderr)
                self.differences[checked, tool.name] = float(compared.stdout)
        finally:
            shutil.rmtree(results)  # before it is written to the disk
        return sample

    def table(self, names: Sequence[str], cost: str, title: str) -> str:
        """A cost of every tool on every network."""
        rows = [[name, *(self._cell(name, tool, cost) for tool in self.tools)] for name in names]
        return table([title, *(tool.name for tool in self.tools)], rows)

    def _cell(self, name: str, tool: Tool, cost: str) -> str:
        runs = self.runs.get((name, tool.name))
        if not runs:
            return ""
        if cost == "difference":
            return f"{self.differences[name, tool.name]:.1e}"
        median = statistics.median(getattr(each, cost) for each in runs)
        return f"{median:,.{0 if cost == 'peak' else 2}f}"

    def bounds(self, names: Sequence[str]) -> list[Bound]:
        """We are the fastest."""
        found: list[Bound] = []
        for name in names:
            ours = self.runs[name, OURS]
            for tool in self.tools:
                theirs = self.runs.get((name, tool.name))
                if theirs and tool.name != OURS:
                    ratios = [a.wall / b.wall for a, b in zip(ours, theirs, strict=False)]
                    title = f"{name}, wall time / {tool.name}"
                    found.append(Bound(title, statistics.median(ratios), 1.0))
        return found


def main() -> int:
    """Measure, and judge the promises."""
    parser = arguments("Measure onnx-opt model.onnx --fold-bn -o folded.onnx on whole networks.")
    parser.add_argument(
        "--model", type=Path, action="append", default=[], help="a model of yours, too"
    )
    options = parser.parse_args()
    models: list[Path] = options.model
    with tempfile.TemporaryDirectory() as folder:
        benchmark = Benchmark(Path(folder))
        names: list[str] = []
        source = Path(folder, "model.onnx")
        for network in NETWORKS:
            command = [sys.executable, "-m", "bench.networks", network, str(source)]
            subprocess.run(command, cwd=ROOT, check=True)
            names.append(network)
            benchmark.measure(network, source)
        for model in models:
            shutil.copyfile(model, source)
            names.append(model.stem)
            benchmark.measure(model.stem, source)
    titles = {
        "wall": "Wall time, s",
        "cpu": "CPU time, s",
        "peak": "Peak memory, MB",
        "difference": "Largest difference",
    }
    parts = [benchmark.table(names, cost, title) for cost, title in titles.items()]
    parts += [f"Failed: {failure}\n" for failure in benchmark.failures]
    return finish("whole-models", "\n".join(parts), benchmark.bounds(names), options)


if __name__ == "__main__":
    sys.exit(main())
