# SPDX-License-Identifier: Apache-2.0
"""Fold an inference-mode BatchNormalization into the ConvTranspose that feeds it.

W is stored as (I, O / group, ...), group after group of input channels; seen as (group, I / group, O / group, ...) its
axes 0 and 2 are the output channel, and so the statistics are seen as (group, O / group). Sources: ONNX
ConvTranspose-11 and BatchNormalization-15.
"""

from .rewriting import (
    RewritePass,
    Rule,
    along,
    attributes,
    const,
    consts,
    grouped,
    moved,
    others,
    sqrt,
    value,
)  # fmt: skip
from .rewriting.ops import BN, ConvTranspose

X, W, B = value("X"), const("W", "G I O ..."), const("B", "G O", absent=0)
scale, bias, mean, var = consts("scale bias mean var", "G O")
epsilon, group = attributes("epsilon group")
window = others()  # pads, strides, output_padding, ...

s = scale / sqrt(var + epsilon)
statistics = [grouped(letter, group) for letter in (scale, bias, mean, var)]
convolution = ConvTranspose(X, grouped(W, group), grouped(B, group), group, window)

RULES = (
    Rule(
        "bn-of-conv-transpose",
        before=BN(moved(convolution, to=1), *statistics, epsilon),
        after=moved(
            ConvTranspose(
                X,
                grouped(W * along(s, 0, 2), group),
                grouped((B - mean) * s + bias, group),
                group,
                window,
            )
        ),
    ),
)

PASS = RewritePass(
    argument="fold-bn-into-conv-transpose",
    summary="Fold inference-mode batch normalization into the ConvTranspose that feeds it",
    verb="folded",
    rules=RULES,
)
