# SPDX-License-Identifier: Apache-2.0
"""Which ops sum, how many terms, and which do not round at all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .precision import Array, is_array


def depth(
    op_type: str, inputs: Sequence[Any], result: Array | None, *, transposed: bool = False
) -> int:
    """How many terms an op sums for one element of its result; 1 if it sums nothing."""
    arrays = [value for value in inputs if is_array(value)]
    if not arrays:
        return 1
    result_size = 0 if result is None else result.size
    first, second = arrays[0], arrays[min(1, len(arrays) - 1)]
    if op_type == "Gemm" and first.ndim == 2:
        return max(1, int(first.shape[0 if transposed else 1]))
    if op_type == "MatMul" and first.ndim:
        return max(1, int(first.shape[-1]))
    if op_type == "Conv" and second.ndim > 1:
        return max(1, math.prod(second.shape[1:]))
    if op_type == "ConvTranspose" and second.ndim > 1:
        return max(1, int(second.shape[0]) * math.prod(second.shape[2:]))
    if op_type.startswith(("Reduce", "GlobalAverage", "AveragePool")):
        return max(1, first.size // max(1, result_size))
    if op_type in SUMMING:
        return max(1, *(int(max(array.shape, default=1)) for array in arrays))
    return 1


SUMMING = frozenset(
    (
        "Attention", "AveragePool", "BatchNormalization", "ConvTranspose", "Conv", "CumSum", "DFT", "DeformConv", "Det",
        "Einsum", "GRU", "Gemm", "GlobalAveragePool", "GlobalLpPool", "GroupNormalization", "InstanceNormalization",
        "LRN", "LSTM", "LayerNormalization", "LogSoftmax", "LpNormalization", "LpPool", "MatMul",
        "MeanVarianceNormalization", "NegativeLogLikelihoodLoss", "RMSNormalization", "RNN", "ReduceL1", "ReduceL2",
        "ReduceLogSum", "ReduceLogSumExp", "ReduceMean", "ReduceSum", "ReduceSumSquare", "STFT", "Softmax",
        "SoftmaxCrossEntropyLoss",
    )
)  # fmt: skip
"""Ops that sum terms of their inputs."""

EXACT = frozenset(
    (
        "Abs", "Ceil", "Compress", "Concat", "ConcatFromSequence", "Constant", "ConstantOfShape", "DepthToSpace",
        "Expand", "EyeLike", "Flatten", "Floor", "Gather", "GatherElements", "GatherND", "GlobalMaxPool", "Identity",
        "If", "Loop", "Max", "MaxPool", "MaxRoiPool", "Min", "Neg", "Optional", "OptionalGetElement", "Pad",
        "ReduceMax", "ReduceMin", "Relu", "Reshape", "ReverseSequence", "Round", "Scan", "ScatterElements",
        "ScatterND", "SequenceAt", "SequenceConstruct", "SequenceEmpty", "SequenceErase", "SequenceInsert", "Sign",
        "Slice", "SpaceToDepth", "Split", "SplitToSequence", "Squeeze", "Tile", "TopK", "Transpose", "Trilu",
        "Unique", "Unsqueeze", "Where",
    )
)  # fmt: skip
"""Ops whose floating-point results are some of their inputs, or what their subgraphs give: nothing is rounded."""
