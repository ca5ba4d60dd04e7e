# SPDX-License-Identifier: Apache-2.0
"""What the native calls of onnx-mlir's rules compute, by their C++.

A call is known by its text without namespaces, builder and location, so that other files' rules may use it under
another name.  Sources: Canonicalize.td, and src/Dialect/ONNX/ONNXOps/{OpHelper,Canonicalize}.cpp.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from ...dialect.ops.schema import op_spec
from ...proving.domains import INTEGERS
from ...proving.semantics import evaluate
from ...proving.tensors import Tensor

Native = Callable[..., Any]


class Declared(tuple[str, "tuple[int, ...] | None"]):
    """A result type that a rule states: an element type, and a shape where it states one."""


def integers(numbers: Sequence[int]) -> Tensor:
    """A vector of 64-bit integers."""
    data = np.empty(len(numbers), dtype=object)
    data[:] = [int(number) for number in numbers]
    return Tensor("i64", INTEGERS, data)


def _up_to(first: int, last: int) -> list[int]:
    """From first to last, both included, as `createArrayAttrOfNToM` has it."""
    return list(range(first, last + 1))


def _either_or(op: str) -> Native:
    """`op` of two values; if one is absent, the other."""

    def call(a: Tensor | None, b: Tensor | None) -> Tensor | None:
        return b if a is None else a if b is None else evaluate(op, [a, b], {})[0]

    return call


def _minus(_: Any, a: Tensor | None, b: Tensor) -> Tensor | None:
    return evaluate("Neg", [b], {})[0] if a is None else evaluate("Sub", [a, b], {})[0]


def _filled(like: Tensor, number: Any) -> Tensor:
    """A scalar of the element type of `like`."""
    data = np.empty((), dtype=object)
    data[()] = number.data[()] if isinstance(number, Tensor) else like.numbers.from_python(number)
    return Tensor(like.type, like.numbers, data)


def _matmul_type(a: Tensor, b: Tensor) -> Declared:
    return Declared((a.type, (*a.shape[:-1], b.shape[-1])))


def _each(op: str, *names: str) -> Native:
    """`op` of each of some values, with attributes of these names."""

    def call(values: Sequence[Tensor], *given: Any) -> list[Tensor | None]:
        attributes = dict(zip(names, given, strict=True))
        return [evaluate(op, [value], attributes)[0] for value in values]

    return call


def _axis_in(perm: Sequence[int], axis: int) -> int | None:
    """Where an axis stands in a permutation; nothing for one that is counted from the end."""
    return list(perm).index(axis) if axis in perm else None


def _combined(first: Sequence[int] | None, second: Sequence[int] | None) -> list[int] | None:
    """Null for an absent permutation, which the C++ does not expect."""
    return None if first is None or second is None else [first[axis] for axis in second]


def _folded(op: str) -> Native:
    def call(_: Any, *constants: Tensor) -> Tensor | None:
        return evaluate(op, constants, {})[0]

    return call


def _zeros(like: Tensor) -> Tensor:
    return like.like(like.numbers.full(like.shape, 0))


_RANK = "cast<ShapedType>($0.getType()).getRank()"

_OF_NOTHING: dict[str, Callable[[], Any]] = {
    "$_builder.getF32FloatAttr(1.0)": lambda: 1.0,
    '$_builder.getStringAttr("constant")': lambda: "constant",
    "ArrayAttr()": lambda: None,
    "Attribute()": lambda: None,
    "FloatAttr()": lambda: None,
    "IntegerAttr()": lambda: None,
    "ONNXNoneOp::create().getResult()": lambda: None,
    "ONNXNoneOp::create()": lambda: None,
    "StringAttr()": lambda: None,
}  # fmt: skip

_OF_ONE: dict[str, Callable[[Any], Any]] = {
    "OnnxBuilder().constant($0)": lambda elements: elements,
    _RANK: lambda x: len(x.shape),
    f"createArrayAttrOfNToM(2, {_RANK} - 1)": lambda x: _up_to(2, len(x.shape) - 1),
    "createDenseArrayAttr($0)": lambda numbers: None if numbers is None else integers(numbers),
    "createDenseElementsAttrFromShape($0)": lambda x: integers(x.shape),
    "ConstZeroTensor(cast<ShapedType>($0.getType()))": _zeros,
    "createDenseElementsAttrFromSize($0)": lambda x: _filled(integers([]), x.data.size),
    "createDenseElementsAttrOfNToM($0, $0)": lambda n: integers([n]),
    f"createDenseElementsAttrOfNToM(1, {_RANK} - 1)": lambda x: integers(_up_to(1, len(x.shape) - 1)),
    f"createDenseElementsAttrOfNToM(1, {_RANK} - 2)": lambda x: integers(_up_to(1, len(x.shape) - 2)),
    "getReturnTypeForMaxPool2D($0)": lambda x: Declared((x.type, None)),
}  # fmt: skip

_OF_TWO: dict[str, Callable[[Any, Any], Any]] = {
    "createDenseElementsAttrFromShapeAtIndex($0, $1)": lambda x, axis: integers([x.shape[axis]]),
}  # fmt: skip

_KNOWN: dict[str, Native] = {
    **_OF_NOTHING,
    **_OF_ONE,
    **_OF_TWO,
    "CombinedTransposePattern($0, $1)": _combined,
    "castVariadicInput($0, $1, $2)": _each("Cast", "saturate", "to"),
    "createDenseElementsAttrFromFloatAttr(cast<ShapedType>($0.getType()).getElementType(), $1)": _filled,
    "getIndexOfAxisInPerm($0, $1)": _axis_in,
    "getReturnTypeForMatMulOpND2D($0, $1)": _matmul_type,
    "maxOrDefault($0, $1)": _either_or("Max"),
    "minOrDefault($0, $1)": _either_or("Min"),
    "subtractOrNeg($0.getDefiningOp()->getLoc(), $1, $2)": _minus,
    "transposeVariadicInput($0, $1)": _each("Transpose", "perm"),
}  # fmt: skip

_INTEGER = re.compile(r"^IntegerAttr::get\(.*APInt\(\d+, (-?\d+),.*\)$")
_FOLDED = re.compile(r"^ConstPropElementwise(?:Unary|Binary)<(?:mlir::)?ONNX(\w+)Op>\(")
"""A fold of one op of constants: it is taken to compute what the op does."""
_NOISE = re.compile(r"(::)?(onnx_mlir|mlir|llvm)::|\$_builder, |\$_loc, ")
_ALONE = re.compile(r"\((\$_builder|\$_loc)\)")


@cache
def native(text: str) -> Native | None:
    """What a native call computes from its arguments; None if it is not known."""
    if found := _INTEGER.match(text):
        return partial(int, found.group(1))
    if found := _FOLDED.match(text):
        spec = op_spec(found.group(1))
        # What it does with attributes cannot be told from its arguments.
        return None if spec is None or spec.attributes else _folded(spec.name)
    return _KNOWN.get(_ALONE.sub("()", _NOISE.sub("", text)))
