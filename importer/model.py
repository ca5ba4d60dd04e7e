# SPDX-License-Identifier: Apache-2.0
"""A model as a module: the graph as `func.func @main_graph`, model-local functions, and what belongs to the whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import onnx

from ..dialect.bindings import ir
from ..dialect.dataclass import dataclass
from ..dialect.model_records import (
    ARGUMENTS,
    DEFAULT_VALUE,
    DIM_PARAMS,
    FUNCTION,
    FUNCTION_FIELDS,
    GRAPH,
    INFO,
    IR_VERSION,
    MODEL_FIELDS,
    NAME,
    OPSET_IMPORT,
    RESULTS,
    put_fields,
)
from ..dialect.model_texts import named_location
from ..dialect.onnx import create
from ..dialect.ops.versions import canonical_domain
from ..dialect.types import unknown_type
from .alike import Types, infer_alike
from .attributes import AttributeReader
from .cutting import PlainTensor
from .errors import ModelError
from .graph import GraphImporter, Readers, Scope, types_of_graph
from .inference import infer, is_needed, weight_types
from .node_signatures import NodeSignatures
from .nodes import Operators, check_opsets
from .ordering import ordered
from .read_nodes import ReadNode, read_nodes
from .records import (
    graph_records,
    put_listed,
    put_other_value_info,
    sparse_records,
    tensor_records,
)
from .requests import Requests
from .tensors import ReadTensor, TensorReader, read_tensors
from .value_types import GraphTypes, TypeReader

MAIN = "main_graph"

# From this IR version on an initializer that is listed as an input too may be overridden by the caller.
_OVERRIDABLE_SINCE = 4
# Before this IR version a model is of opset 1.
_OPSETS_SINCE = 3


@dataclass
class ModelImporter:
    """Imports one model into the current context.

    read: see `read_tensors`.  warn: told of what the model should not do, but may.  tell_kind: see `import_model`.
    """

    model: onnx.ModelProto
    tensors: TensorReader
    read: Sequence[PlainTensor | None]
    requests: Requests
    warn: Callable[[str], None]
    tell_kind: Callable[[ir.Operation], object]

    def run(self) -> ir.Module:
        """The module.  Raises ModelError."""
        model = self.model
        if not model.HasField("graph"):
            raise ModelError("the model has no graph")
        if not model.ir_version:
            raise ModelError("the model does not say its IR version")
        if not model.opset_import and model.ir_version >= _OPSETS_SINCE:
            raise ModelError(
                f"the model imports no opset, which IR version {model.ir_version} asks for"
            )
        opsets = _opsets(model.opset_import) or {"": 1}
        functions = frozenset(
            (canonical_domain(f.domain), f.name, f.overload) for f in model.functions
        )
        types, attributes = TypeReader(), AttributeReader(self.tensors)

        def readers(opsets: dict[str, int]) -> Readers:
            check_opsets(opsets)
            signatures = NodeSignatures(Operators(opsets, functions, self.warn), attributes)
            return Readers(self.tensors, types, signatures)

        main = readers(opsets)
        module = ir.Module.create()
        records: dict[str, ir.Attribute] = {}
        IR_VERSION.put(records, model.ir_version)
        OPSET_IMPORT.put(records, model.opset_import)
        put_fields(records, model, MODEL_FIELDS)
        for name, attribute in records.items():
            module.operation.attributes[name] = attribute
        with ir.InsertionPoint(module.body):
            self._main(main)
            entry = ir.FlatSymbolRefAttr.get(MAIN)
            create("EntryPoint", attributes={"func": entry})
            for index, function in enumerate(model.functions):
                own = readers(_opsets(function.opset_import) or opsets)
                _function(own, function, _symbol(function, index))
        return module

    def _main(self, readers: Readers) -> None:
        graph = self.model.graph
        weights = read_tensors(graph.initializer, self.read)
        initializers = {weight.name for weight in weights}
        initializers.update(sparse.values.name for sparse in graph.sparse_initializer)
        listed = {info.name for info in graph.input} & initializers
        overridable: set[str] = set()
        if self.model.ir_version >= _OVERRIDABLE_SINCE and not self.requests.freeze_initializers:
            overridable = listed
        nodes = read_nodes(graph.node)
        known = initializers | {info.name for info in graph.input}
        nodes = [nodes[position] for position in ordered(nodes, known)]
        inferred, firsts = self._inferred(nodes, weights)
        types = types_of_graph(readers.types, graph, inferred)
        inputs = [
            info
            for info in graph.input
            if info.name not in initializers or info.name in overridable
        ]
        if self.requests.dim_names:
            from .changes import with_named_sizes

            inputs = with_named_sizes(inputs, self.requests.dim_names)
        input_types = [types.type_of(info.name) or _type(readers, info) for info in inputs]
        function = _func(MAIN, input_types, [info.name for info in inputs])
        scope = Scope()
        body = GraphImporter(readers, scope, types)
        block = function.regions[0].blocks[0]
        for info, argument in zip(inputs, block.arguments, strict=True):
            scope.add(info.name, argument)
        with ir.InsertionPoint(block):
            body.initializers(weights, graph.sparse_initializer, overridable)
            body.nodes(nodes)
            results = body.results([info.name for info in graph.output])
            create("Return", results)
        result_types = [
            types.result_type(info, value)
            for info, value in zip(graph.output, results, strict=True)
        ]
        argument_records = [
            _value_record(readers, info, type_, readers.types.dims_of(info))
            for info, type_ in zip(inputs, input_types, strict=True)
        ]
        defaults = self._defaults(overridable)
        for record in argument_records:
            record.update(defaults.get(NAME.get(record, ""), {}))
        dims_of = types.dims_of if self.requests.model_types else readers.types.dims_of
        result_records = [
            _value_record(readers, info, type_, dims_of(info))
            for info, type_ in zip(graph.output, result_types, strict=True)
        ]
        _sign(function, input_types, result_types, argument_records, result_records)
        records = graph_records(graph)
        if self.model.ir_version < _OVERRIDABLE_SINCE and listed:
            put_listed(records, graph, scope.values, readers.types)
        function.attributes[GRAPH.name] = GRAPH.form.write(records)
        for node in firsts:
            output = next(filter(None, node.outputs))
            self.tell_kind(ir.OpResult(scope.values[output]).owner.operation)

    def _inferred(
        self, nodes: Sequence[ReadNode], weights: Sequence[ReadTensor | PlainTensor]
    ) -> tuple[onnx.GraphProto | Types | None, Sequence[ReadNode]]:
        """What inference finds out about the graph, where it is needed, and the first node of each kind (see `Alike`).

        nodes: in an order that is right.  weights: the initializers.
        """
        if not is_needed(self.model.graph):
            return None, ()
        found = infer_alike(self.model, nodes, weight_types(weights))
        return found or (infer(self.model, [node.proto for node in nodes], self.tensors), ())

    def _defaults(self, names: set[str]) -> dict[str, dict[str, ir.Attribute]]:
        """The default of each argument that is an overridable initializer."""
        found: dict[str, dict[str, ir.Attribute]] = {}
        if not names:
            return found
        for tensor in self.model.graph.initializer:
            if tensor.name in names:
                default = self.tensors.attribute(tensor, tensor.name)
                found[tensor.name] = {DEFAULT_VALUE.name: default, **tensor_records(tensor)}
        for sparse in self.model.graph.sparse_initializer:
            if sparse.values.name in names:
                default = self.tensors.sparse_attribute(sparse)
                found[sparse.values.name] = {DEFAULT_VALUE.name: default, **sparse_records(sparse)}
        return found


def _opsets(imports: Sequence[onnx.OperatorSetIdProto]) -> dict[str, int]:
    return {canonical_domain(entry.domain): entry.version for entry in imports}


def _type(readers: Readers, info: onnx.ValueInfoProto) -> ir.Type:
    type_ = readers.types.type_of(info)
    if type_ is None:
        raise ModelError(f"the graph's input '{info.name}' has no type that ONNX defines")
    return type_


def _value_record(
    readers: Readers, info: onnx.ValueInfoProto, type_: ir.Type, dims: str
) -> dict[str, ir.Attribute]:
    """The attributes of an argument or a result of the graph's function.  dims: its symbolic dimensions."""
    records = _named(info.name)
    described = readers.types.describe(info, type_)
    if dims:
        DIM_PARAMS.put(records, dims)
    if described != dims:
        INFO.put(records, described)
    return records


