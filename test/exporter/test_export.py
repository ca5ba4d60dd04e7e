# SPDX-License-Identifier: Apache-2.0
"""Models from IR: exactly the imported one, the right one for what passes and people wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest
from equality import difference
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from onnx_opt.dialect import (
    DiagnosticError,
    constant,
    make_context,
    parse,
    to_bytecode,
    to_text,
    verify,
)
from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.types import ELEMENT_TYPES
from onnx_opt.exporter import export_model
from onnx_opt.importer import import_model


def assert_exact(model: onnx.ModelProto) -> ir.Module:
    """Export gives the model back, from its module and from that module's text, with provenance, and bytecode."""
    module = import_model(model, context=make_context())
    assert difference(model, export_model(module)) == ""
    text = to_text(module, debuginfo=True)
    assert difference(model, export_model(parse(text, context=make_context()))) == ""
    assert difference(model, export_model(parse(to_bytecode(module), context=make_context()))) == ""
    return module


def simple() -> onnx.ModelProto:
    """Two nodes and an initializer."""
    return onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["": 17]> g (float[N, 2] x) => (float[N, 2] y) <float[2] w = {1, 2}> {
            [a] t = Add(x, w)
            [b] y = LeakyRelu<alpha = 0.5>(t)
        }"""
    )


def rich() -> onnx.ModelProto:
    """Everything beside graph and nodes that a model can say."""
    model = simple()
    model.producer_name, model.producer_version, model.domain = "p", "1.0", "d"
    model.model_version, model.doc_string = 3, 'text "quoted"\n\té'
    model.metadata_props.add(key="k", value="v")
    model.metadata_props.add(key="a", value="first though later")
    model.training_info.add().algorithm.name = "alg"
    model.configuration.add(name="cfg", num_devices=2)
    graph = model.graph
    graph.doc_string = "about the graph"
    graph.metadata_props.add(key="gk", value="gv")
    annotation = graph.quantization_annotation.add(tensor_name="t")
    annotation.quant_parameter_tensor_names.add(key="SCALE_TENSOR", value="w")
    graph.value_info.append(helper.make_tensor_value_info("t", 1, ["N", 2], "about t"))
    graph.value_info.append(helper.make_tensor_value_info("w", 1, [2]))
    graph.value_info.append(helper.make_tensor_value_info("ghost", 7, None))
    graph.initializer[0].doc_string = "about w"
    graph.initializer[0].metadata_props.add(key="wk", value="wv")
    graph.input[0].doc_string = "about x"
    graph.input[0].metadata_props.add(key="xk", value="xv")
    graph.output[0].type.denotation = "TENSOR"
    graph.output[0].type.tensor_type.shape.dim[0].denotation = "DATA_BATCH"
    node = graph.node[0]
    node.doc_string, node.overload = "about a", ""
    node.metadata_props.add(key="nk", value="nv")
    node.device_configurations.add(configuration_id="cfg")
    graph.node[1].attribute[0].doc_string = "about alpha"
    model.opset_import.add(domain="com.unused", version=7)
    return model


def custom() -> onnx.ModelProto:
    """A custom node with attributes of every kind."""
    graph = onnx.parser.parse_graph("body (float[2] i) => (float[2] o) { o = Add(x, i) }")
    sparse = helper.make_sparse_tensor(
        helper.make_tensor("v", 1, [2], [1, 2]),
        helper.make_tensor("places", 7, [2], [0, 3]),
        [2, 2],
    )
    type_ = helper.make_tensor_type_proto(1, ["named", 2])
    tensor = numpy_helper.from_array(np.array([1, 2], np.int8), "named")
    node = helper.make_node(
        "F", ["x", "", "x", ""], ["y", "", "z"], domain="com.x", zeta=1, ints=[1, 2], f=-0.0, floats=[float("nan"), 1.5],
        s=b"\xff\x00\x01", strings=["a", 'b"'], tensor=tensor, tensors=[tensor, tensor], g=graph, gs=[graph, graph],
        sparse=sparse, sparses=[sparse], tp=type_, tps=[type_], function_name="clash", domain_name="clash",
        onnx_node_name="clash", inputs_for_infer=[0],
    )  # fmt: skip
    node.attribute.reverse()
    kinds = onnx.AttributeProto
    for kind in (
        kinds.INTS,
        kinds.FLOATS,
        kinds.STRINGS,
        kinds.TENSORS,
        kinds.GRAPHS,
        kinds.TYPE_PROTOS,
        kinds.SPARSE_TENSORS,
    ):
        node.attribute.append(onnx.AttributeProto(name=f"empty {kind}", type=kind))
    node.attribute.append(helper.make_attribute("one graph in a list", [graph]))
    node.attribute[0].doc_string = "about it"
    made = helper.make_graph(
        [node], "g", [helper.make_tensor_value_info("x", 1, [2])],
        [helper.make_tensor_value_info("y", 1, [2]), helper.make_tensor_value_info("z", 1, None)],
    )  # fmt: skip
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.x", 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=8)


def functions() -> onnx.ModelProto:
    """Model-local functions, overloaded, nested, under another opset, with attributes of both kinds."""
    model = onnx.parser.parse_model(
        """<ir_version: 10, opset_import: ["": 17, "l": 1]> g (float[2] x) => (float[2] z) {
            y = l.f<a = 2.0>(x, x)
            z = l.f:two(y)
        }
        <opset_import: ["": 11, "l": 1], domain: "l", doc_string: "doc"> f<a, b: float = 1.0>(x, y) => (z, x) {
            k = Constant<value = float[2] {1, 2}>()
            c = Constant<value_float: float = @a>()
            t = Mul(k, y)
            u = If(x) <then_branch = n () => (r) { r = LeakyRelu<alpha: float = @b>(t) }, else_branch = e () => (q) { q = Abs(t) }>
            z = l.f:two(u)
        }
        <opset_import: ["": 12], domain: "l", overload: "two"> f(x) => (y) { y = Relu(x) }"""
    )
    model.functions[0].value_info.append(helper.make_tensor_value_info("t", 1, ["N"]))
    model.functions[0].metadata_props.add(key="k", value="v")
    return model


def lists_constants(ir_version: int) -> onnx.ModelProto:
    """Initializers among the inputs, in between the others, one with a doc string and without its shape."""
    model = onnx.parser.parse_model(
        f"""<ir_version: {ir_version}, opset_import: ["": 9]>
        g (float[2] a, float[2] x, float[2] b, float[2] z) => (float[2] y) {{ t = Add(x, a) u = Add(t, b) y = Add(u, z) }}"""
    )
    for name in "ba":
        model.graph.initializer.append(numpy_helper.from_array(np.array([1, 2], np.float32), name))
    model.graph.input[0].doc_string = "about a"
    return model


def sparse_initializers() -> onnx.ModelProto:
    """Vectors, matrices by coordinates and by linear indices, strings, an empty one, an overridable one."""
    model = helper.make_model(
        helper.make_graph([], "g", [], []),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    floats, none = helper.make_tensor("", 1, [2], [1.5, -0.0]), helper.make_tensor("", 1, [0], [])
    strings: Any = ["a", 'b"\n']
    words = helper.make_tensor("", 8, [2], strings)
    linear, pairs = (
        helper.make_tensor("", 7, [2], [0, 3]),
        helper.make_tensor("", 7, [2, 2], [0, 0, 1, 1]),
    )
    empty = helper.make_tensor("", 7, [0, 2], [])
    named = helper.make_tensor("places", 7, [2], [0, 3])
    for number, (values, places, dims) in enumerate(
        [(floats, linear, [5]), (floats, linear, [2, 2]), (floats, pairs, [2, 2]), (words, pairs, [2, 2]),
         (none, empty, [2, 2]), (floats, named, [4])]
    ):  # fmt: skip
        sparse = model.graph.sparse_initializer.add()
        sparse.CopyFrom(helper.make_sparse_tensor(values, places, dims))
        sparse.values.name = f"s{number}"
        model.graph.output.append(
            helper.make_tensor_value_info(f"s{number}", values.data_type, dims)
        )
    model.graph.input.append(helper.make_tensor_value_info("s5", 1, [4]))
    return model


def old_attributes() -> onnx.ModelProto:
    """IR version 1: attributes without a type, no opset."""
    model = helper.make_model(
        helper.make_graph(
            [helper.make_node("LeakyRelu", ["x"], ["t"], alpha=0.5, consumed_inputs=[0]), helper.make_node("Elu", ["t"], ["y"])],
            "g", [helper.make_tensor_value_info("x", 1, [2])], [helper.make_tensor_value_info("y", 1, [2])],
        ), ir_version=1,
    )  # fmt: skip
    del model.opset_import[:]
    for attribute in model.graph.node[0].attribute:
        attribute.ClearField("type")
    return model


def unusual_nodes() -> onnx.ModelProto:
    """Explicit defaults, another order of attributes, left-out inputs and outputs, the other spelling of the domain."""
    model = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["": 15]> g (float[1, 2, 4] x, float[1, 1, 4] w, float[1, 1, 1] r) => (float[1, 2, 1] h) {
            a, h = RNN<hidden_size = 1, direction = "forward">(x, w, r)
        }"""
    )
    node = model.graph.node[0]
    node.output[0] = ""
    node.input.extend(["", "", ""])
    node.output.append("")
    node.output.pop()
    node.attribute.append(helper.make_attribute("activations", ["Tanh"]))
    node.attribute.append(helper.make_attribute("__internal", 3))
    model.graph.input[1].type.tensor_type.shape.dim[1].dim_value = 1
    model.graph.input[2].type.tensor_type.shape.dim[1].dim_value = 1
    pool = helper.make_node("MaxPool", ["x"], ["p", ""], kernel_shape=[1], domain="ai.onnx")
    model.graph.node.append(pool)
    model.opset_import.add(domain="ai.onnx", version=15)
    return model


