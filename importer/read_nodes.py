# SPDX-License-Identifier: Apache-2.0
"""Nodes whose fields are read once: to ask protobuf for a field takes as long as all else that is done with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

import onnx

from .attributes import PLAIN

Key: TypeAlias = "tuple[object, ...]"


class ReadNode(NamedTuple):
    """A node.

    key: what it has in common with all that become the same op: everything but the names, the types of its values and
    what is a record of its own.  None for a node with a tensor or a graph, of which no two are alike.
    """

    proto: onnx.NodeProto
    inputs: list[str]
    outputs: list[str]
    key: Key | None


def read_nodes(protos: Iterable[onnx.NodeProto]) -> list[ReadNode]:
    """The nodes, in their order."""
    # Indexing a repeated field costs more than going through it.
    return [read_node(proto) for proto in protos]


def read_node(proto: onnx.NodeProto) -> ReadNode:
    """A node."""
    inputs, outputs = list(proto.input), list(proto.output)
    return ReadNode(proto, inputs, outputs, _key(proto, inputs, outputs))


def _key(proto: onnx.NodeProto, inputs: list[str], outputs: list[str]) -> Key | None:
    attributes: list[bytes] = []
    for attribute in proto.attribute:
        if attribute.type not in PLAIN:
            return None
        attributes.append(attribute.SerializeToString())
    presence: Key = (len(inputs), len(outputs))
    if "" in inputs or "" in outputs:
        presence = (tuple(map(bool, inputs)), tuple(map(bool, outputs)))
    return proto.op_type, proto.domain, proto.overload, presence, *attributes
