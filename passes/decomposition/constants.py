# SPDX-License-Identifier: Apache-2.0
"""Constants, and what is known from types alone.

Constant {value_int = 1}      a tensor
ConstantOfShape(shape)        one element, expanded
CastLike(x, like)             Cast(x) to the element type of `like`
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from ...dialect.bindings import ir
from ...dialect.constants import constant, constant_value
from ...dialect.onnx import op_class
from ...dialect.ops.attributes import get_attribute
from ...dialect.ops.constant import SCALAR_FORMS
from ..rewriting import NoMatch, Rewriter, Rewritten, name_results, no_match
from .replacing import in_place_of, number


def constant_as_tensor(op: Any, rewriter: Rewriter, **_: Any) -> NoMatch | Rewritten:
    """The same constant with the attribute `value`."""
    if all(get_attribute(op, name) is None for name in SCALAR_FORMS):
        return no_match("")
    array = constant_value(op.results[0])
    if array is None:
        return no_match("the data is elided")
    new: Any = constant(array)
    name_results(new, like=op)
    return rewriter.replace(op, new)


def constant_of_shape(op: Any, rewriter: Rewriter, **_: Any) -> NoMatch | Rewritten:
    """Expand the one element."""
    attribute = get_attribute(op, "value")
    array = (
        np.zeros(1, np.float32)
        if attribute is None
        else constant_value(cast(ir.Attribute, attribute))
    )
    if array is None or array.size != 1:
        return no_match("the value is elided")
    element = number(array.reshape(()), array.dtype)
    return rewriter.replace(op, in_place_of(op, "Expand", element, op.operands[0]))


def cast_like(op: Any, rewriter: Rewriter, **_: Any) -> NoMatch | Rewritten:
    """Cast to the other operand's element type."""
    like = op.operands[1].type
    if not isinstance(like, ir.ShapedType):
        return no_match("the element type to cast to is not known")
    to = like.element_type
    new = in_place_of(op, "Cast", op.operands[0], saturate=op.saturate, to=to)
    return rewriter.replace(op, new)


PATTERNS = {
    op_class("Constant"): constant_as_tensor,
    op_class("ConstantOfShape"): constant_of_shape,
    op_class("CastLike"): cast_like,
}
