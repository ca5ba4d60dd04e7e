# SPDX-License-Identifier: Apache-2.0
"""The structure of a model: its graphs without the data of weights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import onnx


def graphs_of(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """A graph and the graphs in it, from the outside in."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            inner = (
                [attribute.g] if attribute.type == onnx.AttributeProto.GRAPH else attribute.graphs
            )
            for each in inner:
                yield from graphs_of(each)


def load_structure(path: str | Path) -> onnx.ModelProto:
    """The model in a file, data that is in another file left there."""
    return onnx.ModelProto.FromString(Path(path).read_bytes())
