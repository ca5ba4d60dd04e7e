# SPDX-License-Identifier: Apache-2.0
"""Values that are known before the model runs: constants, and what pure ops make of constants alone."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from ...dialect.bindings import ir
from ...dialect.elements.resources import Resource
from ...dialect.ops.constant import held_array, held_resource
from ...dialect.types import Array, is_none
from .effects import is_pure

_MOST_OPS = 64
"""A chain of ops on constants that is longer than this is somebody else's business."""


def known_weights(
    value: ir.Value, owner: ir.OpView | ir.Block, *, sees_through: bool = True
) -> Array | Resource | None:
    """What `value` holds, if it is a constant, or made of constants by pure ops; None if it is not known.

    What may be large comes as a resource.  owner: of the value.  sees_through: whether to look behind ops at all.
    """
    if isinstance(owner, ir.Block):
        return None
    if owner.name == "onnx.Constant":
        return held_resource(owner)
    return _Evaluator().known(value) if sees_through else None


def known_array(
    value: ir.Value, owner: ir.OpView | ir.Block, *, sees_through: bool = True
) -> Array | None:
    """The same as an array, for what is small."""
    if isinstance(owner, ir.Block):
        return None
    if owner.name == "onnx.Constant":
        return held_array(owner)
    return _Evaluator().known(value) if sees_through else None


class _Evaluator:
    def __init__(self) -> None:
        self._known: dict[ir.Value, Array | None] = {}
        self._left = _MOST_OPS

    def known(self, value: ir.Value) -> Array | None:
        if value not in self._known:
            self._known[value] = self._made(value)
        return self._known[value]

    def _made(self, value: ir.Value) -> Array | None:
        owner = value.owner
        if isinstance(owner, ir.Block):
            return None
        if owner.name == "onnx.Constant":
            return held_array(owner)
        op: Any = owner.opview
        self._left -= 1
        if (
            self._left < 0
            or not is_pure(owner.operation)
            or len(owner.regions)
            or not len(owner.operands)
        ):
            return None
        if not getattr(op, "SPEC", None) or not op.SPEC.deterministic:
            return None
        if owner.name == "onnx.Identity":
            return self.known(owner.operands[0])
        arrays: list[Array | None] = []
        for operand in owner.operands:
            known = None if is_none(operand.type) else self.known(operand)
            if known is None and not is_none(operand.type):
                return None
            arrays.append(known)
        from ...dialect.evaluation import EvaluationError, evaluate

        try:
            results = evaluate(op, arrays)
        except EvaluationError:
            return None
        number: int = cast(Any, value).result_number
        return np.asarray(results[number], order="C")
