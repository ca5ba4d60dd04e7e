# SPDX-License-Identifier: Apache-2.0
"""The steps of matching that look at constants: what they hold, in which form, and of which shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...dialect.bindings import ir
from ...dialect.types import DYNAMIC, Array, shape_of
from .calls import about_calls
from .known_constants import known_array, known_weights
from .steps import Match, Step, value_at
from .terms import REST, Channel, Const, OpTerm, Value, View
from .weights import VIEWS, Weights


def read_constant(
    term: OpTerm, index: int, letter: Const, *, as_weights: bool, viewed: bool, sees_through: bool
) -> Step:
    """The operand is a constant, and the letter what it holds; of weights that are `viewed` the next step makes it."""
    read = known_weights if as_weights else known_array
    owner = term.family.name
    formals = term.family.spec.operands
    required = formals[min(index, len(formals) - 1)].arity == "single"

    def step(match: Match) -> str | None:
        operand = match.operands[term][index] if required else value_at(match, term, index)
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
        shape: tuple[int, ...] = match.data[letter].shape
        sizes = match.sizes
        if shape == (sizes.get(last),):  # a vector of a size that is known
            return None
        if match.values[letter] is None:
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
