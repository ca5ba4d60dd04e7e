# SPDX-License-Identifier: Apache-2.0
"""How ONNX's ops treat floating-point numbers: which round, which sum, which only move numbers, which draw them.

Source: the ops' descriptions in ONNX's specification (docs/Operators.md).  The schemas do not say any of it; what they
call non-deterministic includes Dropout, AffineGrid and every op with a subgraph, most of which draw nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import Enum, auto


class Numerics(Enum):
    """What an op does to floating-point numbers."""

    ROUNDS = auto()
    """Each result is rounded once, or a few times: all ops that `_LISTED` does not name."""
    SUMS = auto()
    """Results are sums of terms that come from the operands: errors grow with the number of terms."""
    MOVES = auto()
    """Results are operands, parts of them or their negatives, or what subgraphs give: nothing is rounded."""
    READS_BITS = auto()
    """Results are the operand's bits, which mean something else in another type."""
    DRAWS = auto()
    """Results are random: they are different in each run."""


_LISTED = {
    Numerics.SUMS: """
        Attention AveragePool BatchNormalization Conv ConvTranspose CumSum DFT DeformConv Det Einsum GRU Gemm
        GlobalAveragePool GlobalLpPool GroupNormalization InstanceNormalization LRN LSTM LayerNormalization LogSoftmax
        LpNormalization LpPool MatMul MeanVarianceNormalization NegativeLogLikelihoodLoss RMSNormalization RNN ReduceL1
        ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMean ReduceSum ReduceSumSquare STFT Softmax SoftmaxCrossEntropyLoss
    """,
    Numerics.MOVES: """
        Abs Ceil Compress Concat ConcatFromSequence Constant ConstantOfShape DepthToSpace Expand EyeLike Flatten Floor
        Gather GatherElements GatherND GlobalMaxPool Identity If Loop Max MaxPool MaxRoiPool Min Neg Optional
        OptionalGetElement Pad ReduceMax ReduceMin Relu Reshape ReverseSequence Round Scan ScatterElements ScatterND
        SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert Sign Slice SpaceToDepth Split
        SplitToSequence Squeeze Tile TopK Transpose Trilu Unique Unsqueeze Where
    """,
    Numerics.READS_BITS: "BitCast",
    Numerics.DRAWS: """
        Bernoulli Multinomial RandomNormal RandomNormalLike RandomUniform RandomUniformLike
    """,
}
ROUND_INSIDE = {
    **dict.fromkeys(["Celu", "Elu", "GRU", "HardSigmoid", "LSTM", "Selu", "Sigmoid"], "1"),
    **dict.fromkeys(["Gelu", "HardSwish", "Mish", "Swish"], "|X|"),
}
"""Ops whose results may be smaller than terms that they are the difference of, and the size of these terms.

    Sigmoid(x)      1 / (1 + e^-x), which is computed as 1/2 + r(x): near 0 the terms cancel
    HardSigmoid(x)  alpha x + beta, of which the result is a part of [0, 1]
    Elu(x)          alpha (e^x - 1); Celu and Selu likewise
    GRU, LSTM       have gates that are Sigmoids
    Gelu(x)         x (1 + erf(x / sqrt(2))) / 2; HardSwish, Mish and Swish likewise are x times a number of [0, 1]
"""

_NUMERICS = {name: numerics for numerics, names in _LISTED.items() for name in names.split()}

ELEMENT_TYPE_ATTRIBUTES = frozenset(("to", "dtype", "output_datatype", "output_dtype"))
"""Integer attributes that hold an element type."""


def numerics_of(onnx_name: str) -> Numerics:
    """What the ONNX op of this name does to floating-point numbers."""
    return _NUMERICS.get(onnx_name, Numerics.ROUNDS)


def summed_terms(
    onnx_name: str, shapes: Sequence[Sequence[int]], result_size: int, *, transposed: bool = False
) -> int:
    """How many terms an op sums for one element of its result; 1 if it sums nothing.

    shapes: those of its operands.  result_size: how many elements the result has, 0 if that is not known.
    transposed: Gemm's `transA`.
    """
    if not shapes:
        return 1
    first, second = shapes[0], shapes[min(1, len(shapes) - 1)]
    if onnx_name == "Gemm" and len(first) == 2:
        return max(1, first[0 if transposed else 1])
    if onnx_name == "MatMul" and first:
        return max(1, first[-1])
    if onnx_name == "Conv" and len(second) > 1:
        return max(1, math.prod(second[1:]))
    if onnx_name == "ConvTranspose" and len(second) > 1:
        return max(1, second[0] * math.prod(second[2:]))
    if onnx_name.startswith(("Reduce", "GlobalAverage", "AveragePool")):
        return max(1, math.prod(first) // max(1, result_size))
    if numerics_of(onnx_name) is Numerics.SUMS:
        return max(1, *(max(shape, default=1) for shape in shapes))
    return 1
