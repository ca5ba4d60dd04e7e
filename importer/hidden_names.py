# SPDX-License-Identifier: Apache-2.0
"""Names that hide those of enclosing graphs, told apart for ONNX's shape inference.

It takes two values of one name for one value where an initializer or a node's result hides another: what it learns of
the inner one it tells of the outer one.
"""

from __future__ import annotations

from collections.abc import Iterator

import onnx

from .attributes import PLAIN
from .value_types import infos_of

_WITHOUT_GRAPHS = PLAIN | {onnx.AttributeProto.TENSOR}


def tell_apart(graph: onnx.GraphProto) -> dict[str, str]:
    """Give each value that hides another a name of its own; the old name of each new one."""
    old_names: dict[str, str] = {}
    if any(True for node in graph.node for _ in graphs_in(node)):
        visible = {name: name for name in own_names(graph)}
        for node in graph.node:
            for inner in graphs_in(node):
                _tell_apart(inner, visible, old_names)
    return old_names


def restore_names(graph: onnx.GraphProto, old_names: dict[str, str]) -> None:
    """Undo `tell_apart` in what graphs say about their values."""
    for info in infos_of(graph):
        info.name = old_names.get(info.name, info.name)
    for node in graph.node:
        for inner in graphs_in(node):
            restore_names(inner, old_names)


def graphs_in(node: onnx.NodeProto) -> Iterator[onnx.GraphProto]:
    """The graphs that a node holds."""
    for attribute in node.attribute:
        if attribute.type not in _WITHOUT_GRAPHS:
            if attribute.HasField("g"):
                yield attribute.g
            yield from attribute.graphs


def own_names(graph: onnx.GraphProto) -> set[str]:
    """The names that a graph gives to values."""
    names = {info.name for info in graph.input}
    names.update(tensor.name for tensor in graph.initializer)
    names.update(tensor.values.name for tensor in graph.sparse_initializer)
    names.update(name for node in graph.node for name in node.output)
    return names - {""}


def _tell_apart(graph: onnx.GraphProto, visible: dict[str, str], old_names: dict[str, str]) -> None:
    """visible: what each name that can be seen here has become."""
    own = own_names(graph)
    hidden = {name: visible[name] for name in own if name in visible}
    for name in own:
        visible[name] = name
        if name in hidden:
            visible[name] = f"{name}\0{len(old_names)}"
            old_names[visible[name]] = name
    if old_names:
        for info in infos_of(graph):
            info.name = visible.get(info.name, info.name)
        for tensor in graph.initializer:
            tensor.name = visible[tensor.name]
        for sparse in graph.sparse_initializer:
            sparse.values.name = visible[sparse.values.name]
    for node in graph.node:
        if old_names:
            for names in (node.input, node.output):
                for index, name in enumerate(names):
                    if visible.get(name, name) != name:
                        names[index] = visible[name]
        for inner in graphs_in(node):
            _tell_apart(inner, visible, old_names)
    for name in own:
        if name in hidden:
            visible[name] = hidden[name]
        else:
            del visible[name]
