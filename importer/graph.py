# SPDX-License-Identifier: Apache-2.0
"""A graph's initializers, nodes and outputs as the ops of a block.

The values of an enclosing graph are used directly in the regions of If, Loop, Scan and SequenceMap, as MLIR allows it
wherever they dominate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import onnx

from ..dialect import carried
from ..dialect.bindings import ir
from ..dialect.carried import message_text, pairs, text, texts
from ..dialect.onnx import op_class
from ..dialect.schema import OpSpec
from ..dialect.types import unknown_type
from . import nodes
from .attributes import AttributeReader, NodeAttributes, is_plain_sparse
from .errors import ModelError, NodeError
from .ordering import ordered
from .tensors import TensorReader, header_of
from .value_types import GraphTypes, TypeReader, bound_type, constant_type


@dataclass
class Session:
    """What the graphs of one model share."""

    tensors: TensorReader
    types: TypeReader
    attributes: AttributeReader
    operators: nodes.Operators


@dataclass
class Scope:
    """The values that a graph can name: its own, and those of the graphs around it."""

    parent: Scope | None = None
    values: dict[str, ir.Value] = field(default_factory=dict[str, ir.Value])
    absent: ir.Value | None = None

    def __contains__(self, name: object) -> bool:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                return True
            scope = scope.parent
        return False

    def get(self, name: str) -> ir.Value | None:
        """The value of a name; None if there is none."""
        scope: Scope | None = self
        while scope is not None:
            value = scope.values.get(name)
            if value is not None:
                return value
            scope = scope.parent
        return None

    def add(self, name: str, value: ir.Value) -> None:
        """Adds a value.  Raises ModelError if the name is taken."""
        if name in self:
            raise ModelError(f"the name '{name}' is given twice")
        self.values[name] = value

    def no_value(self) -> ir.Value:
        """What stands for an operand that is left out: made once in a block, where it is first needed."""
        scope: Scope | None = self
        while scope is not None:
            if scope.absent is not None:
                return scope.absent
            scope = scope.parent
        op_class("NoValue")
        made = ir.Operation.create(
            "onnx.NoValue", results=[ir.NoneType.get()], attributes={"value": ir.UnitAttr.get()}
        )
        self.absent = made.results[0]
        return self.absent


class GraphImporter:
    """Imports the nodes of one graph, or of one function's body, at the current insertion point."""

    def __init__(self, session: Session, scope: Scope, types: GraphTypes) -> None:
        self._session = session
        self._scope = scope
        self._types = types

    def initializers(self, graph: onnx.GraphProto, skipped: Mapping[str, object]) -> None:
        """Makes a constant of every initializer but those `skipped`."""
        op_class("Constant")
        for tensor in graph.initializer:
            if tensor.name not in skipped:
                type_ = self._session.types.tensor(tensor.data_type, tuple(tensor.dims))
                attribute = self._session.tensors.attribute(tensor, tensor.name, type_)
                self._constant(tensor.name, attribute, "value", tensor)
        for sparse in graph.sparse_initializer:
            if sparse.values.name not in skipped:
                attribute = self._session.tensors.sparse_attribute(sparse)
                self._constant(sparse.values.name, attribute, "sparse_value", sparse)

    def _constant(
        self,
        name: str,
        value: ir.Attribute,
        key: str,
        proto: onnx.TensorProto | onnx.SparseTensorProto,
    ) -> None:
        if not name:
            raise ModelError("an initializer has no name")
        attributes = {carried.NAME: text(name), key: value, **initializer_records(proto)}
        type_ = value.type
        if name in self._types.stated:
            attributes[carried.VALUE_INFO] = texts(
                [self._session.types.describe(self._types.stated[name], type_)]
            )
        made = ir.Operation.create(
            "onnx.Constant",
            results=[type_],
            attributes=attributes,
            loc=carried.named_location(name),
        )
        self._scope.add(name, made.results[0])

    def nodes(self, protos: Sequence[onnx.NodeProto]) -> None:
        """Makes an op of every node; they come in an order that is right."""
        for position, node in enumerate(protos):
            self._node(node, position)

    def nodes_in_order(self, protos: Sequence[onnx.NodeProto]) -> None:
        """Makes an op of every node, in an order that is right."""
        # Indexing a repeated field costs more than going through it.
        listed = list(protos)
        for position in ordered(listed, self._scope):
            self._node(listed[position], position)

    def _node(self, node: onnx.NodeProto, position: int) -> None:
        session = self._session
        operator = session.operators.of(node)
        found = session.attributes.read(node)
        names = list(node.input)
        while names and not names[-1]:
            names.pop()
        nodes.check_counts(node, operator, len(names))
        given = [self._operand(node, name) for name in names]
        types = {name: self._types.type_of(name) for name in node.output if name}
        spec = nodes.spec_of(operator, node, found, given, types)
        nodes.check_attributes(node, operator, spec, found)
        operands = nodes.padded(given, spec, self._scope.no_value)
        attributes = nodes.records(node)
        if spec.name == "Custom":
            attributes.update(nodes.custom_attributes(node))
        elif node.domain != spec.domain:
            attributes[carried.DOMAIN] = text(node.domain)
        attributes.update(session.attributes.placed(found, spec))
        notes = self._value_info(node.output, types)
        if notes is not None:
            attributes[carried.VALUE_INFO] = notes
        graphs = self._ordered_graphs(node, spec, found)
        results = self._result_types(node, spec, operands, types, attributes)
        try:
            op = ir.Operation.create(
                f"onnx.{spec.name}",
                results=results,
                operands=operands,
                attributes=attributes,
                regions=len(graphs),
                loc=carried.named_location(node.name or node.op_type),
            )
        except (ValueError, TypeError, ir.MLIRError) as error:
            raise NodeError(node, str(error)) from None
        if graphs and found.graphs:
            self._regions(op, graphs, position)
        for name, result in zip(node.output, op.results, strict=False):
            if name:
                self._scope.values[name] = result

    def _operand(self, node: onnx.NodeProto, name: str) -> ir.Value | None:
        if not name:
            return None
        value = self._scope.get(name)
        if value is None:
            raise NodeError(node, f"uses '{name}', which nothing makes")
        return value

    def _value_info(
        self, names: Sequence[str], types: Mapping[str, ir.Type | None]
    ) -> ir.Attribute | None:
        stated = self._types.stated
        if not stated or not any(name in stated for name in names):
            return None
        return ir.ArrayAttr.get(
            [
                text(self._session.types.describe(stated[name], types[name] or unknown_type()))
                if name in stated and name
                else ir.UnitAttr.get()
                for name in names
            ]
        )

    def _result_types(
        self,
        node: onnx.NodeProto,
        spec: OpSpec,
        operands: Sequence[ir.Value],
        types: Mapping[str, ir.Type | None],
        attributes: Mapping[str, ir.Attribute],
    ) -> list[ir.Type]:
        if spec.name == "Constant" and types.get(node.output[0]) is None:
            return [constant_type(attributes)]
        fixed = spec.result_range[1]
        names = list(node.output)
        if fixed is not None:
            # What onnx.BatchNormalizationInferenceMode has no place for is left out by an empty name.
            names = names[:fixed] + [""] * (fixed - len(names))
        result_types: list[ir.Type] = []
        for index, name in enumerate(names):
            formal = spec.results[min(index, len(spec.results) - 1)]
            if name:
                result_types.append(types[name] or bound_type(spec, formal, operands))
            elif formal.arity == "optional" or formal.types is None:
                result_types.append(ir.NoneType.get())
            else:
                result_types.append(bound_type(spec, formal, operands))
        return result_types

    def _ordered_graphs(
        self, node: onnx.NodeProto, spec: OpSpec, found: NodeAttributes
    ) -> list[tuple[str, onnx.GraphProto | None]]:
        """The node's graphs in the order of the op's regions; None for an optional one that it does not have."""
        if spec.name == "Custom":
            return [*found.graphs]
        graphs = dict(found.graphs)
        for name in spec.regions:
            if name not in graphs and name not in spec.optional_regions:
                raise NodeError(node, f"needs the graph '{name}'")
        return [(name, graphs.get(name)) for name in spec.regions]

    def _regions(
        self,
        op: ir.OpView | ir.Operation,
        graphs: Sequence[tuple[str, onnx.GraphProto | None]],
        position: int,
    ) -> None:
        inferred: dict[str, Iterator[onnx.GraphProto]] = {}
        records: list[ir.Attribute] = []
        for (attribute, graph), region in zip(graphs, op.regions, strict=True):
            if graph is None:
                records.append(ir.DictAttr.get({}))
                continue
            if attribute not in inferred:
                inferred[attribute] = self._types.subgraphs(position, attribute)
            record = self._region(region, graph, next(inferred[attribute], None))
            records.append(ir.DictAttr.get({"attribute": text(attribute), **record}))
        op.attributes[carried.GRAPHS] = ir.ArrayAttr.get(records)

    def _region(
        self, region: ir.Region, graph: onnx.GraphProto, inferred: onnx.GraphProto | None
    ) -> dict[str, ir.Attribute]:
        """Imports a graph as the one block of a region; gives the record about it."""
        types = types_of_graph(self._session.types, graph, inferred)
        scope = Scope(self._scope)
        inner = GraphImporter(self._session, scope, types)
        constants = initializer_names(graph)
        inputs = [info for info in graph.input if info.name not in constants]
        input_types = [types.type_of(info.name) or _stated(types, info) for info in inputs]
        locations = [carried.named_location(info.name) for info in inputs]
        block = region.blocks.append(*input_types, arg_locs=locations)
        for info, argument in zip(inputs, block.arguments, strict=True):
            scope.add(info.name, argument)
        op_class("Yield")
        with ir.InsertionPoint(block):
            inner.initializers(graph, {})
            inner.nodes_in_order(graph.node)
            results = inner.results([info.name for info in graph.output])
            ir.Operation.create("onnx.Yield", operands=results)
        describe = self._session.types.describe
        infos = [describe(info, type_) for info, type_ in zip(inputs, input_types, strict=True)]
        made = [
            describe(info, value.type) for info, value in zip(graph.output, results, strict=True)
        ]
        record = graph_record(graph)
        record["inputs"] = texts(info.name for info in inputs)
        if len(inputs) < len(graph.input):
            record.update(listed_record(self._session.types, graph, scope))
        record["outputs"] = texts(info.name for info in graph.output)
        if any(infos):
            record["input_info"] = texts(infos)
        if any(made):
            record["output_info"] = texts(made)
        return record

    def results(self, names: Sequence[str]) -> list[ir.Value]:
        """The values that a graph gives.  Raises ModelError for one that nothing makes."""
        values: list[ir.Value] = []
        for name in names:
            value = self._scope.get(name)
            if value is None:
                raise ModelError(f"the graph's output '{name}' is made by nothing")
            values.append(value)
        return values


