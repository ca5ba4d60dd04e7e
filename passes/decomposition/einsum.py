# SPDX-License-Identifier: Apache-2.0
"""Einsum as sums, products and products of matrices.

Every axis has a label: a letter of the equation, or for what `...` stands for a number counted from the right.

1. axes of size 1 that the result does not have are dropped, so that what is summed never broadcasts;
2. axes with one label become their diagonal: all else is masked, then summed;
3. labels that nobody else has are summed;
4. two operands are contracted at a time: the labels that only they have by MatMul, else by Mul;
5. the axes of what is left take the order of the result.

All shapes have to be known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias

import numpy as np

from ...dialect.bindings import ir
from ...dialect.onnx import op_class
from ...dialect.types import element_type, tensor_type
from ..rewriting import NoMatch, Rewriter, Rewritten, no_match
from .replacing import number, sizes_of, value_of

Label: TypeAlias = "str | int"

_TYPES = frozenset(["f16", "f32", "f64", "bf16", "i32", "i64", "ui32", "ui64"])
"""What MatMul and ReduceSum take."""


@dataclass
class _Factor:
    """A tensor, and the label and the size of each of its axes."""

    value: ir.Value
    labels: list[Label]
    sizes: list[int]


def einsum(op: Any, rewriter: Rewriter, **_: Any) -> NoMatch | Rewritten:
    """See the module."""
    row = element_type(op.results[0].type)
    if row is None or row.asm not in _TYPES:
        return no_match("MatMul does not take the element type")
    shapes = [sizes_of(value) for value in op.operands]
    result = sizes_of(op.results[0])
    known = [shape for shape in shapes if shape is not None]
    if result is None or len(known) < len(shapes):
        return no_match("shapes are not known")
    labels = _labels(op.equation, [len(shape) for shape in known])
    if labels is None:
        return no_match(f"the equation '{op.equation}' does not fit the operands")
    inputs, output = labels
    if 0 in result or any(0 in shape for shape in known):
        return rewriter.replace(op, number(np.zeros(result, row.dtype), row.dtype))
    factors = [
        _Factor(value, list(names), list(shape))
        for value, names, shape in zip(op.operands, inputs, known, strict=True)
    ]
    contraction = _Contraction(factors, output, row)
    return rewriter.replace(op, contraction.run())


def _labels(equation: str, ranks: Sequence[int]) -> tuple[list[list[Label]], list[Label]] | None:
    """The labels of each operand and of the result; None for an equation that does not fit the ranks."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(ranks):
        return None
    inputs: list[list[Label]] = []
    for term, rank in zip(terms, ranks, strict=True):
        found = _axes(term, rank - len(term.replace("...", "")))
        if found is None or len(found) != rank:
            return None
        inputs.append(found)
    dotted = [
        rank - len(term) + len("...")
        for term, rank in zip(terms, ranks, strict=True)
        if "..." in term
    ]
    most = max(dotted, default=0)
    if not arrow:
        counts = Counter(letter for letter in left if letter.isalpha())
        right = "..." * ("..." in left) + "".join(sorted(x for x, n in counts.items() if n == 1))
    output = _axes(right, most if "..." in right else 0)
    return None if output is None else (inputs, output)


def _axes(term: str, count: int) -> list[Label] | None:
    """The labels of a term of which `...` stands for so many axes."""
    before, dots, behind = term.partition("...")
    if not (before + behind).isalpha() and before + behind:
        return None
    if count < 0 or (not dots and count):
        return None
    return [*before, *range(-count, 0), *behind] if dots else [*before]


