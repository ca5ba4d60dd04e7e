# SPDX-License-Identifier: Apache-2.0
"""Layers of networks: channels, groups, windows and parameters that fit.

Source: the ops' own sections of ONNX's Operators.md.  Dimensions are compared only where both are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...types import DYNAMIC, sizes_agree
from .judged import Judged, Rule, Shape, show


def gemm(op: Judged) -> Iterator[str]:
    """A and B have rank 2 and agree on K, C broadcasts to (M, N), Y is (M, N)."""
    a, b, c, y = (op.shape(name) for name in "ABCY")
    for name, shape in (("A", a), ("B", b), ("Y", y)):
        if shape is not None and len(shape) != 2:
            yield f"expected {name} of rank 2, got shape {show(shape)}"
            return
    m = k_a = k_b = n = DYNAMIC
    if a is not None:
        m, k_a = reversed(a) if op.attribute("transA") else a
    if b is not None:
        k_b, n = reversed(b) if op.attribute("transB") else b
    if not sizes_agree(k_a, k_b):
        yield f"A and B must agree on K, got {k_a} (A is {show(a or ())}) and {k_b} (B is {show(b or ())})"
    if y is not None and not (sizes_agree(y[0], m) and sizes_agree(y[1], n)):
        yield f"expected Y of shape {show((m, n))}, got {show(y)}"
    if y is not None:
        m, n = (y[0] if m == DYNAMIC else m), (y[1] if n == DYNAMIC else n)
    if c is not None and not _broadcasts(c, (m, n)):
        yield f"expected C that broadcasts to {show((m, n))}, got shape {show(c)}"


def _broadcasts(shape: Shape, to: Shape) -> bool:
    """Unidirectional broadcasting, as far as the sizes are known."""
    if len(shape) > len(to):
        return False
    return all(
        size == 1 or sizes_agree(size, target)
        for size, target in zip(reversed(shape), reversed(to), strict=False)
    )


def batch_normalization(op: Judged) -> Iterator[str]:
    """scale, B, mean and var have rank 1 and the size of X's axis 1."""
    x = op.shape("X")
    if x is not None and not x:
        yield "expected X of rank 1 or more, got a scalar"
        return
    # A tensor of rank 1 counts as one channel.
    channels = DYNAMIC if x is None else x[1] if len(x) > 1 else 1
    for index, name in enumerate(("scale", "B", "mean", "var"), start=1):
        shape = op.shape(index)
        if shape is not None and (len(shape) != 1 or not sizes_agree(shape[0], channels)):
            yield f"expected {name} of shape {show((channels,))}, the size of X's axis 1, got {show(shape)}"
    y = op.shape(op.spec.results[0].name)
    if x is not None and y is not None and (len(x) != len(y) or not all(map(sizes_agree, x, y))):
        yield f"expected the result to have X's shape {show(x)}, got {show(y)}"


def instance_normalization(op: Judged) -> Iterator[str]:
    """Scale and B have rank 1 and the size of the input's axis 1."""
    shape = op.shape("input")
    if shape is not None and len(shape) < 3:
        yield "Spatial rank must be strictly positive"
        return
    for name, noun in (("B", "Bias"), ("scale", "Scale")):
        parameter = op.shape(name)
        if parameter is not None and len(parameter) != 1:
            yield f"{noun} should have a rank of one"
        elif parameter and shape and not sizes_agree(parameter[0], shape[1]):
            yield f"{noun} should have same dimension as the second dimension of input"


def _windows(op: Judged, spatial: Shape) -> Iterator[str]:
    """kernel_shape, strides, dilations and pads fit a filter of the spatial sizes `spatial`."""
    rank, kernel = len(spatial), op.attribute("kernel_shape")
    if kernel is None and 0 in spatial:
        yield "Bad spatial filter size: cannot be zero"
    if kernel is not None and len(kernel) != rank:
        yield "kernel_shape length incompatible with spatial dimensions"
        return
    if any(size < 1 for size in kernel or ()):
        yield "Bad kernel_shape value: must be strictly positive"
    if not all(map(sizes_agree, kernel or spatial, spatial)):
        yield "Bad kernel_shape value: does not match filter sizes"
    for name, noun in (("strides", "stride"), ("dilations", "dilation")):
        steps = op.attribute(name)
        if steps is not None and len(steps) != rank:
            yield f"{name} length incompatible with spatial dimensions"
        if any(step < 1 for step in steps or ()):
            yield f"Bad {noun} value: must be strictly positive"
    if op.attribute("auto_pad") not in ("SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"):
        yield f"Unknown auto pad option {op.attribute('auto_pad')}"
    pads = op.attribute("pads")
    if pads is not None and len(pads) != 2 * rank:
        yield "pads length incompatible with spatial dimensions"


