# SPDX-License-Identifier: Apache-2.0
"""The types of a graph's values: what the model states, else what ONNX's shape inference finds.

1. a complete statement (value info, graph input or output) is taken as it stands;
2. else the inferred type;
3. else an incomplete statement;
4. else, if another value of the node binds the type variable, an unranked tensor of that element type;
5. else `!onnx.Any`: not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import onnx

from ..dialect.bindings import ir
from ..dialect.dataclass import dataclass
from ..dialect.model_records import NO_TYPE
from ..dialect.model_texts import dim_params, dim_params_text, message_text
from ..dialect.ops.constant import SCALAR_FORMS
from ..dialect.protos import type_from_proto, type_to_proto
from ..dialect.types import BY_DTYPE, is_unknown, tensor_type, unknown_type


@dataclass(frozen=True)
class ConvertedType:
    """A TypeProto in MLIR.

    dims: its symbolic dimensions as `onnx.dim_params` has them.  exact: whether type and dims say all of it.  complete:
    whether it says as much as a type can (a rank, for tensors).
    """

    type: ir.Type
    dims: str
    exact: bool
    complete: bool


class TypeReader:
    """TypeProtos to types, each distinct one once."""

    def __init__(self) -> None:
        self._converted: dict[bytes, ConvertedType | None] = {}

    def convert(self, proto: onnx.TypeProto) -> ConvertedType | None:
        """A TypeProto in MLIR; None if it has no form there."""
        key = proto.SerializeToString()
        try:
            return self._converted[key]
        except KeyError:
            return self._converted.setdefault(key, _convert(proto))

    def type_of(self, info: onnx.ValueInfoProto) -> ir.Type | None:
        """The type that a value info states; None if it states none."""
        converted = self.convert(info.type)
        return converted.type if converted else None

    def dims_of(self, info: onnx.ValueInfoProto) -> str:
        """The symbolic dimensions that a value info states, as `onnx.dim_params` has them."""
        converted = self.convert(info.type)
        return converted.dims if converted else ""

    def describe(self, info: onnx.ValueInfoProto, type_: ir.Type) -> str:
        """What a value info says beside the name and `type_`: symbolic dimensions, `NO_TYPE`, or the whole message."""
        if not info.doc_string and not info.metadata_props:
            if not info.HasField("type"):
                return NO_TYPE
            converted = self.convert(info.type)
            if converted and converted.exact and converted.type == type_:
                return converted.dims
        return message_text(info)


def _convert(proto: onnx.TypeProto) -> ConvertedType | None:
    type_ = type_from_proto(proto)
    if type_ is None:
        return None
    names: dict[int, str] = {}
    complete = True
    if proto.HasField("tensor_type"):
        names = {
            axis: dim.dim_param
            for axis, dim in enumerate(proto.tensor_type.shape.dim)
            if dim.dim_param
        }
        complete = proto.tensor_type.HasField("shape")
    dims = dim_params_text(names)
    exact = dim_params(dims) == names and type_to_proto(type_, names.get) == proto
    return ConvertedType(type_, dims, exact, complete)


class GraphTypes:
    """Types of the values of one graph or function body."""

    def __init__(
        self,
        reader: TypeReader,
        stated: Mapping[str, onnx.ValueInfoProto],
        outputs: Mapping[str, onnx.ValueInfoProto],
        inferred: onnx.GraphProto | Mapping[str, onnx.TypeProto] | None,
    ) -> None:
        """inferred: what inference found: the graph, or the types of its values where it has no others inside."""
        self.reader = reader
        self.stated = stated
        self._outputs = outputs
        self._nodes: Sequence[onnx.NodeProto] = ()
        self._inferred: Mapping[str, onnx.TypeProto] = {}
        if isinstance(inferred, onnx.GraphProto):
            self._nodes = inferred.node
            self._inferred = {info.name: info.type for info in infos_of(inferred)}
        elif inferred is not None:
            self._inferred = inferred

    def type_of(self, name: str) -> ir.Type | None:
        """The type of a value by its name (cases 1 to 3); None if nothing is known."""
        convert = self.reader.convert
        incomplete = None
        for info in (self.stated.get(name), self._outputs.get(name)):
            if info is not None:
                found = convert(info.type)
                if found and found.complete:
                    return found.type
                incomplete = incomplete or found
        proto = self._inferred.get(name)
        found = (convert(proto) if proto is not None else None) or incomplete
        return found.type if found else None

    def result_type(self, info: onnx.ValueInfoProto, value: ir.Value) -> ir.Type:
        """The type of a graph's output: a complete statement, else that of the value, as far as it is known."""
        stated = self.reader.convert(info.type)
        if stated is not None and (stated.complete or is_unknown(value.type)):
            return stated.type
        return value.type

    def dims_of(self, info: onnx.ValueInfoProto) -> str:
        """The symbolic dimensions of a graph's input or output, also those that only inference names."""
        inferred = self._inferred.get(info.name)
        converted = self.reader.convert(inferred) if inferred is not None else None
        return converted.dims if converted else self.reader.dims_of(info)

    def subgraphs(self, node: int, attribute: str) -> Iterator[onnx.GraphProto]:
        """The graphs in an attribute of the node at a position, with inferred types."""
        if node < len(self._nodes):
            for proto in self._nodes[node].attribute:
                if proto.name == attribute:
                    yield from (proto.g,) if proto.HasField("g") else proto.graphs


def infos_of(graph: onnx.GraphProto) -> Iterator[onnx.ValueInfoProto]:
    """What a graph says about its values.  Of two about the same value, the last holds."""
    yield from graph.value_info
    yield from graph.input
    yield from graph.output


def constant_type(attributes: Mapping[str, ir.Attribute]) -> ir.Type:
    """The type of a Constant's result, from its attributes.  Source: ONNX Constant-13."""
    for name in ("value", "sparse_value"):
        if name in attributes:
            # Not every elements attribute has a class with a type in the bindings.
            return ir.Type.parse(str(attributes[name]).rpartition(" : ")[2])
    for name, dtype in SCALAR_FORMS.items():
        if name in attributes:
            value = attributes[name]
            shape = (len(value),) if isinstance(value, ir.ArrayAttr) else ()
            return tensor_type(shape, BY_DTYPE[np.dtype(dtype)])
    return unknown_type()
