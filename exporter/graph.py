# SPDX-License-Identifier: Apache-2.0
"""Blocks of ops to graphs: of a model, of a region, of a model-local function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import onnx

from ..dialect.bindings import ir
from ..dialect.dataclass import dataclass, field
from ..dialect.diagnostics import node_name, op_error
from ..dialect.model_records import (
    ATTRIBUTE_NAME,
    EXACT,
    GRAPH_FIELDS,
    GRAPH_INPUTS,
    GRAPH_OUTPUTS,
    GRAPHS,
    HIDES,
    INPUT_INFO,
    INPUT_NAMES,
    LISTED,
    LISTED_INFO,
    NAME,
    NODE_NAME,
    OF_INITIALIZER,
    OTHER_VALUE_INFO,
    OUTPUT_INFO,
    OUTPUT_NAMES,
    OUTPUTS,
    TENSORS,
    VALUE_INFO,
    fill_fields,
    read_message,
)
from ..dialect.ops.attribute_kinds import is_sparse
from ..dialect.ops.attributes import AnyAttribute, get_attribute
from ..dialect.ops.schema import spec_of
from ..dialect.protobuf_wire import NODE_OF_GRAPH, message_fields
from ..dialect.types import is_none
from .attributes import sparse_record
from .naming import Names, NameScope
from .nodes import NodeWriter, with_absent
from .tensors import Weight, resource_behind, sparse_tensor, weight
from .value_types import TypeWriter


@dataclass
class Parts:
    """What becomes of a block, beside the value infos, which are in `proto` already.

    nodes: as protobuf writes them.
    """

    proto: onnx.GraphProto | onnx.FunctionProto
    nodes: list[bytes] = field(default_factory=list[bytes])
    weights: list[Weight] = field(default_factory=list[Weight])
    sparse: list[onnx.SparseTensorProto] = field(default_factory=list[onnx.SparseTensorProto])
    outputs: list[str] = field(default_factory=list[str])
    constants: dict[str, ir.Value] = field(default_factory=dict[str, ir.Value])


@dataclass
class BlockWriter:
    """Writes the blocks of one function.

    initializers: whether constants may be initializers; a model-local function has only nodes.  in_regions: the same
    for the blocks of regions.
    """

    names: Names
    types: TypeWriter
    nodes: NodeWriter
    initializers: bool
    in_regions: bool

    def write(
        self,
        block: ir.Block,
        scope: NameScope,
        outputs: Sequence[str],
        proto: onnx.GraphProto | onnx.FunctionProto,
        initializers: bool,
    ) -> Parts:
        """The parts of a block whose arguments are named.

        outputs: the names that the operands of its terminator must have; "" for any.  proto: where value infos go.
        """
        parts = Parts(proto)
        ops = [op.operation for op in block.operations]
        terminator = ops.pop()
        spec = spec_of(terminator)
        if not spec.terminator if spec else terminator.name != "func.return":
            raise op_error(terminator, "has no form in ONNX: expected the end of a graph")
        results = list(terminator.operands)
        for value, name in zip(results, outputs, strict=False):
            self._require_name(value, name, block, scope)
        # Initializers are seen in all of their graph, so also in graphs of nodes that stand before them here.
        nodes = [op for op in ops if not (initializers and self._is_initializer(op, scope, parts))]
        for op in nodes:
            if op.name == "onnx.NoValue":
                self.names.of[op.results[0]] = ""
            else:
                self._node(op, attributes_of(op), scope, parts)
        for index, value in enumerate(results):
            name = _at(index, outputs)
            parts.outputs.append(self._output(terminator, value, name, scope, parts))
        return parts

    def _require_name(self, value: ir.Value, name: str, block: ir.Block, scope: NameScope) -> None:
        """Reserve an output's name: for the value itself, if that needs no other name, else for an Identity of it."""
        if (
            not name
            or name in (self.names.of.get(value), scope.required.get(value))
            or scope.is_taken(name)
        ):
            return
        scope.reserved.add(name)
        if (
            not isinstance(value.owner, ir.Block)
            and _block_of(value) == block
            and value not in scope.required
            and _recorded_constant_name(value) in (None, name)
        ):
            scope.required[value] = name

    def _output(
        self, op: ir.Operation, value: ir.Value, name: str, scope: NameScope, parts: Parts
    ) -> str:
        """The name of an output of the graph, whose name must be `name`, or any if that is empty.

        If its value has another name, or belongs to an enclosing graph, an Identity makes the output.
        """
        if is_none(value.type):
            raise op_error(op, "gives a value that is none, which ONNX cannot say")
        own = self.names.of[value]
        if _block_of(value) == op.block and (name in ("", own) or scope.would_hide(name)):
            return own
        name = name or own
        if name in scope.reserved:
            scope.reserved.remove(name)
        elif scope.is_taken(name):
            name = self.names.fresh(name)
        scope.taken.add(name)
        identity = onnx.NodeProto(op_type="Identity", input=[own], output=[name])
        parts.nodes.append(identity.SerializeToString())
        return name

    def _is_initializer(self, op: ir.Operation, scope: NameScope, parts: Parts) -> bool:
        """Whether an op becomes an initializer; if so, it has."""
        if op.name != "onnx.Constant":
            return False
        attributes = attributes_of(op)
        key = "value" if "value" in attributes else "sparse_value"
        if key not in attributes or OUTPUTS.name in attributes:
            return False
        self._initializer(op, attributes, key, scope, parts)
        return True

    def _initializer(
        self,
        op: ir.Operation,
        attributes: Mapping[str, AnyAttribute],
        key: str,
        scope: NameScope,
        parts: Parts,
    ) -> None:
        if not _OF_INITIALIZER.issuperset(attributes):
            unknown = min(attributes.keys() - _OF_INITIALIZER)
            raise op_error(op, f"attribute '{unknown}' has no form in ONNX for an initializer")
        recorded = NAME.get(attributes, "")
        result = op.results[0]
        base = recorded or _base_name(op, attributes, "constant")
        name = scope.assign(result, recorded, base, HIDES.get(attributes, []))
        parts.constants[name] = result
        try:
            add_constant(parts.weights, parts.sparse, attributes[key], name, attributes)
            infos = VALUE_INFO.get(attributes, [])
            if infos and infos[0] is not None and recorded == name:
                self.types.fill(parts.proto.value_info.add(), name, result.type, infos[0])
        except ValueError as error:
            raise op_error(op, str(error)) from None

    def _node(
        self,
        op: ir.Operation,
        attributes: Mapping[str, AnyAttribute],
        scope: NameScope,
        parts: Parts,
    ) -> None:
        named = self.names.of
        inputs = [named[value] for value in op.operands]
        recorded = OUTPUTS.get(attributes)
        count = len(recorded or ())
        if recorded is None and NAME.name in attributes:
            recorded = [NAME.get(attributes, "")]
        infos, hiding = VALUE_INFO.get(attributes, []), HIDES.get(attributes, [])
        # What the op gives is not seen in its graphs, so their names come first.
        graphs = list(self._regions(op, attributes, scope)) if len(op.regions) else ()
        outputs: list[str] = []
        for index, result in enumerate(op.results):
            own = _at(index, recorded or ())
            if is_none(result.type) or (recorded is not None and not own and _is_unused(result)):
                named[result] = ""
                outputs.append("")
                continue
            name = scope.assign(result, own, own or _result_name(op, attributes), hiding)
            outputs.append(name)
            info = infos[index] if index < len(infos) else None
            if info is not None and name == own:
                try:
                    self.types.fill(parts.proto.value_info.add(), name, result.type, info)
                except ValueError as error:
                    raise op_error(op, str(error)) from None
        outputs = with_absent(outputs, count)
        parts.nodes.append(self.nodes.write(op, attributes, inputs, outputs, graphs))

    def _regions(
        self, op: ir.Operation, attributes: Mapping[str, AnyAttribute], scope: NameScope
    ) -> Iterator[tuple[str, onnx.GraphProto]]:
        """The graphs in an op's regions, with the names of the node's attributes that hold them."""
        spec = self.nodes.spec_of(op)
        records = GRAPHS.get(attributes, [])
        if not records and len(op.regions) == 1 and not spec.custom:
            records = [_names_in_text(attributes)]
        for index, region in enumerate(op.regions):
            if not len(region.blocks):
                continue  # an optional graph that the node does not have
            record = records[index] if index < len(records) else {}
            in_spec = index < len(spec.regions)
            name = spec.regions[index] if in_spec else ATTRIBUTE_NAME.get(record)
            if name is None:
                raise op_error(op, f"region #{index} belongs to no attribute")
            try:
                yield name, self._region(region, record, scope, name)
            except ValueError as error:
                raise op_error(op, str(error)) from None

    def _region(
        self,
        region: ir.Region,
        record: Mapping[str, ir.Attribute],
        outer: NameScope,
        attribute: str,
    ) -> onnx.GraphProto:
        block = region.blocks[0]
        scope = NameScope(self.names, outer, block)
        graph = onnx.GraphProto(name=attribute)
        inputs, infos = GRAPH_INPUTS.get(record, []), INPUT_INFO.get(record, [])
        for index, argument in enumerate(block.arguments):
            name = scope.assign_argument(argument, _at(index, inputs), f"{attribute}_input")
            self.types.fill(graph.input.add(), name, argument.type, _at(index, infos))
        parts = self.write(block, scope, GRAPH_OUTPUTS.get(record, []), graph, self.in_regions)
        infos = OUTPUT_INFO.get(record, [])
        graph.MergeFromString(message_fields(NODE_OF_GRAPH, parts.nodes))
        results = list(block.operations)[-1].operation.operands
        for index, (name, value) in enumerate(zip(parts.outputs, results, strict=True)):
            self.types.fill(graph.output.add(), name, value.type, _at(index, infos))
        fill_graph(graph, parts, record, scope)
        list_constants(graph, parts, record, self.types)
        graph.initializer.extend(item.whole() for item in parts.weights)
        return graph


