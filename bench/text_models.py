# SPDX-License-Identifier: Apache-2.0
"""Chains of blocks as text, with their literals in one form or another.

    python -m bench.text_models FILE lists|decimal|hexadecimal|resources|attributes|short BLOCKS [--generic]

lists: as MLIR prints them, vectors in decimal and matrices in hexadecimal.  attributes: lists, and 24 attributes more
for each op.  short: weights that are all 1, so that one block has a dozen lines.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from .chains import Array, parameters

FEATURES = 64
FORMS = ("lists", "decimal", "hexadecimal", "resources", "attributes", "short")
VALUE = f"tensor<?x{FEATURES}xf32>"
VECTOR = f"tensor<{FEATURES}xf32>"
MATRIX = f"tensor<{FEATURES}x{FEATURES}xf32>"


def literal(array: Array, form: str, handle: str) -> str:
    """The elements of a constant."""
    if form == "resources":
        return f"dense_resource<{handle}>"
    if form == "short":
        return "dense<1.000000e+00>"
    if form == "hexadecimal" or (form != "decimal" and array.ndim == 2):
        return f'dense<"0x{array.tobytes().hex().upper()}">'
    rows = array.tolist() if array.ndim == 2 else [array.tolist()]
    lists = ["[" + ", ".join([f"{x:#.9g}" for x in row]) + "]" for row in rows]
    return f"dense<[{', '.join(lists)}]>" if array.ndim == 2 else f"dense<{lists[0]}>"


def op(name: str, operands: str, properties: str, notes: str, type_: str, generic: bool) -> str:
    """An op with inherent attributes and others, in onnx-mlir's form or in one that mlir-opt takes."""
    if generic:
        both = ", ".join(filter(None, (properties, notes)))
        return f'"onnx.{name}"({operands}) {{{both}}} : {type_}'
    inherent = f" <{{{properties}}}>" if properties else ""
    return f'"onnx.{name}"({operands}){inherent} {{{notes}}} : {type_}'


def lines(form: str, blocks: int, generic: bool) -> Iterator[str]:
    """The text, line by line."""
    resources: list[str] = []
    yield f"func.func @main_graph(%y0: {VALUE}) -> {VALUE} {{"
    for i, arrays in enumerate(parameters(blocks, FEATURES), start=1):
        names = [f"%{name}{i}" for name in ("b", "c", "scale", "bias", "mean", "var")]
        for name, array in zip(names, arrays, strict=True):
            elements = literal(array, form, f"{name[1:]}")
            type_ = MATRIX if array.ndim == 2 else VECTOR
            if generic:
                yield f'  {name} = "onnx.Constant"() {{value = {elements} : {type_}}} : () -> {type_}'
            else:
                yield f"  {name} = onnx.Constant {elements} : {type_}"
            if form == "resources":
                resources.append(f'      {name[1:]}: "0x04000000{array.tobytes().hex().upper()}"')
        more = ""
        if form == "attributes":
            more = "".join(f', note{j} = "of block {i}, number {j}"' for j in range(12))
            more += "".join(f", size{j} = [{i}, {j}, {i + j}]" for j in range(12))
        properties = "alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 1 : si64"
        yield f"  %z{i} = " + op(
            "Gemm", f"%y{i - 1}, {names[0]}, {names[1]}", properties, f'onnx_node_name = "fc{i}"{more}',
            f"({VALUE}, {MATRIX}, {VECTOR}) -> {VALUE}", generic,
        )  # fmt: skip
        yield f"  %n{i} = " + op(
            "BatchNormalizationInferenceMode", f"%z{i}, {', '.join(names[2:])}",
            "epsilon = 9.99999974E-6 : f32, momentum = 0.899999976 : f32", f'onnx_node_name = "bn{i}"{more}',
            f"({VALUE}{f', {VECTOR}' * 4}) -> {VALUE}", generic,
        )  # fmt: skip
        notes = f'onnx_node_name = "relu{i}"{more}'
        yield f"  %y{i} = " + op("Relu", f"%n{i}", "", notes, f"({VALUE}) -> {VALUE}", generic)
    result = f"%y{blocks}"
    yield (
        f'  "onnx.Return"({result}) : ({VALUE}) -> ()'
        if generic
        else f"  onnx.Return {result} : {VALUE}"
    )
    yield "}"
    if resources:
        yield (
            "{-#\n  dialect_resources: {\n    builtin: {\n"
            + ",\n".join(resources)
            + "\n    }\n  }\n#-}"
        )


def main() -> None:
    """Write the file that the command line asks for."""
    parser = argparse.ArgumentParser(description="Write a chain as text.")
    parser.add_argument("file", type=Path)
    parser.add_argument("form", choices=FORMS)
    parser.add_argument("blocks", type=int)
    parser.add_argument("--generic", action="store_true", help="as mlir-opt reads it")
    options = parser.parse_args()
    with options.file.open("w") as stream:
        stream.writelines(
            f"{line}\n" for line in lines(options.form, options.blocks, options.generic)
        )


if __name__ == "__main__":
    main()
