# SPDX-License-Identifier: Apache-2.0
"""A module to a ModelProto, whose weights may still be where they were."""

from __future__ import annotations

from collections.abc import Mapping

import onnx

from ..dialect.bindings import ir
from ..dialect.dataclass import dataclass, field
from ..dialect.diagnostics import error_at, op_error
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
    OTHER_VALUE_INFO,
    RESULTS,
    DictionariesRecord,
    fill_fields,
)
from ..dialect.model_texts import RecordError
from ..dialect.protobuf_wire import NODE_OF_FUNCTION, NODE_OF_GRAPH, message_fields
from .graph import BlockWriter, add_constant, fill_graph, list_constants
from .naming import Names, NameScope
from .nodes import NodeWriter
from .opsets import canonical, chosen_opsets, default_ir_version, opset_protos
from .tensors import Weight
from .value_types import TypeWriter

# Before this IR version every initializer is listed as an input.
_UNLISTED_SINCE = 4


@dataclass
class ExportedModel:
    """A model without the nodes and dense initializers of its graph, and these.

    nodes: those fields of the GraphProto, as protobuf writes them.
    """

    model: onnx.ModelProto
    nodes: bytes = b""
    weights: list[Weight] = field(default_factory=list[Weight])

    def whole(self) -> onnx.ModelProto:
        """The model with its nodes and initializers."""
        self.model.graph.MergeFromString(self.nodes)
        for item in self.weights:
            self.model.graph.initializer.append(item.whole())
        self.weights = []
        return self.model


def export(module: ir.Module, *, distinct_names: bool = False) -> ExportedModel:
    """The model of a module; see `write_model`.  Raises DiagnosticError for what has no form in ONNX."""
    try:
        return _export(module, distinct_names)
    except UnicodeEncodeError as error:
        shown = error.object.encode("utf-8", "surrogateescape")
        raise error_at(f"a text in it is not UTF-8: {shown!r:.80}") from None
    except RecordError as error:
        raise error_at(f"a record of the model it came from is damaged: {error}") from None


def _export(module: ir.Module, distinct_names: bool) -> ExportedModel:
    main, functions = _functions(module)
    records = module.operation.attributes
    opsets = OPSET_IMPORT.get(records)
    if opsets is None:
        opsets = chosen_opsets(module)
    ir_version = IR_VERSION.get(records)
    if ir_version is None:
        ir_version = default_ir_version(opsets, functions)
    model = onnx.ModelProto(ir_version=ir_version, opset_import=opset_protos(opsets))
    fill_fields(model, MODEL_FIELDS, records)
    exported = ExportedModel(model)
    types = TypeWriter()
    # Models before IR version 3 import no opset, which means the first.
    opsets = canonical(opsets) or {"": 1}
    try:
        _main(Names(main, distinct_names), exported, types, opsets)
        for function in functions:
            _function(Names(function, distinct_names), model.functions.add(), types, opsets)
    except ValueError as error:
        raise error_at(str(error)) from None
    return exported


def _functions(module: ir.Module) -> tuple[ir.Operation, list[ir.Operation]]:
    """The function that is the model's graph, and the model-local ones."""
    entries_: list[ir.Operation] = []
    functions: dict[str, ir.Operation] = {}
    for view in module.body.operations:
        op = view.operation
        if op.name == "onnx.EntryPoint":
            entries_.append(op)
        elif op.name == "func.func":
            functions[ir.StringAttr(op.attributes["sym_name"]).value] = op
        else:
            raise op_error(op, "has no form in ONNX at the top of a module")
    local = {name: op for name, op in functions.items() if FUNCTION.name in op.attributes}
    others = {name: op for name, op in functions.items() if name not in local}
    if len(entries_) > 1:
        raise op_error(entries_[1], "is the second entry point; an ONNX model has one graph")
    if entries_:
        name = ir.FlatSymbolRefAttr(entries_[0].attributes["func"]).value
        if name not in functions:
            raise op_error(entries_[0], f"names '@{name}', which the module does not have")
    elif len(others) == 1:
        name = next(iter(others))
    else:
        raise error_at(
            f"an ONNX model has one graph, but the module has {len(others)} functions and no onnx.EntryPoint"
        )
    main = functions[name]
    for other, op in others.items():
        if other != name:
            raise op_error(
                op,
                f"'@{other}' is neither the entry point nor a model-local function (`onnx.function`)",
            )
    return main, [op for other, op in local.items() if other != name]


