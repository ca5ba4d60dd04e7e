# SPDX-License-Identifier: Apache-2.0
"""Which rules are tried at an op: those that its constant leaves, and in doubt all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.onnx import Pow
from onnx_opt.passes.rewriting import Rule, const, equal, value
from onnx_opt.passes.rewriting.choosing import Choice
from onnx_opt.passes.rewriting.ops import Exp, Mul
from onnx_opt.passes.rewriting.ops import Pow as PowTerm
from onnx_opt.passes.rewriting.patterns import roots

x, n = value("x"), const("n")


def power(name: str, number: float) -> Rule:
    return Rule(name, PowTerm(x, n), Mul(x, x), (equal(n, number),))


RULES = (
    power("half", 0.5),
    power("tenth", 0.1),
    power("two", 2),
    power("2049", 2049),
    power("2050", 2050.25),
    Rule("any", PowTerm(x, n), Exp(x)),
)


@pytest.mark.parametrize(
    ("constant", "tried"),
    [
        ("dense<2.0> : tensor<f32>", "two any"),
        ("dense<2> : tensor<1xi64>", "two any"),
        ("dense<0> : tensor<i64>", "any"),
        ("dense<0.1> : tensor<f32>", "tenth any"),
        ("dense<0.1> : tensor<f64>", "tenth any"),
        ("dense<7.0> : tensor<f32>", "any"),
        # Both are 2050 in 11 bits, 2049 is 2048.
        ("dense<2048.0> : tensor<f16>", "2049 any"),
        ("dense<2050.0> : tensor<f16>", "2050 any"),
        # More than one element, each of which has to be the number.
        ("dense<2.0> : tensor<2xf32>", "half tenth two 2049 2050 any"),
    ],
)
def test_a_constant_leaves_the_rules_that_ask_for_it(
    valid_module: Callable[[str], ir.Module], constant: str, tried: str
) -> None:
    type_ = constant.rpartition(" : ")[2]
    module = valid_module(
        f"""func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {{
          %n = onnx.Constant {constant}
          %y = "onnx.Pow"(%x, %n) : (tensor<2xf32>, {type_}) -> tensor<2xf32>
          onnx.Return %y : tensor<2xf32>
        }}"""
    )
    [pow_] = roots(module.operation, [Pow])
    assert [rule.name for rule in Choice(RULES)(pow_)] == tried.split()


def test_what_is_no_constant_leaves_all(valid_module: Callable[[str], ir.Module]) -> None:
    module = valid_module(
        """func.func @f(%x: tensor<2xf32>, %n: tensor<f32>) -> tensor<2xf32> {
          %y = "onnx.Pow"(%x, %n) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
          onnx.Return %y : tensor<2xf32>
        }"""
    )
    [pow_] = roots(module.operation, [Pow])
    assert Choice(RULES)(pow_) == RULES
