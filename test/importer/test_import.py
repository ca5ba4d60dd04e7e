# SPDX-License-Identifier: Apache-2.0
"""What the IR of a model looks like: onnx-mlir's conventions, and what onnx-mlir does not do."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from google.protobuf import json_format, text_format
from onnx import helper, numpy_helper

from onnx_opt.dialect import DiagnosticError, make_context, to_text, verify
from onnx_opt.exporter import export_model
from onnx_opt.importer import Requests, import_model


def text(model: onnx.ModelProto | str, **options: Any) -> str:
    """The text of a model's valid module."""
    if isinstance(model, str):
        model = onnx.parser.parse_model(model)
    module = import_model(model, context=make_context(), **options)
    assert verify(module) == []
    return to_text(module)


def node(domain_opset: str, body: str) -> str:
    """A graph of one node from x (and parameters of three channels) to y."""
    return f"""<ir_version: 8, opset_import: [{domain_opset}]>
        g (float[2, 3] x, float[3] s, float[3] b, float[3] m, float[3] v) => (float[2, 3] y) {{ {body} }}"""


INFERENCE = "onnx.BatchNormalizationInferenceMode"


@pytest.mark.parametrize(
    ("opset", "attributes", "op"),
    [
        (1, "consumed_inputs = [0, 0, 0, 1, 1], is_test = 1", INFERENCE),
        (1, "consumed_inputs = [0, 0, 0, 1, 1]", "onnx.BatchNormalizationV1"),
        (6, "is_test = 1", INFERENCE),
        (6, "is_test = 1, spatial = 1", INFERENCE),
        (6, "is_test = 1, spatial = 0", "onnx.BatchNormalizationV6"),
        (6, "is_test = 0", "onnx.BatchNormalizationV6"),
        (6, "epsilon = 0.5", "onnx.BatchNormalizationV6"),
        (7, "epsilon = 0.5", INFERENCE),
        (7, "spatial = 1", INFERENCE),
        (7, "spatial = 0", "onnx.BatchNormalizationV7"),
        (9, "epsilon = 0.5", INFERENCE),
        (14, "epsilon = 0.5", INFERENCE),
        (14, "training_mode = 0", INFERENCE),
        (14, "training_mode = 1", '"onnx.BatchNormalization"'),
        (15, "training_mode = 0", INFERENCE),
        (15, "training_mode = 1", '"onnx.BatchNormalization"'),
    ],
)
def test_batch_normalization_says_its_mode(opset: int, attributes: str, op: str) -> None:
    """In each opset's own way; statistics for each element (spatial = 0) are another computation."""
    outputs = "y, n, w" if "training_mode = 1" in attributes else "y"
    body = f"{outputs} = BatchNormalization<{attributes}>(x, s, b, m, v)"
    found = text(node(f'"": {opset}', body))
    assert op in found
    assert (INFERENCE in found) == (op == INFERENCE)


def test_batch_normalization_with_more_results_is_training() -> None:
    """Opset 9 says it so."""
    found = text(node('"": 9', "y, a, c, d, e = BatchNormalization(x, s, b, m, v)"))
    assert "onnx.BatchNormalizationV9" in found
    assert INFERENCE in text(
        node('"": 9', 'y, "", "" = BatchNormalization(x, s, b, m, v)'.replace('""', ""))
    )