def _stated(types: GraphTypes, info: onnx.ValueInfoProto) -> ir.Type:
    note = types.reader.note(info.type)
    return note.type if note else unknown_type()


def types_of_graph(
    reader: TypeReader, graph: onnx.GraphProto, inferred: onnx.GraphProto | None
) -> GraphTypes:
    """The types of a graph's values."""
    stated = {info.name: info for info in graph.value_info}
    return GraphTypes(reader, stated, {info.name: info for info in graph.output}, inferred)


def initializer_names(graph: onnx.GraphProto) -> set[str]:
    """Names of a graph's initializers, sparse ones too."""
    names = {tensor.name for tensor in graph.initializer}
    names.update(sparse.values.name for sparse in graph.sparse_initializer)
    return names


def initializer_records(
    proto: onnx.TensorProto | onnx.SparseTensorProto,
) -> dict[str, ir.Attribute]:
    """What the array of an initializer does not say of it."""
    if isinstance(proto, onnx.TensorProto):
        header = header_of(proto, named=True)
        return (
            {carried.TENSORS: ir.DictAttr.get({"value": text(message_text(header))})}
            if header
            else {}
        )
    if is_plain_sparse(proto):
        return {}
    kept = onnx.AttributeProto(
        name="sparse_value", type=onnx.AttributeProto.SPARSE_TENSOR, sparse_tensor=proto
    )
    return {carried.EXACT: ir.DictAttr.get({"sparse_value": text(message_text(kept))})}


