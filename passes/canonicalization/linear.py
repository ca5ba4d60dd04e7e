# SPDX-License-Identifier: Apache-2.0
"""MatMul, Gemm, and what is added to them or scales them."""

from __future__ import annotations

from collections.abc import Mapping

from ..rewriting import (
    Rule,
    attributes,
    broadcasts_to,
    element_type,
    known,
    least_rank,
    one_element,
    rank,
    value,
    values,
)
from ..rewriting.ops import Add, Div, Gemm, MatMul, Mul
from ..rewriting.rewriter import Pattern

A, B, C = values("A B C")
c = value("c")
alpha, beta, transA, transB = attributes("alpha beta transA transB")
product, scaled = MatMul(A, B), (known(B), known(c), one_element(c), least_rank(B, 2))
gemm = Gemm(A, B, None, alpha, beta, transA, transB)

RULES = (
    Rule(
        "add-of-matmul",
        Add(product, C),
        Gemm(A, B, C),
        (rank(A, 2), rank(B, 2), broadcasts_to(C, product)),
    ),
    Rule(
        "add-of-gemm",
        Add(gemm, C),
        Gemm(A, B, C, alpha, transA, transB, beta=1.0),
        (broadcasts_to(C, gemm),),
    ),
    Rule("mul-of-matmul", Mul(product, c), MatMul(A, Mul(B, c)), scaled),
    Rule(
        "div-of-matmul",
        Div(product, c),
        MatMul(A, Div(B, c)),
        (*scaled, element_type(A, "f16", "bf16", "f32", "f64")),
    ),
)

PATTERNS: Mapping[Pattern, str] = {}