@pytest.mark.parametrize(
    ("opset", "body", "op"),
    [
        (5, "y = Abs(x)", '"onnx.Abs"'),
        (6, "y = Add<broadcast = 1>(x, s)", '"onnx.Add"'),
        (6, "y = Add<broadcast = 1, axis = 1>(x, s)", '"onnx.AddV6"'),
        (6, "y = Gemm<broadcast = 1>(x, x, s)", '"onnx.Gemm"'),
        (7, "y = Add(x, s)", '"onnx.Add"'),
        (11, "y = Softmax<axis = 1>(x)", '"onnx.SoftmaxV11"'),
        (13, "y = Softmax<axis = 1>(x)", '"onnx.Softmax"'),
        (11, "y = Squeeze<axes = [0]>(x)", '"onnx.SqueezeV11"'),
        (1, "y = Softmax(x)", '"onnx.SoftmaxV11"'),
        (1, "y = ReduceMean<axes = [1]>(x)", '"onnx.ReduceMeanV13"'),
        (11, "y = ReduceMean<axes = [1]>(x)", '"onnx.ReduceMeanV13"'),
        (18, "y = ReduceMean(x)", '"onnx.ReduceMean"'),
        (11, "y = Pad(x, s)", '"onnx.PadV11"'),
        (1, "y = Pad<paddings = [0, 0, 0, 0]>(x)", '"onnx.PadV1"'),
        (19, "y = Pad(x, s)", '"onnx.Pad"'),
        (10, "y = Resize(x, s)", '"onnx.ResizeV10"'),
        (18, "y = Resize(x, , s)", '"onnx.ResizeV18"'),
        (20, "y = GridSample(x, s)", '"onnx.GridSample"'),
        (13, "y = Squeeze(x)", '"onnx.Squeeze"'),
        (7, "y = Upsample<scales = [1.0, 1.0]>(x)", '"onnx.UpsampleV7"'),
        (9, "y = Upsample(x, s)", '"onnx.Upsample"'),
        (10, "y = Upsample(x, s)", '"onnx.Upsample"'),
        (10, "y = Dropout<ratio = 0.5>(x)", '"onnx.DropoutV10"'),
        (6, "y = PRelu(x, s)", '"onnx.PReluV6"'),
        (7, "y = PRelu(x, s)", '"onnx.PRelu"'),
        (5, "y = Selu(x)", '"onnx.SeluV1"'),
        (13, "y = Cast<to = 1>(x)", '"onnx.Cast"'),
        (24, "y = Cast<to = 1>(x)", '"onnx.Cast"'),
        (24, 'y = Cast<to = 1, round_mode = "up">(x)', '"onnx.CastV24"'),
        (24, "y = Cast<to = 1>(x) z = Cast<to = 23>(x)", '"onnx.CastV24"'),
        (25, "y = Identity(x)", '"onnx.Identity"'),
        (22, "y = MaxPool<kernel_shape = [1]>(x)", '"onnx.MaxPoolSingleOut"'),
    ],
)
def test_versions(opset: int, body: str, op: str) -> None:
    """The plain name where the node means the same under it, else that of its version."""
    model = onnx.parser.parse_model(node(f'"": {opset}', body))
    assert op in to_text(import_model(model, context=make_context()))


def test_versions_depend_on_the_types_of_each_node() -> None:
    """Nodes that say the same are one kind, unless the types of their values decide which op they are."""
    found = text(
        """<ir_version: 11, opset_import: ["": 25]>
        g (float[2] a, float4e2m1[2] b, int2[2] c, float[3] d)
            => (float[2] e, float4e2m1[2] f, int2[2] g, float[3] h, float[3] i) {
            e = Identity(a)
            f = Identity(b)
            g = Identity(c)
            h = Identity(d)
            i = Identity(h)
        }"""
    )
    ops = [line.split('"')[1] for line in found.splitlines() if '"onnx.Identity' in line]
    plain, versioned = "onnx.Identity", "onnx.IdentityV25"
    assert ops == [plain, versioned, versioned, plain, plain]


def test_nodes_of_one_kind_keep_what_is_their_own() -> None:
    """Names, left out values and doc strings."""
    found = text(
        """<ir_version: 8, opset_import: ["": 13]>
        g (float[2, 3] x, float lowest, float highest) => (float[2, 3] a, float[2, 3] b, float[2, 3] c, float[2, 3] d) {
            [first] a = Clip(x, lowest)
            [second] b = Clip(x, , highest)
            [third] c = Clip(x, highest)
            [fourth] d = Clip(x, , highest)
        }"""
    )
    clips = [line for line in found.splitlines() if '"onnx.Clip' in line]
    operands = [line.partition("(")[2].partition(")")[0] for line in clips]
    assert operands == [
        "%arg0, %arg1, %0",
        "%arg0, %2, %arg2",
        "%arg0, %arg2, %4",
        "%arg0, %6, %arg2",
    ]
    for line, name in zip(clips, ("first", "second", "third", "fourth"), strict=True):
        assert f'onnx_node_name = "{name}"' in line


