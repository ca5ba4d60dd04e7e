# SPDX-License-Identifier: Apache-2.0
"""Models to measure on: chains of Gemm + BatchNormalization blocks as onnx-mlir text."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def parameters(
    blocks: int, features: int, seed: int = 0, window: tuple[int, ...] = ()
) -> Iterator[tuple[Array, ...]]:
    """Yield (B, C, scale, bias, mean, var) of each block.

    B is (features, features, *window), the others are (features,).
    """
    rng = np.random.default_rng(seed)
    for _ in range(blocks):
        b = rng.standard_normal((features, features, *window), np.float32)
        c, scale, bias, mean = rng.standard_normal((4, features), np.float32)
        yield b, c, scale, bias, mean, rng.uniform(0.5, 2.0, features).astype(np.float32)


def chain(blocks: int, features: int = 64) -> str:
    """A function of `blocks` blocks, each reading the one before; all weights differ."""
    matrix, vector, value = (
        f"tensor<{features}x{features}xf32>",
        f"tensor<{features}xf32>",
        f"tensor<1x{features}xf32>",
    )
    lines = [f"func.func @main_graph(%y0: {value}) -> {value} {{"]
    for i, arrays in enumerate(parameters(blocks, features), start=1):
        names = [f"%{name}{i}" for name in ("b", "c", "scale", "bias", "mean", "var")]
        for name, array in zip(names, arrays, strict=True):
            kind = matrix if array.ndim == 2 else vector
            lines.append(
                f'  {name} = onnx.Constant dense<"0x{array.tobytes().hex().upper()}"> : {kind}'
            )
        lines.append(
            f'  %z{i} = "onnx.Gemm"(%y{i - 1}, {names[0]}, {names[1]}) {{transB = 1 : si64}}'
            f" : ({value}, {matrix}, {vector}) -> {value}"
        )
        lines.append(
            f'  %y{i} = "onnx.BatchNormalizationInferenceMode"(%z{i}, {", ".join(names[2:])})'
            f" : ({value}{f', {vector}' * 4}) -> {value}"
        )
    lines += [f"  onnx.Return %y{blocks} : {value}", "}", ""]
    return "\n".join(lines)
