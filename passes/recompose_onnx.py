# SPDX-License-Identifier: Apache-2.0
"""Find ops of ONNX in the ops that they are made of.

    a, b quantized: Q(DQ(a) @ DQ(b)) is QLinearMatMul(a, b), where each has one scale

Source: onnx-mlir's pass of the same name.
"""

from __future__ import annotations

from typing import Any

from .recomposition import gelu, layer_norm
from .rewriting import (
    NoMatch,
    RewritePass,
    Rewriter,
    Rewritten,
    Rule,
    element_type,
    present,
    rank,
    values,
)
from .rewriting.ops import DequantizeLinear, MatMul, QLinearMatMul, QuantizeLinear

a, a_scale, a_zero = values("a a_scale a_zero")
b, b_scale, b_zero = values("b b_scale b_zero")
y_scale, y_zero = values("y_scale y_zero")

RULES = (
    Rule(
        "qlinear-matmul",
        QuantizeLinear(
            MatMul(DequantizeLinear(a, a_scale, a_zero), DequantizeLinear(b, b_scale, b_zero)),
            y_scale,
            y_zero,
        ),
        QLinearMatMul(a, a_scale, a_zero, b, b_scale, b_zero, y_scale, y_zero),
        (
            *(rank(each, 0) for each in (a_scale, b_scale, y_scale)),
            *(present(each) for each in (a_zero, b_zero, y_zero)),
            *(element_type(each, "i8", "ui8") for each in (a, b)),
        ),
    ),
)


def compose_product(op: Any, rewriter: Rewriter, **options: Any) -> NoMatch | Rewritten:
    """What a Mul may be the last step of."""
    found = gelu.gelu(op, rewriter, **options)
    return found if isinstance(found, Rewritten) else layer_norm.layer_norm(op, rewriter, **options)


PASS = RewritePass(
    argument="recompose-onnx",
    summary="Find ops of ONNX in the ops that they are made of",
    verb="recomposed",
    rules=RULES,
    patterns={gelu.ROOT: compose_product},
)
