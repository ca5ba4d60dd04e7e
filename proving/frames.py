# SPDX-License-Identifier: Apache-2.0
"""What is chosen before an instance is drawn, and the shapes that are drawn then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

from ..dialect.types import BY_NAME
from ..passes.rewriting.terms import REST, Const, Moved, OpTerm, Result, Term, Value
from .domains import FIELD, Domain
from .instances import Instance, Shape
from .tensors import Tensor

PREFERENCES = {
    "f32": ("f32", "i64", "i1", "i32", "ui8", "i8"),
    "i64": ("i64", "i32", "f32", "i1", "i8"),
    "i1": ("i1", "f32", "i64", "ui8"),
    "f16": ("f16", "f32", "i64", "i1"),
}
TYPES = tuple(PREFERENCES)


@dataclass(frozen=True)
class Frame:
    """What is chosen before an instance is drawn; what is not is drawn as well.

    flags: of ops.  present: operands that may be left out.  patterns: which axes of a constant that broadcasts are not
    1, from the right.  type: of the numbers; the others are what the ops then ask for.  mixed: types of one kind differ
    where they may.  largest: size.  zero: whether sizes may be 0.  plain: numbers are small and simple.
    """

    domain: Domain = FIELD
    flags: Mapping[tuple[OpTerm, str], Any] = field(default_factory=dict[Any, Any])
    present: Mapping[Term, bool] = field(default_factory=dict[Term, bool])
    patterns: Mapping[Term, tuple[bool, ...]] = field(default_factory=dict[Any, Any])
    type: str = "f32"
    mixed: bool = False
    largest: int = 3
    zero: bool = False
    plain: bool = False


@cache
def admitted(names: frozenset[str] | None) -> frozenset[str] | None:
    """Element types by MLIR's names, of ONNX's names of tensors."""
    if names is None:
        return None
    inside = (name.removeprefix("tensor(").removesuffix(")") for name in names)
    return frozenset(BY_NAME[name].asm for name in inside if name in BY_NAME)


class Sizes:
    """Draws shapes for the letters of an instance."""

    def __init__(self, instance: Instance, frame: Frame, random: Random) -> None:
        self.instance = instance
        self.frame = frame
        self.random = random

    def dims(self, term: OpTerm, letter: Const, joined: int = 0) -> Shape:
        """The shape that a letter sees: sizes that are known, or new ones.  joined: axes that are one as stored."""
        assert letter.dims is not None
        sizes, dims = self.instance.sizes, letter.dims
        pool = self.pool(term)
        open_ended = dims[-1:] == (REST,)
        for name in dims[: len(dims) - open_ended]:
            if name not in sizes:
                sizes[name] = self.new_size(pool)
        if not open_ended:
            return tuple(sizes[name] for name in dims)
        # Where there are more of them, there are mostly as many as the first operand has.
        first = self.known(term.operands[0])
        rest = self.random.randint(1, 2)
        if first is not None and self.random.random() < 0.9:
            rest = max(len(first.shape) - len(dims) + 1 + joined, 1)
        return (*(sizes[name] for name in dims[:-1]), *(self.new_size() for _ in range(rest)))

    def broadcast(self, letter: Const) -> Shape:
        """A shape that broadcasts to the dimensions of a letter."""
        assert letter.dims is not None
        pattern = self.frame.patterns.get(letter)
        if pattern is None:
            rank = self.random.randint(0, len(letter.dims))
            pattern = tuple(self.random.random() < 0.6 for _ in range(rank))
        sizes = self.instance.sizes
        names = letter.dims[len(letter.dims) - len(pattern) :]
        return tuple(
            sizes.get(name, self.new_size()) if wide else 1
            for name, wide in zip(names, reversed(pattern), strict=True)
        )

    def new_size(self, pool: Shape = ()) -> int:
        """A size, often one of those in the pool."""
        random = self.random
        if pool and random.random() < 0.5:
            return random.choice(pool)
        if self.frame.zero and random.random() < 0.25:
            return 0
        return random.randint(1, self.frame.largest)

    def pool(self, term: OpTerm) -> Shape:
        """Sizes that the other operands have, and those parts of them that a group has."""
        found: list[int] = []
        for operand in term.operands:
            tensor = self.known(operand)
            if tensor is not None:
                found += tensor.shape
                found += tensor.shape[1:2] * 3  # mostly the channels
        group = self.instance.attributes.get((term, "group"), 1)
        found += [size // group for size in found if group > 1 and not size % group]
        return tuple(found)

    def known(self, operand: Term | None) -> Tensor | None:
        """An operand, if it is there already."""
        if isinstance(operand, (OpTerm, Result)):
            return self.instance.tensor(operand)
        known = self.instance.moves if isinstance(operand, Moved) else self.instance.letters
        if isinstance(operand, (Moved, Value, Const)) and operand in known:
            return self.instance.tensor(operand)
        return None
