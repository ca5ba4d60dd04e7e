# SPDX-License-Identifier: Apache-2.0
"""The data of resources in MLIR bytecode, which the bindings do not give back."""

from __future__ import annotations

import numpy as np
import pytest

from onnx_opt.dialect import (
    DiagnosticError,
    constant_value,
    make_context,
    parse,
    to_bytecode,
    to_text,
)
from onnx_opt.dialect.assembly import bytecode
from onnx_opt.dialect.assembly.mlir_print import printed
from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.types import Array

WEIGHTS: dict[str, Array] = {
    "w": np.arange(300, dtype=np.float32),
    '"a name\\22 of its own"': np.arange(7, dtype=np.int64),
    "byte": np.array([5], np.uint8),
    "many.": (np.arange(70_000) % 2048).astype(np.float16),
    "none": np.zeros((0,), np.float32),
}
ASM = {"float32": "f32", "int64": "i64", "uint8": "ui8", "float16": "f16"}


def text() -> str:
    lines: list[str] = []
    blobs: list[str] = []
    for index, (handle, array) in enumerate(WEIGHTS.items()):
        type_ = f"tensor<{array.size}x{ASM[array.dtype.name]}>"
        lines.append(f"%{index} = onnx.Constant dense_resource<{handle}> : {type_}")
        alignment = np.array([array.itemsize], "<u4").tobytes()
        blobs.append(f'{handle}: "0x{(alignment + array.tobytes()).hex()}"')
    # Handles without data, and more strings than one byte counts.
    lines += [
        f"%{name} = onnx.Constant dense_resource<{name}> : tensor<2xf32>"
        for name in ("absent", "z")
    ]
    lines += [
        f'%n{i} = "onnx.Relu"(%0) {{note{i}}} : (tensor<300xf32>) -> tensor<300xf32>'
        for i in range(300)
    ]
    resources = ", ".join(blobs)
    return "\n".join([*lines, f"{{-# dialect_resources: {{ builtin: {{ {resources} }} }} #-}}", ""])


def held(module: ir.Module) -> list[Array | None]:
    operations = list(module.body.operations)[: len(WEIGHTS)]
    return [constant_value(op.results[0]) for op in operations]


def check(module: ir.Module) -> None:
    for found, expected in zip(held(module), WEIGHTS.values(), strict=True):
        assert found is not None and found.dtype == expected.dtype
        assert found.tobytes() == expected.tobytes()


def read(source: str | bytes, context: ir.Context | None = None) -> ir.Module:
    return parse(source, context=context or make_context())


def test_the_data_is_taken_from_the_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    data = to_bytecode(read(text()))
    monkeypatch.delattr(bytecode, "remember_mlir_resources")  # not needed
    module = read(data)
    check(module)
    assert to_text(module, use_resources=True) == to_text(
        read(to_bytecode(module)), use_resources=True
    )


def test_handles_that_mlir_renames() -> None:
    """The context has the handles already: those of the second module are others, with other data."""
    data = to_bytecode(read(text()))
    other = to_bytecode(read(text().replace("0000803f", "00000040")))
    assert data != other
    context = make_context()
    first, second = read(data, context), read(other, context)
    check(first)
    changed = WEIGHTS["w"].copy()
    changed[1] = 2
    assert np.array_equal(held(second)[0], changed)  # type: ignore[arg-type]
    assert np.array_equal(held(second)[3], WEIGHTS["many."])  # type: ignore[arg-type]


def test_elements_in_place_beside_resources(monkeypatch: pytest.MonkeyPatch) -> None:
    dense = "%d = onnx.Constant dense<[1, 2, 3]> : tensor<3xi64>"
    data = to_bytecode(read(f"{dense}\n{text()}"))
    monkeypatch.delattr(bytecode, "remember_mlir_resources")
    assert "dense<[1, 2, 3]>" in to_text(read(data))


def test_what_another_release_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    """The child writes other bytes then, and those are read."""
    data = to_bytecode(read(text()))
    start = data.index(b"MLIR")
    assert data[start : data.index(b"\0")].isascii()
    other = data.replace(b"MLIR", b"MLIS", 1)
    assert to_bytecode(read(other)) == data
    monkeypatch.delattr(bytecode, "remember_mlir_resources")
    check(read(other))


def test_what_stands_behind_the_module_is_not_read() -> None:
    data = to_bytecode(read(text()))
    with pytest.raises(DiagnosticError):
        read(data[:-1])


def test_a_file_that_cannot_be_written() -> None:
    """MLIR would not survive an exception in the midst of its work."""
    module = read(text())
    pieces: list[bytes] = []

    def write(piece: bytes) -> None:
        pieces.append(piece)
        if len(pieces) == 3:
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        bytecode.write_bytecode(module, write)
    assert len(pieces) == 3


@pytest.mark.parametrize("flags", [{}, {"enable_debug_info": True, "print_generic_op_form": True}])
def test_the_print_is_that_of_the_bindings(flags: dict[str, bool]) -> None:
    operation = read(text()).operation
    assert printed(operation, **flags) == operation.get_asm(**flags)


@pytest.mark.parametrize(
    "number", [0, 1, 127, 128, 2**14 - 1, 2**14, 2**21, 2**35 + 7, 2**56 - 1, 2**56, 2**64 - 1]
)
def test_numbers(number: int) -> None:
    """As BytecodeFormat.md has them: seven bits for each byte, and as many zeros at the end as bytes follow."""
    size = max(1, -(-number.bit_length() // 7))
    if size > 8:
        written = b"\0" + number.to_bytes(8, "little")
    else:
        written = ((number << size) | 1 << (size - 1)).to_bytes(size, "little")
    read_number = bytecode._number  # pyright: ignore[reportPrivateUsage]
    assert read_number(b"?" + written + b"?", 1) == (number, 1 + len(written))