def _names_in_text(attributes: Mapping[str, AnyAttribute]) -> dict[str, ir.Attribute]:
    """The record of an op's one graph, from what onnx-mlir's text says about it."""
    record: dict[str, ir.Attribute] = {}
    GRAPH_INPUTS.put(record, INPUT_NAMES.get(attributes, []))
    GRAPH_OUTPUTS.put(record, OUTPUT_NAMES.get(attributes, []))
    return record


_OF_INITIALIZER = OF_INITIALIZER | {"value", "sparse_value"}


def add_constant(
    weights: list[Weight],
    sparse: list[onnx.SparseTensorProto],
    value: AnyAttribute,
    name: str,
    records: Mapping[str, AnyAttribute],
) -> None:
    """Add an initializer, dense or sparse.  Raises ValueError."""
    resource = resource_behind(value)
    if resource is None and is_sparse(value):
        exact = EXACT.get(records, {}).get("sparse_value")
        recorded = sparse_record(exact, value) if exact is not None else None
        sparse.append(recorded or sparse_tensor(value))
        sparse[-1].values.name = name
        return
    rest = TENSORS.get(records, {}).get("value")
    header = read_message(rest, onnx.TensorProto()) if rest is not None else None
    weights.append(weight(value, resource, name, header))


def fill_graph(
    graph: onnx.GraphProto, parts: Parts, record: Mapping[str, ir.Attribute], scope: NameScope
) -> None:
    """Everything else of a graph but its inputs, outputs and dense initializers.  Raises ValueError."""
    graph.sparse_initializer.extend(parts.sparse)
    OTHER_VALUE_INFO.fill(graph, "value_info", record)
    fill_fields(graph, GRAPH_FIELDS, record)
    annotations = list(graph.quantization_annotation)
    del graph.quantization_annotation[:]
    for annotation in annotations:
        parameters = [entry.value for entry in annotation.quant_parameter_tensor_names]
        # Of a value that is no more nothing is left to say.
        if all(map(scope.is_taken, [annotation.tensor_name, *parameters])):
            graph.quantization_annotation.append(annotation)


