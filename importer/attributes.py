# SPDX-License-Identifier: Apache-2.0
"""AttributeProto to MLIR attributes, for nodes of every domain.

Each kind of attribute has one form in the IR, from which its kind can be told again:

    INT     1 : si64              INTS     [1, 2]
    FLOAT   1.0 : f32             FLOATS   [1.0 : f32]
    STRING  "a"                   STRINGS  ["a"]
    TENSOR  dense<...>            TENSORS  [dense<...>]
    SPARSE_TENSOR  sparse<...>    SPARSE_TENSORS  [sparse<...>]
    TYPE_PROTO  tensor<2xf32>     TYPE_PROTOS  [tensor<2xf32>]
    GRAPH, GRAPHS  regions

except Cast's `to`, an INT that is a type as in onnx-mlir.  What the form does not say (an empty list's kind, names of
dimensions in a type, a doc string, a reference to an attribute of the function) is kept as the message itself.
"""

from __future__ import annotations

from typing import Any

import onnx
from onnx import AttributeProto

from ..dialect.bindings import ir
from ..dialect.dataclass import dataclass, field
from ..dialect.model_records import ATTRIBUTES, DOMAIN_NAME, EXACT, EXTRA, TENSORS, write_message
from ..dialect.model_texts import text
from ..dialect.ops.attribute_kinds import (
    ATTRIBUTE_KINDS,
    GRAPH,
    GRAPHS,
    INT,
    INTS,
    SPARSE_TENSOR,
    TENSOR,
    TYPE,
    AttributeKind,
)
from ..dialect.ops.attribute_kinds import BY_ONNX as KINDS
from ..dialect.ops.extra_ops import EXTRA_OPS
from ..dialect.ops.spec import OpSpec
from ..dialect.protos import type_from_proto, type_to_proto
from ..dialect.types import BY_ONNX
from .errors import ModelError, NodeError
from .records import header_of, is_plain_sparse
from .tensors import STRUCTURE, TensorReader

PLAIN = frozenset(kind.onnx for kind in ATTRIBUTE_KINDS if kind.onnx and kind.is_plain)
"""Types of attributes that hold no other message: neither a tensor nor a graph."""


@dataclass
class NodeAttributes:
    """The attributes of a node, by where they go.

    kinds: of each, in the order of the node.  values: in the IR, of those that have one.  exact, tensors: what the
    records of these names hold.  graphs: (attribute, graph), one for each region.  references: whether one refers to an
    attribute of the function.
    """

    kinds: dict[str, AttributeKind | None] = field(default_factory=dict[str, AttributeKind | None])
    values: dict[str, ir.Attribute] = field(default_factory=dict[str, ir.Attribute])
    exact: dict[str, ir.Attribute] = field(default_factory=dict[str, ir.Attribute])
    tensors: dict[str, ir.Attribute] = field(default_factory=dict[str, ir.Attribute])
    graphs: list[tuple[str, onnx.GraphProto]] = field(
        default_factory=list[tuple[str, onnx.GraphProto]]
    )
    references: bool = False