def graph_record(graph: onnx.GraphProto) -> dict[str, ir.Attribute]:
    """What the ops of a graph do not say about it, but for its inputs and outputs."""
    record: dict[str, ir.Attribute] = {}
    if graph.name:
        record["name"] = text(graph.name)
    if graph.doc_string:
        record["doc_string"] = text(graph.doc_string)
    if graph.metadata_props:
        record["metadata_props"] = pairs((entry.key, entry.value) for entry in graph.metadata_props)
    if graph.quantization_annotation:
        record["quantization_annotation"] = texts(map(message_text, graph.quantization_annotation))
    inputs = {info.name for info in graph.input}
    made = {name for node in graph.node for name in node.output}
    made |= initializer_names(graph) - inputs
    rest = rest_of_value_info(graph.value_info, made)
    if rest:
        record["value_info"] = texts(map(message_text, rest))
    return record


def listed_record(
    types: TypeReader, graph: onnx.GraphProto, scope: Scope
) -> dict[str, ir.Attribute]:
    """The inputs of a graph that lists constants among them, in order, and what they say beside name and type."""
    constants = initializer_names(graph)
    record: dict[str, ir.Attribute] = {"listed": texts(info.name for info in graph.input)}
    infos = [
        types.describe(info, scope.values[info.name].type) if info.name in constants else ""
        for info in graph.input
    ]
    if any(infos):
        record["listed_info"] = texts(infos)
    return record


def rest_of_value_info(
    infos: Sequence[onnx.ValueInfoProto], made: set[str]
) -> list[onnx.ValueInfoProto]:
    """Value infos that no op of the graph carries: of other values, and all but the last of one value."""
    last = {info.name: index for index, info in enumerate(infos)}
    return [
        info
        for index, info in enumerate(infos)
        if info.name not in made or last[info.name] != index
    ]
