# SPDX-License-Identifier: Apache-2.0
"""Chains of blocks as text, with their literals in one form or another.

    python -m bench.text_models PRETTY GENERIC lists|decimal|hexadecimal|resources|attributes|short BLOCKS

The same module in onnx-mlir's form and in the one that mlir-opt reads.

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
    row = "[" + ", ".join(["%#.9g"] * array.shape[-1]) + "]"
    lists = row if array.ndim == 1 else "[" + ", ".join([row] * len(array)) + "]"
    return f"dense<{lists % tuple(array.reshape(-1).tolist())}>"


def ops(
    result: str, name: str, operands: str, properties: str, notes: str, type_: str
) -> tuple[str, str]:
    """An op with inherent attributes and others, in both forms."""
    op = f'  {result} = "onnx.{name}"({operands})'
    inherent = f" <{{{properties}}}>" if properties else ""
    attributes = ", ".join(filter(None, (properties, notes)))
    return f"{op}{inherent} {{{notes}}} : {type_}", f"{op} {{{attributes}}} : {type_}"


def both(line: str) -> tuple[str, str]:
    """A line that both forms have."""
    return line, line


def lines(form: str, blocks: int) -> Iterator[tuple[str, str]]:
    """Both texts, line by line."""
    resources: list[str] = []
    yield both(f"func.func @main_graph(%y0: {VALUE}) -> {VALUE} {{")
    for i, arrays in enumerate(parameters(blocks, FEATURES), start=1):
        names = [f"%{name}{i}" for name in ("b", "c", "scale", "bias", "mean", "var")]
        for name, array in zip(names, arrays, strict=True):
            handle = name[1:]
            elements = literal(array, form, handle)
            type_ = MATRIX if array.ndim == 2 else VECTOR
            yield (
                f"  {name} = onnx.Constant {elements} : {type_}",
                f'  {name} = "onnx.Constant"() {{value = {elements} : {type_}}} : () -> {type_}',
            )
            if form == "resources":
                resources.append(f'      {handle}: "0x04000000{array.tobytes().hex().upper()}"')
        more = ""
        if form == "attributes":
            more = "".join(f', note{j} = "of block {i}, number {j}"' for j in range(12))
            more += "".join(f", size{j} = [{i}, {j}, {i + j}]" for j in range(12))
        yield ops(
            f"%z{i}",
            "Gemm",
            f"%y{i - 1}, {names[0]}, {names[1]}",
            "alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 1 : si64",
            f'onnx_node_name = "fc{i}"{more}',
            f"({VALUE}, {MATRIX}, {VECTOR}) -> {VALUE}",
        )
        yield ops(
            f"%n{i}",
            "BatchNormalizationInferenceMode",
            f"%z{i}, {', '.join(names[2:])}",
            "epsilon = 9.99999974E-6 : f32, momentum = 0.899999976 : f32",
            f'onnx_node_name = "bn{i}"{more}',
            f"({VALUE}{f', {VECTOR}' * 4}) -> {VALUE}",
        )
        notes = f'onnx_node_name = "relu{i}"{more}'
        yield ops(f"%y{i}", "Relu", f"%n{i}", "", notes, f"({VALUE}) -> {VALUE}")
    result = f"%y{blocks}"
    yield f"  onnx.Return {result} : {VALUE}", f'  "onnx.Return"({result}) : ({VALUE}) -> ()'
    yield both("}")
    if resources:
        data = ",\n".join(resources)
        yield both(f"{{-#\n  dialect_resources: {{\n    builtin: {{\n{data}\n    }}\n  }}\n#-}}")


def main() -> None:
    """Write the files that the command line asks for."""
    parser = argparse.ArgumentParser(description="Write a chain as text, in two forms.")
    parser.add_argument("pretty", type=Path)
    parser.add_argument("generic", type=Path)
    parser.add_argument("form", choices=FORMS)
    parser.add_argument("blocks", type=int)
    options = parser.parse_args()
    with options.pretty.open("w") as pretty, options.generic.open("w") as generic:
        for line, line_of_generic in lines(options.form, options.blocks):
            pretty.write(f"{line}\n")
            generic.write(f"{line_of_generic}\n")


if __name__ == "__main__":
    main()
