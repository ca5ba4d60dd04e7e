# SPDX-License-Identifier: Apache-2.0
"""What an onnx.Constant holds.

The forms that are read: `value` (dense, splat, hexadecimal, strings, complex, `dense_resource`), `sparse_value`,
`value_float(s)`, `value_int(s)`, `value_string(s)`.
"""

from __future__ import annotations

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


def constant_value(source: ir.Value | ir.Attribute) -> Array | None:
    """The array behind a value that an onnx.Constant defines, or behind an elements attribute: see `array_of`.

    None if the value is not a constant, or its data is elided from the text.
    """
    if not isinstance(source, ir.Value):
        return array_of(source)
    op = source.owner
    if isinstance(op, ir.Block) or op.name != "onnx.Constant":
        return None
    attribute = get_attribute(op, "value")
    if attribute is None:
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


def constant_resource(value: ir.Value) -> Resource | None:
    """What stands behind a constant, not evaluated: `constant_value` for data that may be large."""
    op = value.owner
    if not isinstance(op, ir.Block) and op.name == "onnx.Constant":
        attribute = get_attribute(op, "value")
        if isinstance(attribute, ir.Attribute) and (resource := resource_of(attribute)):
            return resource
    array = constant_value(value)
    return None if array is None else Resource(array)
