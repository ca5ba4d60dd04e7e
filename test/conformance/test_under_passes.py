# SPDX-License-Identifier: Apache-2.0
"""That the corpus notices a pass that changes an output, and one that only rounds otherwise is let through."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import under_passes
from corpus import Case, node_cases
from runtime import Runtime

from onnx_opt.dialect import make_context
from onnx_opt.dialect.bindings import ir
from onnx_opt.exporter import export_model
from onnx_opt.importer import import_model
from onnx_opt.passes.rewriting.base import FunctionPass


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    child = Runtime()
    yield child
    child.close()


def _case(name: str) -> Case:
    return next(case for case in node_cases() if case.name == name)


def _swap_operands(op: ir.Operation) -> None:
    def visit(each: ir.Operation) -> ir.WalkResult:
        if each.name in ("onnx.Sub", "onnx.Add"):
            first, second = each.operands
            each.operands[0], each.operands[1] = second, first
        return ir.WalkResult.ADVANCE

    op.walk(visit)


def _under(
    pass_: FunctionPass, name: str, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> str:
    monkeypatch.setattr(under_passes, "BY_ARGUMENT", {"spoil": pass_})
    monkeypatch.setattr(under_passes, "PIPELINES", (("spoil",),))
    case = _case(name)
    exported = export_model(import_model(case.model(), context=make_context()))
    return under_passes.change(case, exported, "reference evaluator", runtime)


def test_a_changed_output_is_noticed(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil = FunctionPass(argument="spoil", summary="Swap operands", function=_swap_operands)
    found = _under(spoil, "test_sub", runtime, monkeypatch)
    assert found == "after --spoil: reference evaluator: output #0 differs"
    assert _under(spoil, "test_add", runtime, monkeypatch) == ""


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_some_roundings_are_let_through(dtype: type[np.floating]) -> None:
    one = np.array([1.0, -2.0, np.inf, np.nan], dtype)
    unit = np.finfo(dtype).eps
    few = one + np.array([8 * unit, 0, 0, 0], dtype)
    many = one + np.array([64 * unit, 0, 0, 0], dtype)
    assert under_passes._same(one, few, exactly=False)
    assert not under_passes._same(one, few, exactly=True)
    assert not under_passes._same(one, many, exactly=False)
    assert not under_passes._same(one, np.array([1.0, -2.0, np.nan, np.inf], dtype), exactly=False)
