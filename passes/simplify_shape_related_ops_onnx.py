# SPDX-License-Identifier: Apache-2.0
"""Computations on shapes become what they compute: constants, `onnx.Dim` ops, and a Concat of them.

A tensor of sizes is made of numbers and of dimensions, however many ops it went through.  After onnx-mlir's pass of
that name, which moves dimensions through one op after another instead.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..dialect.bindings import ir
from ..dialect.constants import constant, constant_value
from ..dialect.onnx import create
from ..dialect.ops.attribute_kinds import INT
from ..dialect.types import Array, ElementType, element_type, tensor_type
from .rewriting.base import FunctionPass
from .rewriting.effects import erase_dead_ops, erase_with_dead_operands
from .rewriting.functions import body_of, functions_in
from .rewriting.redundancy import merge_equal_ops
from .shape_inference import shape_inference
from .shapes.analysis import analysed
from .shapes.dims import Dim
from .shapes.knowledge import Knowledge

_MOST = 16
"""A tensor with more elements says no shape."""

_CASTS = frozenset(("f32", "f64", "i32", "i64"))
"""What numpy and ONNX make the same of any size."""

_Sources = dict[Dim, tuple[ir.Value, int]]
"""A tensor that has a dimension, and along which axis."""

_Seen = dict[Dim, ir.Value]
"""What `onnx.Dim` gives for a dimension."""


def simplify_shapes(op: ir.Operation) -> None:
    """Infer shapes, replace what computes them, and infer what that tells."""
    shape_inference(op)
    for function in functions_in(op):
        block = body_of(function)
        if block is not None:
            with function.context:
                _Simplifying(analysed(function).knowledge, block).inside(block, {}, {})
    merge_equal_ops(op, lambda spec: spec.constant_like)
    erase_dead_ops(op)
    shape_inference(op)


class _Simplifying:
    """outermost: the body of the function, at whose begin new constants stand."""

    def __init__(self, knowledge: Knowledge, outermost: ir.Block) -> None:
        self._knowledge = knowledge
        self._outermost = outermost

    def inside(self, block: ir.Block, sources: _Sources, seen: _Seen) -> None:
        """Go through a block.  sources, seen: of the blocks around it."""
        sources, seen = dict(sources), dict(seen)
        for argument in block.arguments:
            self._note(argument, sources)
        for view in list(block.operations):
            op = view.operation
            for region in op.regions:
                for inner in region.blocks:
                    self.inside(inner, sources, seen)
            for result in op.results:
                self._note(result, sources)
            if op.name == "onnx.Dim":
                (dim,) = self._elements(op.results[0]) or (None,)
                if isinstance(dim, str):
                    seen.setdefault(dim, op.results[0])
            elif len(op.results) == 1 and op.name not in ("onnx.Constant", "onnx.NoValue"):
                self._simplify(op, sources, seen)

    def _note(self, value: ir.Value, sources: _Sources) -> None:
        for axis, dim in enumerate(self._knowledge.shape(value) or ()):
            if isinstance(dim, str):
                sources.setdefault(dim, (value, axis))

    def _elements(self, value: ir.Value) -> list[Dim] | None:
        """What a small tensor of sizes holds; None if not all of it is known."""
        row = element_type(value.type) if isinstance(value.type, ir.RankedTensorType) else None
        if row is None or row.asm != "i64":
            return None
        found = self._knowledge.elements(value)
        if found is None or found.ndim > 1 or not 0 < found.size <= _MOST:
            return None
        items: list[Dim] = [item for item in found.reshape(-1) if item is not None]
        return items if len(items) == found.size else None

    def _simplify(self, op: ir.Operation, sources: _Sources, seen: _Seen) -> None:
        cast = op.name == "onnx.Cast"
        elements = self._elements(op.operands[0] if cast else op.results[0])
        if elements is None:
            return
        result = op.results[0]
        known = all(isinstance(dim, int) for dim in elements)
        row = element_type(result.type)
        if row is None or _is_simple(op):
            return
        if cast and (len(elements) == 1 or known or row.asm not in _CASTS):
            return
        with op.location, ir.InsertionPoint(op):
            if known:
                shape = result.type.shape if isinstance(result.type, ir.ShapedType) else ()
                new = self._constant(np.array(elements, np.int64).reshape(tuple(shape)))
            else:
                parts = [self._part(dim, sources, seen) for dim in elements]
                new = self._cast(op, row, parts) if cast else _joined(parts, result.type)
        if not cast:
            self._knowledge.hold(new, self._knowledge.elements(result))
        result.replace_all_uses_with(new)
        operands = list(op.operands)
        op.erase()
        erase_with_dead_operands(operands, ir.Operation.erase)

    def _cast(self, op: ir.Operation, row: ElementType, parts: Sequence[ir.Value]) -> ir.Value:
        """A Cast of each size, joined."""
        names = ("to", "saturate", "round_mode")
        attributes = {name: op.attributes[name] for name in names if name in op.attributes}
        types = [tensor_type((1,), row)]
        casts: list[ir.Value] = []
        for part in parts:
            held = constant_value(part)
            if held is None:
                new = create("Cast", [part], results=types, attributes=attributes)
                casts.append(new.results[0])
            else:
                casts.append(self._constant(held.astype(row.dtype)))
        return _joined(casts, op.results[0].type)

    def _constant(self, array: Array) -> ir.Value:
        with ir.InsertionPoint.at_block_begin(self._outermost):
            return constant(array).results[0]

    def _part(self, dim: Dim, sources: _Sources, seen: _Seen) -> ir.Value:
        if isinstance(dim, int):
            return self._constant(np.array([dim], np.int64))
        if dim not in seen:
            value, axis = sources[dim]
            type_ = ir.Type.parse("tensor<1xi64>")
            attributes = {"axis": INT.attribute(axis)}
            seen[dim] = create("Dim", [value], results=[type_], attributes=attributes).results[0]
        return seen[dim]


def _is_simple(op: ir.Operation) -> bool:
    """Whether an op is what sizes are made into."""
    if op.name not in ("onnx.Concat", "onnx.Squeeze"):
        return False
    sizes = list(op.operands)[: None if op.name == "onnx.Concat" else 1]
    owners = [value.owner for value in sizes]
    return all(
        not isinstance(owner, ir.Block)
        and owner.name in ("onnx.Dim", "onnx.Constant")
        and isinstance(value.type, ir.RankedTensorType)
        and list(value.type.shape) == [1]
        for owner, value in zip(owners, sizes, strict=True)
    )


def _joined(parts: Sequence[ir.Value], type_: ir.Type) -> ir.Value:
    """One tensor of several sizes; a scalar of one, where the type has no axis."""
    if len(parts) > 1:
        attributes = {"axis": INT.attribute(0)}
        return create("Concat", parts, results=[type_], attributes=attributes).results[0]
    if isinstance(type_, ir.RankedTensorType) and type_.rank == 0:
        axes = constant(np.zeros(1, np.int64)).results[0]
        return create("Squeeze", [parts[0], axes], results=[type_]).results[0]
    return parts[0]


PASS = FunctionPass(
    argument="simplify-shape-related-ops-onnx",
    summary="Replace computations on shapes by constants, onnx.Dim ops and a Concat of them",
    function=simplify_shapes,
)
