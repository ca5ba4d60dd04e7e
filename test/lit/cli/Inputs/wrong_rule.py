# SPDX-License-Identifier: Apache-2.0
"""A plugin with a rule that cannot be meant: alpha is a float, and so no flag."""

from onnx_opt.passes.rewriting import Rule, attribute, const, transposed, value
from onnx_opt.passes.rewriting.ops import Gemm, MatMul

A, B, alpha = value("A"), const("B", "K N"), attribute("alpha")

Rule("gemm-to-matmul", Gemm(A, transposed(B, alpha), None, alpha), MatMul(A, B))
