# SPDX-License-Identifier: Apache-2.0
"""What the spec of an op says: its operands, results, attributes and regions."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal

from ..bindings import ir
from ..dataclass import dataclass, field
from .attribute_kinds import AttributeKind

Arity = Literal["single", "optional", "variadic"]


@dataclass(frozen=True)
class ValueSpec:
    """One formal operand or result.

    types: the type names (`types.type_name`) that it admits, None for any.  variable: operands and results of one op
    that name the same variable have the same type ("" for none); a variadic that is not homogeneous names none.
    """

    name: str
    arity: Arity
    types: frozenset[str] | None
    variable: str = ""
    min_count: int = 1


@dataclass(frozen=True)
class AttributeSpec:
    """One inherent attribute.  default: its Python value, None if leaving it out means something else."""

    name: str
    kind: AttributeKind
    required: bool = False
    default: Any = None

    def default_attribute(self) -> ir.Attribute | None:
        """What leaving the attribute out means, in the current context; None if that has no attribute."""
        return None if self.default is None else self.kind.attribute(self.default)


@dataclass(frozen=True)
class OpSpec:
    """One op of the dialect.

    name: the op's name without `onnx.`.  onnx_name, domain, since_version: the ONNX op that it stands for (0 where ONNX
    has no such op).  optional_regions: those that may be empty.  pure: has no effect but its results.  deterministic:
    gives equal results for equal operands.  constant_like: makes a value from nothing but its attributes (MLIR's
    ConstantLike).  isolated: its regions see no value from outside (MLIR's IsolatedFromAbove).  terminates: what the op
    stands at the end of.  custom: stands for nodes of which no schema tells, with any attributes and regions.
    """

    name: str
    onnx_name: str = ""
    domain: str = ""
    since_version: int = 0
    operands: tuple[ValueSpec, ...] = ()
    results: tuple[ValueSpec, ...] = ()
    attributes: dict[str, AttributeSpec] = field(default_factory=dict[str, AttributeSpec])
    regions: tuple[str, ...] = ()
    optional_regions: frozenset[str] = frozenset()
    pure: bool = True
    deterministic: bool = True
    constant_like: bool = False
    isolated: bool = False
    terminates: Literal["", "function", "region"] = ""
    custom: bool = False
    doc: str = ""

    @cached_property
    def terminator(self) -> bool:
        """Whether the op is the last of its block."""
        return bool(self.terminates)

    def default_attributes(self) -> dict[str, ir.Attribute]:
        """The attributes that have a default, in the current context."""
        found = ((each.name, each.default_attribute()) for each in self.attributes.values())
        return {name: default for name, default in found if default is not None}

    @cached_property
    def removable(self) -> bool:
        """Whether the op can be erased where nobody reads a result; one with regions, if what is in them can."""
        return self.pure and not self.terminator

    @cached_property
    def places(self) -> dict[str, tuple[bool, int]]:
        """Where each operand and result is: whether it is a result, and its number."""
        sides = ((False, self.operands), (True, self.results))
        return {
            value.name: (is_result, index)
            for is_result, values in sides
            for index, value in enumerate(values)
        }

    @cached_property
    def operand_range(self) -> tuple[int, int | None]:
        """Fewest and most operands; None where there is no most."""
        return _range(self.operands)

    @cached_property
    def result_range(self) -> tuple[int, int | None]:
        """Fewest and most results; None where there is no most."""
        return _range(self.results)


def _range(values: tuple[ValueSpec, ...]) -> tuple[int, int | None]:
    """onnx-mlir's rule: an optional value always has its place (`none` if absent), only a variadic varies."""
    fixed = sum(value.arity != "variadic" for value in values)
    if fixed == len(values):
        return fixed, fixed
    return fixed + values[-1].min_count, None
