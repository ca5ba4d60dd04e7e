# SPDX-License-Identifier: Apache-2.0
"""What a caller may ask of an import: functions inlined, ops decomposed, types inferred anew, sizes named."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest

from onnx_opt.dialect import DiagnosticError, make_context, to_text, verify
from onnx_opt.exporter import export_model
from onnx_opt.importer import Requests, import_model

INLINE = Requests(inline_functions=True)
X = np.array([[-2, -1, 0], [0.5, 1, 3]], np.float32)


def function_model(
    body: str, functions: str, opsets: str = '"": 18, "local": 1'
) -> onnx.ModelProto:
    """A model from x to y, of two rows and three columns."""
    return onnx.parser.parse_model(
        f"""<ir_version: 10, opset_import: [{opsets}]> g (float[2, 3] x) => (float[2, 3] y) {{ {body} }} {functions}"""
    )


def read(model: onnx.ModelProto, requests: Requests) -> tuple[str, onnx.ModelProto]:
    """The text of a model's valid module, and the model that is made of it."""
    module = import_model(model, context=make_context(), requests=requests)
    assert verify(module) == []
    written = export_model(module)
    onnx.checker.check_model(written, full_check=True)
    return to_text(module), written


def outputs(model: onnx.ModelProto) -> Any:
    """What onnxruntime computes."""
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, {model.graph.input[0].name: X})


LEAKY = """<domain: "local", opset_import: ["": 18]>
    leaky <slope: float = 0.5> (a) => (b) { b = LeakyRelu<alpha: float = @slope>(a) }"""
TWICE = """<domain: "local", opset_import: ["": 18, "local": 1]>
    twice <slope> (a) => (b) { t = local.leaky<slope: float = @slope>(a) b = local.leaky(t) }"""
COPY = """<domain: "local", opset_import: ["": 18]> both (b_copy, b) => (b, c) { c = Neg(b) }"""
BRANCH = """<domain: "local", opset_import: ["": 18, "local": 1]> branch (a) => (b) {
    s = ReduceSum<keepdims = 0>(a)
    c = Cast<to = 9>(s)
    b = If(c) <then_branch = t () => (q) { q = local.leaky(a) }, else_branch = e () => (q) { q = Neg(a) }>
}"""


@pytest.mark.parametrize(
    ("body", "functions"),
    [
        ("y = local.leaky(x)", LEAKY),
        ("y = local.leaky<slope = 0.25>(x)", LEAKY),
        ("t = local.leaky<slope = 0.25>(x) y = local.leaky(t)", LEAKY),
        ("y = local.twice<slope = 0.125>(x)", LEAKY + TWICE),
        ("y = local.branch(x)", LEAKY + BRANCH),
    ],
)
def test_inlined_functions_compute_the_same(body: str, functions: str) -> None:
    """Attributes given, handed on and left to their default; a call in a branch."""
    model = function_model(body, functions)
    before = model.SerializeToString()
    text, written = read(model, INLINE)
    assert "onnx.Custom" not in text
    assert text.count("func.func") == 1
    assert not written.functions
    np.testing.assert_array_equal(outputs(written), outputs(model))
    assert model.SerializeToString() == before


@pytest.mark.parametrize(
    ("body", "expected"),
    [("y, c = local.both(x, x)", X), ("a, c = local.both(x, x) y = Sub(a, c)", 2 * X)],
)
def test_an_output_of_a_function_may_be_its_input(body: str, expected: Any) -> None:
    """Which onnxruntime refuses."""
    written = read(function_model(body, COPY), INLINE)[1]
    np.testing.assert_array_equal(outputs(written)[0], expected)


def test_functions_stay_unless_they_are_asked_for() -> None:
    """As they do where they mean other versions of ops than the model does."""
    model = function_model("y = local.leaky(x)", LEAKY)
    assert "func.func @local_leaky_0" in read(model, Requests())[0]
    model.functions[0].opset_import[0].version = 15
    module = import_model(model, context=make_context(), requests=INLINE)
    assert "func.func @local_leaky_0" in to_text(module)


def test_inlined_nodes_bring_their_opsets() -> None:
    """The model does not import that of domain `far`."""
    near = (
        """<domain: "local", opset_import: ["": 18, "far": 7]> near (a) => (b) { b = far.Op(a) }"""
    )
    module = import_model(
        function_model("y = local.near(x)", near), context=make_context(), requests=INLINE
    )
    assert 'domain_name = "far"' in to_text(module)
    assert [(e.domain, e.version) for e in export_model(module).opset_import][-1] == ("far", 7)


