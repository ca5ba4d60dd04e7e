# SPDX-License-Identifier: Apache-2.0
"""MatMul, Gemm, and what is added to them or scales them."""

from __future__ import annotations

from collections.abc import Mapping

from ..rewriting import (
    Rule,
    attributes,
    broadcasts_to,
    const,
    element_type,
    one_element,
    rank,
    values,
)
from ..rewriting.ops import Add, Div, Gemm, MatMul, Mul
from ..rewriting.rewriter import Pattern

_FLOATS = ("f16", "bf16", "f32", "f64")

A, B, C = values("A B C")
alpha, beta, transA, transB = attributes("alpha beta transA transB")
product = MatMul(A, B)
W, c = const("W", "K N"), const("c")
weighted = MatMul(A, W)
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
        # Of integers a Gemm rounds the sum, with C or without.
        (broadcasts_to(C, gemm), element_type(A, *_FLOATS)),
    ),
    Rule("mul-of-matmul", Mul(weighted, c), MatMul(A, Mul(W, c)), (one_element(c),)),
    Rule(
        "div-of-matmul",
        Div(weighted, c),
        MatMul(A, Div(W, c)),
        (one_element(c), element_type(A, *_FLOATS)),
    ),
)

PATTERNS: Mapping[Pattern, str] = {}
