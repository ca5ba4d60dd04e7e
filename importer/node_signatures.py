# SPDX-License-Identifier: Apache-2.0
"""What nodes have in common that say the same but for the names: their op, its attributes, which operands are left out.

A model of many nodes has few kinds of them, so what a kind means is found out, and checked, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import onnx

from ..dialect.bindings import ir
from ..dialect.model_records import DOMAIN, DOMAIN_NAME, FUNCTION_NAME
from ..dialect.ops.spec import OpSpec
from ..dialect.ops.versions import types_admitted
from . import nodes
from .attributes import PLAIN, AttributeReader, NodeAttributes
from .errors import NodeError
from .nodes import Operators

Region: TypeAlias = "tuple[str, onnx.GraphProto | None]"
"""An attribute that holds a graph, and the graph; None for an optional one that the node does not have."""

Key: TypeAlias = "tuple[object, ...]"


@dataclass(frozen=True)
class Kind:
    """What a node becomes, but for its values and its records.

    spec: the op's.  attributes: those of the op that all nodes of the kind share.  missing:
    how many `none` operands follow those that the node gives.  has_gaps: whether it leaves one out before its last.
    has_all_results: whether each result of the op is one of the node's, in order.  regions: one for each of the op's.
    """

    spec: OpSpec
    attributes: dict[str, ir.Attribute]
    missing: int
    has_gaps: bool
    has_all_results: bool
    regions: list[Region]


class Kinds:
    """The kinds of the nodes of graphs that import the same opsets."""

    def __init__(self, operators: Operators, attributes: AttributeReader) -> None:
        self._operators = operators
        self._attributes = attributes
        self._known: dict[Key, Kind] = {}
        self._typed: set[Key] = set()

    def of(
        self,
        node: onnx.NodeProto,
        inputs: Sequence[str],
        outputs: Sequence[str],
        operands: Sequence[ir.Value | None],
        types: Sequence[ir.Type | None],
    ) -> Kind:
        """The kind of a node.

        inputs, outputs: its names of them.  operands: without those left out at the end.  types: of its outputs, as far
        as they are known.  Raises NodeError.
        """
        key = _key(node, inputs, outputs)
        if key is None:
            return self._new(node, outputs, operands, types)[0]
        full = _typed_key(key, operands, types) if key in self._typed else key
        kind = self._known.get(full)
        if kind is None:
            kind, depends_on_types = self._new(node, outputs, operands, types)
            if depends_on_types:
                self._typed.add(key)
                full = _typed_key(key, operands, types)
            self._known[full] = kind
        return kind

    def _new(
        self,
        node: onnx.NodeProto,
        outputs: Sequence[str],
        operands: Sequence[ir.Value | None],
        types: Sequence[ir.Type | None],
    ) -> tuple[Kind, bool]:
        """A kind, and whether it is right only for nodes of the same types."""
        operator = self._operators.of(node)
        found = self._attributes.read(node)
        nodes.check_counts(node, operator, len(operands))
        depends_on_types = False

        def types_fit(spec: OpSpec) -> bool:
            nonlocal depends_on_types
            depends_on_types = True
            given = [None if operand is None else operand.type for operand in operands]
            return types_admitted(spec, given, types)

        spec = nodes.spec_of(operator, node, found, len(operands), types_fit)
        nodes.check_attributes(node, operator, spec, found)
        attributes: dict[str, ir.Attribute] = {}
        if spec.custom:
            FUNCTION_NAME.put(attributes, node.op_type)
            if node.domain:
                DOMAIN_NAME.put(attributes, node.domain)
        elif node.domain != spec.domain:
            DOMAIN.put(attributes, node.domain)
        attributes.update(self._attributes.placed(found, spec))
        most, results = spec.operand_range[1], spec.result_range[1]
        wanted = most if most is not None else len(spec.operands) - 1
        kind = Kind(
            spec=spec,
            attributes=attributes,
            missing=max(0, wanted - len(operands)),
            has_gaps=any(operand is None for operand in operands),
            has_all_results=all(outputs) and results in (None, len(outputs)),
            regions=_regions(node, spec, found),
        )
        return kind, depends_on_types


def _key(node: onnx.NodeProto, inputs: Sequence[str], outputs: Sequence[str]) -> Key | None:
    """What tells the kind of a node; None if it may have no equal."""
    attributes: list[bytes] = []
    for proto in node.attribute:
        if proto.type not in PLAIN:
            return None  # With a tensor or a graph, no two nodes are alike.
        attributes.append(proto.SerializeToString())
    given: Key = (len(inputs), len(outputs))
    if "" in inputs or "" in outputs:
        given = (tuple(map(bool, inputs)), tuple(map(bool, outputs)))
    return node.op_type, node.domain, node.overload, given, *attributes


def _typed_key(
    key: Key, operands: Sequence[ir.Value | None], types: Sequence[ir.Type | None]
) -> Key:
    return *key, *(operand and operand.type for operand in operands), *types


def _regions(node: onnx.NodeProto, spec: OpSpec, found: NodeAttributes) -> list[Region]:
    """The node's graphs in the order of the op's regions."""
    if spec.custom:
        return [*found.graphs]
    graphs = dict(found.graphs)
    for name in spec.regions:
        if name not in graphs and name not in spec.optional_regions:
            raise NodeError(node, f"needs the graph '{name}'")
    return [(name, graphs.get(name)) for name in spec.regions]
