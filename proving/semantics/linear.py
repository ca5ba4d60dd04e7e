# SPDX-License-Identifier: Apache-2.0
"""Products of matrices."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from ..tensors import Tensor, Undefined
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
    product = _times(call, "alpha", a.like(numbers.matmul(x, y)))
    if c is None:
        return a.like(product)
    # Before version 7, C broadcasts only if it is said to.
    fits = c.shape == product.shape if call.version < 7 and not call["broadcast"] else True
    need(
        fits and broadcast(c.shape, product.shape) == product.shape, "C does not broadcast to A * B"
    )
    return a.like(numbers.add(product, _times(call, "beta", c)))


def _times(call: Call, name: str, x: Tensor) -> Any:
    """The elements of x times an attribute, which is 1 as a rule."""
    if call[name] == 1:
        return x.data
    return x.numbers.mul(x.data, call.number(name, x.numbers))


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


@means("Einsum")
def einsum(call: Call, *operands: Tensor) -> Tensor:
    """The sum of products that an equation says"""
    terms, result = _equation(call["equation"], [each.rank for each in operands])
    sizes: dict[str, int] = {}
    for term, operand in zip(terms, operands, strict=True):
        need(
            len({*zip(term, operand.shape, strict=True)}) == len({*term}),
            "sizes of one letter differ",
        )
        for letter, size in zip(term, operand.shape, strict=True):
            known = sizes.setdefault(letter, size)
            need(known == size or 1 in (known, size), "sizes of one letter differ")
            if known != size and letter.isalpha():
                raise Undefined(
                    "broadcasting by a letter, of which the specification does not tell"
                )
            sizes[letter] = max(known, size) if min(known, size) else 0
    letters = [*result, *(letter for letter in sizes if letter not in result)]
    need(len(letters) == len(sizes), "a letter of the result that no operand has")
    numbers = operands[0].numbers
    product = reduce(
        numbers.mul,
        [_laid_out(each, term, letters) for each, term in zip(operands, terms, strict=True)],
    )
    whole = np.broadcast_to(product, [sizes[letter] for letter in letters])
    return operands[0].like(numbers.sum(whole, tuple(range(len(result), len(letters)))))


def _equation(equation: str, ranks: list[int]) -> tuple[list[list[str]], list[str]]:
    """The letters of each operand and of the result; those that dots stand for are numbers, from the right."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    parts = left.split(",")
    need(len(parts) == len(ranks), "a term for each operand")
    terms: list[list[str]] = []
    most = 0
    for part, rank in zip(parts, ranks, strict=True):
        before, dots, after = part.partition("...")
        hidden = rank - len(before) - len(after)
        need(hidden >= 0 if dots else hidden == 0, "a letter for each axis")
        most = max(most, hidden)
        terms.append([*before, *map(str, reversed(range(hidden))), *after])
    every = [*map(str, reversed(range(most)))]
    if arrow:
        before, dots, after = right.partition("...")
        result = [*before, *(every if dots else ()), *after]
    else:
        counted = [letter for letter in left if letter.isalpha()]
        result = every + sorted(letter for letter in {*counted} if counted.count(letter) == 1)
    need(len({*result}) == len(result), "a letter that the result names twice")
    return terms, result


def _laid_out(operand: Tensor, term: list[str], letters: list[str]) -> Any:
    """An operand with one axis for each letter; of a letter that it has twice, the diagonal."""
    data, term = operand.data, list(term)
    for letter in {*term}:
        while term.count(letter) > 1:
            first = term.index(letter)
            second = term.index(letter, first + 1)
            data = np.diagonal(data, axis1=first, axis2=second)
            term = [each for at, each in enumerate(term) if at not in (first, second)] + [letter]
    present = [letter for letter in letters if letter in term]
    data = data.transpose([term.index(letter) for letter in present])
    sizes = iter(data.shape)
    return data.reshape([next(sizes) if letter in term else 1 for letter in letters])