class AttributeReader:
    """Reads the attributes of one model's nodes."""

    def __init__(self, tensors: TensorReader) -> None:
        self._tensors = tensors
        self._cache: dict[int | tuple[int, ...], ir.Attribute] = {}
        self._defaults: dict[str, dict[str, ir.Attribute]] = {}

    def read(self, node: onnx.NodeProto) -> NodeAttributes:
        """All attributes of a node.  Raises NodeError."""
        found = NodeAttributes()
        for proto in node.attribute:
            name = proto.name
            text(name)
            if not name:
                raise NodeError(node, "an attribute has no name")
            if name in found.kinds:
                raise NodeError(node, f"attribute '{name}' is given twice")
            try:
                self._read(proto, name, found)
            except ModelError as error:
                raise NodeError(node, f"attribute '{name}': {error}") from None
        return found

    def _read(self, proto: AttributeProto, name: str, found: NodeAttributes) -> None:
        kind = KINDS.get(proto.type) if proto.type else _kind_of(proto)
        found.kinds[name] = kind
        if proto.ref_attr_name:
            found.references = True
            found.exact[name] = write_message(proto)
            return
        if kind is GRAPH:
            found.graphs.append((name, proto.g))
            if proto.doc_string:
                found.exact[name] = write_message(_bare(proto, name))
            return
        if kind is GRAPHS:
            found.graphs.extend((name, graph) for graph in proto.graphs)
            found.exact[name] = write_message(_bare(proto, name))
            return
        if kind is None:
            raise ModelError(f"has type {proto.type}, which ONNX does not define")
        found.values[name] = self._value(proto, kind)
        if kind is TENSOR:
            header = header_of(proto.t, named=False)
            if header is not None:
                found.tensors[name] = write_message(header)
        if proto.doc_string or _says_too_little(proto, kind):
            found.exact[name] = write_message(_without_tensor(proto, kind))

    def op_attributes(self, found: NodeAttributes, spec: OpSpec) -> dict[str, ir.Attribute]:
        """The attributes of an op: the node's, and the records that writing these back needs."""
        custom = spec.custom
        attributes: dict[str, ir.Attribute] = {}
        extra: dict[str, ir.Attribute] = {}
        for name, attribute in found.values.items():
            if (name in spec.attributes) != custom and not (custom and is_reserved(name)):
                attributes[name] = attribute
            else:
                extra[name] = attribute
        for record, entries in ((EXTRA, extra), (EXACT, found.exact), (TENSORS, found.tensors)):
            if entries:
                record.put(attributes, entries)
        if found.kinds and not self._is_usual(found, spec):
            ATTRIBUTES.put(attributes, found.kinds)
        return attributes

    def _is_usual(self, found: NodeAttributes, spec: OpSpec) -> bool:
        """Whether those are set that differ from their default, in the order of their names."""
        defaults = self._defaults.get(spec.name)
        if defaults is None:
            defaults = self._defaults[spec.name] = spec.default_attributes()
        names = list(found.kinds)
        return names == sorted(names) and not any(
            name in defaults and found.values.get(name) == defaults[name] for name in names
        )

    def _value(self, proto: AttributeProto, kind: AttributeKind) -> ir.Attribute:
        value = getattr(proto, kind.field)
        if not kind.is_plain:
            if kind.item is None:
                return self._message(value, kind, proto.name)
            return ir.ArrayAttr.get([self._message(each, kind.item, proto.name) for each in value])
        if kind not in (INT, INTS):
            return kind.attribute(value)
        key = value if kind.item is None else tuple(value)
        attribute = self._cache.get(key)
        if attribute is None:
            attribute = self._cache[key] = kind.attribute(value)
        return attribute

    def _message(self, message: Any, kind: AttributeKind, name: str) -> ir.Attribute:
        if kind is TENSOR:
            return self._tensors.attribute(message, message.name or name)
        if kind is SPARSE_TENSOR:
            return self._tensors.sparse_attribute(message)
        return ir.TypeAttr.get(_type(message))


def cast_target(value: int) -> ir.Attribute:
    """Cast's `to` as a type attribute.  Raises ModelError."""
    row = BY_ONNX.get(value)
    if row is None:
        raise ModelError(f"{value} is no data type of ONNX")
    return ir.TypeAttr.get(row.type())


def _type(proto: onnx.TypeProto) -> ir.Type:
    type_ = type_from_proto(proto)
    if type_ is None:
        raise ModelError("holds a type that has no form in MLIR")
    return type_


def _kind_of(proto: AttributeProto) -> AttributeKind:
    """The kind of an attribute that does not say it, as in models of IR version 1."""
    for kind in KINDS.values():
        if len(getattr(proto, kind.field)) if kind.item else proto.HasField(kind.field):
            return kind
    raise ModelError("has neither a type nor a value")


def _says_too_little(proto: AttributeProto, kind: AttributeKind) -> bool:
    """Whether the IR's form of an attribute does not say all of it; a tensor's header is seen to elsewhere."""
    if kind is TYPE:
        return type_to_proto(_type(proto.tp)) != proto.tp
    if kind is SPARSE_TENSOR:
        return not is_plain_sparse(proto.sparse_tensor)
    if kind.item and kind.is_plain:
        return not (proto.ints or proto.floats or proto.strings)
    # Lists of messages are rare enough to keep as they are.
    return kind.item is not None


def is_reserved(name: str) -> bool:
    """Whether an attribute of a custom node cannot stand beside those of onnx.Custom under its name."""
    return not name or name in _CUSTOM or name.startswith("onnx")


_CUSTOM = frozenset((*EXTRA_OPS["Custom"].attributes, DOMAIN_NAME.name))


def _bare(proto: AttributeProto, name: str) -> AttributeProto:
    """All of an attribute but its graphs."""
    bare = AttributeProto(name=name, type=proto.type)
    if proto.doc_string:
        bare.doc_string = proto.doc_string
    return bare


def _without_tensor(proto: AttributeProto, kind: AttributeKind) -> AttributeProto:
    """An attribute without a tensor's type, shape and data, which are in the IR."""
    if kind is not TENSOR:
        return proto
    rest = AttributeProto()
    rest.CopyFrom(proto)
    for name in STRUCTURE:
        rest.t.ClearField(name)
    return rest
