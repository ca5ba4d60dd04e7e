# SPDX-License-Identifier: Apache-2.0
"""Ops that stand between, drawn at random: what moves elements, and brings an axis where it has to be."""

from __future__ import annotations

from random import Random

import numpy as np

from ..passes.rewriting.terms import Moved
from . import hints
from .domains import INTEGERS
from .instances import Move, NoCase
from .tensors import Tensor


def moves_between(random: Random, moved: Moved, inner: Tensor) -> tuple[Move, ...]:
    """What moves `inner`, four ops at most; raises NoCase where there is no axis to keep."""
    axis = moved.axis + len(inner.shape) if moved.axis < 0 else moved.axis
    if not 0 <= axis < len(inner.shape):
        raise NoCase("there is no such axis")
    chain: list[Move] = []
    tensor, count = inner, random.choice((0, 0, 0, 1, 1, 2))
    while len(chain) < 4:
        told = hints.moves(random, tensor.shape, axis)
        if len(chain) >= count:
            rank, to = len(tensor.shape), axis if moved.to is None else moved.to
            to = to + rank if to < 0 else to
            if axis == to:
                break
            told = hints.moved_to(random, rank, axis, to)
        name, attributes, elements, axes = told
        operands: tuple[Tensor, ...] = ()
        if elements is not None:
            operands = (Tensor("i64", INTEGERS, np.array(elements, dtype=object)),)
        move = Move(name, operands, tuple(attributes.items()), axes)
        tensor = move(tensor)
        found = axes[axis]
        assert found is not None
        axis = found
        chain.append(move)
    return tuple(chain)
