# SPDX-License-Identifier: Apache-2.0
"""Fold every inference-mode BatchNormalization that can be folded: all folds, to a fixed point.

What keeps a normalization from the op that it would be folded into may be another fold's business: an Add between Conv
and BatchNormalization, a scale before it.
"""

from . import (
    fold_bn_forward,
    fold_bn_into_conv,
    fold_bn_into_conv_transpose,
    fold_bn_into_gemm,
    fold_bn_into_matmul,
    fold_scale_axis,
)
from .rewriting import RewritePass, Rule, moved
from .rewriting.ops import BN

_gemm = fold_bn_into_gemm

PASS = RewritePass(
    argument="fold-bn",
    summary="Fold batch normalization, and scales and shifts of channels, into the linear ops around them",
    verb="folded",
    about=BN,
    rules=(
        Rule(
            "bn-of-gemm",
            before=_gemm.normalized(moved(_gemm.gemm, to=1)),
            after=moved(_gemm.folded),
        ),
        *fold_bn_into_matmul.RULES,
        *fold_bn_into_conv.RULES,
        *fold_bn_into_conv_transpose.RULES,
        *fold_bn_forward.RULES,
        *fold_scale_axis.RULES,
    ),
)