def list_constants(
    graph: onnx.GraphProto, parts: Parts, record: Mapping[str, ir.Attribute], types: TypeWriter
) -> None:
    """Put constants among a graph's inputs again, in the order that is recorded."""
    listed, infos = LISTED.get(record, []), LISTED_INFO.get(record, [])
    if not listed:
        return
    arguments = {info.name: info for info in graph.input}
    del graph.input[:]
    for index, name in enumerate(listed):
        if name in arguments:
            graph.input.append(arguments.pop(name))
        elif name in parts.constants:
            type_ = parts.constants[name].type
            types.fill(graph.input.add(), name, type_, _at(index, infos))
    graph.input.extend(arguments.values())


def attributes_of(op: ir.Operation) -> dict[str, AnyAttribute]:
    """All attributes of an op by name."""
    try:
        return dict(op.attributes.items())
    except TypeError:
        pass  # one of them is of a class that the bindings cannot hand out
    found: dict[str, AnyAttribute] = {}
    attributes = op.attributes
    for name in attributes:
        try:
            found[name] = attributes[name]
        except TypeError:
            attribute = get_attribute(op, name)
            assert attribute is not None
            found[name] = attribute
    return found


def _base_name(op: ir.Operation, attributes: Mapping[str, AnyAttribute], otherwise: str) -> str:
    """What a value without a name is called after: its node, else what its location names."""
    recorded = NODE_NAME.get(attributes)
    name = node_name(op.location) if recorded is None else recorded
    return f"{name}_{otherwise}" if name and otherwise == "constant" else name or otherwise


def _result_name(op: ir.Operation, attributes: Mapping[str, AnyAttribute]) -> str:
    """What a node's result without a name is called."""
    if op.name == "onnx.Constant":
        return _base_name(op, attributes, "constant")
    return f"{_base_name(op, attributes, op.name.removeprefix('onnx.'))}_output"


def _at(index: int, entries: Sequence[str]) -> str:
    """The entry of a record at an index; "" where the record has none."""
    return entries[index] if index < len(entries) else ""


def _block_of(value: ir.Value) -> ir.Block:
    """The block where a value is defined."""
    owner = value.owner
    return owner if isinstance(owner, ir.Block) else owner.operation.block


def _recorded_constant_name(value: ir.Value) -> str | None:
    """The name that an initializer came with; None for any other value."""
    op = value.owner
    if isinstance(op, ir.Block) or op.name != "onnx.Constant":
        return None
    return NAME.get(op.attributes)


def _is_unused(value: ir.Value) -> bool:
    return next(iter(value.uses), None) is None
