# SPDX-License-Identifier: Apache-2.0
"""Result types of one op, from ONNX's own type and shape inference."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import onnx
import onnx.defs as defs
from onnx import helper, shape_inference

from ..bindings import ir
from ..protos import attribute_to_proto, tensor_to_proto, type_from_proto, type_to_proto
from ..types import BY_ASM, Array, element_type, is_none, tensor_type, unknown_type
from .attributes import AnyAttribute
from .constant import constant_value
from .spec import OpSpec, ValueSpec

MOST_ELEMENTS = 1024
"""Shapes, axes and the like decide about result shapes; constants larger than this never do."""


_BEFORE_CEILED = 21
"""The last opset in which `ceil_mode` of pools counts a window that starts in the padding at the end.

onnx-mlir counts it to this day.  Source: the shape inference of MaxPool-12 and -22.
"""


class InferenceError(TypeError):
    """ONNX's inference does not admit the op as it is; the text is what it says, without the op's name."""


def infer_result_types(
    spec: OpSpec, operands: Sequence[ir.Value], attributes: Mapping[str, ir.Attribute]
) -> list[ir.Type]:
    """The result types of an `onnx.<spec.name>` that is being built, in the current context.

    Raises TypeError where ONNX cannot tell: for ops that it does not know, and for operand types that do not fit.
    """
    if not spec.results:
        return []
    if spec.onnx_name == "Constant" and "value" in attributes:
        return [attributes["value"].type]
    if spec.name == "Dim":
        return [tensor_type((1,), BY_ASM["i64"])]
    if not spec.onnx_name:
        raise TypeError(
            f"onnx.{spec.name}: ONNX does not know this op: give the result types as `results`"
        )
    constants = {index: constant_value(operand) for index, operand in enumerate(operands)}
    types = [operand.type for operand in operands]
    try:
        inferred = infer_types(spec, types, attributes, constants, len(spec.results))
    except InferenceError as error:
        raise TypeError(f"onnx.{spec.name}: {error}") from error
    found: list[ir.Type] = []
    for result, type_ in zip(spec.results, inferred, strict=True):
        if type_ is None and result.arity == "single":
            raise TypeError(
                f"onnx.{spec.name}: cannot infer the type of '{result.name}': give it in `results`"
            )
        if result.arity != "variadic":
            found.append(type_ or ir.NoneType.get())
        elif type_ is not None:
            found.append(type_)
    return found


def infer_types(
    spec: OpSpec,
    operands: Sequence[ir.Type],
    attributes: Mapping[str, AnyAttribute],
    constants: Mapping[int, Array | None],
    results: int,
) -> list[ir.Type | None]:
    """The types of the first `results` results of `onnx.<spec.name>`, in the current context.

    None for a result of which ONNX says nothing.  For the rest see `infer_protos`.
    """
    protos = [type_to_proto(type_) for type_ in operands]
    absent = [index for index, type_ in enumerate(operands) if is_none(type_)]
    found = infer_protos(spec, protos, attributes, constants, results, absent)
    return [None if proto is None else type_from_proto(proto) for proto in found]


def infer_protos(
    spec: OpSpec,
    operands: Sequence[onnx.TypeProto | None],
    attributes: Mapping[str, AnyAttribute],
    constants: Mapping[int, Array | None],
    results: int,
    absent: Collection[int] = (),
) -> list[onnx.TypeProto | None]:
    """The types of the first `results` results of `onnx.<spec.name>`, in ONNX's messages.

    operands: None where the type is not known.  absent: the numbers of those that are left out.  constants: what
    operands hold, by their numbers, as far as that is known; large ones are not looked at.  Raises InferenceError where
    ONNX's inference refuses the op, in its words.  The op must be one of ONNX's, without regions.
    """
    schema = defs.get_schema(spec.onnx_name, spec.since_version, spec.domain)
    names = ["" if index in absent else f"i{index}" for index in range(len(operands))]
    types: dict[str, onnx.TypeProto] = {}
    data: dict[str, onnx.TensorProto] = {}
    for index, (name, proto) in enumerate(zip(names, operands, strict=True)):
        if not name or proto is None:
            continue
        types[name] = proto
        array = constants.get(index)
        if array is not None and array.size <= MOST_ELEMENTS:
            data[name] = tensor_to_proto(array, name)
    while names and not names[-1]:
        names.pop()  # For some ops, one that is left out is still one that is there.
    outputs = [f"o{index}" for index in range(results)]
    node = helper.make_node(spec.onnx_name, names, outputs, domain=spec.domain)
    try:
        node.attribute.extend(
            attribute_to_proto(name, spec.attributes[name].kind, attribute)
            for name, attribute in attributes.items()
            if name in spec.attributes and name in schema.attributes
        )
        inferred = shape_inference.infer_node_outputs(schema, node, types, data)
        if any(each.name == "ceil_mode" and each.i for each in node.attribute):
            old = defs.get_schema(spec.onnx_name, _BEFORE_CEILED, spec.domain)
            others = shape_inference.infer_node_outputs(old, node, types, data)
            for name, proto in inferred.items():
                _forget_others(proto, others.get(name))
    except Exception as error:
        raise InferenceError(str(error).strip()) from error
    found = [inferred.get(name) for name in outputs]
    if not all(map(_is_sized, types.values())) and not any(map(_is_empty, types.values())):
        for proto in found:
            _forget_zeros(proto)
    return found


def _is_sized(proto: onnx.TypeProto) -> bool:
    dims = proto.tensor_type.shape.dim
    return all(dim.HasField("dim_value") for dim in dims)


def _is_empty(proto: onnx.TypeProto) -> bool:
    """Whether a size is 0: then so may be one of the results."""
    dims = proto.tensor_type.shape.dim
    return any(dim.HasField("dim_value") and dim.dim_value == 0 for dim in dims)


def _forget_zeros(proto: onnx.TypeProto | None) -> None:
    """Where operands have sizes that are not known, inference computes with 0 for them (Attention does)."""
    if proto is not None and proto.HasField("tensor_type"):
        for dim in proto.tensor_type.shape.dim:
            if dim.HasField("dim_value") and dim.dim_value == 0:
                dim.Clear()


def _forget_others(proto: onnx.TypeProto, other: onnx.TypeProto | None) -> None:
    """Keep no size that another type has otherwise."""
    theirs = other.tensor_type.shape.dim if other is not None else ()
    for dim, their in zip(proto.tensor_type.shape.dim, theirs, strict=False):
        if dim != their:
            dim.Clear()


def bound_type(spec: OpSpec, formal: ValueSpec, operands: Sequence[ir.Value]) -> ir.Type:
    """The type of a result of which only the node tells something."""
    if formal.variable:
        for index, operand in enumerate(operands):
            if spec.operands[min(index, len(spec.operands) - 1)].variable == formal.variable:
                row = (
                    element_type(operand.type) if isinstance(operand.type, ir.ShapedType) else None
                )
                if row is not None:
                    return tensor_type(None, row)
    return unknown_type()