def _block(function: ir.Operation) -> ir.Block:
    blocks = list(function.regions[0].blocks)
    if len(blocks) != 1:
        raise op_error(function, f"has {len(blocks)} blocks; a graph is one")
    return blocks[0]


def _records(
    function: ir.Operation, record: DictionariesRecord, count: int
) -> list[dict[str, ir.Attribute]]:
    """The attributes of each argument or result."""
    found = record.get(function.attributes, [])
    return found + [{} for _ in range(count - len(found))]


def _info(records: Mapping[str, ir.Attribute]) -> str:
    """What is recorded of an argument or result beside name and type."""
    info = INFO.get(records)
    return DIM_PARAMS.get(records, "") if info is None else info


def _main(
    names: Names, exported: ExportedModel, types: TypeWriter, opsets: Mapping[str, int]
) -> None:
    graph, function = exported.model.graph, names.function
    block = _block(function)
    record = GRAPH.get(function.attributes, {})
    listing = exported.model.ir_version < _UNLISTED_SINCE
    scope = NameScope(names)
    writer = BlockWriter(
        names, types, NodeWriter(opsets), initializers=True, in_regions=not listing
    )
    arguments = list(block.arguments)
    sparse: list[onnx.SparseTensorProto] = []
    records = _records(function, ARGUMENTS, len(arguments))
    for index, (argument, about) in enumerate(zip(arguments, records, strict=True)):
        name = scope.assign_argument(argument, NAME.get(about, ""), f"input_{index}")
        types.fill(graph.input.add(), name, argument.type, _info(about))
        default = DEFAULT_VALUE.get(about)
        if default is not None:
            add_constant(exported.weights, sparse, default, name, about)
    result_types = ir.FunctionType(ir.TypeAttr(function.attributes["function_type"]).value).results
    results = _records(function, RESULTS, len(result_types))
    outputs = [NAME.get(about, "") for about in results]
    parts = writer.write(block, scope, outputs, graph, initializers=True)
    for name, type_, about in zip(parts.outputs, result_types, results, strict=True):
        types.fill(graph.output.add(), name, type_, _info(about))
    graph.name = "main_graph"
    graph.sparse_initializer.extend(sparse)
    fill_graph(graph, parts, record, scope)
    exported.nodes = message_fields(NODE_OF_GRAPH, parts.nodes)
    exported.weights.extend(parts.weights)
    list_constants(graph, parts, record, types)
    if listing:
        known = {info.name for info in graph.input}
        for name, value in parts.constants.items():
            if name not in known:
                types.fill(graph.input.add(), name, value.type, "")


def _function(
    names: Names, proto: onnx.FunctionProto, types: TypeWriter, opsets: Mapping[str, int]
) -> None:
    """Fill a FunctionProto.  Raises DiagnosticError and ValueError."""
    function = names.function
    record = FUNCTION.get(function.attributes, {})
    fill_fields(proto, FUNCTION_FIELDS, record)
    if not proto.name:
        raise op_error(
            function, "is a model-local function without a name (`name` in `onnx.function`)"
        )
    own = {entry.domain: entry.version for entry in proto.opset_import}
    block = _block(function)
    scope = NameScope(names)
    nodes = NodeWriter(canonical(own) or opsets)
    writer = BlockWriter(names, types, nodes, initializers=False, in_regions=True)
    arguments = list(block.arguments)
    records = _records(function, ARGUMENTS, len(arguments))
    for index, (argument, about) in enumerate(zip(arguments, records, strict=True)):
        proto.input.append(scope.assign_argument(argument, NAME.get(about, ""), f"input_{index}"))
    outputs = [NAME.get(about, "") for about in RESULTS.get(function.attributes, [])]
    parts = writer.write(block, scope, outputs, proto, initializers=False)
    proto.MergeFromString(message_fields(NODE_OF_FUNCTION, parts.nodes))
    proto.output.extend(parts.outputs)
    OTHER_VALUE_INFO.fill(proto, "value_info", record)
