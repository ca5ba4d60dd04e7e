# SPDX-License-Identifier: Apache-2.0
"""Conv with what is added to it, or scales it, by channels; pooling behind Relu."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...dialect.bindings import ir
from ...dialect.constants import constant_like
from ...dialect.ops.constant import constant_value
from ...dialect.types import DYNAMIC, is_none, shape_of
from ..rewriting import Rule, not_made_by, others, value
from ..rewriting.ops import MaxPoolSingleOut, Relu
from ..rewriting.rewriter import NoMatch, Pattern, Rewriter, Rewritten, fused_location, no_match
from . import looking
from .looking import build, give, int64, is_constant, only_maker

X, window = value("X"), others()

RULES = (
    # Relu behind the pooling has less to do; behind a Conv it stays, where both become one kernel.
    Rule(
        "max-pool-of-relu",
        MaxPoolSingleOut(Relu(X), window),
        Relu(MaxPoolSingleOut(X, window)),
        (not_made_by(X, "Conv"),),
    ),
)


def add_of_conv(add: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Conv(X, W, B) + c = Conv(X, W, B + c), for a constant c with one element a channel."""
    conv, c = only_maker(add.operands[0], "Conv"), add.operands[1]
    if conv is None:
        return no_match("the first operand is not the result of a Conv that nobody else reads")
    if (channels := _channels(c, conv)) is None:
        return no_match("the second operand is not a constant with one element a channel")
    x, w, b = conv.operands
    data = constant_value(c)
    assert data is not None
    with fused_location(add, conv):
        bias = constant_like(None, data.reshape(channels))
        if not is_none(b.type):
            bias = looking.value("Add", b, bias)
        new = build("Conv", x, w, bias, results=[add.results[0].type], **_window(conv))
    return give(rewriter, add, new)


def mul_of_conv(mul: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Conv(X, W) * c = Conv(X, W * c), for constants, c with one element a channel."""
    conv, c = only_maker(mul.operands[0], "Conv"), mul.operands[1]
    if conv is None:
        return no_match("the first operand is not the result of a Conv that nobody else reads")
    x, w, b = conv.operands
    if not is_none(b.type) or not is_constant(w):
        return no_match("the Conv has a bias, or weights that are not constant")
    if _channels(c, conv) is None:
        return no_match("the second operand is not a constant with one element a channel")
    with fused_location(mul, conv):
        rank = len(shape_of(c.type) or ())
        weights = looking.value("Mul", looking.value("Unsqueeze", c, int64(rank)), w)
        new = build("Conv", x, weights, b, results=[mul.results[0].type], **_window(conv))
    return give(rewriter, mul, new)


def _channels(c: ir.Value, conv: Any) -> int | None:
    """How many channels the Conv gives, if `c` is a constant of shape (channels, 1, ..., 1) with its spatial axes."""
    shape, weights = shape_of(c.type), shape_of(conv.operands[1].type)
    if not is_constant(c) or not shape or weights is None:
        return None
    known = looking.rank_of(conv.results[0])
    if known is None or len(shape) != known - 1 or any(size != 1 for size in shape[1:]):
        return None
    return weights[0] if weights[0] == shape[0] != DYNAMIC else None


def _window(conv: Any) -> dict[str, Any]:
    """The attributes of the Conv that are set."""
    return {name: conv.attributes[name] for name in conv.SPEC.attributes if name in conv.attributes}


PATTERNS: Mapping[Pattern, str] = {add_of_conv: "Add", mul_of_conv: "Mul"}
