# SPDX-License-Identifier: Apache-2.0
"""The table of rules: what follows for results where ONNX's inference knows less, or does not know the op.

ONNX's inference takes operands that are known as a whole; these rules take shapes and the like of which only some
elements are known.  A rule gives the shape of each result, the type of one that is no tensor, or None; where it says
nothing of any, ONNX's inference is asked.
"""

from __future__ import annotations

from .knowledge import Found, OpFacts, Rule
from .rules_onnx_mlir import RULES as ONNX_MLIR_RULES
from .rules_sequences import RULES as SEQUENCE_RULES
from .rules_shaping import RULES as SHAPING_RULES
from .rules_tensors import RULES as TENSOR_RULES

_RULES: dict[str, Rule] = {
    **SHAPING_RULES,
    **TENSOR_RULES,
    **SEQUENCE_RULES,
    **ONNX_MLIR_RULES,
}


def results_of(facts: OpFacts) -> list[Found] | None:
    """What a rule says of an op; None if there is none, or it says nothing."""
    rule = _RULES.get(facts.spec.name) or _RULES.get(facts.spec.onnx_name)
    found = None if rule is None else rule(facts)
    return None if found is None or all(each is None for each in found) else list(found)
