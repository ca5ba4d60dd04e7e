# SPDX-License-Identifier: Apache-2.0
"""What `onnx-opt model.onnx --fold-bn-into-gemm -o folded.onnx` costs, against other tools (extra [bench]).

Every run is a whole process: wall time, CPU time and peak resident memory. The tools take turns, so that what slows the
machine for a while slows all of them; ratios are medians over the rounds. Each tool's result is checked once, and
a wrong one is an error. Chains of Conv are folded by `--fold-bn`. A tool that is not installed is left out; only
--quick can do without onnxscript.

    python -m bench.models [--check] [--write] [--quick]
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .report import Bound, arguments, exponent, finish, table

# This process imports neither numpy nor onnx: the peak memory of a child begins with that of its parent.

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = sysconfig.get_path("scripts")
TIME_LIMIT = 60.0  # seconds; a tool that needs more is not tried on longer chains
SLOW = 10.0  # seconds; a tool that needs more runs in one round only
OURS = "`onnx-opt`"
RULES = "onnxscript, BN rules"
FLOOR = "numpy"

ONNXSCRIPT = """\
import sys
import onnx_ir
from onnxscript.rewriter import rewrite
source, result, external, which = sys.argv[1:]
model = onnx_ir.load(source)
if which == "default":
    model = rewrite(model)
else:
    from onnxscript.rewriter.rules.common import _fuse_batchnorm
    model = rewrite(model, pattern_rewrite_rules=_fuse_batchnorm.rules)
