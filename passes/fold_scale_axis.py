# SPDX-License-Identifier: Apache-2.0
"""Fold Mul, Div, Add and Sub by constants along the channels, or by scalars, into the linear op beside them.

Each of the five, of z by a constant c, is z * f + t for vectors f and t along the channels.  Behind a linear op, f
scales the weights of each output channel, and what happens to z happens to the bias.  Before one, f scales the weights
of each input channel, and what the weights make of t joins the bias; a Conv that pads would have to pad with t.

On integers, which MatMul may have, all but division is exact.  Relu and its like are not looked through: what is
negative would change sides.  After TVM's pass of that name (src/relay/transforms/fold_scale_axis.cc).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..dialect.dataclass import dataclass
from .rewriting import (
    RewritePass,
    Rule,
    along,
    attributes,
    by_group,
    channel,
    column,
    const,
    contraction,
    grouped,
    least_rank,
    moved,
    others,
    transposed,
    unpadded,
    value,
)  # fmt: skip
from .rewriting.conditions import Condition
from .rewriting.ops import Add, Conv, ConvTranspose, Div, Gemm, MatMul, Mul, Sub
from .rewriting.terms import Const, Number, OpTerm, Term

_Wrap = Callable[[Term, Term], OpTerm]
_Apply = Callable[[Term, Term], Term]


@dataclass(frozen=True, eq=False)
class _Affine:
    """One op that is affine in z.

    before: the op, of z and an operand that is the constant.  apply: the same in arithmetic.  factor, shift: f and t,
    where they are not 1 and 0.
    """

    name: str
    before: _Wrap
    apply: _Apply
    factor: Callable[[Term], Term] | None = None
    shift: Callable[[Term], Term] | None = None


_AFFINE = (
    _Affine("mul", Mul, lambda z, c: z * c, factor=lambda c: c),
    _Affine("div", Div, lambda z, c: z / c, factor=lambda c: 1.0 / c),
    _Affine("add", Add, lambda z, c: z + c, shift=lambda c: c),
    _Affine("sub", Sub, lambda z, c: z - c, shift=lambda c: -c),
    _Affine(
        "sub-from",
        lambda z, c: Sub(c, z),
        lambda z, c: c - z,
        factor=lambda _: Number(-1.0),
        shift=lambda c: c,
    ),
)

X, C = value("X"), const("C", "M N", broadcast=True, absent=0)
alpha, beta, transB, transA, group = attributes("alpha beta transB transA group")
window = others()


def _by(weights: Term, op: _Affine, c: Term, *axes: int) -> Term:
    """`weights` times f along these axes."""
    if op.factor is None:
        return weights
    return weights * (along(op.factor(c), *axes) if axes else op.factor(c))


def _behind(op: _Affine) -> Iterator[Rule]:
    """The op behind each linear op."""

    def rule(
        name: str,
        linear: Term,
        axis: int,
        c: Const,
        after: Callable[[Term], Term],
        *conditions: Condition,
    ) -> Rule:
        z = moved(linear, axis=axis)
        return Rule(
            f"{op.name}-of-{name}", op.before(z, channel(c, z)), moved(after(c)), conditions
        )

    n = const("c", "N", broadcast=True)
    B, addend = const("B", "K N"), const("C")
    gemm = Gemm(X, transposed(B, transB), C, alpha, beta, transA, transB)
    yield rule("gemm", gemm, 1, n, lambda c: Gemm(
        X, transposed(_by(B, op, c), transB), op.apply(beta * C, c), alpha, transA, transB, beta=1.0
    ))  # fmt: skip

    o = const("c", "O", broadcast=True)
    W, bias = const("W", "O I ..."), const("B", "O", absent=0)
    yield rule("conv", Conv(X, W, bias, window), 1, o, lambda c: Conv(
        X, _by(W, op, c, 0), op.apply(bias, c), window
    ))  # fmt: skip

    V, grouped_bias = const("W", "G I O ..."), const("B", "G O", absent=0)
    operands = X, grouped(V, group), grouped(grouped_bias, group)
    vector = const("c", broadcast=True)
    yield rule("conv-transpose", ConvTranspose(*operands, group, window), 1, vector, lambda c: ConvTranspose(
        X,
        grouped(_by(V, op, by_group(c, group), 0, 2), group),
        grouped(op.apply(grouped_bias, by_group(c, group)), group),
        group,
        window,
    ))  # fmt: skip

    if op.shift is None:
        yield rule("matmul", MatMul(X, B), -1, n, lambda c: MatMul(X, _by(B, op, c)))
        yield rule("matmul-left", MatMul(B, X), -2, const("c", "K", broadcast=True), lambda c: MatMul(
            _by(B, op, c, 0), X
        ))  # fmt: skip
    yield rule("matmul-add", Add(MatMul(X, B), addend), -1, n, lambda c: Add(
        MatMul(X, _by(B, op, c)), op.apply(addend, c)
    ))  # fmt: skip
    # A vector's product has no rows: the addend would make an axis of others.
    scales = op.factor is not None and not isinstance(op.factor(n), Number)
    matrices = (least_rank(X, 2),) if scales else ()
    yield rule("matmul-left-add", Add(MatMul(B, X), addend), -2, const("c", "K", broadcast=True), lambda c: Add(
        MatMul(_by(B, op, c, 0), X), op.apply(addend, column(c))
    ), *matrices)  # fmt: skip


def _before(op: _Affine) -> Iterator[Rule]:
    """The op before each linear op."""
    B = const("B", "K N")
    k = const("c", "K", broadcast=True)

    def scaled(axis: int, c: Const) -> Term:
        return moved(op.before(X, channel(c, X, axis)), axis=axis, to=axis)

    def shifted(weights: Term, c: Term, keep: tuple[int, ...], *axes: int) -> Term:
        assert op.shift is not None
        return contraction(weights, along(op.shift(c), *axes), *keep)

    added = beta * C if op.shift is None else beta * C + alpha * shifted(B, k, (1,), 0)
    yield Rule(
        f"gemm-of-{op.name}",
        before=Gemm(scaled(1, k), transposed(B, transB), C, alpha, beta, transB, transA=0),
        after=Gemm(
            moved(X), transposed(_by(B, op, k, 0), transB), added, alpha, transB, beta=1.0, transA=0
        ),
    )
    V, b, vector = const("W", "G O I ..."), const("B", "G O", absent=0), const("c", broadcast=True)
    c = by_group(vector, group)
    conv = Conv(scaled(1, vector), grouped(V, group), grouped(b, group), group, window)
    yield Rule(
        f"conv-of-{op.name}",
        before=conv,
        after=Conv(
            moved(X),
            grouped(_by(V, op, c, 0, 2), group),
            grouped(b if op.shift is None else b + shifted(V, c, (0, 1), 0, 2), group),
            group,
            window,
        ),
        conditions=() if op.shift is None else (unpadded(conv),),
    )
    if op.shift is None:
        yield Rule(
            f"matmul-of-{op.name}",
            before=MatMul(scaled(-1, k), B),
            after=MatMul(moved(X, axis=-1), _by(B, op, k, 0)),
        )
        n = const("c", "N", broadcast=True)
        yield Rule(
            f"matmul-left-of-{op.name}",
            before=MatMul(B, scaled(-2, n)),
            after=MatMul(_by(B, op, n), moved(X, axis=-2)),
        )
        i = const("c", "I", broadcast=True)
        rows, biased = const("W", "I O ..."), value("B")
        for name, rest in (("", ()), ("-biased", (biased,))):
            yield Rule(
                f"conv-transpose{name}-of-{op.name}",
                before=ConvTranspose(scaled(1, i), rows, *rest, window),
                after=ConvTranspose(moved(X), _by(rows, op, i, 0), *rest, window),
            )


RULES = tuple(rule for op in _AFFINE for rule in (*_behind(op), *_before(op)))

PASS = RewritePass(
    argument="fold-scale-axis",
    summary="Fold Mul, Div, Add and Sub by constants along the channels into the linear op beside them",
    verb="folded",
    rules=RULES,
)
