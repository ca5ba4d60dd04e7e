# SPDX-License-Identifier: Apache-2.0
"""Which facts about tensors and graphs need a record, because the ops of the IR do not say them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import onnx

from ..dialect.bindings import ir
from ..dialect.model_records import (
    EXACT,
    GRAPH_FIELDS,
    LISTED,
    LISTED_INFO,
    OTHER_VALUE_INFO,
    TENSORS,
    put_fields,
    write_message,
)
from .value_types import TypeReader


def header_of(proto: onnx.TensorProto, *, named: bool) -> onnx.TensorProto | None:
    """What a tensor says beside its array (name, doc string, ...); None if that is nothing.

    named: whether the name is recorded elsewhere.
    """
    if (named or not proto.name) and not (
        proto.doc_string or proto.metadata_props or proto.HasField("segment")
    ):
        return None
    header = onnx.TensorProto()
    if not named:
        header.name = proto.name
    if proto.doc_string:
        header.doc_string = proto.doc_string
    header.metadata_props.extend(proto.metadata_props)
    if proto.HasField("segment"):
        header.segment.CopyFrom(proto.segment)
    return header


def is_plain_sparse(proto: onnx.SparseTensorProto) -> bool:
    """Whether indices are coordinates (plain numbers for a vector), and nothing but the values has a name."""
    return (
        len(proto.indices.dims) == min(len(proto.dims), 2)
        and header_of(proto.indices, named=False) is None
        and header_of(proto.values, named=True) is None
    )


def tensor_records(tensor: onnx.TensorProto) -> dict[str, ir.Attribute]:
    """What the name and the array of an initializer do not say about it."""
    records: dict[str, ir.Attribute] = {}
    header = header_of(tensor, named=True)
    if header is not None:
        TENSORS.put(records, {"value": write_message(header)})
    return records


def sparse_records(sparse: onnx.SparseTensorProto) -> dict[str, ir.Attribute]:
    """What the name and the elements of a sparse initializer do not say about it."""
    records: dict[str, ir.Attribute] = {}
    if not is_plain_sparse(sparse):
        whole = onnx.AttributeProto(
            name="sparse_value", type=onnx.AttributeProto.SPARSE_TENSOR, sparse_tensor=sparse
        )
        EXACT.put(records, {"sparse_value": write_message(whole)})
    return records


def initializer_names(graph: onnx.GraphProto) -> set[str]:
    """Names of a graph's initializers, sparse ones too."""
    names = {tensor.name for tensor in graph.initializer}
    names.update(sparse.values.name for sparse in graph.sparse_initializer)
    return names


def graph_records(graph: onnx.GraphProto) -> dict[str, ir.Attribute]:
    """What the ops of a graph do not say about it, but for its inputs and outputs."""
    records: dict[str, ir.Attribute] = {}
    put_fields(records, graph, GRAPH_FIELDS)
    if graph.value_info:
        constants = frozenset(initializer_names(graph)) - {info.name for info in graph.input}
        put_other_value_info(records, graph.value_info, graph.node, constants)
    return records


def put_other_value_info(
    records: dict[str, ir.Attribute],
    infos: Sequence[onnx.ValueInfoProto],
    nodes: Iterable[onnx.NodeProto],
    constants: frozenset[str] = frozenset(),
) -> None:
    """Record the value infos that no op of a graph carries: of other values, and all but the last of one value."""
    values = constants.union(*(node.output for node in nodes))
    last = {info.name: index for index, info in enumerate(infos)}
    others = [
        info
        for index, info in enumerate(infos)
        if info.name not in values or last[info.name] != index
    ]
    if others:
        OTHER_VALUE_INFO.put(records, others)


def put_listed(
    records: dict[str, ir.Attribute],
    graph: onnx.GraphProto,
    values: Mapping[str, ir.Value],
    types: TypeReader,
) -> None:
    """Record the inputs of a graph that lists constants among them, and what it says there of the constants."""
    constants = initializer_names(graph)
    LISTED.put(records, [info.name for info in graph.input])
    infos = [
        types.describe(info, values[info.name].type) if info.name in constants else ""
        for info in graph.input
    ]
    if any(infos):
        LISTED_INFO.put(records, infos)
