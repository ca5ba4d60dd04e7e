# SPDX-License-Identifier: Apache-2.0
"""What passes are made of: `RewritePass` and its patterns, `FunctionPass`, and what a pattern sees and changes IR with.

The names here are for passes, those of plugins included.
"""

from __future__ import annotations

from .base import FunctionPass, Option, Pass, Remark, run_upstream
from .conditions import equal, positive, rank, require, unpadded
from .patterns import RewritePass, roots
from .rewriter import (
    NoMatch,
    Pattern,
    Rewriter,
    Rewritten,
    defining_op,
    fused_location,
    has_one_use,
    name_results,
    no_match,
)
from .rule import Rule
from .terms import (
    RuleError,
    along,
    attribute,
    attributes,
    by_group,
    channel,
    column,
    const,
    consts,
    contraction,
    grouped,
    moved,
    others,
    result,
    sqrt,
    transposed,
    value,
    values,
    variadic,
)

__all__ = [
    "FunctionPass", "NoMatch", "Option", "Pass", "Pattern", "Remark", "RewritePass", "Rewriter", "Rewritten", "Rule",
    "RuleError", "along", "attribute", "attributes", "by_group", "channel", "column", "const", "consts", "contraction",
    "defining_op", "equal", "fused_location", "grouped", "has_one_use", "moved", "name_results", "no_match", "others",
    "positive", "rank", "require", "result", "roots", "run_upstream", "sqrt", "transposed", "unpadded", "value",
    "values", "variadic",
]  # fmt: skip
