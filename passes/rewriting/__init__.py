# SPDX-License-Identifier: Apache-2.0
"""What passes are made of: rules, and the `RewritePass` that applies them; pattern functions; `FunctionPass`.

The names here are for passes, those of plugins included.  They are loaded when they are first used: a run without rules
needs no more of this room than what a pass is.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .base import FunctionPass, Option, Pass, Remark, run_upstream
    from .conditions import (
        absent,
        element_type,
        equal,
        least_rank,
        not_scalar,
        positive,
        present,
        rank,
        require,
        same_shape,
        size,
        unknown,
        unpadded,
    )
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
    from .shape_conditions import same, same_but_one
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
        each,
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
    from .value_conditions import (
        at_most,
        broadcasts_behind,
        broadcasts_to,
        first_result_only,
        last_axis,
        not_made_by,
        of_type,
        one_element,
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
    "Rule",
    "RuleError",
    "absent",
    "along",
    "at_most",
    "attribute",
    "attributes",
    "broadcasts_behind",
    "broadcasts_to",
    "by_group",
    "channel",
    "column",
    "const",
    "consts",
    "contraction",
    "defining_op",
    "each",
    "element_type",
    "equal",
    "first_result_only",
    "fused_location",
    "grouped",
    "has_one_use",
    "last_axis",
    "least_rank",
    "moved",
    "name_results",
    "no_match",
    "not_made_by",
    "not_scalar",
    "of_type",
    "one_element",
    "others",
    "positive",
    "present",
    "rank",
    "require",
    "result",
    "roots",
    "run_upstream",
    "same",
    "same_but_one",
    "same_shape",
    "size",
    "sqrt",
    "transposed",
    "unknown",
    "unpadded",
    "value",
    "values",
    "variadic",
]

_HOME = {
    "base": "FunctionPass Pass Remark run_upstream",
    "conditions": (
        "absent element_type equal least_rank not_scalar positive present rank require same_shape size unknown unpadded"
    ),
    "options": "Option",
    "patterns": "RewritePass roots",
    "rewriter": "NoMatch Pattern Rewriter Rewritten defining_op fused_location has_one_use name_results no_match",
    "rule": "Rule",
    "terms": (
        "RuleError along attribute attributes by_group channel column const consts "
        "contraction each grouped moved others result sqrt transposed value values variadic"
    ),
    "shape_conditions": "same same_but_one",
    "value_conditions": (
        "at_most broadcasts_behind broadcasts_to first_result_only last_axis not_made_by of_type one_element"
    ),
}


def __getattr__(name: str) -> Any:
    for module, names in _HOME.items():
        if name in names.split():
            return getattr(import_module(f".{module}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
