# SPDX-License-Identifier: Apache-2.0
"""Whether ONNX's own shape inference admits an op, and whether its results have the types that it infers.

A declared type may say less than the inferred one, or more; only a contradiction is an error.
"""

from __future__ import annotations

from functools import cache
from typing import Any, cast

import onnx.defs as defs

from ..bindings import ir
from ..ops.attribute_kinds import TENSOR
from ..ops.attributes import AnyAttribute, get_attribute
from ..ops.constant import held_array, small_constant
from ..ops.inference import InferenceError, infer_types
from ..ops.spec import OpSpec
from ..types import Array, compatible, is_none, is_unknown, shape_of

_INTEGERS = frozenset(("tensor(int64)", "tensor(int32)"))
_OTHER_DATA = frozenset(
    (
        *("start", "limit", "delta"),  # of Range
        *("scales", "depth"),  # of Resize and Upsample, of OneHot
        "x_zero_point",  # of DequantizeLinear
    )
)

ADMITTED: tuple[tuple[str, str, str], ...] = (
    ("BatchNormalization", "number of op outputs", "results that nobody reads have types or not"),
    ("Concat", "same rank", "an input of rank 1 without elements counts as nothing in onnx-mlir"),
    ("Dropout", "must be a scalar", "onnx-mlir takes a vector of one element"),
    ("GRU", "", "onnx-mlir leaves it to its shape inference"),
    ("LSTM", "", "onnx-mlir leaves it to its shape inference"),
    ("OneHotEncoder", "Exactly one of", "onnx-mlir takes the categories that fit the input"),
    ("RNN", "", "onnx-mlir leaves it to its shape inference"),
    ("Range", "should be scalars", "onnx-mlir takes vectors of one element"),
    ("Reshape", "Product cannot be 0", "onnx-mlir leaves it to the run time"),
    ("Resize", "input 'sizes' (0)", "inference counts a number of sizes that is not known as 0"),
    ("Resize", "input 'scales' (0)", "inference counts a number of scales that is not known as 0"),
    ("Split", "Neither 'split'", "onnx-mlir splits into as many parts as there are results"),
    ("StringNormalizer", "Input shape must have", "inference takes a size that is not known for 0"),
    ("TopK", "K input must be", "onnx-mlir takes a scalar"),
    ("Transpose", "Invalid attribute perm", "in onnx-mlir axes may count from the end"),
)
"""What ONNX's inference refuses and onnx-mlir does not: the op, a part of the refusal, the reason."""

UNJUDGED_RESULTS: dict[str, str] = {
    "ConstantOfShape": "without `value`, onnx-mlir reads the element type off the result",
    "Range": "how many floats there are hangs on how the quotient is rounded",
    "SequenceAt": "exporters give the element without the axis that SplitToSequence would have dropped",
    "UpsampleV7": "onnx-mlir's decomposition does not look at the sizes",
}
"""The ops whose results may be declared otherwise, and why."""


UNJUDGED_SIZES: dict[str, str] = {
    "Conv": "onnx-mlir's own lowering tests declare sizes that the windows do not give",
    "Resize": "onnx-mlir's own lowering tests declare sizes that the scales do not give",
}
"""The ops whose results must have the element type and the rank that is inferred, and why no more."""


def data_operands(spec: OpSpec) -> tuple[int, ...]:
    """The numbers of the operands that may say sizes, axes or indices: what they hold is looked at."""
    return tuple(
        index
        for index, formal in enumerate(spec.operands)
        if formal.types is not None
        and formal.arity != "variadic"
        and (formal.types - {"none"} <= _INTEGERS or formal.name in _OTHER_DATA)
    )


@cache
def _is_judged(spec_name: str, onnx_name: str, version: int, domain: str) -> bool:
    """Whether ONNX has an inference for the op."""
    schema = cast(Any, defs.get_schema(onnx_name, version, domain))
    # A type attribute, as Optional's, is no element type; a Constant may hold types that ONNX's does not.
    return spec_name not in ("Constant", "Optional") and not schema.deprecated


def is_judged(spec: OpSpec) -> bool:
    """Whether ONNX's inference is asked: not about ops with bodies, and not about what it does not know."""
    if not spec.onnx_name or spec.regions or spec.custom:
        return False
    return _is_judged(spec.name, spec.onnx_name, spec.since_version, spec.domain)


def contradiction(op: ir.Operation, spec: OpSpec, data: tuple[int, ...]) -> str | None:
    """What ONNX's inference has against an op that `is_judged`, if anything.

    data: the operands whose constants it is shown.
    """
    operands = [value.type for value in op.operands]
    attributes = _attributes(op, spec)
    if attributes is None or any(map(is_unknown, operands)):
        return None
    results = [value.type for value in op.results]
    while results and is_none(results[-1]):
        results.pop()
    constants: dict[int, Array | None] = {
        index: held_array(constant)
        for index in data
        if index < len(operands) and (constant := small_constant(op.operands[index]))
    }
    with op.context:
        try:
            inferred = infer_types(spec, operands, attributes, constants, len(results))
        except InferenceError as error:
            return _refusal(spec, str(error))
        if spec.name in UNJUDGED_RESULTS:
            return None
        may_be = _same_rank if spec.name in UNJUDGED_SIZES else compatible
        for index, (declared, type_) in enumerate(zip(results, inferred, strict=True)):
            if type_ is not None and not is_none(declared) and not may_be(declared, type_):
                name = spec.results[min(index, len(spec.results) - 1)].name
                return f"result '{name}' (#{index}) must be {type_}, as its operands and attributes say, got {declared}"
    return None


def _same_rank(a: ir.Type, b: ir.Type) -> bool:
    """Whether two types are compatible but for sizes."""
    shape_a, shape_b = shape_of(a), shape_of(b)
    if shape_a is None or shape_b is None or len(shape_a) != len(shape_b):
        return compatible(a, b)
    return isinstance(a, ir.ShapedType) and a.element_type == getattr(b, "element_type", None)


def _attributes(op: ir.Operation, spec: OpSpec) -> dict[str, AnyAttribute] | None:
    """The inherent attributes; None if the op means something else than ONNX's, or data is elided."""
    present = op.attributes
    if "axis" in present and "axis" not in spec.attributes:
        return None  # Broadcasting along an axis, as before version 7; onnx-mlir's canonicalizer mends it.
    found: dict[str, AnyAttribute] = {}
    for name, attribute in spec.attributes.items():
        if name not in present:
            continue
        value = get_attribute(op, name)
        if value is None or (
            attribute.kind is TENSOR and not isinstance(value, ir.DenseElementsAttr)
        ):
            return None
        found[name] = value
    return found


def _refusal(spec: OpSpec, message: str) -> str | None:
    if any(spec.name == name and part in message for name, part, _ in ADMITTED):
        return None
    kind, bracket, rest = message.partition("] ")
    return f"is refused by ONNX: {rest if bracket and kind.startswith('[') else message}"
