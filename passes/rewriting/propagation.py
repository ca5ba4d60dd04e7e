# SPDX-License-Identifier: Apache-2.0
"""Ops on constants, replaced by the constants that they compute."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, cast

import numpy as np

from ...dialect.bindings import ir
from ...dialect.elements.arrays import elements_attribute
from ...dialect.elements.resources import Resource, handle_of, resource_attribute
from ...dialect.evaluation import EvaluationError, evaluate, in_blocks, is_splat, takes_no_room
from ...dialect.evaluation.call import is_real
from ...dialect.evaluation.sums import without_zero_point
from ...dialect.model_records import HIDES, NAME, OPSET_IMPORT, OUTPUTS, VALUE_INFO
from ...dialect.onnx import OnnxOp, create, no_value
from ...dialect.ops.attributes import get_attribute
from ...dialect.ops.constant import held_resource
from ...dialect.ops.numerics import Numerics, numerics_of
from ...dialect.ops.spec import OpSpec
from ...dialect.types import BY_DTYPE, Array, compatible, element_type, is_none, shape_of
from .rewriter import NoMatch, Rewriter, Rewritten, is_read_as_it_is, no_match

_MOST_BYTES = 64 << 20
"""A result of more bytes than this, and than its operands have, is only written if all its elements are equal."""

_QUANTIZES = frozenset(("DequantizeLinear", "DynamicQuantizeLinear", "QuantizeLinear"))
"""Ops whose results take more room, or tell less, than what they are computed from."""


_UNKNOWN = no_match("not all operands are constants")


def may_propagate(spec: OpSpec) -> bool:
    """Whether ops of this kind can become constants where their operands are."""
    if spec.onnx_name == "If":
        return True
    return (
        bool(spec.onnx_name and spec.operands)
        and spec.pure
        and spec.deterministic
        and not spec.regions
        and not spec.constant_like
        and spec.onnx_name not in _QUANTIZES
        and numerics_of(spec.onnx_name) is not Numerics.DRAWS
    )


class Propagation:
    """How ops are propagated.

    bound: how many times the bytes of its operands a result may take, -1 for any.  rounds: whether Cast rounds to
    integers; otherwise it cuts off.
    """

    def __init__(self, bound: int, rounds: bool) -> None:
        self._bound = bound
        self._rounds = rounds

    def pattern(self, op: OnnxOp, rewriter: Rewriter, **_: Any) -> NoMatch | Rewritten:
        """Replace `op` by what it computes, or by the branch that it takes."""
        if op.SPEC.onnx_name == "If":
            return _take_branch(op, rewriter)
        constants: list[Array | Resource | None] = []
        for operand in op.operands:
            constant = _held(operand)
            if constant is None and not is_none(operand.type):
                return _zero_product(op, rewriter)
            constants.append(constant)
        if reason := self._too_large(op, constants):
            return no_match(reason)
        handle = next(filter(None, map(_handle, op.operands)), None)
        if handle and (later := in_blocks(op, constants)) and not _unfit(op.results[0], later):
            return rewriter.replace(op, _constant(op, 0, later, handle), f"{op.SPEC.name}")
        arrays = [each.array() if isinstance(each, Resource) else each for each in constants]
        if self._rounds and op.SPEC.onnx_name == "Cast" and arrays[0] is not None:
            arrays[0] = _rounded_to_integers(op, arrays[0])
        try:
            found = evaluate(op, arrays)
        except EvaluationError as error:
            return no_match(str(error))
        for result, array in zip(op.results, found, strict=True):
            if array is not None and (reason := _unfit(result, array)):
                return no_match(reason)
        given = sum(_bytes(each) for each in constants if each is not None)
        most = max(_MOST_BYTES, given)
        if any(each is not None and each.nbytes > most and not is_splat(each) for each in found):
            return no_match("its result is too large")
        made = [
            no_value() if array is None else _constant(op, index, array, handle)
            for index, array in enumerate(found)
        ]
        return rewriter.replace(op, made, lambda: f"{op.SPEC.name}")

    def _too_large(self, op: OnnxOp, constants: Sequence[Array | Resource | None]) -> str:
        """Why the result must not be written out, as far as types say; "" if it may."""
        present = [each for each in constants if each is not None]
        given = sum(map(_bytes, present))
        told = sum(prod(each.shape) * each.dtype.itemsize for each in present)
        for result in op.results:
            shape, row = shape_of(result.type), element_type(result.type)
            if shape is None or row is None or any(size < 0 for size in shape):
                continue
            size = prod(shape) * row.dtype.itemsize
            if self._bound >= 0 and size > self._bound * told:
                return f"its result takes more than {self._bound} times the bytes of its operands"
            if size > max(_MOST_BYTES, given) and not takes_no_room(op.SPEC, constants):
                return "its result is too large"
        return ""


def _held(value: ir.Value) -> Array | Resource | None:
    """What a constant holds; None for any other value."""
    owner = value.owner
    if isinstance(owner, ir.Block) or owner.name != "onnx.Constant":
        return None
    return held_resource(owner)


def _handle(value: ir.Value) -> str | None:
    """The handle of a constant whose data stands beside the module."""
    owner = value.owner
    if isinstance(owner, ir.Block) or owner.name != "onnx.Constant":
        return None
    return handle_of(get_attribute(owner, "value"))


def _bytes(data: Array | Resource) -> int:
    """How much room the elements take; one that stands for all is counted once."""
    if isinstance(data, np.ndarray) and is_splat(data):
        return data.dtype.itemsize
    return prod(data.shape) * data.dtype.itemsize


def _rounded_to_integers(op: OnnxOp, array: Array) -> Array:
    row = element_type(op.results[0].type)
    integral = row is not None and row.dtype.kind in "iu"
    return np.rint(array.astype(np.float64)) if integral and is_real(array) else array


def _unfit(result: ir.Value, array: Array | Resource) -> str:
    """Why an array cannot stand for a result; "" if it can."""
    row, shape = element_type(result.type), shape_of(result.type)
    if array.dtype not in BY_DTYPE or (row is not None and row.dtype != array.dtype):
        return f"what it computes is {array.dtype}, not {result.type}"
    if shape is not None and (
        len(shape) != len(array.shape)
        or any(known not in (-1, size) for known, size in zip(shape, array.shape, strict=True))
    ):
        return f"what it computes has shape {array.shape}, not {result.type}"
    if (shape is None or -1 in shape) and is_read_as_it_is(result):
        return f"an op of another dialect reads it as {result.type}"
    return ""


def _constant(op: OnnxOp, index: int, data: Array | Resource, handle: str | None) -> ir.Value:
    """A new constant in the place of a result; data of more than a few elements goes where that of the operands is."""
    if isinstance(data, Resource) or (handle is not None and not is_splat(data)):
        attribute = resource_attribute(data, str(handle))
    else:
        attribute = elements_attribute(data)
    made = create("Constant", results=[cast(Any, attribute).type], attributes={"value": attribute})
    names = OUTPUTS.get(op.attributes, [])
    if index < len(names) and names[index]:
        if _ends_region(op.results[index]) and _may_be_node(op, data.dtype):
            # ONNX's inference finds no type for an initializer that is the output of a subgraph.
            made.attributes[OUTPUTS.name] = ir.ArrayAttr.get([ir.StringAttr.get(names[index])])
        else:
            made.attributes[NAME.name] = ir.StringAttr.get(names[index])
    infos = cast("ir.ArrayAttr | None", get_attribute(op, VALUE_INFO.name))
    if infos is not None and index < len(infos):
        made.attributes[VALUE_INFO.name] = ir.ArrayAttr.get([infos[index]], made.context)
    if hides := get_attribute(op, HIDES.name):
        made.attributes[HIDES.name] = cast(ir.Attribute, hides)
    return made.results[0]


def _ends_region(value: ir.Value) -> bool:
    """Whether a region of an op gives the value."""
    return any(use.owner.name == "onnx.Yield" for use in value.uses)


def _may_be_node(op: OnnxOp, dtype: np.dtype[Any]) -> bool:
    """Whether ONNX has a Constant node of this type: before opset 9 there are but those of floats."""
    if dtype.kind == "f":
        return True
    root = op.operation
    while root.parent is not None:
        root = root.parent.operation
    versions = dict(OPSET_IMPORT.get(root.attributes) or [])
    return versions.get("", 9) >= 9


def _zero_product(op: OnnxOp, rewriter: Rewriter) -> NoMatch | Rewritten:
    """A product of integers of which one matrix is 0 everywhere: of reals, NaN times 0 is no 0."""
    name = op.SPEC.onnx_name
    if name not in ("MatMul", "MatMulInteger"):
        return _UNKNOWN
    row, shape = element_type(op.results[0].type), shape_of(op.results[0].type)
    if row is None or row.dtype.kind not in "iu" or shape is None or min(shape, default=0) < 0:
        return _UNKNOWN
    for index in (0, 1):
        matrix = _array(_held(op.operands[index]))
        if matrix is None:
            continue
        if name == "MatMulInteger":
            absent = is_none(op.operands[index + 2].type)
            zero = None if absent else _array(_held(op.operands[index + 2]))
            if zero is None and not absent:
                continue
            matrix = without_zero_point(matrix, zero, rows=index == 0)
        if not np.count_nonzero(matrix):
            zeros = np.broadcast_to(np.zeros((), row.dtype), tuple(shape))
            return rewriter.replace(op, [_constant(op, 0, zeros, None)], "a product with 0")
    return _UNKNOWN


def _array(data: Array | Resource | None) -> Array | None:
    return data.array() if isinstance(data, Resource) else data


def _take_branch(op: OnnxOp, rewriter: Rewriter) -> NoMatch | Rewritten:
    """An If whose condition is known: the ops of the branch that it takes."""
    condition = _array(_held(op.operands[0]))
    if condition is None:
        return no_match("cond is not a constant")
    if condition.size != 1:
        return no_match("cond is not one truth value")
    region = op.then_branch if bool(condition.reshape(())) else op.else_branch
    block = region.blocks[0]
    *inside, last = list(block.operations)
    yields = list(last.operands)
    for result, new in zip(op.results, yields, strict=True):
        if not compatible(result.type, new.type):
            return no_match(f"the branch gives {new.type}, not {result.type}")
    for inner in inside:
        inner.operation.move_before(op.operation)
    return rewriter.replace(op, yields, "the branch that is taken")
