# SPDX-License-Identifier: Apache-2.0
"""Dimensions that are said to be equal are equal in the stored inputs and outputs of onnx's own test cases.

The models are shown without sizes; what is said then has to hold for the arrays that come with them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper
from test_conformance import PART

from onnx_opt.dialect import make_context
from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.diagnostics import DiagnosticError
from onnx_opt.importer import import_model
from onnx_opt.passes.shapes.equal_dims import equal_dims


def _without_sizes(model: onnx.ModelProto) -> onnx.ModelProto:
    bare = onnx.ModelProto.FromString(model.SerializeToString())
    for info in [*bare.graph.input, *bare.graph.output]:
        for dim in info.type.tensor_type.shape.dim:
            dim.Clear()
    del bare.graph.value_info[:]
    return bare


def _shape(value: Any) -> tuple[int, ...] | None:
    if isinstance(value, onnx.TensorProto):
        value = numpy_helper.to_array(value)
    return np.shape(value) if isinstance(value, np.ndarray) else None


def test_equal_dimensions_are_equal_at_run_time() -> None:
    wrong: list[str] = []
    said = 0
    for case in PART:
        samples = case.samples()
        model = _without_sizes(case.model())
        if not samples or model.graph.initializer:
            continue
        module = import_model(model, context=make_context(), filename=case.name)
        try:
            with module.context:
                found = list(equal_dims(module.operation))
        except DiagnosticError as error:
            wrong.append(f"{case.name}: {error}")
            continue
        block, knowledge = found[0]
        *_, end = block.operations
        values: list[ir.Value] = [*block.arguments, *end.operands]
        inputs, outputs = samples[0]
        sizes: dict[object, set[int]] = {}
        for value, array in zip(values, [*inputs, *outputs], strict=False):
            dims, shape = knowledge.shape(value), _shape(array)
            if dims is None or shape is None or 0 in shape:
                continue
            for dim, size in zip(dims, shape, strict=True):
                sizes.setdefault(dim, {dim} if isinstance(dim, int) else set()).add(size)
                said += 1
        wrong += [f"{case.name}: {dim} is {both}" for dim, both in sizes.items() if len(both) > 1]
    assert not wrong, "\n".join(wrong)
    assert said > 1000