def _named(name: str) -> dict[str, ir.Attribute]:
    records: dict[str, ir.Attribute] = {}
    NAME.put(records, name)
    return records


def _func(name: str, argument_types: Sequence[ir.Type], names: Sequence[str]) -> ir.Operation:
    """A func.func with an empty block; `_sign` completes it."""
    signature = ir.FunctionType.get(argument_types, [])
    function = ir.Operation.create(
        "func.func",
        attributes={
            "sym_name": ir.StringAttr.get(name),
            "function_type": ir.TypeAttr.get(signature),
        },
        regions=1,
        loc=ir.Location.name(name),
    ).operation
    locations = [named_location(argument) for argument in names]
    function.regions[0].blocks.append(*argument_types, arg_locs=locations)
    return function


def _sign(
    function: ir.Operation,
    arguments: Sequence[ir.Type],
    results: Sequence[ir.Type],
    argument_records: Sequence[dict[str, ir.Attribute]],
    result_records: Sequence[dict[str, ir.Attribute]],
) -> None:
    function.attributes["function_type"] = ir.TypeAttr.get(ir.FunctionType.get(arguments, results))
    for record, values in ((ARGUMENTS, argument_records), (RESULTS, result_records)):
        if values:
            function.attributes[record.name] = record.form.write(values)


def _symbol(function: onnx.FunctionProto, index: int) -> str:
    """A model-local function's symbol; the number keeps it apart from others that are spelled alike."""
    parts = (function.domain, function.name, function.overload, str(index))
    return "_".join(
        "".join(c if c.isalnum() and c.isascii() else "_" for c in part) for part in parts if part
    )


def _function(readers: Readers, function: onnx.FunctionProto, symbol: str) -> None:
    """Import a model-local function: generic in its types, its nodes under its own opsets."""
    stated = {info.name: info for info in function.value_info}
    types = GraphTypes(readers.types, stated, {}, None)
    argument_types = [types.type_of(name) or unknown_type() for name in function.input]
    func = _func(symbol, argument_types, list(function.input))
    scope = Scope()
    body = GraphImporter(readers, scope, types)
    block = func.regions[0].blocks[0]
    for name, argument in zip(function.input, block.arguments, strict=True):
        scope.add(name, argument)
    with ir.InsertionPoint(block):
        body.nodes_in_order(function.node)
        results = body.results(function.output)
        create("Return", results)
    result_types = [value.type for value in results]
    names = [[_named(name) for name in side] for side in (function.input, function.output)]
    _sign(func, argument_types, result_types, *names)
    records: dict[str, ir.Attribute] = {}
    put_fields(records, function, FUNCTION_FIELDS)
    put_other_value_info(records, function.value_info, function.node)
    func.attributes[FUNCTION.name] = FUNCTION.form.write(records)
