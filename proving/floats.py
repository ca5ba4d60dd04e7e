# SPDX-License-Identifier: Apache-2.0
"""A case in floats, by onnx's reference evaluator: whether what differs by unknown functions does so by real ones."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from ..dialect.bindings import ir
from ..dialect.constants import constant_value
from ..dialect.context import make_context
from ..dialect.evaluation import EvaluationError
from ..dialect.evaluation.reference import evaluate
from ..dialect.onnx import OnnxOp
from ..dialect.types import Array, is_none
from ..passes.rewriting.patterns import RewritePass
from ..passes.rewriting.rule import Rule
from .case_module import build
from .judging import Difference

_TOLERANCE = 1e-3
"""Far above what rounding does to small numbers in float32, far below what a wrong rule does."""


def differs_in_floats(rule: Rule, difference: Difference) -> bool:
    """Whether the rule changes what the case computes; False, too, where nobody can tell."""
    with make_context(load_all=False):
        try:
            module = build(difference.instance, fixed=tuple(difference.instance.letters))
            before = _run(module)
            RewritePass(argument="proof", summary="The rule", rules=(rule,)).run(module.operation)
            after = _run(module)
        except (EvaluationError, TypeError):
            return False
    return any(
        old.shape != new.shape or not np.allclose(old, new, _TOLERANCE, _TOLERANCE, equal_nan=True)
        for old, new in zip(before, after, strict=True)
    )


def _run(module: ir.Module) -> list[Array]:
    """The results of the function, all of whose ops have operands that are known."""
    known: dict[Any, Array | None] = {}
    function = next(iter(module.body.operations))
    for op in function.regions[0].blocks[0].operations:
        operands = [known[operand] for operand in op.operands]
        if op.operation.name == "onnx.Return":
            return [operand for operand in operands if operand is not None]
        if not operands:
            results: list[Array | None] = [constant_value(op.results[0])]
        else:
            results = list(evaluate(cast(OnnxOp, op), operands))
        for value, result in zip(op.results, results, strict=False):
            known[value] = None if is_none(value.type) else result
    raise AssertionError("a function returns")
