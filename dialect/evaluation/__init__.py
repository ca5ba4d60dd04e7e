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

from ..types import Array
from . import casts, elementwise, moving, sums
from .call import EvaluationError, Kernel

if TYPE_CHECKING:
    from ..onnx import OnnxOp
    from ..ops.spec import OpSpec

__all__ = ["EvaluationError", "evaluate"]

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
        elif operand.size and not any(
            step for step, size in zip(operand.strides, operand.shape, strict=True) if size > 1
        ):
            singles.append(operand[(0,) * operand.ndim][np.newaxis])
        else:
            return None
    found = np.asarray(kernel(op, *singles))
    shapes = [operand.shape for operand in operands if operand is not None]
    return np.broadcast_to(found[0], np.broadcast_shapes(*shapes))
