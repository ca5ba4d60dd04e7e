# SPDX-License-Identifier: Apache-2.0
"""Fold an inference-mode BatchNormalization into the linear op that it feeds, or into another BatchNormalization.

    BN:  Z = X * s + t        s = scale / sqrt(var + epsilon),  t = bias - mean * s

Where the channels of Z are what the next op sums over, s goes into its weights and what the weights make of t into its
bias. A Conv that pads would have to pad with t, so it must not pad. Sources: ONNX Gemm-13, MatMul-13, Conv-11 and
BatchNormalization-15.
"""

from .rewriting import (
    RewritePass,
    Rule,
    along,
    attribute,
    attributes,
    const,
    consts,
    contraction,
    grouped,
    moved,
    others,
    sqrt,
    transposed,
    unpadded,
    value,
)  # fmt: skip
from .rewriting.ops import BN, Add, Conv, Gemm, MatMul

X, B, C = value("X"), const("B", "K N"), const("C", "M N", broadcast=True, absent=0)
scale, bias, mean, var = consts("scale bias mean var", "K")
alpha, beta, transB, epsilon, group = attributes("alpha beta transB epsilon group")
s = scale / sqrt(var + epsilon)
t = bias - mean * s
normalized = moved(BN(X, scale, bias, mean, var, epsilon), to=1)

# Of Conv, seen by group: output channel (g, o) sums over the input channels (g, i).
W, b, window = const("W", "G O I ..."), const("B", "G O", absent=0), others()
statistics = consts("scale bias mean var", "G I")
conv_s = statistics[0] / sqrt(statistics[3] + epsilon)
conv_t = statistics[1] - statistics[2] * conv_s
conv = Conv(
    moved(BN(X, *[grouped(letter, group) for letter in statistics], epsilon), to=1),
    grouped(W, group), grouped(b, group), group, window,
)  # fmt: skip

outer_scale, outer_bias, outer_mean, outer_var = consts("scale' bias' mean' var'", "K")
outer_epsilon = attribute("epsilon'")
outer_s = outer_scale / sqrt(outer_var + outer_epsilon)

RULES = (
    Rule(
        "gemm-of-bn",
        before=Gemm(normalized, transposed(B, transB), C, alpha, beta, transB, transA=0),
        after=Gemm(
            moved(X), transposed(B * along(s, 0), transB), alpha * contraction(B, along(t, 0), 1) + beta * C,
            alpha, transB, beta=1.0, transA=0,
        ),
    ),
    Rule(
        "matmul-of-bn",
        before=MatMul(moved(BN(X, scale, bias, mean, var, epsilon), to=-1), B),
        after=Add(MatMul(moved(X), B * along(s, 0)), contraction(B, along(t, 0), 1)),
    ),
    Rule(
        "conv-of-bn",
        before=conv,
        after=Conv(
            moved(X), grouped(W * along(conv_s, 0, 2), group),
            grouped(contraction(W, along(conv_t, 0, 2), 0, 1) + b, group), group, window,
        ),
        conditions=(unpadded(conv),),
    ),
    Rule(
        "bn-of-bn",
        before=BN(normalized, outer_scale, outer_bias, outer_mean, outer_var, epsilon=outer_epsilon),
        after=moved(
            BN(X, scale * outer_s, (bias - outer_mean) * outer_s + outer_bias, mean, var, epsilon)
        ),
    ),
)  # fmt: skip

PASS = RewritePass(
    argument="fold-bn-forward",
    summary="Fold inference-mode batch normalization into the Gemm, MatMul, Conv or BatchNormalization that it feeds",
    verb="folded",
    rules=RULES,
)
