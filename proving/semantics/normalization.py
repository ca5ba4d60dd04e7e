# SPDX-License-Identifier: Apache-2.0
"""Ops that subtract a mean and divide by a deviation."""

from __future__ import annotations

from math import prod
from typing import Any

from ..domains import Domain
from ..tensors import Tensor
from .shapes import along
from .table import Call, means, need


@means("BatchNormalization", since=9)
@means("BatchNormalizationInferenceMode")
def batch_normalization(
    call: Call, x: Tensor, scale: Tensor, bias: Tensor, mean: Tensor, var: Tensor
) -> tuple[Tensor, ...]:
    """(X - mean) / sqrt(var + epsilon) * scale + B, along axis 1"""
    need(x.rank >= 1, "X has an axis at least")
    # One axis: that of the samples, each with one channel.
    channels = x.shape[1] if x.rank > 1 else 1
    vectors = (scale, bias, mean, var)
    need(
        all(each.shape == (channels,) for each in vectors),
        "scale, B, mean and var have one element a channel",
    )
    numbers, rank = x.numbers, max(x.rank, 2)
    data = x.data if x.rank > 1 else x.data.reshape(-1, 1)
    used: tuple[Any, Any] = mean.data, var.data
    running: tuple[Tensor, ...] = ()
    if call["training_mode"]:
        used, running = _statistics(call, x.like(data), mean, var)
    deviation = numbers.sqrt(numbers.add(used[1], call.number("epsilon", numbers)))
    centred = numbers.sub(data, along(used[0], 1, rank))
    scaled = numbers.mul(
        numbers.div(centred, along(deviation, 1, rank)), along(scale.data, 1, rank)
    )
    return (x.like(numbers.add(scaled, along(bias.data, 1, rank)).reshape(x.shape)), *running)


def _statistics(
    call: Call, x: Tensor, mean: Tensor, var: Tensor
) -> tuple[tuple[Any, Any], tuple[Tensor, ...]]:
    """Mean and variance of the batch, and the running ones."""
    numbers = x.numbers
    axes = (0, *range(2, x.rank))
    own_mean, own_var = moments(numbers, x.data, axes)
    momentum = call.number("momentum", numbers)
    rest = numbers.sub(numbers.from_python(1), momentum)

    def running(old: Tensor, new: Any) -> Tensor:
        return old.like(numbers.add(numbers.mul(old.data, momentum), numbers.mul(new, rest)))

    own = own_mean.reshape(-1), own_var.reshape(-1)
    return own, (running(mean, own[0]), running(var, own[1]))


def moments(numbers: Domain, data: Any, axes: tuple[int, ...]) -> tuple[Any, Any]:
    """The mean and the variance along some axes, which get size 1."""
    kept = tuple([1 if axis in axes else size for axis, size in enumerate(data.shape)])
    count = numbers.from_python(prod([data.shape[axis] for axis in axes]))
    mean = numbers.div(numbers.sum(data, axes), count).reshape(kept)
    centred = numbers.sub(data, mean)
    return mean, numbers.div(numbers.sum(numbers.mul(centred, centred), axes), count).reshape(kept)
