# SPDX-License-Identifier: Apache-2.0
"""The graph of a page: what is drawn where, as data for its script."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from ..dialect.bindings import ir
from ..dialect.elements.arrays import array_of
from ..passes.rewriting.figures import FEW
from .comparison import Pair, State
from .layout import LayoutTimeoutError, laid_out
from .recording import Record
from .showing import gathered
from .snapshot import Node, Operand, shortened

MOST_NODES = 1000
"""So many nodes are drawn one by one, at most."""

_TRIALS = (MOST_NODES, 300, 100)
_SHOWN = 26
"""Characters of an op or a name that a node has room for."""

Edges = dict[tuple[str, str], tuple[bool, bool]]


class Scene:
    """Nodes and edges with their places.  Raises DiagnosticError where nothing can lay them out."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._pairs = record.comparison.pairs
        for most in _TRIALS:
            self._groups = gathered(record.comparison, most)
            self._sizes = Counter(self._groups.values())
            self._edges = self._gathered_edges()
            keys = dict.fromkeys(self._groups.get(key, key) for key in self._pairs)
            try:
                self._layout = laid_out({key: self._width(key) for key in keys}, list(self._edges))
                break
            except LayoutTimeoutError:
                if most == _TRIALS[-1]:
                    raise
        self._places = {key: place for place, key in enumerate(self._layout.nodes)}

    def place(self, key: str) -> int:
        """The index of the node that stands for a pair."""
        return self._places[self._groups.get(key, key)]

    def data(self) -> dict[str, Any]:
        """nodes: in the order of their places.  edges: source, target, 1 before + 2 after, and points of a curve."""
        layout = self._layout
        return {
            "width": layout.width,
            "height": layout.height,
            "nodes": [
                {"x": x, "y": y, "w": self._width(key), **self._node(key)}
                for key, (x, y) in layout.nodes.items()
            ],
            "edges": [
                [
                    self._places[edge[0]],
                    self._places[edge[1]],
                    before + 2 * after,
                    layout.edges.get(edge, []),
                ]
                for edge, (before, after) in self._edges.items()
            ],
            "hidden": sum(self._sizes.values()),
        }

    def _gathered_edges(self) -> Edges:
        """The edges between what is drawn, and whether each is there before and after."""
        found: Edges = {}
        for (source, target), (before, after) in self._record.comparison.edges.items():
            edge = self._groups.get(source, source), self._groups.get(target, target)
            if edge[0] != edge[1]:
                was, is_ = found.get(edge, (False, False))
                found[edge] = (was or before, is_ or after)
        return found

    def _width(self, key: str) -> int:
        if key in self._sizes:
            return _width(self._title(key), "")
        pair = self._pairs[key]
        return max(_node_width(node) for node in (pair.before, pair.after) if node)

    def _title(self, group: str) -> str:
        return f"{self._sizes[group]} more ops"

    def _node(self, key: str) -> dict[str, Any]:
        if key in self._sizes:
            return {"op": self._title(key), "name": "", "state": "gathered"}
        pair = self._pairs[key]
        found: dict[str, Any] = {
            "op": pair.node.op,
            "name": pair.node.name,
            "function": pair.node.function,
            "state": pair.state.value,
        }
        if by := self._by(pair):
            found["by"] = by
        if pair.into:
            found["into"] = [self.place(other) for other in pair.into]
        if pair.before is not None and pair.state is not State.KEPT:
            found["was"] = _details(pair.before)
        if pair.after is not None:
            found["is"] = _details(pair.after)
        return found

    def _by(self, pair: Pair) -> str:
        """The pass that did it; "" where an op was changed in place, by whatever pass."""
        node = pair.before if pair.state is State.REMOVED else pair.after
        return (
            "" if pair.state is State.KEPT or node is None else self._record.by.get(node.number, "")
        )


def _node_width(node: Node) -> int:
    # Inputs and outputs show their names first.
    return _width(node.op, node.name) if node.number else _width(node.name, node.op)


def _width(first: str, second: str) -> int:
    """Pixels for two lines of text, one bold and one small."""
    return max(76, 20 + max(9 * min(len(first), _SHOWN), 6 * min(len(second), _SHOWN)))


def _details(node: Node) -> dict[str, Any]:
    return {
        "reads": [[each.name, each.type, _value(each)] for each in node.operands],
        "gives": [list(result) for result in node.results],
        "attributes": list(node.attributes.items()),
    }


def _value(operand: Operand) -> str:
    """What a constant holds, where it is little."""
    constant = operand.constant
    if constant is None:
        return ""
    if isinstance(constant, ir.DenseElementsAttr) and len(constant) <= FEW:
        array = array_of(constant)
        if array is not None:
            numbers = np.array2string(
                array, precision=6, separator=", ", max_line_width=_SHOWN * 100
            )
            return shortened(" ".join(numbers.split()))
    return "constant"
