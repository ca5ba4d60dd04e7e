# SPDX-License-Identifier: Apache-2.0
"""The operands of each op that rules are about: their shapes, and the attributes that shapes depend on.

A handler draws the operands of a node, data first, and gives its first result.  An op that is not here gets operands of
one shape, and onnx's shape inference says what it makes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx
from arrays import FLOATS
from drawing import Value
from instances import Node, is_constant, letter_of, types_of
from left_sides import LeftSide, Shape
from onnx import TensorProto, helper

from onnx_opt.passes.rewriting.terms import Channel, Term, Variadic
from onnx_opt.passes.rewriting.terms import Value as ValueLetter

Ranks = Sequence[int] | None


def within(ranks: Ranks, wanted: Sequence[int]) -> Sequence[int]:
    """Those ranks that the op has as well, or all that it has."""
    return [rank for rank in wanted if ranks and rank in ranks] or wanted


def gemm(side: LeftSide, node: Node, _ranks: Ranks, shape: Shape | None) -> Value:
    drawing = side.drawing
    trans_a, trans_b = (bool(node.attributes.get(name)) for name in ("transA", "transB"))
    a = side.data(node.operands[0], ranks=(2,))
    m, k = a.shape[::-1] if trans_a else a.shape
    n = shape[1] if shape else drawing.choose((2, 3, k, 1, 4)) if not drawing.chance(3) else 0
    node.inputs += [a.name, side.operand(node, 1, (n, k) if trans_b else (k, n))]
    shapes: list[Shape] = [(n,), (1, n), (), (1,), (m, n), (m, 1), (1, 1)]
    if drawing.opset < 7:
        c = drawing.choose(shapes) if drawing.chance(50) else (m, n)
        node.attributes["broadcast"] = 1 if c != (m, n) else None
    else:
        c = drawing.choose(shapes)
    side.optional(node, 2, c, drawing.type)
    return side.emit(node, (m, n), drawing.type)


def matmul(side: LeftSide, node: Node, ranks: Ranks, shape: Shape | None) -> Value:
    drawing = side.drawing
    if is_constant(node.operands[0]):
        b = side.data(node.operands[1], ranks=within(ranks, (2, 3, 4)))
        n = shape[-2] if shape else drawing.choose((2, 3, b.shape[-2], 4, 1))
        node.inputs += [side.operand(node, 0, (n, b.shape[-2])), b.name]
        return side.emit(node, (*b.shape[:-2], n, b.shape[-1]), drawing.type)
    a = side.data(node.operands[0], ranks=within(ranks, (2, 3, 4, 1)))
    n = shape[-1] if shape else drawing.choose((2, 3, a.shape[-1], 4, 1))
    wide: Shape = (a.shape[-1], n)
    if side.wild():
        side.broken("B has rank 3")
        wide = (1, *wide) if len(a.shape) > 2 or drawing.chance(50) else (2, *wide)
    node.inputs += [a.name, side.operand(node, 1, wide)]
    batch = a.shape[:-2] if len(wide) == 2 or len(a.shape) > 2 else wide[:1]
    result = (*batch, *a.shape[-2:-1], n)
    if len(wide) == 3 and node.term is not side.instance.rule.before:
        side.unsure("B has rank 3")
    return side.emit(node, result, drawing.type)


def window(side: LeftSide, node: Node, x: Value, kernel: Shape) -> None:
    """The attributes of a window of this size that moves over X."""
    drawing = side.drawing
    rank = len(kernel)
    back = node.schema.name == "ConvTranspose"
    unpadded = side.condition(node.term)
    given = node.attributes
    known = node.schema.attributes
    if drawing.chance(50) or node.schema.attributes["kernel_shape"].required:
        given["kernel_shape"] = list(kernel)
    if "dilations" in known and drawing.chance(25):
        given["dilations"] = [drawing.choose((1, 2)) for _ in kernel]
    dilations = given.get("dilations") or [1] * rank
    extent = [(size - 1) * by + 1 for size, by in zip(kernel, dilations, strict=True)]
    if any(size < wide for size, wide in zip(x.shape[2:], extent, strict=True)) and not back:
        given.pop("dilations", None)
        extent = list(kernel)
    if drawing.chance(40):
        given["strides"] = [drawing.choose((1, 2, 3)) for _ in kernel]
    strides = given.get("strides") or [1] * rank
    if unpadded and not side.wild():
        if drawing.chance(20):
            given["auto_pad"] = "VALID"
        return
    kind = drawing.choose(("", "pads", "auto_pad"))
    if kind == "auto_pad":
        # A dilated window with automatic padding is what no engine computes.
        given.pop("dilations", None)
        extent = list(kernel)
    if kind == "pads":
        # Of ConvTranspose they are cut off: something has to be left.
        given["pads"] = [min(drawing.choose((1, 0, 2)), wide - 1) for wide in (*extent, *extent)]
        if any(given["pads"]) and unpadded:
            side.broken("it pads")
        elif unpadded:
            side.unsure("it pads nothing")
    elif kind == "auto_pad":
        same = not back or all(wide >= by for wide, by in zip(extent, strides, strict=True))
        given["auto_pad"] = drawing.choose(
            ("SAME_UPPER", "SAME_LOWER", "VALID") if same else ("VALID",)
        )
        if unpadded and given["auto_pad"] != "VALID":
            side.broken("it pads")
    if back and drawing.chance(25) and given.get("auto_pad") is None:
        given["output_padding"] = [drawing.choose(tuple(range(by))) for by in strides]


def _inferred(
    side: LeftSide, node: Node, operands: Sequence[tuple[Shape, int]], results: int = 1
) -> Shape:
    """The shape that onnx infers of a node's first result."""
    names = [name or "" for name in node.inputs]
    infos = {
        name: helper.make_tensor_value_info(name, type_, shape)
        for name, (shape, type_) in zip(names, operands, strict=True)
        if name
    }
    given = {name: value for name, value in node.attributes.items() if value is not None}
    proto = helper.make_node(
        node.schema.name, names, [f"r{index}" for index in range(results)], **given
    )
    graph = helper.make_graph(
        [proto], "g", list(infos.values()), [helper.make_empty_tensor_value_info("r0")]
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", side.drawing.opset)], ir_version=8
    )
    made: Any = onnx.shape_inference.infer_shapes(model).graph.output[0].type.tensor_type
    return tuple(dim.dim_value for dim in made.shape.dim)


