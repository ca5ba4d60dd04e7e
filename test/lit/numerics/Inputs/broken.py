# SPDX-License-Identifier: Apache-2.0
"""Passes that change what a module computes."""

from __future__ import annotations

from typing import Any

from onnx_opt.dialect import onnx
from onnx_opt.passes.rewriting import RewritePass, Rewriter, Rewritten


def drop_relu(relu: Any, rewriter: Rewriter) -> Rewritten:
    """Relu(x) -> x, which is wrong for a negative x."""
    return rewriter.replace(relu, [relu.X])


PASSES = [
    RewritePass(
        argument="drop-relu",
        summary="Relu(x) -> x",
        patterns={onnx.Relu: drop_relu},
        verb="dropped",
    )
]
