# SPDX-License-Identifier: Apache-2.0
"""Constants read back bit for bit: every element type, in every form and size, through text and bytecode."""

from __future__ import annotations

import struct
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from onnx_opt.dialect import constant, constant_value, make_context, parse, to_bytecode, to_text
from onnx_opt.dialect import onnx as ops
from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.constants import elements_attribute
from onnx_opt.dialect.elements.resources import Resource, resource_attribute, resource_of
from onnx_opt.dialect.types import BY_NAME, ELEMENT_TYPES, ElementType

Array = np.ndarray[Any, np.dtype[Any]]
finfo: Any = ml_dtypes.finfo  # has no types

# A scalar; one element; few, some of a shape with a 0; 100, which MLIR still writes as numbers; many, which it writes
# as hexadecimal.
SHAPES = [(), (1,), (1, 1), (3,), (0,), (0, 2), (2, 0), (2, 3), (10, 10), (101,), (12, 13)]
STRINGS = [
    "",
    "a",
    'quote " and \\',
    "nul \0, line\nbreak, tab\t",
    "é ∀ 🙂",
    "\udcff\udc80 no UTF-8",
    "0x00",
    "}>] {<[ //",
]


def some(row: ElementType, shape: tuple[int, ...]) -> Array:
    """An array with any bits that the type has, among them nan, infinities, denormals and both zeros."""
    rng = np.random.default_rng([row.onnx, *shape])
    count = int(np.prod(shape))
    if row.bits == 0:
        picked = [STRINGS[index] for index in rng.integers(0, len(STRINGS), count)]
        return np.array([*picked, None], object)[:-1].reshape(shape)
    if row.name == "bool":
        return rng.integers(0, 2, shape).astype(np.bool_).reshape(shape)
    if row.name in ("int4", "int2"):
        half = 1 << (row.bits - 1)
        return (
            np.asarray(rng.integers(-half, half, shape))
            .astype(np.int8)
            .astype(row.dtype)
            .reshape(shape)
        )
    if row.bits < 8:
        codes = rng.integers(0, 1 << row.bits, count).astype(np.uint8)
        return np.frombuffer(codes.tobytes(), row.dtype).reshape(shape)
    data = bytearray(rng.bytes(count * row.dtype.itemsize))
    return np.frombuffer(bytes(data), row.dtype).reshape(shape)


def special(row: ElementType) -> Array:
    """The numbers that decimal text loses most easily."""
    info = finfo(row.dtype)
    values = [
        0.0,
        -0.0,
        float(info.max),
        float(info.smallest_normal),
        float(info.smallest_subnormal),
        1 / 3,
    ]
    values += [np.inf, -np.inf, np.nan, -np.nan]
    with np.errstate(all="ignore"):
        return np.array(values).astype(row.dtype)


def same(got: Array | None, expected: Array) -> bool:
    if got is None or got.dtype != expected.dtype or got.shape != expected.shape:
        return False
    if expected.dtype == object:
        return bool(got.tolist() == expected.tolist())
    return np.ascontiguousarray(got).tobytes() == np.ascontiguousarray(expected).tobytes()


def check_everywhere(attribute: ir.Attribute, expected: Array) -> None:
    """The attribute, and the constant that holds it after a trip through text and through bytecode."""
    assert same(constant_value(attribute), expected), str(attribute)[:200]
    module = ir.Module.create()
    with ir.InsertionPoint(module.body):
        value = ops.Constant(value=attribute).results[0]
    assert same(constant_value(value), expected)
    text = to_text(module)
    again = parse(text, context=make_context())
    assert same(constant_value(the_value(again)), expected), text[:200]
    assert to_text(again) == text
    generic = parse(to_text(module, generic=True), context=make_context())
    assert same(constant_value(the_value(generic)), expected)
    loaded = parse(to_bytecode(module), context=make_context())
    assert same(constant_value(the_value(loaded)), expected)
    # MLIR may give another name to a resource that it takes over.
    assert "dense_resource" in text or to_text(loaded) == text


def the_value(module: ir.Module) -> ir.Value:
    return module.body.operations[0].results[0]


@pytest.mark.parametrize("row", ELEMENT_TYPES, ids=lambda row: str(row.name))
def test_every_type(row: ElementType) -> None:
    arrays = [some(row, shape) for shape in SHAPES]
    # Splats: written as one element, read as all of them.
    arrays += [
        np.full((2, 3), some(row, (1,))[0], row.dtype),
        np.full((20, 30), some(row, (3,))[1], row.dtype),
    ]
    if row.is_float:
        arrays.append(special(row))
    with make_context(), ir.Location.unknown():
        for array in arrays:
            check_everywhere(elements_attribute(array), array)
            if row.bits:
                check_everywhere(resource_attribute(array, "w"), array)


