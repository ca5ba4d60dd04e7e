# SPDX-License-Identifier: Apache-2.0
"""What a rule asks of values beside one another: who makes and reads them, axes, broadcasting, which is the smaller."""

from __future__ import annotations

import numpy as np

from ...dialect.bindings import ir
from ...dialect.dataclass import dataclass
from ...dialect.types import DYNAMIC, element_type, shape_of
from .conditions import Condition, number_of
from .effects import is_used
from .matching import Matcher
from .steps import Match
from .terms import Attribute, Const, OpTerm, Value


@dataclass(frozen=True, eq=False)
class NotMadeBy(Condition):
    """No op of that name gives a value; that makes a rewrite worth while, not right."""

    of: Value
    name: str

    @property
    def sentence(self) -> str:
        return f"{self.of.name} is not the result of a {self.name}"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:  # noqa: ARG002
        owner = match.values[self.of].owner
        other = isinstance(owner, ir.Block) or owner.name != f"onnx.{self.name}"
        return None if other else f"{self.of.name} is the result of a {self.name}"


@dataclass(frozen=True, eq=False)
class OneElement(Condition):
    """A value or a constant has no axis, or one of size 1."""

    of: Value | Const

    @property
    def sentence(self) -> str:
        return f"{self.of.name} has one element, and one axis at most"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:  # noqa: ARG002
        shape = shape_of(match.values[self.of].type)
        told = f"{self.of.name} is not known to have one element, and one axis at most"
        return None if shape in ((), (1,)) else told


@dataclass(frozen=True, eq=False)
class Broadcasts(Condition):
    """A value broadcasts to the result of an op, which keeps its shape."""

    of: Value
    to: OpTerm

    @property
    def sentence(self) -> str:
        return f"{self.of.name} broadcasts to the shape of the {self.to.family.name}'s result"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:  # noqa: ARG002
        shape = shape_of(match.values[self.of].type)
        target = self._target(match)
        told = f"whether {self.sentence} is not known"
        if shape is None or target is None or DYNAMIC in shape:
            return told
        fits = broadcasts(shape, target)
        return None if fits else told if DYNAMIC in target else f"not: {self.sentence}"

    def _target(self, match: Match) -> tuple[int, ...] | None:
        """The shape of the result; of a Gemm that of its factors, where the result's own is not known."""
        op = match.ops[self.to]
        found = shape_of(op.results[0].type)
        if found is not None or self.to.family.name != "Gemm":
            return found
        a, b = (shape_of(each.type) for each in list(op.operands)[:2])
        if a is None or b is None or len(a) != 2 or len(b) != 2:
            return None
        return a[1 if op.transA else 0], b[0 if op.transB else 1]


@dataclass(frozen=True, eq=False)
class BroadcastsBehind(Condition):
    """A value broadcasts to the axes of another one from an axis on, and has no more."""

    of: Value
    to: Value
    axis: Attribute

    @property
    def sentence(self) -> str:
        return f"{self.of.name} broadcasts to the axes of {self.to.name} from {self.axis.name} on"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:
        shape, whole = (shape_of(match.values[each].type) for each in (self.of, self.to))
        axis: int = match.attribute(matcher.places[self.axis])
        if shape is None or whole is None or DYNAMIC in (*shape, *whole):
            return f"whether {self.sentence} is not known"
        return None if broadcasts(shape, behind(whole, axis)) else f"not: {self.sentence}"


@dataclass(frozen=True, eq=False)
class LastAxis(Condition):
    """An attribute names the last axis of a value."""

    axis: Attribute
    of: Value

    @property
    def sentence(self) -> str:
        return f"{self.axis.name} is the last axis of {self.of.name}"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:
        axis: int = match.attribute(matcher.places[self.axis])
        shape = shape_of(match.values[self.of].type)
        if axis == -1 or (shape is not None and axis == len(shape) - 1):
            return None
        return (
            f"{self.axis.name} is {axis}, which is not known to be the last axis of {self.of.name}"
        )


@dataclass(frozen=True, eq=False)
class OfType(Condition):
    """The elements of a value are of the type that an attribute names."""

    of: Value
    type: Attribute

    @property
    def sentence(self) -> str:
        return f"the elements of {self.of.name} are of the type {self.type.name}"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:
        row = element_type(match.values[self.of].type)
        wanted = match.attribute(matcher.places[self.type])
        fits = row is not None and row.asm == str(wanted)
        return None if fits else f"the elements of {self.of.name} are not of the type {wanted}"


@dataclass(frozen=True, eq=False)
class AtMost(Condition):
    """No element of a constant is larger than one of another."""

    of: Const
    other: Const

    @property
    def sentence(self) -> str:
        return f"{self.of.name} <= {self.other.name}"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:
        small, large = (number_of(each, match, matcher) for each in (self.of, self.other))
        fits = bool(np.all(np.asarray(small) <= np.asarray(large)))
        return None if fits else f"{self.of.name} is larger than {self.other.name}"


@dataclass(frozen=True, eq=False)
class FirstResultOnly(Condition):
    """Of an op with several results nobody reads a further one, for which it would have to stay."""

    op: OpTerm

    @property
    def sentence(self) -> str:
        return f"no further result of the {self.op.family.name} is used"

    def refusal(self, match: Match, matcher: Matcher) -> str | None:  # noqa: ARG002
        used = any(map(is_used, list(match.ops[self.op].results)[1:]))
        return f"a further result of the {self.op.family.name} is used" if used else None


def behind(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    """The sizes from an axis on, which may be counted from the end."""
    return shape[axis + len(shape) if axis < 0 else axis :]


def broadcasts(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    """Whether a tensor of the one shape broadcasts to the other, which stays as it is."""
    sizes = zip(shape[::-1], target[::-1], strict=False)
    return len(shape) <= len(target) and all(size in (1, known) for size, known in sizes)


def not_made_by(of: Value, name: str) -> NotMadeBy:
    """`of` is not the result of an `onnx.<name>`, beside which it had better stay."""
    return NotMadeBy(of, name)


def one_element(of: Value | Const) -> OneElement:
    """`of` has no axis, or one of size 1."""
    return OneElement(of)


def broadcasts_to(of: Value, to: OpTerm) -> Broadcasts:
    """`of` broadcasts to the result of `to`, whose shape stays as it is."""
    return Broadcasts(of, to)


def broadcasts_behind(of: Value, to: Value, axis: Attribute) -> BroadcastsBehind:
    """`of` broadcasts to the axes of `to` from `axis` on, and has no more."""
    return BroadcastsBehind(of, to, axis)


def last_axis(axis: Attribute, of: Value) -> LastAxis:
    """`axis` is the last one of `of`."""
    return LastAxis(axis, of)


def of_type(of: Value, type_: Attribute) -> OfType:
    """The elements of `of` are of the type that an attribute names, `to` of a Cast."""
    return OfType(of, type_)


def at_most(of: Const, other: Const) -> AtMost:
    """`of` is nowhere larger than `other`; they are compared as they broadcast."""
    return AtMost(of, other)


def first_result_only(op: OpTerm) -> FirstResultOnly:
    """Nobody reads a further result of `op`."""
    return FirstResultOnly(op)
