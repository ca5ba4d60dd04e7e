# SPDX-License-Identifier: Apache-2.0
"""What --fold-bn-into-gemm costs, and how that grows with the model.

Chains of Gemm + BatchNormalization blocks are parsed, verified, folded and printed in this process, each in a
fresh context, and folded by `onnx-opt` as a whole process. The floor is the fold's arithmetic alone, in numpy.

    python -m bench.fold [--check] [--write] [--sizes 10,100,1000,10000]
"""

from __future__ import annotations

import statistics
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import numpy as np

from onnx_opt.dialect.assembly.printer import to_text
from onnx_opt.dialect.assembly.reader import parse
from onnx_opt.dialect.context import make_context
from onnx_opt.dialect.verifier.verify import verify
from onnx_opt.passes import ALL_PASSES

from .chains import chain, parameters
from .report import Bound, arguments, exponent, finish, table, wall_time

FEATURES = 64
PHASES = ("parse", "verify", "fold", "print")
MAX_EXPONENT = 1.1
MAX_FOLD_MS = 0.25
FULL_SIZE = 10_000
(FOLD,) = [pass_ for pass_ in ALL_PASSES if pass_.argument == "fold-bn-into-gemm"]


def measure_phases(text: str, blocks: int) -> dict[str, float]:
    """CPU seconds of each phase, in a fresh context; the result must be `blocks` Gemms and nothing to fold."""
    times = [time.process_time()]
    context = make_context()
    module = parse(text, context=context)
    times.append(time.process_time())
    errors = verify(module)
    times.append(time.process_time())
    FOLD.run(module.operation, {option.name: option.default for option in FOLD.options}, None)
    times.append(time.process_time())
    printed = to_text(module)
    times.append(time.process_time())
    if errors or printed.count('"onnx.Gemm"') != blocks or "onnx.BatchNormalization" in printed:
        raise AssertionError(f"the chain of {blocks} blocks was not folded: {errors}")
    return {phase: times[i + 1] - times[i] for i, phase in enumerate(PHASES)}


def measure_floor(blocks: int) -> float:
    """CPU seconds of the arithmetic alone: float64, rounded once."""
    arrays = list(parameters(blocks, FEATURES))
    start = time.process_time()
    for b, c, scale, bias, mean, var in arrays:
        s = scale.astype(np.float64) / np.sqrt(var.astype(np.float64) + 1e-5)
        (b * s[:, None]).astype(np.float32)
        ((c - mean.astype(np.float64)) * s + bias).astype(np.float32)
    return time.process_time() - start


def measure(blocks: int, folder: Path) -> dict[str, float]:
    """Medians of every cost of a chain, in seconds; small chains are measured more often."""
    text = chain(blocks, FEATURES)
    source = folder / f"chain{blocks}.mlir"
    source.write_text(text)
    onnx_opt = Path(sysconfig.get_path("scripts"), "onnx-opt")
    command = [str(onnx_opt), str(source), f"--{FOLD.argument}", "-o", str(folder / "folded.mlir")]
    samples: list[dict[str, float]] = []
    for _ in range(9 if blocks <= 100 else 5 if blocks <= 1000 else 3):
        sample = measure_phases(text, blocks)
        sample["floor"] = measure_floor(blocks)
        sample["process"] = wall_time(command, folder)
        samples.append(sample)
    source.unlink()
    return {cost: statistics.median(sample[cost] for sample in samples) for cost in samples[0]}


def main() -> int:
    """Measure, and judge the promises."""
    parser = arguments("Measure --fold-bn-into-gemm on chains of blocks.")
    parser.add_argument("--sizes", default="10,100,1000,10000", help="blocks of each chain")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]

    with tempfile.TemporaryDirectory() as folder:
        measure(min(sizes), Path(folder))  # warms up
        costs = {size: measure(size, Path(folder)) for size in sizes}

    grows = {
        cost: exponent(sizes, [costs[size][cost] for size in sizes]) for cost in costs[sizes[0]]
    }
    header = [
        "Blocks",
        *(f"{phase}, ms a block" for phase in PHASES),
        "fold / numpy",
        "`onnx-opt`, s",
    ]
    rows = [
        [
            f"{size:,}",
            *(f"{1000 * costs[size][phase] / size:.3f}" for phase in PHASES),
            f"{costs[size]['fold'] / costs[size]['floor']:.1f}",
            f"{costs[size]['process']:.2f}",
        ]
        for size in sizes
    ]
    rows.append(
        ["exponent", *(f"{grows[phase]:.2f}" for phase in PHASES), "", f"{grows['process']:.2f}"]
    )

    bounds = [
        Bound(f"growth exponent of {cost}", grows[cost], MAX_EXPONENT)
        for cost in (*PHASES, "process")
    ]
    if FULL_SIZE in costs:
        fold_ms = 1000 * costs[FULL_SIZE]["fold"] / FULL_SIZE
        bounds.append(Bound(f"fold, ms a block, of {FULL_SIZE:,} blocks", fold_ms, MAX_FOLD_MS))
    return finish("fold", table(header, rows), bounds, options)


if __name__ == "__main__":
    sys.exit(main())
