# SPDX-License-Identifier: Apache-2.0
"""What `--constprop-onnx` computes where all inputs are known, against the outputs that onnx's test cases store."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import onnx
from corpus import Case
from onnx import numpy_helper

from onnx_opt.dialect import constant_value, make_context, verify
from onnx_opt.importer import import_model
from onnx_opt.passes.constprop_onnx import PASS

COMPUTED, LEFT, NOT_FROZEN = "computed", "left", "not frozen"

_ULPS = 4
"""By how many roundings of its type a stored output may differ: it was computed in that type, step by step."""


def frozen(model: onnx.ModelProto, inputs: Any) -> onnx.ModelProto | None:
    """The model with its inputs as initializers; None if one is no tensor."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    names = [info.name for info in copy.graph.input]
    known = {tensor.name for tensor in copy.graph.initializer}
    names = [name for name in names if name not in known]
    del copy.graph.input[:]
    for name, value in zip(names, inputs, strict=False):
        if isinstance(value, np.ndarray):
            value = numpy_helper.from_array(value, name)
        if not isinstance(value, onnx.TensorProto):
            return None
        tensor = copy.graph.initializer.add()
        tensor.CopyFrom(value)
        tensor.name = name
    return copy


def outcome(case: Case, sample: Any) -> tuple[str, str]:
    """What became of a case, and what is wrong with it; "" if nothing."""
    inputs, outputs = sample
    model = frozen(case.model(), inputs)
    if model is None:
        return NOT_FROZEN, ""
    module = import_model(model, context=make_context(), filename=case.name)
    if verify(module):
        return NOT_FROZEN, ""
    PASS.run(module.operation)
    if errors := verify(module):
        return COMPUTED, f"verify: {errors[0]}"
    function = next(op for op in module.body.operations if op.operation.name == "func.func")
    returned = list(function.regions[0].blocks[0].operations)[-1].operands
    found = [constant_value(value) for value in returned]
    if any(each is None for each in found):
        return LEFT, ""
    for index, (array, expected) in enumerate(zip(found, outputs, strict=False)):
        if isinstance(expected, onnx.TensorProto):
            expected = numpy_helper.to_array(expected)
        if array is not None and (wrong := departure(array, np.asarray(expected), case.tolerances)):
            return COMPUTED, f"output #{index}: {wrong}"
    return COMPUTED, ""


def departure(
    found: np.ndarray[Any, Any], expected: np.ndarray[Any, Any], tolerances: tuple[float, float]
) -> str:
    """How an output departs from the stored one by more than roundings of its type; "" if it does not.

    tolerances: relative and absolute, of the case, which count where they are smaller.
    """
    if found.dtype != expected.dtype or found.shape != expected.shape:
        return f"{found.dtype}{list(found.shape)}, not {expected.dtype}{list(expected.shape)}"
    if found.dtype.hasobject or found.dtype.kind in "iub" or "int" in found.dtype.name:
        return "" if found.tolist() == expected.tolist() else f"{found} is not {expected}"
    eps = float(ml_dtypes.finfo(found.dtype).eps)
    wide = np.complex128 if found.dtype.kind == "c" else np.float64
    ours, theirs = found.astype(wide), expected.astype(wide)
    finite = np.isfinite(theirs)
    if not np.array_equal(ours[~finite], theirs[~finite], equal_nan=True):
        return f"{found} is not {expected}"
    relative = min(max(_ULPS * eps, 1e-6), max(tolerances[0], 2 * eps))
    scale = float(np.max(np.abs(theirs[finite]), initial=0.0))
    off = np.abs(ours[finite] - theirs[finite])
    allowed = relative * np.abs(theirs[finite]) + relative * scale
    return "" if bool(np.all(off <= allowed)) else f"off by {float(np.max(off))} of {scale}"
