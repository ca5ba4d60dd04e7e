# SPDX-License-Identifier: Apache-2.0
"""Conv with what is added to it, or scales it, by channels; pooling behind Relu."""

from __future__ import annotations

from collections.abc import Mapping

from ..rewriting import (
    Rule,
    along,
    channel,
    const,
    not_made_by,
    not_scalar,
    others,
    present,
    values,
)
from ..rewriting.ops import Add, Conv, MaxPoolSingleOut, Mul, Relu
from ..rewriting.rewriter import Pattern

X, W, B = values("X W B")
window = others()
weights, bias, c = const("W", "O I ..."), const("B", "O", absent=0), const("c", "O", broadcast=True)
known, biased = Conv(X, W, bias, window), Conv(X, W, B, window)
scaled = Conv(X, weights, None, window)

RULES = (
    # Relu behind the pooling has less to do; behind a Conv it stays, where both become one kernel.
    Rule(
        "max-pool-of-relu",
        MaxPoolSingleOut(Relu(X), window),
        Relu(MaxPoolSingleOut(X, window)),
        (not_made_by(X, "Conv"),),
    ),
    # onnx-mlir leaves numbers where they are.
    Rule(
        "add-of-conv",
        Add(known, channel(c, known)),
        Conv(X, W, bias + c, window),
        (not_scalar(c),),
    ),
    Rule(
        "add-of-conv-with-bias",
        Add(biased, channel(c, biased)),
        Conv(X, W, Add(B, channel(c, B, axis=0)), window),
        (present(B), not_scalar(c)),
    ),
    Rule(
        "mul-of-conv",
        Mul(scaled, channel(c, scaled)),
        Conv(X, weights * along(c, 0), None, window),
        (not_scalar(c),),
    ),
)

PATTERNS: Mapping[Pattern, str] = {}
