# SPDX-License-Identifier: Apache-2.0
"""What the constraints of onnx-mlir's rules ask, by their names, as predicates on the values of a case.

Some tell what the compiler knows of a value and not which value it is: that it is constant, static, read once.  They
hold in every case.  Sources: Canonicalize.td, ConstProp.td and Decompose.td, and the C++ that they name, in
src/Dialect/ONNX/ONNXOps/{OpHelper,Canonicalize}.cpp.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from operator import eq
from typing import Any

from ...dialect.types import BY_ASM
from ...proving.tensors import Tensor

Predicate = Callable[..., bool]

KNOWLEDGE = frozenset(
    {
        "AttributeIsNotNull",
        "DimAtIndexIsConstant",
        "HasOneUse",
        "HasRankAndShape",
        "HasShapeAndRank",
        "HasStaticShape",
        "IsFromDenseONNXConstantOp",
        "IsFromDenseONNXConstantOpOrNone",
        "IsFromONNXConstantOp",
        "IsIntOrFloatType",
        "IsNotAConstant",
        "IsNotConvProducer",
        "IsNotDisabled",
        "IsNotFromONNXConstantOp",
        "IsStaticShapeTensor",
        "IsVariadicOperandDenseONNXConstantOp",
        "ProducedByTransposeOp",
        "SatisfiesExpansionBound",
    }
)
"""Constraints that no value breaks."""


def _axes(of: Any, rank: int) -> frozenset[int]:
    """Axes, the negative ones counted from the end of `rank` axes; out of range is not looked at, as it is there."""
    numbers = of.data.ravel().tolist() if isinstance(of, Tensor) else of
    return frozenset(axis + rank if axis < 0 else axis for axis in map(int, numbers))


def _same_axes(like: Tensor, first: Any, second: Any) -> bool:
    if first is None or second is None:
        return False
    rank = len(like.shape)
    return _axes(first, rank) == _axes(second, rank)


def _same_size(axis: int) -> Callable[[Any, Any], bool]:
    def holds(x: Any, y: Any) -> bool:
        return len(x.shape) > axis and len(y.shape) > axis and x.shape[axis] == y.shape[axis]

    return holds


def _is_none(value: Any) -> bool:
    return value is None


def _is_negative_splat(x: Tensor) -> bool:
    elements = x.data.ravel().tolist()
    return len(set(elements)) == 1 and elements[0] < 0


def _every(numbers: Any, wanted: int) -> bool:
    return all(number == wanted for number in numbers)


_OF_ONE: dict[str, Callable[[Any], bool]] = {
    "AreAllDimSizes": lambda values: all((each.data >= 0).all() for each in values),
    "AttributeIsNull": _is_none,
    "ElementTypeIsNotUnsigned": lambda x: not x.type.startswith("ui"),
    "HasAllOnesInArrayAttr": lambda numbers: _every(numbers, 1),
    "HasAllZerosInArrayAttr": lambda numbers: _every(numbers, 0),
    "HasFloatType": lambda x: x.type == "f32",
    "HasIntegerElementType": lambda x: x.type.startswith(("i", "ui")),
    "HasNoneType": _is_none,
    "HasNonZeroInArrayAttrParam": lambda numbers: not _every(numbers, 0),
    "HasUnitStrides": lambda strides: strides is None or _every(strides, 1),
    "IsConstOfOnes": lambda x: bool((x.data == 1).all()),
    "IsConstOfZeros": lambda x: bool((x.data == 0).all()),
    "IsFromONNXConstantOpWithOnes": lambda x: bool((x.data == 1).all()),
    "IsIdentityPermuteAttribute": lambda perm: perm is not None and list(perm) == sorted(perm),
    "IsNegativeSplatConstant": _is_negative_splat,
    "IsNoneType": _is_none,
    "IsNoneValue": _is_none,
    "IsNotScalar": lambda x: bool(x.shape),
    "IsScalarConstantTensor": lambda x: x.shape in ((), (1,)),
    "KeepdimsIsTrue": lambda keepdims: keepdims == 1,
    "NotNoneType": lambda x: x is not None,
}  # fmt: skip

_OF_TWO: dict[str, Callable[[Any, Any], bool]] = {
    "AxisIsTheLastDim": lambda x, axis: axis == -1 or axis == len(x.shape) - 1,
    "Equal": lambda a, b: a == b,
    "HasSameElementType": lambda x, type_: x.type == type_,
    "HaveSameElementType": lambda x, y: x.type == y.type,
    "HaveSameElementTypeBitWidth": lambda x, y: BY_ASM[x.type].bits == BY_ASM[y.type].bits,
    "HaveSameLastDim": lambda x, y: x.shape[-1:] == y.shape[-1:] != (),
    "HaveSameShapedType": lambda x, y: (x.type, x.shape) == (y.type, y.shape),
    "IsIdentityReshape": lambda result, x: result.shape == x.shape,
    "ValuesHaveSameType": lambda x, y: (x.type, x.shape) == (y.type, y.shape),
}  # fmt: skip

_OF_THREE: dict[str, Callable[[Any, Any, Any], bool]] = {
    "AreTheSameAxesArrayAttr": _same_axes,
    "AreTheSameAxesConstant": _same_axes,
}  # fmt: skip

_PLAIN: dict[str, Predicate] = {**_OF_ONE, **_OF_TWO, **_OF_THREE}


def _of_one(name: str, number: int) -> Callable[[Any], bool] | None:
    match name:
        case "HasRankOf":
            return lambda x: len(x.shape) == number
        case "HasRankGT":
            return lambda x: len(x.shape) > number
        case "IntegerAttrIsOf":
            return lambda given: given == number
        case _:
            return None


def _of_two(name: str, number: int) -> Callable[[Any, Any], bool] | None:
    match name:
        case "RankXMinusRankYIs":
            return lambda x, y: len(x.shape) - len(y.shape) == number
        case "HaveSameDim":
            return _same_size(number)
        case _:
            return None


@cache
def predicate(name: str, text: str) -> Predicate | None:
    """What a constraint asks; None if it is not known.  text: its C++, which holds what its class was given."""
    if name in KNOWLEDGE:
        return _always
    if name in _PLAIN:
        return _PLAIN[name]
    if name == "EqualString" and (found := re.search(r'"([^"]*)"', text)):
        return partial(eq, found.group(1))
    if name == "AllDimsFromAxisToEndAre":
        found = re.search(r"begin\(\) \+ (\d+).*val == (-?\d+)", text)
        return _sizes_from(*map(int, found.groups())) if found else None
    numbers = re.findall(r"(?:==|>|isDynamicDim\() ?(-?\d+)\)?", text)
    if not numbers:
        return None
    return _of_one(name, int(numbers[-1])) or _of_two(name, int(numbers[-1]))


def _always(*_: Any) -> bool:
    return True


def _sizes_from(axis: int, size: int) -> Callable[[Any], bool]:
    return lambda x: all(each == size for each in x.shape[axis:])
