# SPDX-License-Identifier: Apache-2.0
"""`--verify-numerics`, as the driver sees it: keep the module before the passes, check it after them."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import onnx

from ..dialect.bindings import ir
from ..dialect.diagnostics import DiagnosticError
from ..flags import Options
from .engines import ONNXRUNTIME, REFERENCE, is_installed
from .function_check import Pair
from .functions import Saved, has_function, reason, runnable_functions, save
from .graphs import graphs_of, load_structure
from .inputs import Input, InputError, feeds, inputs_of
from .messages import note, numerics_error

_RANDOM = frozenset(
    (
        "Bernoulli",
        "Multinomial",
        "RandomNormal",
        "RandomNormalLike",
        "RandomUniform",
        "RandomUniformLike",
    )
)


class Verification:
    """The verification of one module.  Both forms of it lie in a folder that goes with the `with` block."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._stack = ExitStack()
        self._kept: list[Saved] = []
        self._feeds: list[list[dict[str, Any]]] = []
        engine = options.verify_engine or ONNXRUNTIME
        if options.verify_engine and not is_installed(engine):
            raise numerics_error(
                f"{engine} is not installed; `pip install {engine}`, or --verify-engine={REFERENCE}"
            )
        self._engine = engine if is_installed(engine) else REFERENCE

    def __enter__(self) -> Verification:
        self._folder = Path(
            self._stack.enter_context(tempfile.TemporaryDirectory(prefix="onnx-opt-"))
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def keep(self, module: ir.Module) -> None:
        """Note the module as it is before the passes; raises DiagnosticError if it cannot be run."""
        names = runnable_functions(module)
        refused: list[str] = []
        for number, name in enumerate(names):
            try:
                self._kept.append(save(module, name, self._folder / f"before{number}.onnx"))
            except DiagnosticError as error:
                if len(names) == 1:
                    raise numerics_error(f"@{name} cannot be run: {reason(error)}") from None
                refused.append(f"@{name} has no form in ONNX and is not verified: {reason(error)}")
        if not self._kept:
            raise numerics_error(refused[0] if refused else "the module has no function to run")
        for line in refused:
            note(line)
        models = [load_structure(saved.path) for saved in self._kept]
        for saved, model in zip(self._kept, models, strict=True):
            _refuse_random(saved, model)
        self._feeds = self._inputs([inputs_of(model) for model in models])

    def _inputs(self, functions: list[list[Input]]) -> list[list[dict[str, Any]]]:
        """What each function is run on."""
        options = self._options
        files, shapes = dict(options.input_file), dict(options.input_shape)
        known = {each.name for inputs in functions for each in inputs}
        for flag, names in (("input", files), ("input-shape", shapes)):
            for name in names.keys() - known:
                listed = ", ".join(str(each) for inputs in functions for each in inputs) or "none"
                raise numerics_error(f"--{flag} names '{name}', but the inputs are: {listed}")
        try:
            return [
                feeds(inputs, options.verify_numerics or 1, files, shapes) for inputs in functions
            ]
        except InputError as error:
            raise numerics_error(str(error)) from None

    def check(self, module: ir.Module) -> None:
        """Compare the module as it is now with what was kept; raises DiagnosticError if it departs."""
        checked = 0
        for number, before in enumerate(self._kept):
            if not has_function(module, before.function):
                note(f"@{before.function} is gone and is not verified")
                continue
            try:
                after = save(module, before.function, self._folder / f"after{number}.onnx")
            except DiagnosticError as error:
                raise numerics_error(
                    f"@{before.function} cannot be run any more: {reason(error)}"
                ) from None
            Pair(before, after, self._feeds[number], self._engine, self._options).check()
            checked += 1
        if not checked:
            raise numerics_error("no function of the module is left")


def _refuse_random(saved: Saved, model: onnx.ModelProto) -> None:
    """Raise DiagnosticError for a model whose results are no function of its inputs."""
    graphs: list[onnx.GraphProto | onnx.FunctionProto] = [
        *graphs_of(model.graph),
        *model.functions,
    ]
    for graph in graphs:
        for node in graph.node:
            if node.op_type in _RANDOM and not node.domain:
                raise numerics_error(
                    f"@{saved.function} has a {node.op_type}, whose results are different in each run"
                )
