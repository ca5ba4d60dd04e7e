# SPDX-License-Identifier: Apache-2.0
"""Ops that subtract a mean, divide by a deviation or a norm, or make a sum 1."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..domains import choose, numbers_of
from ..tensors import Tensor
from .formulas import Formula, formula
from .reductions import first_extreme
from .shapes import along, axes_of, axis_of, broadcast
from .table import Call, means, need

Axes = tuple[int, ...]


def _vector(vector: Tensor, rank: int) -> Formula:
    """A vector along the axis of the channels."""
    return Formula(vector.numbers, along(vector.data, 1, rank))


def _epsilon(call: Call, x: Tensor) -> Formula:
    return Formula(x.numbers, call.number("epsilon", x.numbers))


def _centred(each: Formula, axes: Axes) -> tuple[Formula, Formula, Formula]:
    """The mean, what is left without it, and the variance."""
    mean = each.mean(axes)
    rest = each - mean
    return mean, rest, (rest * rest).mean(axes)


@means("BatchNormalization", since=9)
@means("BatchNormalizationInferenceMode")
def batch_normalization(
    call: Call, x: Tensor, scale: Tensor, bias: Tensor, mean: Tensor, var: Tensor
) -> tuple[Tensor, ...]:
    """(X - mean) / sqrt(var + epsilon) * scale + B, along axis 1"""
    need(x.rank >= 1, "X has an axis at least")
    # One axis: that of the samples, each with one channel.
    channels = x.shape[1] if x.rank > 1 else 1
    training = call["training_mode"]
    need(
        training or call.version < 14 or call.results in (None, 1),
        "only in training there are more results",
    )
    vectors = (scale, bias, mean, var)
    need(
        all(each.shape == (channels,) for each in vectors),
        "scale, B, mean and var have one element a channel",
    )
    rank = max(x.rank, 2)
    each = Formula(x.numbers, x.data if x.rank > 1 else x.data.reshape(-1, 1))
    used = [_vector(mean, rank), _vector(var, rank)]
    running: list[Tensor] = []
    if training:
        momentum = Formula(x.numbers, call.number("momentum", x.numbers))
        own_mean, _, own_var = _centred(each, (0, *range(2, rank)))
        for old, own in ((mean, own_mean), (var, own_var)):
            new = formula(old) * momentum + Formula(x.numbers, own.data.reshape(-1)) * (
                1 - momentum
            )
            running.append(old.like(new.data))
        used = [own_mean, own_var]
    deviation = (used[1] + _epsilon(call, x)).sqrt()
    found = (each - used[0]) / deviation * _vector(scale, rank) + _vector(bias, rank)
    return (x.like(found.data.reshape(x.shape)), *running)


@means("InstanceNormalization", since=6)
def instance_normalization(call: Call, x: Tensor, scale: Tensor, bias: Tensor) -> Tensor:
    """scale * (X - mean) / sqrt(variance + epsilon) + B, by instance and channel"""
    need(
        x.rank >= 2 and scale.shape == bias.shape == x.shape[1:2],
        "scale and B have one element a channel",
    )
    _, rest, variance = _centred(formula(x), tuple(range(2, x.rank)))
    deviation = (variance + _epsilon(call, x)).sqrt()
    return x.like((_vector(scale, x.rank) * rest / deviation + _vector(bias, x.rank)).data)


@means("GroupNormalization")
def group_normalization(call: Call, x: Tensor, scale: Tensor, bias: Tensor) -> Tensor:
    """As InstanceNormalization, by groups of channels; before version 21 scale and B are by group, too"""
    groups = call["num_groups"]
    need(x.rank >= 2 and groups > 0 and x.shape[1] % groups == 0, "no groups of channels")
    count = x.shape[1] if call.version >= 21 else groups
    need(scale.shape == bias.shape == (count,), "scale and B have one element a channel")
    size = x.shape[1] // groups
    grouped = Formula(x.numbers, x.data.reshape(x.shape[0], groups, size, *x.shape[2:]))
    _, rest, variance = _centred(grouped, tuple(range(2, x.rank + 1)))
    normal = (rest / (variance + _epsilon(call, x)).sqrt()).data.reshape(x.shape)
    factors = [each.like(each.data.repeat(x.shape[1] // count)) for each in (scale, bias)]
    found = Formula(x.numbers, normal) * _vector(factors[0], x.rank) + _vector(factors[1], x.rank)
    return x.like(found.data)


def _fits(part: Tensor | None, x: Tensor) -> None:
    need(part is None or broadcast(part.shape, x.shape) == x.shape, "scale and B broadcast to X")


def _stash(call: Call, x: Tensor, each: Formula) -> Tensor:
    """A result whose type is that of stage one."""
    type_ = {1: "f32", 10: "f16", 11: "f64", 16: "bf16"}.get(call["stash_type"])
    need(type_, "stash_type is a floating-point type")
    return Tensor(str(type_), numbers_of(str(type_), x.numbers), each.data)


@means("LayerNormalization")
def layer_normalization(
    call: Call, x: Tensor, scale: Tensor, bias: Tensor | None = None
) -> tuple[Tensor, ...]:
    """(X - mean) / sqrt(variance + epsilon) * scale + B, over the axes from `axis` on"""
    axes = tuple(range(axis_of(call["axis"], x.rank), x.rank))
    _fits(scale, x)
    _fits(bias, x)
    mean, rest, variance = _centred(formula(x), axes)
    inverse = 1 / (variance + _epsilon(call, x)).sqrt()
    found = rest * inverse * formula(scale)
    if bias is not None:
        found = found + formula(bias)
    return x.like(found.data), _stash(call, x, mean), _stash(call, x, inverse)


@means("RMSNormalization RMSLayerNormalization")
def rms_normalization(
    call: Call, x: Tensor, scale: Tensor, bias: Tensor | None = None
) -> tuple[Tensor, ...]:
    """X / sqrt(mean of the squares + epsilon) * scale + B, over the axes from `axis` on"""
    axes = tuple(range(axis_of(call["axis"], x.rank), x.rank))
    _fits(scale, x)
    _fits(bias, x)
    each = formula(x)
    inverse = 1 / ((each * each).mean(axes) + _epsilon(call, x)).sqrt()
    found = each * inverse * formula(scale)
    if bias is not None:
        found = found + formula(bias)
    if call.spec.name == "RMSLayerNormalization":
        return x.like(found.data), _stash(call, x, inverse)
    # The result has the type of scale.
    return (scale.like(found.data),)


@means("MeanVarianceNormalization")
def mean_variance_normalization(call: Call, x: Tensor) -> Tensor:
    """(X - mean) / (sqrt(variance) + 1e-9), the variance as the mean of squares less the square of the mean"""
    axes = axes_of(call["axes"], x.rank)
    each = formula(x)
    mean = each.mean(axes)
    deviation = ((each * each).mean(axes) - mean * mean).sqrt() + 1e-9
    return x.like(((each - mean) / deviation).data)


@means("LpNormalization", ordered=True)
def lp_normalization(call: Call, x: Tensor) -> Tensor:
    """X divided by its norm along an axis; 0 where that is 0"""
    axes = (axis_of(call["axis"], x.rank),)
    each = formula(x)
    need(call["p"] in (1, 2), "p is 1 or 2")
    norm = each.max(-each).sum(axes) if call["p"] == 1 else (each * each).sum(axes).sqrt()
    zero = x.numbers.equal(norm.data, x.numbers.from_python(0))
    return x.like((each / (norm * 0 + 1).where(zero, norm)).data)


@means("LRN", unknown=True)
def lrn(call: Call, x: Tensor) -> Tensor:
    """X / (bias + alpha / size * sum of the squares of channels nearby) ^ beta"""
    need(x.rank >= 2 and call["size"] > 0, "X has channels, and size is positive")
    numbers, size, channels = x.numbers, call["size"], x.shape[1]
    before, after = (size - 1) // 2, size // 2
    squares = (formula(x) * formula(x)).data
    sums: Any = np.empty(x.shape, numbers.dtype)
    for channel in range(channels):
        near = squares[:, max(0, channel - before) : channel + after + 1]
        sums[:, channel] = numbers.sum(near, (1,))
    alpha, beta, bias = (
        numbers.array(call.number(name, numbers)) for name in ("alpha", "beta", "bias")
    )
    base = Formula(numbers, bias) + Formula(numbers, alpha) / size * Formula(numbers, sums)
    return x.like((formula(x) / Formula(numbers, numbers.power(base.data, beta, numbers))).data)


def _flattened(call: Call, x: Tensor) -> tuple[Formula, int]:
    """What is normalized, along which axis: before version 13 all axes from `axis` on are one."""
    if call.version >= 13:
        need(x.rank or call["axis"] in (-1, 0), "an axis that there is not")
        return formula(x), axis_of(call["axis"], x.rank)
    axis = axis_of(call["axis"], x.rank)
    shape = (prod(x.shape[:axis]), prod(x.shape[axis:]))
    return Formula(x.numbers, x.data.reshape(shape)), 1


def _softmax(call: Call, x: Tensor) -> Formula:
    each, axis = _flattened(call, x)
    powers = each.exp()
    return powers / powers.sum((axis,)) if x.data.size else powers


@means("Softmax", unknown=True)
def softmax(call: Call, x: Tensor) -> Tensor:
    """e^X / sum of e^X"""
    return x.like(_softmax(call, x).data.reshape(x.shape))


@means("LogSoftmax", unknown=True)
def log_softmax(call: Call, x: Tensor) -> Tensor:
    """The logarithm of Softmax"""
    return x.like(_softmax(call, x).log().data.reshape(x.shape))


@means("Hardmax", ordered=True)
def hardmax(call: Call, x: Tensor) -> Tensor:
    """1 at the first of the greatest, else 0"""
    each, axis = _flattened(call, x)
    numbers = x.numbers
    parts = np.moveaxis(each.data, axis, 0)
    places = np.arange(len(parts)).reshape(-1, *[1] * (parts.ndim - 1))
    hot = places == first_extreme(numbers, parts, numbers.less)
    found: Any = choose(hot, numbers.from_python(1), numbers.from_python(0))
    return x.like(numbers.array(np.moveaxis(found, 0, axis)).reshape(x.shape))
