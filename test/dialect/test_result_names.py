# SPDX-License-Identifier: Apache-2.0
"""Names of results against MLIR's own printer, on an op of MLIR's that has names for its results.

`arith.addui_extended` is printed as `%sum, %overflow`.  The same module, with an op of the dialect in its place, has to
get the same names from us.
"""

from __future__ import annotations

import random
import re

import pytest

from onnx_opt.dialect import make_context, parse, to_text
from onnx_opt.dialect.assembly import printer, result_names
from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.ops.schema import all_op_names, op_spec

_VALUE = re.compile(r"%[\w$.-]+(?:[:#]\d+)?")


def _function(draw: random.Random, names: list[str]) -> str:
    """Regions in regions and blocks beside each other, in MLIR's generic form; each value is read somewhere."""
    count = 0

    def location() -> str:
        return f' loc("{draw.choice(names)}")' if draw.random() < 0.4 else ""

    def ops(depth: int, known: list[str]) -> list[str]:
        nonlocal count
        lines: list[str] = []
        known = list(known)
        for _ in range(draw.randint(1, 6)):
            count += 1
            a, b, name = draw.choice(known), draw.choice(known), f"%v{count}"
            kind = draw.randrange(5)
            if kind == 0:
                lines.append(
                    f'{name} = "arith.constant"() {{value = {draw.randint(0, 1)} : i32}} : () -> i32{location()}'
                )
                known.append(name)
            elif kind == 1:
                lines.append(f'{name} = "arith.addi"({a}, {b}) : (i32, i32) -> i32{location()}')
                known.append(name)
            elif kind == 2 and depth < 3:
                regions = []
                for _ in range(2):
                    inner = ops(depth + 1, known)
                    regions.append(
                        "\n".join(["({", *inner, '"test.end"() : () -> ()', "})"]).strip("()")
                    )
                lines.append(
                    f'{name}:2 = "test.two"({a}, {b}) ({", ".join(regions)}) : (i32, i32) -> (i32, i32)'
                )
                known += [f"{name}#0", f"{name}#1"]
            else:
                lines.append(
                    f'{name}:2 = "arith.addui_extended"({a}, {b}) : (i32, i32) -> (i32, i1){location()}'
                )
                known.append(f"{name}#0")
        return lines

    first = ops(0, ["%a", "%b"])
    second = ops(0, ["%a", "%b", "%x"])
    return "\n".join([
        '"func.func"() ({', "^bb0(%a: i32, %b: i32):", *first, '"cf.br"(%a)[^bb1] : (i32) -> ()',
        f"^bb1(%x: i32{location()}):", *second, '"func.return"(%x) : (i32) -> ()',
        '}) {sym_name = "f' + str(draw.random()) + '", function_type = (i32, i32) -> i32} : () -> ()',
    ])  # fmt: skip


@pytest.mark.parametrize("from_locations", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_as_mlir_names_them(
    seed: int, from_locations: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(seed)
    names = ["Y", "sum", "overflow", "sum_900", "c1_i32", "n 1"]
    text = "\n".join(_function(draw, names) for _ in range(2))

    def printed(text: str) -> list[str]:
        with make_context() as context:
            module = ir.Module.parse(text, context)
            asm: str = module.operation.get_asm(use_name_loc_as_prefix=from_locations)
        return asm.rstrip("\n").split("\n")

    expected = printed(text)
    monkeypatch.setattr(
        result_names, "result_names", lambda op: ("sum", "overflow") if op == "Two" else ()
    )
    lines = printed(text.replace('"arith.addui_extended"', '"onnx.Two"'))
    assert any(":2 =" in line for line in lines)
    result_names.name_results(lines)
    found = [_VALUE.findall(line) for line in lines]
    assert found == [_VALUE.findall(line) for line in expected]


def test_a_text_without_names_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: list[str]) -> None:
        raise AssertionError

    monkeypatch.setattr(printer, "name_results", fail)
    text = '%0:2 = "onnx.Split"(%a, %b) : (tensor<2xf32>, none) -> (tensor<1xf32>, tensor<1xf32>)'
    text = f"func.func @f(%a: tensor<2xf32>, %b: none) {{\n  {text}\n  return\n}}"
    assert '%0:2 = "onnx.Split"' in to_text(parse(text, context=make_context()))


def test_every_result_has_one_name() -> None:
    """MLIR names a group of results by its first; there are no groups where there are several results."""
    for name in all_op_names():
        spec = op_spec(name)
        assert spec is not None
        if len(spec.results) > 1:
            assert all(result.arity != "variadic" for result in spec.results), name
