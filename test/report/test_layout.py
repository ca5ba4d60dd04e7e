# SPDX-License-Identifier: Apache-2.0
"""Layouts: what is asked of the program, and what is read from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from onnx_opt.dialect import DiagnosticError
from onnx_opt.report import layout
from onnx_opt.report.layout import LayoutTimeoutError, laid_out


def test_edges_go_down_and_touch_their_nodes() -> None:
    found = laid_out({"a": 80, "b": 100, "c": 80}, [("a", "b"), ("b", "c"), ("a", "c")])
    assert found.nodes["a"][1] < found.nodes["b"][1] < found.nodes["c"][1]
    points = found.edges["a", "b"]
    assert (len(points) - 2) % 6 == 0  # a start, and three points for each curve
    assert abs(points[-1] - (found.nodes["b"][1] - layout.HEIGHT / 2)) <= 2
    assert all(0 <= x <= found.width and 0 <= y <= found.height for x, y in found.nodes.values())


def test_nodes_do_not_overlap() -> None:
    widths = {str(i): 90 for i in range(12)}
    found = laid_out(widths, [("0", str(i)) for i in range(1, 8)])
    boxes = list(found.nodes.values())
    for i, (x, y) in enumerate(boxes):
        assert all(abs(x - u) >= 90 or abs(y - v) >= layout.HEIGHT for u, v in boxes[:i])


def test_what_many_read_hangs_on_one_of_them() -> None:
    """Readers that have nothing else keep their edge: they would float otherwise."""
    chain = [(f"n{i}", f"n{i + 1}") for i in range(20)]
    readers = [("mask", f"n{i}") for i in range(1, 20)]
    found = laid_out(dict.fromkeys(["mask", *(f"n{i}" for i in range(21))], 80), [*chain, *readers])
    assert [edge for edge in found.edges if edge[0] == "mask"] == []
    assert all(edge in found.edges for edge in chain)
    fan = laid_out(dict.fromkeys("abcdefghijkl", 80), [("a", other) for other in "bcdefghijkl"])
    assert len(fan.edges) == 11


def test_the_program_sees_no_name() -> None:
    hostile = '"]; graph [charset="x'
    assert [*laid_out({hostile: 80}, []).nodes] == [hostile]


def test_a_graph_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(LayoutTimeoutError):
        laid_out({"a": 80}, [], seconds=1e-9)


def test_without_a_program_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    with pytest.raises(DiagnosticError, match=r"pip install 'onnx-opt\[report\]'"):
        laid_out({"a": 80}, [])


def test_a_program_that_fails_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "program", lambda: "/bin/false")
    with pytest.raises(DiagnosticError, match="layout program failed"):
        laid_out({"a": 80}, [])
