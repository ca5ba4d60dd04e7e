# SPDX-License-Identifier: Apache-2.0
"""--shape-inference says nothing wrong of the models of onnx's corpus, and no less than onnx's own inference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapes
from corpus import Case, folder_cases, node_cases
from onnx import helper
from test_conformance import PART

_LESS = {
    "Attention": "onnx takes heads of an unknown width to have width 0",
    "LinearAttention": "onnx gives a dimension that depends on the data a size",
    "Loop": "what is carried may change its size, of which onnx asks only the first iteration",
    "Scan": "Scan-8 goes through batches",
}
"""Where onnx's inference says more, and why that is no loss; by the op, or the op that was expanded."""


def _problem(case: Case, *, open_inputs: bool) -> str:
    model = shapes.without_shapes(case.model(), open_inputs=open_inputs)
    found = shapes.ours(model)
    if wrong := shapes.contradictions(case, found):
        return wrong
    try:
        others = shapes.onnxs(model)
    except Exception:
        return ""  # onnx's inference gives up
    ops = {node.op_type for node in model.graph.node}
    if ops & set(_LESS) or "linear_attention" in case.name:
        return ""
    for index, (mine, other) in enumerate(zip(found, others, strict=True)):
        if shapes.knows_less(mine, other):
            return f"output #{index} is {mine}, where onnx's inference says {other}"
    return ""


@pytest.mark.parametrize("open_inputs", [False, True], ids=["sizes", "open"])
@pytest.mark.parametrize(
    "case", [*PART, *folder_cases()], ids=lambda case: f"{case.family}-{case.name}"
)
def test_inferred_shapes_hold(case: Case, open_inputs: bool) -> None:
    """The stratified part of the single-node models, and all others."""
    assert not (problem := _problem(case, open_inputs=open_inputs)), problem


@pytest.mark.full
def test_all_single_node_models() -> None:
    """Every single-node model, with the sizes of its inputs and without."""
    problems = {
        f"{case.name} {open_inputs}": problem
        for case in node_cases()
        for open_inputs in (False, True)
        if (problem := _problem(case, open_inputs=open_inputs))
    }
    assert not problems


def test_a_wrong_shape_is_noticed() -> None:
    """The comparison with what comes out can fail."""
    value = np.zeros((2, 3), np.float32)
    graph = helper.make_graph([], "g", [], [])
    case = Case("", "", lambda: helper.make_model(graph), lambda: [([], [value])])
    good: list[Any] = [(-1, 3)]
    assert not shapes.contradictions(case, good)
    assert shapes.contradictions(case, [(2, 4)])
    assert shapes.contradictions(case, [(2,)])
    assert shapes.knows_less((-1, 3), (2, 3)) and not shapes.knows_less((2, 3), (-1, 3))