def branches() -> onnx.ModelProto:
    """The same names in both branches, an output without a type, an outer value as a result, a nested If."""
    model = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["": 17]> g (bool c, float[N] x) => (float[N] y) {
            t = Neg(x)
            y = If(c) <
                then_branch = t1 () => (float[N] r) <float w = {1}> { v = Add(t, w)  r = Relu(v) },
                else_branch = e1 () => (r) <float w = {2}> {
                    r = If(c) <then_branch = t2 () => (q) { q = Mul(t, w) }, else_branch = e2 () => (q) { q = Abs(x) }>
                }>
        }"""
    )
    graph = model.graph.node[1].attribute[0].g
    graph.doc_string = "a branch"
    graph.value_info.append(helper.make_tensor_value_info("v", 1, ["N"]))
    model.graph.node[1].attribute[1].g.output[0].ClearField("type")
    model.graph.node[1].attribute[0].doc_string = "about the branch"
    return model


@pytest.mark.parametrize(
    "make",
    [simple, rich, custom, functions, sparse_initializers, old_attributes, unusual_nodes, branches],
)
def test_comes_out_as_it_went_in(make: Callable[[], onnx.ModelProto]) -> None:
    """Exactly, from module, text and bytecode."""
    assert verify(assert_exact(make())) == []


@pytest.mark.parametrize("ir_version", [3, 4, 8])
def test_listed_constants_stay_listed(ir_version: int) -> None:
    """In the order of the inputs, as constants or as arguments."""
    assert_exact(lists_constants(ir_version))


@pytest.mark.parametrize("size", [3, 2000])
@pytest.mark.parametrize("row", ELEMENT_TYPES, ids=lambda row: row.name)
def test_every_element_type(row: object, size: int) -> None:
    """All bit patterns, in an initializer and in a node, small and large."""
    from onnx_opt.dialect.types import ElementType

    assert isinstance(row, ElementType)
    if not row.bits:
        strings: Any = [f'{i}"\n'.encode() + b"\xff" for i in range(size)]
        tensor = helper.make_tensor("w", row.onnx, [size], strings)
    elif row.bits < 8:
        bits = np.random.default_rng(0).integers(0, 1 << row.bits, size).astype(np.uint8)
        if row.name in ("int4", "int2"):
            bits = np.where(bits >> (row.bits - 1), bits | (0xFF << row.bits & 0xFF), bits).astype(
                np.uint8
            )
        tensor = numpy_helper.from_array(bits.view(row.dtype), "w")
    else:
        high = 2 if row.name == "bool" else 256
        data = np.random.default_rng(0).integers(0, high, size * row.bits // 8).astype(np.uint8)
        tensor = onnx.TensorProto(
            name="w", data_type=row.onnx, dims=[size], raw_data=data.tobytes()
        )
    node = helper.make_node("Constant", [], ["c"], value=tensor)
    output = helper.make_tensor_value_info("w", row.onnx, [size])
    model = helper.make_model(
        helper.make_graph([node], "g", [], [output], [tensor]),
        opset_imports=[helper.make_opsetid("", 25)],
        ir_version=12,
    )
    assert verify(assert_exact(model)) == []


def test_nodes_that_are_alike_keep_what_tells_them_apart() -> None:
    """Equal ops that say it in another domain's spelling, in another order, or in full."""
    said: list[tuple[str, dict[str, float]]] = [
        ("", {"alpha": 2.0, "beta": 3.0}),
        ("", {"alpha": 2.0, "beta": 3.0}),
        ("ai.onnx", {"alpha": 2.0, "beta": 3.0}),
        ("", {"beta": 3.0, "alpha": 2.0}),
        ("", {"alpha": 2.0}),
        ("", {"alpha": 2.0, "beta": 1.0}),
    ]
    nodes: list[onnx.NodeProto] = []
    for index, (domain, values) in enumerate(said):
        node = helper.make_node("Gemm", ["x", "x"], [f"y{index}"], f"n{index}", domain=domain)
        node.attribute.extend(helper.make_attribute(name, value) for name, value in values.items())
        nodes.append(node)
    infos = [helper.make_tensor_value_info(name, 1, [2, 2]) for name in ("x", "y0")]
    graph = helper.make_graph(nodes, "g", infos[:1], infos[1:])
    assert_exact(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]))


