# SPDX-License-Identifier: Apache-2.0
"""A module to a ModelProto, whose weights may still be where they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import onnx

from ..dialect import model_records
from ..dialect.bindings import ir
from ..dialect.model_records import dictionary, entries, read_message, string, strings
from .errors import module_error, op_error
from .graph import BlockWriter, add_constant, fill_graph, list_constants
from .naming import Names, NameScope
from .nodes import NodeWriter
from .opsets import canonical, chosen_opsets, default_ir_version, opset_protos, recorded_opsets
from .tensors import Weight
from .value_types import TypeWriter

# Before this IR version every initializer is listed as an input.
_UNLISTED_SINCE = 4

_TEXTS = ("producer_name", "producer_version", "domain", "doc_string")
_MESSAGES = ("training_info", "configuration")
_OF_MODULE = frozenset(
    (
        model_records.IR_VERSION,
        model_records.OPSET_IMPORT,
        model_records.METADATA,
        "onnx.model_version",
    )
) | {f"onnx.{name}" for name in (*_TEXTS, *_MESSAGES)}


@dataclass
class ExportedModel:
    """A model without its dense initializers, and these."""

    model: onnx.ModelProto
    weights: list[Weight] = field(default_factory=list[Weight])

    def whole(self) -> onnx.ModelProto:
        """The model with its initializers."""
        for item in self.weights:
            self.model.graph.initializer.append(item.whole())
        self.weights = []
        return self.model


def export(module: ir.Module) -> ExportedModel:
    """The model of a module.  Raises DiagnosticError for what has no form in ONNX."""
    try:
        return _export(module)
    except UnicodeEncodeError as error:
        shown = error.object.encode("utf-8", "surrogateescape")
        raise module_error(f"a text in it is not UTF-8: {shown!r:.80}") from None
    except model_records.RecordError as error:
        raise module_error(f"a record of the model it came from is damaged: {error}") from None


def _export(module: ir.Module) -> ExportedModel:
    main, functions = _functions(module)
    opsets = recorded_opsets(_attribute(module.operation, model_records.OPSET_IMPORT))
    if model_records.OPSET_IMPORT not in module.operation.attributes:
        opsets = chosen_opsets(module)
    model = onnx.ModelProto(ir_version=_ir_version(module, opsets))
    model.opset_import.extend(opset_protos(opsets))
    _module_fields(module, model)
    exported = ExportedModel(model)
    types = TypeWriter()
    # Models before IR version 3 import no opset, which means the first.
    opsets = canonical(opsets) or {"": 1}
    try:
        _main(main, exported, types, opsets)
        for function in functions:
            _function(function, model.functions.add(), types, opsets)
    except ValueError as error:
        raise module_error(str(error)) from None
    return exported


def _ir_version(module: ir.Module, opsets: Mapping[str, int]) -> int:
    recorded = _attribute(module.operation, model_records.IR_VERSION)
    return recorded.value if isinstance(recorded, ir.IntegerAttr) else default_ir_version(opsets)


def _attribute(op: ir.Operation, name: str) -> ir.Attribute | None:
    return op.attributes.get(name)


def _module_fields(module: ir.Module, model: onnx.ModelProto) -> None:
    attributes = module.operation.attributes
    for name in _TEXTS:
        if f"onnx.{name}" in attributes:
            setattr(model, name, string(attributes[f"onnx.{name}"]))
    if "onnx.model_version" in attributes:
        version = attributes["onnx.model_version"]
        model.model_version = version.value if isinstance(version, ir.IntegerAttr) else 0
    for key, value in entries(_attribute(module.operation, model_records.METADATA)):
        model.metadata_props.add(key=key, value=value)
    for name in _MESSAGES:
        for said in strings(_attribute(module.operation, f"onnx.{name}")):
            read_message(said, getattr(model, name).add())


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
    local = {name: op for name, op in functions.items() if model_records.FUNCTION in op.attributes}
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
        raise module_error(
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


def _records(function: ir.Operation, key: str, count: int) -> list[dict[str, ir.Attribute]]:
    """The attributes of each argument or result."""
    attribute = _attribute(function, key)
    found = [dictionary(item) for item in attribute] if isinstance(attribute, ir.ArrayAttr) else []
    return found + [{} for _ in range(count - len(found))]


def _name(record: Mapping[str, ir.Attribute]) -> str:
    return string(record[model_records.NAME]) if model_records.NAME in record else ""


def _said(record: Mapping[str, ir.Attribute]) -> str:
    """What is recorded of an argument or result beside name and type."""
    for key in (model_records.VALUE_INFO, model_records.DIM_PARAMS):
        if key in record:
            return string(record[key])
    return ""


def _main(
    function: ir.Operation, exported: ExportedModel, types: TypeWriter, opsets: Mapping[str, int]
) -> None:
    graph = exported.model.graph
    block = _block(function)
    record = dictionary(_attribute(function, model_records.GRAPH))
    listing = exported.model.ir_version < _UNLISTED_SINCE
    names = Names(function)
    scope = NameScope(names)
    writer = BlockWriter(
        names, types, NodeWriter(opsets), initializers=True, in_regions=not listing
    )
    arguments = list(block.arguments)
    sparse: list[onnx.SparseTensorProto] = []
    records = _records(function, "arg_attrs", len(arguments))
    for index, (argument, about) in enumerate(zip(arguments, records, strict=True)):
        name = scope.assign_argument(argument, _name(about), f"input_{index}")
        types.fill(graph.input.add(), name, argument.type, _said(about))
        if model_records.DEFAULT_VALUE in about:
            add_constant(exported.weights, sparse, about[model_records.DEFAULT_VALUE], name, about)
    result_types = ir.FunctionType(ir.TypeAttr(function.attributes["function_type"]).value).results
    results = _records(function, "res_attrs", len(result_types))
    wanted = [_name(about) for about in results]
    parts = writer.write(block, scope, wanted, graph, initializers=True)
    for name, type_, about in zip(parts.outputs, result_types, results, strict=True):
        types.fill(graph.output.add(), name, type_, _said(about))
    graph.name = "main_graph"
    graph.sparse_initializer.extend(sparse)
    fill_graph(graph, parts, record)
    exported.weights.extend(parts.weights)
    list_constants(graph, parts, record, types)
    if listing:
        known = {info.name for info in graph.input}
        for name, value in parts.constants.items():
            if name not in known:
                types.fill(graph.input.add(), name, value.type, "")


def _function(
    function: ir.Operation, proto: onnx.FunctionProto, types: TypeWriter, opsets: Mapping[str, int]
) -> None:
    """Fill a FunctionProto.  Raises DiagnosticError and ValueError."""
    record = dictionary(_attribute(function, model_records.FUNCTION))
    for key in ("name", "domain", "overload", "doc_string"):
        if key in record:
            setattr(proto, key, string(record[key]))
    if not proto.name:
        raise op_error(
            function, "is a model-local function without a name (`name` in `onnx.function`)"
        )
    own = recorded_opsets(record.get("opset_import"))
    proto.opset_import.extend(opset_protos(own))
    proto.attribute.extend(strings(record.get("attributes")))
    for said in strings(record.get("attribute_protos")):
        read_message(said, proto.attribute_proto.add())
    for key, value in entries(record.get("metadata_props")):
        proto.metadata_props.add(key=key, value=value)
    block = _block(function)
    names = Names(function)
    scope = NameScope(names)
    nodes = NodeWriter(canonical(own) or opsets)
    writer = BlockWriter(names, types, nodes, initializers=False, in_regions=True)
    arguments = list(block.arguments)
    records = _records(function, "arg_attrs", len(arguments))
    for index, (argument, about) in enumerate(zip(arguments, records, strict=True)):
        proto.input.append(scope.assign_argument(argument, _name(about), f"input_{index}"))
    result_types = ir.FunctionType(ir.TypeAttr(function.attributes["function_type"]).value).results
    wanted = [_name(about) for about in _records(function, "res_attrs", len(result_types))]
    parts = writer.write(block, scope, wanted, proto, initializers=False)
    proto.output.extend(parts.outputs)
    for said in strings(record.get("value_info")):
        read_message(said, proto.value_info.add())
