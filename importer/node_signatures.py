# SPDX-License-Identifier: Apache-2.0
"""Node signatures: all that decides which op a node becomes, but for the names of its values.

Most nodes of a model share their signature with others, so each signature is resolved to an op, and checked, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import onnx

from ..dialect.bindings import ir
from ..dialect.dataclass import dataclass
from ..dialect.model_records import DOMAIN, DOMAIN_NAME, FUNCTION_NAME
from ..dialect.ops.spec import OpSpec
from ..dialect.ops.versions import types_admitted
from . import nodes
from .attributes import AttributeReader, NodeAttributes
from .errors import NodeError
from .nodes import Operators
from .read_nodes import Key, ReadNode

Region: TypeAlias = "tuple[str, onnx.GraphProto | None]"
"""An attribute that holds a graph, and the graph; None for an optional one that the node does not have."""


@dataclass(frozen=True)
class NodeSignature:
    """What nodes of one signature become: an op but for its operands, results and records.

    spec: of the op.  attributes: those that all these nodes share.  trailing: how many `none` operands follow the
    node's own.  has_gaps: whether one is left out between them.  has_all_results: whether the results of the op are
    those of the node, in order.  regions: one for each of the op's.
    """

    spec: OpSpec
    attributes: dict[str, ir.Attribute]
    trailing: int
    has_gaps: bool
    has_all_results: bool
    regions: list[Region]


class NodeSignatures:
    """The signatures of the nodes of graphs that import the same opsets."""

    def __init__(self, operators: Operators, attributes: AttributeReader) -> None:
        self._operators = operators
        self._attributes = attributes
        self._signatures: dict[Key, NodeSignature] = {}
        self._typed: set[Key] = set()

    def of(
        self,
        node: ReadNode,
        operands: Sequence[ir.Value | None],
        types: Sequence[ir.Type | None],
    ) -> NodeSignature:
        """The signature of a node.

        operands: without those left out at the end.  types: of its outputs, as far as they are known.

        Raises NodeError.
        """
        key = node.key
        if key is None:
            return self._new(node.proto, node.outputs, operands, types)[0]
        signature = self._signatures.get(key)
        if signature is None and key in self._typed:
            signature = self._signatures.get(_typed_key(key, operands, types))
        if signature is None:
            signature, depends_on_types = self._new(node.proto, node.outputs, operands, types)
            if depends_on_types:
                self._typed.add(key)
                key = _typed_key(key, operands, types)
            self._signatures[key] = signature
        return signature

    def _new(
        self,
        node: onnx.NodeProto,
        outputs: Sequence[str],
        operands: Sequence[ir.Value | None],
        types: Sequence[ir.Type | None],
    ) -> tuple[NodeSignature, bool]:
        """A new signature, and whether it holds only for nodes whose values have the same types."""
        operator = self._operators.of(node)
        node_attributes = self._attributes.read(node)
        nodes.check_counts(node, operator, len(operands))
        depends_on_types = False

        def types_fit(spec: OpSpec) -> bool:
            nonlocal depends_on_types
            depends_on_types = True
            operand_types = [None if operand is None else operand.type for operand in operands]
            return types_admitted(spec, operand_types, types)

        spec = nodes.spec_for(operator, node, node_attributes, len(operands), types_fit)
        nodes.check_attributes(node, operator, spec, node_attributes)
        attributes: dict[str, ir.Attribute] = {}
        if spec.custom:
            FUNCTION_NAME.put(attributes, node.op_type)
            if node.domain:
                DOMAIN_NAME.put(attributes, node.domain)
        elif node.domain != spec.domain:
            DOMAIN.put(attributes, node.domain)
        attributes.update(self._attributes.op_attributes(node_attributes, spec))
        most, results = spec.operand_range[1], spec.result_range[1]
        operand_count = most if most is not None else len(spec.operands) - 1
        signature = NodeSignature(
            spec=spec,
            attributes=attributes,
            trailing=max(0, operand_count - len(operands)),
            has_gaps=any(operand is None for operand in operands),
            has_all_results=all(outputs) and results in (None, len(outputs)),
            regions=_regions(node, spec, node_attributes),
        )
        return signature, depends_on_types


def _typed_key(
    key: Key, operands: Sequence[ir.Value | None], types: Sequence[ir.Type | None]
) -> Key:
    return *key, *(operand and operand.type for operand in operands), *types


def _regions(node: onnx.NodeProto, spec: OpSpec, node_attributes: NodeAttributes) -> list[Region]:
    """The node's graphs in the order of the op's regions."""
    if spec.custom:
        return [*node_attributes.graphs]
    graphs = dict(node_attributes.graphs)
    for name in spec.regions:
        if name not in graphs and name not in spec.optional_regions:
            raise NodeError(node, f"needs the graph '{name}'")
    return [(name, graphs.get(name)) for name in spec.regions]
