# SPDX-License-Identifier: Apache-2.0
"""A case: what is assumed of sizes, ranks, flags and presence while two sides are compared.

A side is evaluated until it meets a question that the case does not answer.  Then `Fork` says what the answers are,
and there is a case for each of them; with one answer it is what the left side being valid implies, with none the case
cannot be.  So no case is written down for a rule or an op, and none is forgotten.

A size is a set of names, the size to which they broadcast: {"N"} is N, {"N", "c"} the larger of N and c, and {} is 1. A
name is a letter, or made of sizes: "(G*I)", "(C/G)".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

Size = frozenset[str]
ONE: Size = frozenset()

Question: TypeAlias = tuple[Any, ...]
Known: TypeAlias = Mapping[Question, Any]

_MOST_CASES = 400
_MOST_AXES = 8


class Beyond(Exception):  # noqa: N818 - not an error
    """A rule that normal forms cannot say anything about; the text says why."""


class Unequal(Exception):  # noqa: N818
    """The two sides differ, or the right one is not valid."""


class Fork(Exception):  # noqa: N818
    """A question that the case does not answer: what is known in addition, for each answer."""

    def __init__(self, *answers: Known) -> None:
        super().__init__(answers)
        self.answers = answers


class Item(NamedTuple):
    """An axis of a symbolic shape; or, if `open`, any number of axes that one index stands for."""

    size: Size
    open: bool = False


class Case:
    """What is known.  on_left: whether what is asked may be assumed, the left side being valid."""

    def __init__(self, known: Known) -> None:
        self.known = dict(known)
        self.on_left = True
        self._broadcast: set[Size] = set()

    def choose(self, question: Question, answers: tuple[Any, ...]) -> Any:
        """The answer to a question."""
        if question not in self.known:
            raise Fork(*[{question: answer} for answer in answers])
        return self.known[question]

    def size(self, name: str) -> Size:
        """A size by its name."""
        if name in _MADE:
            kind, left, right = _MADE[name]
            return (times if kind == "*" else over)(self._all(left), self._all(right))
        found: Size | None = self.known.get(("size", name))
        return frozenset({name}) if found is None else self._all(found)

    def _all(self, size: Size) -> Size:
        return ONE.union(*map(self.size, size))

    def block(self, name: str) -> tuple[Item, ...]:
        """The axes that a name stands for: open, or as far as they had to be told apart.

        A block from which the last axis was taken is "name~" and "name>"; the first: "name<" and "name~".
        """
        known = self.known.get(("block", name))
        if known is None:
            return (Item(frozenset({name}), open=True),)
        if isinstance(known, int):
            return tuple(Item(self.size(f"{name}.{at}")) for at in range(known))
        rest = self.block(f"{name}~")
        if known == "first":
            return (Item(self.size(f"{name}<")), *rest)
        return (*rest, Item(self.size(f"{name}>")))

    def split(self, item: Item, side: str) -> None:
        """Tell the first or last axis of an open block from the rest: it has none, or it has one."""
        if side == "first" and len(item.size) > 1:
            raise Beyond("the first axis of a broadcast")
        for name in sorted(item.size):
            if name.count("~") > _MOST_AXES:
                raise Beyond("ranks without end")
            raise Fork({("block", name): 0}, {("block", name): side})

    def require(self, found: tuple[Item, ...], wanted: tuple[Item, ...], what: str) -> None:
        """Two shapes are equal."""
        if found == wanted:
            return
        if not self.on_left:
            raise Unequal(what)
        if len(found) == len(wanted):
            for one, other in zip(found, wanted, strict=True):
                if one.open == other.open and one.size != other.size:
                    if one.open:
                        break
                    self._unify(one.size, other.size)
        for longer, shorter in ((found, wanted), (wanted, found)):
            for item in longer:
                if item.open and item not in shorter:
                    if len(longer) != len(shorter) + 1:
                        raise Beyond("ranks that have to be equal")
                    raise Fork({("block", min(item.size)): 0})
        raise Fork()

    def require_size(self, found: Size, wanted: Size, what: str) -> None:
        """Two sizes are equal."""
        self.require((Item(found),), (Item(wanted),), what)

    def _unify(self, one: Size, other: Size) -> None:
        """Raise `Fork` with all ways in which two sizes can be equal."""
        if len(one) == len(other) == 1:
            (left,), (right,) = one, other
            # What is made of others is known best; a letter of the rule is better than the size of a value.
            if left in _MADE or (right not in _MADE and left.isidentifier()):
                left, right = right, left
            kind, whole, part = _MADE.get(left, ("", ONE, ONE))
            if kind == "/":
                self._unify(whole, times(part, other if left in one else one))
            if kind == "*" or _mentions(right, left):
                raise Beyond("sizes that are products")
            raise Fork({("size", left): frozenset({right})})
        if one < other:
            one, other = other, one
        if not other < one:
            for single, whole in ((one, other), (other, one)):
                if len(single) == 1 and not (single | whole) & _MADE.keys():
                    raise Fork({("size", min(single)): whole})
            raise Beyond("sizes that broadcast to each other")
        name = min(one - other)
        if name in _MADE:
            kind, whole, part = _MADE[name]
            if other or kind == "/" or (whole | part) & _MADE.keys():
                raise Beyond("a product that broadcasts")
            raise Fork({("size", each): ONE for each in whole | part})
        answers: list[Known] = [{("size", name): ONE}]
        raise Fork(*answers, *([{("size", name): other}] if other else []))

    def broadcast(self, size: Size) -> Size:
        """A size to which others broadcast: on the left they do, on the right that has to follow."""
        if self.on_left:
            self._broadcast.add(size)
        elif len(size) > 1 and not any(size <= known for known in self._broadcast):
            raise Unequal(f"nothing says that {told(size)} broadcast to each other")
        return size


_MADE: dict[str, tuple[str, Size, Size]] = {}
"""Sizes that are made of others: their names, and what they are made of."""


def times(left: Size, right: Size) -> Size:
    """The product of two sizes."""
    if not left or not right:
        return left or right
    for one, other in ((left, right), (right, left)):
        made = _MADE.get(min(one)) if len(one) == 1 else None
        if made and made[0] == "/" and made[2] == other:
            return made[1]
    return _make("*", left, right)


def over(whole: Size, part: Size) -> Size:
    """The quotient of two sizes, one of which divides the other."""
    if not part:
        return whole
    if whole == part:
        return ONE
    made = _MADE.get(min(whole)) if len(whole) == 1 else None
    if made and made[0] == "*" and part in made[1:]:
        return made[2] if made[1] == part else made[1]
    return _make("/", whole, part)


def factors(size: Size) -> Iterator[Size]:
    """The sizes of which one is a product."""
    made = _MADE.get(min(size)) if len(size) == 1 else None
    if made and made[0] == "*":
        for part in made[1:]:
            yield from factors(part)
    elif size:
        yield size


def told(known: Any) -> str:
    """A size, or the answer to another question, as text."""
    return str(known) if isinstance(known, (bool, int, str)) else " and ".join(sorted(known)) or "1"


def _make(kind: str, left: Size, right: Size) -> Size:
    name = f"({'|'.join(sorted(left))}{kind}{'|'.join(sorted(right))})"
    _MADE[name] = (kind, left, right)
    return frozenset({name})


def _mentions(made: str, name: str) -> bool:
    parts = ONE.union(*_MADE[made][1:]) if made in _MADE else ONE
    return name in parts or any(_mentions(part, name) for part in parts)


def for_each_case(known: Known, judge: Callable[[Case], None]) -> Iterator[Case]:
    """All cases that can be, each judged."""
    waiting = [dict(known)]
    count = 0
    while waiting:
        case = Case(waiting.pop())
        try:
            judge(case)
        except Fork as fork:
            for answer in reversed(fork.answers):
                if answer.keys() & case.known.keys():
                    raise Beyond("a question that is asked twice") from None
                waiting.append({**case.known, **answer})
            continue
        yield case
        count += 1
        if count > _MOST_CASES or len(waiting) > _MOST_CASES:
            raise Beyond("too many cases")
