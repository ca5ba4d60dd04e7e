# SPDX-License-Identifier: Apache-2.0
"""What --shape-inference says of a model's outputs, beside what onnx's own inference says and what comes out."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from corpus import Case
from onnx import numpy_helper, shape_inference

from onnx_opt.dialect import make_context, verify
from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.types import element_type, shape_of, tensor_type
from onnx_opt.importer import import_model
from onnx_opt.passes import BY_ARGUMENT


def without_shapes(model: onnx.ModelProto, *, open_inputs: bool) -> onnx.ModelProto:
    """A copy that says nothing of the shapes of its results; open_inputs: nor of the sizes of its inputs."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    del copy.graph.value_info[:]
    for value in copy.graph.output:
        if value.type.WhichOneof("value") == "tensor_type":
            value.type.tensor_type.ClearField("shape")
    given = {tensor.name for tensor in copy.graph.initializer}
    for value in copy.graph.input:
        if open_inputs and value.name not in given and value.type.HasField("tensor_type"):
            for dim in value.type.tensor_type.shape.dim:
                dim.Clear()
    return copy


def ours(model: onnx.ModelProto) -> list[Any]:
    """The sizes of each output as --shape-inference has them, -1 where not known, None for no rank or no tensor.

    Whatever the importer found out is forgotten first.  Raises AssertionError if the module is not valid afterwards.
    """
    module = import_model(model, context=make_context())
    forget(module)
    BY_ARGUMENT["shape-inference"].run(module.operation)
    assert not verify(module), verify(module)[0]
    function: Any = module.body.operations[0]
    *_, end = function.regions[0].blocks[0].operations
    return [shape_of(value.type) for value in end.operands]


def forget(module: ir.Module) -> None:
    """Take from every result but those of constants what its type says of its shape."""

    def visit(op: ir.Operation) -> ir.WalkResult:
        if op.name.startswith("onnx.") and op.name != "onnx.Constant":
            for result in op.results:
                row = element_type(result.type) if isinstance(result.type, ir.ShapedType) else None
                if row is not None:
                    with op.context:
                        result.set_type(tensor_type(None, row))
        return ir.WalkResult.ADVANCE

    module.operation.walk(visit)


def onnxs(model: onnx.ModelProto) -> list[Any]:
    """The same as onnx's inference has them."""
    inferred = shape_inference.infer_shapes(model, data_prop=True)
    return [_sizes(value.type) for value in inferred.graph.output]


def _sizes(type_: onnx.TypeProto) -> Any:
    tensor = type_.tensor_type
    if type_.WhichOneof("value") != "tensor_type" or not tensor.HasField("shape"):
        return None
    return tuple(d.dim_value if d.HasField("dim_value") else -1 for d in tensor.shape.dim)


def contradictions(case: Case, found: list[Any]) -> str:
    """Which output does not have the sizes that are said of it; "" if all have."""
    for _, outputs in case.samples():
        for index, (value, sizes) in enumerate(zip(outputs, found, strict=False)):
            if isinstance(value, onnx.TensorProto):
                value = numpy_helper.to_array(value)
            if sizes is None or not isinstance(value, (np.ndarray, np.generic)):
                continue
            shape = np.asarray(value).shape
            if len(shape) != len(sizes) or any(
                s not in (-1, d) for s, d in zip(sizes, shape, strict=True)
            ):
                return f"output #{index} is {shape}, but {sizes} is inferred"
    return ""


def knows_less(mine: Any, other: Any) -> bool:
    """Whether `other` says something that `mine` does not."""
    if other is None:
        return False
    if mine is None:
        return True
    return any(a < 0 <= b for a, b in zip(mine, other, strict=False))
