# SPDX-License-Identifier: Apache-2.0
"""Arrays to elements attributes and back.

The bindings hand out the bytes of common element types without copying; the rest (bfloat16, float8 and narrower, int4,
complex, strings, sparse) is decoded from the attribute's text.
"""

from __future__ import annotations

from typing import cast

import numpy as np

from ..bindings import ir
from ..types import BY_DTYPE, Array, ElementType, tensor_type
from .resources import handle_of, resource_of


def array_of(attribute: object) -> Array | None:
    """The array in an elements attribute: `dense`, `dense_resource` or `sparse`.

    It is read-only where it is a view of memory that MLIR owns; a splat is a view with strides of 0.  Strings come as
    an object array of `str`.  None for any other attribute, and where the data is elided from the text.
    """
    if isinstance(attribute, ir.DenseElementsAttr):
        try:
            return np.asarray(memoryview(attribute))
        except BufferError:
            pass  # An element type that Python's buffers do not know.
    elif handle_of(attribute) is not None:
        resource = resource_of(cast(ir.Attribute, attribute))
        return resource.array() if resource else None
    from .literals import parse_elements

    return parse_elements(str(attribute))


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
    if array.size > 1 and not any(array.strides):
        # One element stands for all: MLIR stores it once.
        array = array[(slice(1),) * array.ndim].copy("C")
    elif not array.flags.c_contiguous:
        array = array.copy("C")
    return ir.DenseElementsAttr.get(array, type=type_)


def sparse_text(indices: Array, values: Array) -> str:
    """`sparse<indices, values>`, without the type.

    indices: int64 of shape (n, rank).  values: of shape (n), of any element type of ONNX.  Needs a current context.
    """
    if not len(values):
        return "sparse<>"
    inside = str(elements_attribute(values)).rpartition(" : ")[0][len("dense<") : -1]
    return f"sparse<{indices.tolist()}, {inside}>"


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
    from .literals import quote

    return quote(str(strings))
