# SPDX-License-Identifier: Apache-2.0
"""Which sizes of operands must be equal for an op to run: where one is known, so is the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .dims import Dim
from .knowledge import OpFacts

Pairs = Iterator[tuple[Dim, Dim]]


def equal_sizes(facts: OpFacts) -> Pairs:
    """Pairs of sizes of the operands of an op that are equal."""
    rule = _RULES.get(facts.spec.onnx_name)
    if rule is not None:
        yield from rule(facts)


def _mat_mul(facts: OpFacts) -> Pairs:
    a, b = facts.shape(0), facts.shape(1)
    if a and b:
        yield a[-1], b[-2 if len(b) > 1 else -1]


def _gemm(facts: OpFacts) -> Pairs:
    a, b = facts.shape(0), facts.shape(1)
    if a is not None and b is not None and len(a) == len(b) == 2:
        yield a[0 if facts.attribute("transA") else 1], b[1 if facts.attribute("transB") else 0]


def _recurrent(facts: OpFacts) -> Pairs:
    data, weights = facts.shape(0), facts.shape(1)
    if data is not None and weights is not None and len(data) == len(weights) == 3:
        yield data[2], weights[2]


_RULES: dict[str, Callable[[OpFacts], Pairs]] = {
    "Gemm": _gemm,
    "GRU": _recurrent,
    "LSTM": _recurrent,
    "MatMul": _mat_mul,
    "MatMulInteger": _mat_mul,
    "RNN": _recurrent,
}
