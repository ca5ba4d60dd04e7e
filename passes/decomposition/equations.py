# SPDX-License-Identifier: Apache-2.0
"""Decompositions that are equations.

Reductions come down to ReduceSum and ReduceMax.  ReduceLogSumExp subtracts the largest element first, so that no e^x
overflows; where the axis does not stay, the maximum is squeezed along the axes, which therefore must be given.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..rewriting import Rule, attributes, element_type, same, value
from ..rewriting.integers import count, shape_of
from ..rewriting.ops import (
    Abs,
    Add,
    Exp,
    Log,
    LogSoftmax,
    Mul,
    ReduceL1,
    ReduceL2,
    ReduceLogSum,
    ReduceLogSumExp,
    ReduceMax,
    ReduceSum,
    ReduceSumSquare,
    Softmax,
    Sqrt,
    Squeeze,
    Sub,
)

X, axes = value("X"), value("axes")
axis, keepdims, noop_with_empty_axes = attributes("axis keepdims noop_with_empty_axes")


def _reductions() -> Iterator[Rule]:
    how = axes, keepdims, noop_with_empty_axes
    floats = (element_type(X, "f16", "f32", "f64", "bf16"),)
    yield Rule("reduce-l1", ReduceL1(X, *how), ReduceSum(Abs(X), *how))
    yield Rule("reduce-l2", ReduceL2(X, *how), Sqrt(ReduceSumSquare(X, *how)), floats)
    yield Rule("reduce-sum-square", ReduceSumSquare(X, *how), ReduceSum(Mul(X, X), *how))
    yield Rule("reduce-log-sum", ReduceLogSum(X, *how), Log(ReduceSum(X, *how)), floats)

    rest = axes, noop_with_empty_axes
    m = ReduceMax(X, *rest, keepdims=1)
    yield Rule(
        "reduce-log-sum-exp-keepdims",
        ReduceLogSumExp(X, *rest, keepdims=1),
        Add(ReduceLogSum(Exp(Sub(X, m)), *rest, keepdims=1), m),
        floats,
    )
    # No axes at all would be all of them to the one op, and none to the other.
    some = same(count(shape_of(axes), 0), 0)
    for suffix, given, known in (("-of-all", None, ()), ("", axes, (some,))):
        m = ReduceMax(X, given, keepdims=1)
        yield Rule(
            f"reduce-log-sum-exp{suffix}",
            ReduceLogSumExp(X, given, keepdims=0, noop_with_empty_axes=0),
            Add(ReduceLogSum(Exp(Sub(X, m)), given, keepdims=0), Squeeze(m, given)),
            (*floats, *known),
        )


RULES = (
    *_reductions(),
    Rule("log-softmax", LogSoftmax(X, axis), Log(Softmax(X, axis))),
)
