# SPDX-License-Identifier: Apache-2.0
"""What is known of the values of a function: shapes, and the elements of small integer tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import prod
from typing import Any, TypeAlias

import numpy as np
import onnx
from onnx import helper

from ...dialect.bindings import ir
from ...dialect.ops.attributes import get_attribute
from ...dialect.ops.constant import held_array
from ...dialect.ops.inference import MOST_ELEMENTS
from ...dialect.ops.spec import OpSpec
from ...dialect.protos import type_to_proto
from ...dialect.types import Array, element_type, is_none, is_unknown, shape_of
from .dims import Dim, Dims, Shape, refined, sizes_of

Found: TypeAlias = "Shape | ir.Type | None"
"""What is found out about a value: the shape of a tensor, or the type of what is no tensor."""


class Knowledge:
    """The shape of each value, and what small integer tensors hold.

    elements: object arrays of int, of the name of a dimension (str), or None for what is not known.
    """

    def __init__(self) -> None:
        self.dims = Dims()
        self.types: dict[ir.Value, ir.Type] = {}
        self._shapes: dict[ir.Value, Shape | None] = {}
        self._elements: dict[ir.Value, Array | None] = {}
        self._protos: dict[tuple[int, Shape | None], onnx.TypeProto] = {}

    def declare(self, value: ir.Value, found: Found = None) -> None:
        """Begin with what the type of a value says, and with what else is known of it.

        Raises ValueError if one contradicts the other.
        """
        if isinstance(found, ir.Type):
            if isinstance(found, ir.ShapedType) != isinstance(value.type, ir.ShapedType):
                found = found if is_unknown(value.type) else None
            if found is not None:
                self.types[value] = found
            found = None if found is None else self._named(found)
        self._shapes[value] = refined(self.dims, self._named(value.type), found)
        self._elements.pop(value, None)

    def _named(self, type_: ir.Type) -> Shape | None:
        sizes = shape_of(type_)
        return None if sizes is None else self.dims.of_sizes(sizes)

    def shape(self, value: ir.Value) -> Shape | None:
        """None if not even the rank is known, or the value is no tensor."""
        if value not in self._shapes:
            self.declare(value)
        shape = self._shapes[value]
        return None if shape is None else self.dims.shape(shape)

    def type(self, value: ir.Value) -> ir.Type:
        """The type of a value, with what is known of its shape."""
        type_ = self.types.get(value, value.type)
        shape = self.shape(value) if isinstance(type_, ir.ShapedType) else None
        return type_ if shape is None else with_sizes(type_, sizes_of(shape))

    def shapes(self) -> Iterable[tuple[ir.Value, Shape | None]]:
        """Every value met so far."""
        for value, shape in self._shapes.items():
            yield value, None if shape is None else self.dims.shape(shape)

    def proto(self, value: ir.Value) -> onnx.TypeProto | None:
        """The type in ONNX's terms, with the names of dimensions."""
        type_ = self.types.get(value, value.type)
        row = element_type(type_) if isinstance(type_, ir.ShapedType) else None
        if row is None:
            return type_to_proto(type_)
        shape = self.shape(value)
        key = row.onnx, shape
        found = self._protos.get(key)
        if found is None:
            found = self._protos[key] = helper.make_tensor_type_proto(row.onnx, shape)
        return found

    def elements(self, value: ir.Value) -> Array | None:
        """What a small tensor holds, as far as it is known; None if it is large or nothing is known."""
        if value not in self._elements:
            owner = value.owner
            found: Array | None = None
            if not isinstance(owner, ir.Block) and owner.name == "onnx.Constant":
                sizes = shape_of(value.type)
                if sizes is None or prod(sizes) <= MOST_ELEMENTS:
                    found = held_array(owner)
            if found is not None and found.size > MOST_ELEMENTS:
                found = None
            if found is not None and found.dtype == object:
                found = None  # strings
            elif found is not None and found.dtype.kind in "iub":
                found = found.astype(object)
            self._elements[value] = found
        found = self._elements[value]
        if found is not None and found.dtype == object:
            found = _map(self.dims.known, found)
        return found

    def hold(self, value: ir.Value, elements: Array | None) -> None:
        """Note what a value holds."""
        if elements is not None and elements.size > MOST_ELEMENTS:
            elements = None
        self._elements[value] = elements

    def constant(self, value: ir.Value) -> Array | None:
        """What a small tensor holds, if all of it is known."""
        found = self.elements(value)
        if found is None or found.dtype != object:
            return found
        row = element_type(value.type)
        if row is None or not all(isinstance(item, (int, np.integer)) for item in found.flat):
            return None
        return found.astype(row.dtype)


