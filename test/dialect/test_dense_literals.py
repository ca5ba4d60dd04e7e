# SPDX-License-Identifier: Apache-2.0
"""Large constants in text: printed as MLIR prints a dense attribute with the same data, and read without MLIR."""

from __future__ import annotations

import mmap
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from onnx_opt.dialect import (
    Diagnostic,
    DiagnosticError,
    constant_value,
    make_context,
    parse,
    to_text,
)
from onnx_opt.dialect import onnx as ops
from onnx_opt.dialect.assembly import dense_literals
from onnx_opt.dialect.assembly.dense_literals import cut_literals
from onnx_opt.dialect.assembly.printer import text_pieces
from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.elements.arrays import elements_attribute
from onnx_opt.dialect.elements.resources import Resource, ResourceTable, resource_attribute
from onnx_opt.dialect.types import ELEMENT_TYPES, Array, ElementType

NUMERIC = [row for row in ELEMENT_TYPES if row.bits]


def drawn(row: ElementType, shape: tuple[int, ...]) -> Array:
    """Any bits that the type has."""
    draw = np.random.default_rng(row.onnx)
    if row.dtype.kind == "b":
        return draw.integers(0, 2, shape).astype(bool)
    data = draw.integers(0, 256, (*shape, row.dtype.itemsize), np.uint8)
    if row.bits < 8:
        data &= (1 << row.bits) - 1
    return data.view(row.dtype).reshape(shape)


def printed(attribute: ir.Attribute, **flags: object) -> str:
    module = ir.Module.create()
    with ir.InsertionPoint(module.body):
        ops.Constant(value=attribute)
    text: str = to_text(module, **flags)  # type: ignore[arg-type]
    return text


def first_value(module: ir.Module) -> Array:
    value = constant_value(module.body.operations[0].results[0])
    assert value is not None
    return value


@pytest.mark.parametrize("row", NUMERIC, ids=lambda row: str(row.name))
def test_printed_as_mlir_prints_it(row: ElementType) -> None:
    """The oracle is MLIR's print of a dense attribute: lists, splats, hexadecimal."""
    arrays = [
        drawn(row, (2, 3)), drawn(row, ()), drawn(row, (100,)), drawn(row, (101,)), drawn(row, (7, 1, 200)),
        np.full((3000,), drawn(row, (1,))[0], row.dtype), np.zeros((2, 0, 3), row.dtype),
    ]  # fmt: skip
    with make_context(), ir.Location.unknown():
        for array in arrays:
            text = printed(resource_attribute(array, "w"))
            assert text == printed(elements_attribute(array))
            literal = text.split("onnx.Constant ")[1].split("\n")[0]
            if row.dtype.kind == "b":
                assert ir.Attribute.parse(literal) == elements_attribute(array)
            else:
                assert literal == str(elements_attribute(array))


def test_elements_that_differ_only_at_the_end_or_in_their_sign_are_no_splat() -> None:
    with make_context(), ir.Location.unknown():
        for last in (-0.0, 1.0):
            array = np.zeros(3_000_000, np.float32)
            array[-1] = last
            assert printed(resource_attribute(array, "w")) == printed(elements_attribute(array))


def test_a_recipe_is_evaluated_block_by_block() -> None:
    source = np.arange(4000, dtype=np.float32).reshape(1000, 4)
    resource = Resource(source, lambda rows, *_: rows * 2)
    with make_context(), ir.Location.unknown():
        assert printed(resource_attribute(resource, "w")) == printed(elements_attribute(source * 2))


@pytest.mark.parametrize(
    "row", [row for row in NUMERIC if row.asm != "i1"], ids=lambda row: str(row.name)
)
@pytest.mark.parametrize("generic", [False, True])
def test_read_as_a_resource(row: ElementType, generic: bool) -> None:
    array = drawn(row, (5, 900))
    with make_context(), ir.Location.unknown():
        text = printed(elements_attribute(array), generic=generic)
    for source in (text, text.replace(": tensor<", ":  tensor<"), text.encode()):
        context = make_context()
        module = parse(source, context=context)
        (name,) = ResourceTable.of(context).resources
        assert f"dense_resource<{name}>" in str(module)
        assert first_value(module).dtype == row.dtype
        assert first_value(module).tobytes() == array.tobytes()
        assert to_text(module, generic=generic) == text


