# SPDX-License-Identifier: Apache-2.0
"""A graph's initializers, nodes and outputs as the ops of a block.

The values of an enclosing graph are used directly in the regions of If, Loop, Scan and SequenceMap, as MLIR allows it
wherever they dominate; those of a graph hide those of the same names around it.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import cast

import onnx

from ..dialect.bindings import ir
from ..dialect.dataclass import dataclass, field
from ..dialect.model_records import (
    ATTRIBUTE_NAME,
    GRAPH_INPUTS,
    GRAPH_OUTPUTS,
    GRAPHS,
    HIDES,
    INPUT_DIM_PARAMS,
    INPUT_INFO,
    INPUT_NAMES,
    INPUTS,
    NAME,
    NODE_FIELDS,
    NODE_NAME,
    OUTPUT_DIM_PARAMS,
    OUTPUT_INFO,
    OUTPUT_NAMES,
    OUTPUTS,
    VALUE_INFO,
    put_fields,
)
from ..dialect.model_texts import named_location
from ..dialect.onnx import create
from ..dialect.ops.inference import bound_type
from ..dialect.types import unknown_type
from .cutting import PlainTensor
from .errors import ModelError, NodeError
from .node_signatures import NodeSignature, NodeSignatures, Region
from .ordering import ordered
from .read_nodes import ReadNode, read_nodes
from .records import graph_records, initializer_names, put_listed, sparse_records, tensor_records
from .tensors import ReadTensor, TensorReader, read_tensors
from .value_types import GraphTypes, TypeReader, constant_type


@dataclass
class Readers:
    """What reads the parts of graphs that import the same opsets."""

    tensors: TensorReader
    types: TypeReader
    signatures: NodeSignatures


@dataclass
class Scope:
    """The values that a graph can name: its own, and those of the graphs around it."""

    parent: Scope | None = None
    values: dict[str, ir.Value] = field(default_factory=dict[str, ir.Value])

    def __contains__(self, name: object) -> bool:
        return name in self.values or self.hides(name)

    def hides(self, name: object) -> bool:
        """Whether an enclosing graph has a value of that name."""
        return self.parent is not None and name in self.parent

    def get(self, name: str) -> ir.Value | None:
        """The value of a name; None if there is none."""
        value = self.values.get(name)
        return value if value is not None or self.parent is None else self.parent.get(name)

    def add(self, name: str, value: ir.Value) -> None:
        """Add a value.  Raises ModelError if the graph has one of that name."""
        if name in self.values:
            raise ModelError(f"the name '{name}' is given twice")
        self.values[name] = value


class GraphImporter:
    """Imports the nodes of one graph, or of one function's body, at the current insertion point."""

    def __init__(self, readers: Readers, scope: Scope, types: GraphTypes) -> None:
        self._readers = readers
        self._scope = scope
        self._types = types

    def initializers(
        self,
        dense: Sequence[ReadTensor | PlainTensor],
        sparse_ones: Sequence[onnx.SparseTensorProto],
        skipped: Container[str],
    ) -> None:
        """Make a constant of every initializer but those `skipped`."""
        tensors = self._readers.tensors
        for read in dense:
            if read.name not in skipped:
                value, type_ = tensors.typed_attribute(read)
                records = tensor_records(read.proto) if isinstance(read, ReadTensor) else {}
                self._constant(read.name, "value", value, type_, records)
        for sparse in sparse_ones:
            name = sparse.values.name
            if name not in skipped:
                value = tensors.sparse_attribute(sparse)
                self._constant(name, "sparse_value", value, value.type, sparse_records(sparse))

    def _constant(
        self,
        name: str,
        key: str,
        value: ir.Attribute,
        type_: ir.Type,
        attributes: dict[str, ir.Attribute],
    ) -> None:
        if not name:
            raise ModelError("an initializer has no name")
        NAME.put(attributes, name)
        if self._scope.parent is not None:
            self._hides(attributes, (name,))
        attributes[key] = value
        if name in self._types.stated:
            info = self._readers.types.describe(self._types.stated[name], type_)
            VALUE_INFO.put(attributes, [info])
        constant = create(
            "Constant",
            results=[type_],
            attributes=attributes,
            loc=named_location(name),
        )
        # Of one result, `results[0]` takes 1 us more than `result`, of 11 for a constant.
        self._scope.add(name, constant.result)

    def nodes(self, nodes: Sequence[ReadNode]) -> None:
        """Make an op of every node; each comes after those whose results it uses."""
        for position, node in enumerate(nodes):
            self._node(node, position)

    def nodes_in_order(self, protos: Sequence[onnx.NodeProto]) -> None:
        """Make an op of every node, each after those whose results it uses."""
        nodes = read_nodes(protos)
        for position in ordered(nodes, self._scope.values, self._scope.parent or ()):
            self._node(nodes[position], position)

    def _node(self, read: ReadNode, position: int) -> None:
        node, inputs, outputs, name, _, has_records = read
        # Most nodes need none of the helpers, and the calls alone would take a sixth of the time.
        values = self._scope.values
        operands = [values.get(name) for name in inputs]
        if not all(operands):
            operands = self._operands(node, inputs)
        types = [self._types.type_of(name) if name else None for name in outputs]
        signature = self._readers.signatures.of(read, operands, types)
        attributes = {**signature.attributes}
        OUTPUTS.put(attributes, outputs)
        if self._scope.parent is not None:
            self._hides(attributes, outputs)
        if inputs and not inputs[-1]:
            INPUTS.put(attributes, len(inputs))
        if has_records:
            put_fields(attributes, node, NODE_FIELDS)
        elif name:
            NODE_NAME.put(attributes, name)
        if self._types.stated:
            self._value_info(attributes, outputs, types)
        if signature.has_gaps or signature.trailing:
            operands = _without_gaps(signature, operands)
        filled = cast("list[ir.Value]", operands)
        try:
            if not (signature.has_all_results and all(types)):
                types = _result_types(signature, outputs, types, filled, attributes)
            op = create(
                signature.spec.name,
                results=cast("list[ir.Type]", types),
                operands=filled,
                attributes=attributes,
                regions=len(signature.regions),
                loc=named_location(name or node.op_type),
            )
        except (ValueError, TypeError, ir.MLIRError) as error:
            raise NodeError(node, str(error)) from None
        if signature.regions and any(graph is not None for _, graph in signature.regions):
            self._regions(op, signature.regions, position)
            if not signature.spec.custom:
                self._name_graphs(op, node, position)
        # Of one result, `results` takes 1 us more than `result`, of 12 for a node.
        results = (op.result,) if len(types) == 1 else op.results
        for output, result in zip(outputs, results, strict=False):
            if output:
                values[output] = result

    def _hides(self, records: dict[str, ir.Attribute], names: Sequence[str]) -> None:
        """Record which of the names hide values of enclosing graphs."""
        hiding = [name for name in names if name and self._scope.hides(name)]
        if hiding:
            HIDES.put(records, hiding)

    def _operands(self, node: onnx.NodeProto, inputs: Sequence[str]) -> list[ir.Value | None]:
        """The values of a node's inputs; None for one that is left out, except at the end."""
        values = self._scope.values
        operands = [values.get(name) for name in inputs]
        for index, name in enumerate(inputs):
            if operands[index] is None and name:
                operands[index] = self._scope.get(name)
                if operands[index] is None:
                    raise NodeError(node, f"uses '{name}', which nothing makes")
        while operands and operands[-1] is None:
            operands.pop()
        return operands

    def _value_info(
        self,
        records: dict[str, ir.Attribute],
        names: Sequence[str],
        types: Sequence[ir.Type | None],
    ) -> None:
        """Record what the graph states about the values of these names."""
        stated = self._types.stated
        if stated.keys().isdisjoint(names):
            return
        describe = self._readers.types.describe
        infos = [
            describe(stated[name], type_ or unknown_type()) if name in stated and name else None
            for name, type_ in zip(names, types, strict=True)
        ]
        VALUE_INFO.put(records, infos)

    def _regions(
        self,
        op: ir.OpView | ir.Operation,
        graphs: Sequence[Region],
        position: int,
    ) -> None:
        inferred: dict[str, Iterator[onnx.GraphProto]] = {}
        records: list[dict[str, ir.Attribute]] = []
        for (attribute, graph), region in zip(graphs, op.regions, strict=True):
            if graph is None:
                records.append({})
                continue
            if attribute not in inferred:
                inferred[attribute] = self._types.subgraphs(position, attribute)
            record = self._region(region, graph, next(inferred[attribute], None))
            ATTRIBUTE_NAME.put(record, attribute)
            records.append(record)
        op.attributes[GRAPHS.name] = GRAPHS.form.write(records)

    def _name_graphs(
        self, op: ir.OpView | ir.Operation, node: onnx.NodeProto, position: int
    ) -> None:
        """Record the names of the graphs' inputs and outputs, and of their dimensions, as onnx-mlir does.

        Of several graphs the last that has any is recorded.  Source: `importGraph` in its
        FrontendDialectTransformer.cpp.
        """
        records: dict[str, ir.Attribute] = {}
        for attribute in node.attribute:
            if not attribute.HasField("g"):
                continue
            graph = attribute.g
            inferred = next(self._types.subgraphs(position, attribute.name), None)
            types = types_of_graph(self._readers.types, graph, inferred)
            constants = initializer_names(graph)
            inputs = [info for info in graph.input if info.name not in constants]
            for record, values in (
                (INPUT_NAMES, [info.name for info in inputs]),
                (OUTPUT_NAMES, [info.name for info in graph.output]),
                (INPUT_DIM_PARAMS, [types.dims_of(info) for info in inputs]),
                (
                    OUTPUT_DIM_PARAMS,
                    [dims for info in graph.output if (dims := types.dims_of(info))],
                ),
            ):
                if values:
                    record.put(records, values)
        for name, value in records.items():
            op.attributes[name] = value

    def _region(
        self, region: ir.Region, graph: onnx.GraphProto, inferred: onnx.GraphProto | None
    ) -> dict[str, ir.Attribute]:
        """Import a graph as the one block of a region; the records about it."""
        types = types_of_graph(self._readers.types, graph, inferred)
        scope = Scope(self._scope)
        inner = GraphImporter(self._readers, scope, types)
        constants = initializer_names(graph)
        inputs = [info for info in graph.input if info.name not in constants]
        input_types = [
            types.type_of(info.name) or types.reader.type_of(info) or unknown_type()
            for info in inputs
        ]
        locations = [named_location(info.name) for info in inputs]
        block = region.blocks.append(*input_types, arg_locs=locations)
        for info, argument in zip(inputs, block.arguments, strict=True):
            scope.add(info.name, argument)
        with ir.InsertionPoint(block):
            inner.initializers(read_tensors(graph.initializer), graph.sparse_initializer, ())
            inner.nodes_in_order(graph.node)
            results = inner.results([info.name for info in graph.output])
            create("Yield", results)
        describe = self._readers.types.describe
        input_infos = [
            describe(info, type_) for info, type_ in zip(inputs, input_types, strict=True)
        ]
        output_infos = [
            describe(info, value.type) for info, value in zip(graph.output, results, strict=True)
        ]
        records = graph_records(graph)
        GRAPH_INPUTS.put(records, [info.name for info in inputs])
        if len(inputs) < len(graph.input):
            put_listed(records, graph, scope.values, self._readers.types)
        GRAPH_OUTPUTS.put(records, [info.name for info in graph.output])
        if any(input_infos):
            INPUT_INFO.put(records, input_infos)
        if any(output_infos):
            OUTPUT_INFO.put(records, output_infos)
        return records

    def results(self, names: Sequence[str]) -> list[ir.Value]:
        """The values of a graph's outputs.  Raises ModelError for one that nothing makes."""
        values: list[ir.Value] = []
        for name in names:
            value = self._scope.get(name)
            if value is None:
                raise ModelError(f"the graph's output '{name}' is made by nothing")
            values.append(value)
        return values


