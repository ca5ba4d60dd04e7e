# SPDX-License-Identifier: Apache-2.0
"""Fold an inference-mode BatchNormalization into the MatMul that feeds it, or into MatMul and Add.

Where the constant is on the right, its columns are the channels, which have to be axis 1 for BatchNormalization: so
they are in a matrix, or behind a Transpose.  Where it is on the left, its rows are the channels, and axis 1 of a tensor
of rank 3; with a vector to its right the product has no such axis, and C must not make one. MatMul has no bias: an Add
takes the normalization's place, unless there is one already. Sources: ONNX MatMul-13, Add-14 and
BatchNormalization-15.
"""

from .rewriting import (
    RewritePass,
    Rule,
    along,
    attribute,
    column,
    const,
    consts,
    least_rank,
    moved,
    sqrt,
    value,
)
from .rewriting.ops import BN, Add, MatMul
from .rewriting.terms import OpTerm, Term

A, B, C = value("A"), const("B", "K N"), const("C")
scale, bias, mean, var = consts("scale bias mean var", "N")
epsilon = attribute("epsilon")
s = scale / sqrt(var + epsilon)

W, X = const("A", "N K"), value("B")


def _bn(z: Term) -> OpTerm:
    return BN(z, scale, bias, mean, var, epsilon)


RULES = (
    Rule(
        "bn-of-matmul",
        before=_bn(moved(MatMul(A, B), axis=-1, to=1)),
        after=moved(Add(MatMul(A, B * s), bias - mean * s)),
    ),
    Rule(
        "bn-of-matmul-add",
        before=_bn(moved(Add(MatMul(A, B), C), axis=-1, to=1)),
        after=moved(Add(MatMul(A, B * s), (C - mean) * s + bias)),
    ),
    Rule(
        "bn-of-matmul-left",
        before=_bn(moved(MatMul(W, X), axis=-2, to=1)),
        after=moved(Add(MatMul(W * along(s, 0), X), column(bias - mean * s))),
    ),
    Rule(
        "bn-of-matmul-left-add",
        before=_bn(moved(Add(MatMul(W, X), C), axis=-2, to=1)),
        after=moved(Add(MatMul(W * along(s, 0), X), (C - column(mean)) * column(s) + column(bias))),
        conditions=(least_rank(X, 2),),
    ),
)

PASS = RewritePass(
    argument="fold-bn-into-matmul",
    summary="Fold inference-mode batch normalization into the MatMul, or MatMul and Add, that feeds it",
    verb="folded",
    rules=RULES,
)
