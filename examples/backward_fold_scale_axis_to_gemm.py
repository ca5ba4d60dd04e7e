# SPDX-License-Identifier: Apache-2.0
"""The rule of onnx-mlir's pull request #3131 as submitted: a specimen, WRONG in general; use --fold-bn-into-gemm.

It ignores mean, var and epsilon, and puts in alpha = 1, beta = 1 and transA = 0, whatever they were. Kinder than the
original in this: what has to be constant is asked to be, and an absent C counts as 0.
"""

from onnx_opt.passes.rewriting import RewritePass, attributes, const, consts, transposed, value
from onnx_opt.passes.rewriting.ops import BN, Gemm

A, B, C = value("A"), const("B", "K N"), const("C", "M N", broadcast=True, absent=0)
scale, bias, mean, var = consts("scale bias mean var", "N")
alpha, beta, transA, transB, epsilon = attributes("alpha beta transA transB epsilon")
gemm = Gemm(A, transposed(B, transB), C, alpha, beta, transA, transB)
folded = Gemm(
    A, transposed(B * scale, transB), C * scale + bias, transB, alpha=1.0, beta=1.0, transA=0
)

PASS = RewritePass(
    argument="backward-fold-scale-axis-to-gemm",
    summary="Fold BatchNormalization into Gemm as onnx-mlir's #3131 does: wrong in general",
    before=BN(gemm, scale, bias, mean, var, epsilon),
    after=folded,
)
