# SPDX-License-Identifier: Apache-2.0
"""Constants as numpy arrays, in every form that the dialect has for them.

    constant_value(value)   ->  array, or None if the value is not a constant
    constant(array)         ->  an onnx.Constant op at the current insertion point
    elements_attribute(array)

The forms that are read: `value` (dense, splat, hexadecimal, strings, complex, `dense_resource`), `sparse_value`,
`value_float(s)`, `value_int(s)`, `value_string(s)`.  The bindings hand out the bytes of common element types without
copying; the rest (bfloat16, float8 and narrower, int4, complex, strings, sparse) is decoded from the attribute's text.
"""

from __future__ import annotations

from typing import cast

import numpy as np

from .bindings import ir
from .elements.literals import parse_elements, quote
from .elements.resources import Resource, handle_of, resource_attribute, resource_of
from .model_records import NAME
from .onnx import OnnxOp, op_class
from .ops.attributes import AnyAttribute, get_attribute, scalar_value
from .types import BY_DTYPE, Array, ElementType, tensor_type

_SCALAR_FORMS = {
    "value_float": np.float32,
    "value_floats": np.float32,
    "value_int": np.int64,
    "value_ints": np.int64,
    "value_string": np.object_,
    "value_strings": np.object_,
}


def constant_value(source: ir.Value | ir.Attribute) -> Array | None:
    """The array behind a value that an onnx.Constant defines, or behind an elements attribute.

    The array is read-only where it is a view of memory that MLIR owns; a splat is a view with strides of 0.  Strings
    come as an object array of `str`.  None if the value is not a constant, or its data is elided from the text.
    """
    if not isinstance(source, ir.Value):
        return _elements(source)
    op = source.owner
    if isinstance(op, ir.Block) or op.name != "onnx.Constant":
        return None
    attribute = get_attribute(op, "value")
    if attribute is None:
        attribute = get_attribute(op, "sparse_value")
    if attribute is not None:
        return _elements(attribute)
    for name, dtype in _SCALAR_FORMS.items():
        attribute = get_attribute(op, name)
        if isinstance(attribute, ir.ArrayAttr):
            return np.array([scalar_value(item) for item in attribute], dtype)
        if attribute is not None:
            return np.array(scalar_value(attribute), dtype)
    return None


def _elements(attribute: AnyAttribute) -> Array | None:
    if isinstance(attribute, ir.DenseElementsAttr):
        try:
            return np.asarray(memoryview(attribute))
        except BufferError:
            pass  # An element type that Python's buffers do not know.
    elif handle_of(attribute) is not None:
        resource = resource_of(cast(ir.Attribute, attribute))
        return resource.array() if resource else None
    return parse_elements(str(attribute))


def constant_resource(value: ir.Value) -> Resource | None:
    """What stands behind a constant, not evaluated: `constant_value` for data that may be large."""
    op = value.owner
    if not isinstance(op, ir.Block) and op.name == "onnx.Constant":
        attribute = get_attribute(op, "value")
        if isinstance(attribute, ir.Attribute) and (resource := resource_of(attribute)):
            return resource
    array = constant_value(value)
    return None if array is None else Resource(array)


def elements_attribute(array: Array, type_: ir.Type | None = None) -> ir.Attribute:
    """`dense<...>` with the type, shape and data of `array`, in the current context.

    Takes every dtype of the table of element types, and `str` for strings.  type_: the tensor type, for one who knows
    it already.  Raises TypeError for other dtypes.
    """
    row = _row_of(array)
    type_ = type_ or tensor_type(array.shape, row)
    if row.bits == 0:
        literal = _string_literal(array.tolist()) if array.size else ""
        return ir.Attribute.parse(f"dense<{literal}> : {type_}")
    if not row.is_native:
        array = array.view(row.storage)
    elif not array.dtype.isnative:
        array = array.astype(row.dtype)
    if not array.flags.c_contiguous:
        array = array.copy("C")
    return ir.DenseElementsAttr.get(array, type=type_)


def constant(
    array: Array,
    *,
    loc: ir.Location | None = None,
    ip: ir.InsertionPoint | None = None,
) -> OnnxOp:
    """An onnx.Constant that holds `array`; its result is `.output`."""
    return cast(OnnxOp, _constant_op(elements_attribute(np.asarray(array)), loc, ip).opview)


def constant_like(original: ir.Value | None, data: Array | Resource) -> ir.Value:
    """The result of a new onnx.Constant that holds `data` in the form that `original` has: `dense` or `dense_resource`.

    An initializer's name goes to the new one; it is used again if the old one vanishes.  A recipe is evaluated if the
    form is `dense`.
    """
    handle = name = None
    if original is not None and not isinstance(old := original.owner, ir.Block):
        handle = handle_of(get_attribute(old, "value"))
        name = old.attributes.get(NAME)
    if handle is not None:
        value = resource_attribute(data, handle)
    else:
        value = elements_attribute(data.array() if isinstance(data, Resource) else data)
    return _constant_op(value, name=name).results[0]


def _constant_op(
    value: ir.Attribute,
    loc: ir.Location | None = None,
    ip: ir.InsertionPoint | None = None,
    name: ir.Attribute | None = None,
) -> ir.Operation:
    """`onnx.Constant(value=value)`, of which a fold makes so many that the general builder would show."""
    op_class("Constant")
    attributes = {"value": value} if name is None else {"value": value, NAME: name}
    return ir.Operation.create("onnx.Constant", [value.type], attributes=attributes, loc=loc, ip=ip)


def _row_of(array: Array) -> ElementType:
    row = BY_DTYPE.get(array.dtype)
    if row is None and array.dtype.kind in "US":
        return BY_DTYPE[np.dtype(np.object_)]
    if row is None and array.dtype.kind in "fiuc":
        row = BY_DTYPE.get(array.dtype.newbyteorder("="))
    if row is None:
        raise TypeError(f"ONNX has no element type for numpy's {array.dtype}")
    return row


def _string_literal(strings: object) -> str:
    if isinstance(strings, list):
        return "[" + ", ".join(map(_string_literal, cast("list[object]", strings))) + "]"
    return quote(str(strings))
