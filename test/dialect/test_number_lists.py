# SPDX-License-Identifier: Apache-2.0
"""Lists of numbers: written as MLIR writes them, and read as MLIR reads them.  MLIR is the oracle."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from onnx_opt.dialect import DiagnosticError, make_context, parse, to_text
from onnx_opt.dialect.assembly.number_lists import (
    MOST_ELEMENTS,
    in_hexadecimal,
    read_floats,
    written_lists,
)
from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.elements.arrays import array_of, elements_attribute
from onnx_opt.dialect.types import Array

DRAW = np.random.default_rng(0)
COUNT = 20_000
ANY_BITS = DRAW.integers(0, 2**32, COUNT, np.uint32).view(np.float32)
MAGNITUDES = (10.0 ** DRAW.uniform(-13, 7, COUNT)).astype(np.float32)
FLOATS: dict[str, Array] = {
    "any bits": ANY_BITS,
    "weights": DRAW.standard_normal(COUNT, np.float32),
    "of any magnitude": MAGNITUDES * DRAW.choice([-1, 1], COUNT).astype(np.float32),
    # Just above a power of ten, the bits of the exact value let two digits too many through.
    "above powers of ten": ((1 + DRAW.uniform(0, 0.06, COUNT)) * 10.0 ** DRAW.integers(-12, 6, COUNT)).astype(np.float32),
    "rounded to a few digits": np.array([float(f"{value:.{i % 7}e}") for i, value in enumerate(MAGNITUDES)], np.float32),
    "halves": (DRAW.integers(0, 2**24, COUNT) / 2.0 ** DRAW.integers(0, 40, COUNT)).astype(np.float32),
    "special": np.array([0, -0.0, 1, -1, 1e-3, 999999, 1e6, 1e7, np.inf, -np.inf, np.nan, 1e-45, 3e38], np.float32),
    "every float16": np.arange(2**16, dtype=np.uint16).view(np.float16),
    "doubles": DRAW.standard_normal(500),
}  # fmt: skip


def in_lists(flat: Array) -> Iterator[Array]:
    for start in range(0, len(flat), MOST_ELEMENTS):
        yield flat[start : start + MOST_ELEMENTS]


def list_of_mlir(array: Array) -> str:
    return str(elements_attribute(array)).removeprefix("dense<").rpartition("> : ")[0]


@pytest.mark.parametrize("kind", FLOATS)
def test_floats_are_written_as_mlir_writes_them(kind: str) -> None:
    with make_context():
        written = written_lists(in_lists(FLOATS[kind]))
        for array, text in zip(in_lists(FLOATS[kind]), written, strict=True):
            assert text == list_of_mlir(array)


def test_shapes_and_types_in_turn() -> None:
    arrays: list[Array] = [
        np.arange(6, dtype=np.float32).reshape(1, 2, 3),
        np.arange(6).reshape(3, 2),
        np.array([2**64 - 1, 0], np.uint64),
        np.arange(-2, 2, dtype=np.int8),
        np.array([0.1, 0.2], np.float16),
        np.array([0.1, 0.2], np.float64),
        np.array([0.1, 0.2], np.float32),
        np.array([True, False]),
    ]
    with make_context():
        assert list(written_lists(arrays)) == list(map(list_of_mlir, arrays))


def test_no_exact_value_is_so_close_to_a_power_of_two_that_float64_miscounts_its_bits() -> None:
    """N = s * 5**t, s < 2**24, t < 64.  Below 2**50 float64 is exact; above, it is right to about 2**-51."""
    for t in range(1, 64):
        for bits in range(51, (5**t).bit_length() + 25):
            s = (2**bits + 5**t // 2) // 5**t
            if s < 2**24:
                assert abs(s * 5**t - 2**bits) > 2**bits >> 40


@pytest.mark.parametrize("type_", ["f16", "f32", "f64"])
def test_floats_are_read_as_mlir_reads_them(type_: str) -> None:
    words = [
        f"{value:.{i % 20}{'eEf'[i % 3]}}"
        for i, value in enumerate(MAGNITUDES[:5000].astype(np.float64))
    ]
    # Halfway between two floats of 32 bits: rounded once to 64 bits, and then to even.
    words += [
        "1.000000059604644775390625",
        "1.00000017881393432617187499999999",
        "-0.0",
        "007.50",
        "1.",
        "2.e3",
    ]
    words = [
        word if "." in word else f"{word}.0"
        for word in words
        if "." in word or "e" not in word.lower()
    ]
    with make_context():
        for start in range(0, len(words), 90):
            part = words[start : start + 90]
            tensor = f"tensor<{len(part)}x{type_}>"
            expected = ir.Attribute.parse(f"dense<[{', '.join(part)}]> : {tensor}")
            literal = in_hexadecimal(f"[{', '.join(part)}]", tensor)
            if literal is None:
                assert not np.isfinite(array_of(expected)).all()  # type: ignore[arg-type]
            else:
                assert ir.Attribute.parse(f"{literal} : {tensor}") == expected


# What stands in the middle of a list of four, of which MLIR takes only the first two.
FOR_US = [" 2.5 ,3.5", "2.5,-3.5e+00"]
FOR_MLIR = [
    "2, 3.5", ".5, 3.5", "-.5, 3.5", "+2.5, 3.5", "2.5 3.5, 1.0", "2.5.5, 3.5", "2_0.5, 3.5", "nan, 3.5", "0x7FC00000, 3.5",
    "2e5, 3.5", "- 2.5, 3.5", "1.e, 3.5", "2.5], [3.5", "[2.5], 3.5", "2.5, 3.5, 4.5", "2.5", "2.5,, 3.5", "1.0e999, 3.5",
]  # fmt: skip


def test_what_is_no_plain_list_is_left_to_mlir() -> None:
    for middle in FOR_US:
        assert read_floats(f"[1.5, {middle}, 4.5]".encode(), (4,), np.dtype("f4")) is not None
    for middle in FOR_MLIR:
        assert read_floats(f"[1.5, {middle}, 4.5]".encode(), (4,), np.dtype("f4")) is None, middle
    for text in ("[[1.5, 2.5]3.5, [4.5, 5.5]]", "[[1.5, 2.5], [3.5, 4.5]]"):
        assert (read_floats(text.encode(), (2, 2), np.dtype("f4")) is None) == ("]3" in text)
        assert read_floats(text.encode(), (4,), np.dtype("f4")) is None
    assert read_floats(b"[70000.0, 1.0]", (2,), np.dtype("f2")) is None


@pytest.mark.parametrize(
    "type_",
    [
        "tensor<999999999999x8xf32>",
        f"tensor<{'9' * 5000}xf32>",
        f"tensor<{'1x' * 100}8xf32>",
        "tensor<8x0xf32>",
        "tensor<8xi4>",
    ],
)
@pytest.mark.parametrize("elements", [f"[{', '.join(['1.5', '2.5'] * 4)}]", f'"0x{"00" * 2048}"'])
def test_a_type_that_is_not_that_of_the_elements_is_an_error_at_once(
    type_: str, elements: str
) -> None:
    with pytest.raises(DiagnosticError):
        parse(f"%0 = onnx.Constant dense<{elements}> : {type_}", context=make_context())


def test_a_list_of_more_axes_than_numpy_has() -> None:
    rank = 100
    elements = "[" * rank + "1.5, 2.5, 3.5, 4.5, 5.5" + "]" * rank
    text = f"%0 = onnx.Constant dense<{elements}> : tensor<{'1x' * (rank - 1)}5xf32>"
    module = parse(text, context=make_context())
    assert "5.500000e+00" in str(module)


@pytest.mark.parametrize("generic", [False, True])
def test_text_is_printed_as_with_mlirs_own_lists(generic: bool) -> None:
    """The constants that MLIR leaves out are put back in their order, in regions too."""
    lists = [list_of(first) for first in range(5)]
    text = f"""
