# SPDX-License-Identifier: Apache-2.0
"""Check lines for sections of onnx-mlir's own tests: see test/corpus/test_onnx_mlir.py for what is needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from file_check import changed, passes, passes_llvm
from test_onnx_mlir import CORPUS, sections

from onnx_opt.checks import with_checks, without_checks
from onnx_opt.dialect import DiagnosticError, make_context, parse, to_text


@pytest.mark.skipif(
    not CORPUS, reason="ONNX_OPT_CORPUS does not name the test/mlir folder of an onnx-mlir checkout"
)
@pytest.mark.parametrize("generic", [False, True])
def test_sections_of_onnx_mlir(generic: bool, tmp_path: Path) -> None:
    made = tmp_path / "made.mlir"
    count = 0
    step = 9 if generic else 3
    for section in list(sections(Path(CORPUS or "")))[::step]:
        try:
            module = parse(section.text, context=make_context(), filename=str(section.file))
        except DiagnosticError:
            continue
        printed = to_text(module, generic=generic)
        checks = with_checks(section.text, printed)
        made.write_text(checks)
        assert passes(checks, printed), section
        assert passes_llvm(made, printed), section
        assert not passes(checks, changed(printed)), section
        assert with_checks(checks, printed) == checks, section
        assert without_checks(checks) == without_checks(section.text), section
        count += 1
    assert count > 1500 / step
