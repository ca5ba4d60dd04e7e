# SPDX-License-Identifier: Apache-2.0
"""Constants as numpy arrays, in every form that the dialect has for them.

constant_value(value)   ->  array, or None if the value is not a constant
constant(array)         ->  an onnx.Constant op at the current insertion point
elements_attribute(array)
"""

from __future__ import annotations

from typing import cast

import numpy as np

from .bindings import ir
from .elements.arrays import elements_attribute
from .elements.resources import Resource, handle_of, resource_attribute
from .model_records import NAME
from .onnx import OnnxOp, create
from .ops.attributes import get_attribute
from .ops.constant import constant_value
from .types import Array, shape_of

__all__ = ["constant", "constant_like", "constant_value", "elements_attribute"]


def constant(
    array: Array, *, loc: ir.Location | None = None, ip: ir.InsertionPoint | None = None
) -> OnnxOp:
    """An onnx.Constant that holds `array`; its result is `.output`."""
    value = elements_attribute(np.asarray(array))
    op = create("Constant", results=[value.type], attributes={"value": value}, loc=loc, ip=ip)
    return cast(OnnxOp, op.opview)


def constant_like(original: ir.OpView | ir.Block | None, data: Array | Resource) -> ir.Value:
    """The result of a new onnx.Constant that holds `data` in the form of `original`: `dense` or `dense_resource`.

    data: of the element type of `original`.  An initializer's name goes to the new one; it is used again if the old one
    vanishes.  A recipe is evaluated if the form is `dense`.
    """
    handle = name = type_ = None
    if original is not None and not isinstance(original, ir.Block):
        attribute = get_attribute(original, "value")
        name = original.attributes.get(NAME.name)
        if not isinstance(attribute, ir.DenseElementsAttr):
            handle = handle_of(attribute)
        elif shape_of(found := attribute.type) == data.shape:
            type_ = found  # to parse it anew takes 5 us
    if handle is not None:
        value = resource_attribute(data, handle)
    else:
        value = elements_attribute(data.array() if isinstance(data, Resource) else data, type_)
    attributes = {"value": value} if name is None else {"value": value, NAME.name: name}
    return create("Constant", results=[value.type], attributes=attributes).results[0]
