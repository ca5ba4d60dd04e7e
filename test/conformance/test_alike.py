# SPDX-License-Identifier: Apache-2.0
"""Inference once for nodes that are alike finds what the inference of the whole graph finds, or nothing.

What it takes for alike becomes the same op on the same types, so that one of each kind is verified.
"""

from __future__ import annotations

import warnings

import onnx
import pytest
from corpus import folder_cases, node_cases
from onnx import parser

from onnx_opt.dialect import make_context
from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.ops.schema import spec_of
from onnx_opt.importer import import_model
from onnx_opt.importer.alike import Types, infer_alike
from onnx_opt.importer.inference import infer, weight_types
from onnx_opt.importer.read_nodes import read_nodes
from onnx_opt.importer.tensors import TensorReader, read_tensors
from onnx_opt.importer.value_types import infos_of

CNN = """<ir_version: 8, opset_import: ["" : 17]>
g (float[N,3,8,8] x) => (float[N,2] y)
<float[4,3,1,1] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
 float[4] s = {1, 1, 1, 1}, float[4,2] v = {1, 2, 3, 4, 5, 6, 7, 8}>
{
  a = Conv(x, w)
  b = BatchNormalization(a, s, s, s, s)
  c = Relu(b)
  d = Conv(x, w)
  e = Relu(d)
  f = Add(c, e)
  h = GlobalAveragePool(f)
  i = Flatten(h)
  y = Gemm(i, v)
}"""


def found_in(model: onnx.ModelProto) -> Types | None:
    weights = weight_types(read_tensors(model.graph.initializer))
    found = infer_alike(model, read_nodes(model.graph.node), weights)
    return None if found is None else found.types


def found_in_whole(model: onnx.ModelProto) -> Types:
    graph = infer(model, model.graph.node, TensorReader(None, [], set()))
    assert graph is not None
    # Of weights that it is shown whole it says no more than they do.
    weights = weight_types(read_tensors(model.graph.initializer))
    return weights | {info.name: info.type for info in infos_of(graph)}


def test_finds_what_the_whole_graph_gives() -> None:
    model = parser.parse_model(CNN)
    types = found_in(model)
    assert types is not None
    assert types == found_in_whole(model)
    assert types["f"].tensor_type.shape.dim[0].dim_param == "N"


def test_finds_what_the_whole_graph_gives_on_every_model_of_onnx() -> None:
    seen = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for case in (*node_cases(), *folder_cases()):
            model = case.model()
            types = found_in(model)
            if types is not None:
                seen += 1
                assert types == found_in_whole(model), case.name
    assert seen > 400


def kind_of(op: ir.Operation) -> tuple[object, ...] | None:
    """What the verifier sees of an op; None if it is not made for a node."""
    spec = spec_of(op)
    if spec is None or spec.name in ("Constant", "NoValue", "Return", "EntryPoint"):
        return None
    attributes = tuple(str(op.attributes.get(name)) for name in spec.attributes)
    types = (value.type for value in op.operands)
    return op.name, *types, None, *op.results.types, len(op.regions), *attributes


def kinds_told(model: onnx.ModelProto) -> int:
    """How many ops the importer tells; each op of the module is of the kind of one of them."""
    told: list[ir.Operation] = []
    module = import_model(model, context=make_context(), tell_kind=told.append)
    known = {kind_of(op) for op in told} | {None}

    def visit(op: ir.Operation) -> ir.WalkResult:
        assert kind_of(op) in known, f"{model.graph.name}: {op}"
        return ir.WalkResult.ADVANCE

    module.operation.walk(visit)
    return len(told)


def test_one_op_of_each_kind_is_told() -> None:
    text = CNN.replace(
        "e = Relu(d)",
        "e = Relu(d)\n e1 = Relu(e)\n e2 = LeakyRelu(e1)\n e3 = LeakyRelu<alpha = 0.5>(e2)",
    )
    assert kinds_told(parser.parse_model(text)) == 9


def test_one_op_of_each_kind_is_told_of_every_model_of_onnx(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "onnx_opt.importer.model.is_needed", lambda _: True
    )  # else few are inferred
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for case in (*node_cases(), *folder_cases()):
            model = case.model()
            if found_in(model) is not None:
                assert kinds_told(model)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("8] x)", "8] x, float[?] u)", id="a size of an input has no name"),
        pytest.param("float[N,2] y", "float[M,2] y", id="an output is stated otherwise"),
        pytest.param("float[N,2] y", "float y", id="an output is stated without a shape"),
        pytest.param("x)", "x, float[4] s)", id="an initializer may be overridden"),
        pytest.param("8}>", "8}, float[N,4,8,8] e>", id="a type is stated"),
        pytest.param("Relu(d)", "Relu(unknown)", id="a value is made by nothing"),
        pytest.param("Relu(d)", "Custom.Relu(d)", id="an op is not known"),
        pytest.param("c = Relu(b)", "c = Relu(b)\n k = Gather(s, at)", id="an op looks at numbers"),
        pytest.param("c = Relu(b)", "c = Relu(b)\n k = NonZero(b)", id="a size is invented"),
        pytest.param("Add(c, e)", "Add(c, v)", id="inference refuses a node"),
        pytest.param(
            "e = Relu(d)", "k = Constant<value = float {1}>()\n e = Add(d, k)", id="tensor"
        ),
    ],
)
def test_leaves_other_graphs_to_the_whole(old: str, new: str) -> None:
    assert old in CNN
    text = CNN.replace(old, new).replace("Custom.Relu", "custom.Relu")
    text = text.replace('"" : 17', '"" : 17, "custom" : 1')
    text = text.replace("8}", "8}, int64[1] at = {0}") if "at)" in text else text
    assert found_in(parser.parse_model(text)) is None


def test_leaves_inputs_without_a_shape_to_the_whole() -> None:
    model = parser.parse_model(CNN)
    model.graph.input.add(name="u").type.tensor_type.elem_type = onnx.TensorProto.FLOAT
    assert found_in(model) is None


def test_leaves_calls_of_functions_to_the_whole() -> None:
    model = parser.parse_model(CNN)
    model.functions.add(name="f")
    assert found_in(model) is None


def test_leaves_sparse_weights_to_the_whole() -> None:
    model = parser.parse_model(CNN)
    model.graph.sparse_initializer.add()
    assert found_in(model) is None
