# SPDX-License-Identifier: Apache-2.0
"""What a rule asks of axes and shapes."""

from __future__ import annotations

from ...dialect.dataclass import dataclass
from ...dialect.types import DYNAMIC, shape_of
from .conditions import Condition
from .integers import integers_of
from .matching import Matcher
from .steps import Match
from .terms import OpTerm, Term, Value
from .text import text


@dataclass(frozen=True, eq=False)
class Same(Condition):
    """Integers of attributes, constants, ranks and sizes are the same; see `integers.py`."""

    of: Term
    other: Term | int | tuple[int, ...]

    @property
    def sentence(self) -> str:
        return f"{text(self.of)} = {self._other}"

    @property
    def _other(self) -> str:
        given = list(self.other) if isinstance(self.other, tuple) else self.other
        return text(given) if isinstance(given, Term) else str(given)

    def refusal(self, match: Match, matcher: Matcher) -> str | None:
        found = [integers_of(each, match, matcher.places) for each in (self.of, self.other)]
        if None in found:
            return f"whether {self.sentence} is not known"
        return None if found[0] == found[1] else f"{text(self.of)} is not {self._other}"


@dataclass(frozen=True, eq=False)
class SameButOne(Condition):
    """A value and the result of an op have the same sizes, none of them 0, but for one axis at most."""

    of: Value
    other: OpTerm

    @property
    def sentence(self) -> str:
        names = f"{self.of.name} and the {self.other.family.name}'s result"
        return f"{names} have the same sizes, none of them 0, but for one axis at most"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:  # noqa: ARG002
        values = match.values[self.of], match.ops[self.other].results[0]
        shape, other = (shape_of(each.type) for each in values)
        told = f"whether {self.sentence} is not known"
        if shape is None or other is None or len(shape) != len(other):
            return told
        differ = sum(a != b or a in (0, DYNAMIC) for a, b in zip(shape, other, strict=True))
        return None if differ <= 1 else told


def same(of: Term, other: Term | int | tuple[int, ...]) -> Same:
    """Two integers, or two lists of them, are the same: `same(p, span(0, length(p)))`."""
    return Same(of, other)


def same_but_one(of: Value, other: OpTerm) -> SameButOne:
    """`of` and the result of `other` have the same sizes, none of them 0, but for one axis at most.

    Where an op keeps the number of elements the last size is then the same, too, though nobody knows it.
    """
    return SameButOne(of, other)
