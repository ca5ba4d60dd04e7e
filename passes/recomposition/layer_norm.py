# SPDX-License-Identifier: Apache-2.0
"""LayerNormalization, and without the mean RMSLayerNormalization.

    d = x - mean(x)
    y = scale * d / sqrt(mean(d * d) + epsilon)

Means are over the last axes, which stay.  The quotient may be a product with 1 / sqrt(...).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ...dialect.bindings import ir
from ...dialect.constants import constant_value
from ...dialect.onnx import no_value, op_class
from ...dialect.types import element_type, shape_of
from ..decomposition.replacing import new
from ..rewriting import NoMatch, Rewriter, Rewritten, has_one_use, name_results, no_match
from ..rewriting.rewriter import maker
from .finding import both_orders, is_imported, is_number

_MEANS = ("ReduceMean", "ReduceMeanV13")


class _Found(NamedTuple):
    """d / sqrt(mean(d * d) + epsilon), with the mean from `axis` on."""

    d: ir.Value
    axis: int
    epsilon: float


def layer_norm(op: Any, rewriter: Rewriter, **_: Any) -> NoMatch | Rewritten:
    """See the module."""
    for quotient, scale in both_orders(op):
        found = _normalized(quotient)
        if found is None:
            continue
        x = _centered(found)
        reason = _refusal(op, found, scale)
        if reason:
            return no_match(reason)
        name, results = ("LayerNormalization", 3) if x else ("RMSLayerNormalization", 2)
        if not is_imported(name, op):
            return no_match(f"the model's opset has no {name}")
        none = ir.NoneType.get()
        made = new(
            name,
            found.d if x is None else x,
            scale,
            no_value(),
            results=[op.results[0].type, *[none] * (results - 1)],
            axis=found.axis,
            epsilon=found.epsilon,
            stash_type=1,
        )
        name_results(made, like=op)
        return rewriter.replace(op, [made.results[0]])
    return no_match("it is no scale times a normalized value")


def _refusal(op: Any, found: _Found, scale: ir.Value) -> str | None:
    """Why the op would compute something else."""
    row, shape = element_type(found.d.type), shape_of(found.d.type)
    if row is None or row.asm not in ("f16", "bf16", "f32"):
        return "LayerNormalization computes in f32"
    if shape is None or shape_of(scale.type) != shape[found.axis :] or min(shape[found.axis :]) < 0:
        return "the scale has not the shape of what is normalized"
    if shape_of(op.results[0].type) not in (None, shape):
        return "the result has another shape"
    return None


def _normalized(quotient: ir.Value) -> _Found | None:
    if not has_one_use(quotient):
        return None
    for d, deviation in _quotients(quotient):
        root = maker(deviation, "Sqrt")
        if root is None or not has_one_use(deviation) or not has_one_use(root.operands[0]):
            continue
        for variance, epsilon in both_orders(maker(root.operands[0], "Add")):
            mean, array = maker(variance, *_MEANS), constant_value(epsilon)
            if mean is None or array is None or array.size != 1 or not has_one_use(variance):
                continue
            square = maker(mean.operands[0], "Mul")
            axis = _first_axis(mean)
            if (
                square is not None
                and has_one_use(mean.operands[0])
                and list(square.operands) == [d, d]
                and axis is not None
            ):
                return _Found(d, axis, float(array.reshape(())))
    return None


def _quotients(value: ir.Value) -> Iterator[tuple[ir.Value, ir.Value]]:
    """What is divided, and by what."""
    quotient = maker(value, "Div")
    if quotient is not None:
        yield quotient.operands[0], quotient.operands[1]
    for d, inverse in both_orders(maker(value, "Mul")):
        if not has_one_use(inverse):
            continue
        reciprocal = maker(inverse, "Reciprocal")
        if reciprocal is not None:
            yield d, reciprocal.operands[0]
        division = maker(inverse, "Div")
        if division is not None and is_number(division.operands[0], 1, division.operands[1]):
            yield d, division.operands[1]


def _centered(found: _Found) -> ir.Value | None:
    """x, where d is x minus its mean over the same axes."""
    difference = maker(found.d, "Sub")
    if difference is None:
        return None
    x, mean = difference.operands
    average = maker(mean, *_MEANS)
    if average is None or average.operands[0] != x or not has_one_use(mean):
        return None
    same: ir.Value | None = x if _first_axis(average) == found.axis else None
    return same


def _first_axis(mean: Any) -> int | None:
    """The axis from which on a mean is taken; None if it is another mean, or the rank is not known."""
    shape = shape_of(mean.operands[0].type)
    if shape is None or not mean.keepdims:
        return None
    rank = len(shape)
    axes = mean.axes
    if isinstance(axes, ir.Value):
        array = constant_value(axes)
        axes = None if array is None else [int(axis) for axis in array.reshape(-1)]
        if not axes:
            return None
    elif axes is None:
        if "noop_with_empty_axes" in mean.SPEC.attributes and mean.noop_with_empty_axes:
            return None
        axes = list(range(rank))
    found = sorted({axis % rank for axis in axes})
    first = rank - len(found)
    return first if found and found == list(range(first, rank)) else None


ROOT = op_class("Mul")
