# SPDX-License-Identifier: Apache-2.0
"""A model as a module: the graph as `func.func @main_graph`, model-local functions, and what belongs to the whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import onnx

from ..dialect import model_records
from ..dialect.bindings import ir
from ..dialect.model_records import integer, message_text, pairs, text, texts
from ..dialect.onnx import create
from ..dialect.ops.versions import canonical_domain
from ..dialect.types import unknown_type
from .attributes import AttributeReader
from .errors import ModelError
from .graph import (
    GraphImporter,
    Scope,
    Session,
    types_of_graph,
)
from .inference import infer
from .node_signatures import Kinds
from .nodes import Operators, check_opsets
from .ordering import ordered
from .records import (
    graph_record,
    initializer_names,
    listed_record,
    rest_of_value_info,
    results_of,
    sparse_records,
    tensor_records,
)
from .tensors import TensorReader
from .value_types import GraphTypes, TypeReader

MAIN = "main_graph"

# From this IR version on an initializer that is listed as an input too may be overridden by the caller.
_OVERRIDABLE_SINCE = 4
# Before this IR version a model is of opset 1.
_OPSETS_SINCE = 3


@dataclass
class ModelImporter:
    """Imports one model into the current context."""

    model: onnx.ModelProto
    tensors: TensorReader
    freeze_initializers: bool

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
        check_opsets(opsets)
        functions = frozenset(
            (canonical_domain(f.domain), f.name, f.overload) for f in model.functions
        )
        types, attributes = TypeReader(), AttributeReader(self.tensors)
        session = Session(self.tensors, types, Kinds(Operators(opsets, functions), attributes))
        module = ir.Module.create()
        for name, attribute in self._module_attributes().items():
            module.operation.attributes[name] = attribute
        with ir.InsertionPoint(module.body):
            self._main(session)
            entry = ir.FlatSymbolRefAttr.get(MAIN)
            create("EntryPoint", attributes={"func": entry})
            for index, function in enumerate(model.functions):
                own = _opsets(function.opset_import) or opsets
                check_opsets(own)
                body = Session(self.tensors, types, Kinds(Operators(own, functions), attributes))
                _function(body, function, _symbol(function, index))
        return module

    def _module_attributes(self) -> dict[str, ir.Attribute]:
        model = self.model
        found: dict[str, ir.Attribute] = {}
        if model.HasField("ir_version"):
            found[model_records.IR_VERSION] = integer(model.ir_version)
        found[model_records.OPSET_IMPORT] = opset_attribute(model.opset_import)
        for name in ("producer_name", "producer_version", "domain", "doc_string"):
            if getattr(model, name):
                found[f"onnx.{name}"] = text(getattr(model, name))
        if model.model_version:
            found["onnx.model_version"] = integer(model.model_version)
        if model.metadata_props:
            found[model_records.METADATA] = pairs(
                (entry.key, entry.value) for entry in model.metadata_props
            )
        for name in ("training_info", "configuration"):
            if getattr(model, name):
                found[f"onnx.{name}"] = texts(map(message_text, getattr(model, name)))
        return found

    def _main(self, session: Session) -> None:
        graph = self.model.graph
        initializers = initializer_names(graph)
        listed = {info.name for info in graph.input} & initializers
        overridable: set[str] = set()
        if self.model.ir_version >= _OVERRIDABLE_SINCE and not self.freeze_initializers:
            overridable = listed
        listed_nodes = list(graph.node)
        known = initializers | {info.name for info in graph.input}
        protos = [listed_nodes[position] for position in ordered(listed_nodes, known)]
        types = types_of_graph(session.types, graph, infer(self.model, protos, self.tensors))
        inputs = [
            info
            for info in graph.input
            if info.name not in initializers or info.name in overridable
        ]
        input_types = [types.type_of(info.name) or _type(session, info) for info in inputs]
        function = _func(MAIN, input_types, [info.name for info in inputs])
        scope = Scope()
        body = GraphImporter(session, scope, types)
        block = function.regions[0].blocks[0]
        for info, argument in zip(inputs, block.arguments, strict=True):
            scope.add(info.name, argument)
        with ir.InsertionPoint(block):
            body.initializers(graph, overridable)
            body.nodes(protos)
            results = body.results([info.name for info in graph.output])
            create("Return", results)
        result_types = [
            _output_type(session, info, value.type)
            for info, value in zip(graph.output, results, strict=True)
        ]
        arguments = [
            _value_record(session, info, type_)
            for info, type_ in zip(inputs, input_types, strict=True)
        ]
        defaults = self._defaults(overridable)
        for record in arguments:
            record.update(defaults.get(model_records.string(record[model_records.NAME]), {}))
        made = [
            _value_record(session, info, type_)
            for info, type_ in zip(graph.output, result_types, strict=True)
        ]
        _sign(function, input_types, result_types, arguments, made)
        record = graph_record(graph)
        if self.model.ir_version < _OVERRIDABLE_SINCE and listed:
            record.update(listed_record(session.types, graph, scope.values))
        function.attributes[model_records.GRAPH] = ir.DictAttr.get(record)

    def _defaults(self, names: set[str]) -> dict[str, dict[str, ir.Attribute]]:
        """The default of each argument that is an overridable initializer."""
        found: dict[str, dict[str, ir.Attribute]] = {}
        for tensor in self.model.graph.initializer:
            if tensor.name in names:
                default = self.tensors.attribute(tensor, tensor.name)
                found[tensor.name] = {
                    model_records.DEFAULT_VALUE: default,
                    **tensor_records(tensor),
                }
        for sparse in self.model.graph.sparse_initializer:
            if sparse.values.name in names:
                default = self.tensors.sparse_attribute(sparse)
                found[sparse.values.name] = {
                    model_records.DEFAULT_VALUE: default,
                    **sparse_records(sparse),
                }
        return found


def opset_attribute(opsets: Iterable[onnx.OperatorSetIdProto]) -> ir.Attribute:
    """`[["", 13], ["ai.onnx.ml", 2]]`."""
    return ir.ArrayAttr.get(
        [ir.ArrayAttr.get([text(entry.domain), integer(entry.version)]) for entry in opsets]
    )


def _opsets(imports: Sequence[onnx.OperatorSetIdProto]) -> dict[str, int]:
    return {canonical_domain(entry.domain): entry.version for entry in imports}


def _type(session: Session, info: onnx.ValueInfoProto) -> ir.Type:
    note = session.types.note(info.type)
    if note is None:
        raise ModelError(f"the graph's input '{info.name}' has no type that ONNX defines")
    return note.type


def _output_type(session: Session, info: onnx.ValueInfoProto, made: ir.Type) -> ir.Type:
    """The stated type of an output, unless only its value has one."""
    note = session.types.note(info.type) if info.HasField("type") else None
    return note.type if note else made


def _value_record(
    session: Session, info: onnx.ValueInfoProto, type_: ir.Type
) -> dict[str, ir.Attribute]:
    """The attributes of an argument or a result of the graph's function."""
    record: dict[str, ir.Attribute] = {model_records.NAME: text(info.name)}
    said = session.types.describe(info, type_)
    note = session.types.note(info.type) if info.HasField("type") else None
    if note and note.dims:
        record[model_records.DIM_PARAMS] = text(note.dims)
    if said != (note.dims if note else ""):
        record[model_records.VALUE_INFO] = text(said)
    return record


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
    locations = [model_records.named_location(argument) for argument in names]
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
    for key, records in (("arg_attrs", argument_records), ("res_attrs", result_records)):
        if records:
            function.attributes[key] = ir.ArrayAttr.get(
                [ir.DictAttr.get(record) for record in records]
            )


