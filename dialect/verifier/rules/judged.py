# SPDX-License-Identifier: Apache-2.0
"""An op as its rules see it, and the words in which most of them speak.

The words are onnx-mlir's where it has some (src/Support/Diagnostic.cpp), so that its tests hold here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ...bindings import ir
from ...ops.attributes import get_attribute
from ...ops.constant import held_array, small_constant
from ...ops.spec import OpSpec
from ...types import DYNAMIC, Array, ElementType, element_type, is_none, shape_of

Shape = tuple[int, ...]


class Judged:
    """One op; its operands, results and attributes have the names of its spec."""

    def __init__(self, op: ir.Operation, spec: OpSpec) -> None:
        self.op = op
        self.spec = spec

    def value(self, name: str | int) -> ir.Value:
        """The operand or result of that name, or the operand of that number."""
        if isinstance(name, int):
            return self.op.operands[name]
        is_result, index = self.spec.places[name]
        return self.op.results[index] if is_result else self.op.operands[index]

    def shape(self, name: str | int) -> Shape | None:
        """The shape of an operand or a result, `DYNAMIC` where a size is not known; None if the rank is not."""
        return shape_of(self.value(name).type)

    def rank(self, name: str | int) -> int | None:
        """The rank of an operand or a result; None if it is not known."""
        shape = self.shape(name)
        return None if shape is None else len(shape)

    def element(self, name: str) -> ElementType | None:
        """The element type of an operand or a result; None if it is no tensor."""
        type_ = self.value(name).type
        return element_type(type_) if isinstance(type_, ir.ShapedType) else None

    def absent(self, name: str) -> bool:
        """Whether an operand or a result is left out."""
        return is_none(self.value(name).type)

    def held(self, name: str) -> Array | None:
        """What an operand holds; None if it is no small constant, or elided from the text."""
        constant = small_constant(self.value(name))
        return None if constant is None else held_array(constant)

    def has(self, name: str) -> bool:
        """Whether the attribute is written down."""
        return name in self.op.attributes

    def attribute(self, name: str) -> Any:
        """The value of an attribute, or else its default; None if it has neither."""
        spec = self.spec.attributes[name]
        attribute = get_attribute(self.op, name)
        return spec.default if attribute is None else spec.kind.value(attribute)

    def out_of_range(self, name: str, value: int, low: int, high: int) -> str:
        """The message for a number that is not in [low, high]."""
        return f"{self.op.name}: '{name}' value is {value}, accepted range is [{low}, {high}]"

    def wrong_rank(self, name: str | int, expected: object) -> str:
        """The message for an operand that should have another rank."""
        rank = self.rank(name)
        return f"{self.op.name}: operand '{self._shown(name)}' has rank {rank}, rank should be {expected}"

    def wrong_size(self, name: str | int, axis: int, expected: object) -> str:
        """The message for an operand that should have another size at an axis."""
        size = (self.shape(name) or ())[axis]
        return (
            f"{self.op.name}: operand '{self._shown(name)}' has dimension at index {axis} "
            f"with value {size}, value should be {expected}"
        )

    def _shown(self, name: str | int) -> str:
        value = self.value(name)
        if isinstance(value.owner, ir.Block):
            number = ir.BlockArgument(value).arg_number
            return f"<block argument> of type '{value.type}' at index: {number}"
        return value.owner.get_asm(large_elements_limit=16, skip_regions=True, assume_verified=True)


Rule = Callable[[Judged], Iterator[str]]
"""Yields messages.  One that begins with the op's name stands for itself, others follow "'onnx.X' op".

It sees types, attributes and small constants, and is asked once for each combination of them.
"""
PlaceRule = Callable[[ir.Operation], Iterator[str]]
"""`rule(op)`: sees all of the op and what is around it, and is asked for each op."""


def show(shape: Sequence[int]) -> str:
    """A shape in a message: `(2, ?)`."""
    return "(" + ", ".join("?" if size == DYNAMIC else str(size) for size in shape) + ")"