@pytest.mark.parametrize(
    "row",
    [row for row in ELEMENT_TYPES if row.bits >= 8 and row.name != "bool"],
    ids=lambda row: str(row.name),
)
def test_hexadecimal_text_of_any_size(row: ElementType) -> None:
    """MLIR accepts it for few elements too; and it is what we write for resources."""
    for shape in [(1,), (3,), (2, 3)]:
        array = some(row, shape)
        dims = "x".join(map(str, shape))
        text = f'%0 = onnx.Constant dense<"0x{array.tobytes().hex()}"> : tensor<{dims}x{row.asm}>'
        assert same(constant_value(the_value(parse(text, context=make_context()))), array)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{value_float = 1.5 : f32} : tensor<f32>", np.array(1.5, np.float32)),
        ("{value_floats = [1.5 : f32, -2.0 : f32]} : tensor<2xf32>", np.array([1.5, -2], np.float32)),
        ("{value_floats = []} : tensor<0xf32>", np.array([], np.float32)),
        ("{value_int = -7 : si64} : tensor<i64>", np.array(-7, np.int64)),
        ("{value_ints = [1, -9223372036854775808]} : tensor<2xi64>", np.array([1, -(2**63)])),
        ('{value_string = "a\\22\\00"} : tensor<!onnx.String>', np.array('a"\0', object)),
        ('{value_strings = ["", "x"]} : tensor<2x!onnx.String>', np.array(["", "x"], object)),
        ("sparse<[[0, 1], [2, 0]], [1.0, 2.0]> : tensor<3x2xf32>", np.array([[0, 1], [0, 0], [2, 0]], np.float32)),
        ("sparse<0, 5> : tensor<3xi64>", np.array([5, 0, 0])),
        ("sparse<[[1]], [5]> : tensor<3xi4>", np.array([0, 5, 0]).astype(ml_dtypes.int4)),
        ("sparse<[[0], [2]], 7> : tensor<3xi32>", np.array([7, 0, 7], np.int32)),
        ("sparse<> : tensor<2x2xbf16>", np.zeros((2, 2), ml_dtypes.bfloat16)),
        ("dense<true> : tensor<2xi1>", np.array([True, True])),
        ("dense<[true, false]> : tensor<2xi1>", np.array([True, False])),
        ("dense<0x7F800000> : tensor<f32>", np.array(np.inf, np.float32)),
        ("dense<(1.0, -2.0)> : tensor<1xcomplex<f32>>", np.array([1 - 2j], np.complex64)),
        ("dense<[(1.0, 0.0), (0.0, 1.0)]> : tensor<2xcomplex<f64>>", np.array([1, 1j])),
        ("dense<[1, -1]> : tensor<2xsi64>", np.array([1, -1])),
        ("{value = dense<1.0> : tensor<2xf32>} : tensor<*xf32>", np.ones(2, np.float32)),
        ("{value = dense<> : tensor<0x3xf16>} : tensor<0x3xf16>", np.ones((0, 3), np.float16)),
    ],
)  # fmt: skip
def test_every_form(text: str, expected: Array) -> None:
    module = parse(f"%0 = onnx.Constant {text}", context=make_context())
    assert same(constant_value(the_value(module)), expected)
    printed = to_text(module)
    assert same(constant_value(the_value(parse(printed, context=make_context()))), expected)
    loaded = parse(to_bytecode(module), context=make_context())
    assert same(constant_value(the_value(loaded)), expected)


@pytest.mark.parametrize(
    "text",
    [
        "dense_resource<__elided__> : tensor<2xf32>",
        "dense_resource<missing> : tensor<2xf32>",
        "dense<1> : tensor<2xi3>",
        "{} : tensor<2xf32>",
    ],
)
def test_no_value(text: str) -> None:
    """Data that is not there, and types that ONNX lacks."""
    module = parse(f"%0 = onnx.Constant {text}", context=make_context())
    assert constant_value(the_value(module)) is None


