# SPDX-License-Identifier: Apache-2.0
"""The single steps of matching: each looks at one thing on the IR, and binds a letter or says why it does not match."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...dialect.bindings import ir
from ...dialect.moves import MOVES, result_axis
from ...dialect.types import ElementType, element_type, is_none, shape_of
from .calls import about_calls
from .rewriter import has_one_use
from .terms import (
    Moved,
    OpTerm,
    Result,
    Term,
    Variadic,
)

Step = Callable[["Match"], "str | None"]
"""Looks at one thing, and may bind a letter; the reason if the rule does not match."""


class Match:
    """What the terms of a left side stand for, so far.

    ops: op views.  operands: of each op; those of the root may be arranged.  owners: what made the values that were
    looked at; the bindings make a new view each time they are asked.  values: what letters stand for in the IR, None
    for an operand that is absent.  data: what constants hold, as the letter sees it.  moved: the ops between, from the
    inside outwards.  axes: where the axis of a `Moved` ends up.  row: the element type that the right side computes
    with.  sizes: of dimensions, by name.
    numbers, made: what was computed so far, and the new constants.
    """

    __slots__ = (
        *("axes", "data", "made", "moved", "numbers"),
        *("operands", "ops", "owners", "row", "sizes", "values"),
    )

    def __init__(self, root: Term, op: Any, operands: list[Any] | None = None) -> None:
        self.ops: dict[Term, Any] = {root: op}
        self.operands: dict[Term, list[Any]] = {root: operands or list(op.operands)}
        self.owners: dict[ir.Value, ir.OpView | ir.Block] = {}
        self.values: dict[Term, Any] = {}
        self.data: dict[Term, Any] = {}
        self.moved: dict[Term, list[Any]] = {}
        self.axes: dict[Term, int] = {}
        self.row: ElementType | None = None
        self.sizes: dict[str, int] = {}
        self.numbers: dict[Term, Any] = {}
        self.made: dict[Any, Any] = {}

    def attribute(self, place: tuple[OpTerm, str]) -> Any:
        """The value of an attribute of an op that matched."""
        return getattr(self.ops[place[0]], place[1])


def value_at(match: Match, term: Term, index: int) -> ir.Value | None:
    """An operand; None if it is absent."""
    operands = match.operands[term]
    if index >= len(operands):
        return None
    found = operands[index]
    return None if is_none(found.type) else found


def no_surplus(term: OpTerm, count: int) -> Step:
    """There is no operand that the rule does not name, behind the first `count`."""
    name = term.family.name
    formals = term.family.spec.operands

    def step(match: Match) -> str | None:
        operands = match.operands[term]
        for index in range(count, len(operands)):
            if not is_none(operands[index].type):
                if formals[-1].arity == "variadic":
                    return f"the {name} has {len(operands)} operands, not {count}"
                return f"{formals[index].name} of the {name} is given"
        return None

    return step


def enough(term: OpTerm, count: int) -> Step:
    """A variadic op has so many operands, or more."""
    name = term.family.name

    def step(match: Match) -> str | None:
        found = len(match.ops[term].operands)
        return None if found >= count else f"the {name} has {found} operands, not {count} or more"

    return step


def fixed_attribute(term: OpTerm, name: str, expected: Any) -> Step:
    """The attribute is `expected`."""
    owner = term.family.name
    if isinstance(expected, tuple):
        expected = list(expected)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]

    def step(match: Match) -> str | None:
        op = match.ops[term]
        if name not in op.SPEC.attributes:
            return None  # A version of the op that always does what the default says.
        found = getattr(op, name)
        if found == expected:
            return None
        wanted = "absent" if expected is None else expected
        return f"{name} of the {owner} is {found}, not {wanted}"

    return step


def equal_attributes(term: OpTerm, name: str, place: tuple[OpTerm, str]) -> Step:
    """The attribute is what another one is, at `place`."""
    reason = f"{name} of the {term.family.name} is not {place[1]} of the {place[0].family.name}"
    return lambda match: (
        None if getattr(match.ops[term], name) == match.attribute(place) else reason
    )


def absent(term: OpTerm, index: int, formal: str) -> Step:
    """The operand is left out."""
    reason = f"{formal} of the {term.family.name} is given"
    return lambda match: None if value_at(match, term, index) is None else reason


def bind_rest(term: OpTerm, index: int, letter: Variadic) -> Step:
    """The letter stands for all operands from `index` on."""

    def step(match: Match) -> None:
        match.values[letter] = match.operands[term][index:]

    return step


def bind_some(term: OpTerm, index: int, letter: Variadic) -> Step:
    """The letter stands for the operands that are together at `index`; see `any_number.divided`."""

    def step(match: Match) -> None:
        match.values[letter] = match.operands[term][index]

    return step


def bind_value(term: OpTerm, index: int, letter: Term) -> Step:
    """The letter stands for the operand."""

    def step(match: Match) -> None:
        match.values[letter] = value_at(match, term, index)

    return step


def same_value(term: OpTerm, index: int, formal: str, letter: Term) -> Step:
    """The operand is what the letter stands for already."""
    reason = f"{formal} of the {term.family.name} is another value"
    return lambda match: None if match.values[letter] == value_at(match, term, index) else reason


def made_by(
    term: OpTerm, index: int, formal: str, operand: OpTerm | Moved | Result, inner: OpTerm
) -> Step:
    """Operand `index` is the result of `inner`, as `operand` says."""
    names = frozenset(f"onnx.{name}" for name in inner.family.op_names)
    expected = f"{formal} is not the result of an onnx.{inner.family.op_names[0]}"
    if inner.family.op_names[0] != inner.family.name:
        expected = f"{formal} is not the result of a {inner.family.name}"
    number = operand.index if isinstance(operand, Result) else 0
    passes = isinstance(operand, Moved)

    def step(match: Match) -> str | None:
        found: ir.Value | None = match.operands[term][index]
        between: list[Any] = []
        while True:
            assert found is not None
            owner = found.owner
            if isinstance(owner, ir.Block):
                return expected
            name = owner.name
            if name in names:
                break
            if not passes or name not in MOVES:
                return expected
            between.append(owner.opview)
            found = owner.operands[0]
        op = owner.opview
        if found.result_number != number:  # type: ignore[attr-defined]
            return expected
        if inner in match.ops:
            same = match.ops[inner] == op
            return None if same else f"{formal} is not the result of the same {inner.family.name}"
        match.ops[inner] = match.owners[found] = op
        match.operands[inner] = list(op.operands)
        if passes:
            match.moved[operand] = between[::-1]
        return None

    return step


def read_by_one(term: OpTerm, index: int, operand: OpTerm | Moved | Result, inner: OpTerm) -> Step:
    """Nobody else reads the result of `inner`, nor of what moves it: a step of its own, for it is nearer than no op."""

    def step(match: Match) -> str | None:
        found = match.operands[term][index]
        for op in reversed(match.moved.get(operand, ())):
            if not has_one_use(found):
                return f"the result of the {op.SPEC.name} has another use"
            found = op.operands[0]
        if not inner.shared and not has_one_use(found):
            return f"the result of the {inner.family.name} has another use"
        return None

    return step


def axis_survives(moved: Moved, inner: OpTerm) -> Step:
    """The axis of the inner op's result ends up where it has to."""
    owner = inner.family.name
    told = f"axis {moved.axis} of the {owner}'s result"

    def step(match: Match) -> str | None:
        axis = moved.axis
        between = match.moved[moved]
        result = match.ops[inner].results[0]
        if between or (moved.to is not None and moved.to != moved.axis):
            found = _from_front(axis, result)
            if found is None:
                return f"the rank of the {owner}'s result is not known"
            axis = found
        for op in between:
            found = result_axis(op, axis)
            if found is None:
                return f"the {op.SPEC.name} does not keep {told}"
            axis = found
        if moved.to is not None and axis != moved.to:
            last = between[-1].results[0] if between else result
            if axis != _from_front(moved.to, last):
                return f"{told} is axis {axis} where axis {moved.to} counts"
        match.axes[moved] = axis
        return None

    return step


def _from_front(axis: int, value: ir.Value) -> int | None:
    """An axis counted from the front; None if that takes a rank which is not known."""
    if axis >= 0:
        return axis
    shape = shape_of(value.type)
    return None if shape is None or len(shape) < -axis else axis + len(shape)


def has_numbers(root: OpTerm, computes: str) -> Step:
    """The root's first operand is a tensor of what the right side computes with: "floats", or "numbers"."""
    formal = root.family.spec.operands[0].name

    def step(match: Match) -> str | None:
        type_ = match.operands[root][0].type
        row = match.row = element_type(type_)
        if row is not None and (
            row.is_float or (computes == "numbers" and row.dtype.kind in "iu" and row.is_native)
        ):
            return None
        why = about_calls(match.operands[root][0]) if row is None else ""
        return f"{formal} is not a tensor of {computes}, but {type_}{why}"

    return step
