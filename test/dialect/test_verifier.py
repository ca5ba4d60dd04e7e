# SPDX-License-Identifier: Apache-2.0
"""What is rejected, with which words and where; and what is not, because it is not known."""

from __future__ import annotations

import pytest

from onnx_opt.dialect import make_context, parse, verify

ARGUMENTS = (
    "%f: tensor<2x3xf32>, %g: tensor<3x4xf32>, %v: tensor<3xf32>, %w: tensor<4xf32>, %i: tensor<3xi64>, "
    "%h: tensor<2x3xf16>, %dyn: tensor<?x?xf32>, %any: tensor<*xf32>, %c: tensor<i1>, %s: tensor<f32>, %n: tensor<i64>"
)
TYPES = {"none": "none"}
for argument in ARGUMENTS.split(", "):
    name, _, type_ = argument.removeprefix("%").partition(": ")
    TYPES[name] = type_


def function(*lines: str) -> str:
    return (
        f"func.func @f({ARGUMENTS}) {{\n"
        '%none = "onnx.NoValue"() {value} : () -> none\n' + "\n".join(lines) + "\nonnx.Return\n}\n"
    )


def op(name: str, operands: str, results: str, attributes: str = "") -> str:
    """`"onnx.<name>"` on the named arguments, as its line 3 in `function`."""
    values = operands.split()
    types = ", ".join(TYPES[value] for value in values)
    count = results.count("tensor<") + results.count("none")
    names = "%r = " if count == 1 else f"%r:{count} = " if count else ""
    return f'{names}"onnx.{name}"({", ".join("%" + v for v in values)}) {{{attributes}}} : ({types}) -> {results}'


def errors(text: str, allow_unregistered_dialect: bool = False) -> list[str]:
    module = parse(text, context=make_context(), filename="f.mlir")
    found = verify(module, allow_unregistered_dialect=allow_unregistered_dialect)
    return [str(error) for error in found]


