# SPDX-License-Identifier: Apache-2.0
"""Ops that give elements another place or shape, and those that make them of shapes.

Results may be views of operands: nothing is copied that need not be, and what has equal elements everywhere keeps
strides of 0.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..bindings import ir
from ..ops.attributes import get_attribute
from ..ops.constant import constant_value
from ..types import Array
from .call import EvaluationError, Kernel, axes_of, is_real, rounded, wide

if TYPE_CHECKING:
    from ..onnx import OnnxOp


def shaped(array: Array, shape: tuple[int, ...]) -> Array:
    """`array.reshape(shape)`, without a copy where all elements are one."""
    if array.size > 1 and not any(array.strides):
        if math.prod(shape) != array.size:
            raise EvaluationError(f"{array.size} elements have no shape {shape}")
        return np.broadcast_to(array[(0,) * array.ndim], shape)
    return array.reshape(shape)


def _identity(_: OnnxOp, x: Array) -> Array:
    return x


def _reshape(op: OnnxOp, data: Array, shape: Array) -> Array:
    keeps_zeros = "allowzero" in op.SPEC.attributes and op.allowzero
    sizes = [
        data.shape[axis] if size == 0 and not keeps_zeros else int(size)
        for axis, size in enumerate(np.ravel(shape))
    ]
    if -1 in sizes:
        rest = math.prod(size for size in sizes if size != -1)
        sizes[sizes.index(-1)] = data.size // rest if rest else 0
    return shaped(data, tuple(sizes))


def _transpose(op: OnnxOp, data: Array) -> Array:
    return np.transpose(data, op.perm)


def _flatten(op: OnnxOp, data: Array) -> Array:
    axis = op.axis + data.ndim if op.axis < 0 else op.axis
    return shaped(data, (math.prod(data.shape[:axis]), math.prod(data.shape[axis:])))


def _squeeze(op: OnnxOp, data: Array, axes: Array | None = None) -> Array:
    return np.squeeze(data, axis=axes_of(op, axes, data.ndim))


def _unsqueeze(op: OnnxOp, data: Array, axes: Array | None = None) -> Array:
    given: Any = op.axes if "axes" in op.SPEC.attributes else axes
    return np.expand_dims(data, axes_of(op, axes, data.ndim + np.size(given)) or ())


def _concat(op: OnnxOp, *operands: Array) -> Array:
    return np.concatenate(operands, axis=op.axis)


def _slice(
    _: OnnxOp,
    data: Array,
    starts: Array,
    ends: Array,
    axes: Array | None = None,
    steps: Array | None = None,
) -> Array:
    which = range(len(starts)) if axes is None else [int(axis) for axis in axes]
    by = np.ones(len(starts), np.int64) if steps is None else steps
    chosen = [slice(None)] * data.ndim
    for axis, start, end, step in zip(which, starts, ends, by, strict=True):
        size, step = data.shape[axis], int(step)
        first, last = (int(at) + size if at < 0 else int(at) for at in (start, end))
        low, high = (0, size) if step > 0 else (-1, size - 1)
        first, last = min(max(first, max(low, 0)), high), min(max(last, low), high)
        # Backwards up to the first element: no index says "before it".
        chosen[axis] = slice(first, None if step < 0 and last < 0 else last, step)
    return data[tuple(chosen)]


def _gather(op: OnnxOp, data: Array, indices: Array) -> Array:
    return np.take(data, indices, axis=op.axis)


def _expand(_: OnnxOp, data: Array, shape: Array) -> Array:
    wanted = tuple(int(size) for size in shape)
    return np.broadcast_to(data, np.broadcast_shapes(data.shape, wanted))


def _pad(
    op: OnnxOp,
    data: Array,
    pads: Array,
    constant: Array | None = None,
    axes: Array | None = None,
) -> Array:
    which = range(data.ndim) if axes is None else [int(axis) % data.ndim for axis in axes]
    if len(pads) != 2 * len(which):
        raise EvaluationError("pads do not fit the axes")
    for axis, before, after in zip(which, pads, pads[len(which) :], strict=False):
        size: int = data.shape[axis]
        # What is negative is cut off.
        start, stop = max(-int(before), 0), size - max(-int(after), 0)
        places = np.arange(size)[start:stop]
        first, last = max(int(before), 0), max(int(after), 0)
        if op.mode != "constant":
            data = np.take(data, np.pad(places, (first, last), mode=op.mode), axis=axis)
            continue
        shape = list(data.shape)
        shape[axis] = first + len(places) + last
        value = np.zeros((), data.dtype) if constant is None else np.ravel(constant)[0]
        found = np.full(shape, value, data.dtype)
        np.moveaxis(found, axis, 0)[first : first + len(places)] = np.moveaxis(data, axis, 0)[
            start:stop
        ]
        data = found
    return data


def _tile(_: OnnxOp, data: Array, repeats: Array) -> Array:
    times = [int(count) for count in repeats]
    if len(times) != data.ndim:
        raise EvaluationError("repeats for each axis are needed")
    if data.size and not any(data.strides):
        shape = tuple(size * count for size, count in zip(data.shape, times, strict=True))
        return np.broadcast_to(data[(0,) * data.ndim], shape)
    return np.tile(data, times)


def _constant_of_shape(op: OnnxOp, shape: Array) -> Array:
    attribute = get_attribute(op, "value")
    if attribute is None:
        element = np.zeros((), np.float32)
    else:
        value = constant_value(attribute) if isinstance(attribute, ir.Attribute) else None
        if value is None:
            raise EvaluationError("the value is not known")
        element = np.ravel(value)[0]
    return np.broadcast_to(np.asarray(element), tuple(int(size) for size in shape))


def _split(op: OnnxOp, data: Array, split: Array | None = None) -> list[Array]:
    given = op.split if "split" in op.SPEC.attributes else split
    size, count = data.shape[op.axis], len(op.results)
    if given is None:
        each = -(-size // count)
        places = [min(each * number, size) for number in range(1, count)]
    else:
        if int(np.sum(given)) != size or len(given) != count:
            raise EvaluationError(f"a size of {size} is not split into {list(given)}")
        places = np.cumsum(given)[:-1].tolist()
    return np.split(data, places, axis=op.axis)


def _shape(op: OnnxOp, data: Array) -> Array:
    start, end = getattr(op, "start", 0), getattr(op, "end", None)
    return np.array(data.shape[start:end], np.int64)


def _size(_: OnnxOp, data: Array) -> Array:
    return np.array(data.size, np.int64)


def _range(_: OnnxOp, start: Array, limit: Array, delta: Array) -> Array:
    first, last, step = (np.ravel(each)[0] for each in (start, limit, delta))
    if not is_real(start):
        return np.arange(int(first), int(last), int(step)).astype(start.dtype)
    count = max(math.ceil((float(last) - float(first)) / float(step)), 0)
    return rounded(float(first) + np.arange(count) * wide(np.asarray(step)), start.dtype)


KERNELS: dict[str, Kernel] = {
    "Concat": _concat,
    "ConstantOfShape": _constant_of_shape,
    "Expand": _expand,
    "Flatten": _flatten,
    "Gather": _gather,
    "Identity": _identity,
    "Pad": _pad,
    "Range": _range,
    "Reshape": _reshape,
    "Shape": _shape,
    "Size": _size,
    "Slice": _slice,
    "Split": _split,
    "Squeeze": _squeeze,
    "Tile": _tile,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}
"""By ONNX's names of the ops."""

VIEWS = frozenset(
    [
        "ConstantOfShape",
        "Expand",
        "Flatten",
        "Identity",
        "Reshape",
        "Slice",
        "Squeeze",
        "Transpose",
        "Unsqueeze",
    ]
)
"""Ops whose result is a view of an operand, or a splat; a reshape of what is not contiguous copies it."""
