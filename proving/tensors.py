# SPDX-License-Identifier: Apache-2.0
"""Tensors of exact numbers, and why an op has no result on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .domains import Domain


class Invalid(Exception):  # noqa: N818 - not an error: what a rule admits is found by trying
    """ONNX refuses it: shapes, ranks, types or attributes do not fit."""


class Undefined(Exception):  # noqa: N818
    """Valid, but without an exact value: a division by zero, the root of what is no square."""


class Unordered(Exception):  # noqa: N818
    """Compares numbers of a domain that has no order."""


class Tensor:
    """A tensor of exact numbers.

    type: of its elements, as MLIR spells it (`f32`, `i64`, `i1`).  numbers: what its elements are.  data: a numpy array
    of Python objects.  Nobody changes the data of a tensor that is made.
    """

    __slots__ = ("data", "numbers", "type")

    def __init__(self, type: str, numbers: Domain, data: Any) -> None:  # noqa: A002
        self.type = type
        self.numbers = numbers
        self.data = data

    @property
    def shape(self) -> tuple[int, ...]:
        """Its sizes."""
        shape: tuple[int, ...] = self.data.shape
        return shape

    @property
    def rank(self) -> int:
        """The number of its axes."""
        rank: int = self.data.ndim
        return rank

    def like(self, data: Any) -> Tensor:
        """Other elements of the same type."""
        return Tensor(self.type, self.numbers, data)

    def __repr__(self) -> str:
        return f"Tensor({self.type!r}, {self.numbers.name}, {self.data.tolist()!r})"
