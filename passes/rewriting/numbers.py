# SPDX-License-Identifier: Apache-2.0
"""The constants that a right side makes.

They are computed in float64, judged, and rounded once to the type of what they replace.  What must not be written are
numbers that are not finite though those that they come from were, and weights so small that the type has lost their
digits.  Weights become a recipe, which is evaluated when it is read or written.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import prod

import numpy as np

from ...dialect.elements.resources import Resource
from ...dialect.rounding import all_finite, digits, round_once, smallest_normal
from ...dialect.types import BY_DTYPE, Array, ElementType
from .arithmetic import Calculator, scaled_weights
from .steps import Match
from .terms import (
    REST,
    Along,
    Const,
    Contraction,
    OpTerm,
    Term,
    View,
    children,
    walk,
)
from .weights import Weights


def weights_of(before: OpTerm, constants: tuple[Term, ...]) -> frozenset[Term]:
    """The letters that a right side only scales, or contracts with a factor: they may be large."""
    matrices = frozenset(
        letter
        for letter in walk(before)
        if isinstance(letter, Const)
        and letter.dims
        and len(letter.dims) > 1
        and letter.absent is None
        and not letter.broadcast
    )
    arrays: set[Term] = set()

    def visit(term: Term) -> None:
        if isinstance(term, Const):
            arrays.add(term)
        for child in (term.factor,) if isinstance(term, Contraction) else children(term):
            visit(child)

    for constant in constants:
        stored = constant.of if isinstance(constant, View) else constant
        scaled = scaled_weights(stored, matrices)
        visit(scaled[1] if scaled else stored)
    return matrices - arrays


LATE_REFUSAL = "late refusal"
"""The key in `Match.made` of what only counts if nothing else speaks against any of the constants."""


class NewConstant(ABC):
    """A constant to be made.  letter: the one whose place it takes, None if there is none."""

    letter: Const | None

    @abstractmethod
    def refusal(self, match: Match, row: ElementType) -> str | None:
        """Compute it; why it must not be used, or None.  row: the type of the values around it."""

    @abstractmethod
    def data(self, match: Match) -> Array | Resource:
        """What was computed."""


class Computed(NewConstant):
    """A constant that is small enough to be computed at once."""

    def __init__(self, term: Term, letter: Const | None, noun: str, calculator: Calculator) -> None:
        self.letter = letter
        self._term = term
        self._noun = noun
        self._compute = calculator.compile(term)
        self._dims = letter.dims if letter and not letter.broadcast and letter.dims else ()

    def refusal(self, match: Match, row: ElementType) -> str | None:
        letter = self.letter
        if letter is not None and match.values.get(letter) is not None:
            # The type of what stood there before.
            values, row = row, BY_DTYPE[match.data[letter].dtype]
            if row is not values and row.is_float and digits(row.dtype) < digits(values.dtype):
                return f"{letter.name} is {row.asm}, which has fewer digits than {values.asm}"
        exact = self._compute(match)
        if self._dims and not np.ndim(exact):
            # Where an op asks for a vector, a number must become one.
            names = [name for name in self._dims if name != REST]
            if unknown := [name for name in names if name not in match.sizes]:
                return f"the size {unknown[0]} of a folded {self._noun} is not known"
            exact = np.broadcast_to(exact, prod(match.sizes[name] for name in names))
        rounded = round_once(np.asarray(exact), row.dtype)
        match.made[self._term] = rounded
        if not row.is_float:
            return None
        if not all_finite(rounded):
            return f"a folded {self._noun} overflows {row.asm}"
        if self._noun == "scale":
            small = np.abs(rounded.astype(np.float64)) < smallest_normal(row.dtype)
            if (small & (exact != 0)).any():
                return f"a folded scale is too small for {row.asm}"
        return None

    def data(self, match: Match) -> Array | Resource:
        made: Array = match.made[self._term]
        return made


class Scaled(NewConstant):
    """Weights times a factor."""

    def __init__(self, letter: Const, owner: str, factor: Term, calculator: Calculator) -> None:
        self.letter = self._weights = letter
        self._owner = owner
        self._factor = calculator.factor(factor)
        self._term = factor.of if isinstance(factor, Along) else factor

    @property
    def _told(self) -> str:
        from .text import text

        return text(self._term)

    def refusal(self, match: Match, row: ElementType) -> str | None:
        weights: Weights = match.data[self._weights]
        row = BY_DTYPE[weights.dtype]
        rank = len(weights.shape)
        if row.asm == "f64":  # Of narrower types float64 loses no digits.
            try:
                with np.errstate(under="raise"):
                    factor = self._factor(match, rank)
            except FloatingPointError:
                return f"{self._told} is too small for {row.asm}"
        else:
            factor = self._factor(match, rank)
        factor = weights.aligned(factor)
        match.made[self._weights] = factor
        if not row.is_float:
            return None
        # The largest weight of each column, folded: what overflows or underflows first.
        largest = weights.peaks(factor)
        exact = np.abs(largest * factor)
        folded = round_once(exact, row.dtype)
        # What is not finite on the way is not finite here: one look for three questions.
        if not all_finite(folded):
            if not all_finite(factor):
                return f"{self._told} is not finite"
            if not all_finite(largest):
                return f"{self._weights.name} of the {self._owner} is not finite"
            return f"a folded weight overflows {row.asm}"
        smallest = smallest_normal(row.dtype)
        # The second look takes longer.
        if (
            np.minimum.reduce(folded, axis=None, initial=np.inf) < smallest
            and ((folded.astype(np.float64) < smallest) & (exact != 0)).any()
        ):
            match.made.setdefault(
                LATE_REFUSAL, f"a column of folded weights is too small for {row.asm}"
            )
        return None

    def data(self, match: Match) -> Array | Resource:
        weights: Weights = match.data[self._weights]
        return weights.scaled(match.made[self._weights])
