# SPDX-License-Identifier: Apache-2.0
"""Op classes in Python: builders, accessors, and what they say to a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from onnx_opt.dialect import constant, make_context, onnx, parse, to_text, verify
from onnx_opt.dialect.bindings import ir

GEMM = """func.func @f(%a: tensor<1x2xf32>, %b: tensor<2x2xf32>) -> tensor<1x2xf32> {
  %c = "onnx.NoValue"() {value} : () -> none
  %0 = "onnx.Gemm"(%a, %b, %c) <{alpha = 0.5 : f32}> {beta = 2.0 : f32, x} : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  onnx.Return %0 : tensor<1x2xf32>
}"""


@pytest.fixture
def module() -> Iterator[ir.Module]:
    """An empty module to build in."""
    with make_context(), ir.Location.unknown():
        module = ir.Module.create()
        with ir.InsertionPoint(module.body):
            yield module


def the_gemm() -> tuple[ir.Module, Any]:
    module = parse(GEMM, context=make_context())
    return module, module.body.operations[0].regions[0].blocks[0].operations[1]


def ones(*shape: int) -> ir.Value:
    return constant(np.ones(shape, np.float32)).results[0]


def test_accessors() -> None:
    module, gemm = the_gemm()
    function = module.body.operations[0]
    assert isinstance(gemm, onnx.Gemm)
    assert function.regions[0].blocks[0].arguments[0] == gemm.A
    assert function.regions[0].blocks[0].arguments[1] == gemm.B
    assert gemm.C is None
    assert gemm.results[0] == gemm.Y
    assert gemm.alpha == 0.5
    assert gemm.beta == 2.0
    assert gemm.transA == 0


def test_attributes_can_be_set() -> None:
    module, gemm = the_gemm()
    gemm.alpha = 4
    gemm.transB = 1
    assert (gemm.alpha, gemm.transB) == (4.0, 1)
    assert "alpha = 4.000000e+00 : f32" in to_text(module)
    assert "transB = 1 : si64" in to_text(module)
    assert verify(module) == []


def test_operands_by_position_and_by_name(module: ir.Module) -> None:
    a, b = ones(1, 2), ones(2, 3)
    for op in (
        onnx.Gemm(a, b),
        onnx.Gemm(a, B=b, C=None),
        onnx.Gemm(A=a, B=b),
        onnx.Gemm(a, b, None),
    ):
        assert (a, b, None) == (op.A, op.B, op.C)
        assert len(op.operands) == 3
        assert str(op.Y.type) == "tensor<1x3xf32>"
    assert verify(module) == []


@pytest.mark.usefixtures("module")
def test_variadic_operands() -> None:
    values = [ones(2), ones(3), ones(4)]
    concat = onnx.Concat(inputs=values, axis=0)
    assert concat.inputs == values
    assert str(concat.results[0].type) == "tensor<9xf32>"
    clip = onnx.Loop(None, None, v_initial=values, results=[value.type for value in values])
    assert clip.v_initial == values
    assert clip.M is None
    assert len(clip.regions) == 1


def test_every_kind_of_attribute(module: ir.Module) -> None:
    x = ones(1, 1, 4, 4)
    op = onnx.MaxPool(x, kernel_shape=(2, 2), auto_pad="SAME_UPPER", ceil_mode=True)
    assert (op.kernel_shape, op.auto_pad, op.ceil_mode) == ([2, 2], "SAME_UPPER", 1)
    cast = onnx.Cast(x, to=ir.F16Type.get())
    assert str(cast.results[0].type) == "tensor<1x1x4x4xf16>"
    assert cast.to == ir.F16Type.get()
    floats = onnx.Constant(value_floats=[1, 2.5])
    assert floats.value_floats == [1.0, 2.5]
    assert str(floats.results[0].type) == "tensor<2xf32>"
    strings = onnx.Constant(value_strings=["a", "b"])
    assert strings.value_strings == ["a", "b"]
    tensor = onnx.ConstantOfShape(
        constant(np.array([2, 3])).results[0], value=np.array([7], np.int32)
    )
    assert str(tensor.results[0].type) == "tensor<2x3xi32>"
    entry = onnx.EntryPoint(func="main_graph")
    assert entry.func == "main_graph"
    assert verify(module) == [] or "MaxPool" in str(verify(module)[0])


@pytest.mark.usefixtures("module")
def test_attributes_pass_through() -> None:
    alpha = ir.FloatAttr.get_f32(0.25)
    assert onnx.Elu(ones(2), alpha=alpha).alpha == 0.25
    assert onnx.Elu(ones(2), alpha=None).alpha == 1.0


def test_discardable_attributes(module: ir.Module) -> None:
    onnx.Relu(ones(2), onnx_node_name="relu_1")
    assert '"onnx.Relu"(%0) {onnx_node_name = "relu_1"}' in to_text(module)


@pytest.mark.usefixtures("module")
def test_result_types_are_inferred_or_given() -> None:
    assert str(onnx.MatMul(ones(5, 2), ones(2, 3)).results[0].type) == "tensor<5x3xf32>"
    given = ir.Type.parse("tensor<*xf32>")
    assert onnx.MatMul(ones(5, 2), ones(2, 3), results=[given]).results[0].type == given
    # From the value of a constant operand, as ONNX's inference does.
    shape = constant(np.array([4, 1])).results[0]
    assert str(onnx.Reshape(ones(2, 2), shape).results[0].type) == "tensor<4x1xf32>"
    assert [
        str(r.type)
        for r in onnx.Split(ones(4), None, num_outputs=2, results=[given, given]).results
    ] == ["tensor<*xf32>"] * 2


def test_location_and_insertion_point(module: ir.Module) -> None:
    first = onnx.Relu(ones(2))
    location = ir.Location.file("m.onnx", 3, 4)
    second = onnx.Neg(ones(2), loc=location, ip=ir.InsertionPoint(first))
    assert second.location == location
    names = [op.operation.name for op in module.body.operations]
    assert names.index("onnx.Neg") < names.index("onnx.Relu")


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: onnx.Gemm(A=ones(1, 2), Bee=ones(2, 2)), r"onnx.Gemm has no operand or attribute 'Bee'"),
        (lambda: onnx.Gemm(ones(1, 2), ones(2, 2), alhpa=1.0), r"no operand or attribute 'alhpa'; did you mean 'alpha'\?"),
        (lambda: onnx.Gemm(ones(1), ones(1), ones(1), ones(1)), r"onnx.Gemm takes 3 operands, got 4"),
        (lambda: onnx.Gemm(ones(1, 2), ones(2, 2), alpha="big"), r"alpha|float"),
        (lambda: onnx.Gemm(ones(1, 2)), r"B"),
        (lambda: onnx.Gemm(ones(1, 2), ones(3, 2)), r"onnx.Gemm: "),
        (lambda: onnx.Cast(ones(1), to="f16"), r"expected a type"),
        (lambda: onnx.Custom([ones(1)], function_name="f"), r"onnx.Custom: .*give the result types as `results`"),
        (lambda: onnx.Relu(ones(1), axis=1), r"no operand or attribute 'axis'"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("module")
def test_mistakes_are_type_errors(build: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        build()


def test_docstrings() -> None:
    doc = onnx.Gemm.__doc__ or ""
    assert doc.startswith("onnx.Gemm (ai.onnx Gemm-13)")
    assert "General Matrix multiplication" in doc
    assert "    C (optional): tensor(bfloat16)" in doc
    assert "    alpha (float, default 1.0)" in doc
    assert "    axis (int, required)" in (onnx.Concat.__doc__ or "")


def test_ops_of_text_show_their_class() -> None:
    module, gemm = the_gemm()
    assert type(gemm).__name__ == "Gemm"
    assert isinstance(gemm.operation.opview, onnx.Gemm)
    assert gemm.C is None
    del module
