# SPDX-License-Identifier: Apache-2.0
"""One op on known operands.

Kernels of ours compute what shapes, weights and masks are made with; what has none is computed by the reference
evaluator of the onnx package.  Either way integers are exact, and floating-point numbers are computed in float64 and
rounded once where the op is defined for float64.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..elements.resources import Resource
from ..types import Array
from . import casts, elementwise, moving, sums
from .call import EvaluationError, Kernel

if TYPE_CHECKING:
    from ..onnx import OnnxOp
    from ..ops.spec import OpSpec

__all__ = ["EvaluationError", "evaluate", "in_blocks", "is_splat", "takes_no_room"]

_KERNELS: dict[str, Kernel] = {
    **elementwise.KERNELS,
    **casts.KERNELS,
    **moving.KERNELS,
    **sums.KERNELS,
}

_FROM = {
    **dict.fromkeys(["Add", "And", "Div", "Equal", "Greater", "Less", "Mul", "Or", "Pow", "Sub", "Xor"], 7),
    "Clip": 11,
    "Concat": 4,
    "Gemm": 7,
    "Pad": 11,
    "Reshape": 5,
    "Slice": 10,
    "Split": 2,
    "Tile": 6,
}  # fmt: skip
"""The first version that a kernel is about; those before have other operands, or broadcast otherwise."""


def evaluate(op: OnnxOp, operands: Sequence[Array | None]) -> list[Array | None]:
    """The results of `op` on these operands, in its own types.  Raise EvaluationError.

    operands: None where one is left out; so are results.  Results may be views of them, or have strides of 0.
    """
    spec = op.SPEC
    kernel = kernel_of(spec)
    if kernel is not None:
        try:
            with np.errstate(all="ignore"):
                splat = _on_splats(kernel, op, operands) if _is_elementwise(spec) else None
                found = kernel(op, *operands) if splat is None else splat
            return [*found] if isinstance(found, list) else [np.asarray(found)]
        except EvaluationError:
            pass
        except Exception as error:
            raise EvaluationError(f"onnx.{spec.name}: {error}") from error
    from .reference import evaluate_in_float64

    return evaluate_in_float64(op, operands)


def is_splat(array: Array) -> bool:
    """Whether one element stands for all, as far as that can be seen at once."""
    return array.size == 1 or not any(
        step for step, size in zip(array.strides, array.shape, strict=True) if size > 1
    )


def takes_no_room(spec: OpSpec, operands: Sequence[Array | Resource | None]) -> bool:
    """Whether evaluating the op takes no memory for each element of the result: it is a view, or a splat of splats."""
    if spec.onnx_name in moving.VIEWS:
        return True
    return _is_elementwise(spec) and all(
        each is None or (isinstance(each, np.ndarray) and is_splat(each)) for each in operands
    )


def in_blocks(op: OnnxOp, operands: Sequence[Array | Resource | None]) -> Resource | None:
    """The result where one operand is large and its data stands beside the module, to be computed when it is read.

    All other operands must be single numbers.  None for any other op.
    """
    spec = op.SPEC
    kernel = kernel_of(spec)
    large = [index for index, each in enumerate(operands) if isinstance(each, Resource)]
    if kernel is None or spec.onnx_name not in elementwise.IN_BLOCKS or len(large) != 1:
        return None
    (place,) = large
    resource, singles = operands[place], [*operands]
    if not isinstance(resource, Resource) or not resource.shape:
        return None
    for index, each in enumerate(operands):
        if index == place:
            continue
        if not isinstance(each, np.ndarray) or each.size != 1 or each.ndim > len(resource.shape):
            return None
        # The first operand has the type of the result, here and in a block.
        if each.dtype != resource.dtype:
            return None

    def recipe(rows: Array, _start: int, _stop: int) -> Array:
        with np.errstate(all="ignore"):
            found = kernel(op, *singles[:place], rows, *singles[place + 1 :])
        return np.asarray(found)

    return resource.then(recipe)


def kernel_of(spec: OpSpec) -> Kernel | None:
    """The kernel for an op, if there is one."""
    if spec.domain or spec.since_version < _FROM.get(spec.onnx_name, 1):
        return None
    return _KERNELS.get(spec.onnx_name)


def _is_elementwise(spec: OpSpec) -> bool:
    return spec.onnx_name in elementwise.KERNELS or spec.onnx_name in casts.KERNELS


def _on_splats(kernel: Kernel, op: OnnxOp, operands: Sequence[Array | None]) -> Array | None:
    """The result where each operand has one element only, however often: so has the result.  None for others."""
    if not any(operand is not None and operand.size > 1 for operand in operands):
        return None
    singles: list[Array | None] = []
    for operand in operands:
        if operand is None:
            singles.append(None)
        elif operand.size and is_splat(operand):
            singles.append(operand[(0,) * operand.ndim][np.newaxis])
        else:
            return None
    found = np.asarray(kernel(op, *singles))
    shapes = [operand.shape for operand in operands if operand is not None]
    return np.broadcast_to(found[0], np.broadcast_shapes(*shapes))
