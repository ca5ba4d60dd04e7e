# SPDX-License-Identifier: Apache-2.0
"""Transposes that follow one another, with elementwise ops or a Concat between them.

Axis i of Transpose(X, p) is axis p[i] of X, so that axis i of Transpose(Transpose(X, p), q) is axis p[q[i]] of X.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..rewriting import Rule, attribute, attributes, each, others, same, value
from ..rewriting.integers import backwards, length, picked, position, rank_of, span
from ..rewriting.ops import Concat, Transpose, op_family
from ..rewriting.rewriter import Pattern

X, (p, q), axis, rest = value("X"), attributes("p q"), attribute("axis"), others()

_OF_SINGLE_ELEMENTS = """
    Acos Acosh Asin Asinh Atan Atanh Cast Ceil Cos Cosh Elu Erf Exp Floor HardSigmoid IsNaN LeakyRelu Log Neg Not
    Reciprocal Relu Round Selu Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Tan Tanh
"""


def _through(name: str) -> Rule:
    """One Transpose behind a function of single elements instead of two around it."""
    f, stem = op_family(name), re.sub("(?<=[a-z])(?=[A-Z][a-z])", "-", name).lower()
    return Rule(
        f"transpose-through-{stem}",
        Transpose(f(Transpose(X, perm=p), rest), perm=q),
        Transpose(f(X, rest), perm=picked(p, q)),
    )


RULES = (
    Rule("explicit-perm", Transpose(X), Transpose(X, perm=backwards(span(0, rank_of(X))))),
    Rule("identity-transpose", Transpose(X, perm=p), X, (same(p, span(0, length(p))),)),
    Rule(
        "transpose-of-transpose",
        Transpose(Transpose(X, perm=p, shared=True), perm=q),
        Transpose(X, perm=picked(p, q)),
    ),
    *map(_through, _OF_SINGLE_ELEMENTS.split()),
    Rule(
        "transpose-through-concat",
        Transpose(Concat(each(Transpose(X, perm=p, shared=True)), axis), perm=q),
        Concat(each(Transpose(X, perm=picked(p, q))), axis=position(axis, q)),
    ),
)

PATTERNS: Mapping[Pattern, str] = {}
