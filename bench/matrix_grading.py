# SPDX-License-Identifier: Apache-2.0
"""What came of a case: a grade, and how far folded weights are from the best there are.

    folded     the BatchNormalization, or what the case is about, is gone, and the model computes what it did
    left       it is there, and the model computes what it did
    wrong      the model computes something else, for some inputs or for an overridden initializer
    invalid    ONNX's checker refuses the model, or its inputs or outputs changed
    crash      the tool raised an error, died, or took longer than a minute

Both models are evaluated in float64.  They may differ by what four roundings of every term of every sum amount to, in
the type of the model, so a tool that folds in float32 is not wrong for it: that shows in the ulps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import ml_dtypes
import numpy as np
import onnx
from onnx import (
    GraphProto,
    ModelProto,
    numpy_helper,
)

from bench import float64_reference, model_protos
from bench.matrix_models import Array, Case
from bench.model_protos import graphs_of

_FINFO: Any = cast(Any, ml_dtypes).finfo
_CHECKER: Any = onnx.checker
_ROUNDINGS = 4


@dataclass(frozen=True)
class Grade:
    """What a tool made of a case.

    word: see above.  ulps: (B, C), the largest distance from the float64 fold rounded once, in units in the last place.
    """

    word: str
    ulps: tuple[float, float] | None = None
    why: str = ""


def grade(case: Case, result: ModelProto) -> Grade:
    """The grade of a model that a tool made of a case."""
    try:
        _CHECKER.check_model(result, full_check=True)
    except Exception as error:
        return Grade("invalid", why=" ".join(str(error).split())[:200])
    if why := _changed(case.model, result):
        return Grade("invalid", why=why)
    try:
        if why := _differs(case, result):
            return Grade("wrong", why=why)
    except Exception as error:
        return Grade("invalid", why=f"cannot be evaluated: {error}"[:200])
    if _count(case.gone, result.graph) >= _count(case.gone, case.model.graph):
        return Grade("left")
    return Grade("folded", _ulps(case, result) if case.weights else None)


def _count(op: str, graph: GraphProto) -> int:
    return sum(node.op_type == op for inner in graphs_of(graph) for node in inner.node)


def _interface(model: ModelProto) -> list[tuple[str, int, list[Any]]]:
    constants = (
        {tensor.name for tensor in model.graph.initializer} if model.ir_version < 4 else set[str]()
    )
    # A tool may know a dimension better, but not otherwise.
    return [
        (
            info.name,
            info.type.tensor_type.elem_type,
            [dim.dim_value for dim in info.type.tensor_type.shape.dim],
        )
        for info in (*model.graph.input, *model.graph.output)
        if info.name not in constants
    ]


def _changed(before: ModelProto, after: ModelProto) -> str:
    old, new = _interface(before), _interface(after)
    overridable = {tensor.name for tensor in before.graph.initializer}
    if after.ir_version < 4:
        old = [entry for entry in old if entry[0] not in overridable]
    if [entry[:2] for entry in old] != [entry[:2] for entry in new]:
        return "the names or types of inputs or outputs changed"
    for (name, _, was), (_, _, is_) in zip(old, new, strict=True):
        if len(was) != len(is_) or any(a and b and a != b for a, b in zip(was, is_, strict=True)):
            return f"the shape of {name} changed"
    return ""


def _differs(case: Case, result: ModelProto) -> str:
    """Where the results differ, for the initializers' own values and for overridden ones; empty if nowhere."""
    info = _FINFO(case.dtype)
    unit = 2.0 ** -(int(info.nmant) + 1)
    listed = {info.name for info in case.model.graph.input}
    overridden = {t.name for t in case.model.graph.initializer if t.name in listed}
    accepted = {info.name for info in result.graph.input}
    for skip in (
        (overridden, set[str]()) if overridden and case.model.ir_version >= 4 else (overridden,)
    ):
        inputs = {name: array for name, array in case.inputs.items() if name not in skip}
        expected = float64_reference.evaluate(case.model, inputs, {}, roundoff=_ROUNDINGS * unit)
        feeds = {name: array for name, array in inputs.items() if name in accepted}
        found = float64_reference.evaluate(result, feeds, {})
        for output, bounded, got in zip(result.graph.output, expected, found, strict=True):
            new = got.number
            if new.shape != bounded.number.shape:
                return f"{output.name} has shape {new.shape}, not {bounded.number.shape}"
            old, allowed = bounded.number, bounded.error + float(info.smallest_normal)
            with np.errstate(all="ignore"):
                right = (
                    (np.abs(new - old) <= allowed) | (new == old) | (np.isnan(new) & np.isnan(old))
                )
                right |= ~np.isfinite(allowed) & ~np.isfinite(old)
            if not right.all():
                at = tuple(int(i) for i in np.argwhere(~right)[0])
                how = " with initializers overridden" if overridden and not skip else ""
                return f"{output.name}{list(at)} is {new[at]:.9g}, was {old[at]:.9g}{how}"
    return ""


# Weights


def _constants(model: ModelProto) -> Iterator[Array]:
    for graph in graphs_of(model.graph):
        yield from map(numpy_helper.to_array, graph.initializer)
        for node in graph.node:
            array = model_protos.constant_array(node) if node.op_type == "Constant" else None
            if array is not None:
                yield array


def _ulps(case: Case, result: ModelProto) -> tuple[float, float] | None:
    """How far the constants of the result that come nearest to B and C are from them."""
    assert case.weights is not None
    constants = [array for array in _constants(result) if array.dtype == case.dtype]
    found: list[float] = []
    for exact in case.weights:
        best = _rounded(exact, case.dtype)
        near = [_distance(array, best) for array in constants]
        near += [_distance(array.T, best) for array in constants if array.ndim == 2]
        found.append(min(near, default=float("inf")))
    return None if any(np.isinf(item) for item in found) else (found[0], found[1])


def _rounded(exact: Array, dtype: np.dtype[Any]) -> Array:
    """Rounded once: for ml_dtypes' types the float32 on the way is rounded to odd."""
    if dtype.type.__module__ == "numpy":
        return exact.astype(dtype)
    single = exact.astype(np.float32)
    inexact = single.astype(np.float64) != exact
    even = (single.view(np.uint32) & 1) == 0
    toward = np.where(exact > single, np.float32(np.inf), np.float32(-np.inf)).astype(np.float32)
    odd = np.where(inexact & even, np.nextafter(single, toward), single)
    return odd.astype(np.float32).astype(dtype)


def _distance(array: Array, best: Array) -> float:
    """The largest distance, in ulps, of `array` from `best`; infinite if their shapes have nothing in common."""
    try:
        if np.broadcast_shapes(array.shape, best.shape) not in (array.shape, best.shape):
            return float("inf")
    except ValueError:
        return float("inf")
    if array.size < best.size:
        return float("inf")
    info = _FINFO(best.dtype)
    wide = best.astype(np.float64)
    _, exponent = np.frexp(np.maximum(np.abs(wide), float(info.smallest_normal)))
    ulp = np.ldexp(1.0, np.maximum(exponent - 1 - int(info.nmant), -1074))
    with np.errstate(all="ignore"):
        away = np.abs(array.astype(np.float64) - wide) / ulp
    return float(np.max(away, initial=0.0)) if not np.isnan(away).any() else float("inf")
