# SPDX-License-Identifier: Apache-2.0
"""Conv with what is added to it, or scales it, by channels; pooling behind Relu."""

from __future__ import annotations

from collections.abc import Mapping

from ..rewriting import Rule, along, channel, const, not_made_by, others, present, values
from ..rewriting.ops import Add, Conv, MaxPoolSingleOut, Mul, Relu
from ..rewriting.rewriter import Pattern

X, W, B = values("X W B")
window = others()
weights, c = const("W", "O I ..."), const("c", "O")
plain, biased, scaled = (
    Conv(X, W, None, window),
    Conv(X, W, B, window),
    Conv(X, weights, None, window),
)

RULES = (
    # Relu behind the pooling has less to do; behind a Conv it stays, where both become one kernel.
    Rule(
        "max-pool-of-relu",
        MaxPoolSingleOut(Relu(X), window),
        Relu(MaxPoolSingleOut(X, window)),
        (not_made_by(X, "Conv"),),
    ),
    # One element a channel; a number is no bias.
    Rule("add-of-conv", Add(plain, channel(c, plain)), Conv(X, W, c, window)),
    Rule(
        "add-of-conv-with-bias",
        Add(biased, channel(c, biased)),
        Conv(X, W, Add(B, channel(c, B, axis=0)), window),
        (present(B),),
    ),
    Rule(
        "mul-of-conv",
        Mul(scaled, channel(c, scaled)),
        Conv(X, weights * along(c, 0), None, window),
    ),
)

PATTERNS: Mapping[Pattern, str] = {}
