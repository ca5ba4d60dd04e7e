# SPDX-License-Identifier: Apache-2.0
"""Result types of an op that is being built, from ONNX's own type and shape inference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import onnx
import onnx.defs as defs
from onnx import helper, shape_inference

from ..bindings import ir
from ..protos import attribute_to_proto, tensor_to_proto, type_from_proto, type_to_proto
from ..types import element_type, is_none, tensor_type, unknown_type
from .constant import constant_value
from .spec import OpSpec, ValueSpec


def infer_result_types(
    spec: OpSpec, operands: Sequence[ir.Value], attributes: Mapping[str, ir.Attribute]
) -> list[ir.Type]:
    """The result types of `onnx.<spec.name>` on these operands, in the current context.

    Raises TypeError where ONNX cannot tell: for ops that it does not know, and for operand types that do not fit.
    """
    if not spec.results:
        return []
    if spec.onnx_name == "Constant" and "value" in attributes:
        return [attributes["value"].type]
    if not spec.onnx_name:
        raise TypeError(
            f"onnx.{spec.name}: ONNX does not know this op: give the result types as `results`"
        )
    try:
        inferred = _infer(spec, operands, attributes)
    except Exception as error:
        raise TypeError(f"onnx.{spec.name}: {str(error).strip()}") from error
    types: list[ir.Type] = []
    for result in spec.results:
        type_ = type_from_proto(inferred[result.name]) if result.name in inferred else None
        if type_ is None and result.arity == "single":
            raise TypeError(
                f"onnx.{spec.name}: cannot infer the type of '{result.name}': give it in `results`"
            )
        if result.arity != "variadic":
            types.append(type_ or ir.NoneType.get())
        else:
            types.extend([type_] if type_ else [])
    return types


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


def _infer(
    spec: OpSpec, operands: Sequence[ir.Value], attributes: Mapping[str, ir.Attribute]
) -> dict[str, onnx.TypeProto]:
    schema = defs.get_schema(spec.onnx_name, spec.since_version, spec.domain)
    names = [
        "" if is_none(operand.type) else f"operand{index}" for index, operand in enumerate(operands)
    ]
    node = helper.make_node(
        spec.onnx_name, names, [result.name for result in spec.results], domain=spec.domain
    )
    node.attribute.extend(
        attribute_to_proto(name, spec.attributes[name].kind, attribute)
        for name, attribute in attributes.items()
        if name in spec.attributes and name in schema.attributes
    )
    types: dict[str, onnx.TypeProto] = {}
    data: dict[str, onnx.TensorProto] = {}
    for name, operand in zip(names, operands, strict=True):
        proto = type_to_proto(operand.type)
        if not name or proto is None:
            continue
        types[name] = proto
        # Shapes, axes and the like decide about result shapes; weights never do.
        array = constant_value(operand)
        if array is not None and array.size <= 64:
            data[name] = tensor_to_proto(array, name)
    return shape_inference.infer_node_outputs(schema, node, types, data)
