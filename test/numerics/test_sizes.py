# SPDX-License-Identifier: Apache-2.0
"""Models that do not run on the usual sizes, or compute nothing from them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import parser

from onnx_opt.verification import child
from onnx_opt.verification.inputs import Input
from onnx_opt.verification.sizes import TRIES, candidates

from .conftest import Verify

F32 = np.dtype(np.float32)
HEAD = '<ir_version: 8, opset_import: ["" : 17]> '
# Reflection needs more samples than it adds: 576 is the first size that has them.
REFLECT = (
    HEAD
    + """main_graph (float[N, samples] x, float[N, 2] state) => (float[N, L] y, float[N, 2] s) <int64[4] pads = {0, 0, 0, 512}> {
    z = Pad<mode = "reflect">(x, pads)
    y = OP(z)
    s = Tanh(state)
}"""
)
# Elements from the 576th on, so that none are there on smaller sizes.
TAIL = (
    HEAD
    + """main_graph (float[N, samples] x) => (float[N, L] y) <int64[1] start = {575}, int64[1] end = {1000}, int64[1] axis = {1}> {
    z = Slice(x, start, end, axis)
    y = OP(z)
}"""
)
PARTLY = (
    HEAD
    + """main_graph (float[N, 3] x) => (float[N, 3] y, float[N, 0] z) <int64[1] zero = {0}, int64[1] axis = {1}> {
    y = OP(x)
    z = Slice(x, zero, zero, axis)
}"""
)


@pytest.mark.parametrize(
    "model, engine",
    # numpy reflects again and again: for the reference evaluator no size is too small
    [(REFLECT, "onnxruntime"), (TAIL, "onnxruntime"), (TAIL, "reference")],
    ids=["reflect", "tail", "tail-reference"],
)
def test_sizes_are_found_on_which_every_output_has_elements(
    verify: Verify, model: str, engine: str
) -> None:
    before = model.replace("OP", "Tanh")
    notes: list[str] = []
    assert verify(before, before, engine, report=notes.append) == ""
    (found,) = [note for note in notes if "usual sizes" in note]
    assert "x=1x576" in found, found
    assert "departs" not in "".join(notes)
    wrong = verify(before, model.replace("OP", "Erf"), engine, report=notes.append)
    assert "output 'y' was" in wrong, wrong


def test_usual_sizes_are_kept_where_they_do(verify: Verify) -> None:
    notes: list[str] = []
    model = HEAD + "main_graph (float[N, K] x) => (float[N, K] y) { y = Tanh(x) }"
    assert verify(model, model, report=notes.append) == ""
    assert not [note for note in notes if note.startswith("note")]


def test_an_output_without_elements_is_not_counted_as_verified(verify: Verify) -> None:
    notes: list[str] = []
    before = PARTLY.replace("OP", "Tanh")
    assert verify(before, before, report=notes.append) == ""
    assert [note for note in notes if "not verified" in note] == [
        "note: --verify-numerics: 1 of 2 outputs of @main_graph not verified, without elements: 'z'\n"
    ]
    assert not [note for note in notes if "usual sizes" in note]
    assert "output 'y' was" in verify(before, PARTLY.replace("OP", "Erf"))


def test_nothing_to_compare_is_an_error(verify: Verify) -> None:
    model = TAIL.replace("OP", "Tanh").replace("575", "900")
    assert "nothing of @main_graph is verified: no output has elements" in verify(model, model)


def test_a_stated_shape_is_what_it_is(verify: Verify) -> None:
    model = TAIL.replace("OP", "Tanh")
    stated = verify(model, model, shapes={"x": (2, 5)})
    assert "nothing of @main_graph is verified" in stated
    notes: list[str] = []
    model = REFLECT.replace("OP", "Tanh")
    assert verify(model, model, shapes={"state": (3, 2)}, report=notes.append) == ""
    assert "run on x=3x576" in "".join(notes)


def test_a_model_that_never_runs_is_told_as_before(verify: Verify) -> None:
    model = TAIL.replace("z = Slice(x, start, end, axis)", "z = Reshape(x, end)")
    assert "onnxruntime cannot run @main_graph" in verify(
        model.replace("OP", "Tanh"), model.replace("OP", "Tanh"), verify_engine="onnxruntime"
    )


def test_the_search_ends_where_it_can_and_when_it_must(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx.save(parser.parse_model(TAIL.replace("OP", "Tanh")), path)
    inputs = [Input("x", F32, ("N", "samples"))]
    never: dict[str, tuple[int, ...]] = {}  # has no shape for x: looking at it fails
    for seconds, shapes, found in [(60.0, (1, 600), (1, 1)), (-1.0, (1, 5), (0, 0))]:
        tried: list[dict[str, tuple[int, ...]]] = [{"x": shapes}, never]
        if seconds > 0:
            tried.insert(0, {"x": (1, 5)})
        assert child._search("onnxruntime", str(path), ["y"], {}, inputs, tried, seconds) == found


def test_candidates_are_few_fit_together_and_grow() -> None:
    inputs = [Input("a", F32, ("N", "", 7)), Input("b", F32, ("", "N", "C", "H", "W"))]
    found = candidates(inputs, {})
    assert 100 < len(found) <= TRIES
    assert all(each["a"][0] == each["b"][1] and each["a"][2] == 7 for each in found)
    elements = [sum(map(math.prod, each.values())) for each in found]
    assert elements == sorted(elements)
    assert len({tuple(each.values()) for each in found}) == len(found)
    assert found == candidates(inputs, {})
    # What is stated is decided, and decides its symbol elsewhere.
    stated = candidates(inputs, {"a": (0, 2, 7)})
    assert stated
    assert all(list(each) == ["b"] and each["b"][1] == 0 for each in stated)
    assert candidates([Input("a", F32, (2, 3)), Input("b", F32, ())], {}) == []
