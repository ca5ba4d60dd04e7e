# SPDX-License-Identifier: Apache-2.0
"""What it costs to read a module and write it again, as text and as bytecode, beside C++: MLIR's own mlir-opt.

Chains of Gemm + BatchNormalization + Relu blocks.  `onnx-opt` reads and prints onnx-mlir's form and verifies the ops;
mlir-opt, which does not know them, reads and prints the same module in generic form and takes it as it is.  Whole
processes in turns: CPU time (user and system), and peak memory.

    python -m bench.text [--check] [--write] [--quick]

It needs mlir-opt of LLVM 22 (Debian: mlir-22-tools) and measures nothing without.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .models import Run, run
from .report import Bound, arguments, exponent, finish, table

ROOT = Path(__file__).resolve().parent.parent
ONNX_OPT = str(Path(sysconfig.get_path("scripts"), "onnx-opt"))
MLIR_OPT = next(filter(None, map(shutil.which, ("mlir-opt-22", "mlir-opt"))), None)
FLOOR = [sys.executable, "-c", "import torch_mlir.ir"]
TIME_LIMIT = 120.0


@dataclass(frozen=True)
class Case:
    """A module to read and write.

    literals: of `bench.text_models`.  suffix: that of the files.  most: the promise, our CPU time over mlir-opt's.
    """

    name: str
    blocks: int
    literals: str
    rounds: int
    most: float
    suffix: str = "mlir"
    most_memory: float = 1.5


SIZES = [
    Case("1,000 blocks", 1000, "lists", 5, 1.0),
    Case("5,000 blocks", 5000, "lists", 3, 1.0),
    Case("10,000 blocks", 10_000, "lists", 2, 1.0),
]
FORMS = [
    Case("1,000 blocks, all in decimal", 1000, "decimal", 2, 1.0),
    Case("1,000 blocks, all in hexadecimal", 1000, "hexadecimal", 3, 1.0),
    Case("5,000 blocks, resources", 5000, "resources", 3, 2.2),
    Case("1,000 blocks, 24 attributes more an op", 1000, "attributes", 3, 1.0),
]
BYTECODE = [Case("5,000 blocks, bytecode", 5000, "lists", 5, 3.1, "mlirbc")]
DOZEN_LINES = Case("a dozen lines", 1, "short", 9, 8.0, most_memory=3.0)
MAX_EXPONENT = 1.1


def timed(command: list[str]) -> Run:
    """A process that ends well and in time; raises RuntimeError."""
    found = run(command, TIME_LIMIT)
    if found is None:
        raise RuntimeError(f"{' '.join(command)}: more than {TIME_LIMIT:g} s")
    return found


def gemms(path: Path) -> int:
    """How many Gemms a text has, read line by line: a child's peak memory begins with ours."""
    with path.open("rb") as stream:
        return sum(b'"onnx.Gemm"' in line for line in stream)


