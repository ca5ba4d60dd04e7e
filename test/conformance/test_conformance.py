# SPDX-License-Identifier: Apache-2.0
"""Every model of onnx's own corpus comes out as it went in, and computes what it computed.

A stratified part by default, everything under `-m full`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from check import check
from corpus import Case, folder_cases, node_cases
from runtime import Runtime

_EXPANDED = re.compile(r"_expanded(_ver\d+)?$")


def stratified(cases: tuple[Case, ...]) -> list[Case]:
    """One case for each op, its function body (`_expanded`), and each way to leave inputs and outputs out."""
    chosen: dict[object, Case] = {}
    for case in cases:
        graph = case.model().graph
        node = graph.node[0]
        if _EXPANDED.search(case.name):
            # The body is made of other ops: one per op that was expanded.
            key: object = ("expanded", "_".join(case.name.split("_")[:3]))
        else:
            absent = tuple(bool(name) for name in (*node.input, None, *node.output))
            key = (node.domain, node.op_type, absent, len(graph.node) > 1)
        chosen.setdefault(key, case)
    return list(chosen.values())


PART = stratified(node_cases())


@pytest.fixture(scope="session")
def runtime() -> Iterator[Runtime]:
    """A child process that runs models."""
    child = Runtime()
    yield child
    child.close()


@pytest.mark.parametrize(
    "case", [*PART, *folder_cases()], ids=lambda case: f"{case.family}-{case.name}"
)
def test_model_comes_out_as_it_went_in(case: Case, runtime: Runtime) -> None:
    """The stratified part of the single-node models, and all others."""
    outcome = check(case, runtime)
    assert outcome.status == "passed", outcome.reason


@pytest.mark.full
def test_all_single_node_models(runtime: Runtime) -> None:
    """Every single-node model that the part above left out."""
    done = {case.name for case in PART}
    failures = []
    for case in node_cases():
        if case.name not in done:
            outcome = check(case, runtime)
            if outcome.status != "passed":
                failures.append(f"{case.name}: {outcome.status}: {outcome.reason}")
    assert not failures, "\n".join(failures)
