# SPDX-License-Identifier: Apache-2.0
"""The element types of ONNX in their three spellings, and MLIR types by ONNX's names.

`ELEMENT_TYPES` is the only table of element types in the project: ONNX's `TensorProto.DataType`, the numpy or
ml_dtypes scalar type, and MLIR's builtin type.  It is total: every type that ONNX has stands in it.

Sources: onnx.proto (`TensorProto.DataType`), ONNX's IR.md ("Tensor Element Types"), MLIR's builtin types, and
onnx-mlir's `ONNX.td` for `!onnx.String`, `!onnx.Seq` and `!onnx.Opt`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

import ml_dtypes
import numpy as np
import numpy.typing as npt

from .bindings import ir
from .dataclass import dataclass

Array: TypeAlias = "npt.NDArray[Any]"
"""A numpy array of any of the element types."""

UNKNOWN = "!onnx.Any"

DYNAMIC = -1
"""How a dimension that is not known is written in a shape, here and in numpy-like tuples."""


@dataclass(frozen=True)
class ElementType:
    """One row of the table.

    onnx: number in `TensorProto.DataType`.  name: its name inside ONNX's type strings, as in `tensor(float)`.
    dtype: numpy or ml_dtypes type; one element of a type narrower than a byte takes a byte.  asm: MLIR's spelling.
    bits: width of one element as MLIR and ONNX count it (0 for strings).
    """

    onnx: int
    name: str
    dtype: np.dtype[Any]
    asm: str
    bits: int

    @property
    def is_float(self) -> bool:
        """A real floating-point type, of any width."""
        return self.asm[0] in "fb"

    @cached_property
    def is_native(self) -> bool:
        """Whether numpy itself has the type, and MLIR keeps it in memory as numpy does."""
        return self.dtype.type.__module__ == "numpy" and self.bits > 0

    @property
    def storage(self) -> np.dtype[Any]:
        """The unsigned integer type that holds one element's bits, for types numpy does not know itself."""
        return np.dtype(f"u{self.dtype.itemsize}")

    def type(self) -> ir.Type:
        """MLIR's type, in the current context."""
        return ir.Type.parse(self.asm)


def _rows() -> tuple[ElementType, ...]:
    def row(onnx: int, name: str, dtype: type[Any], asm: str, bits: int) -> ElementType:
        return ElementType(onnx, name, np.dtype(dtype), asm, bits)

    return (
        row(1, "float", np.float32, "f32", 32),
        row(2, "uint8", np.uint8, "ui8", 8),
        row(3, "int8", np.int8, "i8", 8),
        row(4, "uint16", np.uint16, "ui16", 16),
        row(5, "int16", np.int16, "i16", 16),
        row(6, "int32", np.int32, "i32", 32),
        row(7, "int64", np.int64, "i64", 64),
        row(8, "string", np.object_, "!onnx.String", 0),
        row(9, "bool", np.bool_, "i1", 8),
        row(10, "float16", np.float16, "f16", 16),
        row(11, "double", np.float64, "f64", 64),
        row(12, "uint32", np.uint32, "ui32", 32),
        row(13, "uint64", np.uint64, "ui64", 64),
        row(14, "complex64", np.complex64, "complex<f32>", 64),
        row(15, "complex128", np.complex128, "complex<f64>", 128),
        row(16, "bfloat16", ml_dtypes.bfloat16, "bf16", 16),
        row(17, "float8e4m3fn", ml_dtypes.float8_e4m3fn, "f8E4M3FN", 8),
        row(18, "float8e4m3fnuz", ml_dtypes.float8_e4m3fnuz, "f8E4M3FNUZ", 8),
        row(19, "float8e5m2", ml_dtypes.float8_e5m2, "f8E5M2", 8),
        row(20, "float8e5m2fnuz", ml_dtypes.float8_e5m2fnuz, "f8E5M2FNUZ", 8),
        row(21, "uint4", ml_dtypes.uint4, "ui4", 4),
        row(22, "int4", ml_dtypes.int4, "i4", 4),
        row(23, "float4e2m1", ml_dtypes.float4_e2m1fn, "f4E2M1FN", 4),
        row(24, "float8e8m0", ml_dtypes.float8_e8m0fnu, "f8E8M0FNU", 8),
        row(25, "uint2", ml_dtypes.uint2, "ui2", 2),
        row(26, "int2", ml_dtypes.int2, "i2", 2),
        row(27, "float6e2m3", ml_dtypes.float6_e2m3fn, "f6E2M3FN", 6),
        row(28, "float6e3m2", ml_dtypes.float6_e3m2fn, "f6E3M2FN", 6),
    )


ELEMENT_TYPES = _rows()
BY_ONNX = {row.onnx: row for row in ELEMENT_TYPES}
BY_NAME = {row.name: row for row in ELEMENT_TYPES}
BY_DTYPE = {row.dtype: row for row in ELEMENT_TYPES}
BY_ASM = {row.asm: row for row in ELEMENT_TYPES}
# MLIR also has signed integers (`si64`); onnx-mlir uses them in attributes and reads them as the signless ones.
_ALIASES = {f"si{bits}": f"i{bits}" for bits in (2, 4, 8, 16, 32, 64)}
_BY_CLASS: dict[type[ir.Type], ElementType] = {
    ir.F16Type: BY_ASM["f16"],
    ir.BF16Type: BY_ASM["bf16"],
    ir.F32Type: BY_ASM["f32"],
    ir.F64Type: BY_ASM["f64"],
}
"""Types that their class says all about, and that are met often: to print a type is slow."""


