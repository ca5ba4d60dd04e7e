# SPDX-License-Identifier: Apache-2.0
"""Which values of a left side have the same element type because ONNX says so."""

from __future__ import annotations

from typing import Any

from ..dialect.ops.schema import op_spec
from ..passes.rewriting.terms import Channel, Moved, OpTerm, Result, Term, View, walk


class ElementTypes:
    """Classes of values of one type, of the ops that are valid and match."""

    def __init__(self, root: OpTerm) -> None:
        self._above: dict[Any, Any] = {}
        for op in walk(root):
            if isinstance(op, OpTerm):
                self._op(op)

    def same(self, letter: Term, other: Term) -> bool:
        """Whether two values always have one type; an op stands for its result."""
        pair = [
            self._result(each) if isinstance(each, OpTerm) else each for each in (letter, other)
        ]
        return bool(self._class(pair[0]) == self._class(pair[1]))

    def _op(self, op: OpTerm) -> None:
        spec = op.family.spec
        # An op of onnx-mlir's own is the form of one whose schema says more.
        formals = (op_spec(spec.onnx_name) or spec).operands
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
