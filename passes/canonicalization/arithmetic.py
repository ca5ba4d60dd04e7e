# SPDX-License-Identifier: Apache-2.0
"""Elementwise arithmetic: constants to the right, powers as products, scalars through what only repeats or moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...dialect.bindings import ir
from ...dialect.constants import constant
from ...dialect.ops.constant import constant_value
from ...dialect.types import DYNAMIC, element_type, shape_of
from ..rewriting import Rule
from ..rewriting.rewriter import (
    NoMatch,
    Pattern,
    Rewriter,
    Rewritten,
    fused_location,
    maker,
    no_match,
)
from . import looking
from .looking import build, copy, give, has_one_element, int64, is_constant, only_maker

RULES: tuple[Rule, ...] = ()

_LARGEST_POWER = 64


def constant_to_the_right(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """C + X = X + c."""
    a, b = op.operands
    if not is_constant(a) or is_constant(b):
        return no_match("the first operand is not the only constant")
    return rewriter.replace(op, copy(op, (b, a)))


def pow_as_products(power: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """X ** n, where n is a constant integer up to 64, by squaring; X ** 0 is 1 whatever X is."""
    x, exponents = power.operands
    known = constant_value(exponents)
    result = power.results[0]
    if known is None or known.size != 1 or looking.rank_of(exponents) not in (0, 1):
        return no_match("the exponent is not a known scalar")
    number = known.reshape(()).item()
    if not 0 <= number <= _LARGEST_POWER or number != int(number):
        return no_match(f"the exponent is not an integer between 0 and {_LARGEST_POWER}")
    shape, row = looking.static_shape(result), element_type(x.type)
    if row is None or x.type != result.type:
        return no_match("the result is not of the type of X")
    rest = int(number)
    if rest == 0:
        if shape is None:
            return no_match("the shape is not known")
        return give(rewriter, power, constant(np.broadcast_to(np.ones((), row.dtype), shape)))
    made: ir.Value | None = None
    while True:
        if rest & 1:
            made = x if made is None else looking.value("Mul", made, x)
        rest >>= 1
        if rest == 0:
            break
        x = looking.value("Mul", x, x)
    assert made is not None
    return give(rewriter, power, made)


def pow_of_one_type(power: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """A constant exponent in the type of X, if that holds it exactly."""
    x, exponents = power.operands
    row, known = element_type(x.type), constant_value(exponents)
    if row is None or known is None or known.dtype == row.dtype or known.dtype.kind not in "if":
        return no_match("the exponent is not a constant of another type")
    same_size = known.dtype.itemsize == row.dtype.itemsize
    if same_size and row.is_float and known.dtype.kind == "i":
        return no_match("an integer exponent of the same size does no harm")
    with np.errstate(invalid="ignore"):
        converted = known.astype(row.dtype)
    if not looking.same_constants(converted.astype(known.dtype), known) or not row.is_native:
        return no_match("the type of X does not hold the exponent exactly")
    return give(rewriter, power, build("Pow", x, constant(converted).results[0]))


def broadcast_from_axis(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """`broadcast` from `axis` on, as ops did it before opset 7, by an Unsqueeze."""
    if "broadcast" not in op.attributes or "axis" not in op.attributes:
        return no_match("the op broadcasts as numpy does")
    if ir.IntegerAttr(op.attributes["broadcast"]).value != 1:
        return no_match("the op does not broadcast")
    a, b = op.operands
    ranks = looking.rank_of(a), looking.rank_of(b)
    if ranks[0] is None or ranks[1] is None:
        return no_match("a rank is not known")
    axis = looking.front(ir.IntegerAttr(op.attributes["axis"]).value, ranks[0])
    missing = ranks[0] - axis - ranks[1]
    if not 0 <= axis <= ranks[0] or missing < 0:
        return no_match("B does not fit behind the axis")
    if missing:
        axes = int64(*range(ranks[1], ranks[1] + missing))
        b = looking.value("Unsqueeze", b, axes)
    name = op.SPEC.onnx_name
    return give(rewriter, op, build(name, a, b, results=[op.results[0].type]))


def scalar_through_expand(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """f(Expand(c, shape), d) = Expand(f(c, d), shape), for constants c and d of one element."""
    operands = list(op.operands)
    expands = [only_maker(each, "Expand") for each in operands]
    if sum(each is not None for each in expands) != 1:
        return no_match("not one of the operands is the result of an Expand")
    expand = next(each for each in expands if each is not None)
    scalars = [
        each if made is None else made.operands[0]
        for each, made in zip(operands, expands, strict=True)
    ]
    if not all(is_constant(each) and has_one_element(each) for each in scalars):
        return no_match("the operands are not constants of one element")
    shape = shape_of(expand.operands[1].type)
    if shape is None or shape[0] in (0, DYNAMIC):
        return no_match("the result of the Expand may have no axis")
    inner = build(op.SPEC.name, *scalars).results[0]
    return give(rewriter, op, build("Expand", inner, expand.operands[1]))


def scalar_before_reshape(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """f(Reshape(X, shape), c) = Reshape(f(X, c), shape), for c of one element."""
    reshape = only_maker(op.operands[0], "Reshape")
    scalar = op.operands[1]
    if reshape is None or not has_one_element(scalar):
        return no_match("no Reshape is combined with one element")
    data = reshape.operands[0]
    if looking.rank_of(data) in (None, 0):
        return no_match("the Reshape's operand may have no axis")
    if looking.rank_of(op.results[0]) != looking.rank_of(reshape.results[0]):
        return no_match("the one element gives the result an axis")
    with fused_location(op, reshape):
        inner = build(op.SPEC.name, data, scalar).results[0]
        new = build("Reshape", inner, reshape.operands[1], allowzero=reshape.allowzero)
    return give(rewriter, op, new)


def scale_inside_attention(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Scale a product of two matrices by scaling the constant weights, and the bias, behind one of them.

    From X * W + B, by ops that only move elements, to the MatMul: a factor may stand at each point of that way.
    """
    product, factor = maker(op.operands[0], "MatMul"), op.operands[1]
    row = element_type(op.results[0].type)
    if product is None or not is_constant(factor) or not has_one_element(factor):
        return no_match("it is not a MatMul that is scaled by one element")
    if row is None or not row.is_float:
        return no_match("the numbers are not floats")
    if looking.rank_of(product.results[0]) in (None, 0):
        return no_match("the MatMul's result may have no axis")
    if not _read_once(product.results[0]):
        return no_match("the MatMul's result has another use")
    for side in product.operands:
        linear = _linear_behind(side)
        if linear is not None:
            break
    else:
        return no_match("neither operand comes from constant weights")
    for owner, index in linear:
        with owner.location, ir.InsertionPoint(owner):
            scaled = build(op.SPEC.name, owner.operands[index], factor)
        owner.operands[index] = scaled.results[0]
    return rewriter.replace(op, product.results[0])


