# SPDX-License-Identifier: Apache-2.0
"""Which of several rules are worth trying at an op: one look at what feeds it instead of one for each rule."""

from __future__ import annotations

import numpy as np

from ...dialect.bindings import ir
from ...dialect.onnx import OnnxOp
from ...dialect.ops.constant import held_array
from ...dialect.types import shape_of
from .rule import Rule


class Choice:
    """Leaves out the rules that ask for other ops before the root, or for another number than one that it is given.

    That makes --fold-bn on Conv and BatchNormalization a third faster; of 64 powers one is tried.
    """

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._rules = rules
        self._fed = sorted({index for rule in rules for order in rule.feeding for index in order})
        asked: dict[int, set[float]] = {}
        for rule in rules:
            for index, number in rule.numbers.items():
                asked.setdefault(index, set()).add(number)
        self._numbers = {index: np.array(sorted(some)) for index, some in asked.items()}
        self._possible: dict[tuple[object, ...], tuple[Rule, ...]] = {}

    def __call__(self, op: OnnxOp) -> tuple[Rule, ...]:
        """The rules that may match `op`, in their order."""
        makers = tuple([_maker(op, index) for index in self._fed])
        numbers = tuple([self._number(op, index) for index in self._numbers])
        key = makers, numbers
        if key not in self._possible:
            fed = dict(zip(self._fed, makers, strict=True))
            given = dict(zip(self._numbers, numbers, strict=True))
            self._possible[key] = tuple(
                rule
                for rule in self._rules
                if any(
                    all(fed[index] in names for index, names in order.items())
                    for order in rule.feeding
                )
                and all(given[index] in (None, number) for index, number in rule.numbers.items())
            )
        return self._possible[key]

    def _number(self, op: OnnxOp, index: int) -> float | None:
        """The one element of an operand; None where that is not known, NaN where no rule asks for it."""
        operands = op.operands
        owner = operands[index].owner if index < len(operands) else None
        if owner is None or isinstance(owner, ir.Block) or owner.name != "onnx.Constant":
            return None
        array = held_array(owner) if shape_of(operands[index].type) in ((), (1,)) else None
        if array is None:
            return None
        asked = self._numbers[index]
        rounded = asked if array.dtype.kind in "iub" else asked.astype(array.dtype)
        found = asked[rounded == array.reshape(())]
        if len(found) > 1:  # Rounded, they are the same.
            return None
        return float(found[0]) if len(found) else _OTHER


_OTHER = float("nan")


def _maker(op: OnnxOp, index: int) -> str:
    """The name of the op that makes an operand; "" if none does."""
    operands = op.operands
    owner = operands[index].owner if index < len(operands) else None
    return "" if owner is None or isinstance(owner, ir.Block) else owner.name
