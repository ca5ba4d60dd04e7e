# SPDX-License-Identifier: Apache-2.0
"""What is worth trying for attributes, and for operands that say shapes, axes or places.

Nothing here decides what is valid: the semantics of the ops do, and what they refuse is drawn anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from random import Random
from typing import Any

from ..dialect.ops.attribute_kinds import FLOAT, FLOATS, INT, INTS, STRING, TYPE
from ..dialect.ops.spec import AttributeSpec
from .tensors import Tensor

Known = Sequence["Tensor | None"]

_FLAGS: dict[str, tuple[Any, ...]] = {
    "axis": (0, 1, -1, 2, 3, -2),
    "group": (1, 2, 3),
    "batch_axis": (0, 1),
    "time_axis": (0, 1),
    "start": (0, 1, -1),
    "end": (1, 2, -1),
    "blocksize": (1, 2),
    "num_groups": (1, 2),
    "num_outputs": (1, 2, 3),
    "auto_pad": ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"),
    "direction": ("LEFT", "RIGHT"),
    "reduction": ("none",),
    "p": (1, 2),
    "approximate": ("none", "tanh"),
    "mode": ("constant",),
    "coordinate_transformation_mode": ("asymmetric",),
}


def flag_values(spec: AttributeSpec) -> tuple[Any, ...]:
    """The values that an attribute of one number or word is tried with; () if it depends on the operands."""
    if spec.kind is INT:
        return _FLAGS.get(spec.name, (0, 1))
    if spec.kind is STRING:
        words = _FLAGS.get(spec.name, ())
        default = () if spec.default is None or spec.default in words else (spec.default,)
        return (*default, *words)
    return ()


def attribute_value(random: Random, spec: AttributeSpec, known: Known) -> Any:
    """A value for any other attribute, given the operands; None leaves it out."""
    first = known[0] if known else None
    rank = len(first.shape) if first is not None else 0
    name, spatial = spec.name, max(rank - 2, 0)
    if spec.kind is INTS:
        if name == "kernel_shape":
            weights = known[1] if len(known) > 1 else None
            if weights is not None:
                return random.choice([None, weights.shape[2:]])
            return _some(random, spatial, (1, 2, 3))
        if name == "pads":
            return random.choice([None, (0,) * (2 * spatial), _some(random, 2 * spatial, (0, 1))])
        if name in ("strides", "dilations"):
            return random.choice([None, _some(random, spatial, (1, 2))])
        if name == "output_padding":
            return random.choice([None, _some(random, spatial, (0, 1))])
        if name == "perm":
            return random.choice([None, tuple(random.sample(range(rank), rank))])
        if name in ("axes", "axis"):
            chosen = random.sample(range(rank + 1), random.randint(0, min(rank + 1, 2)))
            return random.choice([None, tuple(at - random.choice((0, rank)) for at in chosen)])
        if name == "shape":
            return _reshaped(random, first)
        if name == "output_shape":
            return None
        return random.choice([None, _some(random, random.randint(0, rank), (0, 1, 2))])
    if spec.kind is FLOATS:
        return None if not spec.required else _some(random, rank, (1.0, 2.0))
    if spec.kind is TYPE:
        return random.choice(("f32", "i64", "i1", "f16"))
    if spec.kind is FLOAT:
        return spec.default
    return random.choice(flag_values(spec) or (spec.default,))


def _some(random: Random, count: int, values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(random.choice(values) for _ in range(count))


def operand_numbers(
    random: Random, op_name: str, formal: str, known: Known
) -> tuple[int, ...] | int | None:
    """The elements of an operand that is made of shapes, axes or places; None if it is not."""
    maker = _OPERANDS.get((op_name.partition("V")[0], formal)) or _OPERANDS.get(("", formal))
    first = known[0] if known else None
    return None if maker is None else maker(random, first)


def is_structural(op_name: str, formal: str) -> bool:
    """Whether an operand is made of shapes, axes or places."""
    return not _OPERANDS.keys().isdisjoint({(op_name.partition("V")[0], formal), ("", formal)})


def _rank(tensor: Tensor | None) -> int:
    return len(tensor.shape) if tensor is not None else 0


def _axes(random: Random, first: Tensor | None) -> tuple[int, ...]:
    rank = _rank(first)
    chosen = random.sample(range(rank + 1), random.randint(0, min(rank + 1, 2)))
    return tuple(at - random.choice((0, 0, rank)) for at in chosen)


def _reshaped(random: Random, first: Tensor | None) -> tuple[int, ...]:
    """Neighbours joined, ones inserted or left out; at times a -1 or a 0 for what would stand there."""
    shape = list(first.shape) if first is not None else []
    for _ in range(random.randint(0, 2)):
        way = random.randint(0, 2)
        if way == 0 and len(shape) > 1:
            at = random.randrange(len(shape) - 1)
            shape[at : at + 2] = [shape[at] * shape[at + 1]]
        elif way == 1 and len(shape) < 4:
            shape.insert(random.randint(0, len(shape)), 1)
        elif 1 in shape:
            shape.remove(1)
    if shape and random.random() < 0.4:
        at = random.randrange(len(shape))
        kept = first is not None and at < len(first.shape) and first.shape[at] == shape[at]
        shape[at] = 0 if kept and random.random() < 0.5 else -1
    return tuple(shape)


def _expanded(random: Random, first: Tensor | None) -> tuple[int, ...]:
    shape = tuple(
        random.choice((size, 1, 2) if size == 1 else (size, 1))
        for size in (first.shape if first is not None else ())
    )
    more = _some(random, random.randint(0, 4 - min(len(shape), 4)), (1, 2))
    return (
        (*more[: random.randint(0, 1)], *shape[random.randint(0, len(shape)) :])
        if random.random() < 0.3
        else (*more[:1], *shape)
    )


def _places(random: Random, first: Tensor | None) -> tuple[int, ...]:
    return _some(random, _rank(first), (0, 0, 1, -1, 2))


def _pads(random: Random, first: Tensor | None) -> tuple[int, ...]:
    return _some(random, 2 * _rank(first), (0, 0, 1, 2))


def _repeats(random: Random, first: Tensor | None) -> tuple[int, ...]:
    return _some(random, _rank(first), (1, 1, 2, 0))


def _split(random: Random, first: Tensor | None) -> tuple[int, ...]:
    size = random.choice(first.shape) if first is not None and first.shape else 1
    left = random.randint(0, size)
    return random.choice(((size,), (left, size - left)))


def _shape(random: Random, first: Tensor | None) -> tuple[int, ...]:  # noqa: ARG001
    return _some(random, random.randint(0, 3), (1, 2, 3))


_OPERANDS: dict[tuple[str, str], Callable[[Random, Tensor | None], tuple[int, ...] | int]] = {
    ("Reshape", "shape"): _reshaped,
    ("Expand", "shape"): _expanded,
    ("ConstantOfShape", "input"): _shape,
    ("", "axes"): _axes,
    ("", "starts"): _places,
    ("", "ends"): _places,
    ("", "steps"): lambda random, first: _some(random, _rank(first), (1, 1, 2, -1)),
    ("", "pads"): _pads,
    ("", "repeats"): _repeats,
    ("", "split"): _split,
    ("", "k"): lambda random, first: (random.choice(first.shape or (1,)) if first else 1,),
    ("", "axis"): lambda random, first: random.randint(-_rank(first), _rank(first)),
}


Told = tuple[str, dict[str, Any], "tuple[int, ...] | None", tuple["int | None", ...]]
"""An op that moves elements: its name, its attributes, the elements of its second operand, where each axis ends up."""


def moved_to(random: Random, rank: int, axis: int, to: int) -> Told:
    """A step that brings an axis where it is wanted, or nearer."""
    if to >= rank:
        return _unsqueeze(rank, random.randint(0, axis))
    perm = [at for at in random.sample(range(rank), rank) if at != axis]
    perm.insert(to, axis)
    return _transpose(perm)


def _unsqueeze(rank: int, new: int) -> Told:
    return "Unsqueeze", {}, (new,), tuple(at + (at >= new) for at in range(rank))


def _transpose(perm: list[int]) -> Told:
    return (
        "Transpose",
        {"perm": tuple(perm)},
        None,
        tuple(perm.index(at) for at in range(len(perm))),
    )


def moves(random: Random, shape: tuple[int, ...], axis: int) -> Told:
    """A step that keeps an axis of a tensor of `shape`."""
    rank = len(shape)
    ones = [at for at, size in enumerate(shape) if size == 1 and at != axis]
    ways = ["Identity", "Transpose", "Unsqueeze", "Reshape", *(["Squeeze"] * bool(ones))]
    way = random.choice(ways)
    if way == "Transpose":
        return _transpose(random.sample(range(rank), rank))
    if way == "Unsqueeze" and rank < 5:
        return _unsqueeze(rank, random.randint(0, rank))
    if way == "Squeeze":
        gone = random.choice(ones)
        axes = tuple(None if at == gone else at - (at > gone) for at in range(rank))
        return way, {}, (gone,), axes
    if way == "Reshape":
        # All axes before it become one, or none; those behind it as well.
        before, behind = prod(shape[:axis]), prod(shape[axis + 1 :])
        target = (*((before,) if before != 1 or random.random() < 0.5 else ()), shape[axis], behind)
        where = len(target) - 2
        axes = tuple(where if at == axis else None for at in range(rank))
        return way, {"allowzero": 1}, target, axes
    return "Identity", {}, None, tuple(range(rank))
