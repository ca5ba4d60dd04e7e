# SPDX-License-Identifier: Apache-2.0
"""Axes lie within the rank.  Source: the ops' own sections of ONNX's Operators.md."""

from __future__ import annotations

from collections.abc import Iterator

from ...types import sizes_agree
from .judged import Judged, Rule


def axis_of(operand: str, *, beyond: int = 0) -> Rule:
    """`axis` is in [-r, r - 1 + beyond], where r is the rank of `operand`."""

    def rule(op: Judged) -> Iterator[str]:
        rank, axis = op.rank(operand), op.attribute("axis")
        if rank is not None and axis is not None and not -rank <= axis < rank + beyond:
            yield op.out_of_range("axis", axis, -rank, rank - 1 + beyond)

    return rule


def compress(op: Judged) -> Iterator[str]:
    """Condition is a vector."""
    yield from axis_of("input")(op)
    rank = op.rank("condition")
    if rank not in (None, 1):
        yield op.wrong_rank("condition", 1)


def unique(op: Judged) -> Iterator[str]:
    """Sorted is a truth value."""
    if op.attribute("sorted") not in (0, 1):
        yield op.out_of_range("sorted", op.attribute("sorted"), 0, 1)
    yield from axis_of("X")(op)


def top_k(op: Judged) -> Iterator[str]:
    """K is one number; onnx-mlir takes a scalar too."""
    if (op.rank("K") or 0) > 1:
        yield op.wrong_rank("K", "< 2")
    yield from axis_of("X")(op)


def lp_normalization(op: Judged) -> Iterator[str]:
    """P is 1 or 2."""
    yield from axis_of("input")(op)
    if op.attribute("p") not in (1, 2):
        yield f"attribute 'p' must be 1 or 2, got {op.attribute('p')}"


def one_hot(op: Judged) -> Iterator[str]:
    """The new axis may come behind all others."""
    rank, axis = op.rank("indices"), op.attribute("axis")
    if rank is not None and not -rank - 1 <= axis <= rank:
        yield f"OneHot axis value is out of range: expected one of [{-rank - 1}, {rank}], got {axis}"


def dim(op: Judged) -> Iterator[str]:
    """Axis is counted from the front.  Source: onnx-mlir, ONNXDimOp."""
    rank, axis = op.rank("data"), op.attribute("axis")
    if rank is None:
        yield f"input must have shape and rank, got {op.value('data').type}"
    elif not 0 <= axis < rank:
        yield f'attribute "axis" value is {axis}, accepted range is [0, {rank - 1}].'


def shape(op: Judged) -> Iterator[str]:
    """A slice that begins behind its end has no elements, and cannot be declared to have some."""
    rank, declared = op.rank("data"), op.shape("shape")
    if rank is None or not declared:
        return
    start, end = (
        min(max(bound + rank if bound < 0 else bound, 0), rank)
        for bound in (op.attribute("start"), op.attribute("end") if op.has("end") else rank)
    )
    if start > end and not sizes_agree(declared[0], 0):
        yield f"Start: {start} is after End: {end}, but the result has {declared[0]} elements"


def transpose(op: Judged) -> Iterator[str]:
    """Perm names each axis once; onnx-mlir lets it count from the end."""
    rank, perm = op.rank("data"), op.attribute("perm")
    if rank is None or perm is None:
        return
    if sorted(axis + rank if axis < 0 else axis for axis in perm) != list(range(rank)):
        yield f"perm must name each of the {rank} axes once, got {perm}"


RULES: dict[str, Rule] = {
    "ArgMax": axis_of("data"),
    "ArgMin": axis_of("data"),
    "Compress": compress,
    "Dim": dim,
    "Flatten": axis_of("input", beyond=1),
    "Gather": axis_of("data"),
    "Hardmax": axis_of("input"),
    "LayerNormalization": axis_of("X"),
    "LogSoftmax": axis_of("input"),
    "LpNormalization": lp_normalization,
    "OneHot": one_hot,
    "RMSLayerNormalization": axis_of("X"),
    "Shape": shape,
    "Softmax": axis_of("input"),
    "Split": axis_of("input"),
    "TopK": top_k,
    "Transpose": transpose,
    "Unique": unique,
}