class _Contraction:
    """The factors that are left, and what they shall become."""

    def __init__(self, factors: list[_Factor], output: list[Label], row: Any) -> None:
        self._factors = factors
        self._output = output
        self._row = row

    def run(self) -> ir.Value:
        """The result; see the module for the steps."""
        for factor in self._factors:
            self._drop(
                factor,
                [
                    axis
                    for axis, (label, size) in enumerate(
                        zip(factor.labels, factor.sizes, strict=True)
                    )
                    if size == 1 and label not in self._output
                ],
            )
        for factor in self._factors:
            for label, count in Counter(factor.labels).items():
                if count > 1:
                    self._take_diagonal(factor, label)
            kept = self._labels_beside(factor)
            self._sum(factor, [i for i, label in enumerate(factor.labels) if label not in kept])
        while len(self._factors) > 1:
            self._contract(self._factors[0], self._factors.pop(1))
        self._transpose(self._factors[0], self._output)
        return self._factors[0].value

    def _labels_beside(self, *ignored: _Factor) -> set[Label]:
        """The labels of the result and of all factors but these."""
        found = set(self._output)
        for factor in self._factors:
            if all(factor is not other for other in ignored):
                found.update(factor.labels)
        return found

    def _make(self, factor: _Factor, name: str, *operands: Any, **attributes: Any) -> None:
        type_ = tensor_type(factor.sizes, self._row)
        factor.value = value_of(name, *operands, type_=type_, **attributes)

    def _drop(
        self, factor: _Factor, axes: Sequence[int], *, name: str = "Squeeze", **attributes: Any
    ) -> None:
        """Remove axes by an op that removes them."""
        if not axes:
            return
        factor.labels = [x for axis, x in enumerate(factor.labels) if axis not in axes]
        factor.sizes = [n for axis, n in enumerate(factor.sizes) if axis not in axes]
        self._make(factor, name, factor.value, number(axes), **attributes)

    def _sum(self, factor: _Factor, axes: Sequence[int]) -> None:
        if all(factor.sizes[axis] == 1 for axis in axes):
            self._drop(factor, axes)
        else:
            self._drop(factor, axes, name="ReduceSum", keepdims=0)

    def _take_diagonal(self, factor: _Factor, label: Label) -> None:
        axes = [axis for axis, other in enumerate(factor.labels) if other == label]
        size = factor.sizes[axes[0]]
        if size > 1:
            mask = np.zeros([size] * len(axes), np.bool_)
            mask[tuple([np.arange(size)] * len(axes))] = True
            shape = [size if axis in axes else 1 for axis in range(len(factor.sizes))]
            chosen = number(mask.reshape(shape), np.bool_)
            zero = number(np.zeros((), self._row.dtype), self._row.dtype)
            self._make(factor, "Where", chosen, factor.value, zero)
        self._sum(factor, axes[1:])

    def _contract(self, first: _Factor, second: _Factor) -> None:
        """`first` becomes the product; `second` has been taken out."""
        kept = self._labels_beside(first)
        summed = [x for x in first.labels if x in second.labels and x not in kept]
        if summed:
            self._multiply_matrices(first, second, summed)
        else:
            self._multiply(first, second)

    def _multiply(self, first: _Factor, second: _Factor) -> None:
        own = [x for x in first.labels if x not in second.labels]
        shared = [x for x in second.labels if x in first.labels]
        self._transpose(first, [*own, *shared])
        labels = [*own, *second.labels]
        missing = [axis for axis, label in enumerate(labels) if label not in first.labels]
        if missing:
            for axis in missing:
                first.sizes.insert(axis, 1)
            self._make(first, "Unsqueeze", first.value, number(missing))
        first.labels = labels
        first.sizes = list(np.broadcast_shapes(tuple(first.sizes), tuple(second.sizes)))
        self._make(first, "Mul", first.value, second.value)

    def _multiply_matrices(self, first: _Factor, second: _Factor, summed: list[Label]) -> None:
        """MatMul of (both, first, summed) and (both, summed, second), each of the last two groups made one axis."""
        both = [x for x in first.labels if x in second.labels and x not in summed]
        left = [x for x in first.labels if x not in second.labels]
        right = [x for x in second.labels if x not in first.labels]
        self._transpose(first, [*both, *left, *summed])
        self._transpose(second, [*both, *summed, *right])
        n, rows, inner = len(both), len(left), len(summed)
        left_sizes, right_sizes = first.sizes[n : n + rows], second.sizes[n + inner :]
        inner_size = prod(first.sizes[n + rows :])
        self._reshape(first, [*first.sizes[:n], prod(left_sizes), inner_size])
        self._reshape(second, [*second.sizes[:n], inner_size, prod(right_sizes)])
        outer = list(np.broadcast_shapes(tuple(first.sizes[:n]), tuple(second.sizes[:n])))
        first.sizes = [*outer, prod(left_sizes), prod(right_sizes)]
        self._make(first, "MatMul", first.value, second.value)
        self._reshape(first, [*outer, *left_sizes, *right_sizes])
        first.labels = [*both, *left, *right]

    def _transpose(self, factor: _Factor, labels: Collection[Label]) -> None:
        wanted = list(labels)
        if factor.labels == wanted:
            return
        perm = [factor.labels.index(label) for label in wanted]
        factor.labels, factor.sizes = wanted, [factor.sizes[axis] for axis in perm]
        self._make(factor, "Transpose", factor.value, perm=perm)

    def _reshape(self, factor: _Factor, sizes: list[int]) -> None:
        if factor.sizes != sizes:
            factor.sizes = sizes
            self._make(factor, "Reshape", factor.value, number(sizes))


PATTERNS = {op_class("Einsum"): einsum}
