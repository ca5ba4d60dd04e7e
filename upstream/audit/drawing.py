# SPDX-License-Identifier: Apache-2.0
"""Operands and attributes for the ops of a pattern, of shapes and values that the op can make something of.

An op whose operands depend on each other has a row in `_HINTS`; all others take tensors of any shape.  What does not
fit is refused by the semantics, and drawn anew: a hint makes cases likely, not right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from random import Random
from typing import Any

import numpy as np

from ...dialect.ops.attribute_kinds import FLOAT, INT, INTS, STRING
from ...dialect.ops.spec import OpSpec
from ...dialect.types import BY_NAME
from ...proving.domains import FIELD, RATIONALS, numbers_of
from ...proving.tensors import Tensor
from .native_calls import integers

Shape = tuple[int, ...]
Given = Mapping[str, Any]
Hint = Callable[["Drawer", Given], Any]

ELEMENT_TYPES = ("f32", "f64", "i32", "i64", "ui8", "i1")
"""What the tensors of cases are made of."""
_ONNX_NAMES = {row.asm: f"tensor({row.name})" for row in BY_NAME.values()}
BROADCASTING = frozenset(
    [
        "Add",
        "And",
        "Div",
        "Equal",
        "Greater",
        "GreaterOrEqual",
        "Less",
        "LessOrEqual",
        "Max",
        "Min",
        "Mod",
        "Mul",
        "Or",
        "Pow",
        "Sub",
        "Sum",
        "Xor",
    ]
)


class Drawer:
    """Draws for one case.

    type: the element type of tensors that may have any.  ordered: whether numbers are compared, for which the prime
    field has no answer.
    """

    def __init__(self, type_: str, rng: Random, *, ordered: bool) -> None:
        self.type = type_
        self.rng = rng
        self.numpy = np.random.default_rng(rng.getrandbits(32))
        self.floats = RATIONALS if ordered else FIELD

    def tensor(self, shape: Sequence[int], type_: str | None = None) -> Tensor:
        """A tensor of that shape."""
        type_ = type_ or self.type
        numbers = numbers_of(type_, self.floats)
        data = numbers.draw(self.numpy, tuple(shape))
        return Tensor(type_, numbers, numbers.array(abs(data)) if type_[0] == "u" else data)

    def size(self) -> int:
        """A size, seldom 0."""
        return self.rng.choice((0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3))

    def shape(self, fewest: int = 0, most: int = 4) -> Shape:
        """A shape of a rank in between."""
        return tuple(self.size() for _ in range(self.rng.randint(fewest, most)))

    def beside(self, shape: Sequence[int]) -> Shape:
        """A shape that mostly broadcasts with this one, to it or beyond it."""
        kept = [size if self.rng.random() < 0.6 else 1 for size in shape]
        kept = kept[self.rng.randint(0, len(kept)) :] if self.rng.random() < 0.5 else kept
        if self.rng.random() < 0.3:
            kept = [size if size != 1 else self.size() for size in kept]
        if self.rng.random() < 0.3:
            kept = [self.size(), *kept]
        return tuple(kept)

    def permutation(self, rank: int) -> list[int]:
        """An order of so many axes."""
        return self.rng.sample(range(rank), rank)

    def axes(self, rank: int) -> list[int]:
        """Some axes, some of them counted from the end."""
        chosen = self.rng.sample(range(rank), self.rng.randint(0, rank))
        return [axis - rank if self.rng.random() < 0.3 else axis for axis in chosen]

    def operand(self, spec: OpSpec, index: int, given: Given) -> Any:
        """Operand `index` of an op; `given` has what is known already."""
        formal = spec.operands[min(index, len(spec.operands) - 1)]
        if formal.arity == "optional" and self.rng.random() < 0.5:
            return None
        if hint := _HINTS.get((spec.onnx_name or spec.name, formal.name)):
            return hint(self, given)
        before = [value for value in given.values() if isinstance(value, Tensor)]
        if before and (spec.onnx_name in BROADCASTING or spec.onnx_name == "Where"):
            shape = self.beside(before[0].shape)
        else:
            shape = self.shape()
        if formal.arity == "variadic":
            return [
                self.tensor(shape if n == 0 else self.beside(shape))
                for n in range(self.rng.randint(1, 3))
            ]
        known = next((value.type for value in before), None)
        if known and formal.types and _ONNX_NAMES[known] in formal.types:
            return self.tensor(shape, known)
        return self.tensor(shape, self._of(formal.types))

    def _of(self, types: frozenset[str] | None) -> str:
        """The type of the case if the operand may have it."""
        admitted = (self.type, *ELEMENT_TYPES)
        return next((n for n in admitted if not types or _ONNX_NAMES[n] in types), self.type)

    def attribute(self, spec: OpSpec, name: str, given: Given) -> Any:
        """An attribute of an op; None for its default."""
        if hint := _HINTS.get((spec.onnx_name or spec.name, name)):
            drawn = hint(self, given)
            return [int(each) for each in drawn.data] if isinstance(drawn, Tensor) else drawn
        found = spec.attributes[name]
        if found.kind is FLOAT:
            return self.rng.choice((found.default, 0.0, 1.0, 2.0, 3.0, 0.5))
        if found.kind is INT:
            return self.rng.choice((found.default, 0, 1))
        if found.kind in (INTS, STRING):
            return found.default
        return self.rng.choice(ELEMENT_TYPES)


def _rank(given: Given, name: str) -> int:
    return len(given[name].shape)


def _spatial(given: Given) -> int:
    return max(_rank(given, "X") - 2, 0)


def _weights(draw: Drawer, given: Given) -> Tensor:
    x = given["X"].shape
    group = draw.rng.choice((1, 1, 1, 2)) if x[1] % 2 == 0 and x[1] else 1
    rows = group * draw.rng.choice((1, 1, 2, 3))
    return draw.tensor((rows, x[1] // group, *(draw.rng.choice((1, 2)) for _ in x[2:])))


def _group(_: Drawer, given: Given) -> int:
    x, w = given["X"].shape, given["W"].shape
    return x[1] // w[1] if w[1] else 1


def _vector(of: str, axis: int) -> Hint:
    """A vector as long as an axis of another operand."""
    return lambda draw, given: draw.tensor(given[of].shape[axis : axis + 1 or None], given[of].type)


def _pads(draw: Drawer, given: Given) -> list[int] | None:
    spatial = _spatial(given)
    return draw.rng.choice((None, [draw.rng.randint(0, 1) for _ in range(2 * spatial)]))


def _small(low: int, high: int) -> Hint:
    """One number for each spatial axis."""
    return lambda draw, given: [draw.rng.randint(low, high) for _ in range(_spatial(given))]


def _gemm_b(draw: Drawer, given: Given) -> Tensor:
    a = given["A"].shape
    inner = draw.rng.choice(a) if a else 1
    shape = [inner, draw.size()]
    return draw.tensor(shape if draw.rng.random() < 0.5 else shape[::-1])


def _matmul_b(draw: Drawer, given: Given) -> Tensor:
    a = given["A"].shape
    inner = a[-1] if a else 1
    shape = draw.rng.choice(((inner,), (inner, draw.size()), (*a[:-2], inner, draw.size())))
    return draw.tensor(shape)


def _transposed(name: str) -> Hint:
    """Whether the drawn shapes fit together transposed."""

    def hint(draw: Drawer, given: Given) -> int:
        a, b = given["A"].shape, given["B"].shape
        if len(a) == len(b) == 2 and a[1] != b[0]:
            fits = {(1, 0): a[0] == b[0], (0, 1): a[1] == b[1], (1, 1): a[0] == b[1]}
            for (first, second), fit in fits.items():
                if fit:
                    return first if name == "transA" else second
        return draw.rng.randint(0, 1)

    return hint


def _reshaped(draw: Drawer, given: Given) -> Tensor:
    shape = list(given["data"].shape)
    choices = [shape, [-1], [*shape, 1], [prod(shape)], [1, -1], [-1, *shape[-1:]]]
    if len(shape) > 1:
        choices += [[shape[0] * shape[1], *shape[2:]], [0, -1], [*shape[:-2], shape[-1], shape[-2]]]
    return integers(draw.rng.choice(choices))


def _ones(draw: Drawer, given: Given) -> Tensor | None:
    """Axes of size 1, for Squeeze."""
    shape = given["data"].shape
    ones = [axis for axis, size in enumerate(shape) if size == 1]
    chosen = draw.rng.sample(ones, draw.rng.randint(min(1, len(ones)), len(ones)))
    return integers([axis - len(shape) if draw.rng.random() < 0.3 else axis for axis in chosen])


def _new_axes(draw: Drawer, given: Given) -> Tensor:
    rank = _rank(given, "data")
    count = draw.rng.randint(1, 2)
    chosen = draw.rng.sample(range(rank + count), count)
    return integers([axis - rank - count if draw.rng.random() < 0.3 else axis for axis in chosen])


def _some(*values: Any) -> Hint:
    return lambda draw, _: draw.rng.choice(values)


def _axis_of(name: str) -> Hint:
    return lambda draw, given: _axis(draw, _rank(given, name))


def _axis(draw: Drawer, rank: int) -> int:
    return draw.rng.randrange(-rank, max(rank, 1))


def _each_axis(low: int, high: int) -> Hint:
    return lambda draw, given: integers([draw.rng.randint(low, high) for _ in _sliced(given)])


def _sliced(given: Given) -> Any:
    axes = given.get("axes")
    return given["data"].shape if axes is None else axes.data


def _concatenated(draw: Drawer, _: Given) -> list[Tensor]:
    shape = draw.shape(1, 3)
    axis = draw.rng.randrange(len(shape))
    return [
        draw.tensor([draw.size() if at == axis else size for at, size in enumerate(shape)])
        for _ in range(draw.rng.randint(1, 3))
    ]


def _image(draw: Drawer, _: Given) -> Tensor:
    spatial = [draw.rng.choice((1, 2, 3)) for _ in range(draw.rng.randint(1, 2))]
    return draw.tensor((1, draw.rng.choice((1, 2, 3)), *spatial))


def _blocks(draw: Drawer, _: Given) -> Tensor:
    """For SpaceToDepth and DepthToSpace of blocks of 2 by 2."""
    return draw.tensor((1, draw.rng.choice((4, 8)), draw.rng.choice((2, 4)), 2))


def _scalar(draw: Drawer, given: Given) -> Tensor:
    return draw.tensor((), given["input"].type)


def _beside_normalized(draw: Drawer, _: Given) -> Tensor:
    return draw.tensor(draw.rng.choice(((2,), (2, 1), (2, 3), (1, 2, 2), (2, 2, 1, 2))))


_HINTS: dict[tuple[str, str], Hint] = {
    ("BatchNormalization", "X"): _beside_normalized,
    **{
        ("BatchNormalization", name): _vector("X", 1)
        for name in ("scale", "B", "mean", "var", "input_mean", "input_var")
    },
    ("Clip", "input"): lambda draw, _: draw.tensor(draw.shape(0, 2)),
    ("Clip", "min"): _scalar,
    ("Clip", "max"): _scalar,
    ("Concat", "axis"): lambda draw, given: _axis(draw, len(given["inputs"][0].shape)),
    ("Concat", "inputs"): _concatenated,
    ("Conv", "B"): _vector("W", 0),
    ("Conv", "W"): _weights,
    ("Conv", "X"): _image,
    ("Conv", "auto_pad"): _some("NOTSET", "NOTSET", "VALID", "SAME_UPPER"),
    ("Conv", "dilations"): _small(1, 1),
    ("Conv", "group"): _group,
    ("Conv", "kernel_shape"): lambda _, given: list(given["W"].shape[2:]),
    ("Conv", "pads"): _pads,
    ("Conv", "strides"): _small(1, 2),
    ("DepthToSpace", "blocksize"): _some(2),
    ("DepthToSpace", "input"): _blocks,
    ("DepthToSpace", "mode"): _some("DCR", "CRD"),
    ("Dim", "axis"): lambda draw, given: draw.rng.randrange(max(_rank(given, "data"), 1)),
    ("Dropout", "ratio"): lambda draw, _: draw.tensor((), "f32"),
    ("Dropout", "training_mode"): lambda draw, _: draw.tensor((), "i1"),
    ("Gemm", "A"): lambda draw, _: draw.tensor((draw.size(), draw.size())),
    ("Gemm", "B"): _gemm_b,
    ("Gemm", "transA"): _transposed("transA"),
    ("Gemm", "transB"): _transposed("transB"),
    ("GlobalAveragePool", "X"): lambda draw, _: draw.tensor(draw.shape(2, 4)),
    ("GlobalMaxPool", "X"): lambda draw, _: draw.tensor(draw.shape(2, 4)),
    ("MatMul", "A"): lambda draw, _: draw.tensor(draw.shape(1, 3)),
    ("MatMul", "B"): _matmul_b,
    ("MaxPool", "X"): _image,
    ("MaxPool", "dilations"): _small(1, 1),
    ("MaxPool", "kernel_shape"): _small(1, 2),
    ("MaxPool", "pads"): _pads,
    ("MaxPool", "strides"): _small(1, 2),
    ("Reshape", "shape"): _reshaped,
    ("Shape", "end"): _some(None, 1, 2, -1),
    ("Shape", "start"): _some(0, 0, 1, -1),
    ("Slice", "axes"): lambda draw, given: draw.rng.choice((None, integers(draw.axes(_rank(given, "data"))))),
    ("Slice", "ends"): _each_axis(-2, 3),
    ("Slice", "starts"): _each_axis(-2, 1),
    ("Slice", "steps"): lambda draw, given: draw.rng.choice((None, _each_axis(1, 2)(draw, given))),
    ("Softmax", "axis"): _axis_of("input"),
    ("SpaceToDepth", "blocksize"): _some(2),
    ("SpaceToDepth", "input"): _blocks,
    ("Squeeze", "axes"): _ones,
    ("Tile", "repeats"): lambda draw, given: integers([draw.rng.choice((0, 1, 1, 2)) for _ in given["input"].shape]),
    ("Transpose", "perm"): lambda draw, given: draw.permutation(_rank(given, "data")),
    ("Unsqueeze", "axes"): _new_axes,
}  # fmt: skip
