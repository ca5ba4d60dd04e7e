# SPDX-License-Identifier: Apache-2.0
"""The single steps of matching: each looks at one thing on the IR, and binds a letter or says why it does not match."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...dialect.bindings import ir
from ...dialect.moves import MOVES, result_axis
from ...dialect.types import DYNAMIC, Array, ElementType, element_type, is_none, shape_of
from .calls import about_calls
from .known_constants import known_array, known_weights
from .rewriter import has_one_use
from .terms import (
    REST,
    Channel,
    Const,
    Moved,
    OpTerm,
    Result,
    Term,
    Value,
    Variadic,
    View,
)
from .weights import VIEWS, Weights

Step = Callable[["Match"], "str | None"]
"""Looks at one thing, and may bind a letter; the reason if the rule does not match."""


class Match:
    """What the terms of a left side stand for, so far.

    ops: op views.  operands: of each op.  owners: what made the values that were looked at; the bindings make a new
    view each time they are asked.  values: what letters stand for in the IR, None for an operand that is absent.  data:
    what constants hold, as the letter sees it.  moved: the ops between, from the inside outwards.  axes: where the axis
    of a `Moved` ends up.  row: the element type that the right side computes with.  sizes: of dimensions, by name.
    numbers, made: what was computed so far, and the new constants.
    """

    __slots__ = (
        *("axes", "data", "made", "moved", "numbers"),
        *("operands", "ops", "owners", "row", "sizes", "values"),
    )

    def __init__(self, root: Term, op: Any) -> None:
        self.ops: dict[Term, Any] = {root: op}
        self.operands: dict[Term, list[ir.Value]] = {root: list(op.operands)}
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


def _value_at(match: Match, term: Term, index: int) -> ir.Value | None:
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
    return lambda match: None if _value_at(match, term, index) is None else reason


def bind_rest(term: OpTerm, index: int, letter: Variadic) -> Step:
    """The letter stands for all operands from `index` on."""

    def step(match: Match) -> None:
        match.values[letter] = match.operands[term][index:]

    return step


def bind_value(term: OpTerm, index: int, letter: Term) -> Step:
    """The letter stands for the operand."""

    def step(match: Match) -> None:
        match.values[letter] = _value_at(match, term, index)

    return step


def same_value(term: OpTerm, index: int, formal: str, letter: Term) -> Step:
    """The operand is what the letter stands for already."""
    reason = f"{formal} of the {term.family.name} is another value"
    return lambda match: None if match.values[letter] == _value_at(match, term, index) else reason


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


def read_constant(
    term: OpTerm, index: int, letter: Const, *, as_weights: bool, viewed: bool, sees_through: bool
) -> Step:
    """The operand is a constant, and the letter what it holds; of weights that are `viewed` the next step makes it."""
    read = known_weights if as_weights else known_array
    owner = term.family.name
    formals = term.family.spec.operands
    required = formals[min(index, len(formals) - 1)].arity == "single"

    def step(match: Match) -> str | None:
        operand = match.operands[term][index] if required else _value_at(match, term, index)
        match.values[letter] = operand
        if operand is None:
            if letter.absent is None:
                return f"{letter.name} of the {owner} is absent"
            match.data[letter] = np.full((), letter.absent)
            return None
        source = match.owners[operand] = operand.owner
        found = read(operand, source, sees_through=sees_through)
        if found is None:
            why = about_calls(operand) if isinstance(source, ir.Block) else ""
            return f"{letter.name} of the {owner} is not a constant{why}"
        match.data[letter] = Weights(found) if as_weights and not viewed else found
        return None

    return step


def view(
    view: View, letter: Const, owner: str, place: tuple[OpTerm, str], *, as_weights: bool
) -> Step:
    """The letter is what the op sees, which is a view of the operand."""
    kind = VIEWS[view.kind]

    def step(match: Match) -> str | None:
        data = match.data[letter]
        if match.values[letter] is None:
            return None
        parameter = match.attribute(place)
        if reason := kind.refusal(data.shape, parameter):
            return f"{letter.name} of the {owner} has shape {data.shape}, {reason}"
        match.data[letter] = (
            Weights(data, kind, parameter) if as_weights else kind.apply(data, parameter)
        )
        return None

    return step


def along_channel(channel: Channel, term: OpTerm, index: int) -> Step:
    """The letter is a vector along the channels of the value beside it, or a scalar."""
    letter, owner = channel.of, term.family.name
    assert isinstance(letter, Const)
    of_any = isinstance(channel.beside, Value)

    def step(match: Match) -> str | None:
        array: Array = match.data[letter]
        op = match.ops[term]
        shape = shape_of(match.operands[term][1 - index].type)
        axis = match.axes.get(channel.beside, channel.axis)
        rank = None if shape is None else len(shape)
        aligned = _aligned(op, array.shape, rank)
        # Where the rank is not known there are at least those axes that the channels are one of.
        least = (axis + 1 if axis >= 0 else -axis) if rank is None else rank
        if aligned is None or len(aligned) > least:
            return f"{letter.name} of the {owner} has shape {array.shape}, which gives the result more axes"
        if rank is None and axis >= 0 and array.size != 1:
            return f"the rank of what {letter.name} of the {owner} is combined with is not known"
        place = axis - rank if rank is not None and axis >= 0 else axis
        if any(size != 1 and at != place for at, size in enumerate(aligned, -len(aligned))):
            return f"{letter.name} of the {owner} has shape {array.shape}, which is not along axis {axis} only"
        if array.size != 1:
            size = DYNAMIC if shape is None else shape[place]
            # A letter may have one channel, which is broadcast; what an op makes has those of its weights.
            if size != array.size and (size != DYNAMIC or of_any):
                known = "an unknown size" if size == DYNAMIC else f"size {size}"
                told = f"axis {axis} of what {letter.name} of the {owner} is combined with"
                return f"{told} has {known}, not {array.size}"
        match.data[letter] = array.reshape(() if array.size == 1 else (-1,))
        return None

    return step


def _aligned(op: Any, shape: tuple[int, ...], rank: int | None) -> tuple[int, ...] | None:
    """The shape of the second operand with which it broadcasts from the right, as all versions of ops from 7 on do."""
    if "broadcast" not in op.SPEC.attributes:
        return shape
    if not op.broadcast or rank is None:
        return shape if rank == len(shape) else None
    first = op.axis
    first = rank - len(shape) if first is None else first
    return shape + (1,) * (rank - len(shape) - first)


def _stored_shape(match: Match, letter: Const) -> tuple[int, ...]:
    found = match.data[letter]
    stored = found.data.shape if isinstance(found, Weights) else shape_of(match.values[letter].type)
    return stored if stored is not None else found.shape


def unify(letter: Const, owner: str) -> Step:
    """The shape of a constant fits its dimensions."""
    assert letter.dims is not None
    open_ended = letter.dims[-1:] == (REST,)
    dims = letter.dims[:-1] if open_ended else letter.dims
    last = dims[-1] if letter.broadcast or len(letter.dims) == 1 else REST

    def told(sizes: dict[str, int]) -> str:
        known = [str(sizes.get(name, name)) for name in dims] + [REST] * open_ended
        return f"({known[0]},)" if len(known) == 1 else f"({', '.join(known)})"

    def step(match: Match) -> str | None:
        if match.values[letter] is None:
            return None
        shape: tuple[int, ...] = match.data[letter].shape
        sizes = match.sizes
        if shape == (sizes.get(last, DYNAMIC),):  # a vector of a size that is known
            return None
        if letter.broadcast:
            if len(shape) <= len(dims) and all(
                size == 1 or size == sizes.get(name, size)
                for name, size in zip(reversed(dims), reversed(shape), strict=False)
            ):
                return None
            expected = f"which does not broadcast to {told(sizes)}"
        elif len(shape) == len(dims) or (open_ended and len(shape) > len(dims)):
            for name, size in zip(dims, shape, strict=False):
                if sizes.setdefault(name, size) != size:
                    break
            else:
                return None
            expected = f"not {told(sizes)}"
        else:
            expected = f"not {told(sizes) if len(dims) < 2 else f'rank {len(dims)}'}"
        return f"{letter.name} of the {owner} has shape {_stored_shape(match, letter)}, {expected}"

    return step
