# SPDX-License-Identifier: Apache-2.0
"""Where nodes and edges lie on the page, by Graphviz's `dot`.

The program is that of the `graphviz-pure` wheel beside this interpreter, or else a `dot` on the PATH.  It sees numbers
and widths, never a name out of a model.
"""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..dialect.diagnostics import error_at

HEIGHT = 38
"""Of a node, in pixels; so are widths, and everything in a layout."""

_PER_INCH = 72
_SETTINGS = (
    "nslimit=2;nslimit1=2;mclimit=0.3;ranksep=0.4;nodesep=0.25;"
    "edge[arrowhead=none];node[shape=box,fixedsize=true]"
)
"""The limits keep dot from perfecting what nobody sees: 1,000 nodes take a second instead of minutes."""
_MANY_READERS = 8
_SECONDS = 30.0


class LayoutTimeoutError(Exception):
    """The graph is too tangled to be laid out in time."""


@dataclass(frozen=True)
class Layout:
    """nodes: the centre of each.  edges: control points of curves, as SVG's `M` and `C` take them.  Rounded pixels."""

    width: int
    height: int
    nodes: dict[str, tuple[int, int]]
    edges: dict[tuple[str, str], list[int]]


def program() -> str:
    """The path of the program.  Raises DiagnosticError if there is none."""
    beside = Path(sysconfig.get_path("scripts")) / "graphviz-pure"
    found = str(beside) if beside.is_file() else shutil.which("graphviz-pure")
    found = found or shutil.which("dot")
    if found is None:
        raise error_at(
            "--report needs a layout program: pip install 'onnx-opt[report]', or Graphviz"
        )
    return found


def laid_out(
    widths: Mapping[str, int], edges: Sequence[tuple[str, str]], *, seconds: float = _SECONDS
) -> Layout:
    """A layout from top to bottom.  widths: of all nodes.

    What many nodes read is laid out beside one of them only: the other edges would cover the graph.  Raises
    DiagnosticError if there is no program or it fails, and LayoutTimeoutError.
    """
    keys = list(widths)
    places = {key: place for place, key in enumerate(keys)}
    near = _near(edges)
    lines = [f"digraph{{{_SETTINGS};node[height={HEIGHT / _PER_INCH:.3f}]"]
    lines += [f"{place}[width={widths[key] / _PER_INCH:.3f}]" for key, place in places.items()]
    lines += [f"{places[source]}->{places[target]}" for source, target in near]
    try:
        done = subprocess.run(
            [program(), "-Tplain"],
            input=";\n".join(lines) + "}\n",
            capture_output=True,
            text=True,
            timeout=seconds,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise LayoutTimeoutError from None
    except (OSError, subprocess.CalledProcessError) as error:
        raise error_at(f"--report: the layout program failed: {error}") from None
    return _read(done.stdout, keys)


def _near(edges: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The edges that are laid out: of what many read only those without which a reader would hang on nothing."""
    edges = [edge for edge in edges if edge[0] != edge[1]]
    readers = Counter(source for source, _ in edges)
    far = {source for source, count in readers.items() if count > _MANY_READERS}
    held = {target for source, target in edges if source not in far}
    near: list[tuple[str, str]] = []
    for source, target in edges:
        if source not in far or target not in held:
            held.add(target)
            near.append((source, target))
    return near


def _read(plain: str, keys: Sequence[str]) -> Layout:
    """The layout in dot's plain format, in which y goes upwards, in inches."""
    width = height = 0.0
    nodes: dict[str, tuple[int, int]] = {}
    edges: dict[tuple[str, str], list[int]] = {}
    for line in plain.replace("\\\n", "").splitlines():
        kind, *words = line.split()
        if kind == "graph":
            width, height = float(words[1]), float(words[2])
        elif kind == "node":
            x, y = float(words[1]), height - float(words[2])
            nodes[keys[int(words[0])]] = (round(x * _PER_INCH), round(y * _PER_INCH))
        elif kind == "edge":
            count = 2 * int(words[2])
            numbers = [float(word) for word in words[3 : 3 + count]]
            edges[keys[int(words[0])], keys[int(words[1])]] = [
                round((height - each if index % 2 else each) * _PER_INCH)
                for index, each in enumerate(numbers)
            ]
    return Layout(round(width * _PER_INCH), round(height * _PER_INCH), nodes, edges)