@pytest.mark.parametrize("size", [101, 128, 1000, 9001])
@pytest.mark.parametrize("in_bits", [False, True])
def test_truth_values(size: int, in_bits: bool) -> None:
    """In hexadecimal, bits up to release 22 of MLIR, then bytes; as a list, they are the same to all."""
    array = drawn(next(row for row in NUMERIC if row.asm == "i1"), (size, 1))
    data = np.packbits(array, bitorder="little") if in_bits else array
    text = f'%0 = onnx.Constant dense<"0x{data.tobytes().hex()}"> : tensor<{size}x1xi1>'
    module = parse(text, context=make_context())
    assert first_value(module).tolist() == array.tolist()
    listed = ", ".join(f"[{str(value).lower()}]" for value in array.ravel().tolist())
    assert f"%0 = onnx.Constant dense<[{listed}]> : tensor<{size}x1xi1>\n" in to_text(module)


@pytest.mark.skipif(not shutil.which("mlir-opt-22"), reason="needs MLIR 22")
def test_truth_values_for_an_older_release() -> None:
    array = drawn(next(row for row in NUMERIC if row.asm == "i1"), (30, 40))
    with make_context(), ir.Location.unknown():
        text = (
            printed(resource_attribute(array, "w"), generic=True)
            .replace("<{", "{")
            .replace("}>", "}")
        )
    command = ["mlir-opt-22", "--allow-unregistered-dialect", "--mlir-print-op-generic"]
    result = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    again = parse(result.stdout, context=make_context())
    assert first_value(again).tolist() == array.tolist()


WEIGHT = 'dense<"0x' + "0102" * 1024 + '">'


def judged(text: str) -> tuple[str, dense_literals.Literals]:
    data, literals = cut_literals(text.encode())
    return data.decode(), literals


@pytest.mark.parametrize(
    "text",
    [
        f"%0 = arith.constant {WEIGHT} : tensor<1024xi16>",
        f"%0 = onnx.Constant {WEIGHT} : tensor<1023xi16>",
        f"%0 = onnx.Constant {WEIGHT} : tensor<?xi16>",
        f"%0 = onnx.Constant {WEIGHT} : tensor<2048xi1>",
        f'%0 = onnx.Constant dense<"0x{"01" * 100}"> : tensor<100xi8>',
        f"%0 = onnx.Constant {WEIGHT} : vector<1024xi16>",
        f"%0 = onnx.Constant {WEIGHT} : !alias",
        f"%0 = onnx.Constant {WEIGHT.replace('0102', '010g')} : tensor<1024xi16>",
        f"%0 = onnx.Constant {WEIGHT.replace('>', '', 1)}",
        f"%0 = onnx.Constant {WEIGHT[:-2]}",
        f"%0 = onnx.Constant {WEIGHT} : tensor<{'1x' * 40}1024xi16>",
        f"onnx.NoValue\n%0 = arith.constant {WEIGHT} : tensor<1024xi16>",
    ],
)
def test_what_is_left_to_mlir(text: str) -> None:
    cut, literals = judged(text)
    assert (cut, literals.resources) == (text, {})
    try:
        parse(text, context=make_context())
    except DiagnosticError as error:
        assert error.diagnostics[0].line


