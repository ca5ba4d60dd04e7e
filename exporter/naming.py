# SPDX-License-Identifier: Apache-2.0
"""Names of values: those that they came with, and fresh ones for the rest.

A name is unique among the values that can be seen together: those of a graph and of the graphs around it.  The branches
of an If may use the same names, as models do.  A value hides one of an enclosing graph only where it did so in the
model that it came from, and where nothing in its graph uses the other: evaluators do not agree on which one is read.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from ..dialect.bindings import ir
from ..dialect.dataclass import dataclass, field
from ..dialect.model_records import ARGUMENTS, GRAPH, GRAPHS, NAME, OUTPUTS, RESULTS
from ..dialect.model_texts import string
from ..dialect.ops.attributes import AnyAttribute, get_attribute
from ..dialect.types import is_none


@dataclass
class Names:
    """Names of the values of one function; "" for one that is none.

    distinct: whether no value hides another, not even where the model had it so.
    """

    function: ir.Operation
    distinct: bool = False
    of: dict[ir.Value, str] = field(default_factory=dict[ir.Value, str])
    _taken: set[str] | None = None
    _numbers: dict[str, int] = field(default_factory=dict[str, int])
    _captured: dict[ir.Block, list[ir.Value]] | None = None

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

    def captured(self, block: ir.Block) -> frozenset[str]:
        """The names of the values of enclosing graphs that a block uses, also in the blocks inside it."""
        if self._captured is None:
            self._captured = _captured_values(self.function)
        return frozenset(self.of[value] for value in self._captured.get(block, ()))


@dataclass
class NameScope:
    """The names that are taken in a graph and in those around it.

    block: that of a region.  required: the names that values must have, because they are outputs of the graph.
    reserved: names of outputs that nothing has yet: the values that must have them, or else Identities, come later.
    """

    names: Names
    parent: NameScope | None = None
    block: ir.Block | None = None
    taken: set[str] = field(default_factory=set[str])
    required: dict[ir.Value, str] = field(default_factory=dict[ir.Value, str])
    reserved: set[str] = field(default_factory=set[str])
    _captured: frozenset[str] | None = None

    def is_taken(self, name: str) -> bool:
        """Whether the name is one of this graph's, or of a value that can be seen here."""
        return name in self.taken or name in self.reserved or self.would_hide(name)

    def would_hide(self, name: str) -> bool:
        """Whether an enclosing graph has a value of the name before this graph."""
        parent = self.parent
        return parent is not None and (name in parent.taken or parent.would_hide(name))

    def _may_hide(self, name: str) -> bool:
        """Whether a value of the name would hide none that is used in this graph."""
        if name in self.taken or name in self.reserved or self.block is None or self.names.distinct:
            return False
        if self._captured is None:
            self._captured = self.names.captured(self.block)
        return name not in self._captured

    def assign(self, value: ir.Value, recorded: str, base: str, hiding: Container[str] = ()) -> str:
        """Give a value its name: the required one, else the recorded one if it is free, else one like `base`.

        hiding: the names that may hide those of enclosing graphs.
        """
        name = self.required.get(value)
        if name is None:
            free = not self.is_taken(recorded) or (recorded in hiding and self._may_hide(recorded))
            name = recorded if recorded and free else self.names.fresh(recorded or base)
        self.reserved.discard(name)
        self.taken.add(name)
        self.names.of[value] = name
        return name

    def assign_argument(self, argument: ir.BlockArgument, recorded: str, base: str) -> str:
        """Give an argument of a block its name; nodes that use one of type none leave that input out."""
        name = self.assign(argument, recorded, base, (recorded,))
        if is_none(argument.type):
            self.names.of[argument] = ""
        return name


def _captured_values(function: ir.Operation) -> dict[ir.Block, list[ir.Value]]:
    """For each block of a region those values of enclosing graphs that it uses."""
    found: dict[ir.Block, dict[ir.Value, None]] = {}

    def visit(op: ir.Operation) -> ir.WalkResult:
        for value in op.operands:
            owner = value.owner
            home = owner if isinstance(owner, ir.Block) else owner.operation.block
            block = op.block
            while block != home:
                found.setdefault(block, {})[value] = None
                block = block.owner.operation.block
        return ir.WalkResult.ADVANCE

    function.walk(visit)
    return {block: list(values) for block, values in found.items()}


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
