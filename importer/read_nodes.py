# SPDX-License-Identifier: Apache-2.0
"""Nodes whose fields are read once: to ask protobuf for a field takes as long as all else that is done with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

import onnx

from ..dialect.model_records import NODE_FIELDS
from .attributes import PLAIN

Key: TypeAlias = "tuple[object, ...]"


class ReadNode(NamedTuple):
    """A node.

    key: what it has in common with all that become the same op: everything but the names, the types of its values and
    what is a record of its own.  None for a node with a tensor or a graph, of which no two are alike.
    has_records: whether it has any of NODE_FIELDS but a name.
    """

    proto: onnx.NodeProto
    inputs: list[str]
    outputs: list[str]
    name: str
    key: Key | None
    has_records: bool


def read_nodes(protos: Iterable[onnx.NodeProto]) -> list[ReadNode]:
    """The nodes, in their order."""
    kinds: dict[bytes, tuple[Key | None, bool]] = {}
    nodes: list[ReadNode] = []
    # Indexing a repeated field costs more than going through it.
    for proto in protos:
        # A slice of a repeated field is a list in half the time.
        inputs, outputs, name = proto.input[:], proto.output[:], proto.name
        # Most nodes differ in names only.  To ask for all fields of each takes 3 us; for its bytes, which begin with
        # the names, 0.3.
        names = [*inputs, *outputs, name] if name else [*inputs, *outputs]
        unnamed = proto.SerializeToString()[_bytes_of(names) :]
        if unnamed not in kinds:
            kinds[unnamed] = _kind(proto)
        kind, has_records = kinds[unnamed]
        key = None if kind is None else (kind, _presence(inputs), _presence(outputs))
        nodes.append(ReadNode(proto, inputs, outputs, name, key, has_records))
    return nodes


def _bytes_of(names: list[str]) -> int:
    """How many bytes the fields of these names take; 0 where their lengths do not say it at once."""
    try:
        joined = "".join(names)
    except TypeError:  # Protobuf gives bytes where they are no UTF-8.
        return 0
    if not joined.isascii() or (len(joined) >= 128 and max(map(len, names)) >= 128):
        return 0
    return len(joined) + 2 * len(names)


def _presence(names: list[str]) -> int | tuple[bool, ...]:
    return tuple(map(bool, names)) if "" in names else len(names)


def _kind(proto: onnx.NodeProto) -> tuple[Key | None, bool]:
    """What a node has in common with others, but for its names, and whether it has records."""
    has_records = any(getattr(proto, field) for field in NODE_FIELDS if field != "name")
    attributes = list(proto.attribute)
    if not all(attribute.type in PLAIN for attribute in attributes):
        return None, has_records
    said = [attribute.SerializeToString() for attribute in attributes]
    return (proto.op_type, proto.domain, proto.overload, *said), has_records
