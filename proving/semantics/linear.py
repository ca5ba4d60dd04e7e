# SPDX-License-Identifier: Apache-2.0
"""Products of matrices."""

from __future__ import annotations

from ..tensors import Tensor
from .shapes import broadcast
from .table import Call, means, need


@means("Gemm", since=6)
def gemm(call: Call, a: Tensor, b: Tensor, c: Tensor | None) -> Tensor:
    """alpha * A' * B' + beta * C"""
    need(a.rank == b.rank == 2, "A and B are matrices")
    numbers = a.numbers
    x = a.data.T if call["transA"] else a.data
    y = b.data.T if call["transB"] else b.data
    need(x.shape[1] == y.shape[0], "A has another number of columns than B has rows")
    product = numbers.mul(numbers.matmul(x, y), call.number("alpha", numbers))
    if c is None:
        return a.like(product)
    # Before version 7, C broadcasts only if it is said to.
    fits = c.shape == product.shape if call.version < 7 and not call["broadcast"] else True
    need(
        fits and broadcast(c.shape, product.shape) == product.shape, "C does not broadcast to A * B"
    )
    return a.like(numbers.add(product, numbers.mul(c.data, call.number("beta", numbers))))


@means("MatMul")
def matmul(_: Call, a: Tensor, b: Tensor) -> Tensor:
    """As numpy.matmul."""
    need(a.rank and b.rank, "MatMul of a scalar")
    need(
        a.shape[-1] == b.shape[-2 if b.rank > 1 else 0],
        "A has another number of columns than B has rows",
    )
    broadcast(a.shape[:-2], b.shape[:-2])
    return a.like(a.numbers.matmul(a.data, b.data))
