# SPDX-License-Identifier: Apache-2.0
"""The named cases beyond the Gemm, and for each whether it has to be folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import onnx

from bench.matrix_family import KINDS, FamilyOptions, Move, before, behind, scaled, twice
from bench.matrix_models import Case

NEWEST = onnx.defs.onnx_opset_version()


def family_cases() -> Iterator[Case]:
    """Every case, in the order of the table."""
    yield from _normalizations_behind()
    yield from _normalizations_before()
    yield from _versions()
    yield from _moves()
    yield from _constants()
    yield from _scales()


def _normalizations_behind() -> Iterator[Case]:
    for kind in KINDS:
        if kind in ("Gemm", "Conv to four rows", "ConvTranspose of three"):
            continue
        for told, options in (
            ("", FamilyOptions()),
            (", f16", FamilyOptions(dtype="f16")),
            (", bf16", FamilyOptions(dtype="bf16", opset=22)),
            (", f64", FamilyOptions(dtype="f64")),
            (", epsilon = 0.5", FamilyOptions(epsilon=0.5)),
            (", all in Constant nodes", FamilyOptions(placed={"all": "node"})),
            (", symbolic batch", FamilyOptions(batch="batch")),
            (", another reader", FamilyOptions(second_reader=True, fold=False)),
            (", W is an input", FamilyOptions(placed={"w": "input"}, fold=False)),
            (
                ", scale may be overridden",
                FamilyOptions(placed={"scale": "overridable"}, fold=False),
            ),
            (", training_mode = 1", FamilyOptions(training=True, fold=False)),
            (", f16, a weight overflows", FamilyOptions(dtype="f16", scale=6e4, fold=False)),
        ):
            yield behind(f"{kind}{told}", kind, options)


def _normalizations_before() -> Iterator[Case]:
    kinds = ("Gemm", "MatMul", "Conv", "Conv without bias", "Conv, 2 groups", "depthwise Conv")
    for kind in kinds:
        for told, options in (
            ("", FamilyOptions()),
            (", f16", FamilyOptions(dtype="f16")),
            (", all in Constant nodes", FamilyOptions(placed={"all": "node"})),
            (", another reader", FamilyOptions(second_reader=True, fold=False)),
            (", W is an input", FamilyOptions(placed={"w": "input"}, fold=False)),
        ):
            yield before(f"before {kind}{told}", kind, options)
    padded = FamilyOptions(attributes={"pads": [1, 1, 1, 1]}, fold=False)
    yield before("before Conv, padded", "Conv", padded)
    same = FamilyOptions(attributes={"auto_pad": "SAME_UPPER"}, fold=False)
    yield before("before Conv, SAME_UPPER", "Conv", same)
    yield before("before Conv, VALID", "Conv", FamilyOptions(attributes={"auto_pad": "VALID"}))
    yield before("before ConvTranspose", "ConvTranspose", FamilyOptions(fold=False))
    yield twice("a normalization of a normalization")
    factors = FamilyOptions(attributes={"alpha": 0.5, "beta": -2.0})
    yield before("before Gemm, alpha, beta", "Gemm", factors)


def _versions() -> Iterator[Case]:
    for opset in range(6, NEWEST + 1):
        yield behind(f"Conv, opset {opset}", "Conv", FamilyOptions(opset=opset))
    for opset in (6, 9, 11, 22):
        yield behind(f"ConvTranspose, opset {opset}", "ConvTranspose", FamilyOptions(opset=opset))
        yield behind(f"MatMul, opset {opset}", "MatMul", FamilyOptions(opset=opset))
    for pad in ("SAME_UPPER", "SAME_LOWER", "VALID"):
        yield behind(f"Conv, {pad}", "Conv", FamilyOptions(attributes={"auto_pad": pad}))
    for told, attributes in (
        ("pads", {"pads": [1, 0, 2, 1]}),
        ("strides", {"strides": [2, 1]}),
        ("dilations", {"dilations": [2, 1]}),
    ):
        yield behind(f"Conv, {told}", "Conv", FamilyOptions(attributes=attributes))
    wider = FamilyOptions(attributes={"strides": [2, 2], "output_padding": [1, 0]})
    yield behind("ConvTranspose, strides, output_padding", "ConvTranspose", wider)


def _moves() -> Iterator[Case]:
    there = [Move("Transpose", {"perm": [0, 2, 3, 1]})]
    back = [Move("Transpose", {"perm": [0, 3, 1, 2]})]
    rows = [Move("Transpose", {"perm": [1, 0, 2, 3]})]
    several = [Move("Identity"), Move("Reshape", operand=[0, 4, 9]), Move("Unsqueeze", operand=[2])]
    cases: tuple[tuple[str, Sequence[Move], int, bool], ...] = (
        ("Identity", [Move("Identity")], 4, True),
        ("Dropout", [Move("Dropout")], 4, True),
        ("Unsqueeze", [Move("Unsqueeze", operand=[4])], 5, True),
        (
            "Unsqueeze and Squeeze",
            [Move("Unsqueeze", operand=[0]), Move("Squeeze", operand=[0])],
            4,
            True,
        ),
        ("Reshape of what is behind", [Move("Reshape", operand=[0, 0, -1])], 3, True),
        ("Transpose of what is behind", [Move("Transpose", {"perm": [0, 1, 3, 2]})], 4, True),
        ("Transpose there and back", [*there, *back], 4, True),
        ("three of them", several, 4, True),
        ("Transpose of the channels", [*rows, Move("Reshape", operand=[2, 4, 3, 3])], 4, False),
        ("Reshape of the channels", [Move("Reshape", operand=[18, 4])], 2, False),
        ("Reshape that mixes", [*there, Move("Reshape", operand=[2, 4, 9])], 3, False),
        ("Relu", [Move("Relu")], 4, False),
        ("LeakyRelu", [Move("LeakyRelu")], 4, False),
        ("MaxPool", [Move("MaxPool", {"kernel_shape": [2, 2]})], 4, False),
        ("Sigmoid", [Move("Sigmoid")], 4, False),
    )
    for told, between, rank, fold in cases:
        yield behind(
            f"Conv, {told} between", "Conv", FamilyOptions(between=between, fold=fold), rank
        )
    flat = [Move("Flatten")]
    yield behind("Gemm, Flatten between", "Gemm", FamilyOptions(between=flat))
    yield before("before Gemm, Identity between", "Gemm", FamilyOptions(between=[Move("Identity")]))
    squeezed = [Move("Unsqueeze", operand=[2]), Move("Squeeze", operand=[2])]
    yield before(
        "before Gemm, Unsqueeze and Squeeze between", "Gemm", FamilyOptions(between=squeezed)
    )


def _constants() -> Iterator[Case]:
    ops = ("Identity", "Transpose", "Reshape", "Squeeze", "Cast", "Concat", "DequantizeLinear")
    for kind in ("Conv", "MatMul", "Gemm"):
        for op in ops:
            yield behind(f"{kind}, W behind {op}", kind, FamilyOptions(placed={"w": op}))
    for op in ("Identity", "Reshape", "Cast"):
        yield behind(f"Conv, scale behind {op}", "Conv", FamilyOptions(placed={"scale": op}))
        yield behind(f"Conv, bias of the Conv behind {op}", "Conv", FamilyOptions(placed={"b": op}))


def _scales() -> Iterator[Case]:
    ops = ("Mul", "Div", "Add", "Sub", "Sub from")
    for op in ops:
        for kind in (
            "Gemm",
            "Conv",
            "Conv without bias",
            "ConvTranspose, 2 groups",
            "MatMul + Add",
            "MatMul, W left, + Add",
        ):
            yield scaled(f"{op} behind {kind}", op, kind, FamilyOptions(), before=False)
        for kind in ("Gemm", "Conv", "Conv, 2 groups"):
            yield scaled(f"{op} before {kind}", op, kind, FamilyOptions(), before=True)
        told = f"{op} before Conv, padded"
        padded = FamilyOptions(attributes={"pads": [1] * 4}, fold=op in ("Mul", "Div"))
        yield scaled(told, op, "Conv", padded, before=True)
    for op in ("Mul", "Div"):
        for kind in ("MatMul", "MatMul, W left", "ConvTranspose"):
            yield scaled(f"{op} behind {kind}", op, kind, FamilyOptions(), before=False)
            yield scaled(f"{op} before {kind}", op, kind, FamilyOptions(), before=True)
    for told, shape, fold in (
        ("a number", (), True),
        ("one element", (1, 1, 1, 1), True),
        ("of the whole shape", (2, 4, 3, 3), False),
        ("of more axes", (1, 1, 4, 1, 1), False),
    ):
        options = FamilyOptions(fold=fold)
        name = f"Mul behind Conv, {told}"
        yield scaled(name, "Mul", "Conv", options, before=False, shape=shape)
    rows = FamilyOptions(fold=False)
    yield scaled(
        "Mul behind Conv, of each row", "Mul", "Conv to four rows", rows, before=False, shape=(4, 1)
    )
    more = "Mul before ConvTranspose, of more channels"
    yield scaled(more, "Mul", "ConvTranspose of three", rows, before=True, shape=(3, 1, 1))
    reader = FamilyOptions(second_reader=True, fold=False)
    yield scaled("Mul behind Conv, another reader", "Mul", "Conv", reader, before=False)
    given = FamilyOptions(placed={"c": "input"}, fold=False)
    yield scaled("Mul behind Conv, by an input", "Mul", "Conv", given, before=False)
