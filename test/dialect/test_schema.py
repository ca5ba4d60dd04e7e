# SPDX-License-Identifier: Apache-2.0
"""Every op of ONNX has a spec and a class, under the name that onnx-mlir gives it."""

from __future__ import annotations

from typing import cast

import pytest
from onnx import defs

from onnx_opt.dialect import onnx
from onnx_opt.dialect.ops.schema import all_op_names, all_versions, op_name, op_spec
from onnx_opt.dialect.ops.versions import name_of_node, version_in

SCHEMAS = defs.get_all_schemas_with_history()

# ONNX op -> versions in onnx-mlir's dialect (utils/gen_onnx_mlir.py, version_dict, July 2026): the first has the plain
# name, the others carry a suffix.
ONNX_MLIR: dict[str, list[int]] = {
    "Add": [14],
    "ArgMax": [13],
    "Attention": [24],
    "AveragePool": [22],
    "BatchNormalization": [15],
    "Cast": [21],
    "CastLike": [19],
    "Clip": [13, 12, 11, 6],
    "Constant": [19],
    "ConstantOfShape": [20],
    "Conv": [22],
    "DFT": [20, 17],
    "DequantizeLinear": [19],
    "Dropout": [22],
    "Equal": [19],
    "Flatten": [21],
    "Gemm": [13],
    "GlobalLpPool": [2],
    "GridSample": [22, 16],
    "GroupNormalization": [21, 18],
    "If": [21],
    "LSTM": [22],
    "LabelEncoder": [2],
    "LayerNormalization": [17],
    "Loop": [21],
    "MatMul": [13],
    "MaxPool": [22],
    "Normalizer": [1],
    "OneHot": [11],
    "OptionalGetElement": [18],
    "Pad": [21, 18, 13, 11, 2],
    "Pow": [15],
    "QLinearMatMul": [10],
    "QuantizeLinear": [19],
    "ReduceL1": [18, 13],
    "ReduceL2": [18, 13],
    "ReduceLogSumExp": [18, 13],
    "ReduceMax": [20, 18, 13],
    "ReduceMean": [18, 13],
    "ReduceMin": [20, 18, 13],
    "ReduceSum": [13, 11],
    "Relu": [14],
    "Reshape": [21],
    "Resize": [19, 18, 13, 11, 10],
    "STFT": [17],
    "Scan": [21],
    "Scatter": [11],
    "SequenceMap": [17],
    "Shape": [21],
    "Softmax": [13, 11],
    "Split": [18, 13, 11],
    "Squeeze": [21, 11],
    "StringNormalizer": [10],
    "TopK": [11],
    "Transpose": [21],
    "TreeEnsembleClassifier": [1],
    "TreeEnsembleRegressor": [1],
    "Unsqueeze": [21, 11],
    "Upsample": [10, 7],
    "ZipMap": [1],
}
OPTION = defs.OpSchema.FormalParameterOption
ARITY = {OPTION.Single: "single", OPTION.Optional: "optional", OPTION.Variadic: "variadic"}
# Ops of the dialect that ONNX does not have.
ADDITIONAL = {
    "BatchNormalizationInferenceMode", "ConcatShapeTranspose", "Custom", "Dim", "DimGroup", "EntryPoint", "Fused",
    "Im2Col", "LayoutTransform", "MaxPoolSingleOut", "NoValue", "PrintSignature", "RMSLayerNormalization", "Return",
    "ShapeTransform", "UpsampleAndPad", "Yield",
}  # fmt: skip


@pytest.mark.parametrize(
    ("onnx_name", "version", "position"),
    [
        (name, version, at)
        for name, versions in ONNX_MLIR.items()
        for at, version in enumerate(versions)
    ],
)
def test_names_are_those_of_onnx_mlir(onnx_name: str, version: int, position: int) -> None:
    expected = f"{onnx_name}V{version}" if position else onnx_name
    spec = op_spec(expected)
    assert spec is not None
    assert (spec.onnx_name, spec.since_version) == (onnx_name, version)
    assert op_name(onnx_name, spec.domain, version) == expected


def test_a_node_has_the_name_that_onnx_mlir_gives_it_or_its_own() -> None:
    """The next version that onnx-mlir has, if a node with every operand and attribute means the same under it."""
    kept = set()
    for schema in SCHEMAS:
        versions = ONNX_MLIR.get(schema.name)
        if versions is None or schema.domain or schema.since_version > 22:
            continue
        theirs = min((v for v in versions if v >= schema.since_version), default=versions[0])
        expected = schema.name if theirs == versions[0] else f"{schema.name}V{theirs}"
        name = name_of_node(
            schema.name,
            "",
            schema.since_version,
            schema.attributes.keys(),
            len(schema.inputs),
            lambda _: True,
        )
        if name != expected:
            assert name == f"{schema.name}V{schema.since_version}"
            kept.add(name)
    assert "DropoutV10" in kept
    assert kept.isdisjoint({"ReduceMeanV1", "ReduceMeanV11", "SoftmaxV1", "SqueezeV1", "SplitV2"})


