# SPDX-License-Identifier: Apache-2.0
"""Whether the rules of passes hold: both sides computed exactly, on what the rules admit."""

from __future__ import annotations

from .judging import Difference
from .report import case, lines_of
from .runnable import Runnable, runnable
from .verdicts import NOT_DECIDED, PROVEN, REFUTED, VACUOUS, Verdict, prove, rules_of

__all__ = [
    "NOT_DECIDED",
    "PROVEN",
    "REFUTED",
    "VACUOUS",
    "Difference",
    "Runnable",
    "Verdict",
    "case",
    "lines_of",
    "prove",
    "rules_of",
    "runnable",
]
