# SPDX-License-Identifier: Apache-2.0
"""One op on known operands, computed as ONNX defines it: by the reference evaluator of the onnx package."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..ops.numerics import Numerics, numerics_of
from ..types import Array, element_type, is_none
from .call import EvaluationError, is_real, rounded, wide

if TYPE_CHECKING:
    from ..onnx import OnnxOp
    from ..ops.spec import ValueSpec


# What the reference evaluator computes wrongly: statistics of the batch are blended in.
_WRONG = {"BatchNormalization": range(14)}


def evaluate_in_float64(op: OnnxOp, operands: Sequence[Array | None]) -> list[Array | None]:
    """The same as `evaluate`; where ONNX defines the op for float64, operands are that, and results rounded once."""
    spec = op.SPEC
    if numerics_of(spec.onnx_name) in (Numerics.MOVES, Numerics.READS_BITS):
        return evaluate(op, operands)
    of_operands = _formals(spec.operands, len(operands))
    wider: dict[str, np.dtype[Any]] = {}
    for formal, operand in zip(of_operands, operands, strict=True):
        if operand is not None and is_real(operand) and "tensor(double)" in (formal.types or ()):
            wider.setdefault(formal.variable, operand.dtype)
    of_results = _formals(spec.results, len(op.results))
    if not any(formal.variable in wider for formal in of_results):
        return evaluate(op, operands)
    given = [
        wide(operand)
        if operand is not None and formal.variable in wider and is_real(operand)
        else operand
        for formal, operand in zip(of_operands, operands, strict=True)
    ]
    try:
        exact = evaluate(op, given)
    except EvaluationError:
        # The evaluator has constants in float32 where functions are made of other ops.
        return evaluate(op, operands)
    found: list[Array | None] = []
    for value, formal, array in zip(op.results, of_results, exact, strict=True):
        row = element_type(value.type)
        dtype = wider.get(formal.variable) or (row.dtype if row and row.is_float else None)
        is_wide = array is not None and array.dtype == np.float64
        found.append(rounded(array, dtype) if array is not None and is_wide and dtype else array)
    return found


def _formals(formals: Sequence[ValueSpec], count: int) -> list[ValueSpec]:
    """What the spec says of each of `count` operands or results; the last one may be variadic."""
    return [formals[min(index, len(formals) - 1)] for index in range(count)]


def evaluate(op: OnnxOp, operands: Sequence[Array | None]) -> list[Array | None]:
    """The results of `op` on these operands, in its own types.  Raise EvaluationError.

    operands: None where one is left out; so are results.
    """
    from onnx import helper
    from onnx.reference import ReferenceEvaluator

    from ..ops.attributes import get_attribute
    from ..protos import attribute_to_proto, type_to_proto

    spec = op.SPEC
    if spec.since_version in _WRONG.get(spec.onnx_name, ()):
        raise EvaluationError(f"onnx.{spec.name} is computed wrongly by the reference evaluator")
    names = ["" if operand is None else f"i{index}" for index, operand in enumerate(operands)]
    results = [
        "" if is_none(result.type) else f"o{index}" for index, result in enumerate(op.results)
    ]
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
        outputs = [helper.make_empty_tensor_value_info(name) for name in results if name]
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
    given_results = iter(found)
    return [np.asarray(next(given_results)) if name else None for name in results]