def test_recursive_functions() -> None:
    """Are no functions in ONNX."""
    model = function_model("y = local.f(x)", '<domain: "local", opset_import: ["local": 1]> f (a) => (b) { b = local.f(a) }')  # fmt: skip
    with pytest.raises(DiagnosticError, match="cannot inline its functions: Cycle detected"):
        read(model, INLINE)


@pytest.mark.parametrize(
    "node",
    [
        "Elu(x)",
        "Selu(x)",
        "Softmax(x)",
        "Softmax<axis = 0>(x)",
        "LeakyRelu<alpha = 0.25>(x)",
        "HardSigmoid(x)",
        "CastLike(x, x)",
        "LayerNormalization(x, s)",
        "Mish(x)",
    ],
)
def test_decomposed_ops_compute_the_same(node: str) -> None:
    """Ops of which ONNX says which others they are made of, with their defaults: within three roundings of float32."""
    model = function_model(f"s = Constant<value = float[3] {{1, 2, 3}}>() y = {node}", "")
    op = node.partition("(")[0].partition("<")[0]
    text, written = read(model, Requests(decomposed=frozenset((op,))))
    assert f"onnx.{op}" not in text
    assert f"onnx.{op}" in read(model, Requests())[0]
    eps = float(np.finfo(np.float32).eps)
    np.testing.assert_allclose(outputs(written), outputs(model), rtol=3 * eps, atol=3 * eps)


def test_a_function_of_the_model_is_decomposed_by_its_name() -> None:
    """And no other."""
    model = function_model(
        "t = local.leaky(x) y = local.twice(t)", LEAKY + TWICE.replace("<slope>", "")
    )
    negative = """<domain: "local", opset_import: ["": 18]> negative (a) => (b) { b = Neg(a) }"""
    model = function_model("t = local.leaky(x) y = local.negative(t)", LEAKY + negative)
    text, written = read(model, Requests(decomposed=frozenset(("leaky",))))
    assert "func.func @local_negative" in text
    assert "func.func @local_leaky" not in text
    np.testing.assert_array_equal(outputs(written), outputs(model))


def test_an_op_that_is_made_of_no_others() -> None:
    with pytest.raises(
        DiagnosticError,
        match="ONNX defines no op 'LayerNormalisation' by others; did you mean 'LayerNormalization'",
    ):
        read(
            function_model("y = Relu(x)", ""),
            Requests(decomposed=frozenset(("LayerNormalisation",))),
        )


TYPED = """<ir_version: 8, opset_import: ["": 18, "far": 1]>
    g (float[n, 3] x) => (float[m, 3] y, float[2, 3] z, float[] u)
    <float[2, 3] t, float[5] f> { t = Neg(x) y = Abs(t) f = far.Op(t) z = far.Op(f) u = Abs(t) }"""


def test_types_that_a_model_states() -> None:
    """Are believed, and what they leave open is inferred."""
    text = to_text(import_model(onnx.parser.parse_model(TYPED), context=make_context()))
    assert '"onnx.Neg"(%arg0) : (tensor<?x3xf32>) -> tensor<2x3xf32>' in without_records(text)
    assert 'tensor<2x3xf32> {onnx.name = "u"' in text


def test_types_inferred_anew() -> None:
    """But for those of values that inference knows nothing of; the names of sizes are those that the model states."""
    requests = Requests(model_types=False)
    module = import_model(onnx.parser.parse_model(TYPED), context=make_context(), requests=requests)
    text = to_text(module)
    assert '"onnx.Neg"(%arg0) : (tensor<?x3xf32>) -> tensor<?x3xf32>' in without_records(text)
    assert 'tensor<?x3xf32> {onnx.dim_params = "0:m", onnx.name = "y"}' in text
    assert 'tensor<2x3xf32> {onnx.name = "z"}' in text
    assert 'tensor<?x3xf32> {onnx.name = "u"}' in text
    assert "-> tensor<5xf32>" in text


def without_records(text: str) -> str:
    """Text without the attributes that ops do not own."""
    return "\n".join(
        line.replace(line[line.find(" {onnx.") : line.find("} :") + 1], "")
        for line in text.splitlines()
    )