def _bias(op: Judged, channels: int, where: str) -> Iterator[str]:
    shape = op.shape("B")
    if shape is not None and len(shape) != 1:
        yield "Bias should have a rank of one"
    elif shape and not sizes_agree(shape[0], channels):
        yield f"Bias should have same dimension as {where} of weights"


def _convolution(channels: Callable[[Judged, Shape, int], Iterator[str]]) -> Rule:
    """Groups and windows of any convolution; channels: what W's shape and the number of groups ask of X and B."""

    def rule(op: Judged) -> Iterator[str]:
        w, group = op.shape("W"), op.attribute("group")
        if group < 1:
            yield f"group must be strictly positive, got {group}"
        elif w is not None and len(w) < 3:
            yield "Spatial rank must be strictly positive"
        elif w is not None:
            yield from channels(op, w, group)
            yield from _windows(op, w[2:])

    return rule


def _conv(op: Judged, w: Shape, group: int) -> Iterator[str]:
    """X is (N, C, ...), W is (M, C / group, ...), B is (M); group divides C and M."""
    x = op.shape("X")
    if w[0] != DYNAMIC and w[0] % group:
        yield "Channel Out (M) must be a multiple of the number of groups"
    if x is not None and len(x) != len(w):
        yield "Input and filter rank mismatch"
    elif x is not None and x[1] != DYNAMIC and x[1] % group:
        yield "Channel In (C) must be a multiple of the number of groups"
    elif x is not None and DYNAMIC not in (x[1], w[1]) and x[1] != w[1] * group:
        yield "Channel In (C) of input must be equal 2nd dim of weights times g"
    yield from _bias(op, w[0], "first dimension")


def _conv_transpose(op: Judged, w: Shape, group: int) -> Iterator[str]:
    """X is (N, C, ...), W is (C, M / group, ...), B is (M)."""
    x = op.shape("X")
    if x is not None and len(x) != len(w):
        yield "Input and filter rank mismatch"
    elif x is not None and not sizes_agree(x[1], w[0]):
        yield "Channel In (C) of input must be equal 1st dim of weights"
    yield from _bias(op, DYNAMIC if w[1] == DYNAMIC else w[1] * group, "second dimension")


def grid_sample(op: Judged) -> Iterator[str]:
    """X is (N, C, D1, ..., Dr), grid is (N, E1, ..., Er, r)."""
    if op.attribute("align_corners") not in (0, 1):
        yield "align_corners needs to be 0 or 1"
    # What only two or three dimensions were called in version 16.
    if op.attribute("mode") not in ("linear", "bilinear", "trilinear", "nearest", "cubic"):
        yield "mode needs to be linear, bilinear, trilinear, nearest or cubic"
    if op.attribute("padding_mode") not in ("zeros", "border", "reflection"):
        yield "padding_mode needs to be zeros, border or reflection"
    x, grid = op.shape("X"), op.shape("grid")
    if not x or not grid:
        return
    if len(x) != len(grid):
        yield f"Input(={len(x)}) and grid(={len(grid)}) have different dim sizes."
    elif not sizes_agree(x[0], grid[0]):
        yield "Input and grid must have the same batch value."
    elif not sizes_agree(grid[-1], len(x) - 2):
        yield f"Grid last dim must have been '{len(x) - 2}' instead of '{grid[-1]}'."


def constant(op: Judged) -> Iterator[str]:
    """At most one of the attributes that give the value."""
    present = [name for name in op.spec.attributes if op.has(name)]
    if len(present) > 1:
        yield f"expected one attribute that gives the value, got {', '.join(present)}"


RULES: dict[str, Rule] = {
    "BatchNormalization": batch_normalization,
    "BatchNormalizationInferenceMode": batch_normalization,
    "Constant": constant,
    "Conv": _convolution(_conv),
    "ConvTranspose": _convolution(_conv_transpose),
    "Gemm": gemm,
    "GridSample": grid_sample,
    "InstanceNormalization": instance_normalization,
}