def test_elided_data_is_an_error() -> None:
    """It cannot be made up."""
    module = parse(
        """func.func @main_graph() -> tensor<1000xf32> {
          %0 = onnx.Constant dense_resource<__elided__> : tensor<1000xf32>
          onnx.Return %0 : tensor<1000xf32>
        }""",
        context=make_context(),
    )
    with pytest.raises(DiagnosticError, match=r"'onnx\.Constant' op its data is elided"):
        export_model(module)


HAND_WRITTEN = """
func.func @main_graph(%x: tensor<?x2xf32>) -> tensor<?x3xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %none = "onnx.NoValue"() {value} : () -> none
  %0 = "onnx.Gemm"(%x, %w, %none) <{beta = 2.0 : f32}> : (tensor<?x2xf32>, tensor<2x3xf32>, none) -> tensor<?x3xf32>
  %1 = "onnx.Relu"(%0) : (tensor<?x3xf32>) -> tensor<?x3xf32>
  onnx.Return %1 : tensor<?x3xf32>
}
"""


def export_text(text: str) -> onnx.ModelProto:
    """The checked model of hand-written IR."""
    module = parse(text, context=make_context())
    assert verify(module) == []
    model = export_model(module)
    onnx.checker.check_model(model, full_check=True)
    return model


def test_hand_written_ir() -> None:
    """Without any name: the newest opset of the dialect's names, an initializer, attributes off their defaults."""
    model = export_text(HAND_WRITTEN)
    assert [(entry.domain, entry.version) for entry in model.opset_import] == [("", 22)]
    assert [node.op_type for node in model.graph.node] == ["Gemm", "Relu"]
    assert [attribute.name for attribute in model.graph.node[0].attribute] == ["beta"]
    assert len(model.graph.initializer) == 1
    x = np.array([[1, -1]], np.float32)
    (y,) = ReferenceEvaluator(model).run(None, {model.graph.input[0].name: x})
    np.testing.assert_array_equal(y, np.zeros((1, 3), np.float32))