class Benchmark:
    """Runs of both tools, and what they cost."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.runs: dict[str, list[tuple[Run, Run]]] = {}

    def measure(self, case: Case, rounds: int) -> None:
        """A round that warms up and is checked, then those that count: (ours, mlir-opt's)."""
        assert MLIR_OPT is not None
        pretty, generic, result = (
            self._folder / f"{name}.{case.suffix}" for name in ("pretty", "generic", "result")
        )
        self._write(case, pretty, generic)
        commands = (
            [ONNX_OPT, str(pretty), "-o", str(result)]
            + ["--use-dense-resources"] * (case.literals == "resources"),
            [MLIR_OPT, str(generic), "--allow-unregistered-dialect", "-o", str(result)]
            + ["--emit-bytecode"] * (case.suffix == "mlirbc"),
        )
        for command in commands:
            timed(command)
            if case.suffix == "mlir" and gemms(result) != case.blocks:
                raise RuntimeError(f"{' '.join(command)}: not the same module")
        pairs = [(timed(commands[0]), timed(commands[1])) for _ in range(rounds)]
        self.runs[case.name] = pairs
        shown = ", ".join(f"{ours.cpu:.2f} / {theirs.cpu:.2f}" for ours, theirs in pairs)
        print(f"{case.name}: {shown}", file=sys.stderr, flush=True)

    def _write(self, case: Case, pretty: Path, generic: Path) -> None:
        texts = [path.with_suffix(".mlir") for path in (pretty, generic)]
        # In a process of its own: the peak memory of a child begins with that of its parent.
        command = [sys.executable, "-m", "bench.text_models", *map(str, texts)]
        subprocess.run([*command, case.literals, str(case.blocks)], cwd=ROOT, check=True)
        if case.suffix == "mlirbc":
            for text, path in zip(texts, (pretty, generic), strict=True):
                subprocess.run([ONNX_OPT, str(text), "-o", str(path)], check=True)

    def ratio(self, case: Case, cost: str) -> float:
        """The median, over the rounds, of our cost over mlir-opt's."""
        ratios: list[float] = [
            getattr(ours, cost) / getattr(theirs, cost) for ours, theirs in self.runs[case.name]
        ]
        return statistics.median(ratios)

    def median(self, case: Case, which: int, cost: str = "cpu") -> float:
        """The median of our cost (0), or of mlir-opt's (1)."""
        costs: list[float] = [getattr(pair[which], cost) for pair in self.runs[case.name]]
        return statistics.median(costs)

    def row(self, case: Case) -> list[str]:
        """A line of the table."""
        return [
            case.name,
            f"{self.median(case, 0):.2f}",
            f"{self.median(case, 1):.2f}",
            f"{self.ratio(case, 'cpu'):.2f}",
            f"{self.median(case, 0, 'peak'):,.0f}",
            f"{self.median(case, 1, 'peak'):,.0f}",
            f"{self.ratio(case, 'peak'):.2f}",
        ]


def main() -> int:
    """Measure, and judge the promises."""
    parser = arguments("Measure how modules are read and written, beside mlir-opt.")
    parser.add_argument(
        "--quick", action="store_true", help="1,000 blocks and a dozen lines, few rounds"
    )
    options = parser.parse_args()
    if options.quick and options.write:
        parser.error("--quick does not measure what --write writes")
    if MLIR_OPT is None:
        print("skipped: there is no mlir-opt of LLVM 22 (Debian: mlir-22-tools)")
        return 0
    cases = [DOZEN_LINES, SIZES[0]] if options.quick else [DOZEN_LINES, *SIZES, *FORMS, *BYTECODE]
    with tempfile.TemporaryDirectory() as name:
        benchmark = Benchmark(Path(name))
        for case in cases:
            benchmark.measure(case, 3 if options.quick else case.rounds)
        floor = statistics.median(timed(FLOOR).cpu for _ in range(9))
    header = [
        "Module",
        "`onnx-opt`, s",
        "mlir-opt, s",
        "ratio",
        "`onnx-opt`, MB",
        "mlir-opt, MB",
        "ratio",
    ]
    body = table(header, [benchmark.row(case) for case in cases])
    body += f"\nPython and the import of MLIR's bindings alone: {floor:.3f} s.\n"
    bounds: list[Bound] = []
    for case in cases:
        bounds.append(
            Bound(f"{case.name}, CPU time / mlir-opt", benchmark.ratio(case, "cpu"), case.most)
        )
        memory = Bound(
            f"{case.name}, peak memory / mlir-opt", benchmark.ratio(case, "peak"), case.most_memory
        )
        bounds.append(memory)
    if not options.quick:
        seconds = [benchmark.median(case, 0) - floor for case in SIZES]
        grows = exponent([case.blocks for case in SIZES], seconds)
        bounds.append(Bound("growth exponent from 1,000 blocks on", grows, MAX_EXPONENT))
    return finish("text", body, bounds, options)


if __name__ == "__main__":
    sys.exit(main())
