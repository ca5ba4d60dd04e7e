# SPDX-License-Identifier: Apache-2.0
"""onnx-opt's column of the correctness matrix: right in every cell, and no worse than the one that is kept."""

from __future__ import annotations

import json
import warnings
from typing import Any

import numpy as np
import pytest

from bench import float64_reference, matrix
from bench.matrix_cases import all_cases
from bench.matrix_models import Case


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return all_cases()


@pytest.fixture(scope="module")
def column(cases: list[Case]) -> matrix.Column:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # of the reference evaluator, about infinities that a case is made of
        made = matrix.column("onnx-opt", cases)
    assert made is not None
    return made[1]


def test_there_are_enough_cases(cases: list[Case]) -> None:
    assert len({case.name for case in cases}) == len(cases) >= 400
    assert sum(not case.fold for case in cases) >= 100


def test_every_cell_is_right(cases: list[Case], column: matrix.Column) -> None:
    assert matrix.problems(cases, column) == []


def test_no_cell_is_worse_than_the_one_that_is_kept(column: matrix.Column) -> None:
    kept: dict[str, list[Any]] = json.loads(matrix.EXPECTED.read_text())
    assert list(kept) == list(column), "the cases changed: run `python -m bench.matrix --write`"
    for name, (word, *ulps) in kept.items():
        cell = column[name]
        assert cell.word == word, name
        assert all(a <= b + 1e-3 for a, b in zip(cell.ulps or (), ulps, strict=True)), name


def test_the_document_is_about_this_column(cases: list[Case], column: matrix.Column) -> None:
    lines = matrix.DOCUMENT.read_text().splitlines()
    for case in cases:
        fold = "yes" if case.fold else "no"
        start = f"| {case.name} | {fold} | {matrix.shown(column[case.name])} |"
        assert any(line.startswith(start) for line in lines), start


def test_the_reference_computes_what_an_engine_does(cases: list[Case]) -> None:
    """Both models of a case are evaluated by it, so it must not be wrong in the same way twice."""
    runtime = pytest.importorskip("onnxruntime")
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_DISABLE_ALL
    compared = 0
    for case in cases:
        # In training mode an engine may crash; numbers at the end of the type are left to the other tests.
        if case.dtype != np.float32 or "training" in case.name or "verflow" in case.name:
            continue
        try:
            session = runtime.InferenceSession(case.model.SerializeToString(), options)
            found = session.run(None, case.inputs)
        except Exception:
            continue  # A type or a version that the engine lacks.
        expected = float64_reference.evaluate(case.model, case.inputs, {}, 64 * 2.0**-24)
        for one, other in zip(expected, found, strict=True):
            with np.errstate(all="ignore"):
                near = np.abs(one.number - other) <= one.error + 1e-38
            finite = np.isfinite(one.number.astype(np.float32)) & np.isfinite(other)
            assert one.number.shape == other.shape, case.name
            assert (near | ~finite).all(), case.name
        compared += 1
    assert compared > 350
