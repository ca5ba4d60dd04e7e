# SPDX-License-Identifier: Apache-2.0
"""A name for every node: those without one, or with one that another has, get a fresh one.

Source: onnx-mlir's pass of the same name, whose names these are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..dialect.bindings import ir
from ..dialect.model_records import NODE_NAME
from ..dialect.ops.attributes import get_attribute
from ..dialect.ops.schema import spec_of
from .rewriting.base import FunctionPass

_LONGEST = 256
"""A name that is made of the operand's name is at most this long."""

_NO_SOURCE = ("onnx.Constant", "onnx.Dim")
"""Ops after which no other is called."""


def set_names(op: ir.Operation) -> None:
    """Name the nodes inside `op`."""
    naming = _Naming()
    unnamed: list[ir.Operation] = []
    for node in _nodes(op):
        name = _name(node)
        if name and name not in naming.taken:
            naming.taken.add(name)
        else:
            unnamed.append(node)
    naming.nameless.update(result for node in unnamed for result in node.results)
    for node in unnamed:
        node.attributes[NODE_NAME.name] = NODE_NAME.form.write(naming.fresh(node))


def _nodes(op: ir.Operation) -> Iterator[ir.Operation]:
    """The onnx ops inside `op` that stand for nodes, in order."""
    for region in op.regions:
        for block in region.blocks:
            for view in block.operations:
                inner = view.operation
                spec = spec_of(inner)
                if spec is not None and not (
                    spec.terminator or spec.constant_like or spec.name == "EntryPoint"
                ):
                    yield inner
                yield from _nodes(inner)


def _name(op: ir.Operation) -> str:
    attribute = get_attribute(op, NODE_NAME.name)
    return attribute.value if isinstance(attribute, ir.StringAttr) else ""


def _name_of_location(location: ir.Location) -> str:
    if isinstance(location, ir.NameLoc):
        return location.name_str
    if isinstance(location, ir.FusedLoc):
        return "-".join(
            each.name_str for each in location.locations if isinstance(each, ir.NameLoc)
        )
    return ""


@dataclass
class _Naming:
    """taken: names that nodes have.  nameless: results of the nodes that came without a name of their own."""

    taken: set[str] = field(default_factory=set[str])
    nameless: set[ir.Value] = field(default_factory=set[ir.Value])
    _number: int = 0

    def fresh(self, op: ir.Operation) -> str:
        """A name after that which `op` shares, its location, what makes its first operand, or the kind of op."""
        stem = _name(op) or _name_of_location(op.location) or self._after_operand(op) or op.name
        name = self._numbered(stem)
        while name in self.taken:
            name = self._numbered(op.name)
        self.taken.add(name)
        return name

    def _numbered(self, stem: str) -> str:
        name = f"{stem}_{self._number}"
        self._number += 1
        return name

    def _after_operand(self, op: ir.Operation) -> str:
        if not len(op.operands):
            return ""
        owner = op.operands[0].owner
        if isinstance(owner, ir.Block) or owner.name in _NO_SOURCE:
            return ""
        source = _name(owner.operation)
        if not source or op.operands[0] in self.nameless:
            return ""
        name = f"{source}_{op.name}"
        return name if len(name) <= _LONGEST else ""


PASS = FunctionPass(
    argument="set-onnx-node-name",
    summary="Give a name to every node without one, or with one that another has",
    function=set_names,
)