def _without_gaps(
    signature: NodeSignature, operands: Sequence[ir.Value | None]
) -> list[ir.Value | None]:
    """All operands of an op: `none` where the node leaves one out, of an op for each as in onnx-mlir."""
    none = ir.NoneType.get()
    return [
        create("NoValue", results=[none]).results[0] if value is None else value
        for value in (*operands, *[None] * signature.trailing)
    ]


def _result_types(
    signature: NodeSignature,
    names: Sequence[str],
    types: Sequence[ir.Type | None],
    operands: Sequence[ir.Value],
    attributes: Mapping[str, ir.Attribute],
) -> list[ir.Type | None]:
    """The types of an op's results, from those that are known of the node's outputs."""
    spec = signature.spec
    if spec.name == "Constant" and types[0] is None:
        return [constant_type(attributes)]
    fixed = spec.result_range[1]
    known = list(zip(names, types, strict=True))
    if fixed is not None:
        # What onnx.BatchNormalizationInferenceMode has no place for is left out by an empty name.
        known = known[:fixed] + [("", None)] * (fixed - len(known))
    result_types: list[ir.Type | None] = []
    for index, (name, type_) in enumerate(known):
        formal = spec.results[min(index, len(spec.results) - 1)]
        if name:
            result_types.append(type_ or bound_type(spec, formal, operands))
        elif formal.arity == "optional" or formal.types is None:
            result_types.append(ir.NoneType.get())
        else:
            result_types.append(bound_type(spec, formal, operands))
    return result_types


def types_of_graph(
    reader: TypeReader,
    graph: onnx.GraphProto,
    inferred: onnx.GraphProto | Mapping[str, onnx.TypeProto] | None,
) -> GraphTypes:
    """The types of a graph's values.  inferred: see `GraphTypes`."""
    stated = {info.name: info for info in graph.value_info}
    return GraphTypes(reader, stated, {info.name: info for info in graph.output}, inferred)
