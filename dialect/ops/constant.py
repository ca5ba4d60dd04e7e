# SPDX-License-Identifier: Apache-2.0
"""What an onnx.Constant holds.

The forms that are read: `value` (dense, splat, hexadecimal, strings, complex, `dense_resource`), `sparse_value`,
`value_float(s)`, `value_int(s)`, `value_string(s)`.
"""

from __future__ import annotations

from math import prod

import numpy as np

from ..bindings import ir
from ..elements.arrays import array_of
from ..elements.resources import Resource, resource_of
from ..types import Array
from .attributes import get_attribute, scalar_value

SCALAR_FORMS = {
    "value_float": np.float32,
    "value_floats": np.float32,
    "value_int": np.int64,
    "value_ints": np.int64,
    "value_string": np.object_,
    "value_strings": np.object_,
}
"""The attributes that say a value in numbers and strings, and its element type."""
_FORMS = ("value", *SCALAR_FORMS)

FEW_ELEMENTS = 64
"""Shapes, axes and the like have no more: what is small enough to be looked at for each op that reads it."""


def constant_value(source: ir.Value | ir.Attribute) -> Array | None:
    """The array behind a value that an onnx.Constant defines, or behind an elements attribute: see `array_of`.

    None if the value is not a constant, or its data is elided from the text.
    """
    if not isinstance(source, ir.Value):
        return array_of(source)
    op = source.owner
    return None if isinstance(op, ir.Block) or op.name != "onnx.Constant" else held_array(op)


def small_constant(value: ir.Value) -> ir.Operation | None:
    """The onnx.Constant behind a value that has at most `FEW_ELEMENTS`; None for any other value."""
    op = value.owner
    if isinstance(op, ir.Block) or op.name != "onnx.Constant":
        return None
    type_ = value.type
    if not (isinstance(type_, ir.RankedTensorType) and type_.has_static_shape):
        return None
    return op.operation if prod(type_.shape) <= FEW_ELEMENTS else None


def held_attribute(constant: ir.Operation) -> ir.Attribute | None:
    """The attribute that says what an onnx.Constant holds; None if the bindings do not know its class."""
    attributes = constant.attributes
    try:
        return next((attributes[name] for name in _FORMS if name in attributes), None)
    except TypeError:
        return None


def held_array(constant: ir.Operation | ir.OpView) -> Array | None:
    """The array of an onnx.Constant; None if it is elided from the text."""
    attribute = get_attribute(constant, "value")
    return _in_another_form(constant) if attribute is None else array_of(attribute)


def held_resource(constant: ir.Operation | ir.OpView) -> Array | Resource | None:
    """The same for data that may be large: what stands behind a handle is not evaluated."""
    attribute = get_attribute(constant, "value")
    if type(attribute) is ir.Attribute and (resource := resource_of(attribute)):
        return resource
    return _in_another_form(constant) if attribute is None else array_of(attribute)


def _in_another_form(op: ir.Operation | ir.OpView) -> Array | None:
    attribute = get_attribute(op, "sparse_value")
    if attribute is not None:
        return array_of(attribute)
    for name, dtype in SCALAR_FORMS.items():
        attribute = get_attribute(op, name)
        if isinstance(attribute, ir.ArrayAttr):
            return np.array([scalar_value(item) for item in attribute], dtype)
        if attribute is not None:
            return np.array(scalar_value(attribute), dtype)
    return None