def _linear_behind(side: ir.Value) -> list[tuple[Any, int]] | None:
    """The constant operands that are to be scaled so that `side` is, each by its op and number."""
    while _read_once(side):
        moving = maker(side, "Reshape", "Transpose", "Squeeze", "Unsqueeze")
        if moving is None:
            break
        side = moving.operands[0]
    if not _read_once(side):
        return None
    gemm, add = maker(side, "Gemm"), maker(side, "Add")
    if gemm is not None:
        places = [(gemm, 1)] + ([] if gemm.C is None else [(gemm, 2)])
    elif add is not None:
        matmul = maker(add.operands[0], "MatMul")
        if matmul is None or not _read_once(add.operands[0]):
            return None
        places = [(matmul, 1), (add, 1)]
    else:
        return None
    fine = all(
        is_constant(owner.operands[index]) and looking.rank_of(owner.operands[index])
        for owner, index in places
    )
    return places if fine else None


def _read_once(value: ir.Value) -> bool:
    """Whether nobody but one op reads more than the size of `value`."""
    return len([use for use in value.uses if use.owner.name != "onnx.Dim"]) == 1


PATTERNS: Mapping[Pattern, str] = {
    constant_to_the_right: "Add Mul",
    broadcast_from_axis: (
        "Add Sub Mul Div AddV6 SubV6 MulV6 DivV6 And Or Xor Equal Greater Less Pow"
    ),
    scalar_through_expand: "Add Sub Mul Div",
    scalar_before_reshape: "Add Sub Mul Div",
    scale_inside_attention: "Mul Div",
    pow_as_products: "Pow",
    pow_of_one_type: "Pow",
}
