# SPDX-License-Identifier: Apache-2.0
"""Two snapshots as one graph: which node is which, and what became of it.

1. A node with the same number, or at the same place of a function, is the same.
2. A new op of the same name that comes from a node that is gone is that node, changed: a fold's copy of its Conv.
3. What is left before was removed, and what is left after was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from .snapshot import Node, Snapshot


class State(str, Enum):
    """What became of a node."""

    KEPT = "kept"
    CHANGED = "changed"
    REMOVED = "removed"
    MADE = "made"


@dataclass(frozen=True)
class Pair:
    """A node before and after; one of them may be missing.

    key: that of the node before, if there is one.  into: keys of the pairs that a removed node became part of.
    """

    key: str
    state: State
    before: Node | None
    after: Node | None
    into: tuple[str, ...] = ()

    @property
    def node(self) -> Node:
        """The newest of both."""
        node = self.after or self.before
        assert node is not None
        return node


class Comparison:
    """The pairs of two snapshots by their keys, those before in their order, and edges between them.

    edges: (source, target) of pairs, and whether the edge is there before and after.
    """

    def __init__(
        self, before: Snapshot, after: Snapshot, origins: Mapping[int, frozenset[int]]
    ) -> None:
        partners = dict(_partners(before.nodes, after.nodes, origins))
        keys = {key: own for own, key in partners.items()}
        for key in after.nodes:
            keys.setdefault(key, key if key not in before.nodes else f"{key} after")
        successors: dict[str, list[str]] = {}
        for key, node in after.nodes.items():
            for number in origins.get(node.number, ()):
                successors.setdefault(str(number), []).append(keys[key])
        self.pairs: dict[str, Pair] = {}
        for key, node in before.nodes.items():
            partner = partners.get(key)
            if partner is None:
                into = tuple(successors.get(key, ()))
                self.pairs[key] = Pair(key, State.REMOVED, node, None, into)
            else:
                new = after.nodes[partner]
                state = State.KEPT if _says(node) == _says(new) else State.CHANGED
                self.pairs[key] = Pair(key, state, node, new)
        for key, node in after.nodes.items():
            if keys[key] not in self.pairs:
                self.pairs[keys[key]] = Pair(keys[key], State.MADE, None, node)
        self.edges: dict[tuple[str, str], tuple[bool, bool]] = {}
        for key, node in before.nodes.items():
            for source in node.sources:
                self.edges[source, key] = (True, False)
        for key, node in after.nodes.items():
            for source in node.sources:
                edge = keys[source], keys[key]
                self.edges[edge] = (edge in self.edges, True)


def _partners(
    before: Mapping[str, Node], after: Mapping[str, Node], origins: Mapping[int, frozenset[int]]
) -> Iterator[tuple[str, str]]:
    """The keys of nodes that are the same, before and after."""
    same = {key for key in before if key in after and before[key].op == after[key].op}
    yield from ((key, key) for key in same)
    taken = set(same)
    for key, node in after.items():
        if key in same:
            continue
        candidates = [str(number) for number in sorted(origins.get(node.number, ()))]
        fitting = [
            old
            for old in candidates
            if old in before and old not in taken and before[old].op == node.op
        ]
        if fitting:
            named = [old for old in fitting if before[old].name == node.name]
            chosen = (named or fitting)[0]
            taken.add(chosen)
            yield chosen, key


def _says(node: Node) -> object:
    """What a node says of itself: what it reads counts only where it is a constant."""
    # The bindings compare no attribute with None.
    operands = [(each.name, each.constant is None, each.constant) for each in node.operands]
    return node.attributes, operands, [type_ for _, type_ in node.results]
