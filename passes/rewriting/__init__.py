# SPDX-License-Identifier: Apache-2.0
"""What passes are made of: `RewritePass` and its patterns, `FunctionPass`, and what a pattern sees and changes IR with.

The names here are for passes, those of plugins included.
"""

from __future__ import annotations

from .base import FunctionPass, Option, Pass, Remark, run_upstream
from .patterns import (
    NoMatch,
    Pattern,
    RewritePass,
    Rewriter,
    Rewritten,
    defining_op,
    fused_location,
    has_one_use,
    name_results,
    no_match,
    roots,
)

__all__ = [
    "FunctionPass",
    "NoMatch",
    "Option",
    "Pass",
    "Pattern",
    "Remark",
    "RewritePass",
    "Rewriter",
    "Rewritten",
    "defining_op",
    "fused_location",
    "has_one_use",
    "name_results",
    "no_match",
    "roots",
    "run_upstream",
]