def test_every_op_of_every_version_has_a_spec() -> None:
    for schema in SCHEMAS:
        name = op_name(schema.name, schema.domain, schema.since_version)
        spec = op_spec(name)
        assert spec is not None, name
        assert (spec.name, spec.onnx_name, spec.domain, spec.since_version) == (
            name,
            schema.name,
            schema.domain,
            schema.since_version,
        )


def test_every_op_has_one_name() -> None:
    names = [op_name(s.name, s.domain, s.since_version) for s in SCHEMAS]
    assert len(set(names)) == len(names)
    assert set(all_op_names()) == set(names) | ADDITIONAL


def test_every_op_has_a_class() -> None:
    for name in all_op_names():
        op_class = getattr(onnx, name)
        assert f"onnx.{name}" == op_class.OPERATION_NAME
        assert op_class.__name__ == name
        assert name in (op_class.__doc__ or "")
        assert getattr(onnx, name) is op_class


def test_specs_say_what_schemas_say() -> None:
    """Counted over all schemas: operands, results, attributes, regions."""
    for schema in SCHEMAS:
        spec = op_spec(op_name(schema.name, schema.domain, schema.since_version))
        assert spec is not None
        assert len(spec.operands) == len(schema.inputs)
        assert len(spec.results) == len(schema.outputs)
        graphs = {
            name for name, a in schema.attributes.items() if a.type == defs.OpSchema.AttrType.GRAPH
        }
        assert set(spec.regions) == graphs
        assert set(spec.attributes) == set(schema.attributes) - graphs
        for operand, value in zip(spec.operands, schema.inputs, strict=True):
            assert operand.arity == ARITY[value.option]
        for name, attribute in spec.attributes.items():
            assert attribute.required == schema.attributes[name].required


def test_gemm() -> None:
    spec = op_spec("Gemm")
    assert spec is not None
    assert [(v.name, v.arity) for v in spec.operands] == [
        ("A", "single"),
        ("B", "single"),
        ("C", "optional"),
    ]
    assert [v.name for v in spec.results] == ["Y"]
    assert {a.name: (a.kind.name, a.default) for a in spec.attributes.values()} == {
        "alpha": ("float", 1.0),
        "beta": ("float", 1.0),
        "transA": ("int", 0),
        "transB": ("int", 0),
    }
    assert spec.operand_range == (3, 3)
    assert spec.pure
    assert spec.deterministic
    assert not spec.terminator


def test_if_has_its_branches_in_the_order_of_onnx_mlir() -> None:
    spec = op_spec("If")
    assert spec is not None
    assert spec.regions == ("then_branch", "else_branch")


def test_variadics_have_a_least_number() -> None:
    concat, loop = op_spec("Concat"), op_spec("Loop")
    assert concat is not None
    assert loop is not None
    assert concat.operand_range == (1, None)
    assert loop.operand_range == (2, None)


def test_a_result_named_like_an_operand_has_a_prefix() -> None:
    """onnx-mlir's rule: an op's operands, attributes and results share one space of names."""
    for name in all_op_names():
        spec = op_spec(name)
        assert spec is not None
        taken = [value.name for value in spec.operands] + list(spec.attributes)
        assert not set(taken) & {value.name for value in spec.results}, name


def test_defaults_are_what_an_attribute_can_hold() -> None:
    """An f32 attribute holds no 1e-5, only the f32 next to it."""
    import numpy as np

    for name in all_op_names():
        spec = op_spec(name)
        assert spec is not None
        for attribute in spec.attributes.values():
            if attribute.kind.name == "float" and attribute.default is not None:
                assert attribute.default == float(np.float32(attribute.default)), (name, attribute)


@pytest.mark.parametrize(
    "name", ["", "V", "V13", "Gem", "gemm", "GemmV13", "GemmV999", "Gemm V11", "_Gemm", "PadV1"]
)
def test_names_that_are_no_op(name: str) -> None:
    """`GemmV13` is `Gemm`: an op has one name.  Pad-1 exists: its name is no mistake."""
    assert (op_spec(name) is None) == (name != "PadV1")


def test_unknown_names_of_classes() -> None:
    with pytest.raises(AttributeError, match=r"no op 'Gem'; did you mean 'Gemm'\?"):
        _ = onnx.Gem
    assert "Gemm" in dir(onnx)
    assert not hasattr(onnx, "_private")


@pytest.mark.parametrize("name", ["Relu", "GroupNormalization", "Upsample"])
def test_the_version_that_an_opset_has(name: str) -> None:
    """As the list of all versions says, for an opset of any number."""
    for opset in (-(1 << 40), -1, 0, 1, 7, 9, 10, 18, 21, 1 << 40):
        versions = [each for each in all_versions("")[name] if each <= opset]
        assert version_in(name, "", opset) == max(versions, default=0)


def test_no_version_of_a_name_that_is_no_text() -> None:
    """Protobuf gives bytes for what is not UTF-8."""
    assert version_in(cast(str, b"\xffiv"), "", 21) == 0
