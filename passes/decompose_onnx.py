# SPDX-License-Identifier: Apache-2.0
"""Decompose ops into simpler ones, and old versions of ops into the newest.

Source: onnx-mlir's pass of the same name, whose ops and order this keeps; what its rules get wrong is mended
(docs/audit.md).
"""

from __future__ import annotations

from .decomposition import (
    arithmetic,
    constants,
    conv,
    conv_transpose,
    einsum,
    equations,
    loss,
    sequences,
    versions,
)
from .options import DECOMPOSE_ONNX
from .rewriting import RewritePass

PASS = RewritePass(
    argument="decompose-onnx",
    summary="Decompose ops into simpler ones, and old versions of ops into the newest",
    verb="decomposed",
    rules=equations.RULES,
    patterns={
        **dict(versions.patterns()),
        **arithmetic.PATTERNS,
        **constants.PATTERNS,
        **sequences.PATTERNS,
        **loss.PATTERNS,
        **einsum.PATTERNS,
        **conv.PATTERNS,
        **conv_transpose.PATTERNS,
    },
    options=DECOMPOSE_ONNX,
    converts=True,
)
