# SPDX-License-Identifier: Apache-2.0
"""Names of values: those that they came with, and fresh ones for the rest.

A name is unique among the values that can be seen together: those of a graph and of the graphs around it.  The branches
of an If may use the same names, as models do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..dialect.bindings import ir
from ..dialect.model_records import ARGUMENTS, GRAPH, GRAPHS, NAME, OUTPUTS, RESULTS
from ..dialect.model_texts import string
from ..dialect.ops.attributes import AnyAttribute, get_attribute
from ..dialect.types import is_none


@dataclass
class Names:
    """Names of the values of one function; "" for one that is none."""

    function: ir.Operation
    of: dict[ir.Value, str] = field(default_factory=dict[ir.Value, str])
    _taken: set[str] | None = None
    _numbers: dict[str, int] = field(default_factory=dict[str, int])

    def fresh(self, base: str) -> str:
        """A name that no value of the function has and no record holds; like `base` as far as possible."""
        if self._taken is None:
            self._taken = set(_recorded_names(self.function))
        name, number = base, self._numbers.get(base, 0)
        while not name or name in self._taken:
            number += 1
            name = f"{base}_{number}"
        self._numbers[base] = number
        self._taken.add(name)
        return name


@dataclass
class NameScope:
    """The names that are taken in a graph and in those around it.

    required: the names that values must have, because they are outputs of the graph.  unmet: names of outputs whose
    values have other names; they are taken, until an Identity gives them.
    """

    names: Names
    parent: NameScope | None = None
    taken: set[str] = field(default_factory=set[str])
    required: dict[ir.Value, str] = field(default_factory=dict[ir.Value, str])
    unmet: set[str] = field(default_factory=set[str])

    def is_taken(self, name: str) -> bool:
        """Whether a value that can be seen here has the name."""
        return name in self.taken or (self.parent is not None and self.parent.is_taken(name))

    def assign(self, value: ir.Value, recorded: str, base: str) -> str:
        """Give a value its name: the required one, else the recorded one if it is free, else one like `base`."""
        name = self.required.get(value)
        if name is None:
            name = (
                recorded
                if recorded and not self.is_taken(recorded)
                else self.names.fresh(recorded or base)
            )
        self.taken.add(name)
        self.names.of[value] = name
        return name

    def assign_argument(self, argument: ir.BlockArgument, recorded: str, base: str) -> str:
        """Give an argument of a block its name; nodes that use one of type none leave that input out."""
        name = self.assign(argument, recorded, base)
        if is_none(argument.type):
            self.names.of[argument] = ""
        return name


def _recorded_names(function: ir.Operation) -> Iterator[str]:
    """Every name that is recorded in a function."""
    found: list[str] = []

    def visit(op: ir.Operation) -> ir.WalkResult:
        for record in (NAME, OUTPUTS, GRAPHS, GRAPH, ARGUMENTS, RESULTS):
            attribute = get_attribute(op, record.name)
            if attribute is not None:
                found.extend(_names_in(attribute))
        return ir.WalkResult.ADVANCE

    function.walk(visit)
    return iter(found)


def _names_in(attribute: AnyAttribute) -> Iterator[str]:
    """Every string in an attribute: more than names, which does no harm."""
    if isinstance(attribute, ir.StringAttr):
        yield string(attribute)
    elif isinstance(attribute, ir.ArrayAttr):
        for item in attribute:
            yield from _names_in(item)
    elif isinstance(attribute, ir.DictAttr):
        for entry in attribute:
            yield from _names_in(entry.attr)
