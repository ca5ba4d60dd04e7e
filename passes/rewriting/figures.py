# SPDX-License-Identifier: Apache-2.0
"""The numbers of one application of a rule: what its letters were, and what came of them.

They are told from what the application computed anyway, when they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .numbers import NewConstant
from .steps import Match
from .terms import Term
from .text import shared_terms, text
from .weights import Weights

if TYPE_CHECKING:
    from .rule import Rule

FEW = 8
"""So many numbers are told one by one."""


class Figure(NamedTuple):
    """The numbers that a term stands for.

    term: as `--explain` writes it.  new: whether the rule made a constant of them.  shape: () for a number.  largest:
    their largest magnitude.  elements: all of them, where they are few; float64 or int64.
    """

    term: str
    new: bool
    shape: tuple[int, ...]
    largest: float
    elements: tuple[float, ...] = ()


class Figures:
    """One application of a rule; going through it computes what was not needed before.

    rule: whose.  attributes: the values of its attribute letters, for the ops that had them may be gone.  made: its new
    constants.
    """

    def __init__(
        self,
        rule: Rule,
        match: Match,
        attributes: Mapping[Term, Any],
        made: Mapping[Term, NewConstant],
    ) -> None:
        self.rule = rule
        self._match = match
        self._attributes = attributes
        self._made = made

    def __iter__(self) -> Iterator[Figure]:
        """Constants and attributes of the left side, what is computed more than once of them, new constants."""
        match, names = self._match, shared_terms(self.rule.results)
        with np.errstate(all="ignore"):
            for letter, data in match.data.items():
                if match.values.get(letter) is not None:
                    yield _figure(text(letter), data)
            for letter, value in self._attributes.items():
                if isinstance(value, (int, float)):
                    yield _figure(text(letter), value)
            for term, name in names.items():
                if term in match.numbers:
                    yield _figure(name, match.numbers[term])
            for term, constant in self._made.items():
                yield _new_figure(text(term, names), constant, match)


def _figure(term: str, data: Any, *, new: bool = False) -> Figure:
    """The figure of numbers that are there: an array, a number, or weights as they were."""
    if isinstance(data, Weights):
        largest = data.peaks(np.ones((1,) * len(data.shape)))
        return Figure(term, new, data.shape, float(largest.max(initial=0)))
    numbers = np.asarray(data)
    wide = numbers.astype(np.int64 if numbers.dtype.kind in "iub" else np.float64)
    few = tuple(wide.reshape(-1).tolist()) if wide.size <= FEW else ()
    return Figure(term, new, numbers.shape, float(np.abs(wide).max(initial=0)), few)


def _new_figure(term: str, constant: NewConstant, match: Match) -> Figure:
    """The figure of a constant that was made; weights are not read as a whole, their largest will do."""
    letter = constant.letter
    weights = None if letter is None else match.data.get(letter)
    if isinstance(weights, Weights) and letter in match.made:
        factor = match.made[letter]
        largest = np.abs(weights.peaks(factor) * factor).max(initial=0)
        return Figure(term, True, weights.shape, float(largest))
    return _figure(term, constant.data(match), new=True)
