# SPDX-License-Identifier: Apache-2.0
"""Arithmetic of exact numbers as it is written."""

from __future__ import annotations

from typing import Any

from ..domains import Domain, choose
from ..tensors import Tensor


class Formula:
    """Numbers of a domain, with operators; Python's numbers are elements of that domain beside them."""

    __slots__ = ("data", "numbers")

    def __init__(self, numbers: Domain, data: Any) -> None:
        self.numbers = numbers
        self.data = data

    def _of(self, other: Any) -> Any:
        return other.data if isinstance(other, Formula) else self.numbers.from_python(other)

    def __add__(self, other: Any) -> Formula:
        return Formula(self.numbers, self.numbers.add(self.data, self._of(other)))

    def __sub__(self, other: Any) -> Formula:
        return Formula(self.numbers, self.numbers.sub(self.data, self._of(other)))

    def __rsub__(self, other: Any) -> Formula:
        return Formula(self.numbers, self.numbers.sub(self._of(other), self.data))

    def __mul__(self, other: Any) -> Formula:
        return Formula(self.numbers, self.numbers.mul(self.data, self._of(other)))

    def __truediv__(self, other: Any) -> Formula:
        return Formula(self.numbers, self.numbers.div(self.data, self._of(other)))

    def __rtruediv__(self, other: Any) -> Formula:
        return Formula(self.numbers, self.numbers.div(self._of(other), self.data))

    def __neg__(self) -> Formula:
        return Formula(self.numbers, self.numbers.neg(self.data))

    __radd__ = __add__
    __rmul__ = __mul__

    def __lt__(self, other: Any) -> Any:
        return self.numbers.less(self.data, self._of(other))

    def __gt__(self, other: Any) -> Any:
        return self.numbers.less(self._of(other), self.data)

    def max(self, other: Any) -> Formula:
        """The greater one."""
        return Formula(self.numbers, self.numbers.maximum(self.data, self._of(other)))

    def min(self, other: Any) -> Formula:
        """The lesser one."""
        return Formula(self.numbers, self.numbers.minimum(self.data, self._of(other)))

    def sqrt(self) -> Formula:
        """The root."""
        return Formula(self.numbers, self.numbers.sqrt(self.data))

    def floor(self) -> Formula:
        """The greatest whole number that is not above."""
        return Formula(self.numbers, self.numbers.floor(self.data))

    def function(self, name: str, *parameters: Any) -> Formula:
        """A function of which nothing is known."""
        return Formula(self.numbers, self.numbers.unknown(name, self.data, parameters=parameters))

    def exp(self) -> Formula:
        """The exponential function."""
        return self.function("Exp")

    def log(self) -> Formula:
        """The natural logarithm."""
        return self.function("Log")

    def sum(self, axes: tuple[int, ...]) -> Formula:
        """The sums along axes, which get size 1."""
        shape = [1 if axis in axes else size for axis, size in enumerate(self.data.shape)]
        return Formula(self.numbers, self.numbers.sum(self.data, axes).reshape(shape))

    def mean(self, axes: tuple[int, ...]) -> Formula:
        """The means along axes, which get size 1; raise Undefined of nothing."""
        count = 1
        for axis in axes:
            count *= self.data.shape[axis]
        return self.sum(axes) / count

    def where(self, condition: Any, other: Any) -> Formula:
        """These numbers where a condition holds, else others."""
        chosen: Any = choose(condition.astype(bool), self.data, self._of(other))
        return Formula(self.numbers, chosen)


def formula(x: Tensor) -> Formula:
    """The elements of a tensor."""
    return Formula(x.numbers, x.data)
