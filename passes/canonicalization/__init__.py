# SPDX-License-Identifier: Apache-2.0
"""What --canonicalize does, by theme: rules, which are equations, and patterns, for what no equation can say.

Most are onnx-mlir's (src/Dialect/ONNX/ONNXOps/Canonicalize.td and .cpp); where those change what a model computes,
docs/audit.md has the case, and the rule here has the premise that is missing there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import wraps
from typing import Any

from ...dialect.onnx import OnnxOp, op_class
from ..rewriting.rewriter import NoMatch, Pattern, Rewriter, Rewritten, no_match
from . import (
    arithmetic,
    convolutions,
    identities,
    joining,
    layouts,
    linear,
    normalization,
    recurrent,
    reshapes,
    shapes,
    transposes,
)

_THEMES = (
    identities,
    arithmetic,
    linear,
    convolutions,
    normalization,
    transposes,
    reshapes,
    shapes,
    joining,
    layouts,
    recurrent,
)

RULES = tuple(rule for theme in _THEMES for rule in theme.RULES)
"""The rules of all themes, in the order in which they are tried."""


def _guarded(pattern: Pattern) -> Pattern:
    """The pattern, which does not match where what it builds is no valid op, or the model's opset has none like it.

    Remarks call it by its name, as rules.
    """
    name = pattern.__name__.replace("_", "-")

    @wraps(pattern)
    def guarded(op: OnnxOp, rewriter: Rewriter, **_: Any) -> NoMatch | Rewritten:
        try:
            answer = pattern(op, rewriter)
        except TypeError as error:
            return no_match(str(error))
        return Rewritten(f"[{name}]") if isinstance(answer, Rewritten) else answer

    return guarded


def _patterns() -> Mapping[type[OnnxOp], tuple[Pattern, ...]]:
    found: dict[str, list[Pattern]] = {}
    for theme in _THEMES:
        for pattern, names in theme.PATTERNS.items():
            for name in names.split():
                found.setdefault(name, []).append(_guarded(pattern))
    return {op_class(name): tuple(some) for name, some in found.items()}


PATTERNS = _patterns()
"""Op class -> the patterns for it, behind the rules."""
