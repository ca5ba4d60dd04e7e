# SPDX-License-Identifier: Apache-2.0
"""What a rule asks of axes and shapes."""

from __future__ import annotations

from .conditions import Condition
from .integers import integers_of
from .matching import Matcher
from .record import record
from .steps import Match
from .terms import Term
from .text import text


@record(frozen=True, eq=False)
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


def same(of: Term, other: Term | int | tuple[int, ...]) -> Same:
    """Two integers, or two lists of them, are the same: `same(p, span(0, length(p)))`."""
    return Same(of, other)