def test_places_are_those_of_the_source() -> None:
    line = f'%0 = onnx.Constant {WEIGHT} : tensor<1024xi16> %1 = "onnx.Relu"(%0) {{a = {WEIGHT} : tensor<1024xi16>}} : '
    text = f"%a = onnx.Constant dense<1> : tensor<i64>\n{line}(tensor<1024xi16>) -> tensor<1024xi16> %2 = bad\n"
    with pytest.raises(DiagnosticError) as caught:
        parse(text, context=make_context(), filename="f", first_line=10)
    found = caught.value.diagnostics[0]
    assert (found.line, found.column) == (11, text.split("\n")[1].index("bad") + 1)
    valid = parse(
        text.replace(" %2 = bad", ""), context=make_context(), filename="f", first_line=10
    )
    places = re.findall(r'loc\("f":(\d+):(\d+)\)', to_text(valid, debuginfo=True))
    expected = [("11", str(line.index(name) + 1)) for name in ("%0 =", "%1 =")]
    assert set(expected) <= {(row, str(int(column) - 5)) for row, column in places}


def test_each_line_is_judged_by_itself() -> None:
    text = (
        f"%0 = onnx.Constant {WEIGHT} : tensor<1024xi16>\n%1 = arith.constant {WEIGHT} : tensor<1024xi16>\n"
        f"%2 = onnx.Constant {WEIGHT[:99]}\n{WEIGHT[99:]} : tensor<1024xi16>\n"
        f"%3 = onnx.Constant {WEIGHT} : tensor<1024xi16>\n"
    )
    cut, literals = judged(text)
    assert cut.count("dense_resource") == len(literals.resources) == 2
    assert list(literals.columns) == [1, 5]
    assert f"%1 = arith.constant {WEIGHT}" in cut


def test_columns_both_ways() -> None:
    text = f"%0 = onnx.Constant {WEIGHT} : tensor<1024xi16> %1 = onnx.Constant {WEIGHT} : tensor<1024xi16> rest"
    cut, literals = judged(text)
    for word in ("%0", "%1", "rest"):
        assert literals.column(1, cut.index(word) + 1) == text.index(word) + 1
        assert literals.column_in_text(1, text.index(word) + 1) == cut.index(word) + 1
    inside = literals.column_in_text(1, text.index("0102") + 3000)
    assert 0 < inside <= cut.index(" : tensor") + 1
    diagnostic = Diagnostic("error", "m", "f", 2, 7)
    assert literals.in_source(diagnostic) == diagnostic


def test_names_of_the_text_stay_its_own() -> None:
    text = (
        f"%0 = onnx.Constant {WEIGHT} : tensor<1024xi16>\n%1 = onnx.Constant dense_resource<literal_0> : tensor<1xi16>\n"
        '{-# dialect_resources: { builtin: { literal_0: "0x020000000700" } } #-}'
    )
    module = parse(text, context=make_context())
    values = [constant_value(op.results[0]) for op in module.body.operations]
    assert [value.ravel()[0] for value in values if value is not None] == [0x0201, 7]


def test_two_texts_in_one_context() -> None:
    context = make_context()
    other = WEIGHT.replace("0102", "0304")
    modules = [
        parse(f"%0 = onnx.Constant {each} : tensor<1024xi16>", context=context)
        for each in (WEIGHT, other)
    ]
    assert [first_value(module)[0] for module in modules] == [0x0201, 0x0403]


def test_mapped_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense_literals, "_RELEASED_BYTES", 5000)
    text = "\n".join(f"%{n} = onnx.Constant {WEIGHT} : tensor<1024xi16>" for n in range(20))
    path = tmp_path / "f.mlir"
    path.write_text(text)
    with path.open("rb") as stream:
        data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        cut, literals = cut_literals(data)
    assert (cut, len(literals.resources)) == (cut_literals(text.encode())[0], 20)
    assert all((each.array() == 0x0201).all() for each in literals.resources.values())


@pytest.mark.usefixtures("_small_pieces")
def test_text_in_pieces() -> None:
    """However large a constant is, only a piece of its text is in memory at a time."""
    array = np.arange(100_000, dtype=np.float64).reshape(1000, 100)
    with make_context(), ir.Location.unknown():
        module = ir.Module.create()
        with ir.InsertionPoint(module.body):
            ops.Constant(value=resource_attribute(array, "w"))
        pieces = list(text_pieces(module))
        assert max(map(len, pieces)) < 60_000
        assert "".join(pieces) == printed(elements_attribute(array))


