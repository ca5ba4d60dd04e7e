# SPDX-License-Identifier: Apache-2.0
"""Which ops may vanish and which may be one: dead-code elimination and common subexpressions of onnx ops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from onnx_opt.dialect import make_context, parse, to_text, verify
from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.ops.schema import all_op_names, op_spec
from onnx_opt.passes.canonicalize import PASS as CANONICALIZE
from onnx_opt.passes.cse import PASS as CSE
from onnx_opt.passes.rewriting.effects import erase_dead_ops, is_dead, is_pure

Parse = Callable[[str], ir.Module]


def function(*lines: str, arguments: str = "%a: tensor<2xf32>", end: str = "onnx.Return") -> str:
    return f"func.func @f({arguments}) {{\n  " + "\n  ".join([*lines, end]) + "\n}\n"


def names(module: ir.Module) -> list[str]:
    """The onnx ops in a module, in the order of the text, without the prefix."""
    found: list[str] = []

    def visit(op: ir.Operation) -> ir.WalkResult:
        if op.name.startswith("onnx."):
            found.append(op.name.removeprefix("onnx."))
        return ir.WalkResult.ADVANCE

    module.operation.walk(visit, ir.WalkOrder.PRE_ORDER)
    return found


def the_op(module: ir.Module, name: str) -> Any:
    found: list[ir.Operation] = []

    def visit(op: ir.Operation) -> ir.WalkResult:
        if op.name == f"onnx.{name}":
            found.append(op)
        return ir.WalkResult.ADVANCE

    module.operation.walk(visit)
    return found[0]


EXP = '"onnx.Exp"(%a) : (tensor<2xf32>) -> tensor<2xf32>'


def test_a_dead_chain_goes_as_a_whole(valid_module: Parse) -> None:
    module = valid_module(
        function(f"%0 = {EXP}", '%1 = "onnx.Neg"(%0) : (tensor<2xf32>) -> tensor<2xf32>')
    )
    assert erase_dead_ops(module.operation) == 2
    assert names(module) == ["Return"]


@pytest.mark.parametrize(
    ("op", "name"),
    [
        (
            '%0 = "onnx.Custom"(%a) {function_name = "f"} : (tensor<2xf32>) -> tensor<2xf32>',
            "Custom",
        ),
        (
            '"onnx.PrintSignature"(%a) {op_name = "x", print_data = 0 : si64} : (tensor<2xf32>) -> ()',
            "PrintSignature",
        ),
        (
            '"onnx.DimGroup"(%a) {axis = 0 : si64, group_id = 1 : si64} : (tensor<2xf32>) -> ()',
            "DimGroup",
        ),
    ],
)
def test_ops_with_an_effect_stay(op: str, name: str, valid_module: Parse) -> None:
    module = valid_module(function(op))
    assert not is_pure(the_op(module, name))
    assert not is_dead(the_op(module, name))
    assert erase_dead_ops(module.operation) == 0
    CANONICALIZE.run(module.operation)
    CSE.run(module.operation)
    assert name in names(module)


def test_which_specs_have_an_effect() -> None:
    """Whoever adds an op to this list, or takes one off, says so here."""
    impure = {name for name in all_op_names() if not op_spec(name).pure}  # type: ignore[union-attr]
    assert impure == {"Custom", "DimGroup", "EntryPoint", "PrintSignature"}


def test_which_ops_are_random() -> None:
    drawing = {
        spec.onnx_name
        for spec in map(op_spec, all_op_names())
        if spec is not None and not spec.deterministic
    }
    wanted = {
        "RandomNormal",
        "RandomNormalLike",
        "RandomUniform",
        "RandomUniformLike",
        "Multinomial",
        "Bernoulli",
    }
    assert wanted <= drawing
    assert not drawing & {"Add", "Constant", "Gemm", "BatchNormalization", "Relu"}


def test_dropout_is_not_merged() -> None:
    """Dropout draws random numbers where it trains."""
    for version in (13, 22):
        spec = op_spec("Dropout" if version == 22 else f"DropoutV{version}")
        assert spec is not None
        assert not spec.deterministic


def test_terminators_never_die(valid_module: Parse) -> None:
    module = valid_module(function())
    assert is_pure(the_op(module, "Return"))
    assert not is_dead(the_op(module, "Return"))


def test_foreign_ops_are_not_ours_to_erase() -> None:
    module = parse(function('%0 = "other.op"() : () -> i32'), context=make_context())
    assert erase_dead_ops(module.operation) == 0
    assert "other.op" in str(module)


def test_a_body_with_an_effect_keeps_its_op(valid_module: Parse) -> None:
    body = '%0 = "onnx.If"(%c) ({{ {0} onnx.Yield %a : tensor<2xf32> }}, {{ onnx.Yield %a : tensor<2xf32> }}) : (tensor<i1>) -> tensor<2xf32>'
    arguments = "%a: tensor<2xf32>, %c: tensor<i1>"
    printing = (
        '"onnx.PrintSignature"(%a) {op_name = "x", print_data = 0 : si64} : (tensor<2xf32>) -> ()'
    )
    kept = valid_module(function(body.format(printing), arguments=arguments))
    assert erase_dead_ops(kept.operation) == 0
    gone = valid_module(function(body.format(f"%1 = {EXP}"), arguments=arguments))
    assert erase_dead_ops(gone.operation) == 1
    assert names(gone) == ["Return"]


def test_a_use_inside_a_body_is_a_use(valid_module: Parse) -> None:
    module = valid_module(
        function(
            f"%0 = {EXP}",
            '%1 = "onnx.If"(%c) ({ onnx.Yield %0 : tensor<2xf32> }, { onnx.Yield %a : tensor<2xf32> }) : (tensor<i1>) -> tensor<2xf32>',
            arguments="%a: tensor<2xf32>, %c: tensor<i1>",
            end="return %1 : tensor<2xf32>",
        ).replace(") {\n", ") -> tensor<2xf32> {\n", 1)
    )
    assert erase_dead_ops(module.operation) == 0


def merged(module: ir.Module) -> list[str]:
    CSE.run(module.operation)
    assert verify(module) == []
    return names(module)


def used(*values: str) -> str:
    """A line that reads values, so that they are not dead."""
    types = ", ".join(["tensor<2xf32>"] * len(values))
    return f'"onnx.PrintSignature"({", ".join(values)}) {{op_name = "x", print_data = 0 : si64}} : ({types}) -> ()'


def test_equal_ops_become_one(valid_module: Parse) -> None:
    module = valid_module(function(f"%0 = {EXP}", f"%1 = {EXP}", used("%0", "%1")))
    assert merged(module) == ["Exp", "PrintSignature", "Return"]


@pytest.mark.parametrize(
    "op",
    [
        '"onnx.RandomNormalLike"(%a) : (tensor<2xf32>) -> tensor<2xf32>',
        '"onnx.RandomUniformLike"(%a) {seed = 1.0 : f32} : (tensor<2xf32>) -> tensor<2xf32>',
        '"onnx.Bernoulli"(%a) : (tensor<2xf32>) -> tensor<2xf32>',
        '"onnx.Custom"(%a) {function_name = "f"} : (tensor<2xf32>) -> tensor<2xf32>',
    ],
)
def test_ops_that_are_not_merged(op: str, valid_module: Parse) -> None:
    module = valid_module(function(f"%0 = {op}", f"%1 = {op}", used("%0", "%1")))
    assert len(merged(module)) == 4


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("{alpha = 0.5 : f32}", "{alpha = 0.25 : f32}"),
        ("{alpha = 0.5 : f32}", ""),
        ('{device = "cpu"}', '{device = "nnpa"}'),
        ("{unit}", ""),
    ],
)
def test_attributes_tell_ops_apart(first: str, second: str, valid_module: Parse) -> None:
    op = '"onnx.Elu"(%a) {} : (tensor<2xf32>) -> tensor<2xf32>'
    lines = [f"%{i} = " + op.replace("{}", text) for i, text in enumerate((first, second))]
    module = valid_module(function(*lines, used("%0", "%1")))
    assert len(merged(module)) == 4


def test_operand_order_matters(valid_module: Parse) -> None:
    arguments = "%a: tensor<2xf32>, %b: tensor<2xf32>"
    sub = '"onnx.Sub"({}) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>'
    lines = ["%0 = " + sub.format("%a, %b"), "%1 = " + sub.format("%b, %a"), used("%0", "%1")]
    assert len(merged(valid_module(function(*lines, arguments=arguments)))) == 4


@pytest.mark.parametrize("form", ["<{value_int = 1 : si64}>", "{value_int = 1 : si64}"])
def test_attributes_are_compared_wherever_they_stand(form: str, valid_module: Parse) -> None:
    op = f'"onnx.Constant"() {form} : () -> tensor<i64>'
    other = op.replace("1 : si64", "2 : si64")
    lines = [f"%0 = {op}", f"%1 = {op}", f"%2 = {other}"]
    reading = used("%0", "%1", "%2").replace("2xf32", "i64")
    assert merged(valid_module(function(*lines, reading))) == [
        "Constant",
        "Constant",
        "PrintSignature",
        "Return",
    ]


def test_constants_are_compared_by_their_bits(valid_module: Parse) -> None:
    constant = "onnx.Constant dense<{}> : tensor<2xf32>"
    lines = [
        f"%{i} = " + constant.format(text)
        for i, text in enumerate(["0.0", "-0.0", "0x7FC00000", "0x7FC00001", "0x7FC00000"])
    ]
    module = valid_module(function(*lines, used("%0", "%1", "%2", "%3", "%4")))
    assert merged(module).count("Constant") == 4


def test_a_branch_does_not_see_the_other(valid_module: Parse) -> None:
    text = function(
        '%0 = "onnx.If"(%c) ({',
        f"%1 = {EXP}",
        "onnx.Yield %1 : tensor<2xf32>",
        "}, {",
        f"%2 = {EXP}",
        "onnx.Yield %2 : tensor<2xf32>",
        "}) : (tensor<i1>) -> tensor<2xf32>",
        f"%3 = {EXP}",
        used("%0", "%3"),
        arguments="%a: tensor<2xf32>, %c: tensor<i1>",
    )
    module = valid_module(text)
    assert merged(module).count("Exp") == 3


def test_a_branch_sees_what_stands_before(valid_module: Parse) -> None:
    text = function(
        f"%9 = {EXP}",
        '%0 = "onnx.If"(%c) ({',
        f"%1 = {EXP}",
        "onnx.Yield %1 : tensor<2xf32>",
        "}, {",
        f"%2 = {EXP}",
        "onnx.Yield %2 : tensor<2xf32>",
        "}) : (tensor<i1>) -> tensor<2xf32>",
        used("%0", "%9"),
        arguments="%a: tensor<2xf32>, %c: tensor<i1>",
    )
    assert merged(valid_module(text)).count("Exp") == 1


def test_blocks_beside_each_other_share_nothing() -> None:
    """Of two blocks of one region neither need come before the other."""
    text = """
    func.func @f(%a: tensor<2xf32>, %c: i1) -> tensor<2xf32> {
      cf.cond_br %c, ^left, ^right
    ^left:
      %0 = "onnx.Exp"(%a) : (tensor<2xf32>) -> tensor<2xf32>
      cf.br ^end(%0 : tensor<2xf32>)
    ^right:
      %1 = "onnx.Exp"(%a) : (tensor<2xf32>) -> tensor<2xf32>
      cf.br ^end(%1 : tensor<2xf32>)
    ^end(%2: tensor<2xf32>):
      return %2 : tensor<2xf32>
    }
    """
    module = parse(text, context=make_context())
    CSE.run(module.operation)
    assert to_text(module).count("onnx.Exp") == 2
    assert module.operation.verify()


def test_a_fused_body_sees_nothing_from_outside(valid_module: Parse) -> None:
    text = function(
        f"%0 = {EXP}",
        '%1 = "onnx.Fused"(%a) ({',
        "^bb0(%b: tensor<2xf32>):",
        "%c = onnx.Constant dense<1.0> : tensor<2xf32>",
        "onnx.Yield %c : tensor<2xf32>",
        '}) {kind = "test"} : (tensor<2xf32>) -> tensor<2xf32>',
        used("%0", "%1"),
    ).replace(f"%0 = {EXP}", "%0 = onnx.Constant dense<1.0> : tensor<2xf32>")
    assert merged(valid_module(text)).count("Constant") == 2


def test_canonicalize_merges_constants_only(valid_module: Parse) -> None:
    constant = "onnx.Constant dense<1.0> : tensor<2xf32>"
    lines = [f"%0 = {EXP}", f"%1 = {EXP}", f"%2 = {constant}", f"%3 = {constant}"]
    module = valid_module(function(*lines, used("%0", "%1", "%2", "%3")))
    CANONICALIZE.run(module.operation)
    assert names(module) == ["Constant", "Exp", "Exp", "PrintSignature", "Return"]


def test_complex_constants_do_not_stop_the_pass(valid_module: Parse) -> None:
    """The bindings cannot hand out dense complex numbers, so two equal ones stay two, or become one; nothing breaks."""
    constant = "onnx.Constant dense<(1.0, 2.0)> : tensor<2xcomplex<f32>>"
    lines = [f"%0 = {constant}", f"%1 = {constant}"]
    module = valid_module(function(*lines, used("%0", "%1").replace("2xf32", "2xcomplex<f32>")))
    assert merged(module)[-2:] == ["PrintSignature", "Return"]
