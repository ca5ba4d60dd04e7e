# SPDX-License-Identifier: Apache-2.0
"""How long onnx-opt takes to start, against importing onnxscript's rewriter (extra [bench]).

The commands take turns, so that what slows the machine for a while slows all of them.

    python -m bench.startup [--check] [--write] [--rounds 15]
"""

from __future__ import annotations

import statistics
import sys
import sysconfig
import tempfile
from pathlib import Path

from .report import Bound, arguments, finish, table, wall_time

TEN_LINES = """\
// Ten lines: a Gemm and what scales it.
func.func @main_graph(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<1.0> : tensor<2x2xf32>
  %p = onnx.Constant dense<2.0> : tensor<2xf32>
  %z = "onnx.Gemm"(%x, %b, %p) : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %p, %p, %p, %p)
      : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  // The result of the chain.
  onnx.Return %y : tensor<1x2xf32>
}
"""
MAX_SECONDS = 0.5
MAX_RATIO = 0.6


def main() -> int:
    """Measure, and judge the promises."""
    parser = arguments("Measure how long onnx-opt takes to start.")
    parser.add_argument("--rounds", type=int, default=15, help="how often each command runs")
    options = parser.parse_args()

    onnx_opt = str(Path(sysconfig.get_path("scripts"), "onnx-opt"))
    commands = {
        '`python -c "import onnxscript.rewriter"`': [
            sys.executable,
            "-c",
            "import onnxscript.rewriter",
        ],
        "`onnx-opt ten_lines.mlir --fold-bn-into-gemm`": [
            onnx_opt,
            "ten_lines.mlir",
            "--fold-bn-into-gemm",
        ],
        "`onnx-opt --help`": [onnx_opt, "--help"],
        "`onnx-opt --version`": [onnx_opt, "--version"],
        '`python -c ""`': [sys.executable, "-c", ""],
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "ten_lines.mlir").write_text(TEN_LINES)
        for command in commands.values():  # warms up
            wall_time(command, folder)
        rounds = [
            [wall_time(command, folder) for command in commands.values()]
            for _ in range(options.rounds)
        ]

    # In the order of `commands`: seconds, and the same round's time over that of the first command.
    seconds = [statistics.median(column) for column in zip(*rounds, strict=True)]
    ratios = [statistics.median(row[i] / row[0] for row in rounds) for i in range(len(commands))]
    rows = [
        [title, f"{second:.3f}", f"{ratio:.2f}"]
        for title, second, ratio in zip(commands, seconds, ratios, strict=True)
    ]
    bounds = [
        Bound("a ten-line file, seconds", seconds[1], MAX_SECONDS),
        Bound("a ten-line file / importing onnxscript.rewriter", ratios[1], MAX_RATIO),
        Bound("--help / importing onnxscript.rewriter", ratios[2], MAX_RATIO),
    ]
    return finish("startup", table(["Command", "seconds", "ratio"], rows), bounds, options)


if __name__ == "__main__":
    sys.exit(main())
