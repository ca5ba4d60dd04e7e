# SPDX-License-Identifier: Apache-2.0
"""Ops that join, split, gather and scatter: ranks and sizes that fit, indices that exist.

Source: the ops' own sections of ONNX's Operators.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...types import DYNAMIC, inner_type, is_none, shape_of, sizes_agree
from .axes import axis_of
from .judged import Judged, Rule


def concat(op: Judged) -> Iterator[str]:
    """All inputs have one rank, and the same sizes but for the axis.

    One of rank 1 without elements counts as nothing, as in onnx-mlir.
    """
    shapes = {index: shape_of(each.type) for index, each in enumerate(op.op.operands)}
    known = {index: shape for index, shape in shapes.items() if shape is not None and shape != (0,)}
    if not known:
        return
    sizes = list(next(iter(known.values())))
    rank, axis = len(sizes), op.attribute("axis")
    if not -rank <= axis < rank:
        yield op.out_of_range("axis", axis, -rank, rank - 1)
        return
    for index, shape in known.items():
        if len(shape) != rank:
            yield op.wrong_rank(index, rank)
            return
        for at, size in enumerate(shape):
            if at != axis % rank and not sizes_agree(size, sizes[at]):
                yield op.wrong_size(index, at, sizes[at])
            sizes[at] = size if sizes[at] == DYNAMIC else sizes[at]


def concat_from_sequence(op: Judged) -> Iterator[str]:
    """The axis may be a new one, behind all others too."""
    element = inner_type(op.value("input_sequence").type)
    shape = None if element is None else shape_of(element)
    if shape is not None:
        axis, rank = op.attribute("axis"), len(shape) + (op.attribute("new_axis") == 1)
        if not -rank <= axis < rank:
            yield op.out_of_range("axis", axis, -rank, rank - 1)


def split_to_sequence(op: Judged) -> Iterator[str]:
    """Split is one size, or the sizes of all parts."""
    yield from axis_of("input")(op)
    if is_none(op.value("split").type):
        if op.attribute("keepdims") not in (0, 1):
            yield op.out_of_range("keepdims", op.attribute("keepdims"), 0, 1)
        return
    rank, split, shape = op.rank("split"), op.held("split"), op.shape("input")
    if (rank or 0) > 1:
        yield f": split has rank {rank} > 1"
    if split is None:
        return
    if rank == 0:
        if split.item() <= 0:
            yield f": split scalar {split.item()} <= 0"
        return
    for size in split.ravel().tolist():
        if size < 0:
            yield f": split tensor has entry {size} < 0"
    axis: int = op.attribute("axis")
    size = DYNAMIC if shape is None else shape[axis]
    if not sizes_agree(size, int(split.sum())):
        yield f": split tensor entries sum to {split.sum()} != axis dimension size {size}"


def _same_ranks(op: Judged, *others: str) -> Iterator[str]:
    """Data has a rank, and `others` have it too."""
    rank = op.rank("data")
    if rank is None:
        return
    if rank == 0:
        yield op.wrong_rank("data", "> 0")
    for other in others:
        if op.rank(other) not in (None, rank):
            yield op.wrong_rank(other, rank)


def _indices_along_axis(op: Judged) -> Iterator[str]:
    """Each index is in [-s, s - 1], where s is the size of data's axis."""
    yield from axis_of("data")(op)
    shape, indices = op.shape("data"), op.held("indices")
    if shape is None or indices is None:
        return
    axis: int = op.attribute("axis")
    size = shape[axis]
    for index in indices.ravel().tolist() if size != DYNAMIC else ():
        if not -size <= index < size:
            yield op.out_of_range("indices", index, -size, size - 1)


def gather_elements(op: Judged) -> Iterator[str]:
    """Indices has the rank of data."""
    yield from _same_ranks(op, "indices")
    yield from _indices_along_axis(op)


def scatter_elements(op: Judged) -> Iterator[str]:
    """Indices and updates have the rank of data."""
    yield from _same_ranks(op, "indices", "updates")
    yield from _indices_along_axis(op)


def gather_nd(op: Judged) -> Iterator[str]:
    """The last axis of indices counts axes of data, behind the batch."""
    data, indices = op.shape("data"), op.shape("indices")
    for name, shape in (("data", data), ("indices", indices)):
        if shape == ():
            yield op.wrong_rank(name, "> 0")
    if data is None or indices is None:
        return
    batch: int = op.attribute("batch_dims")
    least = min(len(data), len(indices))
    if not 0 <= batch < least:
        yield op.out_of_range("batch_dims", batch, 0, least - 1)
        return
    for axis in range(batch):
        if not sizes_agree(data[axis], indices[axis]):
            yield op.wrong_size("indices", axis, data[axis])
    count = indices[-1]
    if count == 0:
        yield op.wrong_size("indices", len(indices) - 1, ">= 1")
    if count > len(data) - batch:
        yield op.wrong_size("indices", len(indices) - 1, f"<= {len(data) - batch}")
        return
    held = op.held("indices")
    for number, index in enumerate([] if held is None else held.ravel().tolist()):
        size = data[batch + number % count]
        if size != DYNAMIC and not -size <= index < size:
            yield op.out_of_range(f"indices[{number}]", index, -size, size - 1)


def scatter_nd(op: Judged) -> Iterator[str]:
    """Updates has the axes of indices but for the last, then those of data that indices does not count."""
    data, indices, updates = op.shape("data"), op.shape("indices"), op.shape("updates")
    for name, shape in (("data", data), ("indices", indices)):
        if shape == ():
            yield op.wrong_rank(name, "> 0")
    if data is None or not indices or indices[-1] == DYNAMIC:
        return
    count = indices[-1]
    rank = len(data) + len(indices) - count - 1
    # Of updates first: with too large a count no rank is right.
    if updates is not None and len(updates) != rank and count <= len(data):
        yield op.wrong_rank("updates", rank)
        return
    if count > len(data):
        yield op.wrong_size("indices", len(indices) - 1, f"<= {len(data)}")
        return
    for axis, (size, expected) in enumerate(
        zip(updates or (), (*indices[:-1], *data[count:]), strict=False)
    ):
        if not sizes_agree(size, expected):
            yield op.wrong_size("updates", axis, expected)


RULES: dict[str, Rule] = {
    "Concat": concat,
    "ConcatFromSequence": concat_from_sequence,
    "GatherElements": gather_elements,
    "GatherND": gather_nd,
    "ScatterElements": scatter_elements,
    "ScatterND": scatter_nd,
    "SplitToSequence": split_to_sequence,
}