def test_symbolic_dimensions_and_names() -> None:
    """Names that are no identifiers, dimensions of every kind."""
    model = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["": 17]> g (float[batch, 0, 2, N] x) => (y) { y = Relu(x) }"""
    )
    model.graph.input[0].name = model.graph.node[0].input[0] = 'a/b:0 "é"'
    found = text(model)
    assert (
        'tensor<?x0x2x?xf32> {onnx.dim_params = "0:batch,3:N", onnx.name = "a/b:0 \\22\\C3\\A9\\22"}'
        in found
    )
    assert '"onnx.EntryPoint"() <{func = @main_graph}>' in found


OVERRIDABLE = """<ir_version: {version}, opset_import: ["": 9]> g (float[2] x, float[2] w) => (float[2] y) <float[2] w = {{1, 2}}> {{
    y = Add(x, w) }}"""


def overridable(ir_version: int) -> onnx.ModelProto:
    """An initializer that is listed among the inputs."""
    model = onnx.parser.parse_model(
        f"""<ir_version: {ir_version}, opset_import: ["": 9]> g (float[2] x, float[2] w) => (float[2] y) {{ y = Add(x, w) }}"""
    )
    model.graph.initializer.append(numpy_helper.from_array(np.array([1, 2], np.float32), "w"))
    return model


def test_overridable_initializer_is_an_argument_with_a_default() -> None:
    """From IR version 4 on a caller may override it."""
    found = text(overridable(4))
    assert (
        'tensor<2xf32> {onnx.default_value = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>, onnx.name = "w"}'
        in found
    )
    assert "onnx.Constant" not in found


def test_frozen_initializer_is_a_constant() -> None:
    """`freeze_initializers` takes the choice away."""
    found = text(overridable(4), requests=Requests(freeze_initializers=True))
    assert "onnx.default_value" not in found
    assert "onnx.Constant dense<[1.000000e+00, 2.000000e+00]>" in found


def test_listed_initializer_of_ir_version_3_is_a_constant() -> None:
    """There every initializer is listed, and none can be overridden."""
    found = text(overridable(3))
    assert "onnx.Constant dense<[1.000000e+00, 2.000000e+00]>" in found
    assert "onnx.default_value" not in found


def test_branches_use_outer_values() -> None:
    """If as an op with two regions, then first; initializers inside; the outer value used directly."""
    found = text(
        """<ir_version: 8, opset_import: ["": 17]> g (bool c, float[N] x) => (float[N] y) {
            y = If(c) <then_branch = t () => (r) <float w = {1}> { r = Add(x, w) }, else_branch = e () => (q) { q = Abs(x) }>
        }"""
    )
    then, _, other = found.partition("}, {")
    assert '"onnx.Add"(%arg1, %1)' in then and "onnx.Constant dense<1.0" in then
    assert '"onnx.Abs"(%arg1)' in other
    assert found.count("onnx.Yield") == 2


def test_unsorted_graph_is_sorted() -> None:
    """Also where only a branch needs the value."""
    model = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["": 17]> g (bool c, float[N] x) => (float[N] y) {
            t = Relu(x)
            y = If(c) <then_branch = t () => (r) { r = Abs(t) }, else_branch = e () => (q) { q = Neg(t) }>
        }"""
    )
    straight = text(model)
    model.graph.node.reverse()
    assert text(model) == straight


def function_model(attribute: str) -> onnx.ModelProto:
    """A model-local function with an attribute."""
    return onnx.parser.parse_model(
        f"""<ir_version: 8, opset_import: ["": 17, "local": 1]> g (float[2] x) => (float[2] y) {{ y = local.f<a = 2.0>(x) }}
        <opset_import: ["": 17], domain: "local"> f<a>(x) => (y) {{ y = LeakyRelu<{attribute}>(x) }}"""
    )


def test_reference_to_a_function_attribute_is_no_default() -> None:
    """The op must not look as if `alpha` were 0.01."""
    assert '"onnx.Custom"(%arg0) <{function_name = "LeakyRelu"}>' in text(
        function_model("alpha: float = @a")
    )
    assert '"onnx.LeakyRelu"(%arg0) <{alpha = 5.000000e-01 : f32}>' in text(
        function_model("alpha = 0.5")
    )


def test_function_hides_the_op_of_its_name() -> None:
    """A node Relu of a model with a function Relu calls the function."""
    model = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["": 17]> g (float[2] x) => (float[2] y) { y = Relu(x) }
        <opset_import: ["": 17], domain: ""> Relu(x) => (y) { y = Neg(x) }"""
    )
    found = text(model)
    assert '"onnx.Relu"' not in found
    assert '"onnx.Custom"(%arg0) <{function_name = "Relu"}>' in found


def test_types_are_inferred_where_they_are_not_stated() -> None:
    """Also in branches, and where an output states only its element type."""
    found = text(
        """<ir_version: 8, opset_import: ["": 17]> g (float[2, 3] x) => (y) { t = Transpose(x)  y = Relu(t) }"""
    )
    assert found.count("-> tensor<3x2xf32>") == 2


def test_stated_types_are_kept() -> None:
    """Even where inference knows more."""
    model = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["": 17]> g (float[2, 3] x) => (float[3, 2] y) <float[A, B] t> { t = Transpose(x)  y = Relu(t) }"""
    )
    module = import_model(model, context=make_context())
    assert '"onnx.Transpose"(%arg0) : (tensor<2x3xf32>) -> tensor<?x?xf32>' in to_text(module)
    assert 'onnx.value_info = ["0:A,1:B"]}' in to_text(module, debuginfo=True)


