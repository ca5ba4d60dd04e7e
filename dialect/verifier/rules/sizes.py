# SPDX-License-Identifier: Apache-2.0
"""Ops that make a shape of numbers, or whose sizes must divide or equal others.

Source: the ops' own sections of ONNX's Operators.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...types import DYNAMIC, sizes_agree
from .judged import Judged, Rule


def constant_of_shape(op: Judged) -> Iterator[str]:
    """The input lists sizes."""
    if op.rank("input") not in (None, 1):
        yield "Input tensor must be a 1D tensor"
    sizes = op.held("input")
    if sizes is not None and (sizes < 0).any():
        yield "All values of the input tensor must be >=0"


def reshape(op: Judged) -> Iterator[str]:
    """The shape is a list."""
    if op.rank("shape") not in (None, 1):
        yield "Shape tensor must have rank one"


def depth_to_space(op: Judged) -> Iterator[str]:
    """Each block of depth becomes a square."""
    shape, block = op.shape("input"), op.attribute("blocksize")
    if shape is not None and len(shape) != 4:
        yield f"Input should have a rank of four, got {len(shape)}"
    elif block < 1:
        yield f"Blocksize should be positive, got {block}"
    elif shape is not None and shape[1] != DYNAMIC and shape[1] % (block * block):
        yield "The input tensor depth must be divisible by the (blocksize * blocksize)"
    if op.attribute("mode") not in ("DCR", "CRD"):
        yield f"Mode must be DCR or CRD, got {op.attribute('mode')}"


def space_to_depth(op: Judged) -> Iterator[str]:
    """Each square becomes a block of depth."""
    shape, block = op.shape("input"), op.attribute("blocksize")
    if shape is not None and len(shape) != 4:
        yield f"Input should have a rank of four, got {len(shape)}"
    elif block < 1:
        yield f"Blocksize should be positive, got {block}"
    elif shape is not None:
        for name, size in (("height", shape[2]), ("width", shape[3])):
            if size != DYNAMIC and size % block:
                yield f"The input tensor {name} must be divisible by the block size"


def prelu(op: Judged) -> Iterator[str]:
    """The slope broadcasts to X."""
    slope, rank = op.rank("slope"), op.rank("X")
    if slope is not None and rank is not None and slope > rank:
        yield f"Slope tensor has a wrong shape: its rank, {slope}, is above that of X, {rank}"


def range_(op: Judged) -> Iterator[str]:
    """Three numbers, which onnx-mlir takes as vectors of one too."""
    for name in ("start", "limit", "delta"):
        shape = op.shape(name)
        if shape is None:
            continue
        if len(shape) > 1:
            yield f"{name} tensor must have rank zero or one"
        elif shape and not sizes_agree(shape[0], 1):
            yield f"{name} tensor of rank one must have size one"


def reverse_sequence(op: Judged) -> Iterator[str]:
    """A length for each of the batch."""
    lengths, shape = op.shape("sequence_lens"), op.shape("input")
    axis: int = op.attribute("batch_axis")
    if lengths is not None and len(lengths) != 1:
        yield "sequence_lens of ReverseSequnce should be 1D tensor"
    elif shape is not None and len(shape) < 2:
        yield "input of Reversesequence should be 2D or higher rank tensor"
    elif lengths and shape and 0 <= axis < len(shape) and not sizes_agree(lengths[0], shape[axis]):
        yield "Length of sequence_lens should match the sizeof  batch axis of the input"


def upsample(op: Judged) -> Iterator[str]:
    """A scale for each axis."""
    scales, rank = op.shape("scales"), op.rank("X")
    if scales is not None and len(scales) != 1:
        yield "Scales tensor must be rank 1"
    elif scales and rank is not None and not sizes_agree(scales[0], rank):
        yield "Input tensor rank doesn't match scales tensor shape"


RULES: dict[str, Rule] = {
    "ConstantOfShape": constant_of_shape,
    "DepthToSpace": depth_to_space,
    "PRelu": prelu,
    "Range": range_,
    "Reshape": reshape,
    "ReverseSequence": reverse_sequence,
    "SpaceToDepth": space_to_depth,
    "Upsample": upsample,
}
