# SPDX-License-Identifier: Apache-2.0
"""What --decompose-onnx makes of an op computes the same, by onnx's reference evaluator or by ONNX Runtime."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from onnx_opt.dialect import DiagnosticError, make_context, parse, verify
from onnx_opt.exporter import export_model
from onnx_opt.importer import import_model
from onnx_opt.passes.decompose_onnx import PASS
from onnx_opt.passes.recompose_onnx import PASS as RECOMPOSE
from onnx_opt.passes.rewriting import Rule
from onnx_opt.proving.verdicts import PROVEN, prove


def decomposed(text: str, **options: object) -> tuple[onnx.ModelProto, str]:
    """The model of a function after the pass, and its text."""
    module = parse(text, context=make_context())
    PASS.run(module.operation, options)
    assert verify(module) == []
    return export_model(module), str(module)


def type_of(array: np.ndarray[Any, Any]) -> str:
    names = {"float32": "f32", "float16": "f16", "int64": "i64", "int32": "i32"}
    return "tensor<" + "".join(f"{size}x" for size in array.shape) + names[array.dtype.name] + ">"


def function(
    op: str, operands: list[np.ndarray[Any, Any]], result: str, attributes: str = ""
) -> str:
    types = [type_of(each) for each in operands]
    arguments = ", ".join(f"%a{i}: {type_}" for i, type_ in enumerate(types))
    names = ", ".join(f"%a{i}" for i in range(len(types)))
    return f"""func.func @main({arguments}) -> {result} {{
      %y = "onnx.{op}"({names}) {{{attributes}}} : ({", ".join(types)}) -> {result}
      onnx.Return %y : {result}
    }}"""


def evaluate(model: onnx.ModelProto, operands: list[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    names = [each.name for each in model.graph.input]
    results: Any = ReferenceEvaluator(model).run(None, dict(zip(names, operands, strict=True)))
    found: np.ndarray[Any, Any] = results[0]
    return found


EQUATIONS = (
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("bij,bjk->bik", (5, 2, 3), (5, 3, 4)),
    ("bij,bjk->bik", (1, 2, 3), (5, 3, 4)),
    ("...ij,...jk", (2, 3, 4), (4, 5)),
    ("...ij,...jk", (2, 3, 1), (1, 4, 5)),
    ("ii->i", (3, 3)),
    ("ii", (3, 3)),
    ("iji->j", (3, 2, 3)),
    ("...ii->...", (2, 3, 3)),
    ("ij->ji", (2, 3)),
    ("ij->", (2, 3)),
    ("i,j->ij", (2,), (3,)),
    ("i,i->i", (2,), (2,)),
    ("ab,bc,cd->ad", (2, 3), (3, 4), (4, 2)),
    ("abc,abd,ab->cd", (2, 3, 4), (2, 3, 2), (2, 3)),
    ("i...,...i->...", (2, 3), (3, 2)),
    ("ba,Aa->bA", (2, 3), (4, 3)),
    ("ij,jk->ik", (2, 0), (0, 4)),
)


@pytest.mark.parametrize("case", EQUATIONS, ids=lambda case: f"{case[0]} {case[1:]}")
def test_einsum_is_what_numpy_says(case: tuple[Any, ...]) -> None:
    equation, *shapes = case
    rng = np.random.default_rng(0)
    # Small integers: every sum is exact.
    operands = [rng.integers(-3, 4, shape).astype(np.float32) for shape in shapes]
    expected = np.einsum(equation, *operands)
    text = function("Einsum", operands, type_of(np.asarray(expected)), f'equation = "{equation}"')
    model, after = decomposed(text)
    assert "onnx.Einsum" not in after
    np.testing.assert_array_equal(evaluate(model, operands), expected)


def spread(x: np.ndarray[Any, Any], strides: list[int], pads: list[int]) -> np.ndarray[Any, Any]:
    """UpsampleAndPad: strides - 1 zeros between the elements of spatial axes, pads around them."""
    sizes = [(n - 1) * s + 1 for n, s in zip(x.shape[2:], strides, strict=True)]
    out = np.zeros((*x.shape[:2], *sizes), x.dtype)
    every = slice(None)
    places = (every, every, *[slice(None, None, s) for s in strides])
    out[places] = x
    count = len(strides)
    around = [(pads[i], pads[count + i]) for i in range(count)]
    return np.pad(out, [(0, 0), (0, 0), *around])


CONV_TRANSPOSES = (
    *(
        ", ".join(filter(None, each))
        for each in itertools.product(
            ("", "strides = [2, 3]"),
            ("", "dilations = [2, 1]"),
            ("", "pads = [1, 0, 0, 1]", *(f'auto_pad = "{mode}"' for mode in ("SAME_UPPER", "SAME_LOWER", "VALID"))),
            ("", "group = 2 : si64"),
        )
    ),
    *(
        f'output_shape = {shape}, strides = [2, 3], auto_pad = "{mode}"'
        for shape in ([9, 8], [8, 7])
        for mode in ("NOTSET", "SAME_UPPER", "SAME_LOWER")
    ),
    "output_padding = [1, 2], strides = [2, 3]",
)  # fmt: skip


@pytest.mark.parametrize("attributes", CONV_TRANSPOSES)
def test_conv_transpose_is_a_conv(attributes: str) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    rng = np.random.default_rng(1)
    group = 2 if "group" in attributes else 1
    operands = [
        rng.integers(-3, 4, shape).astype(np.float32)
        for shape in ((1, 4, 4, 3), (4, 2, 3, 2), (2 * group,))
    ]
    text = function("ConvTranspose", operands, "tensor<1x?x?x?xf32>", attributes)
    before = export_model(parse(text, context=make_context()))
    session = onnxruntime.InferenceSession(before.SerializeToString())
    names = [each.name for each in before.graph.input]
    expected = session.run(None, dict(zip(names, operands, strict=True)))[0]
    module = parse(text, context=make_context())
    PASS.run(module.operation)
    body = list(module.body.operations[0].regions[0].blocks[0].operations)
    if body[0].operation.name == "onnx.ConvTranspose":
        # Where the kernel reaches less far than the stride, there is nothing to cut off.
        assert "SAME" in attributes
        assert "strides" in attributes
        return
    conv: Any = next(op for op in body if op.operation.name == "onnx.Conv")
    upsample: Any = body[0]
    weights = operands[1].reshape(group, 4 // group, 2, 3, 2)[..., ::-1, ::-1]
    weights = np.swapaxes(weights, 1, 2).reshape(2 * group, 4 // group, 3, 2)
    x = spread(operands[0], upsample.strides, upsample.pads)
    given = [x, np.ascontiguousarray(weights), operands[2]]
    after = function(
        "Conv",
        given,
        "tensor<1x?x?x?xf32>",
        f"group = {group} : si64, dilations = {conv.dilations}",
    )
    model = export_model(parse(after, context=make_context()))
    session = onnxruntime.InferenceSession(model.SerializeToString())
    names = [each.name for each in model.graph.input]
    found = session.run(None, dict(zip(names, given, strict=True)))[0]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("turned", [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_fused_matmul(turned: tuple[int, int]) -> None:
    rng = np.random.default_rng(2)
    a = rng.integers(-3, 4, (3, 4) if not turned[0] else (4, 3)).astype(np.float32)
    b = rng.integers(-3, 4, (4, 5) if not turned[1] else (5, 4)).astype(np.float32)
    attributes = (
        'alpha = 5.0e-01 : f32, domain_name = "com.microsoft", function_name = "FusedMatMul", '
        f"transA = {turned[0]} : si64, transB = {turned[1]} : si64"
    )
    model, _ = decomposed(function("Custom", [a, b], "tensor<3x5xf32>", attributes))
    expected = (a.T if turned[0] else a) @ (b.T if turned[1] else b) / 2
    np.testing.assert_array_equal(evaluate(model, [a, b]), expected)


def test_a_product_of_vectors_stays_a_scalar() -> None:
    a = np.array([1, 2, 3], np.float32)
    attributes = (
        'alpha = 2.0 : f32, domain_name = "com.microsoft", function_name = "FusedMatMul", '
        "transA = 0 : si64, transB = 0 : si64"
    )
    model, _ = decomposed(function("Custom", [a, a], "tensor<f32>", attributes))
    assert evaluate(model, [a, a]).shape == ()
    assert evaluate(model, [a, a]) == 28


def test_hard_swish_where_it_is_asked_for() -> None:
    x = np.linspace(-5, 5, 41, dtype=np.float32)
    text = function("HardSwish", [x], "tensor<41xf32>")
    model, after = decomposed(text, decompose_op_in_onnx=frozenset({"HardSwish"}))
    assert "HardSwish" not in after
    expected = x * np.clip(x / 6 + 0.5, 0, 1)
    # Four roundings of numbers up to 5.
    np.testing.assert_allclose(evaluate(model, [x]), expected, rtol=0, atol=4 * 5 * 2**-24)


@pytest.mark.parametrize("scale", [0.5, 1.5, 2.0, 2.5])
def test_upsample_repeats_what_is_below(scale: float) -> None:
    x = np.arange(1, 7, dtype=np.float32).reshape(1, 1, 6)
    size = int(6 * scale)
    attributes = f'mode = "nearest", scales = [1.0 : f32, 1.0 : f32, {scale} : f32]'
    model, _ = decomposed(function("UpsampleV7", [x], f"tensor<1x1x{size}xf32>", attributes))
    expected = x[:, :, [int(i / scale) for i in range(size)]]
    np.testing.assert_array_equal(evaluate(model, [x]), expected)


@pytest.mark.parametrize("rule", [*PASS.rules, *RECOMPOSE.rules], ids=lambda rule: rule.name)
def test_equations_are_proven(rule: Rule) -> None:
    assert prove(rule, rule.name).outcome == PROVEN


def old_model(*nodes: onnx.NodeProto) -> onnx.ModelProto:
    """A model of opset 11 that splits a vector of 4 elements."""
    vectors = [
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [size])
        for name, size in (("x", 4), ("a", 2), ("b", 2))
    ]
    split = onnx.helper.make_node("Split", ["x"], ["a", "b"], split=[2, 2])
    graph = onnx.helper.make_graph([split, *nodes], "g", vectors[:1], vectors[1:])
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 11)])


def test_a_model_imports_the_opset_of_what_it_is_decomposed_into() -> None:
    module = import_model(old_model(), context=make_context(), filename="split")
    PASS.run(module.operation)
    model = export_model(module)
    onnx.checker.check_model(model, full_check=True)
    assert [entry.version for entry in model.opset_import] == [18]
    x = np.arange(4, dtype=np.float32)
    np.testing.assert_array_equal(evaluate(model, [x]), x[:2])


def test_an_op_that_no_such_opset_has_is_told() -> None:
    """A ReduceMean that has its axes as an attribute is of opsets before 18."""
    mean = onnx.helper.make_node("ReduceMean", ["x"], ["m"], axes=[0])
    module = import_model(old_model(mean), context=make_context(), filename="split")
    PASS.run(module.operation)
    with pytest.raises(
        DiagnosticError, match="stands for Split-18, but the model imports opset 11"
    ):
        export_model(module)