def test_what_is_no_constant() -> None:
    text = "func.func @f(%a: tensor<2xf32>) -> tensor<2xf32> {\n" \
        '  %0 = "onnx.Relu"(%a) : (tensor<2xf32>) -> tensor<2xf32>\n  onnx.Return %0 : tensor<2xf32>\n}'  # fmt: skip
    module = parse(text, context=make_context())
    block = module.body.operations[0].regions[0].blocks[0]
    assert constant_value(block.arguments[0]) is None
    assert constant_value(block.operations[0].results[0]) is None


def test_resources_of_text_keep_their_names_and_bytes() -> None:
    text = """module {
  %0 = onnx.Constant dense_resource<"odd name"> : tensor<2xi16>
  %1 = onnx.Constant dense_resource<plain.name> : tensor<1xf32>
}

{-#
  dialect_resources: {
    builtin: {
      "odd name": "0x0200000001000200",
      plain.name: "0x040000000000803F"
    }
  }
#-}
"""
    module = parse(text, context=make_context())
    first, second = (constant_value(op.results[0]) for op in module.body.operations)
    assert same(first, np.array([1, 2], np.int16))
    assert same(second, np.array([1], np.float32))
    assert to_text(module, use_resources=True) == text


def test_a_name_that_is_taken_gets_another() -> None:
    with make_context():
        first = resource_attribute(np.zeros(2, np.float32), "w")
        second = resource_attribute(np.ones(2, np.float32), "w")
        assert str(first) != str(second)
        assert constant_value(first).tolist() == [0, 0]  # type: ignore[union-attr]
        assert constant_value(second).tolist() == [1, 1]  # type: ignore[union-attr]


def test_a_resource_is_the_array_and_no_copy() -> None:
    array = np.arange(6, dtype=np.float32)
    with make_context():
        got = constant_value(resource_attribute(array, "w"))
    assert got is not None
    assert np.shares_memory(got, array)


def test_a_recipe_is_evaluated_when_it_is_read() -> None:
    """In blocks of rows; each row once."""
    array, asked = np.arange(12.0).reshape(6, 2), list[tuple[int, int]]()

    def double(block: Array, start: int, stop: int) -> Array:
        asked.append((start, stop))
        return 2 * block

    with make_context():
        attribute = resource_attribute(Resource(array).then(double), "w")
        assert asked == []
        assert same(constant_value(attribute), 2 * array)
        resource = resource_of(attribute)
    assert resource is not None
    asked.clear()
    blocks = list(resource.blocks(32))
    assert asked == [(0, 2), (2, 4), (4, 6)]
    assert same(np.concatenate(blocks), 2 * array)


@pytest.mark.parametrize("dtype", ["datetime64[s]", "timedelta64[s]", "V4", "longdouble"])
def test_dtypes_that_onnx_lacks(dtype: str) -> None:
    with make_context(), ir.Location.unknown():
        with pytest.raises(TypeError, match="element type"):
            elements_attribute(np.zeros(2, dtype))
        with pytest.raises(TypeError):
            resource_attribute(np.zeros(2, dtype), "w")


def test_arrays_of_any_layout() -> None:
    """Transposed, strided, big-endian: the values count."""
    base = np.arange(6, dtype=np.int32).reshape(2, 3)
    with make_context(), ir.Location.unknown():
        for array in (base.T, base[:, ::2], base.astype(">i4"), np.broadcast_to(base[0], (4, 3))):
            got = constant_value(elements_attribute(array))
            assert got is not None
            assert got.dtype == np.int32
            assert got.tolist() == array.tolist()


def test_the_constant_op() -> None:
    with make_context(), ir.Location.unknown():
        module = ir.Module.create()
        with ir.InsertionPoint(module.body):
            op = constant(np.array([[1, 2]], np.int64))
        assert isinstance(op, ops.Constant)
        assert str(op.results[0].type) == "tensor<1x2xi64>"
        assert "onnx.Constant dense<[[1, 2]]> : tensor<1x2xi64>" in to_text(module)


def test_a_constant_cannot_be_changed_through_its_array() -> None:
    with make_context(), ir.Location.unknown():
        got = constant_value(elements_attribute(np.array([1.0, 2.0])))
    assert got is not None
    with pytest.raises(ValueError, match="read-only"):
        got[0] = 3.0


def test_hexadecimal_of_a_float_is_its_bits() -> None:
    bits = 0x7FC12345
    module = parse(f"%0 = onnx.Constant dense<0x{bits:X}> : tensor<1xf32>", context=make_context())
    got = constant_value(the_value(module))
    assert got is not None
    assert struct.unpack("<I", got.tobytes())[0] == bits
    assert BY_NAME["float"].storage.itemsize == 4
