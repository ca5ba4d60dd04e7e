# SPDX-License-Identifier: Apache-2.0
"""What the letters of a left side stand for, on tensors instead of IR, and whether it matches.

This says once more, on arrays, what `passes/rewriting/steps.py` says on IR.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any, TypeAlias

from ..passes.rewriting.terms import (
    REST,
    Arithmetic,
    Attribute,
    Channel,
    Const,
    Moved,
    OpTerm,
    Result,
    Term,
    Value,
    Variadic,
    View,
    walk,
)
from .domains import Domain, numbers_of
from .hints import is_structural
from .semantics import evaluate
from .tensors import Tensor

Shape: TypeAlias = tuple[int, ...]
Given: TypeAlias = "Tensor | tuple[Tensor, ...] | None"
Place: TypeAlias = tuple[OpTerm, str]


class NoCase(Exception):  # noqa: N818 - not an error: a question has no answer
    """The left side does not match: nothing is said about this instance."""


@dataclass(frozen=True)
class Move:
    """An op that moves elements: what it takes beside the tensor, and where it takes an axis."""

    name: str
    operands: tuple[Tensor, ...] = ()
    attributes: tuple[tuple[str, Any], ...] = ()
    axes: tuple[int | None, ...] = ()

    def __call__(self, tensor: Tensor) -> Tensor:
        """The tensor, moved."""
        found = evaluate(self.name, (tensor, *self.operands), dict(self.attributes))[0]
        assert found is not None
        return found


class LeftSide:
    """The terms of a left side.

    ops: those that feed others first.  letters: each once, in the order of the text, attributes too.  places: of which
    op an attribute letter is which attribute, where it is bound first.  structural: values that say shapes or axes.
    roots: arithmetic of which a root is taken, by an op or on the right side.  alike: the letters that stand where a
    letter does in the other operands of a variadic op.
    """

    def __init__(self, before: OpTerm, after: tuple[Term, ...] = ()) -> None:
        self.before = before
        terms = list(walk(before))
        self.ops = list(dict.fromkeys(t for t in terms[::-1] if isinstance(t, OpTerm)))
        self.letters = list(
            dict.fromkeys(t for t in terms if isinstance(t, (Value, Variadic, Const, Attribute)))
        )
        self.places: dict[Term, Place] = {}
        for op in (term for term in terms if isinstance(term, OpTerm)):
            for name, given in op.attributes.items():
                if isinstance(given, Attribute):
                    self.places.setdefault(given, (op, name))
        self.roots = [
            *filter(None, map(_root_of, self.ops)),
            *(
                term.arguments[0]
                for side in after
                for term in walk(side)
                if isinstance(term, Arithmetic) and term.operator == "sqrt"
            ),
        ]
        self.alike: dict[Term, list[Term]] = {}
        for one, other in (pair for op in self.ops for pair in permutations(_variadic(op), 2)):
            for letter, like in zip(walk(one), walk(other), strict=False):
                if letter is not like and type(letter) is type(like):
                    self.alike.setdefault(letter, []).append(like)
        self.structural = {
            operand
            for op in self.ops
            for operand, formal in zip(op.operands, op.family.spec.operands, strict=False)
            if isinstance(operand, Value) and is_structural(op.family.op_names[0], formal.name)
        }


def _variadic(op: OpTerm) -> list[Term]:
    """What an op takes in the place of its variadic operand."""
    formals = op.family.spec.operands
    if not formals or formals[-1].arity != "variadic":
        return []
    return [operand for operand in op.operands[len(formals) - 1 :] if operand is not None]


def _root_of(op: OpTerm) -> Arithmetic | None:
    """The sum of an operand and an attribute that an op takes the root of."""
    if op.family.name != "BatchNormalization":
        return None
    operand, added = op.operands[4], op.attributes.get("epsilon")
    var = operand.of if isinstance(operand, View) else operand
    return var + added if isinstance(var, Const) and isinstance(added, Attribute) else None


@dataclass
class Instance:
    """A left side with tensors in it.

    letters: what they stand for, as the ops take it.  attributes: of the ops, those that are not left at their
    defaults.  moves: between ops.  What follows was read off them: the results of the ops, constants as letters see
    them, sizes of dimensions, and where the axes of `Moved` end up.
    """

    left: LeftSide
    domain: Domain
    letters: dict[Term, Given] = field(default_factory=dict[Term, Given])
    attributes: dict[Place, Any] = field(default_factory=dict[Place, Any])
    moves: dict[Term, tuple[Move, ...]] = field(default_factory=dict[Term, "tuple[Move, ...]"])
    results: dict[Term, tuple[Tensor | None, ...]] = field(
        default_factory=dict[Term, "tuple[Tensor | None, ...]"]
    )
    seen: dict[Term, Any] = field(default_factory=dict[Term, Any])
    sizes: dict[str, int] = field(default_factory=dict[str, int])
    axes: dict[Term, int] = field(default_factory=dict[Term, int])

    def copy(self) -> Instance:
        """One that can be changed on its own; the tensors are shared."""
        return Instance(
            self.left,
            self.domain,
            dict(self.letters),
            dict(self.attributes),
            dict(self.moves),
            dict(self.results),
            dict(self.seen),
            dict(self.sizes),
            dict(self.axes),
        )

    def assigned(self) -> Instance:
        """The assignment alone, to be read anew."""
        return Instance(
            self.left, self.domain, dict(self.letters), dict(self.attributes), dict(self.moves)
        )

    def numbers_of(self, type_: str) -> Domain:
        """What tensors of an element type hold."""
        return numbers_of(type_, self.domain)

    def tensor(self, term: Term) -> Tensor | None:
        """What an operand of the left side is; None for one that is absent."""
        match term:
            case Value() | Const():
                found = self.letters[term]
                assert not isinstance(found, tuple)
                return found
            case View() | Channel():
                return self.tensor(term.of)
            case OpTerm():
                return result_of(self.results[term], 0)
            case Result():
                return result_of(self.results[term.of], term.index)
            case Moved():
                tensor = self.tensor(term.of)
                assert tensor is not None
                for move in self.moves.get(term, ()):
                    tensor = move(tensor)
                return tensor
            case _:
                raise AssertionError(f"no operand: {term}")

    def operands(self, term: OpTerm) -> list[Tensor | None]:
        """Everything that an op of the left side takes."""
        found: list[Tensor | None] = []
        for operand in term.operands:
            if isinstance(operand, Variadic):
                rest = self.letters[operand]
                assert isinstance(rest, tuple)
                found += rest
            else:
                found.append(None if operand is None else self.tensor(operand))
        return found

    def attribute(self, letter: Attribute) -> Any:
        """What an attribute letter stands for."""
        return self.attributes[self.left.places[letter]]

    def attributes_of(self, term: OpTerm) -> dict[str, Any]:
        """The attributes of an op of the left side."""
        return {name: given for (op, name), given in self.attributes.items() if op is term}


def result_of(results: tuple[Tensor | None, ...], index: int) -> Tensor | None:
    """One of the results of an op, of which some have any number; raises NoCase if there is no such."""
    if index >= len(results):
        raise NoCase("the op has fewer results")
    return results[index]


def read_op(instance: Instance, term: OpTerm) -> None:
    """Compute an op of the left side, and look at the constants that it takes.  Raises NoCase, Invalid, Undefined."""
    for operand in term.operands:
        if isinstance(operand, Moved):
            follow(instance, operand)
    instance.results[term] = evaluate(
        term.family.op_names[0], instance.operands(term), instance.attributes_of(term)
    )
    for index, operand in enumerate(term.operands):
        if isinstance(operand, (Const, View, Channel)):
            _see(instance, term, index, operand)


def read(instance: Instance) -> None:
    """Everything of the left side; raises NoCase, Invalid, Undefined."""
    for term in instance.left.ops:
        read_op(instance, term)
    check_broadcasts(instance)


def check_broadcasts(instance: Instance) -> None:
    """Constants that need only broadcast do, to sizes that are known when all others have been seen."""
    for letter in instance.left.letters:
        if isinstance(letter, Const) and letter.dims and letter.broadcast:
            _fits(instance, letter)


def follow(instance: Instance, moved: Moved) -> int:
    """Where the axis that has to survive is in the end; raises NoCase."""
    inner = instance.tensor(moved.of)
    assert inner is not None
    rank = inner.data.ndim
    axis = moved.axis + rank if moved.axis < 0 else moved.axis
    if not 0 <= axis < rank:
        raise NoCase("there is no such axis")
    for move in instance.moves.get(moved, ()):
        found = move.axes[axis]
        if found is None:
            raise NoCase("the axis is lost")
        axis = found
    if moved.to is not None:
        last = instance.tensor(moved)
        assert last is not None
        if axis != (moved.to + last.data.ndim if moved.to < 0 else moved.to):
            raise NoCase("the axis is another one")
    instance.axes[moved] = axis
    return axis


def _see(instance: Instance, term: OpTerm, index: int, operand: Const | View | Channel) -> None:
    """A constant as its letter sees it; raises NoCase."""
    letter = operand if isinstance(operand, Const) else operand.of
    assert isinstance(letter, Const)
    if letter in instance.seen:
        return
    tensor = instance.tensor(letter)
    if tensor is None:
        if letter.absent is None:
            raise NoCase(f"{letter.name} is absent")
        instance.seen[letter] = instance.domain.full((), letter.absent)
        return
    data = tensor.data
    if isinstance(operand, Channel):
        data = _along_channel(instance, operand, term, index, data)
    elif isinstance(operand, View):
        data = _viewed(operand, data, instance.attribute(operand.by))
    instance.seen[letter] = data
    if letter.dims is not None and not letter.broadcast:
        _fits(instance, letter)


def _fits(instance: Instance, letter: Const) -> None:
    """The shape of a constant fits its dimensions."""
    assert letter.dims is not None
    if instance.letters[letter] is None:
        return
    open_ended = letter.dims[-1:] == (REST,)
    dims = letter.dims[:-1] if open_ended else letter.dims
    shape, sizes = instance.seen[letter].shape, instance.sizes
    if letter.broadcast:
        fits = len(shape) <= len(dims) and all(
            size in (1, sizes.get(name, size))
            for name, size in zip(reversed(dims), reversed(shape), strict=False)
        )
    else:
        fits = len(shape) == len(dims) or (open_ended and len(shape) > len(dims))
        fits = fits and all(
            sizes.setdefault(name, size) == size for name, size in zip(dims, shape, strict=False)
        )
    if not fits:
        raise NoCase(f"{letter.name} has another shape")


def _along_channel(
    instance: Instance, channel: Channel, term: OpTerm, index: int, data: Any
) -> Any:
    """A vector along the channels of the other operand, or a scalar."""
    other = term.operands[1 - index]
    assert other is not None
    beside = instance.tensor(other)
    assert beside is not None
    shape = beside.shape
    axis = instance.axes.get(channel.beside, channel.axis)
    place = axis - len(shape) if axis >= 0 else axis
    aligned = data.shape
    if len(aligned) > len(shape) or not -len(shape) <= place < 0:
        raise NoCase("not along the channels")
    if any(size != 1 and at != place for at, size in enumerate(aligned, -len(aligned))):
        raise NoCase("not along the channels")
    if data.size != 1 and shape[place] != data.size:
        raise NoCase("not as many channels")
    return data.reshape(() if data.size == 1 else (-1,))


def _viewed(view: View, stored: Any, parameter: int) -> Any:
    if view.kind == "transposed":
        if stored.ndim != 2:
            raise NoCase("no matrix")
        return stored.T if parameter else stored
    assert view.kind == "grouped"
    if not stored.ndim or parameter <= 0 or stored.shape[0] % parameter:
        raise NoCase("not divided by the groups")
    return stored.reshape(parameter, stored.shape[0] // parameter, *stored.shape[1:])


def unviewed(view: View, seen: Any, parameter: int) -> Any:
    """What is stored, of what is seen."""
    if view.kind == "transposed":
        return seen.T if parameter else seen
    if seen.ndim < 2:
        return seen
    return seen.reshape(seen.shape[0] * seen.shape[1], *seen.shape[2:])


def consts_of(term: OpTerm) -> Iterator[Const]:
    """The constants that an op takes directly."""
    for operand in term.operands:
        inner = operand.of if isinstance(operand, (View, Channel)) else operand
        if isinstance(inner, Const):
            yield inner