onnx_ir.save(model, result, external_data=external or None)
"""


@dataclass(frozen=True)
class Model:
    """A chain of blocks to measure on."""

    name: str
    blocks: int
    features: int
    rounds: int
    relu: bool = True
    external: bool = False
    op: str = "Gemm"

    @property
    def flag(self) -> str:
        """What folds it: for a Conv the pass that does all folds, as people use it."""
        return "--fold-bn" if self.op == "Conv" else "--fold-bn-into-gemm"

    def command(self, action: str, path: Path) -> list[str]:
        """The command that writes the model, or checks what became of it."""
        size = ["--blocks", str(self.blocks), "--features", str(self.features), "--op", self.op]
        flags = ["--no-relu"] * (not self.relu)
        flags += ["--external"] * (self.external and action == "write")
        return [sys.executable, "-m", "bench.chain_models", action, str(path), *size, *flags]


@dataclass(frozen=True)
class Tool:
    """What folds a model, or is meant to: a command that reads {source} and writes {result}."""

    name: str
    command: tuple[str, ...]
    module: str
    max_blocks: int = 5000
    max_features: int = 8192

    def takes(self, model: Model) -> bool:
        """Whether the model is small enough for it, and of a kind that it is measured on."""
        is_known = model.op == "Gemm" or self.name in QUICK_TOOLS
        return is_known and model.blocks <= self.max_blocks and model.features <= self.max_features

    def arguments(self, model: Model, source: Path, result: Path) -> list[str]:
        """The command for one model."""
        external = f"{result.name}.data" if model.external else ""
        given = {"source": source, "result": result, "external": external, "flag": model.flag}
        return [a.format(**given) for a in self.command]


@dataclass(frozen=True)
class Run:
    """One process: seconds, seconds of CPU, MB at its peak."""

    wall: float
    cpu: float
    peak: float


# In order of size: a tool that exceeds the time limit is not tried on what follows.
TEN_NODES = Model("ten nodes", 5, 64, rounds=9, relu=False)
CHAINS = [
    Model("10 blocks of 64", 10, 64, rounds=9),
    Model("100 blocks of 64", 100, 64, rounds=9),
    Model("1,000 blocks of 64", 1000, 64, rounds=7),
    Model("5,000 blocks of 64", 5000, 64, rounds=7),
]
CONVOLUTIONS = [
    Model("100 Convs of 64, 3x3", 100, 64, rounds=7, op="Conv"),
    Model("500 Convs of 64, 3x3", 500, 64, rounds=7, op="Conv"),
]
WIDE = [
    Model("4 blocks of 1,024", 4, 1024, rounds=7),
    Model("4 blocks of 4,096", 4, 4096, rounds=7),
    Model("4 blocks of 8,192, external", 4, 8192, rounds=9, external=True),
]
TOOLS = [
    Tool(
        OURS,
        (str(Path(SCRIPTS, "onnx-opt")), "{source}", "{flag}", "-o", "{result}"),
        "onnx_opt",
    ),
    Tool(
        RULES,
        (sys.executable, "-c", ONNXSCRIPT, "{source}", "{result}", "{external}", "bn"),
        "onnxscript",
    ),
    Tool(FLOOR, (sys.executable, str(ROOT / "bench" / "floor.py"), "{source}", "{result}"), "onnx"),
    Tool(
        "onnxscript, default",
        (sys.executable, "-c", ONNXSCRIPT, "{source}", "{result}", "{external}", "default"),
        "onnxscript",
        max_blocks=1000,
        max_features=4096,
    ),
    *(
        Tool(
            name,
            (str(Path(SCRIPTS, name)), "{source}", "{result}"),
            name,
            max_blocks=1000,
            max_features=1024,
        )
        for name in ("onnxsim", "onnxslim", "onnxoptimizer")
    ),
]
QUICK_TOOLS = (OURS, RULES, FLOOR)

MAX_EXPONENT = 1.1
MAX_TEN_NODES = 0.7  # seconds
MAX_WALL_5000 = 0.5  # of onnxscript's BN rules, as the next two
MAX_WALL_1GB = 0.9
MAX_PEAK_1GB = 0.5
# Of the numpy script, and megabytes.  docs/performance.md says what was aimed at, and why some of it is not reached.
MAX_OF_FLOOR = {
    "ten nodes": 1.2,
    "1,000 blocks of 64": 1.9,
    "5,000 blocks of 64": 2.2,
    "500 Convs of 64, 3x3": 1.0,
    "4 blocks of 8,192, external": 1.3,
}
MAX_PEAK_EXTERNAL = 115


def run(command: Sequence[str], limit: float) -> Run | None:
    """Run a process to its end; None if it exceeds the limit, and an error if it fails."""
    # Without its caches Python would compile every module at every start.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    expired = threading.Event()

    def kill() -> None:
        expired.set()
        process.kill()

    with tempfile.TemporaryFile() as log:
        timer = threading.Timer(limit, kill)
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if expired.is_set():
            return None
        if process.returncode:
            log.seek(0)
            message = log.read().decode(errors="replace")
            raise RuntimeError(f"{' '.join(command)}: exit {process.returncode}\n{message}")
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6)


class Benchmark:
    """Runs of tools on models, and what they cost."""

    def __init__(self, tools: Sequence[Tool], folder: Path, max_rounds: int) -> None:
        self._folder, self._max_rounds = folder, max_rounds
        self.tools = [tool for tool in tools if importlib.util.find_spec(tool.module)]
        self.runs: dict[tuple[str, str], list[Run]] = {}
        """The rounds of (model, tool): not there if the tool was not tried, empty if it took too long."""
        self.left: dict[str, float] = {}
        """The largest share of a model's batch normalizations that each tool left."""
        self.ulp: dict[str, float] = {}
        """The largest error of each tool's weights."""
        self.loads: list[float] = []
        """The load average, over a minute, before each round."""

    def measure_series(self, models: Sequence[Model]) -> None:
        """Measure models of growing size; a tool that was too late is not tried on the next."""
        tools = self.tools
        for model in models:
            self.measure(model, [tool for tool in tools if tool.takes(model)])
            tools = [tool for tool in tools if self.runs.get((model.name, tool.name)) != []]

    def measure(self, model: Model, tools: Sequence[Tool]) -> None:
        """One round that warms up and is checked, then the rounds that count."""
        inputs = self._folder / "inputs"
        inputs.mkdir()
        source = inputs / "model.onnx"
        subprocess.run(model.command("write", source), cwd=ROOT, check=True)
        os.sync()
        quick: list[Tool] = []
        for tool in tools:
            sample = self._run(model, tool, source, check=True)
            if sample is None and tool.name == OURS:
                raise RuntimeError(f"{OURS} on {model.name}: more than {TIME_LIMIT:g} s")
            slow = sample is not None and sample.wall > SLOW
            self.runs[model.name, tool.name] = [sample] if sample and slow else []
            if sample and not slow:
                quick.append(tool)
        for round_ in range(min(model.rounds, self._max_rounds)):
            self.loads.append(os.getloadavg()[0])
            shift = round_ % max(1, len(quick))  # none is always the one after the same other
            for tool in quick[shift:] + quick[:shift]:
                sample = self._run(model, tool, source)
                if sample is None:
                    raise RuntimeError(f"{tool.name} on {model.name}: suddenly too late")
                self.runs[model.name, tool.name].append(sample)
        shutil.rmtree(inputs)
        costs = ", ".join(f"{tool.name} {self.cell(model, tool, 'wall')}" for tool in tools)
        print(f"{model.name}: {costs}", file=sys.stderr, flush=True)

    def _run(self, model: Model, tool: Tool, source: Path, check: bool = False) -> Run | None:
        results = self._folder / "results"
        results.mkdir()
        result = results / "folded.onnx"
        sample = run(tool.arguments(model, source, result), TIME_LIMIT)
        if sample and check:
            self._check(model, tool, result)
        shutil.rmtree(results)  # before it is written to the disk
        return sample

    def _check(self, model: Model, tool: Tool, result: Path) -> None:
        command = model.command("check", result)
        check = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        if check.returncode:
            raise RuntimeError(f"{tool.name} on {model.name}: {check.stderr}")
        found = json.loads(check.stdout)
        self.left[tool.name] = max(self.left.get(tool.name, 0.0), found["left"] / model.blocks)
        self.ulp[tool.name] = max(self.ulp.get(tool.name, 0.0), found["ulp"])

    def median(self, model: Model, tool: str, cost: str) -> float:
        """The median of a cost over the rounds."""
        costs: list[float] = [getattr(r, cost) for r in self.runs[model.name, tool]]
        return statistics.median(costs)

    def ratio(self, model: Model, tool: str, cost: str) -> float | None:
        """The median, over the rounds, of our cost over a tool's; None if it was not measured."""
        ours, theirs = (self.runs.get((model.name, name), []) for name in (OURS, tool))
        ratios = [getattr(a, cost) / getattr(b, cost) for a, b in zip(ours, theirs, strict=False)]
        return statistics.median(ratios) if ratios else None

    def cell(self, model: Model, tool: Tool, cost: str) -> str:
        """A cost for people."""
        runs = self.runs.get((model.name, tool.name))
        if runs is None:
            return ""
        if not runs:
            return f"> {TIME_LIMIT:g} s"
        return f"{self.median(model, tool.name, cost):,.{0 if cost == 'peak' else 2}f}"

    def table(self, models: Sequence[Model], cost: str, title: str) -> str:
        """A cost of every tool on every model, with the ratios to the two that matter."""
        tools = [t for t in self.tools if any((m.name, t.name) in self.runs for m in models)]
        rivals = [t.name for t in tools if t.name in (RULES, FLOOR)]
        header = [title, *(t.name for t in tools), *(f"ours / {rival}" for rival in rivals)]
        rows = [
            [
                model.name,
                *(self.cell(model, tool, cost) for tool in tools),
                *(
                    "" if ratio is None else f"{ratio:.2f}"
                    for ratio in (self.ratio(model, rival, cost) for rival in rivals)
                ),
            ]
            for model in models
        ]
        return table(header, rows)

    def findings(self) -> str:
        """What the tools made of the models."""
        exact = ", ".join(
            f"{name} {ulp:.1f}" for name, ulp in self.ulp.items() if self.left[name] == 0
        )
        idle = [f"{name} {share:.0%}" for name, share in self.left.items() if share]
        lines = [f"Largest error of a folded weight, in ulp: {exact}.\n"]
        if idle:
            lines.append(
                f"BatchNormalizations left after a Gemm: {', '.join(idle)}; the others none.\n"
            )
        load = statistics.median(self.loads)
        lines.append(
            f"Load average while measuring, median: {load:.1f}; without company it is about 1.\n"
        )
        return "\n".join(lines)

    def bounds(self, chains: Sequence[Model]) -> list[Bound]:
        """The promises that these runs can judge."""
        start = self.median(TEN_NODES, OURS, "wall")
        sizes = [model.blocks for model in chains]
        walls = [self.median(model, OURS, "wall") for model in chains]
        bounds = [
            Bound("ten nodes, seconds", start, MAX_TEN_NODES),
            Bound("growth exponent of a whole process", exponent(sizes, walls), MAX_EXPONENT),
        ]
        # What a process costs before it does anything hides how the rest grows, below 1,000 blocks entirely.
        long = {size: wall - start for size, wall in zip(sizes, walls, strict=True) if size >= 1000}
        if len(long) > 1:
            grows = exponent(list(long), list(long.values()))
            title = "growth exponent from 1,000 blocks on, of what exceeds ten nodes"
            bounds.append(Bound(title, grows, MAX_EXPONENT))
        for model, cost, limit in [
            (CHAINS[-1], "wall", MAX_WALL_5000),
            (WIDE[-1], "wall", MAX_WALL_1GB),
            (WIDE[-1], "peak", MAX_PEAK_1GB),
        ]:
            measured = self.ratio(model, RULES, cost)
            if measured is not None:
                title = "wall time" if cost == "wall" else "peak memory"
                bounds.append(Bound(f"{model.name}, {title} / {RULES}", measured, limit))
        for model in [TEN_NODES, *CHAINS, *CONVOLUTIONS, *WIDE]:
            measured = self.ratio(model, FLOOR, "wall")
            if measured is not None and model.name in MAX_OF_FLOOR:
                limit = MAX_OF_FLOOR[model.name]
                bounds.append(Bound(f"{model.name}, wall time / {FLOOR}", measured, limit))
        if (WIDE[-1].name, OURS) in self.runs:
            peak = self.median(WIDE[-1], OURS, "peak")
            bounds.append(Bound(f"{WIDE[-1].name}, peak memory, MB", peak, MAX_PEAK_EXTERNAL))
        return bounds


