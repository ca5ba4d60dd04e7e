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

from ...dialect import types
from ...dialect.bindings import ir
from ...dialect.dataclass import dataclass
from ...dialect.diagnostics import did_you_mean
from ...dialect.types import BY_ASM, DYNAMIC, shape_of
from .arithmetic import calculated
from .matching import Matcher
from .steps import Match
from .terms import Arithmetic, Attribute, Const, Number, OpTerm, RuleError, Term, Value, walk
from .text import text
from .weights import Weights


@dataclass(frozen=True, eq=False)
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


@dataclass(frozen=True, eq=False)
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


@dataclass(frozen=True, eq=False)
class Positive(Condition):
    """A constant is larger than 0 in every element."""

    letter: Const

    @property
    def sentence(self) -> str:
        return f"{self.letter.name} > 0"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:
        found = number_of(self.letter, match, matcher)
        return None if bool(np.all(found > 0)) else f"{self.letter.name} is not positive everywhere"


@dataclass(frozen=True, eq=False)
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


@dataclass(frozen=True, eq=False)
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


@dataclass(frozen=True, eq=False)
class Size(Condition):
    """A value, a constant or the result of an op has so many elements along an axis."""

    of: Value | Const | OpTerm
    axis: int
    size: int

    @property
    def sentence(self) -> str:
        return f"axis {self.axis} of {_called(self.of)} has size {self.size}"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:  # noqa: ARG002
        shape = _shape(self.of, match)
        told = f"axis {self.axis} of {_called(self.of)}"
        if shape is None or not -len(shape) <= self.axis < len(shape):
            return f"there is no {told}, or nobody knows"
        found = shape[self.axis]
        if found == DYNAMIC:
            return f"the size of {told} is not known"
        return None if found == self.size else f"{told} has size {found}, not {self.size}"


@dataclass(frozen=True, eq=False)
class SameShape(Condition):
    """Two values, constants or results of ops have the same shape."""

    of: Value | Const | OpTerm
    other: Value | Const | OpTerm

    @property
    def sentence(self) -> str:
        return f"{_called(self.of)} and {_called(self.other)} have the same shape"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:  # noqa: ARG002
        shapes = _shape(self.of, match), _shape(self.other, match)
        told = f"{_called(self.of)} and {_called(self.other)}"
        if any(shape is None or DYNAMIC in shape for shape in shapes):
            return f"whether {told} have the same shape is not known"
        return None if shapes[0] == shapes[1] else f"{told} have different shapes"


@dataclass(frozen=True, eq=False)
class Absent(Condition):
    """An operand is left out, or is there."""

    letter: Value | Const
    there: bool

    @property
    def sentence(self) -> str:
        return f"{self.letter.name} is {'there' if self.there else 'absent'}"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:  # noqa: ARG002
        found = match.values[self.letter] is not None
        return (
            None
            if found == self.there
            else f"{self.letter.name} is {'given' if found else 'absent'}"
        )


@dataclass(frozen=True, eq=False)
class ElementTypes(Condition):
    """The elements of a value or a constant are of one of some types, by MLIR's names of them."""

    of: Value | Const
    types: tuple[str, ...]

    @property
    def sentence(self) -> str:
        return f"the elements of {_called(self.of)} are {' or '.join(self.types)}"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:  # noqa: ARG002
        found = match.values[self.of]
        row = None if found is None else types.element_type(found.type)
        if row is not None and row.asm in self.types:
            return None
        return f"the elements of {_called(self.of)} are not {' or '.join(self.types)}"


@dataclass(frozen=True, eq=False)
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


@dataclass(frozen=True, eq=False)
class Unknown(Condition):
    """A value is not a constant: for rules that would go in circles, or do what others do better, if it were."""

    letter: Value

    @property
    def sentence(self) -> str:
        return f"{self.letter.name} is not a constant"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:  # noqa: ARG002
        found = match.values[self.letter]
        owner = None if found is None else found.owner
        is_constant = isinstance(owner, (ir.Operation, ir.OpView)) and owner.name == "onnx.Constant"
        return f"{self.letter.name} is a constant" if is_constant else None


@dataclass(frozen=True, eq=False)
class NotScalar(Condition):
    """A value or a constant is not one number: for rules that save nothing then."""

    of: Value | Const

    @property
    def sentence(self) -> str:
        return f"{self.of.name} is not a scalar"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:  # noqa: ARG002
        return f"{self.of.name} is a scalar" if _shape(self.of, match) in ((), (1,)) else None


@dataclass(frozen=True, eq=False)
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


def _called(of: Value | Const | OpTerm) -> str:
    return f"the {of.family.name}'s result" if isinstance(of, OpTerm) else of.name


def _shape(of: Value | Const | OpTerm, match: Match) -> tuple[int, ...] | None:
    """The shape as far as it is known; None for a value that is absent, or of any rank."""
    found = match.ops[of].results[0] if isinstance(of, OpTerm) else match.values[of]
    return None if found is None else shape_of(found.type)


def _rank(of: Value | OpTerm, match: Match) -> int | None:
    shape = _shape(of, match)
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


def size(of: Value | Const | OpTerm, axis: int, elements: int) -> Size:
    """A value, a constant or the result of an op has so many elements along an axis."""
    return Size(of, axis, elements)


def same_shape(of: Value | Const | OpTerm, other: Value | Const | OpTerm) -> SameShape:
    """Two values, constants or results of ops have the same shape."""
    return SameShape(of, other)


def absent(letter: Value | Const) -> Absent:
    """An operand that may be left out is."""
    return Absent(letter, there=False)


def present(letter: Value | Const) -> Absent:
    """An operand that may be left out is there."""
    return Absent(letter, there=True)


def element_type(of: Value | Const, *types_: str) -> ElementTypes:
    """The elements of a value or a constant are of one of these types, `"f32"`."""
    for name in types_:
        if name not in BY_ASM:
            raise RuleError(f"there is no element type '{name}'{did_you_mean(name, BY_ASM)}")
    return ElementTypes(of, types_)


def unpadded(op: OpTerm) -> Unpadded:
    """`op`, a convolution or a pooling, pads nothing."""
    return Unpadded(op)


def unknown(letter: Value) -> Unknown:
    """`letter` is not a constant."""
    return Unknown(letter)


def not_scalar(of: Value | Const) -> NotScalar:
    """A value or a constant is not a single number, of rank 0 or 1."""
    return NotScalar(of)


def require(function: Callable[..., Any], reason: str) -> Required:
    """`function` of the letters that its parameters name is true: arrays of constants, attributes, values of the IR.

    reason: what remarks say where it is not.
    """
    if not hasattr(function, "__code__"):
        raise RuleError(f"require takes a Python function, got {type(function).__name__}")
    return Required(function, reason)