def test_opset_follows_the_ops() -> None:
    """SqueezeV11 and BatchNormalizationInferenceMode are right together under opset 12."""
    model = export_text(
        """func.func @f(%x: tensor<1x2x3xf32>, %p: tensor<3xf32>) -> tensor<2x3xf32> {
          %0 = "onnx.SqueezeV11"(%x) {axes = [0]} : (tensor<1x2x3xf32>) -> tensor<2x3xf32>
          %1 = "onnx.BatchNormalizationInferenceMode"(%0, %p, %p, %p, %p)
            : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
          return %1 : tensor<2x3xf32>
        }"""
    )
    assert model.opset_import[0].version == 12


def test_opset_follows_the_types() -> None:
    """BitShift-11 would mean the same, but does not know int16."""
    model = export_text(
        """func.func @f(%x: tensor<2xi16>) -> tensor<2xi16> {
          %0 = "onnx.BitShiftV28"(%x, %x) {direction = "LEFT"} : (tensor<2xi16>, tensor<2xi16>) -> tensor<2xi16>
          return %0 : tensor<2xi16>
        }"""
    )
    assert model.opset_import[0].version == 28
    onnx.checker.check_model(model, full_check=True)


def test_text_without_provenance_is_a_model_with_functions() -> None:
    """Its opsets stay, which those of the functions must suit."""
    model = onnx.parser.parse_model(
        """<ir_version: 10, opset_import: ["": 10, "local": 1]> g (float[2, 3] x) => (float[2, 3] y) { y = local.f(x) }
        <opset_import: ["": 9], domain: "local"> f (x) => (y) { y = Softmax<axis = 0>(x) }"""
    )
    onnx.checker.check_model(model, full_check=True)
    text = to_text(import_model(model, context=make_context()))
    again = export_model(parse(text, context=make_context()))
    assert again.opset_import == model.opset_import
    (before,), (after,) = model.functions, again.functions
    assert after.opset_import == before.opset_import
    assert after.node[0].attribute == before.node[0].attribute
    onnx.checker.check_model(again, full_check=True)


