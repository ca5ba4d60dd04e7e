# SPDX-License-Identifier: Apache-2.0
"""Cases are found for every op of the table: a rule that replaces an op by itself is proven, not left undecided."""

from __future__ import annotations

import pytest

from onnx_opt.passes.rewriting import Rule, ops, others, value, variadic
from onnx_opt.passes.rewriting.terms import Term
from onnx_opt.proving.semantics import KNOWN_OPS
from onnx_opt.proving.verdicts import NOT_DECIDED, PROVEN, Budget, prove

# What is drawn blindly seldom fits: roots of values that are no constants, equations of axes, a condition on sizes alone.
SELDOM = {
    "BatchNormalization",
    "BatchNormalizationInferenceMode",
    "Einsum",
    "OneHot",
}
# Its attributes are all that it is.
CONSTANT = {"Constant"}


def plain(names: frozenset[str]) -> list[str]:
    """The newest version of each."""
    return sorted(name for name in names if not name.rpartition("V")[2].isdigit())


@pytest.mark.parametrize("name", plain(KNOWN_OPS))
def test_an_op_is_itself(name: str) -> None:
    family = getattr(ops, name)
    letters: list[Term] = [
        variadic(operand.name) if operand.arity == "variadic" else value(operand.name)
        for operand in family.spec.operands
    ]
    window = others()
    rule = Rule("itself", family(*letters, window), family(*letters, window))
    verdict = prove(rule, name, Budget(cases=10, seconds=5))
    expected = NOT_DECIDED if name in SELDOM | CONSTANT else PROVEN
    assert verdict.outcome == expected, verdict.how