NAMED = """<ir_version: 8, opset_import: ["": 18]>
    g (float[n, ?] a, float w, float[m, 3] b) => (float[n, ?] y) <float w = {1}> { y = Mul(a, w) }"""


@pytest.mark.parametrize(
    ("names", "first", "second"),
    [
        (((0, 1, "k"),), "1:k", "0:m"),
        (((0, 0, "p"), (0, 1, "q")), "0:p,1:q", "0:m"),
        (((-1, 0, "p"), (-1, 1, "q")), "0:p,1:q", "0:p"),
        (((-1, 0, "p"), (1, 0, "q")), "0:p", "0:q"),
    ],
)
def test_named_sizes(names: tuple[tuple[int, int, str], ...], first: str, second: str) -> None:
    """In place of all names that the model gives to sizes of the same input."""
    model = onnx.parser.parse_model(NAMED)
    requests = Requests(freeze_initializers=True, dim_names=names)
    text, written = read(model, requests)
    assert f'onnx.dim_params = "{first}", onnx.name = "a"' in text
    assert f'onnx.dim_params = "{second}", onnx.name = "b"' in text
    dims = [size.dim_param for size in written.graph.input[0].type.tensor_type.shape.dim]
    assert ",".join(f"{axis}:{name}" for axis, name in enumerate(dims) if name) == first


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ((1, 1, "k"), "'k' cannot name size 1 of input 'b': it has no such open size"),
        ((0, 2, "k"), "'k' cannot name size 2 of input 'a': it has no such open size"),
        ((2, 0, "k"), "there is no input 2 whose sizes could have names"),
    ],
)
def test_sizes_that_cannot_have_names(name: tuple[int, int, str], said: str) -> None:
    requests = Requests(freeze_initializers=True, dim_names=(name,))
    with pytest.raises(DiagnosticError, match=said):
        read(onnx.parser.parse_model(NAMED), requests)


def test_outputs_have_the_names_that_inference_gives_to_their_sizes() -> None:
    """As in onnx-mlir; the model that is written says what it said."""
    model = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["": 18]> g (float[n, m] a) => (float[] y, float[?, m] z)
        { y = Neg(a) z = Abs(y) }"""
    )
    text, written = read_unchecked(model)
    assert 'tensor<?x?xf32> {onnx.dim_params = "0:n,1:m", onnx.name = "y"' in text
    assert 'tensor<?x?xf32> {onnx.dim_params = "0:n,1:m", onnx.name = "z"' in text
    assert written.graph.output == model.graph.output


def test_graphs_in_nodes_have_such_names_too() -> None:
    """A body says nothing of the size of its input: inference makes a name up, as in onnx-mlir."""
    model = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["": 18]> g (seq(float[?, 3]) x) => (seq(float[?, 3]) y)
        { y = SequenceMap(x) <body = b (float[?, 3] e) => (float[?, 3] f) { f = Neg(e) }> }"""
    )
    text, written = read_unchecked(model)
    assert 'input_dim_params = ["0:unk__0"], input_names = ["e"]' in text
    assert 'output_dim_params = ["0:unk__0"], output_names = ["f"]' in text
    body, before = (each.graph.node[0].attribute[0].g for each in (written, model))
    assert (body.input, body.output) == (before.input, before.output)


def read_unchecked(model: onnx.ModelProto) -> tuple[str, onnx.ModelProto]:
    """`read` of a model that the checker refuses, as it states no rank."""
    module = import_model(model, context=make_context())
    assert verify(module) == []
    return to_text(module), export_model(module)


def test_inlined_values_have_the_names_that_they_had_where_these_are_free() -> None:
    """The first value of each name; in bodies of nodes too."""
    model = function_model("t = local.branch(x) u = local.branch(t) y = Add(t, u)", LEAKY + BRANCH)
    graph = read(model, INLINE)[1].graph
    first = [name for node in graph.node[:3] for name in node.output]
    assert first == ["s", "c", "t"]
    assert graph.node[2].attribute[0].g.output[0].name == "q"
    second = [name for node in graph.node[3:6] for name in node.output]
    assert second[:2] != first[:2]
    assert second[2] == "u"
    model = function_model("s = Neg(x) y = local.branch(s)", LEAKY + BRANCH)
    graph = read(model, INLINE)[1].graph
    assert [node.output[0] for node in graph.node[:2]] == ["s", "s__1"]
