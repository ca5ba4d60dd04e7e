# SPDX-License-Identifier: Apache-2.0
"""Elementwise arithmetic: constants to the right, powers as products, scalars through what only repeats or moves.

No equations are: types alone, ones in the shape of another value, attributes of versions before 7, and linear ops
anywhere before an attention.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ...dialect.bindings import ir
from ...dialect.constants import constant
from ...dialect.ops.constant import constant_value
from ...dialect.types import element_type
from ..rewriting import (
    Rule,
    attribute,
    const,
    consts,
    equal,
    least_rank,
    one_element,
    unknown,
    values,
)
from ..rewriting.ops import Add, Div, Expand, Mul, Pow, Reshape, Sub
from ..rewriting.rewriter import (
    NoMatch,
    Pattern,
    Rewriter,
    Rewritten,
    maker,
    no_match,
)
from ..rewriting.terms import Term
from . import looking
from .looking import build, give, has_one_element, int64, is_constant

_LARGEST_POWER = 64

X, y, shape = values("X y shape")
c, d, left = consts("c d c")
allowzero = attribute("allowzero")


def _pow_as_products() -> Iterator[Rule]:
    """X ** n for n = 1, ..., 64: X ** 2m is the square of X ** m, any other power a product of those."""
    n = const("n")
    powers: dict[int, Term] = {1: X}
    for number in range(1, _LARGEST_POWER + 1):
        top = 1 << number.bit_length() - 1
        if number > top:
            powers[number] = Mul(powers[number - top], powers[top])
        elif number > 1:
            powers[number] = Mul(powers[number // 2], powers[number // 2])
        asked = equal(n, number), one_element(n)
        yield Rule(f"pow-{number}", Pow(X, n), powers[number], asked)


def _scalars() -> Iterator[Rule]:
    """f(Expand(c, s), d) = Expand(f(c, d), s) and f(Reshape(X, s), y) = Reshape(f(X, y), s), where c, d, y are one."""
    for name, f in {"add": Add, "sub": Sub, "mul": Mul, "div": Div}.items():
        expand = Expand(c, shape)
        asked = one_element(c), one_element(d), least_rank(expand, 1)
        yield Rule(f"{name}-of-expand", f(expand, d), Expand(f(c, d), shape), asked)
        if not f.commutative:
            yield Rule(f"{name}-from-expand", f(d, expand), Expand(f(d, c), shape), asked)
        reshape = Reshape(X, shape, allowzero)
        yield Rule(
            f"{name}-of-reshape",
            f(reshape, y),
            Reshape(f(X, y), shape, allowzero),
            (one_element(y), least_rank(X, 1), least_rank(reshape, 1)),
        )


RULES = (
    Rule("constant-to-the-right-of-add", Add(left, X), Add(X, left), (unknown(X),), False, False),
    Rule("constant-to-the-right-of-mul", Mul(left, X), Mul(X, left), (unknown(X),), False, False),
    *_scalars(),
    *_pow_as_products(),
)


def pow_of_zero(power: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """X ** 0 is 1, whatever X is: as many ones as X has elements, which no arithmetic of constants gives."""
    x, exponents = power.operands
    known, row = constant_value(exponents), element_type(x.type)
    shape = looking.static_shape(power.results[0])
    if known is None or known.size != 1 or known.reshape(()).item() != 0:
        return no_match("the exponent is not 0")
    if row is None or shape is None:
        return no_match("the shape is not known")
    return give(rewriter, power, constant(np.broadcast_to(np.ones((), row.dtype), shape)))


def pow_of_one_type(power: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """A constant exponent in the type of X, if that holds it exactly: about types, of which no equation speaks."""
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
    """`broadcast` from `axis` on, as ops did it before opset 7, by an Unsqueeze; its axes are counted."""
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


def scale_inside_attention(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Scale a product of two matrices by scaling the constant weights, and the bias, behind one of them.

    From X * W + B, by ops that only move elements, to the MatMul: a factor may stand at each point of that way, which
    may be of any length.
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
    broadcast_from_axis: (
        "Add Sub Mul Div AddV6 SubV6 MulV6 DivV6 And Or Xor Equal Greater Less Pow"
    ),
    scale_inside_attention: "Mul Div",
    pow_of_zero: "Pow",
    pow_of_one_type: "Pow",
}