@pytest.fixture
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense_literals, "_PIECE_BYTES", 1000)
    blocks = Resource.blocks
    monkeypatch.setattr(Resource, "blocks", lambda self: blocks(self, 20_000))


def test_strings_hold_no_values_and_no_resources() -> None:
    """What looks like a handle or a name inside a string is neither."""
    text = (
        '%0 = onnx.Constant {onnx_node_name = "dense_resource<w> : tensor<1xf32> %1#0 %Y", value = dense_resource<w> : '
        "tensor<1xf32>} : tensor<1xf32>\n"
        '%n = "onnx.NoValue"() {value} : () -> none\n'
        '%1:2 = "onnx.Dropout"(%0, %n, %n) {onnx_node_name = "%1#1"} : (tensor<1xf32>, none, none) -> (tensor<1xf32>, none)\n'
        '{-# dialect_resources: { builtin: { w: "0x040000000000803F" } } #-}'
    )
    lines = to_text(parse(text, context=make_context())).splitlines()
    assert (
        'onnx_node_name = "dense_resource<w> : tensor<1xf32> %1#0 %Y", value = dense<1.0'
        in lines[1]
    )
    assert lines[3].strip().startswith('%output, %mask = "onnx.Dropout"(%0, %1, %1)')
    assert 'onnx_node_name = "%1#1"' in lines[3]


USE = "%0 = onnx.Constant dense_resource<w> : tensor<2xf32>\n"
SECTIONS = {
    "capitals": '{-# dialect_resources: { builtin: { w: "0x040000000000803F0000A040" } } #-}',
    "small": '{-# dialect_resources: { builtin: { w: "0x040000000000803f0000a040" } } #-}\n \n',
    "quoted": '{-# dialect_resources: { builtin: { "w": "0x040000000000803F0000A040" } } #-}',
    "not-ascii": '{-# dialect_resources: { builtin: { "\u00e4": "0x04000000", w: "0x0400000000" } } #-}',
    "cut-short": '{-# dialect_resources: { builtin: { w: "0x04" } } #-}',
    "twice": '{-# dialect_resources: { builtin: { w: "0x0400000000", w: "0x0400000001" } } #-}',
    "no-digits": '{-# dialect_resources: { builtin: { w: "0x0400000G" } } #-}',
    "odd": '{-# dialect_resources: { builtin: { w: "0x04000" } } #-}',
    "nul": '{-# dialect_resources: { builtin: { "\0": "0x0400000000000000" } } #-}',
    "other": '{-# external_resources: { a: { b: 1 } }, dialect_resources: { builtin: { w: "0x0400000000" } } #-}',
    "comment": '{-# dialect_resources: { builtin: { // {-#\n w: "0x040000000000803F0000A040" } } #-}',
    "behind": '{-# dialect_resources: { builtin: { w: "0x040000000000803F0000A040" } } #-} // #-}',
    "nothing": "#-}",
}


def outcome(text: str, *, is_one_module: bool) -> str:
    """What becomes of a text in a context that has such a handle already."""
    context = make_context()
    parse(f"{USE}{SECTIONS['small']}", context=context)
    data, literals = cut_literals(text.encode(), is_one_module=is_one_module)
    try:
        module = parse(data, context=context, literals=literals)
    except DiagnosticError as error:
        return str(error)
    return to_text(module) + to_text(module, use_resources=True)


@pytest.mark.parametrize("name", SECTIONS)
def test_resources_cut_off_as_bytes(name: str) -> None:
    """It makes no difference whether they are cut out of the bytes or out of the text."""
    text = USE + SECTIONS[name]
    was_cut = bool(cut_literals(text.encode())[1].blobs)
    assert was_cut == (name in ("capitals", "small", "quoted", "not-ascii", "cut-short", "twice"))
    assert outcome(text, is_one_module=True) == outcome(text, is_one_module=False)
