# SPDX-License-Identifier: Apache-2.0
"""The ops of onnx-mlir's dialect that ONNX's schemas do not know.

Source of names, operands and attributes: onnx-mlir, src/Dialect/ONNX/AdditionalONNXOps.td.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..types import ELEMENT_TYPES
from .attribute_kinds import ATTRIBUTE_KINDS
from .spec import AttributeSpec, OpSpec, ValueSpec


def _tensors(*names: str) -> frozenset[str]:
    return frozenset(f"tensor({name})" for name in names)


_FLOATS = _tensors("float16", "float", "double")
_WIDE_FLOATS = _FLOATS | _tensors("bfloat16")
_ANY_TENSOR = _tensors(*(row.name for row in ELEMENT_TYPES))
_KINDS = {kind.name: kind for kind in ATTRIBUTE_KINDS}


def _attribute(
    name: str, kind: str, default: Any = None, *, required: bool = False
) -> AttributeSpec:
    if isinstance(default, float):
        default = float(np.float32(default))  # What the attribute, an f32, will hold.
    return AttributeSpec(name, _KINDS[kind], required=required, default=default)


def _value(name: str, types: frozenset[str] | None = None, variable: str = "") -> ValueSpec:
    return ValueSpec(name, "single", types, variable)


def _optional(name: str, types: frozenset[str] | None = None) -> ValueSpec:
    return ValueSpec(name, "optional", types)


def _variadic(name: str, types: frozenset[str] | None = None, min_count: int = 0) -> ValueSpec:
    return ValueSpec(name, "variadic", types, min_count=min_count)


def _op(
    name: str,
    doc: str,
    operands: tuple[ValueSpec, ...] = (),
    results: tuple[ValueSpec, ...] = (),
    attributes: tuple[AttributeSpec, ...] = (),
    **rest: Any,
) -> OpSpec:
    """rest: further fields of the spec."""
    named = {attribute.name: attribute for attribute in attributes}
    return OpSpec(name, operands=operands, results=results, attributes=named, doc=doc, **rest)


_OPS = (
    _op(
        "BatchNormalizationInferenceMode",
        "BatchNormalization that normalizes with the given statistics: "
        "Y = scale * (X - mean) / sqrt(var + epsilon) + B, along axis 1 of X.",
        (
            _value("X", _WIDE_FLOATS, "T"),
            _value("scale", _WIDE_FLOATS),
            _value("B", _WIDE_FLOATS),
            _value("mean", _WIDE_FLOATS),
            _value("var", _WIDE_FLOATS),
        ),
        (_value("o_Y", _WIDE_FLOATS, "T"),),
        (_attribute("epsilon", "float", 1e-5), _attribute("momentum", "float", 0.9)),
        onnx_name="BatchNormalization",
        since_version=15,
    ),
    _op(
        "ConcatShapeTranspose",
        "Concat, and the Shape and the Transpose of its result, as one op.",
        (_variadic("inputs", _ANY_TENSOR, min_count=1),),
        (_value("shape", _tensors("int64")), _value("transposed", _ANY_TENSOR)),
        (
            _attribute("axis", "int", required=True),
            _attribute("end", "int"),
            _attribute("perm", "ints"),
            _attribute("start", "int", 0),
        ),
    ),
    _op(
        "Custom",
        "A node that is not of ONNX's own domains; `function_name` says which.  Nothing is known of its effects.",
        (_variadic("inputs"),),
        (_variadic("outputs"),),
        (
            _attribute("function_name", "string", required=True),
            _attribute("inputs_for_infer", "ints"),
            _attribute("output_element_type", "type"),
            _attribute("shape_infer_pattern", "string"),
        ),
        pure=False,
        custom=True,
    ),
    _op(
        "Dim",
        "The size of one dimension of a tensor, as a tensor of one element.",
        (_value("data", _ANY_TENSOR),),
        (_value("dim", _tensors("int64")),),
        (_attribute("axis", "int", 0),),
    ),
    _op(
        "DimGroup",
        "Dimensions with one `group_id` are equal at run time.",
        (_value("data", _ANY_TENSOR),),
        (),
        (_attribute("axis", "int", 0), _attribute("group_id", "int", -1)),
        pure=False,
    ),
    _op(
        "EntryPoint",
        "Names the function that is the model's graph.",
        attributes=(_attribute("func", "symbol", required=True),),
        pure=False,
    ),
    _op(
        "Fused",
        "Ops to be lowered together; the body sees only its own arguments.",
        (_variadic("inputs"),),
        (_variadic("outputs"),),
        (_attribute("kind", "string", required=True),),
        regions=("body",),
        isolated=True,
    ),
    _op(
        "Im2Col",
        "The windows of a convolution as the columns of a matrix.",
        (_value("X", _FLOATS),),
        (_value("output", _FLOATS),),
        (
            _attribute("auto_pad", "string", "NOTSET"),
            _attribute("dilations", "ints"),
            _attribute("kernel_shape", "ints", required=True),
            _attribute("pads", "ints"),
            _attribute("strides", "ints"),
        ),
    ),
    _op(
        "LayoutTransform",
        "The same tensor in another data layout; in ONNX's own where `target_layout` is absent.",
        (_value("data", _tensors("float16", "float")),),
        (_value("output", _tensors("float16", "float")),),
        (_attribute("target_layout", "layout"),),
    ),
    _op(
        "MaxPoolSingleOut",
        "MaxPool without its second result, the indices.",
        (_value("X", _ANY_TENSOR, "T"),),
        (_value("o_Y", _ANY_TENSOR, "T"),),
        (
            _attribute("auto_pad", "string", "NOTSET"),
            _attribute("ceil_mode", "int", 0),
            _attribute("dilations", "ints"),
            _attribute("kernel_shape", "ints", ()),
            _attribute("pads", "ints"),
            _attribute("storage_order", "int", 0),
            _attribute("strides", "ints"),
        ),
        onnx_name="MaxPool",
        since_version=22,
    ),
    _op(
        "NoValue",
        "Stands where an optional operand is left out.",
        results=(_value("none_val", frozenset({"none"})),),
        attributes=(_attribute("value", "unit"),),
        constant_like=True,
    ),
    _op(
        "PrintSignature",
        "Prints the types, or the data, of its operands at run time.",
        (_variadic("input"),),
        (),
        (
            _attribute("op_name", "string", required=True),
            _attribute("print_data", "int", required=True),
        ),
        pure=False,
    ),
    _op(
        "RMSLayerNormalization",
        "LayerNormalization by the root mean square, without subtracting the mean.",
        (_value("X", _WIDE_FLOATS), _value("Scale", _WIDE_FLOATS), _optional("B", _WIDE_FLOATS)),
        (_value("Y", _WIDE_FLOATS), _optional("InvStdDev", _tensors("float", "bfloat16"))),
        (
            _attribute("axis", "int", -1),
            _attribute("epsilon", "float", 1e-5),
            _attribute("stash_type", "int", 1),
        ),
    ),
    _op("Return", "Ends a function.", (_variadic("operands"),), terminates="function"),
    _op(
        "ShapeTransform",
        "Each element moves to the index that a bijective affine map gives it.",
        (_value("input", _tensors("float")),),
        (_value("output", _tensors("float")),),
        (_attribute("index_map", "affine_map", required=True),),
    ),
    _op(
        "UpsampleAndPad",
        "Zeros between the elements of the innermost dimensions, then zeros around them.",
        (_value("X", _ANY_TENSOR, "T"),),
        (_value("output", _ANY_TENSOR, "T"),),
        (_attribute("pads", "ints"), _attribute("strides", "ints")),
    ),
    _op(
        "Yield",
        "Ends a region of If, Loop, Scan or SequenceMap.",
        (_variadic("operands"),),
        terminates="region",
    ),
)

EXTRA_OPS = {spec.name: spec for spec in _OPS}
