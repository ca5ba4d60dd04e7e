# SPDX-License-Identifier: Apache-2.0
"""What the tests of the numerical verification share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import parser

from onnx_opt.dialect.diagnostics import DiagnosticError
from onnx_opt.flags import Options
from onnx_opt.verification import child, engines
from onnx_opt.verification.errors import EngineError, described
from onnx_opt.verification.function_check import Pair
from onnx_opt.verification.functions import Saved
from onnx_opt.verification.inputs import feeds, inputs_of

Verify = Callable[..., str]


@pytest.fixture
def verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Verify:
    """Compare two models in this process; "" if the second passes, else what is wrong with it."""

    def here(_: Path, kind: str, *arguments: Any) -> Any:
        try:
            return child._FUNCTIONS[kind](*arguments)
        except Exception as error:
            raise EngineError(*described(error)) from None

    def call(
        before: onnx.ModelProto | str,
        after: onnx.ModelProto | str,
        engine: str = "onnxruntime",
        **options: Any,
    ) -> str:
        saved: list[Saved] = []
        for name, given in (("before", before), ("after", after)):
            model = parser.parse_model(given) if isinstance(given, str) else given
            path = tmp_path / f"{name}.onnx"
            onnx.save(model, path)
            names = frozenset(name for node in model.graph.node for name in node.output)
            saved.append(Saved("main_graph", path, names))
        settings = Options(**{"verify_numerics": 3, **options})
        model = onnx.load(saved[0].path)
        drawn = feeds(
            inputs_of(model), settings.verify_numerics or 1, {}, dict(settings.input_shape)
        )
        try:
            Pair(saved[0], saved[1], drawn, engine, settings).check()
        except DiagnosticError as error:
            return str(error)
        return ""

    monkeypatch.setattr(engines, "_do", here)
    return call
