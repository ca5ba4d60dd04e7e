# SPDX-License-Identifier: Apache-2.0
"""One op to one NodeProto."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import onnx

from ..dialect.bindings import ir
from ..dialect.diagnostics import op_error
from ..dialect.model_records import (
    ATTRIBUTES,
    DOMAIN,
    DOMAIN_NAME,
    EXACT,
    EXTRA,
    FUNCTION_NAME,
    INPUTS,
    NODE_FIELDS,
    NODE_NAME,
    OF_NODE,
    OF_ONE_NODE,
    OF_REGIONS,
    TENSORS,
    fill_fields,
)
from ..dialect.ops.attribute_kinds import INT
from ..dialect.ops.attributes import AnyAttribute
from ..dialect.ops.schema import op_spec, spec_of
from ..dialect.ops.spec import OpSpec
from ..dialect.ops.versions import BROADCAST, canonical_domain, version_in
from ..dialect.opsets import fits, needs_broadcast
from ..dialect.protobuf_wire import INPUT_OF_NODE, NAME_OF_NODE, OUTPUT_OF_NODE, text_field
from .attributes import fill, fill_graphs, without_value

_FIELDS_BUT_NAME = {
    field: record for field, record in NODE_FIELDS.items() if record is not NODE_NAME
}
_RECORDS_BUT_NAME = frozenset(record.name for record in _FIELDS_BUT_NAME.values())

_DIM = "onnx.Dim"
"""What stands for a Shape that gives one size."""

_SHAPE_OF_A_PART = 15
"""The first opset whose Shape can."""

_REMEMBERED_BYTES = 1024
"""What takes more of a node is not remembered: few others are like it."""


class NodeWriter:
    """Writes the nodes of graphs that import the same opsets (by canonical domain)."""

    def __init__(self, opsets: Mapping[str, int]) -> None:
        self._opsets = opsets
        self._defaults: dict[str, dict[str, ir.Attribute]] = {}
        self._exact: set[str] = set()
        self._kinds: dict[tuple[object, ...], bytes] = {}

    def write(
        self,
        op: ir.Operation,
        attributes: Mapping[str, AnyAttribute],
        inputs: list[str],
        outputs: list[str],
        graphs: Sequence[tuple[str, onnx.GraphProto]],
    ) -> bytes:
        """A node as protobuf writes it.  Raises DiagnosticError.

        graphs: those in the op's regions, with the names of the node's attributes that hold them.
        """
        spec = self.spec_of(op)
        if op.name == _DIM:
            attributes = self._dim_as_shape(op, attributes)
        if not spec.custom and spec.name not in self._exact:
            self._check_opset(op, spec)
            since = version_in(spec.onnx_name, spec.domain, self._opsets.get(spec.domain, 0))
            if needs_broadcast(op, spec, since):
                asked = {**EXTRA.get(attributes, {}), BROADCAST: INT.attribute(1)}
                attributes = {**attributes, EXTRA.name: EXTRA.form.write(asked)}
        # Most nodes differ from others only in their names, which are written first: 10,000 nodes made by
        # protobuf would take 13 ms of 370 more.
        kind = (spec.name, *[item for item in attributes.items() if item[0] not in OF_ONE_NODE])
        rest = None if graphs else self._kinds.get(kind)
        if rest is None:
            rest = self._filled(op, spec, attributes, graphs).SerializeToString()
            if not graphs and len(rest) < _REMEMBERED_BYTES:
                self._kinds[kind] = rest
        if not _RECORDS_BUT_NAME.isdisjoint(attributes):
            node = onnx.NodeProto.FromString(rest)
            fill_fields(node, _FIELDS_BUT_NAME, attributes)
            rest = node.SerializeToString()
        inputs = with_absent(inputs, _count(attributes))
        fields = [text_field(INPUT_OF_NODE, name) for name in inputs]
        fields += [text_field(OUTPUT_OF_NODE, name) for name in outputs]
        name = NODE_NAME.get(attributes)
        if name is not None:
            fields.append(text_field(NAME_OF_NODE, name))
        return b"".join((*fields, rest))

    def spec_of(self, op: ir.Operation) -> OpSpec:
        """The spec of an op that stands for a node.  Raises DiagnosticError if it stands for none."""
        spec = op_spec("Shape") if op.name == _DIM else spec_of(op)
        if spec is None or not (spec.onnx_name or spec.custom):
            raise op_error(op, "has no form in ONNX")
        return spec

    def _dim_as_shape(
        self, op: ir.Operation, attributes: Mapping[str, AnyAttribute]
    ) -> dict[str, AnyAttribute]:
        """The attributes of a Shape that gives one size alone."""
        if self._opsets.get("", 0) < _SHAPE_OF_A_PART:
            raise op_error(op, f"has no form in ONNX before opset {_SHAPE_OF_A_PART}")
        others: dict[str, Any] = dict(attributes)
        axis = others.pop("axis", None)
        start: int = 0 if axis is None else axis.value
        with op.context:
            return {**others, "start": INT.attribute(start), "end": INT.attribute(start + 1)}

    def _check_opset(self, op: ir.Operation, spec: OpSpec) -> None:
        opset = self._opsets.get(spec.domain, 0)
        if version_in(spec.onnx_name, spec.domain, opset) == spec.since_version:
            self._exact.add(spec.name)
            return
        if fits(op, spec, self._opsets):
            return
        shown = spec.domain or "ai.onnx"
        given = f"the model imports opset {opset} of" if opset else "the model does not import"
        raise op_error(
            op, f"stands for {spec.onnx_name}-{spec.since_version}, but {given} domain '{shown}'"
        )

    def _filled(
        self,
        op: ir.Operation,
        spec: OpSpec,
        attributes: Mapping[str, AnyAttribute],
        named_graphs: Sequence[tuple[str, onnx.GraphProto]],
    ) -> onnx.NodeProto:
        """A node with its op type, domain and attributes."""
        node = onnx.NodeProto()
        records = OF_NODE | OF_REGIONS if spec.regions else OF_NODE
        values = {name: value for name, value in attributes.items() if name not in records}
        if spec.custom:
            node.op_type = FUNCTION_NAME.form.read(values.pop(FUNCTION_NAME.name, None))
            DOMAIN_NAME.fill(node, "domain", attributes)
            values.pop(DOMAIN_NAME.name, None)
        else:
            node.op_type = spec.onnx_name
            domain = DOMAIN.get(attributes, spec.domain)
            if canonical_domain(domain) != spec.domain:
                domain = spec.domain
            if domain:
                node.domain = domain
        for name in values:
            if name not in spec.attributes and not spec.custom:
                raise op_error(op, f"attribute '{name}' has no form in ONNX")
        exact, headers = EXACT.get(attributes, {}), TENSORS.get(attributes, {})
        values.update(EXTRA.get(attributes, {}))
        graphs: dict[str, list[onnx.GraphProto]] = {}
        for name, graph in named_graphs:
            graphs.setdefault(name, []).append(graph)
        recorded = ATTRIBUTES.get(attributes, [])
        for name in self._order(recorded, values, {**graphs, **exact}, spec):
            try:
                if name in graphs:
                    fill_graphs(node.attribute.add(), name, exact.get(name), graphs[name])
                elif name in values:
                    kind = spec.attributes[name].kind if name in spec.attributes else None
                    proto = node.attribute.add()
                    fill(proto, name, values[name], kind, exact.get(name), headers.get(name))
                else:
                    referred = without_value(exact[name])
                    if referred is not None:
                        node.attribute.append(referred)
            except ValueError as error:
                raise op_error(op, f"attribute '{name}': {error}") from None
        return node

    def _order(
        self,
        recorded: list[str],
        values: Mapping[str, AnyAttribute],
        others: Mapping[str, object],
        spec: OpSpec,
    ) -> list[str]:
        """The attributes to write: those that are recorded as set, then those that differ from their default, by name.

        others: what is not, or not wholly, among the values: graphs and recorded messages.
        """
        defaults = self._defaults.get(spec.name)
        if defaults is None:
            defaults = self._defaults[spec.name] = spec.default_attributes()
        first = [name for name in recorded if name in values or name in others]
        taken = set(first)
        rest = [
            name
            for name, value in values.items()
            if name not in taken and (name not in defaults or defaults[name] != value)
        ]
        rest += [name for name in others if name not in taken and name not in values]
        return first + sorted(rest)


_MOST_INPUTS = 1 << 16


def _count(attributes: Mapping[str, AnyAttribute]) -> int:
    """The recorded number of inputs; 0 without a record, or if it would take more memory than a model does."""
    count = INPUTS.get(attributes) or 0
    return count if count <= _MOST_INPUTS else 0


def with_absent(names: list[str], count: int) -> list[str]:
    """`names` with as many empty ones at the end as make `count` names, and no more."""
    while names and not names[-1]:
        names.pop()
    names += [""] * (count - len(names))
    return names
