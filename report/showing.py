# SPDX-License-Identifier: Apache-2.0
"""Which nodes of a large graph are shown: those that changed and their surroundings; the others are gathered.

Nodes are gathered that hang together and have equally many shown nodes on the longest way to them: no way leads from
such a group over another node back into it, so what is shown is as free of circles as the graph.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from .comparison import Comparison, State


def gathered(comparison: Comparison, most: int) -> dict[str, str]:
    """For each node that is not shown the group that it is in; about `most` nodes are shown, and what stands alone."""
    pairs, edges = comparison.pairs, comparison.edges
    if len(pairs) <= most:
        return {}
    neighbours: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        neighbours[source].append(target)
        neighbours[target].append(source)
    changed = [key for key, pair in pairs.items() if pair.state is not State.KEPT]
    shown = set(changed[: most // 2])  # room for what is around them
    front = list(shown)
    while front and len(shown) < most:
        around = dict.fromkeys(n for key in front for n in neighbours[key] if n not in shown)
        front = list(around)[: most - len(shown)]
        shown.update(front)
    if not shown:
        shown.update(list(pairs)[:most])
    return _groups(pairs, list(edges), neighbours, shown)


def _groups(
    keys: Iterable[str],
    edges: Iterable[tuple[str, str]],
    neighbours: Mapping[str, list[str]],
    shown: set[str],
) -> dict[str, str]:
    level = _levels(keys, edges, shown)
    found: dict[str, str] = {}
    for key in keys:
        if key in shown or key in found:
            continue
        group = f"group {key}"
        found[key] = group
        waiting = [key]
        while waiting:
            for other in neighbours[waiting.pop()]:
                if other not in shown and other not in found and level[other] == level[key]:
                    found[other] = group
                    waiting.append(other)
    sizes = Counter(found.values())
    return {key: group for key, group in found.items() if sizes[group] > 1}


def _levels(
    keys: Iterable[str], edges: Iterable[tuple[str, str]], shown: set[str]
) -> dict[str, int]:
    """The number of shown nodes on the longest way to each node."""
    sources: dict[str, set[str]] = {key: set() for key in keys}
    for source, target in edges:
        sources[target].add(source)
    try:
        order = list(TopologicalSorter(sources).static_order())
    except CycleError:  # what passes turned around, before and after in one graph
        order = list(sources)
    level: dict[str, int] = dict.fromkeys(sources, 0)
    for key in order:
        level[key] = max((level[s] + (s in shown) for s in sources[key]), default=0)
    return level
