# SPDX-License-Identifier: Apache-2.0
"""One op to one NodeProto."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import onnx

from ..dialect import carried
from ..dialect.attributes import AnyAttribute, default_attribute, get_attribute
from ..dialect.bindings import ir
from ..dialect.carried import dictionary, entries, read_message, string, strings
from ..dialect.onnx import PREFIX
from ..dialect.schema import OpSpec, op_spec
from ..dialect.versions import canonical_domain, version_in
from .attributes import graph_holder, to_proto, without_value
from .errors import op_error
from .opsets import fits

RegionWriter = Callable[[ir.Operation], list[tuple[str, onnx.GraphProto]]]


@dataclass
class NodeWriter:
    """Writes the nodes of graphs that import the same opsets (by canonical domain)."""

    opsets: Mapping[str, int]
    _specs: dict[str, OpSpec | None] = field(default_factory=dict[str, OpSpec | None])
    _defaults: dict[str, dict[str, ir.Attribute]] = field(
        default_factory=dict[str, dict[str, ir.Attribute]]
    )
    _exact: dict[str, bool] = field(default_factory=dict[str, bool])

    def write(
        self,
        node: onnx.NodeProto,
        op: ir.Operation,
        attributes: Mapping[str, AnyAttribute],
        inputs: Sequence[str],
        outputs: Sequence[str],
        regions: RegionWriter,
    ) -> None:
        """Fills `node`.  Raises DiagnosticError."""
        spec = self.spec_of(op)
        node.input.extend(_with_absent(inputs, _count(attributes)))
        recorded = attributes.get(carried.OUTPUTS)
        node.output.extend(_with_absent(outputs, len(strings(recorded))))
        if spec.name == "Custom":
            node.op_type = string(get_attribute(op, carried.FUNCTION_NAME))
            if carried.DOMAIN_NAME in attributes:
                node.domain = string(attributes[carried.DOMAIN_NAME])
        else:
            self._check_opset(op, spec)
            node.op_type = spec.onnx_name
            domain = (
                string(attributes[carried.DOMAIN]) if carried.DOMAIN in attributes else spec.domain
            )
            if domain:
                node.domain = domain if canonical_domain(domain) == spec.domain else spec.domain
        self._attributes(node, op, spec, attributes, regions)
        _fields(node, attributes)

    def spec_of(self, op: ir.Operation) -> OpSpec:
        """The spec of an op that stands for a node.  Raises DiagnosticError if it stands for none."""
        name = op.name
        if name not in self._specs:
            self._specs[name] = op_spec(name[len(PREFIX) :]) if name.startswith(PREFIX) else None
        spec = self._specs[name]
        if spec is None or not (spec.onnx_name or spec.name == "Custom"):
            raise op_error(op, "has no form in ONNX")
        return spec

    def _check_opset(self, op: ir.Operation, spec: OpSpec) -> None:
        if spec.name not in self._exact:
            opset = self.opsets.get(spec.domain, 0)
            self._exact[spec.name] = (
                version_in(spec.onnx_name, spec.domain, opset) == spec.since_version
            )
        if self._exact[spec.name] or fits(op, spec, self.opsets):
            return
        shown = spec.domain or "ai.onnx"
        opset = self.opsets.get(spec.domain, 0)
        given = f"the model imports opset {opset} of" if opset else "the model does not import"
        raise op_error(
            op, f"stands for {spec.onnx_name}-{spec.since_version}, but {given} domain '{shown}'"
        )

    def _attributes(
        self,
        node: onnx.NodeProto,
        op: ir.Operation,
        spec: OpSpec,
        attributes: Mapping[str, AnyAttribute],
        regions: RegionWriter,
    ) -> None:
        custom = spec.name == "Custom"
        values: dict[str, AnyAttribute] = {}
        for name, attribute in attributes.items():
            if name in carried.OF_NODE:
                continue
            if name in spec.attributes:
                if not (custom and name == carried.FUNCTION_NAME):
                    values[name] = attribute
            elif not custom:
                raise op_error(op, f"attribute '{name}' has no form in ONNX")
            elif name != carried.DOMAIN_NAME:
                values[name] = attribute
        exact = _records(attributes, carried.EXACT)
        headers = _records(attributes, carried.TENSORS)
        values.update(_records(attributes, carried.EXTRA))
        graphs: dict[str, list[onnx.GraphProto]] = {}
        if len(op.regions):
            for name, graph in regions(op):
                graphs.setdefault(name, []).append(graph)
        for name in self._order(spec, values, graphs, exact, attributes):
            try:
                if name in graphs:
                    made = graph_holder(name, exact.get(name), graphs[name])
                elif name in values:
                    kind = spec.attributes[name].kind if name in spec.attributes else None
                    made = to_proto(name, values[name], kind, exact.get(name), headers.get(name))
                else:
                    referred = without_value(exact[name])
                    if referred is None:
                        continue
                    made = referred
            except ValueError as error:
                raise op_error(op, f"attribute '{name}': {error}") from None
            node.attribute.append(made)

    def _order(
        self,
        spec: OpSpec,
        values: Mapping[str, AnyAttribute],
        graphs: Mapping[str, object],
        exact: Mapping[str, object],
        attributes: Mapping[str, AnyAttribute],
    ) -> list[str]:
        """The attributes to write: those that were set, and those that differ from their default, by name."""
        if not values and not graphs and not exact:
            return []
        defaults = self._defaults.get(spec.name)
        if defaults is None:
            found = {
                name: default_attribute(attribute) for name, attribute in spec.attributes.items()
            }
            defaults = self._defaults[spec.name] = {
                name: value for name, value in found.items() if value is not None
            }
        if carried.ATTRIBUTES in attributes:
            recorded = strings(attributes[carried.ATTRIBUTES])
            first = [name for name in recorded if name in values or name in graphs or name in exact]
        else:
            first = []
        taken = set(first)
        rest = [
            name
            for name, value in values.items()
            if name not in taken and (name not in defaults or defaults[name] != value)
        ]
        rest += [name for name in {**graphs, **exact} if name not in taken and name not in values]
        return first + sorted(rest)


def _records(attributes: Mapping[str, AnyAttribute], key: str) -> dict[str, ir.Attribute]:
    return dictionary(attributes[key]) if key in attributes else {}


_MOST_INPUTS = 1 << 16


def _count(attributes: Mapping[str, AnyAttribute]) -> int:
    """The number of inputs that the node had; no record if nobody can have meant it."""
    count = attributes.get(carried.INPUTS)
    return count.value if isinstance(count, ir.IntegerAttr) and count.value <= _MOST_INPUTS else 0


def _with_absent(names: Sequence[str], count: int) -> list[str]:
    """`names` without those left out at the end, except for as many as there were."""
    kept = list(names)
    while kept and not kept[-1]:
        kept.pop()
    return kept + [""] * (count - len(kept))


def _fields(node: onnx.NodeProto, attributes: Mapping[str, AnyAttribute]) -> None:
    """The fields of a node that the op does not say."""
    for key, field_name in _FIELDS:
        if key in attributes:
            setattr(node, field_name, string(attributes[key]))
    if carried.METADATA in attributes:
        for key, value in entries(attributes[carried.METADATA]):
            node.metadata_props.add(key=key, value=value)
    if carried.DEVICES in attributes:
        for said in strings(attributes[carried.DEVICES]):
            read_message(said, node.device_configurations.add())


_FIELDS = (
    (carried.NODE_NAME, "name"),
    (carried.DOC_STRING, "doc_string"),
    (carried.OVERLOAD, "overload"),
)
