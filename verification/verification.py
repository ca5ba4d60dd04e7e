# SPDX-License-Identifier: Apache-2.0
"""The way in: keep a module as it is before the passes, check it after them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..dialect.bindings import ir
from ..dialect.diagnostics import DiagnosticError
from .engines import ONNXRUNTIME, REFERENCE, is_installed
from .function_check import FunctionCheck
from .functions import runnable_functions, save
from .inputs import Input, InputError, feeds, inputs_of
from .models import SavedFunction, drawing_node, load_structure
from .settings import Settings, numerics_error


class Verification:
    """The verification of one module.  Both forms of it lie in a folder that goes with the `with` block."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings = settings or Settings()
        engine = settings.engine or ONNXRUNTIME
        if settings.engine and not is_installed(engine):
            raise numerics_error(
                f"{engine} is not installed; `pip install {engine}`, or --verify-engine={REFERENCE}"
            )
        self._engine = engine if is_installed(engine) else REFERENCE
        self._before: list[SavedFunction] = []
        self._feeds: list[list[dict[str, Any]]] = []

    def __enter__(self) -> Verification:
        self._temporary = TemporaryDirectory(prefix="onnx-opt-")
        self._folder = Path(self._temporary.name)
        return self

    def __exit__(self, *_: object) -> None:
        self._temporary.cleanup()

    def keep(self, module: ir.Module) -> None:
        """Save the module as it is before the passes.  Raises DiagnosticError if it cannot be run."""
        names = runnable_functions(module)
        refused: list[str] = []
        for number, name in enumerate(names):
            try:
                self._before.append(save(module, name, self._folder / f"before{number}.onnx"))
            except DiagnosticError as error:
                if len(names) == 1:
                    raise numerics_error(f"@{name} cannot be run: {_reason(error)}") from None
                refused.append(f"@{name} has no form in ONNX and is not verified: {_reason(error)}")
        if not self._before:
            raise numerics_error(refused[0] if refused else "the module has no function to run")
        for line in refused:
            self._settings.note(line)
        models = [load_structure(function.path) for function in self._before]
        for function, model in zip(self._before, models, strict=True):
            if op := drawing_node(model):
                raise numerics_error(
                    f"@{function.name} has a {op}, whose results are different in each run"
                )
        self._feeds = self._inputs([inputs_of(model) for model in models])

    def _inputs(self, functions: list[list[Input]]) -> list[list[dict[str, Any]]]:
        """What each function is run on."""
        settings = self._settings
        all_inputs = [each for inputs in functions for each in inputs]
        known = {each.name for each in all_inputs}
        for flag, names in (("input", settings.inputs), ("input-shape", settings.shapes)):
            for name in names.keys() - known:
                listed = ", ".join(map(str, all_inputs)) or "none"
                raise numerics_error(f"--{flag} names '{name}', but the inputs are: {listed}")
        try:
            return [
                feeds(inputs, settings.samples, settings.inputs, settings.shapes)
                for inputs in functions
            ]
        except InputError as error:
            raise numerics_error(str(error)) from None

    def check(self, module: ir.Module) -> None:
        """Compare the module as it is now with what was kept.  Raises DiagnosticError if it departs."""
        checked = 0
        for number, before in enumerate(self._before):
            if before.name not in runnable_functions(module):
                self._settings.note(f"@{before.name} is gone and is not verified")
                continue
            try:
                after = save(module, before.name, self._folder / f"after{number}.onnx")
            except DiagnosticError as error:
                raise numerics_error(
                    f"@{before.name} cannot be run any more: {_reason(error)}"
                ) from None
            FunctionCheck(before, after, self._feeds[number], self._engine, self._settings).run()
            checked += 1
        if not checked:
            raise numerics_error("no function of the module is left")


def _reason(error: DiagnosticError) -> str:
    """What an error says, on one line."""
    return error.diagnostics[0].message