def test_the_version_of_an_unknown_domain_stays_in_text() -> None:
    """Nothing else says it."""
    for version, stays in ((1, False), (2, True)):
        model = onnx.parser.parse_model(
            f"""<ir_version: 8, opset_import: ["": 17, "com.x": {version}]> g (float[2] x) => (float[2] y) {{ y = com.x.F(x) }}"""
        )
        text = to_text(import_model(model, context=make_context()))
        assert ("onnx.opset_import" in text) == stays
        again = export_model(parse(text, context=make_context()))
        found = {entry.domain: entry.version for entry in again.opset_import}
        assert found["com.x"] == version


def test_text_leaves_the_module_as_it_was() -> None:
    """Provenance is taken off while the text is printed, and only then."""
    module = import_model(rich(), context=make_context())
    before = str(module)
    to_text(module)
    to_text(module, value_names=True, generic=True)
    assert str(module) == before


def test_no_opset_for_the_ops() -> None:
    """SqueezeV11 and an op of opset 13 on."""
    module = parse(
        """func.func @f(%x: tensor<1x2xf32>, %a: tensor<1xi64>) -> tensor<2xf32> {
          %0 = "onnx.Squeeze"(%x, %a) : (tensor<1x2xf32>, tensor<1xi64>) -> tensor<2xf32>
          %1 = "onnx.Unsqueeze"(%0, %a) : (tensor<2xf32>, tensor<1xi64>) -> tensor<1x2xf32>
          %2 = "onnx.SqueezeV11"(%1) {axes = [0]} : (tensor<1x2xf32>) -> tensor<2xf32>
          return %2 : tensor<2xf32>
        }""",
        context=make_context(),
    )
    with pytest.raises(
        DiagnosticError, match=r"no opset of domain 'ai\.onnx' has it together with Squeeze-11"
    ):
        export_model(module)


