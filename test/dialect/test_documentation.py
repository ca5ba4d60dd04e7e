# SPDX-License-Identifier: Apache-2.0
"""What ONNX says of ops in words."""

from __future__ import annotations

import pytest

from onnx_opt.dialect.ops import documentation
from onnx_opt.dialect.ops.documentation import string_values
from onnx_opt.dialect.ops.schema import all_op_names, op_spec
from onnx_opt.dialect.ops.spec import OpSpec

SPECS: list[OpSpec] = [spec for spec in map(op_spec, all_op_names()) if spec]


@pytest.mark.parametrize(
    ("op", "attribute", "values"),
    [
        ("Conv", "auto_pad", ("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID")),
        ("Pad", "mode", ("constant", "reflect", "edge", "wrap")),
        ("PadV18", "mode", ("constant", "reflect", "edge")),
        ("BitShift", "direction", ("LEFT", "RIGHT")),
        ("LSTM", "direction", ("forward", "reverse", "bidirectional")),
        ("ScatterNDV16", "reduction", ("none", "add", "mul")),
        ("Einsum", "equation", ()),
        ("Gemm", "alpha", ()),
        ("Gemm", "nothing", ()),
    ],
)
def test_string_values(op: str, attribute: str, values: tuple[str, ...]) -> None:
    spec = op_spec(op)
    assert spec
    assert string_values(spec, attribute) == values


def test_every_word_of_the_table_is_said_of_some_op() -> None:
    said = {
        (name, value)
        for spec in SPECS
        for name in spec.attributes
        for value in string_values(spec, name)
    }
    table = {(name, word) for name, words in documentation._WORDS.items() for word in words.split()}
    assert table - said == set()


def test_parts_of_ops_are_documented_under_our_names() -> None:
    """All but two: onnx-mlir's BatchNormalizationInferenceMode has other names for them than ONNX."""
    silent: list[str] = []
    for spec in SPECS:
        docs = documentation.documentation(spec)
        if docs.values:
            silent += [f"{spec.name}.{name}" for name in spec.attributes.keys() - docs.attributes]
            names = [value.name for value in (*spec.operands, *spec.results)]
            silent += [
                n for n in names if n.removeprefix("o_") not in docs.values and n not in docs.values
            ]
    assert silent == ["mean", "var"]