def conv(side: LeftSide, node: Node, ranks: Ranks, _: Shape | None) -> Value:
    drawing = side.drawing
    back = node.schema.name == "ConvTranspose"
    x = side.data(
        node.operands[0], ranks=within(ranks, (4, 3, 3, 5) if drawing.chance(10) else (4, 3))
    )
    channels = x.shape[1]
    groups = [size for size in range(1, channels + 1) if channels % size == 0]
    group = drawing.choose(groups) if drawing.chance(60) else 1
    if not node.free("group") and group != 1:
        group = 1
    out = drawing.choose((2, 1, 3)) * group
    kernel = tuple(min(drawing.choose((2, 1, 3)), size) for size in x.shape[2:])
    w = (channels, out // group, *kernel) if back else (out, channels // group, *kernel)
    if group != 1 or drawing.chance(20):
        node.attributes["group"] = group
    letter = node.term.attributes.get("group")
    if letter is not None:
        side.instance.attributes[letter] = group
    window(side, node, x, kernel)
    node.inputs += [x.name, side.operand(node, 1, w)]
    side.optional(node, 2, (out,), drawing.type)
    sizes: list[tuple[Shape, int]] = [(x.shape, drawing.type), (w, drawing.type)]
    sizes += [((out,), drawing.type)] * (len(node.inputs) - 2)
    return side.emit(node, _inferred(side, node, sizes), drawing.type)


def normalization(side: LeftSide, node: Node, ranks: Ranks, _: Shape | None) -> Value:
    drawing = side.drawing
    x = side.data(node.operands[0], ranks=within(ranks, (4, 2, 3)))
    sizes: Shape = x.shape[1:2]
    # Operands that share a type variable share a type.
    types = {node.schema.inputs[0].type_str: drawing.type}
    for index in (1, 3):
        variable = node.schema.inputs[index].type_str
        floats = [type_ for type_ in FLOATS if type_ in types_of(node.schema, index)]
        drawn = drawing.choose(floats) if drawing.chance(30) else drawing.type
        types.setdefault(variable, drawn)
    training = len(x.shape) == 2 and side.wild()
    results = 1
    if training:
        side.broken("training mode")
    if drawing.opset < 7:
        node.attributes["is_test"] = 0 if training else 1
    elif drawing.opset < 14:
        results = 5 if training else 1
    elif training:
        node.attributes["training_mode"], results = 1, 3
    if drawing.opset < 9 and drawing.chance(10):
        node.attributes["spatial"] = drawing.choose((1, 0)) if len(x.shape) == 2 else 1
        if not node.attributes["spatial"]:
            side.unsure("statistics for each element")
    if drawing.chance(15):
        node.attributes["momentum"] = 0.5
    node.inputs.append(x.name)
    for index in range(1, 5):
        variable = node.schema.inputs[index].type_str
        node.inputs.append(side.operand(node, index, sizes, types[variable]))
    return side.emit(node, x.shape, drawing.type, results)


def elementwise(side: LeftSide, node: Node, ranks: Ranks, shape: Shape | None) -> Value:
    """Two operands, one of which may be a constant, on either side."""
    drawing = side.drawing
    where = next((at for at in (0, 1) if not is_constant(node.operands[at])), 0)
    z = side.data(node.operands[where], ranks, shape)
    other = node.operands[1 - where]
    result = z.shape
    if not is_constant(other):
        name = side.data(other, shape=z.shape).name
    else:
        wanted = _beside(side, node, z, other, first=where == 1)
        name = side.operand(node, 1 - where, wanted)
        if len(wanted) > len(result) or any(
            size != 1 and size != result[at]
            for at, size in enumerate(wanted, len(result) - len(wanted))
        ):
            side.unsure("the result has more elements")
        if "broadcast" not in node.schema.attributes:
            result = _broadcast(result, wanted)
        elif where == 1:
            result = wanted
    node.inputs = [z.name, name] if where == 0 else [name, z.name]
    exchanges = side.instance.rule.exchanges and node.term.family.commutative
    if exchanges and drawing.opset >= 7 and drawing.chance(40):
        node.inputs.reverse()
    return side.emit(node, result, drawing.type)


def _beside(side: LeftSide, node: Node, z: Value, other: Term | None, *, first: bool) -> Shape:
    """A shape for a constant beside z; `first` if it is the first operand."""
    drawing = side.drawing
    rank = len(z.shape)
    if drawing.opset < 7:
        if first or drawing.chance(30):
            side.unsure("a constant of the whole shape")
            return z.shape
        node.attributes["broadcast"] = 1
    if not isinstance(other, Channel):
        assert isinstance(other, Term)
        dims = letter_of(other).dims
        return _any_shape(side, z) if dims is None else side.letter_shape(letter_of(other), z.shape)
    axis = side.axes.get(other.beside, other.axis)
    axis = axis if axis >= 0 else axis + rank
    if not 0 <= axis < rank:
        side.unsure("there is no such axis")
        return ()
    if drawing.unranked:
        side.unsure("a rank is not known")
    if drawing.open and isinstance(other.beside, ValueLetter):
        declared = drawing.dims.get(z.name)
        if declared is None or not isinstance(declared[axis], int):
            side.unsure("a size is not known")
    size = z.shape[axis]
    if size == 1 and side.wild():
        side.unsure("more channels than there are")
        size = 3
    if drawing.chance(20):
        return drawing.choose(((), (1,))) if drawing.opset >= 7 or rank else ()
    if side.wild():
        side.unsure("not along the channels")
        axis = drawing.choose(range(rank))
    if drawing.opset < 7:
        node.attributes["axis"] = axis if axis != rank - 1 or drawing.chance(50) else None
        return (z.shape[axis],)
    ones = (1,) * drawing.choose(tuple(range(axis + 1)))
    if side.wild():
        side.unsure("more axes than it has")
        ones = (1,) * (axis + 1)
    return (*ones, size if z.shape[axis] == 1 else z.shape[axis], *(1,) * (rank - axis - 1))


def _any_shape(side: LeftSide, z: Value) -> Shape:
    """A shape that broadcasts to that of z; rarely one that makes it larger."""
    drawing = side.drawing
    if drawing.opset < 7:
        start = drawing.choose(tuple(range(len(z.shape) + 1)))
        return z.shape[start:]
    start = drawing.choose(tuple(range(len(z.shape) + 1)))
    shape = tuple(size if drawing.chance(70) else 1 for size in z.shape[start:])
    if side.wild():
        shape = (2, *(1,) * (len(z.shape) - len(shape)), *shape)
    elif shape and shape[-1] == 1 and z.shape[-1] == 1 and side.wild():
        shape = (*shape[:-1], 3)
    return shape


def _broadcast(one: Shape, other: Shape) -> Shape:
    """As numpy does it."""
    rank = max(len(one), len(other))
    pairs = zip((1,) * (rank - len(one)) + one, (1,) * (rank - len(other)) + other, strict=True)
    return tuple(b if a == 1 else a for a, b in pairs)


def reduction(side: LeftSide, node: Node, ranks: Ranks, _: Shape | None) -> Value:
    drawing = side.drawing
    letter, *rest = node.operands
    x = side.data(letter, ranks=within(ranks, (2, 3)))
    node.inputs.append(x.name)
    rank = len(x.shape)
    axes = sorted({drawing.choose(tuple(range(rank))) for _ in range(drawing.choose((1, 2)))})
    if rest and drawing.chance(70):
        held = np.array([axis - rank * drawing.chance(50) for axis in axes], np.int64)
        made = drawing.constant(side.scope, held, TensorProto.INT64, role="axes")
        if rest[0] is not None:
            side.bind(rest[0], Value(made.name, made.array.shape, TensorProto.INT64))
        node.inputs.append(made.name)
        axes = [int(axis) % rank for axis in made.array]
    elif node.attributes.get("noop_with_empty_axes"):
        axes = []
    else:
        axes = list(range(rank))
    kept = node.attributes.get("keepdims") in (None, 1)
    shape = tuple(
        1 if axis in axes else size for axis, size in enumerate(x.shape) if kept or axis not in axes
    )
    return side.emit(node, shape, drawing.type)


def any_op(side: LeftSide, node: Node, ranks: Ranks, shape: Shape | None) -> Value:
    """An op that is not known here."""
    drawing = side.drawing
    windowed = "kernel_shape" in node.schema.attributes
    wanted = within(ranks, (4, 3)) if windowed else ranks
    values: list[Value] = []
    for operand in node.operands:
        count = drawing.choose((2, 1, 3)) if isinstance(operand, Variadic) else 1
        for _ in range(count):
            if operand is None:
                node.inputs.append("")
                continue
            value = side.data(operand, wanted, shape or (values[0].shape if values else None))
            values.append(value)
            node.inputs.append(value.name)
    if windowed:
        window(side, node, values[0], tuple(min(2, size) for size in values[0].shape[2:]))
    for name, spec in node.schema.attributes.items():
        if spec.required and node.attributes.get(name) is None and name in ("axis", "to"):
            node.attributes[name] = drawing.type if name == "to" else 0
            letter = node.term.attributes.get(name)
            if letter is not None:
                side.instance.attributes[letter] = node.attributes[name]
    named = {value.name: (value.shape, value.type) for value in values}
    operands = [named.get(name, ((), 1)) for name in node.inputs]
    results = max(node.schema.min_output, 1)
    made = _inferred(side, node, operands, results)
    return side.emit(node, made, drawing.type, results)


HANDLERS: dict[str, Callable[..., Value]] = {
    "": any_op,
    "Gemm": gemm,
    "MatMul": matmul,
    "Conv": conv,
    "ConvTranspose": conv,
    "BatchNormalization": normalization,
    "ReduceL1": reduction,
    "ReduceL2": reduction,
    "ReduceLogSum": reduction,
    "ReduceLogSumExp": reduction,
    "ReduceSumSquare": reduction,
    "Add": elementwise,
    "Sub": elementwise,
    "Mul": elementwise,
    "Div": elementwise,
}