def test_an_op_must_fit_the_opset_of_the_model() -> None:
    """A pass that makes an op of another version must not change what the model computes."""
    model = simple()
    model.opset_import[0].version = 11
    text = to_text(import_model(model, context=make_context()), debuginfo=True)
    changed = text.replace(
        '"onnx.LeakyRelu"(%1) <{alpha = 5.000000e-01 : f32}>', '"onnx.Softmax"(%1)'
    )
    assert changed != text
    with pytest.raises(
        DiagnosticError,
        match=r"stands for Softmax-13, but the model imports opset 11 of domain 'ai.onnx'",
    ):
        export_model(parse(changed, context=make_context()))


def of_opset(opset: int, op: str) -> str:
    """A module of one op from %x to %y, of a model that imports an opset."""
    return f"""module attributes {{onnx.opset_import = [["", {opset}]]}} {{
      func.func @main_graph(%x: tensor<2x3xf32>) -> tensor<?x?xf32> {{
        {op}
        onnx.Return %y : tensor<?x?xf32>
      }}
    }}"""


@pytest.mark.parametrize("name", ["ReduceMeanV11", "ReduceMeanV13", "ReduceMeanV1"])
@pytest.mark.parametrize("opset", [1, 11, 13, 17])
def test_any_name_that_means_the_same_may_stand(name: str, opset: int) -> None:
    """Also the names that the importer does not give."""
    op = f'%y = "onnx.{name}"(%x) {{axes = [1]}} : (tensor<2x3xf32>) -> tensor<?x?xf32>'
    model = export_text(of_opset(opset, op))
    assert model.opset_import[0].version == opset
    assert [attribute.name for attribute in model.graph.node[0].attribute] == ["axes"]


@pytest.mark.parametrize(
    ("opset", "op"),
    [
        (18, '"onnx.ReduceMeanV13"(%x) {axes = [1]} : (tensor<2x3xf32>)'),
        (13, '"onnx.Cast"(%x) {to = f32, saturate = 0 : si64} : (tensor<2x3xf32>)'),
    ],
)
def test_no_node_has_an_attribute_that_its_opset_lacks(opset: int, op: str) -> None:
    """The op has one that is off its default."""
    with pytest.raises(DiagnosticError, match=f"but the model imports opset {opset}"):
        export_text(of_opset(opset, f"%y = {op} -> tensor<?x?xf32>"))


@pytest.mark.parametrize(
    ("operands", "opset", "broadcast"),
    [
        ("2x3", 6, []),
        ("3", 6, ["broadcast"]),
        ("", 1, ["broadcast"]),
        ("?", 6, ["broadcast"]),
        ("3", 7, []),
    ],
)
def test_broadcasting_before_opset_7(operands: str, opset: int, broadcast: list[str]) -> None:
    """There an attribute has to ask for it."""
    shape = f"{operands}x" if operands else ""
    model = export_text(
        f"""module attributes {{onnx.opset_import = [["", {opset}]]}} {{
          func.func @main_graph(%x: tensor<2x3xf32>, %s: tensor<{shape}f32>) -> tensor<2x3xf32> {{
            %y = "onnx.Add"(%x, %s) : (tensor<2x3xf32>, tensor<{shape}f32>) -> tensor<2x3xf32>
            onnx.Return %y : tensor<2x3xf32>
          }}
        }}"""
    )
    assert [attribute.name for attribute in model.graph.node[0].attribute] == broadcast


