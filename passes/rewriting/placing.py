# SPDX-License-Identifier: Apache-2.0
"""Where the ops of a right side belong: which op of the left side each continues, and before which it may stand."""

from __future__ import annotations

from .forms import handed_on, letter_of, stored_forms
from .terms import Const, Moved, OpTerm, Result, RuleError, Term, Value, Variadic, walk


class Places:
    """For each op of a right side its counterpart and its place.

    counterparts: the op of the left side that it continues: of the same kind, matched from the inside.  An op without
    one is new.  places: the op of the left side before which it is inserted: its counterpart, or the innermost op
    before which all that it takes is there.
    """

    def __init__(self, before: OpTerm, after: tuple[Term, ...]) -> None:
        self._parent: dict[OpTerm, OpTerm | None] = {}
        self._homes: dict[Term, OpTerm] = {}
        self._forms = stored_forms(before)
        self._locate(before, None)
        self._root = before
        self._behind = _behind(before)
        self._inside = {op for root in after for found in _behind(root) for op in walk(found)}
        ops = [term for root in after for term in walk(root) if isinstance(term, OpTerm)]
        self.counterparts = self._pair(ops)
        self.places: dict[OpTerm, OpTerm] = {}
        for op in reversed(ops):
            self._place(op)

    def _locate(self, op: OpTerm, parent: OpTerm | None) -> None:
        """Note below which op each op and letter stands; of what stands twice, where it stands innermost."""
        self._parent[op] = parent
        for operand in op.operands:
            inner = operand.of if isinstance(operand, (Moved, Result)) else operand
            if isinstance(operand, Moved):
                self._homes[operand] = op
            if isinstance(inner, OpTerm):
                self._locate(inner, op)
            letter = letter_of(inner) or inner
            if isinstance(letter, (Value, Variadic, Const)) and self._depth(op) >= self._depth(
                self._homes.get(letter)
            ):
                self._homes[letter] = op

    def _pair(self, ops: list[OpTerm]) -> dict[OpTerm, OpTerm]:
        left = list(self._parent)[::-1]
        found: dict[OpTerm, OpTerm] = {}
        for op in reversed(ops):
            match = next(
                (old for old in left if old.family is op.family and self._may_stand(op, old)), None
            )
            if match is not None and op not in found:
                found[op] = match
                left.remove(match)
        return found

    def _place(self, op: OpTerm) -> OpTerm:
        if op in self.places:
            return self.places[op]
        needed: list[OpTerm] = []
        for operand in op.operands:
            inner = operand.of if isinstance(operand, (Moved, Result)) else operand
            if isinstance(operand, Moved):
                # What stands between stays where it is, before the op that takes it.
                needed.append(
                    next(home for term, home in self._homes.items() if isinstance(term, Moved))
                )
            if isinstance(inner, OpTerm):
                needed.append(self._place(inner))
            elif isinstance(inner, (Value, Variadic)):
                needed.append(self._homes[inner])
            elif inner is not None and (letter := handed_on(inner, self._forms)):
                needed.append(self._homes[letter])
        place = self.counterparts.get(op)
        for other in needed:
            place = other if place is None else self._outer(place, other)
        if place is None:
            place = self._behind[0] if op in self._inside and self._behind else self._root
        elif not self._may_stand(op, place):
            raise RuleError(
                f"the {op.family.name} inside moved(...) takes what is known behind it only"
            )
        self.places[op] = place
        return place

    def _may_stand(self, op: OpTerm, place: OpTerm) -> bool:
        """Whether an op of the right side may stand before one of the left: what others move comes before them."""
        return op not in self._inside or any(place in set(walk(inner)) for inner in self._behind)

    def _depth(self, op: OpTerm | None) -> int:
        return -1 if op is None else 1 + self._depth(self._parent[op])

    def _outer(self, a: OpTerm, b: OpTerm) -> OpTerm:
        """The innermost op that both feed, or are."""
        above: list[OpTerm | None] = []
        step: OpTerm | None = a
        while step is not None:
            above.append(step)
            step = self._parent[step]
        step = b
        while step not in above:
            assert step is not None
            step = self._parent[step]
        assert step is not None
        return step


def _behind(root: Term) -> list[OpTerm]:
    """The ops whose results `moved(...)` lets others move."""
    return [
        term.of for term in walk(root) if isinstance(term, Moved) and isinstance(term.of, OpTerm)
    ]
