# SPDX-License-Identifier: Apache-2.0
"""Models that cannot be read: one clear line each, with the file and the node."""

from __future__ import annotations

from collections.abc import Callable

import onnx
import pytest
from onnx import helper

from onnx_opt.dialect import DiagnosticError, make_context, verify
from onnx_opt.dialect.diagnostics import Diagnostic
from onnx_opt.importer import import_model

VALID = """<ir_version: 8, opset_import: ["": 17]> g (float[N, 4] x) => (float[N, 4] y) {
    [first] t = Relu(x)
    [second] y = LeakyRelu<alpha = 0.5>(t)
}"""


def valid() -> onnx.ModelProto:
    """A model without fault."""
    return onnx.parser.parse_model(VALID)


def message(model: onnx.ModelProto | bytes, filename: str = "m.onnx") -> str:
    """What the import says about a model with a fault."""
    with pytest.raises(DiagnosticError) as caught:
        import_model(model, context=make_context(), filename=filename)
    said = str(caught.value)
    assert "\n" not in said
    return said


def test_the_model_itself_is_fine() -> None:
    """Else none of the tests here would say anything."""
    assert verify(import_model(valid(), context=make_context())) == []


def make_cycle(model: onnx.ModelProto) -> None:
    model.graph.node[0].input[0] = "y"


def set_(path: str, value: object) -> Callable[[onnx.ModelProto], None]:
    """Set a field of the first node, or of its first attribute."""

    def change(model: onnx.ModelProto) -> None:
        setattr(model.graph.node[0], path, value)

    return change


def add_attribute(name: str, value: object, node: int = 0) -> Callable[[onnx.ModelProto], None]:
    def change(model: onnx.ModelProto) -> None:
        model.graph.node[node].attribute.append(helper.make_attribute(name, value))

    return change


def set_alpha_kind(model: onnx.ModelProto) -> None:
    model.graph.node[1].attribute[0].CopyFrom(helper.make_attribute("alpha", 1))


def drop_opset(model: onnx.ModelProto) -> None:
    model.opset_import[0].domain = "com.example"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (make_cycle, "the graph has a cycle: node 'second' (LeakyRelu) -> node 'first' (Relu) -> node 'second' (LeakyRelu)"),
        (lambda m: m.graph.node[0].input.__setitem__(0, "u"), "node 'first' (Relu): uses 'u', which nothing makes"),
        (lambda m: m.graph.node[0].output.__setitem__(0, "y"), "node 'second' (LeakyRelu): makes 'y', which exists already"),
        (lambda m: m.graph.node[0].output.__setitem__(0, "x"), "node 'first' (Relu): makes 'x', which exists already"),
        (lambda m: m.graph.input.append(m.graph.input[0]), "the name 'x' is given twice"),
        (lambda m: setattr(m.graph.output[0], "name", "z"), "the graph's output 'z' is made by nothing"),
        (set_("op_type", "Rellu"), "node 'first' (Rellu): domain 'ai.onnx' has no op 'Rellu'; did you mean 'Relu'?"),
        (set_("op_type", "Gelu"), "node 'first' (Gelu): opset 17 of domain 'ai.onnx' has no Gelu: it came with opset 20"),
        (set_("domain", "ai.onnx.ml"), "node 'first' (Relu): the model imports no opset of domain 'ai.onnx.ml'"),
        (drop_opset, "node 'first' (Relu): the model imports no opset of domain 'ai.onnx'"),
        (lambda m: setattr(m.opset_import[0], "version", 999), "opset 999 of domain 'ai.onnx' is newer than onnx"),
        (lambda m: m.graph.node[0].input.append("x"), "node 'first' (Relu): Relu-14 has at most 1 inputs, got 2"),
        (lambda m: m.graph.node[0].input.__setitem__(0, ""), "node 'first' (Relu): input 'X' is required, but it is left out"),
        (lambda m: m.graph.node[0].output.append("u"), "node 'first' (Relu): Relu-14 has at most 1 outputs, got 2"),
        (lambda m: m.graph.node.add(op_type="Relu", name="z", input="x"), "node 'z' (Relu): output 'Y' is required, but it is left out"),
        (add_attribute("alhpa", 1.0, 1), "LeakyRelu-16 has no attribute 'alhpa'; did you mean 'alpha'?"),
        (add_attribute("alpha", 1.0, 1), "node 'second' (LeakyRelu): attribute 'alpha' is given twice"),
        (set_alpha_kind, "node 'second' (LeakyRelu): attribute 'alpha' must be of kind float, got int"),
        (lambda m: setattr(m.graph.input[0].type.tensor_type, "elem_type", 99), "the graph's input 'x' has no type"),
        (lambda m: m.ClearField("graph"), "the model has no graph"),
        (lambda m: m.ClearField("opset_import"), "the model imports no opset, which IR version 8 asks for"),
        (lambda m: m.ClearField("ir_version"), "the model does not say its IR version"),
    ],
)  # fmt: skip
def test_says_what_is_wrong(change: Callable[[onnx.ModelProto], object], said: str) -> None:
    """One fault each."""
    model = valid()
    change(model)
    found = message(model)
    assert found.startswith("m.onnx: error: ")
    assert said in found