BN = "BatchNormalizationInferenceMode"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        # 1. Ops that do not exist.
        (op("Gem", "f", "tensor<2x3xf32>"), "'onnx.Gem' op is not an op of the onnx dialect; did you mean 'Gemm'?"),
        (op("SqueezeV99", "f none", "tensor<*xf32>"), "'onnx.SqueezeV99' op is not an op of the onnx dialect"),
        # 2. How many.
        (op("Relu", "f f", "tensor<2x3xf32>"), "'onnx.Relu' op expected 1 operand, got 2"),
        (op("Gemm", "f g", "tensor<2x4xf32>"), "'onnx.Gemm' op expected 3 operands, got 2"),
        (op("Concat", "", "tensor<2x3xf32>", "axis = 0 : si64"), "'onnx.Concat' op expected at least 1 operand, got 0"),
        (op("Relu", "f", "()"), "'onnx.Relu' op expected 1 result, got 0"),
        # 3. Types.
        (op("Relu", "c", "tensor<i1>"), "'onnx.Relu' op operand 'X' (#0) must be one of tensor(bfloat16), "),
        (op("Add", "f h", "tensor<2x3xf32>"), "'onnx.Add' op operand 'B' (#1) must have the element type of 'A', tensor(float), got tensor<2x3xf16>"),
        (op("Add", "f f", "tensor<2x3xf16>"), "'onnx.Add' op result 'C' (#0) must have the element type of 'A', tensor(float), got tensor<2x3xf16>"),
        (op("Add", "f none", "tensor<2x3xf32>"), "'onnx.Add' op operand 'B' (#1) is required, but it is none"),
        (op("Shape", "f", "tensor<2xi32>"), "'onnx.Shape' op result 'shape' (#0) must be tensor(int64), got tensor<2xi32>"),
        (op("Concat", "f h", "tensor<4x3xf32>", "axis = 0 : si64"), "'onnx.Concat' op operand 'inputs' (#1) must have the element type of 'inputs', tensor(float), got tensor<2x3xf16>"),
        # 4. Attributes.
        (op("Concat", "f f", "tensor<4x3xf32>"), "'onnx.Concat' op requires attribute 'axis': a 64-bit signed integer (`1 : si64`)"),
        (op("Concat", "f f", "tensor<4x3xf32>", "axes = 0 : si64"), "requires attribute 'axis': a 64-bit signed integer (`1 : si64`); did you mean 'axes'?"),
        (op("Concat", "f f", "tensor<4x3xf32>", "axis = 0 : i64"), "attribute 'axis' must be a 64-bit signed integer (`1 : si64`), got 0 : i64"),
        (op("Elu", "f", "tensor<2x3xf32>", "alpha = 1.0 : f64"), "attribute 'alpha' must be a 32-bit float (`1.0 : f32`), got 1.000000e+00 : f64"),
        (op("Transpose", "f", "tensor<3x2xf32>", "perm = [1 : si64, 0 : si64]"), "attribute 'perm' must be an array of 64-bit integers (`[1, 2]`), got "),
        (op("Transpose", "f", "tensor<3x2xf32>", "perm = 1"), "attribute 'perm' must be an array"),
        (op("Cast", "f", "tensor<2x3xf16>", "to = 10 : si64"), "attribute 'to' must be a type (`f32`), got 10 : si64"),
        (op("LSTM", "f f f none none none none none", "(none, none, none)", 'activations = ["a", 1]'), 'attribute \'activations\' must be an array of strings (`["..."]`), got '),
        (op("LSTM", "f f f none none none none none", "(none, none, none)", "direction = 1 : si64"), "attribute 'direction' must be a string"),
        (op("Constant", "", "tensor<2xf32>", "value = 1.0 : f32"), "attribute 'value' must be an elements attribute"),
        # 5. Regions and terminators.
        (op("If", "c", "tensor<2x3xf32>"), "'onnx.If' op expected 2 regions (then_branch, else_branch), got 0"),
        ('"onnx.Relu"(%f) ({ onnx.Yield }) : (tensor<2x3xf32>) -> tensor<2x3xf32>', "'onnx.Relu' op expected no regions, got 1"),
        ('"onnx.If"(%c) ({ %0 = "onnx.Relu"(%f) : (tensor<2x3xf32>) -> tensor<2x3xf32> }, { onnx.Yield }) : (tensor<i1>) -> tensor<f32>', "region 'then_branch' must end in onnx.Yield, got onnx.Relu"),
        ('"onnx.If"(%c) ({ onnx.Yield }, { onnx.Return }) : (tensor<i1>) -> tensor<f32>', "region 'else_branch' must end in onnx.Yield, got onnx.Return"),
        ("onnx.Yield", "'onnx.Yield' op must stand in a region of an onnx op, got func.func"),
        ("onnx.Return", "'onnx.Return' op must be the last op of its block"),
        # 6. Rules of single ops.
        (op("Gemm", "v g none", "tensor<3x4xf32>"), "'onnx.Gemm' op expected A of rank 2, got shape (3)"),
        (op("Gemm", "f v none", "tensor<2x4xf32>"), "'onnx.Gemm' op expected B of rank 2, got shape (3)"),
        (op("Gemm", "f g none", "tensor<4xf32>"), "'onnx.Gemm' op expected Y of rank 2, got shape (4)"),
        (op("Gemm", "f f none", "tensor<2x3xf32>"), "'onnx.Gemm' op A and B must agree on K, got 3 (A is (2, 3)) and 2 (B is (2, 3))"),
        (op("Gemm", "f g none", "tensor<2x4xf32>", "transA = 1 : si64"), "must agree on K, got 2 (A is (2, 3)) and 3 (B is (3, 4))"),
        (op("Gemm", "f g none", "tensor<2x4xf32>", "transB = 1 : si64"), "must agree on K, got 3 (A is (2, 3)) and 4 (B is (3, 4))"),
        (op("Gemm", "f g none", "tensor<4x2xf32>"), "'onnx.Gemm' op expected Y of shape (2, 4), got (4, 2)"),
        (op("Gemm", "f g v", "tensor<2x4xf32>"), "'onnx.Gemm' op expected C that broadcasts to (2, 4), got shape (3)"),
        (op("Gemm", "dyn g v", "tensor<?x?xf32>"), "'onnx.Gemm' op expected C that broadcasts to (?, 4), got shape (3)"),
        (op("Gemm", "f g f", "tensor<2x4xf32>"), "expected C that broadcasts to (2, 4), got shape (2, 3)"),
        (op(BN, "f w w w w", "tensor<2x3xf32>"), f"'onnx.{BN}' op expected scale of shape (3), the size of X's axis 1, got (4)"),
        (op(BN, "f v v w v", "tensor<2x3xf32>"), f"'onnx.{BN}' op expected mean of shape (3), the size of X's axis 1, got (4)"),
        (op(BN, "f v v v f", "tensor<2x3xf32>"), f"'onnx.{BN}' op expected var of shape (3), the size of X's axis 1, got (2, 3)"),
        (op(BN, "f v v v v", "tensor<3x3xf32>"), "expected the result to have X's shape (2, 3), got (3, 3)"),
        (op("BatchNormalization", "f v w v v", "(tensor<2x3xf32>, none, none)"), "'onnx.BatchNormalization' op expected B of shape (3)"),
        (op(BN, "s v v v v", "tensor<f32>"), "expected X of rank 1 or more, got a scalar"),
        (op("Constant", "", "tensor<f32>", "value_int = 1 : si64, value_float = 1.0 : f32"), "'onnx.Constant' op expected one attribute that gives the value, got "),
    ],
)  # fmt: skip
def test_rejections(line: str, message: str) -> None:
    found = errors(function(line))
    assert found, "nothing was rejected"
    # One error, on the line of the op, in the columns of the op.
    assert found[0].startswith("f.mlir:3:"), found[0]
    assert ": error: " in found[0]
    assert message in found[0].partition(": error: ")[2]


