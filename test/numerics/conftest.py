# SPDX-License-Identifier: Apache-2.0
"""What the tests of the numerical verification share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import parser

from onnx_opt.dialect.diagnostics import DiagnosticError
from onnx_opt.verification import Settings, child, engines, shown
from onnx_opt.verification.child import described
from onnx_opt.verification.engines import EngineError
from onnx_opt.verification.function_check import FunctionCheck
from onnx_opt.verification.inputs import feeds, inputs_of
from onnx_opt.verification.models import SavedFunction

Verify = Callable[..., str]


@pytest.fixture
def verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Verify:
    """Compare two models in this process; "" if the second passes, else what is wrong with it."""

    def here(_: Path, task: str, *arguments: Any) -> Any:
        try:
            return child._FUNCTIONS[task](*arguments)
        except Exception as error:
            raise EngineError(*described(error)) from None

    def call(
        before: onnx.ModelProto | str,
        after: onnx.ModelProto | str,
        engine: str = "onnxruntime",
        verify_engine: str = "",
        report: Callable[[str], object] | None = None,
        **options: Any,
    ) -> str:
        saved: list[SavedFunction] = []
        for name, given in (("before", before), ("after", after)):
            model = parser.parse_model(given) if isinstance(given, str) else given
            path = tmp_path / f"{name}.onnx"
            onnx.save(model, path)
            names = frozenset(name for node in model.graph.node for name in node.output)
            saved.append(SavedFunction("main_graph", path, names))
        tell = report or sys.stderr.write
        settings = Settings(engine=verify_engine, report=lambda told: tell(shown(told)), **options)
        model = onnx.load(saved[0].path)
        drawn = feeds(inputs_of(model), settings.samples, {}, settings.shapes)
        try:
            FunctionCheck(saved[0], saved[1], drawn, engine, settings).run()
        except DiagnosticError as error:
            return str(error)
        return ""

    monkeypatch.setattr(engines, "_do", here)
    return call
