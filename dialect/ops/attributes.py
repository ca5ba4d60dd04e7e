# SPDX-License-Identifier: Apache-2.0
"""Inherent attributes: Python values to MLIR attributes and back, kind by kind.

An op may hold an attribute as a property (`<{...}>`) or in its dictionary (`{...}`).  `op.attributes[name]` finds it
in either place, but iterating shows only the dictionary, and deleting a property crashes the process: hence the
functions here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ..bindings import ir
from ..text_scanner import skip_brackets, skip_space, split_dictionary
from .schema import AttributeKind, AttributeSpec

EXPECTED: dict[AttributeKind, str] = {
    "int": "a 64-bit signed integer (`1 : si64`)",
    "ints": "an array of 64-bit integers (`[1, 2]`)",
    "float": "a 32-bit float (`1.0 : f32`)",
    "floats": "an array of 32-bit floats (`[1.0 : f32]`)",
    "string": 'a string (`"..."`)',
    "strings": 'an array of strings (`["..."]`)',
    "tensor": "an elements attribute (`dense<...> : tensor<...>`)",
    "sparse_tensor": "a sparse elements attribute (`sparse<...> : tensor<...>`)",
    "type": "a type (`f32`)",
    "symbol": "a symbol (`@name`)",
    "layout": "a layout (`#onnx.layout<{...}>`)",
    "affine_map": "an affine map (`affine_map<...>`)",
    "unit": "a unit attribute",
}
"""What an attribute of each kind looks like, for messages."""


def to_attribute(kind: AttributeKind, value: Any) -> ir.Attribute:
    """The MLIR attribute for a Python value, in the current context; an `ir.Attribute` passes through.

    Takes int, float, str, sequences of them, `ir.Type` (kind `type`), numpy arrays (kind `tensor`), bool (kind `unit`)
    and str (kind `symbol`).  Raises TypeError for anything else.
    """
    if isinstance(value, ir.Attribute):
        return value
    if kind == "int":
        return ir.IntegerAttr.get(ir.IntegerType.get_signed(64), int(value))
    if kind == "float":
        return ir.FloatAttr.get_f32(float(value))
    if kind == "string":
        return ir.StringAttr.get(value)
    if kind == "ints":
        i64 = ir.IntegerType.get_signless(64)
        return ir.ArrayAttr.get([ir.IntegerAttr.get(i64, int(item)) for item in value])
    if kind == "floats":
        return ir.ArrayAttr.get([ir.FloatAttr.get_f32(float(item)) for item in value])
    if kind == "strings":
        return ir.ArrayAttr.get([ir.StringAttr.get(item) for item in value])
    if kind == "tensor":
        from ..constants import elements_attribute

        return elements_attribute(np.asarray(value))
    if kind == "type" and isinstance(value, ir.Type):
        return ir.TypeAttr.get(value)
    if kind == "symbol":
        return ir.FlatSymbolRefAttr.get(value)
    if kind == "unit":
        return ir.UnitAttr.get()
    raise TypeError(f"expected {EXPECTED[kind]}, got {type(value).__name__}")


def scalar_value(attribute: Any) -> Any:
    """The int, float, str or `ir.Type` of an attribute that holds one."""
    return attribute.value


def from_attribute(kind: AttributeKind, attribute: Any) -> Any:
    """The Python value of an MLIR attribute: int, float, str, list, `ir.Type`; other kinds stay attributes."""
    if kind in ("int", "float", "string", "symbol", "type"):
        return attribute.value
    if kind in ("ints", "floats", "strings"):
        return [item.value for item in attribute]
    if kind == "unit":
        return True
    return attribute


def has_kind(kind: AttributeKind, attribute: AnyAttribute) -> bool:
    """Whether an attribute is of the MLIR class and type that its kind asks for."""
    if kind == "int":
        return isinstance(attribute, ir.IntegerAttr) and _is_si64(attribute.type)
    if kind == "float":
        return isinstance(attribute, ir.FloatAttr) and isinstance(attribute.type, ir.F32Type)
    if kind == "ints":
        return _is_array_of(attribute, ir.IntegerAttr, "i64")
    if kind == "floats":
        return _is_array_of(attribute, ir.FloatAttr, "f32")
    if kind == "strings":
        return isinstance(attribute, ir.ArrayAttr) and all(
            isinstance(item, ir.StringAttr) for item in attribute
        )
    if kind == "tensor":
        # Dense strings and resources have no class of their own in the bindings.
        return isinstance(attribute, ir.DenseElementsAttr) or str(attribute).startswith("dense")
    if kind == "sparse_tensor":
        return str(attribute).startswith("sparse<")
    if kind == "unit":
        return isinstance(attribute, ir.UnitAttr)
    if kind == "symbol":
        return isinstance(attribute, (ir.FlatSymbolRefAttr, ir.SymbolRefAttr))
    if kind == "layout":
        return isinstance(attribute, ir.OpaqueAttr)
    classes = {"string": ir.StringAttr, "type": ir.TypeAttr, "affine_map": ir.AffineMapAttr}
    return isinstance(attribute, classes[kind])


def _is_si64(type_: ir.Type) -> bool:
    return isinstance(type_, ir.IntegerType) and type_.is_signed and type_.width == 64


def _is_array_of(attribute: AnyAttribute, item_class: type, item_type: str) -> bool:
    return isinstance(attribute, ir.ArrayAttr) and all(
        isinstance(item, item_class) and str(item.type) == item_type for item in attribute
    )


def default_attribute(spec: AttributeSpec) -> ir.Attribute | None:
    """The attribute that leaving `spec` out means, in the current context; None if that has no attribute."""
    return None if spec.default is None else to_attribute(spec.kind, spec.default)


@dataclass(frozen=True)
class TextAttribute:
    """An attribute whose class the bindings cannot hand out (dense complex numbers): only its text is there."""

    text: str
    context: ir.Context

    def __str__(self) -> str:
        return self.text


AnyAttribute: TypeAlias = "ir.Attribute | TextAttribute"


def get_attribute(op: ir.Operation | ir.OpView, name: str) -> AnyAttribute | None:
    """An attribute of an op, property or not; None if the op has none of that name."""
    try:
        return op.attributes.get(name)
    except TypeError:
        return TextAttribute(attribute_text(op, name), op.context)


def attribute_text(op: ir.Operation | ir.OpView, name: str) -> str:
    """The text of one attribute, read from the op's own print (the bindings have no other way to some classes)."""
    asm = op.operation.get_asm(
        skip_regions=True, use_local_scope=True, assume_verified=True, print_generic_op_form=True
    )
    for entries in dictionaries(asm):
        if name in entries:
            return entries[name]
    raise KeyError(name)


def dictionaries(asm: str) -> list[dict[str, str]]:
    """The property and the attribute dictionary in a generic op's text, as `split_dictionary` gives them."""
    found: list[dict[str, str]] = []
    position = skip_brackets(asm, asm.index("("))
    while True:
        position = skip_space(asm, position)
        char = asm[position : position + 1]
        if char not in ("<", "{", "(", "["):
            return found
        end = skip_brackets(asm, position)
        if char == "<":
            found.append(split_dictionary(asm[position + 1 : end - 1]))
        elif char == "{":
            found.append(split_dictionary(asm[position:end]))
        position = end
