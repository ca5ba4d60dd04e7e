# SPDX-License-Identifier: Apache-2.0
"""Ops that only onnx-mlir has.  Source: onnx-mlir, src/Dialect/ONNX/ONNXOps/Additional."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from ...types import DYNAMIC, sizes_agree
from .judged import Judged, Rule


def im2col(op: Judged) -> Iterator[str]:
    """X is (N, C, ...), with a window along each axis behind."""
    kernel, rank = op.attribute("kernel_shape"), op.rank("X")
    if not kernel:
        yield "kernel_shape attribute is required and must not be empty"
        return
    if any(size < 1 for size in kernel):
        yield "Kernel shape values must be positive"
    if rank is not None and rank != len(kernel) + 2:
        yield f"Input rank must equal kernel_shape size + 2, {len(kernel) + 2}, got {rank}"
    for name, noun in (("dilations", "Dilation"), ("strides", "Stride")):
        steps = op.attribute(name)
        if steps is not None and len(steps) != len(kernel):
            yield f"{noun}s size must match spatial rank"
        if any(step < 1 for step in steps or ()):
            yield f"{noun} values must be >= 1"
    if op.attribute("auto_pad") not in ("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"):
        yield "auto_pad must be NOTSET, SAME_UPPER, SAME_LOWER, or VALID"
    pads = op.attribute("pads")
    if op.attribute("auto_pad") == "NOTSET" and pads is not None:
        if len(pads) != 2 * len(kernel):
            yield "Pads size must be 2 * spatial rank"
        if any(pad < 0 for pad in pads):
            yield "Pad values must be non-negative"


def layout_transform(op: Judged) -> Iterator[str]:
    """The shape stays."""
    data, output = op.shape("data"), op.shape("output")
    if data is None or output is None:
        return
    if len(data) != len(output) or not all(map(sizes_agree, data, output)):
        yield "Input and output tensors must have the same shape"


def shape_transform(op: Judged) -> Iterator[str]:
    """All elements stay."""
    data, output = op.shape("input"), op.shape("output")
    if data is None:
        return
    if DYNAMIC in data:
        yield "Does not support input with dynamic shape"
    elif output is not None and DYNAMIC not in output and prod(data) != prod(output):
        yield "The number of elements in the input and output mismatched"


def upsample_and_pad(op: Judged) -> Iterator[str]:
    """Strides for the innermost axes, and two pads for each."""
    rank, strides, pads = op.rank("X"), op.attribute("strides"), op.attribute("pads")
    if rank is None:
        return
    count = rank if pads is None else len(pads) // 2
    count = count if strides is None else len(strides)
    if count > rank:
        yield f"strides dimensions ({count}) cannot exceed input rank ({rank})"
    for axis, stride in enumerate(strides or ()):
        if stride < 1:
            yield f"stride[{axis}] = {stride} must be positive"
    if pads is not None and len(pads) != 2 * count:
        yield f"pads size ({len(pads)}) must be exactly 2 * strides size ({2 * count})"


RULES: dict[str, Rule] = {
    "Im2Col": im2col,
    "LayoutTransform": layout_transform,
    "ShapeTransform": shape_transform,
    "UpsampleAndPad": upsample_and_pad,
}
