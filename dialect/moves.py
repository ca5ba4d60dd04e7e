# SPDX-License-Identifier: Apache-2.0
"""Ops that move elements and look at none of them, and where an axis ends up under each.

An axis survives if, along it, the result has the same elements in the same order as the operand.
Sources: ONNX Identity-21, Dropout-13 (and 6, where `is_test` says that it is inference), Transpose-21, Squeeze-21 and
11, Unsqueeze-21 and 11, Flatten-21, Reshape-21.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from .ops.constant import constant_value
from .types import DYNAMIC, shape_of

Shape = tuple[int, ...]


def result_axis(op: Any, axis: int) -> int | None:
    """The axis of the result that is `axis` (from 0) of the first operand; None if it is lost, or nobody knows.

    op: the view of an op in `MOVES`.
    """
    return MOVES[op.OPERATION_NAME](op, axis)


def _identity(op: Any, axis: int) -> int | None:  # noqa: ARG001
    return axis


def _dropout(op: Any, axis: int) -> int | None:
    """In inference mode it is Identity; its mask, the second result, is of other elements."""
    if len(op.results) > 1 and any(True for _ in op.results[1].uses):
        return None
    if getattr(op, "training_mode", None) is not None:
        mode = constant_value(op.training_mode)
        return axis if mode is not None and not mode.any() else None
    if "is_test" in op.SPEC.attributes:
        return axis if op.is_test else None
    return axis


def _transpose(op: Any, axis: int) -> int | None:
    perm = op.perm
    if perm is None:
        shape = shape_of(op.operands[0].type)
        return None if shape is None else len(shape) - 1 - axis
    return perm.index(axis) if axis in perm else None


def _squeeze(op: Any, axis: int) -> int | None:
    shape = shape_of(op.operands[0].type)
    axes = _axes(op, None if shape is None else len(shape))
    if axes is None:
        if shape is None or DYNAMIC in shape or not _has_no_axes(op):
            return None
        axes = [at for at, size in enumerate(shape) if size == 1]
    return None if axis in axes else axis - sum(removed < axis for removed in axes)


def _unsqueeze(op: Any, axis: int) -> int | None:
    shape = shape_of(op.operands[0].type)
    axes = _axes(op, None, inserted=None if shape is None else len(shape))
    if axes is None:
        return None
    for new in sorted(axes):
        axis += new <= axis
    return axis


def _has_no_axes(op: Any) -> bool:
    return op.axes is None


def _axes(op: Any, rank: int | None, inserted: int | None = None) -> list[int] | None:
    """The axes of Squeeze (of an operand of `rank`) or Unsqueeze, from 0, if they are known."""
    given = op.axes
    if given is not None and "axes" not in op.SPEC.attributes:
        array = constant_value(given)
        given = None if array is None else array.reshape(-1).tolist()
    if given is None:
        return None
    if any(axis < 0 for axis in given):
        if inserted is not None:
            rank = inserted + len(given)
        if rank is None:
            return None
        given = [axis + rank if axis < 0 else axis for axis in given]
    return list(given)


def _flatten(op: Any, axis: int) -> int | None:
    """The result is (d0 * ... , d_axis * ...): an axis survives if nothing but ones is multiplied with it."""
    shape = shape_of(op.operands[0].type)
    if shape is None:
        return None
    split = op.axis + len(shape) if op.axis < 0 else op.axis
    start, stop, result = (0, split, 0) if axis < split else (split, len(shape), 1)
    alone = all(shape[at] == 1 for at in range(start, stop) if at != axis)
    return result if alone else None


def _reshape(op: Any, axis: int) -> int | None:
    """An axis survives if the sizes before it have the same product in both shapes, or those behind it have."""
    before, after = shape_of(op.operands[0].type), _target(op)
    if before is None or after is None or axis >= len(before):
        return None
    # A dimension that is copied is known by where it comes from.
    sizes: list[Any] = [size if size != DYNAMIC else ("dim", at) for at, size in enumerate(before)]
    for result in range(len(after)):
        if after[result] != sizes[axis]:
            continue
        if _same(sizes[:axis], after[:result]) or _same(sizes[axis + 1 :], after[result + 1 :]):
            return result
    return None


def _target(op: Any) -> list[Any] | None:
    """The sizes of Reshape's result: ("dim", n) for the open dimension n of the operand, None for an unknown one."""
    before = shape_of(op.operands[0].type)
    known = constant_value(op.shape) if len(op.operands) > 1 else None
    result = shape_of(op.results[0].type)
    if known is None:
        return None if result is None else [size if size != DYNAMIC else None for size in result]
    allow_zero = "allowzero" in op.SPEC.attributes and op.allowzero
    target: list[Any] = []
    for at, size in enumerate(known.reshape(-1).tolist()):
        if size == 0 and not allow_zero:
            copied = before[at] if before is not None and at < len(before) else DYNAMIC
            target.append(copied if copied != DYNAMIC else ("dim", at))
        elif size == -1:
            inferred = result[at] if result is not None and at < len(result) else DYNAMIC
            target.append(inferred if inferred != DYNAMIC else None)
        else:
            target.append(size)
    return target


def _same(left: Sequence[Any], right: Sequence[Any]) -> bool:
    """Whether two lists of sizes certainly have the same product."""
    if None in left or None in right:
        return False

    def parts(sizes: Sequence[Any]) -> tuple[int, list[Any]]:
        known = prod(size for size in sizes if isinstance(size, int))
        return known, sorted(size for size in sizes if not isinstance(size, int))

    return parts(left) == parts(right) and 0 not in left


MOVES: dict[str, Callable[[Any, int], int | None]] = {
    f"onnx.{name}": function
    for function, names in (
        (_identity, ("Identity",)),
        (_dropout, ("Dropout", "DropoutV6", "DropoutV7", "DropoutV10")),
        (_transpose, ("Transpose",)),
        (_squeeze, ("Squeeze", "SqueezeV11", "SqueezeV1")),
        (_unsqueeze, ("Unsqueeze", "UnsqueezeV11", "UnsqueezeV1")),
        (_flatten, ("Flatten", "FlattenV9", "FlattenV1")),
        (_reshape, ("Reshape", "ReshapeV5")),
    )
    for name in names
}
"""What each op does to an axis, by the op's name."""