def _symbol(function: onnx.FunctionProto, index: int) -> str:
    """A model-local function's symbol; the number keeps it apart from others that are spelled alike."""
    parts = (function.domain, function.name, function.overload, str(index))
    return "_".join(
        "".join(c if c.isalnum() and c.isascii() else "_" for c in part) for part in parts if part
    )


def _function(session: Session, function: onnx.FunctionProto, symbol: str) -> None:
    """Import a model-local function: generic in its types, its nodes under its own opsets."""
    stated = {info.name: info for info in function.value_info}
    types = GraphTypes(session.types, stated, {}, None)
    argument_types = [types.type_of(name) or unknown_type() for name in function.input]
    func = _func(symbol, argument_types, list(function.input))
    scope = Scope()
    body = GraphImporter(session, scope, types)
    block = func.regions[0].blocks[0]
    for name, argument in zip(function.input, block.arguments, strict=True):
        scope.add(name, argument)
    with ir.InsertionPoint(block):
        body.nodes_in_order(function.node)
        results = body.results(function.output)
        create("Return", results)
    arguments: list[dict[str, ir.Attribute]] = [
        {model_records.NAME: text(name)} for name in function.input
    ]
    made: list[dict[str, ir.Attribute]] = [
        {model_records.NAME: text(name)} for name in function.output
    ]
    _sign(func, argument_types, [value.type for value in results], arguments, made)
    func.attributes[model_records.FUNCTION] = ir.DictAttr.get(_function_record(function))


def _function_record(function: onnx.FunctionProto) -> dict[str, ir.Attribute]:
    record: dict[str, ir.Attribute] = {"name": text(function.name)}
    for name in ("domain", "overload", "doc_string"):
        if getattr(function, name):
            record[name] = text(getattr(function, name))
    if function.opset_import:
        record["opset_import"] = opset_attribute(function.opset_import)
    if function.attribute:
        record["attributes"] = texts(function.attribute)
    if function.attribute_proto:
        record["attribute_protos"] = texts(map(message_text, function.attribute_proto))
    if function.metadata_props:
        record["metadata_props"] = pairs(
            (entry.key, entry.value) for entry in function.metadata_props
        )
    rest = rest_of_value_info(function.value_info, results_of(function.node))
    if rest:
        record["value_info"] = texts(map(message_text, rest))
    return record
