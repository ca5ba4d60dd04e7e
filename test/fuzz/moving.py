# SPDX-License-Identifier: Apache-2.0
"""Random chains of ops that move elements and look at none, and where an axis of a value ends up behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np
from arrays import FLOATS
from drawing import Drawing, Scope, Value
from onnx import TensorProto, helper

KINDS = ("Identity", "Transpose", "Unsqueeze", "Squeeze", "Reshape", "Dropout", "Flatten")
_MOST_AXES = 5


@dataclass
class Chain:
    """Ops that stand one behind the other.

    axis: of `value`.  unsure: whether one has to know sizes to see that the axis survives, and does not, or whether
    there are several axes that it might be.  between: every value that an op of the chain reads, but for the first.
    """

    value: Value
    axis: int
    unsure: bool = False
    nodes: list[str] = field(default_factory=list)
    between: list[Value] = field(default_factory=list)


class Mover:
    """Adds ops to a chain."""

    def __init__(self, drawing: Drawing, scope: Scope, value: Value, axis: int) -> None:
        self._drawing = drawing
        self._scope = scope
        self.chain = Chain(value, axis)

    def random(self) -> None:
        """One more op, behind which the axis is still there."""
        drawing, value, axis = self._drawing, self.chain.value, self.chain.axis
        shape, rank = value.shape, len(value.shape)
        kind = drawing.choose(KINDS)
        if kind == "Transpose":
            order = [int(at) for at in drawing.rng.permutation(rank)]
            if drawing.chance(10):
                self._add("Transpose", shape[::-1], rank - 1 - axis)
            else:
                self.transpose(order)
        elif kind == "Unsqueeze" and rank < _MOST_AXES:
            self.unsqueeze(int(drawing.rng.integers(0, rank + 1)))
        elif kind == "Squeeze" and any(size == 1 for at, size in enumerate(shape) if at != axis):
            ones = [at for at, size in enumerate(shape) if size == 1 and at != axis]
            if shape[axis] != 1 and drawing.chance(20):
                self.chain.unsure |= drawing.open
                left = tuple(size for size in shape if size != 1)
                self._add("Squeeze", left, axis - sum(at < axis for at in ones))
            else:
                self.squeeze(drawing.choose(ones))
        elif kind == "Flatten":
            for split in range(rank + 1):
                start, stop, result = (0, split, 0) if axis < split else (split, rank, 1)
                if all(shape[at] == 1 for at in range(start, stop) if at != axis):
                    self.chain.unsure |= drawing.open
                    self._add("Flatten", (prod(shape[:split]), prod(shape[split:])), result, axis=split)  # fmt: skip
                    return
            self._add("Identity", shape, axis)
        elif kind == "Reshape" and 0 not in shape:
            front, back = self._regrouped(shape[:axis]), self._regrouped(shape[axis + 1 :])
            if len(front) + 1 + len(back) <= _MOST_AXES:
                self.reshape((*front, shape[axis], *back), len(front))
        elif kind == "Dropout" and value.type in FLOATS:
            self._dropout()
        else:
            self._add("Identity", shape, axis)

    def fit(self, ranks: Sequence[int] | None, to: int | None) -> None:
        """The ops that are missing until the rank is one of `ranks` and the axis is `to`."""
        drawing = self._drawing
        rank = len(self.chain.value.shape)
        if ranks and rank not in ranks:
            wanted = drawing.choose(ranks)
            while len(self.chain.value.shape) < wanted:
                self.unsqueeze(len(self.chain.value.shape))
            if rank > wanted:
                order = [at for at in range(rank) if at != self.chain.axis]
                self.transpose([*order, self.chain.axis])
                shape = self.chain.value.shape
                merged = rank - wanted + 1
                if wanted == 1:
                    self.squeeze_all()
                else:
                    self.reshape((prod(shape[:merged]), *shape[merged:]), wanted - 1)
        if to is not None:
            least = to + 1 if to >= 0 else -to
            while len(self.chain.value.shape) < least:
                self.unsqueeze(0 if to > 0 else len(self.chain.value.shape))
            rank = len(self.chain.value.shape)
            place = to % rank
            if self.chain.axis != place:
                order = [at for at in range(rank) if at != self.chain.axis]
                order.insert(place, self.chain.axis)
                self.transpose(order)

    def scramble(self) -> None:
        """Lose the axis, or have it where it must not be."""
        shape, rank = self.chain.value.shape, len(self.chain.value.shape)
        if self._drawing.chance(50) and 0 not in shape:
            self._add_reshape(shape[::-1], self.chain.axis)
        else:
            order = [int(at) for at in np.roll(np.arange(rank), 1)]
            self._add("Transpose", tuple(shape[at] for at in order), self.chain.axis, perm=order)

    def transpose(self, order: list[int]) -> None:
        shape = self.chain.value.shape
        axis = order.index(self.chain.axis)
        self._add("Transpose", tuple(shape[at] for at in order), axis, perm=order)

    def unsqueeze(self, at: int) -> None:
        shape = self.chain.value.shape
        result = (*shape[:at], 1, *shape[at:])
        axis = self.chain.axis + (at <= self.chain.axis)
        self._add_axes("Unsqueeze", result, axis, at, len(result))

    def squeeze(self, at: int) -> None:
        shape = self.chain.value.shape
        result = shape[:at] + shape[at + 1 :]
        axis = self.chain.axis - (at < self.chain.axis)
        self._add_axes("Squeeze", result, axis, at, len(shape))

    def squeeze_all(self) -> None:
        """Leave the one axis, if the others are 1."""
        self.chain.unsure = True
        self._add_reshape((prod(self.chain.value.shape),), 0)

    def reshape(self, target: tuple[int, ...], axis: int) -> None:
        shape = self.chain.value.shape
        # Of several axes of size 1 beside each other nobody can say which is which.
        self.chain.unsure |= self._drawing.open or shape[self.chain.axis] == 1 or 0 in shape
        self._add_reshape(target, axis)

    def _add_reshape(self, target: tuple[int, ...], axis: int) -> None:
        drawing, shape = self._drawing, self.chain.value.shape
        said = list(target)
        for at, size in enumerate(target):
            if at < len(shape) and shape[at] == size and drawing.chance(15):
                said[at] = 0
        if target and 0 not in target and drawing.chance(20):
            # 0 stands for a size that is copied, and -1 for what is left.
            said[drawing.rng.integers(0, len(said))] = -1
        self._add("Reshape", target, axis, [drawing.integers(self._scope, said)])

    def _regrouped(self, sizes: tuple[int, ...]) -> tuple[int, ...]:
        """Other sizes of the same product."""
        kind = self._drawing.choose((0, 1, 2))
        if kind == 1 and sizes:
            return (prod(sizes),)
        return (1, *sizes) if kind == 2 and len(sizes) < 3 else sizes

    def _dropout(self) -> None:
        drawing = self._drawing
        opset = drawing.opset
        if opset < 7:
            self._add("Dropout", self.chain.value.shape, self.chain.axis, is_test=1)
            return
        more: list[str] = []
        if opset >= 12 and drawing.chance(30):
            ratio = np.array(0.25, np.float32)
            off = np.array(False)
            tensors = [(ratio, TensorProto.FLOAT), (off, TensorProto.BOOL)]
            for array, type_ in tensors:
                name = drawing.fresh("w")
                value = drawing.tensor(array, name, type_)
                self._scope.nodes.append(helper.make_node("Constant", [], [name], value=value))
                more.append(name)
        self._add("Dropout", self.chain.value.shape, self.chain.axis, more)

    def _add_axes(self, op: str, shape: tuple[int, ...], axis: int, at: int, rank: int) -> None:
        drawing = self._drawing
        said = at - rank if drawing.opset >= 11 and drawing.chance(30) else at
        if drawing.opset >= 13:
            self._add(op, shape, axis, [drawing.integers(self._scope, [said])])
        else:
            self._add(op, shape, axis, axes=[said])

    def _add(
        self,
        op: str,
        shape: tuple[int, ...],
        result: int,
        more: Sequence[str] = (),
        **attributes: object,
    ) -> None:
        chain = self.chain
        if chain.nodes:
            chain.between.append(chain.value)
        name = self._drawing.node(self._scope, op, [chain.value.name, *more], "m", **attributes)
        chain.nodes.append(self._scope.nodes[-1].name)
        chain.value = Value(name, tuple(map(int, shape)), chain.value.type)
        chain.axis = int(result)
