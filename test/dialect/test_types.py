# SPDX-License-Identifier: Apache-2.0
"""The table of element types, against onnx and ml_dtypes: nothing missing, nothing invented."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import helper

from onnx_opt.dialect import make_context
from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.protos import type_from_proto, type_to_proto
from onnx_opt.dialect.types import (
    BY_ASM,
    BY_DTYPE,
    BY_NAME,
    BY_ONNX,
    DYNAMIC,
    ELEMENT_TYPES,
    ElementType,
    element_type,
    is_none,
    normalized_type_name,
    shape_of,
    tensor_type,
    type_name,
)

ROWS = pytest.mark.parametrize("row", ELEMENT_TYPES, ids=lambda row: str(row.name))


def test_the_table_is_total() -> None:
    """Every type that ONNX has, and no other."""
    known = set(onnx.TensorProto.DataType.values()) - {onnx.TensorProto.UNDEFINED}
    assert {row.onnx for row in ELEMENT_TYPES} >= known
    # A wheel of onnx that is older than the table lacks its newest types.
    newer = {row.onnx for row in ELEMENT_TYPES} - known
    assert all(number > max(known) for number in newer)


def test_no_column_says_a_thing_twice() -> None:
    assert len(ELEMENT_TYPES) == len(BY_ONNX) == len(BY_NAME) == len(BY_DTYPE) == len(BY_ASM)


@ROWS
def test_onnx_agrees(row: ElementType) -> None:
    name = onnx.TensorProto.DataType.Name(row.onnx)
    assert name.lower() == row.name
    if row.name == "string":
        assert row.dtype == np.dtype(object)
        return
    assert helper.tensor_dtype_to_np_dtype(row.onnx) == row.dtype
    assert helper.np_dtype_to_tensor_dtype(row.dtype) == row.onnx


@ROWS
def test_mlir_agrees(row: ElementType) -> None:
    with make_context():
        type_ = row.type()
        assert str(type_) == row.asm
        assert element_type(type_) is row
        assert element_type(tensor_type((2, DYNAMIC), row)) is row
        assert element_type(tensor_type(None, row)) is row
        if row.asm[0] in "fb":
            assert row.is_float
            assert isinstance(type_, ir.FloatType)
            assert type_.width == row.bits
        elif isinstance(type_, ir.IntegerType) and row.name != "bool":
            assert type_.width == row.bits
            assert type_.is_unsigned == row.name.startswith("uint")


@ROWS
def test_one_element_takes_whole_bytes(row: ElementType) -> None:
    if row.bits:
        assert row.dtype.itemsize == max(1, row.bits // 8)
    if row.dtype.type.__module__ != "numpy":
        assert row.storage == np.dtype("u1" if row.bits <= 8 else "u2")


@ROWS
def test_types_go_through_protos(row: ElementType) -> None:
    with make_context(), ir.Location.unknown():
        for shape in ((), (2, 3), (DYNAMIC, 4), None):
            for wrapper in ("{}", "!onnx.Seq<{}>", "!onnx.Opt<{}>", "!onnx.Opt<!onnx.Seq<{}>>"):
                type_ = ir.Type.parse(wrapper.format(tensor_type(shape, row)))
                proto = type_to_proto(type_)
                assert proto is not None
                assert type_from_proto(proto) == type_
                assert type_name(type_) == normalized_type_name(_name(proto))


def _name(proto: onnx.TypeProto) -> str:
    """ONNX's spelling of a type, as its schemas have it."""
    kind = proto.WhichOneof("value")
    if kind == "tensor_type":
        return f"tensor({onnx.TensorProto.DataType.Name(proto.tensor_type.elem_type).lower()})"
    inner = getattr(proto, kind).elem_type
    return f"{'seq' if kind == 'sequence_type' else 'optional'}({_name(inner)})"


@pytest.mark.parametrize(
    ("asm", "name"),
    [
        ("tensor<2xf32>", "tensor(float)"),
        ("tensor<*x!onnx.String>", "tensor(string)"),
        ("tensor<2xsi64>", "tensor(int64)"),
        ('tensor<1x2xf32, #onnx.layout<{dataLayout = "NCHW4C"}>>', "tensor(float)"),
        ('tensor<2xcomplex<f64>, #onnx.layout<{x = "a, b"}>>', "tensor(complex128)"),
        ("memref<2x?xf16>", "tensor(float16)"),
        ("tuple<i64, f32>", "map(int64,float)"),
        ("tuple<!onnx.String, i64>", "map(string,int64)"),
        ("!onnx.Seq<tuple<i64, f32>>", "seq(map(int64,float))"),
        ("none", None),
        ("tensor<2xi3>", None),
        ("tensor<2xindex>", None),
        ("f32", "float"),
        ("(f32) -> f32", None),
    ],
)
def test_names(asm: str, name: str | None) -> None:
    with make_context():
        assert type_name(ir.Type.parse(asm)) == name


def test_schemas_use_no_name_that_the_table_lacks() -> None:
    from onnx import defs

    for schema in defs.get_all_schemas_with_history():
        for value in [*schema.inputs, *schema.outputs]:
            for name in value.types:
                inner = name.replace(" ", "").rstrip(")").rpartition("(")[2].split(",")
                assert all(part in BY_NAME for part in inner), name


def test_shapes() -> None:
    with make_context():
        assert shape_of(ir.Type.parse("tensor<2x?xf32>")) == (2, DYNAMIC)
        assert shape_of(ir.Type.parse("tensor<f32>")) == ()
        assert shape_of(ir.Type.parse("tensor<*xf32>")) is None
        assert shape_of(ir.Type.parse("none")) is None
        assert is_none(ir.Type.parse("none"))
        assert not is_none(ir.Type.parse("tensor<f32>"))


def test_maps_of_schemas_have_one_spelling() -> None:
    assert normalized_type_name("map(int64, float)") == normalized_type_name(
        "map(int64,tensor(float))"
    )