def element_type(type_: ir.Type) -> ElementType | None:
    """The table's row for a tensor's element type or for a scalar type; None for a type that ONNX lacks."""
    element = type_.element_type if isinstance(type_, ir.ShapedType) else type_
    if row := _BY_CLASS.get(type(element)):
        return row
    asm = str(element)
    return BY_ASM.get(_ALIASES.get(asm, asm))


def tensor_asm(shape: Sequence[int] | None, element: ElementType) -> str:
    """`tensor<...>` as text; `DYNAMIC` is `?`, and a shape of None gives `tensor<*x...>`."""
    dims = "*x" if shape is None else "".join(["?x" if size < 0 else f"{size}x" for size in shape])
    return f"tensor<{dims}{element.asm}>"


def tensor_type(shape: Sequence[int] | None, element: ElementType) -> ir.Type:
    """The type of which `tensor_asm` gives the text, in the current context."""
    return ir.Type.parse(tensor_asm(shape, element))


def shape_of(type_: ir.Type) -> tuple[int, ...] | None:
    """Sizes of a ranked tensor, `DYNAMIC` where not known; None if the rank is not known or it is no tensor."""
    if not isinstance(type_, ir.RankedTensorType):
        return None
    return tuple([size if size >= 0 else DYNAMIC for size in type_.shape])


def inner_type(type_: ir.Type) -> ir.Type | None:
    """What a sequence or an optional is of; None for any other type."""
    asm = str(type_) if isinstance(type_, ir.OpaqueType) else ""
    prefix = asm[: len("!onnx.Seq<")]
    if prefix not in ("!onnx.Seq<", "!onnx.Opt<"):
        return None
    return ir.Type.parse(asm[len(prefix) : -1], type_.context)


def is_static(type_: ir.Type) -> bool:
    """Whether all values of a type have one shape, or it is no tensor at all."""
    return type_.has_static_shape if isinstance(type_, ir.ShapedType) else True


def is_none(type_: ir.Type) -> bool:
    """Whether a value of this type is ONNX's "no value" (an optional input or output left out)."""
    return isinstance(type_, ir.NoneType)


def unknown_type() -> ir.Type:
    """`!onnx.Any` in the current context: a value of which ONNX's inference says nothing.

    Results of custom ops have it, and the values of model-local functions, which are generic in their types.
    """
    return ir.Type.parse(UNKNOWN)


def is_unknown(type_: ir.Type) -> bool:
    """Whether nothing is known about a type, or about the elements of a sequence or an optional."""
    return isinstance(type_, ir.OpaqueType) and UNKNOWN in str(type_)


def sizes_agree(a: int, b: int) -> bool:
    """Whether two sizes may be of one dimension."""
    return a == b or DYNAMIC in (a, b)


def compatible(a: ir.Type, b: ir.Type) -> bool:
    """Whether one value may have both types."""
    if a == b or is_unknown(a) or is_unknown(b):
        return True
    if not (isinstance(a, ir.ShapedType) and isinstance(b, ir.ShapedType)):
        return type(a) is type(b) and isinstance(a, ir.OpaqueType)
    if a.element_type != b.element_type:
        return False
    shape_a, shape_b = shape_of(a), shape_of(b)
    if shape_a is None or shape_b is None:
        return True
    return len(shape_a) == len(shape_b) and all(map(sizes_agree, shape_a, shape_b))


def refines(new: ir.Type, old: ir.Type) -> bool:
    """Whether users of a value of type `old` may be given one of type `new`: nothing that they know is lost."""
    if new == old:
        return True
    shape, expected = shape_of(new), shape_of(old)
    if not compatible(new, old) or (expected is not None and shape is None):
        return False
    return expected is None or all(
        size in (DYNAMIC, known) for known, size in zip(shape or (), expected, strict=True)
    )


def type_name(type_: ir.Type) -> str | None:
    """ONNX's name of an MLIR type, without the shape: `tensor(float)`, `seq(tensor(int64))`, `map(int64,float)`.

    None for a type that ONNX does not have.
    """
    return type_name_of_asm(str(type_))


_SHAPED = re.compile(r"(?:tensor|memref)<(?:\*x|(?:(?:\d+|\?)x)*)")


@lru_cache(maxsize=65536)
def type_name_of_asm(asm: str) -> str | None:
    """`type_name` of a type given as text."""
    if shaped := _SHAPED.match(asm):
        element = element_part(asm[shaped.end() : -1])
        row = BY_ASM.get(_ALIASES.get(element, element))
        return f"tensor({row.name})" if row else None
    for prefix, name in (("!onnx.Seq<", "seq"), ("!onnx.Opt<", "optional")):
        if asm.startswith(prefix):
            inner = type_name_of_asm(asm[len(prefix) : -1])
            return f"{name}({inner})" if inner else None
    if asm.startswith("tuple<"):
        key, _, value = asm[len("tuple<") : -1].partition(",")
        key_row, value_row = BY_ASM.get(key.strip()), BY_ASM.get(value.strip())
        return f"map({key_row.name},{value_row.name})" if key_row and value_row else None
    row = BY_ASM.get(asm)
    return row.name if row else None


def element_part(inside: str) -> str:
    """`f32` of `f32`, `f32, #onnx.layout<...>` or `complex<f32>, ...`."""
    depth = 0
    for index, char in enumerate(inside):
        if char == "," and depth == 0:
            return inside[:index]
        depth += (char == "<") - (char == ">")
    return inside


@lru_cache(maxsize=4096)
def normalized_type_name(onnx_type: str) -> str:
    """A type string of ONNX's schemas in the form that `type_name` uses.

    ONNX writes a map's value both as `map(int64, float)` and as `map(int64,tensor(float))`.
    """
    compact = onnx_type.replace(" ", "")
    return re.sub(r"map\((\w+),tensor\((\w+)\)\)", r"map(\1,\2)", compact)
