# SPDX-License-Identifier: Apache-2.0
"""Fold an inference-mode BatchNormalization into the Gemm that feeds it.

    Gemm:  Z = alpha * A'B' + beta * C          A' = transpose(A) if transA else A, B' likewise
    BN:    Y = scale * (Z - mean) / sqrt(var + epsilon) + bias

Let s = scale / sqrt(var + epsilon), one factor for each of the N columns of Z.  Then

    Y = alpha * A'(B' * s) + (beta * C - mean) * s + bias
      = Gemm(A, B~, C~; alpha, beta = 1, transA, transB)

    B~ = B' * s, transposed back if transB      C~ = (beta * C - mean) * s + bias, an absent C counting as 0

alpha, transA and transB pass through; beta is absorbed.  All is computed in float64 and rounded once, to the type of B.
Large weights are not computed here: they become a recipe, evaluated block by block when they are written.

A column whose largest folded weight is subnormal is left alone: its few digits would be lost for good, where the
unfolded model rounds only what it sums.
Sources: ONNX Gemm-13 and BatchNormalization-15; onnx-mlir's #3131 folds the case mean = 0, var = 1, epsilon = 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dialect import onnx
from ..dialect.constants import constant_like, constant_resource, constant_value
from ..dialect.model_records import NODE_NAME
from ..dialect.types import Array, element_type
from .rewriting.effects import is_used
from .rewriting.patterns import (
    NoMatch,
    RewritePass,
    Rewriter,
    Rewritten,
    defining_op,
    fused_location,
    has_one_use,
    name_results,
    no_match,
)
from .rewriting.rounding import peaks, round_once, scaled, smallest_normal

_PARAMETERS = ("scale", "bias", "mean", "var")
"""The operands of BatchNormalization behind X, which its two ops name differently."""


def fold_bn_into_gemm(bn: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """BN(Gemm(A, B, C)) -> Gemm(A, B * s, (beta * C - mean) * s + bias)."""
    if reason := _not_in_inference_mode(bn):
        return no_match(reason)
    X, *parameter_values = bn.operands
    gemm = defining_op(X, onnx.Gemm) or defining_op(X, onnx.GemmV6)
    if gemm is None:
        return no_match("X is not the result of an onnx.Gemm")
    if not has_one_use(gemm.Y):
        return no_match("the result of the Gemm has another use")
    row = element_type(X.type)
    if row is None or not row.is_float:
        return no_match(f"X is not a tensor of floats, but {X.type}")

    B = constant_resource(gemm.B)
    C = np.zeros(()) if gemm.C is None else constant_value(gemm.C)
    if B is None:
        return no_match("B of the Gemm is not a constant")
    if C is None:
        return no_match("C of the Gemm is not a constant")
    parameters: list[Array] = []
    for name, value in zip(_PARAMETERS, parameter_values, strict=True):
        array = constant_value(value)
        if array is None:
            return no_match(f"{name} of the BatchNormalization is not a constant")
        parameters.append(array.astype(np.float64))

    if len(B.shape) != 2:
        return no_match(f"B of the Gemm has shape {B.shape}, not rank 2")
    columns = 0 if gemm.transB else 1
    N = B.shape[columns]
    for name, array in zip(_PARAMETERS, parameters, strict=True):
        if array.shape != (N,):
            reason = f"{name} of the BatchNormalization has shape {array.shape}, not ({N},)"
            return no_match(reason)
    if C.ndim > 2 or C.shape[-1:] not in ((), (1,), (N,)):
        reason = f"C of the Gemm has shape {C.shape}, which does not broadcast to (M, {N})"
        return no_match(reason)

    scale, bias, mean, var = parameters
    with np.errstate(all="ignore"):
        s = scale / np.sqrt(var + bn.epsilon)
        folded_C = round_once((gemm.beta * C.astype(np.float64) - mean) * s + bias, row.dtype)
        # The largest weight of each column, folded: what overflows or underflows first.
        peak_B = peaks(B, axis=1 - columns)
        peak = np.abs(round_once(peak_B * s, row.dtype)).astype(np.float64)
    if not np.isfinite(s).all():
        return no_match("scale / sqrt(var + epsilon) is not finite")
    if not np.isfinite(peak_B).all():
        return no_match("B of the Gemm is not finite")
    if not np.isfinite(peak).all():
        return no_match(f"a folded weight overflows {row.asm}")
    if not np.isfinite(folded_C).all():
        return no_match(f"a folded bias overflows {row.asm}")
    if ((peak < smallest_normal(row.dtype)) & (peak_B * s != 0)).any():
        return no_match(f"a column of folded weights is too small for {row.asm}")

    # Before the Gemm, not before the BatchNormalization: that one may stand in a loop that the Gemm is outside of.
    with rewriter.before(gemm), fused_location(gemm, bn) as location:
        new_B = constant_like(gemm.B, scaled(B, s, axis=columns))
        new_C = constant_like(gemm.C, folded_C)
        folded: Any = gemm.clone()
    folded.location = location
    folded.operands[1], folded.operands[2] = new_B, new_C
    folded.beta = 1.0
    Y = folded.results[0]
    Y.set_type(bn.results[0].type)
    name_results(folded, like=bn)
    called = gemm.attributes.get(NODE_NAME.name, "")
    return rewriter.replace(bn, [Y] * len(bn.results), detail=lambda: f"into onnx.Gemm {called}")


def _not_in_inference_mode(bn: Any) -> str | None:
    """Why `bn` computes statistics of its own, or gives them; None if it just uses those that it is given."""
    if isinstance(bn, onnx.BatchNormalizationInferenceMode):
        return None
    if bn.training_mode:
        return "the BatchNormalization is in training mode"
    if any(map(is_used, list(bn.results)[1:])):
        return "running_mean or running_var of the BatchNormalization is used"
    return None


PASS = RewritePass(
    argument="fold-bn-into-gemm",
    summary="Fold inference-mode batch normalization into the Gemm that feeds it",
    patterns={
        onnx.BatchNormalizationInferenceMode: fold_bn_into_gemm,
        onnx.BatchNormalization: fold_bn_into_gemm,
    },
    verb="folded",
)