def with_sizes(type_: ir.Type, sizes: tuple[int, ...]) -> ir.Type:
    """A tensor type of these sizes, like `type_` otherwise; a layout stays."""
    dynamic = ir.ShapedType.get_dynamic_size()
    shape = [dynamic if size < 0 else size for size in sizes]
    encoding = type_.encoding if isinstance(type_, ir.RankedTensorType) else None
    element = type_.element_type if isinstance(type_, ir.ShapedType) else type_
    return ir.RankedTensorType.get(shape, element, encoding, loc=ir.Location.unknown(type_.context))


def _map(known: Any, elements: Array) -> Array:
    mapped = np.empty(elements.shape, object)
    mapped.reshape(-1)[:] = [known(item) for item in elements.flat]
    return mapped


class OpFacts:
    """One op, and what is known of its operands."""

    def __init__(self, op: ir.Operation, spec: OpSpec, knowledge: Knowledge) -> None:
        self.op = op
        self.spec = spec
        self.dims = knowledge.dims
        self._knowledge = knowledge
        self.operands: list[ir.Value] = list(op.operands)
        self.result_shape: Shape | None = None
        """Of the first result, as soon as it is known."""

    def has(self, index: int) -> bool:
        """Whether an operand is there."""
        return index < len(self.operands) and not is_none(self.operands[index].type)

    def shape(self, index: int) -> Shape | None:
        """The shape of an operand."""
        return self._knowledge.shape(self.operands[index])

    def type(self, index: int) -> ir.Type:
        """The type of an operand, with what is known of its shape."""
        return self._knowledge.type(self.operands[index])

    def elements(self, index: int) -> Array | None:
        """What an operand holds; see `Knowledge.elements`."""
        return self._knowledge.elements(self.operands[index]) if self.has(index) else None

    def constant(self, index: int) -> Array | None:
        """What an operand holds, if all of it is known."""
        return self._knowledge.constant(self.operands[index]) if self.has(index) else None

    def attribute(self, name: str) -> Any:
        """The Python value of an attribute; its default if it is not set, None if it has none or no such op."""
        spec = self.spec.attributes.get(name)
        if spec is None:
            return None
        found = get_attribute(self.op, name)
        return spec.default if found is None else spec.kind.value(found)

    def constant_of(self, value: ir.Value) -> Array | None:
        """What any other value holds, if all of it is known."""
        return self._knowledge.constant(value)

    def dim(self, element: Any) -> Dim:
        """A size that an element says."""
        if element is None or (not isinstance(element, str) and element < 0):
            return self.dims.fresh()
        return element if isinstance(element, str) else int(element)

    def axis(self, name: str, rank: int) -> int:
        """An attribute that names an axis, counted from the front.  Raises ValueError if there is no such axis."""
        axis: int = self.attribute(name)
        if not -rank <= axis < rank:
            raise ValueError(f"{name} {axis} is not in [{-rank}, {rank - 1}]")
        return axis % rank


Rule: TypeAlias = Callable[[OpFacts], "Sequence[Found] | None"]
"""What is said of the results of an op; None for nothing."""
