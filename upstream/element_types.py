# SPDX-License-Identifier: Apache-2.0
"""Which values of a left side have the same element type because ONNX says so."""

from __future__ import annotations

from typing import Any

from ..passes.rewriting.terms import Channel, Moved, OpTerm, Result, Term, View, walk


class ElementTypes:
    """Classes of values of one type, of the ops that are valid and match."""

    def __init__(self, root: OpTerm) -> None:
        self._above: dict[Any, Any] = {}
        self._root = self._result(root)
        for op in walk(root):
            if isinstance(op, OpTerm):
                self._op(op)

    def is_that_of_the_root(self, letter: Term) -> bool:
        """Whether a letter always has the element type of what is replaced."""
        return bool(self._class(letter) == self._class(self._root))

    def _op(self, op: OpTerm) -> None:
        formals = op.family.spec.operands
        for index, operand in enumerate(op.operands):
            formal = formals[min(index, len(formals) - 1)]
            while isinstance(operand, (Moved, Result, View, Channel)):
                operand = operand.of
            if operand is not None and formal.variable:
                value = self._result(operand) if isinstance(operand, OpTerm) else operand
                self._above[self._class(value)] = self._class((op, formal.variable))

    def _result(self, op: OpTerm) -> Any:
        variable = op.family.spec.results[0].variable
        return (op, variable) if variable else (op, "result")

    def _class(self, value: Any) -> Any:
        while value in self._above and self._above[value] != value:
            value = self._above[value]
        return value
