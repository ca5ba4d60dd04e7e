# SPDX-License-Identifier: Apache-2.0
"""What single ops demand beyond their spec: shapes that fit, results that match a signature.

Each rule yields messages that follow "'onnx.X' op".  Dimensions are compared only where both are known.  A rule is
asked once for each combination of types and attributes; those that look at where an op stands stand apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..bindings import ir
from ..ops.attributes import scalar_value
from ..types import DYNAMIC, compatible, is_none, shape_of, sizes_agree

Rule = Callable[[ir.Operation, Sequence[str]], Iterator[str]]
"""`rule(op, names of the inherent attributes that it has)`: sees types and attributes, but no data of tensors."""
TypeRule = Callable[[Sequence[ir.Type], Sequence[ir.Type]], Iterator[str]]
"""`rule(operand types, result types)`"""
PlaceRule = Callable[[ir.Operation], Iterator[str]]
"""`rule(op)`: sees all of the op and what is around it."""
Shape = tuple[int, ...]


def _show(shape: Sequence[int]) -> str:
    return "(" + ", ".join("?" if size == DYNAMIC else str(size) for size in shape) + ")"


def _flag(op: ir.Operation, name: str, present: Sequence[str]) -> bool:
    return name in present and scalar_value(op.attributes[name]) != 0


def gemm(op: ir.Operation, present: Sequence[str]) -> Iterator[str]:
    """A and B have rank 2 and agree on K, C broadcasts to (M, N), Y is (M, N).  Source: ONNX Gemm-13."""
    a, b, c = (shape_of(operand.type) for operand in op.operands)
    y = shape_of(op.results[0].type)
    for name, shape in (("A", a), ("B", b), ("Y", y)):
        if shape is not None and len(shape) != 2:
            yield f"expected {name} of rank 2, got shape {_show(shape)}"
            return
    m = k_a = k_b = n = DYNAMIC
    if a is not None:
        m, k_a = reversed(a) if _flag(op, "transA", present) else a
    if b is not None:
        k_b, n = reversed(b) if _flag(op, "transB", present) else b
    if not sizes_agree(k_a, k_b):
        yield f"A and B must agree on K, got {k_a} (A is {_show(a or ())}) and {k_b} (B is {_show(b or ())})"
    if y is not None and not (sizes_agree(y[0], m) and sizes_agree(y[1], n)):
        yield f"expected Y of shape {_show((m, n))}, got {_show(y)}"
    if y is not None:
        m, n = (y[0] if m == DYNAMIC else m), (y[1] if n == DYNAMIC else n)
    if c is not None and not is_none(op.operands[2].type) and not _broadcasts(c, (m, n)):
        yield f"expected C that broadcasts to {_show((m, n))}, got shape {_show(c)}"


def _broadcasts(shape: Shape, to: Shape) -> bool:
    """Unidirectional broadcasting, as far as the sizes are known."""
    if len(shape) > len(to):
        return False
    return all(
        size == 1 or sizes_agree(size, target)
        for size, target in zip(reversed(shape), reversed(to), strict=False)
    )


def batch_normalization(operands: Sequence[ir.Type], results: Sequence[ir.Type]) -> Iterator[str]:
    """scale, B, mean and var have rank 1 and the size of X's axis 1.  Source: ONNX BatchNormalization-15."""
    x = shape_of(operands[0])
    if x is not None and not x:
        yield "expected X of rank 1 or more, got a scalar"
        return
    # A tensor of rank 1 counts as one channel.
    channels = DYNAMIC if x is None else x[1] if len(x) > 1 else 1
    for index, name in enumerate(("scale", "B", "mean", "var"), start=1):
        shape = shape_of(operands[index])
        if shape is None:
            continue
        if len(shape) != 1 or not sizes_agree(shape[0], channels):
            yield f"expected {name} of shape {_show((channels,))}, the size of X's axis 1, got {_show(shape)}"
    y = shape_of(results[0])
    if x is not None and y is not None and (len(x) != len(y) or not all(map(sizes_agree, x, y))):
        yield f"expected the result to have X's shape {_show(x)}, got {_show(y)}"


def constant(_: ir.Operation, present: Sequence[str]) -> Iterator[str]:
    """At most one of the attributes that give the value.  Source: ONNX Constant-19."""
    if len(present) > 1:
        yield f"expected one attribute that gives the value, got {', '.join(present)}"


def return_(op: ir.Operation) -> Iterator[str]:
    """Operands fit the function's results; a more specific shape fits.  Source: onnx-mlir, ONNXReturnOp."""
    function = op.parent
    if function is None or "function_type" not in function.attributes:
        return
    results: list[ir.Type] = scalar_value(function.attributes["function_type"]).results
    operands = list(op.operands)
    if len(operands) != len(results):
        yield f"has {len(operands)} operands, but the function returns {len(results)}"
        return
    for index, (operand, result) in enumerate(zip(operands, results, strict=True)):
        if not compatible(operand.type, result):
            yield f"operand #{index} has type {operand.type}, but the function returns {result}"


RULES: dict[str, Rule] = {"Constant": constant, "Gemm": gemm}

TYPE_RULES: dict[str, TypeRule] = {
    "BatchNormalization": batch_normalization,
    "BatchNormalizationInferenceMode": batch_normalization,
}

PLACE_RULES: dict[str, PlaceRule] = {"Return": return_}
