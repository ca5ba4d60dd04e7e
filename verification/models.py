# SPDX-License-Identifier: Apache-2.0
"""Functions of a module as models in files: their graphs and names, without the data of weights."""

from __future__ import annotations

import math
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

import onnx

from ..dialect.ops.numerics import Numerics, numerics_of


@dataclass(frozen=True)
class SavedFunction:
    """A function as a model in a file.

    value_names: those that the IR itself has; a name that the exporter chose says nothing about what it stands for.
    """

    name: str
    path: Path
    value_names: frozenset[str]


def load_structure(path: str | Path) -> onnx.ModelProto:
    """The model in a file, data that is in another file left there."""
    return onnx.ModelProto.FromString(Path(path).read_bytes())


def graphs_of(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """A graph and the graphs in it, from the outside in."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            is_graph = attribute.type == onnx.AttributeProto.GRAPH
            for inner in [attribute.g] if is_graph else attribute.graphs:
                yield from graphs_of(inner)


def drawing_node(model: onnx.ModelProto) -> str | None:
    """The op of a node whose results are no function of its inputs; None if there is no such node."""
    parts: list[onnx.GraphProto | onnx.FunctionProto] = [*graphs_of(model.graph), *model.functions]
    for part in parts:
        for node in part.node:
            if numerics_of(node.op_type) is Numerics.DRAWS and not node.domain:
                return node.op_type
    return None


def common_values(before: onnx.ModelProto, after: onnx.ModelProto, trusted: Set[str]) -> list[str]:
    """Tensors that both main graphs compute under the same name, in the order of the second.

    trusted: names that say what a value is.
    """
    shared = {name for node in before.graph.node for name in node.output} & trusted
    no_tensors = {
        info.name
        for info in (*before.graph.value_info, *after.graph.value_info)
        if info.type.WhichOneof("value") not in (None, "tensor_type")
    }
    shared -= no_tensors
    return [name for node in after.graph.node for name in node.output if name in shared]


def producer(model: onnx.ModelProto, name: str) -> str:
    """The node that computes a value, for a message."""
    for node in model.graph.node:
        if name in node.output:
            return f"{node.op_type} '{node.name}'" if node.name else f"a {node.op_type}"
    return "no node"


def rounding_depth(model: onnx.ModelProto) -> float:
    """The square root of how many roundings may meet in an output: those of all sums, and one for any other node."""
    shapes = {tensor.name: list(tensor.dims) for tensor in model.graph.initializer}
    total = 0
    for node in model.graph.node:
        weights = [shapes[name] for name in node.input if name in shapes]
        if numerics_of(node.op_type) is not Numerics.SUMS:
            total += 1
        elif weights:
            inner = (math.prod(shape[1:]) for shape in weights if len(shape) > 2)
            total += max(1, *(max(shape, default=1) for shape in weights), *inner)
        else:
            total += 1024
    return math.sqrt(max(1, total))
