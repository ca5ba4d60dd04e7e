# SPDX-License-Identifier: Apache-2.0
"""Fold an inference-mode BatchNormalization into the Gemm that feeds it.

    Gemm:  Z = alpha * A'B' + beta * C          A' = transpose(A) if transA else A, B' likewise
    BN:    Y = scale * (Z - mean) / sqrt(var + epsilon) + bias

Let s = scale / sqrt(var + epsilon), one factor for each of the N columns of Z.  Then

    Y = alpha * A'(B' * s) + (beta * C - mean) * s + bias
      = Gemm(A, B~, C~; alpha, beta = 1, transA, transB)

    B~ = B' * s, transposed back if transB      C~ = (beta * C - mean) * s + bias, an absent C counting as 0

alpha, transA and transB pass through; beta is absorbed.  All is computed in float64 and rounded once, to the type of B.
Sources: ONNX Gemm-13 and BatchNormalization-15; onnx-mlir's #3131 folds the case mean = 0, var = 1, epsilon = 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dialect import onnx
from ..dialect.attributes import discardable_names
from ..dialect.bindings import ir
from ..dialect.constants import constant_like, constant_value
from ..dialect.types import Array, element_type, is_none
from .rewriting import (
    NoMatch,
    RewritePass,
    Rewriter,
    Rewritten,
    defining_op,
    fused_location,
    has_one_use,
    no_match,
)
from .rounding import loses_value, round_once

_PARAMETERS = ("scale", "bias", "mean", "var")
"""The operands of BatchNormalization behind X, which its two ops name differently."""


def fold_bn_into_gemm(bn: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """BN(Gemm(A, B, C)) -> Gemm(A, B * s, (beta * C - mean) * s + bias)."""
    if reason := _not_in_inference_mode(bn):
        return no_match(bn, reason)
    gemm = defining_op(bn.X, onnx.Gemm)
    if gemm is None:
        return no_match(bn, "X is not the result of an onnx.Gemm")
    if not has_one_use(gemm.Y):
        return no_match(bn, "the result of the Gemm has another use")
    row = element_type(bn.X.type)
    if row is None or not row.is_float:
        return no_match(bn, f"X is not a tensor of floats, but {bn.X.type}")

    B, C = constant_value(gemm.B), _constant_or_absent(gemm.C)
    if B is None:
        return no_match(bn, "B of the Gemm is not a constant")
    if C is None:
        return no_match(bn, "C of the Gemm is not a constant")
    parameters: dict[str, Array] = {}
    for name, value in zip(_PARAMETERS, list(bn.operands)[1:], strict=True):
        array = constant_value(value)
        if array is None:
            return no_match(bn, f"{name} of the BatchNormalization is not a constant")
        parameters[name] = array

    if B.ndim != 2:
        return no_match(bn, f"B of the Gemm has rank {B.ndim}, not 2")
    N = B.shape[0] if gemm.transB else B.shape[1]
    for name, array in parameters.items():
        if array.shape != (N,):
            return no_match(
                bn, f"{name} of the BatchNormalization has shape {array.shape}, not ({N},)"
            )
    if C.ndim > 2 or (C.ndim > 0 and C.shape[-1] not in (1, N)):
        return no_match(
            bn, f"C of the Gemm has shape {C.shape}, which does not broadcast to (M, {N})"
        )

    scale, bias, mean, var = (array.astype(np.float64) for array in parameters.values())
    with np.errstate(all="ignore"):
        s = scale / np.sqrt(var + bn.epsilon)
        exact_B = B.astype(np.float64) * (s[:, np.newaxis] if gemm.transB else s)
        exact_C = (gemm.beta * C.astype(np.float64) - mean) * s + bias
        new_B, new_C = round_once(exact_B, row.dtype), round_once(exact_C, row.dtype)
    if not np.isfinite(s).all():
        return no_match(bn, "scale / sqrt(var + epsilon) is not finite")
    if not _finite_where(new_B, B):
        return no_match(bn, f"a folded weight overflows {row.asm}")
    if not _finite_where(new_C, C, mean, bias):
        return no_match(bn, f"a folded bias overflows {row.asm}")
    if loses_value(exact_B, new_B, axis=1 if gemm.transB else 0):
        return no_match(bn, f"the folded weights of a column are too small for {row.asm}")

    # Before the Gemm, not before the BatchNormalization: that one may stand in a loop that the Gemm is outside of.
    with rewriter.before(gemm), fused_location(gemm, bn):
        folded = onnx.Gemm(
            A=gemm.A,
            B=constant_like(gemm.B, new_B),
            C=constant_like(gemm.C, new_C),
            alpha=gemm.alpha,
            beta=1.0,
            transA=gemm.transA,
            transB=gemm.transB,
            results=[bn.results[0].type],
        )
    for name in discardable_names(gemm, gemm.SPEC):
        folded.attributes[name] = gemm.attributes[name]
    unused = [folded.Y] * len(bn.results)
    return rewriter.replace(bn, unused, detail=f"into {_called(gemm)}")


def _not_in_inference_mode(bn: Any) -> str | None:
    """Why `bn` computes statistics of its own, or gives them; None if it just uses those that it is given."""
    if isinstance(bn, onnx.BatchNormalizationInferenceMode):
        return None
    if bn.training_mode:
        return "the BatchNormalization is in training mode"
    if any(next(iter(result.uses), None) is not None for result in list(bn.results)[1:]):
        return "running_mean or running_var of the BatchNormalization is used"
    return None


def _constant_or_absent(value: ir.Value | None) -> Array | None:
    return np.zeros(()) if value is None or is_none(value.type) else constant_value(value)


def _finite_where(folded: Array, *originals: Array) -> bool:
    """Whether `folded` is finite wherever all originals are."""
    finite = np.isfinite(folded)
    if finite.all():
        return True
    for original in originals:
        finite = finite | ~np.isfinite(original)
    return bool(finite.all())


def _called(gemm: Any) -> str:
    name = gemm.attributes.get("onnx_node_name")
    return f"onnx.Gemm {name}" if name is not None else "onnx.Gemm"


PASS = RewritePass(
    argument="fold-bn-into-gemm",
    summary="Fold inference-mode batch normalization into the Gemm that feeds it",
    patterns={
        onnx.BatchNormalizationInferenceMode: fold_bn_into_gemm,
        onnx.BatchNormalization: fold_bn_into_gemm,
    },
    verb="folded",
)
