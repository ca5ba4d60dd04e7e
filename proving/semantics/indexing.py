# SPDX-License-Identifier: Apache-2.0
"""Elements that are chosen, replaced or surrounded."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..domains import BOOLS, INTEGERS, array_of, choose
from ..tensors import Tensor, Undefined
from .casts import converted
from .shapes import axes_of, axis_of, integers
from .table import Call, element, means, need


def indices_of(indices: Tensor, size: int) -> Any:
    """Indices counted from the front; raise Invalid for what is out of bounds."""
    data: Any = indices.data.astype(int)
    need(((data >= -size) & (data < size)).all(), "an index out of bounds")
    found: Any = choose(data < 0, data + size, data)
    return found


@means("Gather")
def gather(call: Call, x: Tensor, indices: Tensor) -> Tensor:
    """What X has at the indices of one axis"""
    need(x.rank, "X has an axis")
    axis = axis_of(call["axis"], x.rank)
    found = x.data.take(indices_of(indices, x.shape[axis]), axis)
    return x.like(x.numbers.array(found))


@means("GatherElements")
def gather_elements(call: Call, x: Tensor, indices: Tensor) -> Tensor:
    """What X has where the indices say, in the place of one of their own"""
    axis = axis_of(call["axis"], x.rank)
    return x.like(x.data[_places(x, indices, axis)])


def _places(x: Tensor, indices: Tensor, axis: int) -> tuple[Any, ...]:
    """The index into X for each element of `indices`."""
    need(indices.rank == x.rank, "the indices have X's rank")
    pairs = zip(indices.shape, x.shape, strict=True)
    need(
        all(at == axis or ours <= theirs for at, (ours, theirs) in enumerate(pairs)),
        "more indices than there are elements",
    )
    places = list(np.indices(indices.shape))
    places[axis] = indices_of(indices, x.shape[axis])
    return tuple(places)


@means("GatherND")
def gather_nd(call: Call, x: Tensor, indices: Tensor) -> Tensor:
    """The parts of X at the vectors of indices, for each sample of the batch axes"""
    batch = call["batch_dims"] or 0
    need(x.rank and indices.rank, "a scalar has no indices")
    need(0 <= batch < min(x.rank, indices.rank), "batch_dims are less than the ranks")
    need(x.shape[:batch] == indices.shape[:batch], "the batches differ")
    depth = indices.shape[-1]
    need(1 <= depth <= x.rank - batch, "longer indices than X has axes")
    lead, samples = x.shape[:batch], prod(x.shape[:batch])
    data = x.data.reshape(samples, *x.shape[batch:])
    vectors = indices.data.reshape(samples, -1, depth) if indices.data.size else None
    rest = x.shape[batch + depth :]
    shape = (*lead, *indices.shape[batch:-1], *rest)
    if vectors is None:
        return x.like(np.empty(shape, x.numbers.dtype))
    places = tuple(
        [indices_of(indices.like(vectors[..., at]), x.shape[batch + at]) for at in range(depth)]
    )
    where = (np.arange(samples)[:, np.newaxis], *places)
    return x.like(data[where].reshape(shape))


@means("Slice")
def slice_(
    call: Call,
    x: Tensor,
    starts: Tensor | None = None,
    ends: Tensor | None = None,
    axes: Tensor | None = None,
    steps: Tensor | None = None,
) -> Tensor:
    """From starts to ends by steps, as numpy slices"""
    first = call["starts"] if starts is None else integers(starts)
    last = call["ends"] if ends is None else integers(ends)
    need(len(first) == len(last) <= x.rank, "as many ends as starts")
    listed = call["axes"] if axes is None else integers(axes)
    where = axes_of(range(len(first)) if listed is None else listed, x.rank)
    by = (1,) * len(first) if steps is None else integers(steps)
    need(len(where) == len(by) == len(first) and 0 not in by, "as many axes and steps as starts")
    slices = [slice(None)] * x.rank
    for axis, start, end, step in zip(where, first, last, by, strict=True):
        slices[axis] = _slice(start, end, step, x.shape[axis])
    return x.like(array_of(x.data[tuple(slices)]))


def _slice(start: int, end: int, step: int, size: int) -> slice:
    """Unlike in Python, a backward slice that starts before the first element starts at it."""
    start, end = (each + size if each < 0 else each for each in (start, end))
    if step > 0:
        return slice(min(max(start, 0), size), min(max(end, 0), size), step)
    start, end = (min(max(each, low), size - 1) for each, low in ((start, 0), (end, -1)))
    # Python has no number for a place before the first element.
    return slice(max(start, 0), None if end < 0 and size else max(end, 0), step)


@means("Pad")
def pad(
    call: Call,
    x: Tensor,
    pads: Tensor | None = None,
    value: Tensor | None = None,
    axes: Tensor | None = None,
) -> Tensor:
    """X with elements before and after each axis; negative pads cut"""
    amounts = (call["pads"] or call["paddings"]) if pads is None else integers(pads)
    where = range(x.rank) if axes is None else axes_of(integers(axes), x.rank)
    need(len(amounts) == 2 * len(where), "two pads for each axis")
    before, after = [0] * x.rank, [0] * x.rank
    for index, axis in enumerate(where):
        before[axis], after[axis] = amounts[index], amounts[index + len(where)]
    mode = call["mode"]
    need(mode in ("constant", "reflect", "edge", "wrap"), "mode is none of its values")
    if mode == "constant":
        fill = element(call["value"] or 0, x.numbers) if value is None else _scalar(value)
        return x.like(_surrounded(x, before, after, fill))
    data = x.data
    for axis, (start, end) in enumerate(zip(before, after, strict=True)):
        size = x.shape[axis]
        places = np.arange(-start, size + end)
        if places.size and (start > 0 or end > 0):
            need(size, "nothing to repeat")
        if mode == "edge":
            places = places.clip(0, max(size - 1, 0))
        elif mode == "wrap":
            places = places % max(size, 1)
        else:
            need(max(start, end) < max(size, 1), "there is not so much to reflect")
            places = np.abs(places)
            places = choose(places >= size, 2 * (size - 1) - places, places)
        data = data.take(places, axis)
    return x.like(data)


def _scalar(value: Tensor) -> Any:
    need(value.data.size == 1, "constant_value is one number")
    return value.data.reshape(-1)[0]


def _surrounded(x: Tensor, before: list[int], after: list[int], fill: Any) -> Any:
    sizes = [size + a + b for size, a, b in zip(x.shape, before, after, strict=True)]
    need(min(sizes, default=0) >= 0, "pads cut more than there is")
    found: Any = np.full(sizes, fill, x.numbers.dtype)
    pairs = [*zip(x.shape, before, after, strict=True)]
    target = [slice(max(a, 0), max(size + a + min(b, 0), 0)) for size, a, b in pairs]
    source = [slice(max(-a, 0), max(size + min(b, 0), max(-a, 0))) for size, a, b in pairs]
    found[tuple(target)] = x.data[tuple(source)]
    return found


@means("ScatterElements Scatter", ordered=True)
def scatter_elements(call: Call, x: Tensor, indices: Tensor, updates: Tensor) -> Tensor:
    """X with updates where the indices say"""
    axis = axis_of(call["axis"], x.rank)
    need(updates.shape == indices.shape, "one update for each index")
    places = _places(x, indices, axis)
    return x.like(
        _updated(call, x, [each.reshape(-1) for each in places], updates.data.reshape(-1))
    )


def _updated(call: Call, x: Tensor, places: list[Any], updates: Any) -> Any:
    """X with each update at its place; a place that is named twice without a reduction is not defined."""
    reduction = call["reduction"] or "none"
    numbers = x.numbers
    operations = {
        "add": numbers.add,
        "mul": numbers.mul,
        "max": numbers.maximum,
        "min": numbers.minimum,
    }
    need(reduction in ("none", *operations), "reduction is none of its values")
    found = x.data.copy()
    seen: set[tuple[int, ...]] = set()
    for *place, update in zip(*[each.tolist() for each in places], updates, strict=True):
        where = tuple(place)
        if reduction == "none":
            if where in seen:
                raise Undefined("two updates of one place")
            seen.add(where)
            found[where] = update
        else:
            old = numbers.array(found[where])
            found[where] = operations[reduction](old, numbers.array(update))[()]
    return found


@means("ScatterND", ordered=True)
def scatter_nd(call: Call, x: Tensor, indices: Tensor, updates: Tensor) -> Tensor:
    """X with updates at the vectors of indices"""
    need(x.rank and indices.rank, "a scalar has no indices")
    depth = indices.shape[-1]
    need(depth <= x.rank, "longer indices than X has axes")
    rest = x.shape[depth:]
    need(updates.shape == (*indices.shape[:-1], *rest), "updates do not fit the indices")
    count, inner = prod(indices.shape[:-1]), prod(rest)
    vectors = indices.data.reshape(count, depth)
    columns = [indices_of(indices.like(vectors[:, at]), x.shape[at]) for at in range(depth)]
    # Each vector of indices stands for all elements behind it.
    places = [each.repeat(inner) for each in columns]
    places += [np.tile(each.reshape(-1), count) for each in np.indices(rest)]
    return x.like(_updated(call, x, places, updates.data.reshape(-1)))


@means("Compress")
def compress(call: Call, x: Tensor, condition: Tensor) -> Tensor:
    """Slices of X for which a condition holds; all elements in a row, if there is no axis"""
    need(condition.rank == 1, "the condition is a vector")
    axis = call["axis"]
    data, at = (x.data.reshape(-1), 0) if axis is None else (x.data, axis_of(axis, x.rank))
    chosen = condition.data.astype(bool)
    need(not chosen[data.shape[at] :].any(), "a condition on what is not there")
    return x.like(data.compress(chosen[: data.shape[at]], at))


@means("OneHot")
def one_hot(call: Call, indices: Tensor, depth: Tensor, values: Tensor) -> Tensor:
    """values[1] where an index says, else values[0]"""
    need(indices.rank, "a scalar has no indices")
    need(depth.shape in ((), (1,)) and values.shape == (2,), "one depth, and two values")
    axis = axis_of(call["axis"], indices.rank + 1)
    size = int(depth.data.reshape(-1)[0])
    need(size > 0, "depth is positive")
    if size > 1 << 16:
        raise Undefined("more elements than can be looked at")
    counts = np.arange(size).reshape([-1 if at == axis else 1 for at in range(indices.rank + 1)])
    data = np.expand_dims(indices.data, axis)
    inside = np.logical_and(np.greater_equal(data, -size), np.less(data, size)).astype(bool)
    hot = np.equal(data % size, counts).astype(bool) & inside
    off, on = values.data
    return values.like(choose(hot, values.numbers.array(on), values.numbers.array(off)))


@means("NonZero")
def non_zero(_: Call, x: Tensor) -> Tensor:
    """The indices of what is not 0, one column each"""
    chosen = converted(x, "i1", x.numbers).data.astype(bool)
    if not x.rank:
        return Tensor("i64", INTEGERS, np.zeros((0, int(chosen)), object))
    return Tensor("i64", INTEGERS, array_of(np.array(np.nonzero(chosen), int).reshape(x.rank, -1)))


@means("Trilu")
def trilu(call: Call, x: Tensor, k: Tensor | None = None) -> Tensor:
    """What is above a diagonal, or below it, and 0"""
    need(x.rank >= 2, "matrices")
    need(k is None or k.data.size == 1, "k is one number")
    offset = 0 if k is None else int(k.data.reshape(-1)[0])
    distance = np.arange(x.shape[-1]) - np.arange(x.shape[-2])[:, np.newaxis]
    kept = distance >= offset if call["upper"] else distance <= offset
    zero = False if x.numbers is BOOLS else x.numbers.from_python(0)
    return x.like(choose(kept, x.data, x.numbers.array(zero)))


@means("ReverseSequence")
def reverse_sequence(call: Call, x: Tensor, lengths: Tensor) -> Tensor:
    """The first elements of each sequence in reverse"""
    need(x.rank >= 2, "a batch of sequences")
    batch, time = call["batch_axis"], call["time_axis"]
    need({batch, time} == {0, 1}, "the axes are 0 and 1")
    need(lengths.shape == (x.shape[batch],), "one length for each sequence")
    data = x.data.swapaxes(0, batch).copy()
    for index, length in enumerate(lengths.data.tolist()):
        need(0 <= length <= x.shape[time], "a length out of bounds")
        data[index, :length] = data[index, :length][::-1]
    return x.like(data.swapaxes(0, batch))
