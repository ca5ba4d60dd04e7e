# SPDX-License-Identifier: Apache-2.0
"""onnx-mlir's lit suite passes here, but for the sections that have a reason; some minutes.

Needs a checkout of onnx-mlir: `ONNX_OPT_CORPUS=.../onnx-mlir/test/mlir pytest test/corpus`.
"""

from __future__ import annotations

import os
from pathlib import Path

import peer
import pytest
from reasons import REASONS

CORPUS = os.environ.get("ONNX_OPT_CORPUS")


@pytest.mark.skipif(
    not CORPUS, reason="ONNX_OPT_CORPUS does not name the test/mlir folder of an onnx-mlir checkout"
)
def test_sections_pass_or_have_a_reason() -> None:
    root = Path(CORPUS or "") / "onnx"
    ran = peer.run(list(peer.sections(root)), root / "parse")
    assert peer.disagreements(ran) == []
    assert len(ran) > 1000


def _section(text: str, *runs: str) -> peer.Section:
    return peer.Section("a.mlir", 0, "f", runs, text)


def test_pipelines_are_named_by_their_passes() -> None:
    run = "onnx-mlir-opt -shape-inference %s -split-input-file | FileCheck %s"
    assert _section("", run).pipeline == "--shape-inference"
    assert _section("", "onnx-mlir-opt %s -verify-diagnostics").pipeline.startswith("no pass")


def test_nothing_is_checked_where_nothing_stands() -> None:
    run = "onnx-mlir-opt %s | FileCheck %s"
    assert list(peer._commands(_section("// CHECK-LABEL: x", run))) == [run]
    assert list(peer._commands(_section("// CHECKED: x", run))) == ["onnx-mlir-opt %s "]


def test_what_fails_without_a_reason_is_told() -> None:
    failing = peer.Section("a.mlir", 0, "f", (), "", passed=False)
    assert peer.disagreements([failing]) == ["a.mlir:f fails"]
    name = next(iter(REASONS))
    file, _, function = name.rpartition(":")
    passing = peer.Section(file, 0, function, (), "", passed=True)
    assert peer.disagreements([passing]) == [f"{name} passes, but has a reason not to"]