@pytest.mark.parametrize(
    "line",
    [
        op("Gemm", "dyn dyn none", "tensor<?x?xf32>"),
        op("Gemm", "any any any", "tensor<*xf32>"),
        op("Gemm", "f dyn v", "tensor<2x3xf32>"),
        op("Gemm", "f g w", "tensor<*xf32>"),
        op("Gemm", "f g s", "tensor<?x4xf32>"),
        op("Gemm", "any g w", "tensor<7x4xf32>"),
        op(BN, "dyn w w w w", "tensor<*xf32>"),
        op(BN, "any w w any w", "tensor<2x3xf32>"),
        op("Concat", "f dyn any", "tensor<*xf32>", "axis = 1 : si64"),
        op("Relu", "any", "tensor<2x3xf32>"),
        op("Custom", "c i any none", "(tensor<2xf32>, none)", 'function_name = "f"'),
        op("Clip", "f none s", "tensor<2x3xf32>"),
        op("SequenceConstruct", "f dyn", "tensor<2x3xf32>").replace("-> tensor<2x3xf32>", "-> !onnx.Seq<tensor<*xf32>>"),
        op("Elu", "f", "tensor<2x3xf32>", 'alpha = 2.0 : f32, onnx_node_name = "x", anything = [1, "a"]'),
        '%r = "onnx.Elu"(%f) <{alpha = 2.0 : f32}> : (tensor<2x3xf32>) -> tensor<2x3xf32>',
        '%r = "onnx.If"(%c) ({ onnx.Yield %f : tensor<2x3xf32> }, { onnx.Yield %any : tensor<*xf32> }) : (tensor<i1>) -> tensor<*xf32>',
        "%r = onnx.Constant dense<1> : tensor<2xi4>",
    ],
)  # fmt: skip
def test_what_is_valid_or_not_known(line: str) -> None:
    assert errors(function(line)) == []


@pytest.mark.parametrize(
    ("result", "operand", "right"),
    [
        ("tensor<2x3xf32>", "f", True),
        ("tensor<?x3xf32>", "f", True),
        ("tensor<*xf32>", "f", True),
        ("tensor<2x3xf32>", "any", True),
        ("tensor<3x2xf32>", "f", False),
        ("tensor<2x3x1xf32>", "f", False),
        ("tensor<2x3xf16>", "f", False),
    ],
)
def test_return_and_the_signature(result: str, operand: str, right: bool) -> None:
    text = (
        f"func.func @f({ARGUMENTS}) -> {result} {{\n  onnx.Return %{operand} : {TYPES[operand]}\n}}"
    )
    expected = [
        f"f.mlir:2:3: error: 'onnx.Return' op operand #0 has type {TYPES[operand]}, but the function returns {result}"
    ]
    assert errors(text) == ([] if right else expected)


