# SPDX-License-Identifier: Apache-2.0
"""Fold an inference-mode BatchNormalization into the Gemm that feeds it.

    Gemm:  Z = alpha * A'B' + beta * C          A' = transpose(A) if transA else A, B' likewise
    BN:    Y = scale * (Z - mean) / sqrt(var + epsilon) + bias

Let s = scale / sqrt(var + epsilon), one factor for each of the N columns of Z.  Then

    Y = alpha * A'(B' * s) + (beta * C - mean) * s + bias

alpha, transA and transB pass through; beta is absorbed.  An absent C counts as 0.
Sources: ONNX Gemm-13 and BatchNormalization-15; onnx-mlir's #3131 folds the case mean = 0, var = 1, epsilon = 0.
"""

from .rewriting import RewritePass, attributes, const, consts, sqrt, transposed, value
from .rewriting.ops import BN, Gemm
from .rewriting.rule import Rule
from .rewriting.terms import OpTerm, Term

A, B, C = value("A"), const("B", "K N"), const("C", "M N", broadcast=True, absent=0)
scale, bias, mean, var = consts("scale bias mean var", "N")
alpha, beta, transA, transB, epsilon = attributes("alpha beta transA transB epsilon")

s = scale / sqrt(var + epsilon)
gemm = Gemm(A, transposed(B, transB), C, alpha, beta, transA, transB)
folded = Gemm(
    A, transposed(B * s, transB), (beta * C - mean) * s + bias, alpha, transA, transB, beta=1.0
)


def normalized(z: Term) -> OpTerm:
    """BN of z."""
    return BN(z, scale, bias, mean, var, epsilon)


PASS = RewritePass(
    argument="fold-bn-into-gemm",
    summary="Fold inference-mode batch normalization into the Gemm that feeds it",
    verb="folded",
    rules=(Rule("", normalized(gemm), folded, sees_through=False),),
)
