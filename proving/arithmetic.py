# SPDX-License-Identifier: Apache-2.0
"""The arithmetic of a rule, computed exactly from what its letters stand for.

It says once more what `passes/rewriting/arithmetic.py` and `weights.py` say in float64.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from ..passes.rewriting.terms import (
    Along,
    Arithmetic,
    Attribute,
    ByGroup,
    Channel,
    Column,
    Const,
    Contraction,
    Number,
    Term,
    View,
)
from .domains import Domain, array_of
from .instances import Instance, NoCase, unviewed
from .tensors import Tensor


class NotComputed(Exception):  # noqa: N818 - not an error: a question has no answer
    """Arithmetic that has no meaning here: the rule is not decided."""


def exactly(number: float, domain: Domain) -> Any:
    """A number as an element of a domain."""
    return domain.from_python(int(number) if float(number).is_integer() else Fraction(number))


class Calculator:
    """Computes terms in one instance.  numbers: the domain that it computes in."""

    def __init__(self, instance: Instance, numbers: Domain) -> None:
        self._instance = instance
        self._numbers = numbers
        self._known: dict[Term, Any] = {}

    def compute(self, term: Term) -> Any:
        """The array that a term stands for; raises Undefined."""
        if term not in self._known:
            self._known[term] = self._compute(term)
        return self._known[term]

    def _compute(self, term: Term) -> Any:
        numbers = self._numbers
        match term:
            case Number():
                return array_of(exactly(term.number, numbers))
            case Attribute():
                given = self._instance.attribute(term)
                return (
                    given.data if isinstance(given, Tensor) else array_of(exactly(given, numbers))
                )
            case Const():
                return self._instance.seen[term]
            case Arithmetic(operator="sqrt"):
                return numbers.sqrt(self.compute(term.arguments[0]))
            case Arithmetic(arguments=(single,)):
                return numbers.neg(self.compute(single))
            case Arithmetic():
                left, right = map(self.compute, term.arguments)
                return self._binary(term.operator)(left, right)
            case Contraction():
                weights = self.compute(term.of)
                product = numbers.mul(weights, self._factor(term.factor, weights.ndim))
                axes = tuple(axis for axis in range(product.ndim) if axis not in term.keep)
                return numbers.sum(product, axes)
            case Column():
                found = self.compute(term.of)
                return found[:, np.newaxis] if found.ndim else found
            case ByGroup():
                found = self.compute(term.of)
                groups = self._instance.attribute(term.by)
                if not found.ndim:
                    return found
                return found.reshape(groups, found.shape[0] // groups)
            case Channel():
                found = self.compute(term.of)
                return found.reshape(-1, *[1] * self._behind(term)) if found.ndim else found
            case View():
                return self.unviewed(term, self.compute(term.of))
            case _:
                raise NotComputed(type(term).__name__.lower())

    def _behind(self, channel: Channel) -> int:
        """How many axes lie behind the one that a constant varies along."""
        beside = self._instance.tensor(channel.beside)
        if beside is None:
            raise NoCase("nothing stands beside the constant")
        axis = self._instance.axes.get(channel.beside, channel.axis)
        return (len(beside.shape) if axis >= 0 else 0) - axis - 1

    def scaled(self, weights: Const, factor: Term) -> Any:
        """Weights times a factor, whose axes may lie along those of the weights."""
        array = self.compute(weights)
        return self._numbers.mul(array, self._factor(factor, array.ndim))

    def unviewed(self, view: View, seen: Any) -> Any:
        """What is stored, of what is seen."""
        return unviewed(view, seen, self._instance.attribute(view.by))

    def _factor(self, term: Term, rank: int) -> Any:
        if isinstance(term, Along):
            found = self.compute(term.of)
            if not found.ndim:
                return found
            shape = [1] * rank
            for axis, size in zip(term.axes, found.shape, strict=True):
                shape[axis] = size
            return found.reshape(shape)
        if isinstance(term, Arithmetic) and len(term.arguments) == 2:
            left, right = (self._factor(each, rank) for each in term.arguments)
            return self._binary(term.operator)(left, right)
        return self.compute(term)

    def _binary(self, operator: str) -> Callable[[Any, Any], Any]:
        numbers = self._numbers
        return {"+": numbers.add, "-": numbers.sub, "*": numbers.mul, "/": numbers.div}[operator]