def test_number_of_results() -> None:
    text = "func.func @f(%a: tensor<f32>) -> tensor<f32> {\n  onnx.Return\n}"
    assert errors(text) == [
        "f.mlir:2:3: error: 'onnx.Return' op has 0 operands, but the function returns 1"
    ]


def test_all_errors_are_told_in_the_order_of_the_text() -> None:
    found = errors(
        function(
            op("Relu", "c", "tensor<i1>"), op("Gem", "f", "tensor<2x3xf32>").replace("%r", "%q")
        )
    )
    assert [error.split(": error: ")[0].split(":")[1] for error in found] == ["3", "4"]


def test_other_dialects() -> None:
    text = 'func.func @f() {\n  "krnl.entry"() : () -> ()\n  return\n}'
    (error,) = errors(text)
    assert error.startswith(
        "f.mlir:2:3: error: 'krnl.entry' op is of a dialect that is not registered"
    )
    assert "--allow-unregistered-dialect" in error
    assert errors(text, allow_unregistered_dialect=True) == []


def test_the_onnx_namespace_is_checked_all_the_same() -> None:
    found = errors(function(op("Gem", "f", "tensor<2x3xf32>")), allow_unregistered_dialect=True)
    assert "is not an op of the onnx dialect" in found[0]


def test_what_mlir_finds_is_told_too() -> None:
    text = "func.func @f() -> i32 {\n  %0 = arith.constant 1 : i64\n  %1 = arith.trunci %0 : i64 to i32\n  return %1 : i32\n}"
    assert errors(text) == []
    module = parse(text, context=make_context(), filename="f.mlir")
    last = module.body.operations[0].regions[0].blocks[0].operations[2]
    last.operation.operands[0] = (
        module.body.operations[0].regions[0].blocks[0].operations[0].results[0]
    )
    found = verify(module)
    assert str(found[0]).startswith("f.mlir:4:3: error: ")
    assert "doesn't match function result type" in found[0].message


def test_errors_inside_regions_and_functions() -> None:
    inner = op("Relu", "c", "tensor<i1>").replace("%r", "%0")
    text = function(
        f'%q = "onnx.If"(%c) ({{\n{inner}\nonnx.Yield %f : tensor<2x3xf32>\n}}, {{\nonnx.Yield %f : tensor<2x3xf32>\n}}) : (tensor<i1>) -> tensor<2x3xf32>'
    )
    (error,) = errors(text)
    assert error.startswith("f.mlir:4:6: error: 'onnx.Relu' op operand 'X'")


def test_of_an_imported_model_initializers_are_taken_as_they_are_and_nodes_are_not() -> None:
    """The corpus is verified as a whole, initializers too (test/conformance/check.py)."""
    faulty = '%r = "onnx.Constant"() {value_int = 1.0 : f32RECORD} : () -> tensor<i64>'
    initializer = function(faulty.replace("RECORD", ""))
    node = function(faulty.replace("RECORD", ', onnx.outputs = ["r"]'))
    for text in (initializer, node):
        module = parse(text, context=make_context())
        assert len(verify(module)) == 1
        assert len(verify(module, imported=())) == (text == node)


def test_of_an_imported_model_one_op_of_each_kind_is_enough_if_they_are_right() -> None:
    """That they are of all kinds is tested where they are told (test/conformance/test_alike.py)."""
    right, wrong = op("Relu", "f", "tensor<2x3xf32>"), op("Relu", "c", "tensor<i1>")
    texts = [line.replace("%r", f"%{index}") for index, line in enumerate((wrong, right, wrong))]
    module = parse(function(*texts), context=make_context())
    ops = [each.operation for each in module.body.operations[0].regions[0].blocks[0].operations]
    assert not verify(module, imported=[ops[2]])
    assert [str(error) for error in verify(module, imported=[ops[2], ops[3]])] == [
        str(error) for error in verify(module)
    ]
    assert len(verify(module)) == 2
