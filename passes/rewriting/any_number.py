# SPDX-License-Identifier: Apache-2.0
"""Rules about ops that take any number of operands.

1. `each(...)` stands for all of them: the rule is one rule for each number, and what matches, builds and proves knows
   it only written out.  Of two, `Cast(Concat(each(x), axis), to)` is `Cast(Concat(x0, x1, axis), to)`.
2. Of the root, `variadic(...)` may stand before other operands: each place at which those can be is tried.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from .terms import (
    Attribute,
    Const,
    Each,
    OpTerm,
    Others,
    RuleError,
    Term,
    Value,
    Variadic,
    children,
    walk,
)


def each_of(before: OpTerm) -> Each | None:
    """The `each` of a left side; it has one at most."""
    return next((term for term in walk(before) if isinstance(term, Each)), None)


def check_variadic(ops: Sequence[OpTerm]) -> Each | None:
    """The `each` among the operands of a left side's ops, the root first; raises RuleError where it cannot be meant."""
    found: list[Each] = []
    for op in ops:
        name, last = op.family.name, len(op.operands) - 1
        several = [
            at for at, given in enumerate(op.operands) if isinstance(given, (Variadic, Each))
        ]
        found += [given for given in op.operands if isinstance(given, Each)]
        as_root = op is ops[0] and not found and len(several) < 3 and several[1:] in ([], [last])
        if several and several != [last] and not as_root:
            raise RuleError(f"{name} has any number of operands before others, or at two places")
    if len(found) > 1:
        raise RuleError("the left side has each(...) twice")
    return found[0] if found else None


def path_to(before: OpTerm, target: Each) -> tuple[int, ...]:
    """The operands through which a left side leads to the op that takes `target`."""
    for index, operand in enumerate(before.operands):
        if isinstance(operand, OpTerm) and any(inner is target for inner in walk(operand)):
            return (index, *path_to(operand, target))
    return ()


def own_letters(before: OpTerm, each: Each) -> frozenset[Term]:
    """The letters that each element has for itself: those that stand nowhere else on the left side."""
    outside: set[Term] = set()
    waiting: list[Term] = [before]
    while waiting:
        if (term := waiting.pop()) is not each:
            outside.add(term)
            waiting.extend(children(term))
    letters = (Value, Variadic, Const, Attribute, Others)
    return frozenset(term for term in walk(each.of) if isinstance(term, letters)) - outside


def is_divided(before: OpTerm) -> bool:
    """Whether the root has operands behind any number of others."""
    return any(isinstance(operand, Variadic) for operand in before.operands[:-1])


def divided(before: OpTerm, operands: Sequence[Any]) -> Iterator[list[Any]]:
    """The ways in which operands can be those of such a root: where it has any number, there is a list of them."""
    first = next(at for at, each in enumerate(before.operands) if isinstance(each, Variadic))
    behind = before.operands[first + 1 :]
    open_ended = isinstance(behind[-1], Variadic)
    fixed = len(behind) - open_ended
    some = list(operands)
    last = len(some) - fixed
    for at in range(first, last + 1) if open_ended else range(max(last, first), last + 1):
        rest = [some[at + fixed :]] if open_ended else []
        yield [*some[:first], some[first:at], *some[at : at + fixed], *rest]


class WrittenOut:
    """Terms, and conditions, with `count` operands in the place of `each`."""

    def __init__(self, before: OpTerm, each: Each, count: int) -> None:
        self._own = own_letters(before, each)
        self._elements = [
            _Substitution({letter: _renamed(letter, number) for letter in self._own})
            for number in range(count)
        ]
        self._whole = _Substitution({}, self._elements)

    def terms(self, of: Sequence[Term]) -> list[Term]:
        """The terms, of which what they share stays shared."""
        return list(map(self._whole.of, of))

    def each(self, of: Any) -> list[Any]:
        """Something that may be about single elements, once for each of them; else only once."""
        fields = cast("dict[str, Any]", vars(of)).values()
        inside = {inner for each in fields if isinstance(each, Term) for inner in walk(each)}
        some = [self._whole] if self._own.isdisjoint(inside) else self._elements
        return [one.of(of) for one in some]


class _Substitution:
    """Other letters in terms; a term that has none of them stays the same object."""

    def __init__(self, known: dict[Any, Any], elements: Sequence[_Substitution] = ()) -> None:
        self._known = known
        self._elements = elements

    def of(self, term: Any) -> Any:
        """A term or a condition."""
        if term not in self._known:
            old = cast("dict[str, Any]", vars(term))
            new = {name: self._field(field) for name, field in old.items()}
            same = all(new[name] is old[name] for name in old)
            self._known[term] = term if same else type(term)(**new)
        return self._known[term]

    def _field(self, field: Any) -> Any:
        match field:
            case Term():
                return self.of(field)
            case Mapping():
                named = cast("Mapping[str, Any]", field)
                found = {name: self._field(each) for name, each in named.items()}
                return named if all(found[name] is named[name] for name in named) else found
            case tuple():
                old: tuple[Any, ...] = cast(Any, field)
                new = tuple([each for item in old for each in self._items(item)])
                same = len(new) == len(old) and all(map(operator.is_, new, old))
                return old if same else new
            case _:
                return field

    def _items(self, item: Any) -> list[Any]:
        if isinstance(item, Each):
            return [one.of(item.of) for one in self._elements]
        return [self._field(item)]


def _renamed(letter: Term, number: int) -> Term:
    named = vars(letter)
    return type(letter)(
        **(named | {"name": f"{named['name']}{number}"} if "name" in named else named)
    )