def test_unknown_types() -> None:
    """Nothing is known about the result of a custom op."""
    model = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["": 17, "com.x": 1]> g (float[2] x) => (float[2] y) { t = com.x.F<k = 1>(x)  y = Relu(t) }"""
    )
    found = text(model)
    assert (
        '"onnx.Custom"(%arg0) <{function_name = "F"}> {domain_name = "com.x", k = 1 : si64}'
        in found
    )
    assert '"onnx.Relu"(%0) : (!onnx.Any) -> tensor<2xf32>' in found


def test_large_constants_are_resources() -> None:
    """Small ones stay in the text of their op."""
    model = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["": 17]> g () => (float[256] a, float[255] b) {}"""
    )
    for name, size in (("a", 256), ("b", 255)):
        model.graph.initializer.append(
            numpy_helper.from_array(np.arange(size, dtype=np.float32), name)
        )
    found = to_text(import_model(model, context=make_context()), use_resources=True)
    assert "onnx.Constant dense_resource<a> : tensor<256xf32>" in found
    assert "onnx.Constant dense<" in found


def test_the_given_model_is_not_changed() -> None:
    """It belongs to the caller."""
    model = overridable(4)
    before = model.SerializeToString()
    import_model(model, context=make_context())
    assert model.SerializeToString() == before


@pytest.mark.parametrize("suffix", ["onnxtxt", "textproto", "json"])
def test_text_formats(tmp_path: Path, suffix: str) -> None:
    """By the suffix of the file, from the file and from its bytes."""
    model = overridable(4)
    path = tmp_path / f"m.{suffix}"
    if suffix == "onnxtxt":
        model = onnx.parser.parse_model(node('"": 13', "y = Add(x, s)"))
        path.write_text(onnx.printer.to_text(model))
    elif suffix == "textproto":
        path.write_text(text_format.MessageToString(model))
    else:
        path.write_text(
            json.dumps(
                json.loads(json_format.MessageToJson(model, preserving_proto_field_name=True))
            )
        )
    expected = text(model)
    assert to_text(import_model(path, context=make_context())) == expected
    assert (
        to_text(import_model(path.read_bytes(), context=make_context(), filename=str(path)))
        == expected
    )
    path.write_text("{ nonsense")
    with pytest.raises(DiagnosticError, match=f"not an ONNX model in the format '{suffix}'"):
        import_model(path, context=make_context())


@pytest.mark.parametrize(
    ("suffix", "content", "place"),
    [
        ("onnxtext", '\n// "\n<ir_version: 8> g (float x y)', ":3:28: error: not an ONNX model in the format 'onnxtxt': Ex"),
        ("json", '// "\n{"irVersion":\n  // 8\n x}', ":4:2: error: not an ONNX model in the format 'json': Ex"),
        ("json", '{"irVersion": "x"}', ": error: not an ONNX model in the format 'json': Failed to parse irVersion"),
        ("pbtxt", "# 8\nir_version: x", ":2:13: error: not an ONNX model in the format 'textproto': 'ir_version: x': "),
        ("onnxtxt", b"\xff", ": error: not an ONNX model in the format 'onnxtxt': 'utf-8' codec"),
    ],
)  # fmt: skip
def test_where_a_text_is_wrong(
    tmp_path: Path, suffix: str, content: str | bytes, place: str
) -> None:
    """In the lines of the user's file, whatever comments it has."""
    path = tmp_path / f"m.{suffix}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DiagnosticError, match=re.escape(f"{path}{place}")) as caught:
        import_model(path, context=make_context())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        ("onnxtext", '// CHECK: "\n<ir_version: 8, opset_import: ["": 7],\n // x\n doc_string: "a\n// b\\""> g () => () {}\n// y'),
        ("json", '// CHECK: "\n{"irVersion": 8, "opsetImport": [{"version": 7}],\n "docString": "a\\n// b\\"", "graph": {}}\r\n//'),
    ],
)  # fmt: skip
def test_comments_of_a_text(tmp_path: Path, suffix: str, content: str) -> None:
    """Lines that begin with `//`, unless a string goes on there."""
    path = tmp_path / f"m.{suffix}"
    path.write_bytes(content.encode())
    found = to_text(import_model(path, context=make_context()), debuginfo=True)
    assert r'onnx.doc_string = "a\0A// b\22"' in found


def test_a_domain_that_nobody_knows_needs_no_opset() -> None:
    """As in onnx-mlir: nothing is known of its ops, whatever their version."""
    model = onnx.parser.parse_model(node('"": 18', "y = far.Op(x)"))
    module = import_model(model, context=make_context())
    assert 'domain_name = "far"' in to_text(module)
    assert export_model(module).opset_import == model.opset_import


def test_names_in_locations() -> None:
    """So that diagnostics name the node."""
    model = helper.make_model(
        helper.make_graph([helper.make_node("Relu", ["x"], ["y"], name="act")], "g",
                          [helper.make_tensor_value_info("x", 1, [1])], [helper.make_tensor_value_info("y", 1, [1])])
    )  # fmt: skip
    module = import_model(model, context=make_context())
    assert 'loc("act")' in to_text(module, debuginfo=True)
