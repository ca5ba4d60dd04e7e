# SPDX-License-Identifier: Apache-2.0
"""What a model says beside what the ops of the IR say: the attributes that carry it (`dialect/model_records.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import onnx

from ..dialect import model_records
from ..dialect.bindings import ir
from ..dialect.model_records import integer, message_text, pairs, text, texts
from .attributes import is_plain_sparse
from .tensors import header_of
from .value_types import TypeReader


def node_records(
    node: onnx.NodeProto, inputs: Sequence[str], outputs: Sequence[str]
) -> dict[str, ir.Attribute]:
    """What the op's operands, results and attributes do not say of a node with these inputs and outputs."""
    kept: dict[str, ir.Attribute] = {model_records.OUTPUTS: texts(outputs)}
    if node.name:
        kept[model_records.NODE_NAME] = text(node.name)
    if inputs and not inputs[-1]:
        kept[model_records.INPUTS] = integer(len(inputs))
    if node.doc_string:
        kept[model_records.DOC_STRING] = text(node.doc_string)
    if node.overload:
        kept[model_records.OVERLOAD] = text(node.overload)
    if node.metadata_props:
        kept[model_records.METADATA] = pairs(
            (entry.key, entry.value) for entry in node.metadata_props
        )
    if node.device_configurations:
        kept[model_records.DEVICES] = texts(map(message_text, node.device_configurations))
    return kept


def custom_records(node: onnx.NodeProto) -> dict[str, ir.Attribute]:
    """Which op an onnx.Custom stands for."""
    kept: dict[str, ir.Attribute] = {model_records.FUNCTION_NAME: text(node.op_type)}
    if node.domain:
        kept[model_records.DOMAIN_NAME] = text(node.domain)
    return kept


def tensor_records(tensor: onnx.TensorProto) -> dict[str, ir.Attribute]:
    """What the name and the array of an initializer do not say of it."""
    header = header_of(tensor, named=True)
    return (
        {}
        if header is None
        else {model_records.TENSORS: ir.DictAttr.get({"value": text(message_text(header))})}
    )


def sparse_records(sparse: onnx.SparseTensorProto) -> dict[str, ir.Attribute]:
    """The same for a sparse one."""
    if is_plain_sparse(sparse):
        return {}
    kept = onnx.AttributeProto(
        name="sparse_value", type=onnx.AttributeProto.SPARSE_TENSOR, sparse_tensor=sparse
    )
    return {model_records.EXACT: ir.DictAttr.get({"sparse_value": text(message_text(kept))})}


def initializer_names(graph: onnx.GraphProto) -> set[str]:
    """Names of a graph's initializers, sparse ones too."""
    names = {tensor.name for tensor in graph.initializer}
    names.update(sparse.values.name for sparse in graph.sparse_initializer)
    return names


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
    if graph.value_info:
        inputs = {info.name for info in graph.input}
        made = results_of(graph.node) | (initializer_names(graph) - inputs)
        rest = rest_of_value_info(graph.value_info, made)
        if rest:
            record["value_info"] = texts(map(message_text, rest))
    return record


def listed_record(
    types: TypeReader, graph: onnx.GraphProto, values: Mapping[str, ir.Value]
) -> dict[str, ir.Attribute]:
    """The inputs of a graph that lists constants among them, in order, and what they say beside name and type."""
    constants = initializer_names(graph)
    record: dict[str, ir.Attribute] = {"listed": texts(info.name for info in graph.input)}
    infos = [
        types.describe(info, values[info.name].type) if info.name in constants else ""
        for info in graph.input
    ]
    if any(infos):
        record["listed_info"] = texts(infos)
    return record


def results_of(nodes: Iterable[onnx.NodeProto]) -> set[str]:
    """Names of what the nodes make."""
    return {name for node in nodes for name in node.output}


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
