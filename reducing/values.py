# SPDX-License-Identifier: Apache-2.0
"""What values of a function are when the model runs, on the first of the inputs that `--verify-numerics` draws."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..dialect.bindings import ir
from ..dialect.types import element_type, inner_type
from ..verification.engines import EngineError, run_models
from ..verification.functions import runnable_functions, save
from ..verification.inputs import feeds, inputs_of
from ..verification.models import load_structure
from ..verification.settings import Settings
from .cutting import Values, number_results, show


def values_of(
    module: ir.Module,
    function: ir.Operation,
    ops: list[ir.Operation],
    engine: str,
    settings: Settings,
) -> Values | None:
    """What the results of `ops` are; None if the function cannot be run.  The module is changed.

    ops: of `ops_of`, all in the body of the function.
    """
    places = number_results(function)
    wanted: list[tuple[int, int]] = []
    values: list[ir.Value] = []
    for op in ops:
        for result in op.results:
            if element_type(result.type) is not None and inner_type(result.type) is None:
                wanted.append(places[result])
                values.append(result)
    name = ir.StringAttr(function.attributes["sym_name"]).value
    if not values or name not in runnable_functions(module):
        return None
    show(function, values)
    with TemporaryDirectory(prefix="onnx-opt-") as folder:
        saved = save(module, name, Path(folder, "values.onnx"))
        model = load_structure(saved.path)
        inputs = inputs_of(model)
        known = {each.name for each in inputs}
        (feed,) = feeds(
            inputs,
            1,
            {name: file for name, file in settings.inputs.items() if name in known},
            {name: shape for name, shape in settings.shapes.items() if name in known},
        )
        outputs = [info.name for info in model.graph.output]
        (found,) = run_models(engine, [(saved.path, outputs)], [feed])
    if isinstance(found, EngineError):
        return None
    arrays: list[Any] = found[0]
    return dict(zip(wanted, arrays, strict=True))