@pytest.mark.parametrize(("first", "second"), [("3", "2x3"), ("2x3", "2x1"), ("2x1", "2x3")])
def test_broadcasting_that_opset_6_does_not_have(first: str, second: str) -> None:
    text = f"""module attributes {{onnx.opset_import = [["", 6]]}} {{
      func.func @main_graph(%x: tensor<{first}xf32>, %s: tensor<{second}xf32>) -> tensor<2x3xf32> {{
        %y = "onnx.Add"(%x, %s) : (tensor<{first}xf32>, tensor<{second}xf32>) -> tensor<2x3xf32>
        onnx.Return %y : tensor<2x3xf32>
      }}
    }}"""
    with pytest.raises(DiagnosticError, match="stands for Add-14, but the model imports opset 6"):
        export_text(text)


@pytest.mark.parametrize(
    ("op", "opset"),
    [
        ('"onnx.Upsample"(%x, %x) : (tensor<2xf32>, tensor<2xf32>)', 9),
        (
            '"onnx.GroupNormalizationV18"(%x, %x, %x) {num_groups = 1 : si64} '
            ": (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)",
            20,
        ),
    ],
)
def test_an_opset_that_does_not_deprecate_its_ops(op: str, opset: int) -> None:
    """Upsample is one op in opsets 9 and 10; GroupNormalizationV18 is deprecated in all that have it."""
    text = f"func.func @f(%x: tensor<2xf32>) {{ %y = {op} -> tensor<2xf32> return }}"
    model = export_model(parse(text, context=make_context()))
    assert model.opset_import[0].version == opset


def first_op(module: ir.Module, name: str) -> ir.Operation:
    """The first op of a name in the first function."""
    block = module.body.operations[0].regions[0].blocks[0]
    return next(op.operation for op in block.operations if op.operation.name == name)


def test_new_constants_get_fresh_names() -> None:
    """Never one that the model uses anywhere, not even in a branch or for an output."""
    model = simple()
    model.graph.node[0].output[0] = model.graph.node[1].input[0] = "a_constant"
    module = import_model(model, context=make_context())
    add = first_op(module, "onnx.Add")
    with module.context, ir.InsertionPoint(add):
        made = constant(np.array([3, 4], np.float32), loc=add.location)
        add.operands[1] = made.results[0]
    exported = export_model(module)
    onnx.checker.check_model(exported, full_check=True)
    assert [tensor.name for tensor in exported.graph.initializer] == ["w", "a_constant_1"]
    assert list(exported.graph.node[0].input) == ["x", "a_constant_1"]


def test_new_constant_of_ir_version_3_is_listed() -> None:
    """There every initializer is an input."""
    model = lists_constants(3)
    module = import_model(model, context=make_context())
    add = first_op(module, "onnx.Add")
    with module.context, ir.InsertionPoint(add), ir.Location.unknown():
        add.operands[1] = constant(np.array([3, 4], np.float32)).results[0]
    exported = export_model(module)
    onnx.checker.check_model(exported, full_check=True)
    assert [info.name for info in exported.graph.input] == ["a", "x", "b", "z", "constant"]


