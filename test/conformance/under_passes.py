# SPDX-License-Identifier: Apache-2.0
"""What passes may do to a model of the corpus: nothing that its outputs show."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import onnx
from corpus import Case
from equality import difference
from onnx import numpy_helper
from runtime import ENGINES, RunError, Runtime

from onnx_opt.dialect import DiagnosticError, make_context, verify
from onnx_opt.exporter import export_model
from onnx_opt.importer import import_model
from onnx_opt.passes import BY_ARGUMENT

PIPELINES: tuple[tuple[str, ...], ...] = (
    ("cse",),
    ("constprop-onnx",),
    ("canonicalize",),
    ("decompose-onnx",),
    ("recompose-onnx",),
    ("shape-inference",),
    ("simplify-shape-related-ops-onnx",),
    ("shape-inference", "constprop-onnx", "canonicalize", "cse"),
)
"""Passes that are tried, in the order in which they run."""

WITHOUT_FORM = frozenset({"conv-transpose", "concat-shape-transpose"})
"""Patterns that make ops which ONNX does not have."""

_NO_COMMON_OPSET = "but the model imports opset"

MOVES_ONLY = frozenset({"cse", "shape-inference", "simplify-shape-related-ops-onnx"})
"""Passes after which every output has the same bits; the others may round otherwise."""

_ROUNDINGS = 16
"""How many roundings an output may be away from what it was, in units of its largest value."""


def change(case: Case, exported: onnx.ModelProto, engine: str, runtime: Runtime) -> str:
    """What some passes do wrong to a model; "" if nothing.

    exported: the model as it comes out without passes.  engine: what ran it, "" if nothing could.
    """
    accepted = cache(lambda: is_accepted(exported))
    for pipeline in PIPELINES:
        if found := _change(case, exported, accepted, pipeline, engine, runtime):
            return f"after {' '.join(f'--{name}' for name in pipeline)}: {found}"
    return ""


def _change(
    case: Case,
    exported: onnx.ModelProto,
    accepted: Callable[[], bool],
    pipeline: tuple[str, ...],
    engine: str,
    runtime: Runtime,
) -> str:
    # As the command makes it: with all dialects it takes 4 ms, half of the time of all this.
    context = make_context(load_all=False)
    module = import_model(case.model(), context=context, filename=case.name)
    try:
        for name in pipeline:
            BY_ARGUMENT[name].without(WITHOUT_FORM).run(module.operation)
            if errors := verify(module):
                return f"verify: {errors[0]}"
        after = export_model(module)
    except DiagnosticError as error:
        # Beside an old op that stays, what is decomposed may have no opset; the exporter says so.
        told = "decompose-onnx" in pipeline and _NO_COMMON_OPSET in str(error)
        return "" if told else str(error)
    if not difference(exported, after):
        return ""
    if accepted() and not is_accepted(after):
        return "onnx.checker does not accept what is left"
    if not engine:
        return ""
    exactly = MOVES_ONLY.issuperset(pipeline)
    engines = (engine, *(other for other in ENGINES if other != engine))
    found = ""
    for each in engines:
        try:
            return _departs(case, exported, after, each, runtime, exactly=exactly)
        except RunError as error:
            # An engine may lack a kernel for what a pass made; then another one judges both models.
            found = found or f"{each}: {' '.join(str(error).split())}"
    return found


def is_accepted(model: onnx.ModelProto) -> bool:
    """Whether onnx's checker, with shape inference, accepts a model."""
    try:
        onnx.checker.check_model(model, full_check=True)
    except Exception:
        return False
    return True


def _departs(
    case: Case,
    before: onnx.ModelProto,
    after: onnx.ModelProto,
    engine: str,
    runtime: Runtime,
    *,
    exactly: bool,
) -> str:
    """Which output differs; "" if none.  Raises RunError."""
    for inputs, _ in case.samples():
        given = [
            numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else value
            for value in inputs
        ]
        expected, outputs = (
            runtime.run(engine, model.SerializeToString(), given) for model in (before, after)
        )
        if len(expected) != len(outputs):
            return f"{len(outputs)} outputs instead of {len(expected)}"
        for index, (one, other) in enumerate(zip(expected, outputs, strict=True)):
            if not _same(one, other, exactly=exactly):
                return f"{engine}: output #{index} differs"
    return ""


def _same(one: Any, other: Any, *, exactly: bool) -> bool:
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(
            _same(*pair, exactly=exactly) for pair in zip(one, other, strict=True)
        )
    if one is None or other is None:
        return one is other
    one, other = np.asarray(one), np.asarray(other)
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    if one.dtype.hasobject:
        return bool(one.tolist() == other.tolist())
    if one.tobytes() == other.tobytes():
        return True
    return not exactly and one.dtype.kind in "fcV" and _close(one, other)


def _close(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> bool:
    """Whether two arrays of floats differ by some roundings of the largest value at most."""
    if one.dtype.kind == "V":
        return False
    unit = float(np.finfo(one.dtype).eps)
    finite = np.isfinite(one)
    if not np.array_equal(finite, np.isfinite(other)):
        return False
    if not np.array_equal(one[~finite], other[~finite], equal_nan=True):
        return False
    largest = float(np.max(np.abs(one[finite]), initial=0.0))
    departure = np.abs(one[finite].astype(np.complex128) - other[finite].astype(np.complex128))
    return bool(np.all(departure <= _ROUNDINGS * unit * largest))
