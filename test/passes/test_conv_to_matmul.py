# SPDX-License-Identifier: Apache-2.0
"""A Conv that --decompose-onnx=enable-conv-to-matmul takes apart gives what ONNX's evaluator says of the Conv."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from onnx.reference import ReferenceEvaluator

from onnx_opt.dialect import make_context, parse, verify
from onnx_opt.exporter import export_model
from onnx_opt.passes.decompose_onnx import PASS


def run(text: str, operands: list[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """The result of the function of a text."""
    module = parse(text, context=make_context())
    assert verify(module) == []
    model = export_model(module)
    names = [each.name for each in model.graph.input]
    results: Any = ReferenceEvaluator(model).run(None, dict(zip(names, operands, strict=True)))
    found: np.ndarray[Any, Any] = results[0]
    return found


def columns(
    x: np.ndarray[Any, Any],
    kernel: list[int],
    strides: list[int],
    dilations: list[int],
    pads: list[int],
) -> np.ndarray[Any, Any]:
    """Im2Col: for each place of the kernel what it sees, by channel and place in the kernel."""
    x = np.pad(x, [(0, 0), (0, 0), (pads[0], pads[2]), (pads[1], pads[3])])
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True)]
    seen = np.lib.stride_tricks.sliding_window_view(x, reach, (2, 3))
    seen = seen[:, :, :: strides[0], :: strides[1], :: dilations[0], :: dilations[1]]
    batch, channels, rows, places = seen.shape[:4]
    ordered = seen.transpose(0, 1, 4, 5, 2, 3)
    return np.ascontiguousarray(
        ordered.reshape(batch, channels * kernel[0] * kernel[1], rows * places)
    )


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(
    ("kernel", "strides", "dilations", "pads"),
    [
        ([1, 1], [1, 1], [1, 1], [0, 0, 0, 0]),
        ([1, 1], [2, 1], [1, 1], [0, 0, 0, 0]),
        ([1, 1], [1, 1], [1, 1], [0, 1, 0, 0]),
        ([3, 2], [1, 1], [1, 1], [0, 0, 0, 0]),
        ([3, 2], [2, 3], [1, 2], [1, 0, 2, 1]),
    ],
)
def test_conv_to_matmul(
    batch: int, bias: bool, kernel: list[int], strides: list[int], dilations: list[int], pads: list[int]
) -> None:  # fmt: skip
    rng = np.random.default_rng(0)
    x = rng.integers(-3, 4, (batch, 2, 6, 7)).astype(np.float32)
    w = rng.integers(-3, 4, (3, 2, *kernel)).astype(np.float32)
    b = rng.integers(-3, 4, (3,)).astype(np.float32)
    window = f"kernel_shape = {kernel}, strides = {strides}, dilations = {dilations}, pads = {pads}"
    k = "x".join(map(str, kernel))
    types = f"tensor<{batch}x2x6x7xf32>, tensor<3x2x{k}xf32>"
    rest = ("%b", "tensor<3xf32>") if bias else ("%none", "none")
    text = f"""func.func @main(%x: tensor<{batch}x2x6x7xf32>, %w: tensor<3x2x{k}xf32>, %b: tensor<3xf32>) -> tensor<*xf32> {{
      %none = "onnx.NoValue"() : () -> none
      %y = "onnx.Conv"(%x, %w, {rest[0]}) {{{window}}} : ({types}, {rest[1]}) -> tensor<*xf32>
      onnx.Return %y : tensor<*xf32>
    }}"""
    expected = run(text, [x, w, b])
    module = parse(text, context=make_context())
    PASS.run(module.operation, {"enable-conv-to-matmul": True})
    after = str(module)
    assert "onnx.Conv" not in after
    operands = [x, w, b]
    if found := re.search(r'^ *(%\d+) = "onnx.Im2Col".*$', after, re.MULTILINE):
        # What Im2Col gives becomes an argument, for it has no form in ONNX.
        seen = columns(x, kernel, strides, dilations, pads)
        shape = "x".join(map(str, seen.shape))
        after = after.replace(found.group(0), "")
        after = re.sub(rf"{found.group(1)}\b", "%seen", after)
        after = re.sub(
            r"(%arg2: tensor<3xf32>)", rf"\1, %seen: tensor<{shape}xf32>", after, count=1
        )
        after = re.sub(rf"tensor<\?x{seen.shape[1]}x\?xf32>", f"tensor<{shape}xf32>", after)
        operands.append(seen)
    np.testing.assert_array_equal(run(after, operands), expected)
