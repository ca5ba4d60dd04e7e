# SPDX-License-Identifier: Apache-2.0
"""One op on known operands, computed as ONNX defines it: by the reference evaluator of the onnx package."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..ops.numerics import Numerics, numerics_of
from .call import EvaluationError, is_real, rounded, wide

if TYPE_CHECKING:
    from ..onnx import OnnxOp
    from ..types import Array


# What the reference evaluator computes wrongly: statistics of the batch are blended in.
_WRONG = {"BatchNormalization": range(14)}


def evaluate_in_float64(op: OnnxOp, operands: Sequence[Array | None]) -> list[Array]:
    """The same as `evaluate`; where ONNX defines the op for float64, operands are that, and results rounded once."""
    spec = op.SPEC
    formals = spec.operands
    wider: dict[str, np.dtype[Any]] = {}
    for index, operand in enumerate(operands):
        formal = formals[min(index, len(formals) - 1)]
        if operand is not None and is_real(operand) and "tensor(double)" in (formal.types or ()):
            wider.setdefault(formal.variable, operand.dtype)
    results = [spec.results[min(index, len(spec.results) - 1)] for index in range(len(op.results))]
    moves = numerics_of(spec.onnx_name) in (Numerics.MOVES, Numerics.READS_BITS)
    if moves or not any(result.variable in wider for result in results):
        return evaluate(op, operands)
    given = [
        wide(operand)
        if operand is not None
        and formals[min(index, len(formals) - 1)].variable in wider
        and is_real(operand)
        else operand
        for index, operand in enumerate(operands)
    ]
    return [
        rounded(found, wider[result.variable])
        if result.variable in wider and found.dtype == np.float64
        else found
        for found, result in zip(evaluate(op, given), results, strict=True)
    ]


def evaluate(op: OnnxOp, operands: Sequence[Array | None]) -> list[Array]:
    """The results of `op` on these operands, in its own types.  Raise EvaluationError.

    operands: None where one is left out.
    """
    from onnx import helper
    from onnx.reference import ReferenceEvaluator

    from ..ops.attributes import get_attribute
    from ..protos import attribute_to_proto, type_to_proto

    spec = op.SPEC
    if spec.since_version in _WRONG.get(spec.onnx_name, ()):
        raise EvaluationError(f"onnx.{spec.name} is computed wrongly by the reference evaluator")
    names = ["" if operand is None else f"i{index}" for index, operand in enumerate(operands)]
    results = [f"o{index}" for index in range(len(op.results))]
    try:
        node = helper.make_node(spec.onnx_name, names, results, domain=spec.domain)
        for name, attribute in spec.attributes.items():
            given = get_attribute(op, name)
            if given is not None:
                node.attribute.append(attribute_to_proto(name, attribute.kind, given))
        types = [type_to_proto(value.type) for value in op.operands]
        inputs = [
            helper.make_value_info(name, type_)
            for name, type_ in zip(names, types, strict=True)
            if name and type_
        ]
        outputs = [helper.make_empty_tensor_value_info(name) for name in results]
        graph = helper.make_graph([node], "op", inputs, outputs)
        opsets = [helper.make_opsetid(spec.domain, spec.since_version)]
        model = helper.make_model(graph, opset_imports=opsets)
        feeds = {name: operand for name, operand in zip(names, operands, strict=True) if name}
        with np.errstate(all="ignore"):
            found: list[Any] = cast(Any, ReferenceEvaluator(model)).run(None, feeds)
    except Exception as error:
        raise EvaluationError(f"onnx.{spec.name}: {error}") from error
    if not all(isinstance(result, (np.ndarray, np.generic)) for result in found):
        raise EvaluationError(f"onnx.{spec.name} gives no tensor")
    return [np.asarray(result) for result in found]
