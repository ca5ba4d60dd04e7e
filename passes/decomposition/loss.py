# SPDX-License-Identifier: Apache-2.0
"""SoftmaxCrossEntropyLoss in simpler ops, with the classes along axis 1.

p = OneHot(labels) * log(Softmax(scores)) * weights
loss = -sum of p over the classes: as it is, its sum, or its mean, which the labels' weights weigh
"""

from __future__ import annotations

from typing import Any

from ...dialect.bindings import ir
from ...dialect.onnx import no_value, op_class
from ...dialect.types import element_type, shape_of, tensor_type
from ..rewriting import NoMatch, Rewriter, Rewritten, no_match
from .replacing import given, number, value_of


def softmax_cross_entropy_loss(op: Any, rewriter: Rewriter, **_: Any) -> NoMatch | Rewritten:
    """The loss, and the logarithms of the probabilities where they are asked for."""
    scores, labels = op.operands[:2]
    weights = op.weights
    shape, labelled, row = shape_of(scores.type), shape_of(labels.type), element_type(scores.type)
    if shape is None or labelled is None or row is None:
        return no_match("ranks are not known")
    if op.ignore_index is not None:
        return no_match("it ignores an index")
    everything = no_value() if op.reduction != "none" else None
    scalar = tensor_type((), row)

    classes = number([shape[1]]) if shape[1] >= 0 else value_of("Dim", scores, type_=_one(), axis=1)
    hot_type = tensor_type((labelled[0], shape[1], *labelled[1:]), _int64())
    hot = value_of("OneHot", labels, classes, number([0, 1]), type_=hot_type, axis=1)
    hot = value_of("Cast", hot, to=scores.type.element_type)
    probabilities = value_of("Softmax", scores, type_=scores.type, axis=1)
    logarithms = value_of("Log", probabilities, type_=scores.type)
    product = value_of("Mul", logarithms, hot)
    if weights is not None:
        axes = number([axis for axis in range(len(shape)) if axis != 1])
        flat = tensor_type((1, shape[1], *[1] * (len(shape) - 2)), row)
        product = value_of("Mul", product, value_of("Unsqueeze", weights, axes, type_=flat))
    along = number([1])
    kept = tensor_type((shape[0], 1, *shape[2:]), row)
    loss = value_of("ReduceSum", product, along, type_=kept, keepdims=1)
    if op.reduction == "none":
        loss = value_of("Squeeze", loss, along, type_=tensor_type((shape[0], *shape[2:]), row))
    elif op.reduction == "mean" and weights is None:
        loss = value_of("ReduceMean", loss, everything, type_=scalar, keepdims=0)
    else:
        loss = value_of("ReduceSum", loss, everything, type_=scalar, keepdims=0)
        if op.reduction == "mean":
            each = value_of(
                "Einsum", [hot, weights], type_=tensor_type(labelled, row), equation="ij...,j->i..."
            )
            weight = value_of("ReduceSum", each, everything, type_=scalar, keepdims=0)
            loss = value_of("Div", loss, weight, type_=scalar)
    result = value_of("Neg", loss, type_=op.results[0].type)
    second = logarithms if given(op.results[1]) else everything or logarithms
    return rewriter.replace(op, [result, second])


def _int64() -> Any:
    return element_type(ir.IntegerType.get_signless(64))


def _one() -> ir.Type:
    return tensor_type((1,), _int64())


PATTERNS = {op_class("SoftmaxCrossEntropyLoss"): softmax_cross_entropy_loss}