func.func @f(%c: tensor<i1>) -> tensor<8xf32> {{
  %0 = onnx.Constant dense<{lists[0]}> : tensor<8xf32>
  %1 = "onnx.If"(%c) ({{
    %2 = onnx.Constant dense<{lists[1]}> : tensor<8xf32>
    onnx.Yield %2 : tensor<8xf32>
  }}, {{
    %3 = onnx.Constant dense<{lists[2]}> : tensor<8xf32>
    %4 = onnx.Constant dense<[1, 2, 3, 4, 5, -6]> : tensor<6xi64>
    %5 = onnx.Constant dense<[true, false, true, true, true]> : tensor<5xi1>
    %6 = onnx.Constant dense<{lists[3]}> : tensor<8xbf16>
    onnx.Yield %3 : tensor<8xf32>
  }}) : (tensor<i1>) -> tensor<8xf32>
  onnx.Return %1 : tensor<8xf32>
}}
"""
    module = parse(text, context=make_context())
    printed = to_text(module, generic=generic)
    for written in (*lists[:4], "[1, 2, 3, 4, 5, -6]", "[true, false, true, true, true]"):
        assert printed.count(f"dense<{written}>") == 1
    assert printed.index(lists[0]) < printed.index(lists[1]) < printed.index(lists[2])
    elided = to_text(module, generic=generic, elide_larger_than=6)
    assert elided.count("dense_resource<__elided__> : ") == 4
    assert "dense<[1, 2, 3, 4, 5, -6]>" in elided


def list_of(first: int) -> str:
    return "[" + ", ".join(f"{(first + i) % 9 + 1}.500000e+00" for i in range(1, 9)) + "]"


@pytest.mark.parametrize(
    "other",
    [
        '%1 = onnx.Constant dense<["a", "b", "c", "d", "e>"]> : tensor<5x!onnx.String>',
        "%1 = onnx.Constant dense_resource<__elided__> : tensor<8xf32>",
        '%1 = "onnx.Custom"() {function_name = "f", note = "dense_resource<__elided__>"} : () -> tensor<f32>',
        f'%1 = "onnx.Custom"() {{domain_name = "d", function_name = "f", weights = dense<{list_of(7)}> : tensor<8xf32>}} : () -> tensor<f32>',
        "%1 = onnx.Constant dense<[(1.0,2.0), (1.0,3.0), (1.0,4.0), (1.0,5.0), (1.0,6.0)]> : tensor<5xcomplex<f32>>",
    ],
)  # fmt: skip
def test_what_else_mlir_would_leave_out_is_not_taken_for_a_constant(other: str) -> None:
    text = f"%0 = onnx.Constant dense<{list_of(0)}> : tensor<8xf32>\n{other}\n"
    module = parse(text, context=make_context())
    printed = to_text(module)
    assert f"dense<{list_of(0)}>" in printed
    assert printed.count("__elided__") == other.count("__elided__")
    assert printed.count(list_of(7)) == other.count(list_of(7))


def test_a_place_behind_a_list_is_that_in_the_file() -> None:
    """A list of two is MLIR's; both are a fault of the text at the same place from its end."""
    from_the_end: set[int] = set()
    for elements, size in ((list_of(0), 8), ("[1.5, 2.5]", 2)):
        line = (
            f'%0 = onnx.Constant dense<{elements}> : tensor<{size}xf32> %1 = "onnx.Relu"(%0 : none'
        )
        with pytest.raises(DiagnosticError) as caught:
            parse(line, context=make_context())
        (error,) = caught.value.diagnostics
        assert error.line == 1
        from_the_end.add(len(line) - error.column)
    assert len(from_the_end) == 1