def test_outputs_keep_their_names() -> None:
    """Whatever value comes to be returned: another node's, an input, a constant, the same one twice."""
    model = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["": 17]> g (float[2] x) => (float[2] a, float[2] b, float[2] c, float[2] d) <float[2] w = {1, 2}> {
            t = Neg(x)  a = Abs(t)  b = Relu(x)  c = Relu(t)  d = Add(w, w) }"""
    )
    module = import_model(model, context=make_context())
    block = module.body.operations[0].regions[0].blocks[0]
    end = list(block.operations)[-1].operation
    neg, weight = (
        first_op(module, "onnx.Neg").results[0],
        first_op(module, "onnx.Constant").results[0],
    )
    for index, value in enumerate((neg, neg, block.arguments[0], weight)):
        end.operands[index] = value
    exported = export_model(module)
    onnx.checker.check_model(exported, full_check=True)
    assert [info.name for info in exported.graph.output] == ["a", "b", "c", "d"]
    outputs = ReferenceEvaluator(exported).run(None, {"x": np.array([1, -2], np.float32)})
    for output, expected in zip(outputs, ([-1, 2], [-1, 2], [1, -2], [1, 2]), strict=True):
        np.testing.assert_array_equal(output, np.array(expected, np.float32))


def test_a_changed_attribute_wins_over_its_record() -> None:
    """Records hold only as long as they agree with the IR."""
    model = rich()
    module = import_model(model, context=make_context())
    op = first_op(module, "onnx.LeakyRelu")
    with module.context:
        op.attributes["alpha"] = ir.FloatAttr.get_f32(0.25)
    attribute = export_model(module).graph.node[1].attribute[0]
    assert attribute.f == 0.25


def test_a_function_has_no_initializers() -> None:
    """A constant that a pass makes in a function becomes a node."""
    module = import_model(functions(), context=make_context())
    function = module.body.operations[2].operation
    block = function.regions[0].blocks[0]
    mul = next(op.operation for op in block.operations if op.operation.name == "onnx.Mul")
    with module.context, ir.InsertionPoint(mul), ir.Location.unknown():
        mul.operands[0] = constant(np.array([3, 4], np.float32)).results[0]
    exported = export_model(module)
    assert [node.op_type for node in exported.functions[0].node] == [
        "Constant",
        "Constant",
        "Constant",
        "Mul",
        "If",
        "f",
    ]


_DIM = """
func.func @f(%x: tensor<?x60xf32>) -> tensor<1xi64> {
  %0 = "onnx.Dim"(%x) {axis = 1 : si64} : (tensor<?x60xf32>) -> tensor<1xi64>
  onnx.Return %0 : tensor<1xi64>
}
"""


def test_a_dim_is_a_shape_of_one_axis() -> None:
    """ONNX has no Dim; its Shape gives a part of the sizes."""
    model = export_model(parse(_DIM, context=make_context()))
    onnx.checker.check_model(model, full_check=True)
    (found,) = ReferenceEvaluator(model).run(
        None, {model.graph.input[0].name: np.zeros((2, 60), np.float32)}
    )
    assert np.asarray(found).tolist() == [60]


def test_a_dim_needs_a_shape_that_gives_a_part() -> None:
    """Shape has `start` and `end` from opset 15 on."""
    module = parse(_DIM, context=make_context())
    with module.context:
        opsets = ir.Attribute.parse('[["", 13]]')
        module.operation.attributes["onnx.opset_import"] = opsets
    with pytest.raises(DiagnosticError, match="has no form in ONNX before opset 15"):
        export_model(module)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('func.func @f() { "foo.bar"() : () -> () onnx.Return }', "'foo.bar' op has no form in ONNX"),
        ("func.func @f() { onnx.Return } func.func @g() { onnx.Return }", "has 2 functions and no onnx.EntryPoint"),
        ('func.func @f() { onnx.Return } "onnx.EntryPoint"() {func = @g} : () -> ()', "names '@g', which the module does not"),
        (
            'func.func @f() { onnx.Return } func.func @g() { onnx.Return } "onnx.EntryPoint"() {func = @g} : () -> ()',
            "'@f' is neither the entry point nor a model-local function",
        ),
        ("func.func @f(%x: tensor<2xf32, #onnx.layout<{dataLayout = \"NCHW4C\"}>>) { onnx.Return }", "has a layout"),
        ("func.func @f(%x: index) { onnx.Return }", "type index has no form in ONNX"),
        (
            'func.func @f(%x: tensor<f32>) { %0 = "onnx.Relu"(%x) {mine = 1} : (tensor<f32>) -> tensor<f32> onnx.Return }',
            "'onnx.Relu' op attribute 'mine' has no form in ONNX",
        ),
        (
            'func.func @f() { "onnx.DimGroup"() : () -> () onnx.Return }',
            "'onnx.DimGroup' op has no form in ONNX",
        ),
    ],
)  # fmt: skip
def test_what_has_no_form_is_refused(text: str, said: str) -> None:
    """Never dropped."""
    with pytest.raises(DiagnosticError) as caught:
        export_model(parse(text, context=make_context()))
    assert said in str(caught.value)
