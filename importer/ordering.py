# SPDX-License-Identifier: Apache-2.0
"""Nodes in an order in which each value is defined before it is used.

ONNX asks for such an order, yet models without it exist.  Nodes that have it already stay as they are.

Names are scoped lexically: what a graph makes hides a value of that name of an enclosing graph.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from heapq import heapify, heappop, heappush

import onnx

from .errors import ModelError, NodeError, describe
from .hidden_names import graphs_in, own_names
from .read_nodes import ReadNode


def ordered(
    nodes: Sequence[ReadNode], known: Container[str], outer: Container[str] = ()
) -> list[int]:
    """Positions of `nodes` in the order in which to take them; of two that may both come, the earlier comes first.

    known: names that their graph has before the first node: inputs, initializers.  outer: those of enclosing graphs.
    Raises ModelError for a value that is made twice, that nothing makes, that needs itself, or that may be either of
    two.
    """
    makers: dict[str, int] = {}
    needs: list[list[str]] = []
    captured_by: dict[str, onnx.NodeProto] = {}
    sorted_already = True
    for position, node in enumerate(nodes):
        names = node.inputs if node.key is not None else _used(node.proto)
        needs.append(names)
        for name in names:
            if name not in makers and name not in known and name:
                if name in outer:
                    captured_by.setdefault(name, node.proto)
                else:
                    sorted_already = False
        for name in node.outputs:
            if not name:
                continue
            if name in makers or name in known:
                raise NodeError(node.proto, f"makes '{name}', which exists already")
            if name in captured_by:
                raise NodeError(
                    captured_by[name],
                    f"uses '{name}', which an enclosing graph has, before its own graph makes another",
                )
            makers[name] = position
    if sorted_already:
        return list(range(len(nodes)))
    return _sorted(nodes, needs, makers, known, outer)


def _sorted(
    nodes: Sequence[ReadNode],
    needs: list[list[str]],
    makers: dict[str, int],
    known: Container[str],
    outer: Container[str],
) -> list[int]:
    users: list[list[int]] = [[] for _ in nodes]
    missing = [0] * len(nodes)
    for position, names in enumerate(needs):
        for name in names:
            if name in makers:
                users[makers[name]].append(position)
                missing[position] += 1
            elif name and name not in known and name not in outer:
                raise NodeError(nodes[position].proto, f"uses '{name}', which nothing makes")
    ready = [position for position, count in enumerate(missing) if not count]
    heapify(ready)
    order: list[int] = []
    while ready:
        position = heappop(ready)
        order.append(position)
        for user in users[position]:
            missing[user] -= 1
            if not missing[user]:
                heappush(ready, user)
    if len(order) < len(nodes):
        raise ModelError(_cycle(nodes, needs, makers, missing))
    return order


def _cycle(
    nodes: Sequence[ReadNode],
    needs: list[list[str]],
    makers: dict[str, int],
    missing: list[int],
) -> str:
    """Names the nodes of one cycle among those that still miss something."""
    position = next(index for index, count in enumerate(missing) if count)
    path: list[int] = []
    while position not in path:
        path.append(position)
        position = next(
            makers[name] for name in needs[position] if name in makers and missing[makers[name]]
        )
    cycle = path[path.index(position) :]
    shown = [describe(nodes[index].proto) for index in reversed(cycle)]
    more = f" -> ... ({len(cycle)} nodes)" if len(shown) > 5 else ""
    return f"the graph has a cycle: {' -> '.join([*shown[:5], shown[0]] if not more else shown[:5])}{more}"


def _used(node: onnx.NodeProto) -> list[str]:
    """Names that a node needs: its inputs, and what its graphs take from outside."""
    names = [name for name in node.input if name]
    for graph in graphs_in(node):
        names.extend(captured(graph))
    return names


def captured(graph: onnx.GraphProto) -> Iterator[str]:
    """Names that a graph uses and does not make, each once."""
    own = own_names(graph)
    seen: set[str] = set()
    for names in (*map(_used, graph.node), (info.name for info in graph.output)):
        for name in names:
            if name not in own and name not in seen:
                seen.add(name)
                yield name
