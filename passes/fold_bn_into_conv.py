# SPDX-License-Identifier: Apache-2.0
"""Fold an inference-mode BatchNormalization into the Conv that feeds it.

    Conv:  Z[o] = sum of W[o] * (windows of X) + B[o]
    BN:    Y[o] = scale[o] * (Z[o] - mean[o]) / sqrt(var[o] + epsilon) + bias[o]

Output channel o of W is scaled by s[o], whatever the group.  Padding is of X, so it does not matter here.
Sources: ONNX Conv-11 and BatchNormalization-15; onnx-mlir's FuseBatchNormInferenceModeConvPattern.
"""

from .rewriting import (
    RewritePass,
    Rule,
    along,
    attribute,
    const,
    consts,
    moved,
    others,
    sqrt,
    value,
)
from .rewriting.ops import BN, Conv

X, W, B = value("X"), const("W", "O I ..."), const("B", "O", absent=0)
scale, bias, mean, var = consts("scale bias mean var", "O")
epsilon, window = attribute("epsilon"), others()  # pads, strides, group, ...

s = scale / sqrt(var + epsilon)

RULES = (
    Rule(
        "bn-of-conv",
        before=BN(moved(Conv(X, W, B, window), to=1), scale, bias, mean, var, epsilon),
        after=moved(Conv(X, W * along(s, 0), (B - mean) * s + bias, window)),
    ),
)

PASS = RewritePass(
    argument="fold-bn-into-conv",
    summary="Fold inference-mode batch normalization into the Conv that feeds it",
    verb="folded",
    rules=RULES,
)