def main() -> int:
    """Measure, and judge the promises."""
    parser = arguments("Measure onnx-opt model.onnx --fold-bn-into-gemm -o folded.onnx.")
    parser.add_argument("--quick", action="store_true", help="small models, few rounds, few tools")
    options = parser.parse_args()
    if options.quick and options.write:
        parser.error("--quick does not measure what --write writes")
    missing = {tool.module for tool in TOOLS if not importlib.util.find_spec(tool.module)}
    if "onnxscript" in missing and not options.quick:
        parser.error("the bounds are ratios to onnxscript: pip install '.[bench]'")
    chains, wide = (CHAINS[:-1], WIDE[:1]) if options.quick else (CHAINS, WIDE)
    convolutions = CONVOLUTIONS[:-1] if options.quick else CONVOLUTIONS
    tools = [tool for tool in TOOLS if not options.quick or tool.name in QUICK_TOOLS]
    with tempfile.TemporaryDirectory() as folder:
        benchmark = Benchmark(tools, Path(folder), max_rounds=3 if options.quick else sys.maxsize)
        try:
            benchmark.measure_series([TEN_NODES, *chains])
            benchmark.measure_series(convolutions)
            benchmark.measure_series(wide)
        except RuntimeError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
    models = [TEN_NODES, *chains, *convolutions, *wide]
    titles = {"wall": "Wall time, s", "cpu": "CPU time, s", "peak": "Peak memory, MB"}
    tables = [benchmark.table(models, cost, title) for cost, title in titles.items()]
    body = "\n".join([*tables, benchmark.findings()])
    return finish("models", body, benchmark.bounds(chains), options)


if __name__ == "__main__":
    sys.exit(main())
