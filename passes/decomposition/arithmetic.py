# SPDX-License-Identifier: Apache-2.0
"""Arithmetic in simpler arithmetic.

Sum(a, b, c)          a + b + c
Scaler(x)             (x - offset) * scale, in f32
FusedMatMul(A, B)     alpha * (A' @ B'), where A' and B' may be transposed; an op of ONNX Runtime
HardSwish(x)          x * max(0, min(1, x / 6 + 1/2))
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

import numpy as np

from ...dialect.bindings import ir
from ...dialect.onnx import op_class
from ...dialect.ops.attributes import get_attribute, scalar_value
from ...dialect.types import is_static, shape_of
from ..rewriting import NoMatch, Rewriter, Rewritten, no_match
from ..rewriting.rewriter import maker
from .replacing import dtype_of, in_place_of, number, shapeless, value_of


def sum_to_add(op: Any, rewriter: Rewriter, **_: Any) -> NoMatch | Rewritten:
    """Add the operands one after the other; a Cast to the same elements keeps a result type that says less."""
    total, *rest = op.operands
    for index, operand in enumerate(rest):
        added = shapeless("Add", total, operand)
        if index == len(rest) - 1 and not is_static(added.type):
            cast(ir.Operation, added.owner).erase()
            return rewriter.replace(op, in_place_of(op, "Add", total, operand))
        total = added
    if total.type == op.results[0].type:
        return rewriter.replace(op, total)
    return rewriter.replace(op, in_place_of(op, "Cast", total, to=_element_type(op)))


def _element_type(op: Any) -> ir.Type:
    found: ir.Type = op.results[0].type.element_type
    return found


def scaler(op: Any, rewriter: Rewriter, **_: Any) -> NoMatch | Rewritten:
    """Subtract, then scale, each where it is asked for."""
    steps = [(name, by) for name, by in (("Sub", op.offset), ("Mul", op.scale)) if by is not None]
    x = op.operands[0]
    if dtype_of(x) != np.float32:
        if not steps:
            return rewriter.replace(op, in_place_of(op, "Cast", x, to=ir.F32Type.get()))
        x = shapeless("Cast", x, to=ir.F32Type.get())
    for name, by in steps[:-1]:
        x = shapeless(name, x, number(by, np.float32))
    if steps:
        name, by = steps[-1]
        return rewriter.replace(op, in_place_of(op, name, x, number(by, np.float32)))
    if x.type == op.results[0].type:
        return rewriter.replace(op, x)
    return rewriter.replace(op, in_place_of(op, "Cast", x, to=ir.F32Type.get()))


def fused_matmul(op: Any, rewriter: Rewriter, **_: Any) -> NoMatch | Rewritten:
    """Transpose, multiply, scale.

    To transpose, the rank must be known: by the type, or by the Transpose that gives the operand.
    """
    said = {
        name: scalar_value(attribute)
        for name in ("alpha", "domain_name", "transA", "transB", "transBatchA", "transBatchB")
        if (attribute := get_attribute(op, name)) is not None
    }
    domain = str(said.get("domain_name", ""))
    if (op.function_name.lower(), domain.lower()) != ("fusedmatmul", "com.microsoft"):
        return no_match("it is no FusedMatMul of com.microsoft")
    if len(op.operands) != 2 or not {"alpha", "transA", "transB"} <= said.keys():
        return no_match("two operands, alpha, transA and transB are needed")
    if said.get("transBatchA") or said.get("transBatchB"):
        return no_match("it transposes batches")
    ranks = [_rank(value) for value in op.operands]
    turned = bool(said["transA"]), bool(said["transB"])
    if any(turn and (rank is None or rank < 2) for turn, rank in zip(turned, ranks, strict=True)):
        return no_match("the rank of what it transposes is not known, or less than 2")
    factors: list[ir.Value] = []
    for value, rank, turn in zip(op.operands, ranks, turned, strict=True):
        if turn and rank is not None:
            perm = [*range(rank - 2), rank - 1, rank - 2]
            known = shape_of(value.type) is not None
            make = value_of if known else shapeless
            value = make("Transpose", value, perm=perm)
        factors.append(value)
    # A product of vectors is a scalar, which alpha must not give an axis.
    result_rank = _rank(op.results[0])
    has_axis = any(turned) or (result_rank or 0) > 0
    dtype = dtype_of(op.results[0]) or np.dtype(np.float32)
    alpha = number([said["alpha"]] if has_axis else said["alpha"], dtype)
    product = value_of("MatMul", *factors, type_=op.results[0].type)
    return rewriter.replace(op, in_place_of(op, "Mul", alpha, product))


def _rank(value: ir.Value) -> int | None:
    """The number of axes, by the type or by the Transpose that gives the value."""
    shape = shape_of(value.type)
    if shape is not None:
        return len(shape)
    transpose: Any = maker(value, "Transpose")
    return None if transpose is None or transpose.perm is None else len(transpose.perm)


def hard_swish(
    op: Any, rewriter: Rewriter, *, decompose_op_in_onnx: Collection[str] = (), **_: Any
) -> NoMatch | Rewritten:
    """What HardSwish is; see the module."""
    if op.SPEC.name not in decompose_op_in_onnx:
        return no_match("--decompose-op-in-onnx does not name it")
    x = op.operands[0]
    dtype, shape = dtype_of(x), shape_of(x.type)
    if dtype is None or shape is None:
        return no_match("the rank or the element type of the operand is not known")
    one_axis = (1,) if shape else ()
    slope, half, one, zero = (
        number(np.full(one_axis, float(each)), dtype) for each in (np.float32(1 / 6), 0.5, 1, 0)
    )
    scaled = value_of("Mul", x, slope, type_=x.type)
    shifted = value_of("Add", scaled, half, type_=x.type)
    below = value_of("Min", [shifted, one], type_=x.type)
    clipped = value_of("Max", [below, zero], type_=x.type)
    return rewriter.replace(op, in_place_of(op, "Mul", x, clipped))


PATTERNS = {
    op_class("HardSwish"): hard_swish,
    op_class("Sum"): sum_to_add,
    op_class("Scaler"): scaler,
    op_class("Custom"): fused_matmul,
}