def test_names_a_node_without_a_name_by_what_it_makes() -> None:
    """Most exporters give names, but not all."""
    model = valid()
    model.graph.node[0].ClearField("name")
    model.graph.node[0].op_type = "Rellu"
    assert "node that makes 't' (Rellu): " in message(model)


def test_missing_graph_attribute() -> None:
    """If without else_branch."""
    model = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["": 17]> g (bool c, float[1] x) => (float[1] y) {
            y = If(c) <then_branch = t () => (float[1] r) { r = Relu(x) }, else_branch = e () => (float[1] q) { q = Abs(x) }>
        }"""
    )
    assert import_model(model, context=make_context())
    del model.graph.node[0].attribute[1]
    assert "(If): needs the graph " in message(model)


def test_impossible_type_is_the_verifiers() -> None:
    """Shape inference does not stop at it; the verifier names the node."""
    model = valid()
    model.graph.input[0].type.tensor_type.elem_type = onnx.TensorProto.STRING
    errors = verify(import_model(model, context=make_context()))
    assert "node 'first': 'onnx.Relu' op operand 'X' (#0) must be one of" in str(errors[0])


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"not a model", VALID.encode()])
def test_not_a_protobuf(data: bytes) -> None:
    """Bytes that are no model."""
    assert message(data).startswith("m.onnx: error: not an ONNX model")


def test_truncated() -> None:
    """Every proper prefix of a model is refused, whatever it is cut at."""
    data = valid().SerializeToString()
    for size in range(len(data)):
        with pytest.raises(DiagnosticError):
            import_model(data[:size], context=make_context(), filename="m.onnx")


def test_missing_file() -> None:
    """A path that does not exist."""
    with pytest.raises(DiagnosticError, match="cannot read the model: No such file"):
        import_model("/nonexistent/m.onnx", context=make_context())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.dims.append(7), "of shape [2, 7] and type float needs 56 bytes, got 8"),
        (
            lambda t: setattr(t, "raw_data", b"1234567"),
            "of shape [2] and type float needs 8 bytes, got 7",
        ),
        (lambda t: setattr(t, "data_type", 77), "has data type 77, which ONNX does not define"),
        (
            lambda t: setattr(t, "data_type", 8),
            "holds strings as raw bytes, which ONNX does not allow",
        ),
        (lambda t: t.dims.__setitem__(0, -2), "has shape [-2]"),
        (lambda t: (t.ClearField("raw_data"), t.float_data.append(1.0)), "does not hold its data"),
    ],
)
def test_broken_initializer(change: Callable[[onnx.TensorProto], object], said: str) -> None:
    """Data that does not fit its shape or type."""
    model = valid()
    tensor = model.graph.initializer.add(name="w", data_type=1, dims=[2], raw_data=b"12345678")
    assert import_model(model, context=make_context())
    change(tensor)
    assert said in message(model)


@pytest.mark.parametrize(
    ("indices", "said"),
    [
        ([0, 4], "has an index outside of its shape"),
        ([0], "needs one int64 index for each"),
        ([1, 1], "has an index twice"),
    ],
)
def test_broken_sparse_initializer(indices: list[int], said: str) -> None:
    """Indices that do not fit."""
    values = helper.make_tensor("w", 1, [2], [1.0, 2.0])
    model = valid()
    places = helper.make_tensor("", 7, [len(indices)], indices)
    model.graph.sparse_initializer.append(helper.make_sparse_tensor(values, places, [2, 2]))
    assert said in message(model)


@pytest.mark.parametrize("old", [b"first", b"\x01t", b"alpha"])
def test_names_are_utf8(old: bytes) -> None:
    """Protobuf does not see to it."""
    data = valid().SerializeToString()
    assert old in data
    assert "a text in it is not UTF-8" in message(
        data.replace(old, b"\x01\xff" if old[0] == 1 else b"\xff" + old[1:])
    )


def test_attributes_have_names() -> None:
    """An empty one could not be written down."""
    model = valid()
    model.graph.node[1].attribute[0].name = ""
    assert "node 'second' (LeakyRelu): an attribute has no name" in message(model)


@pytest.mark.parametrize(
    ("opset", "body", "said"),
    [
        (9, "y = Upsample(x, s)", ""),
        (10, "u = Upsample(x, s) y = Upsample(u, s)", "Upsample is deprecated in opset 10, which the model imports"),
        (
            18,
            "y = GroupNormalization<num_groups = 1>(x, s, s)",
            "GroupNormalization is deprecated in opset 18, which the model imports, and means something else from "
            "opset 21 on",
        ),
        (21, "y = GroupNormalization<num_groups = 1>(x, s, s)", ""),
    ],
)  # fmt: skip
def test_deprecated_ops_are_warned_of_once(opset: int, body: str, said: str) -> None:
    model = onnx.parser.parse_model(
        f"""<ir_version: 8, opset_import: ["": {opset}]> g (float[2, 2] x, float[2] s) => (y) {{ {body} }}"""
    )
    warnings: list[Diagnostic] = []
    import_model(model, context=make_context(), filename="m.onnx", warn=warnings.append)
    assert list(map(str, warnings)) == ([f"m.onnx: warning: {said}"] if said else [])
