# SPDX-License-Identifier: Apache-2.0
"""Gelu.

    x * (1 + erf(x / sqrt(2))) / 2                               exactly
    x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) / 2      approximately

A half, the sum and x are multiplied in any order; x / sqrt(2) may be a product.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from ...dialect.bindings import ir
from ...dialect.onnx import op_class
from ..decomposition.replacing import in_place_of
from ..rewriting import NoMatch, Rewriter, Rewritten, no_match
from ..rewriting.rewriter import maker
from .finding import beside_number, both_orders, is_imported, is_number


def gelu(op: Any, rewriter: Rewriter, **_: Any) -> NoMatch | Rewritten:
    """See the module."""
    if not is_imported("Gelu", op):
        return no_match("the model's opset has no Gelu")
    for a, b in _halved(op):
        for total in beside_number(maker(a, "Add"), 1):
            if _is_erf(total, b):
                return rewriter.replace(op, in_place_of(op, "Gelu", b, approximate="none"))
            if _is_tanh(total, b):
                return rewriter.replace(op, in_place_of(op, "Gelu", b, approximate="tanh"))
    return no_match("it is no half of x times 1 + erf or tanh of x")


def _halved(op: Any) -> Iterator[tuple[ir.Value, ir.Value]]:
    """The two factors beside 1/2, in either order."""
    for product in beside_number(op, 0.5):
        yield from both_orders(maker(product, "Mul"))
    for product, b in both_orders(op):
        for a in beside_number(maker(product, "Mul"), 0.5):
            yield a, b
            yield b, a


def _is_erf(value: ir.Value, x: ir.Value) -> bool:
    """Whether it is erf(x / sqrt(2))."""
    erf = maker(value, "Erf")
    if erf is None:
        return False
    scaled = maker(erf.operands[0], "Div")
    if scaled is not None:
        return bool(scaled.operands[0] == x) and is_number(scaled.operands[1], math.sqrt(2), x)
    return x in beside_number(maker(erf.operands[0], "Mul"), math.sqrt(0.5))


def _is_tanh(value: ir.Value, x: ir.Value) -> bool:
    """Whether it is tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))."""
    tanh = maker(value, "Tanh")
    if tanh is None:
        return False
    for total in beside_number(maker(tanh.operands[0], "Mul"), math.sqrt(2 / math.pi)):
        for one, cubic in both_orders(maker(total, "Add")):
            for power in beside_number(maker(cubic, "Mul"), 0.044715):
                cube = maker(power, "Pow")
                if one == x and cube is not None and cube.operands[0] == x:
                    return is_number(cube.operands[1], 3, x)
    return False


ROOT = op_class("Mul")
