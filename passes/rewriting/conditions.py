# SPDX-License-Identifier: Apache-2.0
"""What a rule asks beyond its left side.

Each condition of the vocabulary is data: it can be checked on IR, told as a sentence, and assumed in a proof.
`require` takes a function instead, for what the vocabulary cannot say; of such a rule only running shows whether it is
right.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from ...dialect.types import shape_of
from .arithmetic import calculated
from .matching import Matcher
from .record import record
from .steps import Match
from .terms import Arithmetic, Attribute, Const, Number, OpTerm, RuleError, Term, Value, walk
from .text import text
from .weights import Weights


@record(frozen=True, eq=False)
class Condition(ABC):
    """One further condition."""

    @property
    def about(self) -> tuple[Term, ...]:
        """The terms that it looks at."""
        return tuple(found for found in vars(self).values() if isinstance(found, Term))

    @property
    @abstractmethod
    def sentence(self) -> str:
        """What has to hold."""

    @abstractmethod
    def refusal(self, match: Match, matcher: Matcher) -> str | None:
        """Why it does not hold; None if it does."""


@record(frozen=True, eq=False)
class Equal(Condition):
    """A constant, an attribute or arithmetic of them is a number, in every element."""

    of: Const | Attribute | Arithmetic
    number: float

    @property
    def sentence(self) -> str:
        return f"{text(self.of)} = {self.number:g}"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:
        with np.errstate(all="ignore"):
            found = number_of(self.of, match, matcher)
        holds = bool(np.all(found == self.number))
        return None if holds else f"{text(self.of)} is not {self.number:g}"


@record(frozen=True, eq=False)
class Positive(Condition):
    """A constant is larger than 0 in every element."""

    letter: Const

    @property
    def sentence(self) -> str:
        return f"{self.letter.name} > 0"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:
        found = number_of(self.letter, match, matcher)
        return None if bool(np.all(found > 0)) else f"{self.letter.name} is not positive everywhere"


@record(frozen=True, eq=False)
class Rank(Condition):
    """A value, or the result of an op, has so many axes."""

    of: Value | OpTerm
    rank: int

    @property
    def sentence(self) -> str:
        return f"{_called(self.of)} has rank {self.rank}"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:  # noqa: ARG002
        found = _rank(self.of, match)
        if found is None:
            return f"the rank of {_called(self.of)} is not known"
        return (
            None if found == self.rank else f"{_called(self.of)} has rank {found}, not {self.rank}"
        )


@record(frozen=True, eq=False)
class LeastRank(Condition):
    """A value, or the result of an op, has so many axes, or more."""

    of: Value | OpTerm
    rank: int

    @property
    def sentence(self) -> str:
        return f"{_called(self.of)} has rank {self.rank} or more"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:  # noqa: ARG002
        found = _rank(self.of, match)
        if found is None:
            return f"the rank of {_called(self.of)} is not known"
        return (
            None
            if found >= self.rank
            else f"{_called(self.of)} has rank {found}, less than {self.rank}"
        )


@record(frozen=True, eq=False)
class Unpadded(Condition):
    """A convolution or a pooling pads nothing: every element of its result sees elements of X only."""

    op: OpTerm

    @property
    def sentence(self) -> str:
        return f"the {self.op.family.name} does not pad"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:  # noqa: ARG002
        op = match.ops[self.op]
        unpadded = op.auto_pad == "VALID" or (op.auto_pad == "NOTSET" and not any(op.pads or ()))
        return None if unpadded else f"the {self.op.family.name} pads X"


@record(frozen=True, eq=False)
class Required(Condition):
    """A Python function of what letters stand for says so."""

    function: Callable[..., Any]
    reason: str

    @property
    def names(self) -> tuple[str, ...]:
        """The letters that the function asks for: its parameters."""
        code = self.function.__code__
        return code.co_varnames[: code.co_argcount]

    @property
    def sentence(self) -> str:
        return f"not: {self.reason} (a Python function of {', '.join(self.names)})"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:
        letters = {
            term.name: term
            for term in walk(matcher.root)
            if isinstance(term, (Value, Const, Attribute))
        }
        found = [
            match.values[letters[name]]
            if isinstance(letters[name], Value)
            else number_of(letters[name], match, matcher)
            for name in self.names
        ]
        return None if self.function(*found) else self.reason


def _called(of: Value | OpTerm) -> str:
    return of.name if isinstance(of, Value) else f"the {of.family.name}'s result"


def _rank(of: Value | OpTerm, match: Match) -> int | None:
    found = match.values[of] if isinstance(of, Value) else match.ops[of].results[0]
    shape = shape_of(found.type)
    return None if shape is None else len(shape)


def number_of(of: Term, match: Match, matcher: Matcher) -> Any:
    """The array of a constant, the value of an attribute, or what arithmetic makes of them in float64."""
    match of:
        case Attribute():
            return match.attribute(matcher.places[of])
        case Arithmetic():
            found = [number_of(each, match, matcher) for each in of.arguments]
            return calculated(of.operator, [np.asarray(each, np.float64) for each in found])
        case Number():
            return of.number
        case _:
            pass
    data = match.data[of]
    return data.seen() if isinstance(data, Weights) else data


def equal(of: Const | Attribute | Arithmetic, number: float) -> Equal:
    """A constant, an attribute or arithmetic of them, `var + epsilon`, is `number` in every element."""
    return Equal(of, number)


def positive(letter: Const) -> Positive:
    """`letter` is larger than 0 in every element."""
    return Positive(letter)


def rank(of: Value | OpTerm, axes: int) -> Rank:
    """A value, or the result of an op, has so many axes."""
    return Rank(of, axes)


def least_rank(of: Value | OpTerm, axes: int) -> LeastRank:
    """A value, or the result of an op, has so many axes, or more."""
    return LeastRank(of, axes)


def unpadded(op: OpTerm) -> Unpadded:
    """`op`, a convolution or a pooling, pads nothing."""
    return Unpadded(op)


def require(function: Callable[..., Any], reason: str) -> Required:
    """`function` of the letters that its parameters name is true: arrays of constants, attributes, values of the IR.

    reason: what remarks say where it is not.
    """
    if not hasattr(function, "__code__"):
        raise RuleError(f"require takes a Python function, got {type(function).__name__}")
    return Required(function, reason)
