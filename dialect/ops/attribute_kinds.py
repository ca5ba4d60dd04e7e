# SPDX-License-Identifier: Apache-2.0
"""The kinds of attributes, each in ONNX's messages, in MLIR and in Python.

`ATTRIBUTE_KINDS` is the only table of them in the project.  It is total: every type of attribute that ONNX has stands
in it, and those that only ops of onnx-mlir's own have.

Source: onnx.proto (`AttributeProto`), and for MLIR's side onnx-mlir's `ONNX.td`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..bindings import ir
from ..dataclass import dataclass
from ..elements.arrays import elements_attribute
from .attributes import AnyAttribute, scalar_value

Check = Callable[[AnyAttribute], bool]


def _nothing(_: Any) -> None:
    return None


def _never(_: AnyAttribute) -> bool:
    return False


def _itself(attribute: Any) -> Any:
    return attribute


@dataclass(frozen=True, eq=False)
class AttributeKind:
    """One row of the table.

    name: as messages say it.  onnx: number in `AttributeProto.AttributeType`, 0 for a kind that ONNX lacks.  field: of
    `AttributeProto`, where the value stands.  expected: what such an attribute of an op looks like, for messages; empty
    if no op of the dialect has one.  make: the MLIR attribute for a Python value, in the current context; None for a
    value that has none.  value: the Python value of an MLIR attribute.  check: whether an MLIR attribute is of the
    class and type that an op asks for.  item: the kind of a list's entries.
    """

    name: str
    onnx: Any = 0
    field: str = ""
    expected: str = ""
    make: Callable[[Any], ir.Attribute | None] = _nothing
    value: Callable[[Any], Any] = _itself
    check: Check = _never
    item: AttributeKind | None = None

    @property
    def is_plain(self) -> bool:
        """Whether ONNX says it in numbers and strings, without another message."""
        return (self.item or self).field in ("f", "i", "s")

    def attribute(self, value: Any) -> ir.Attribute:
        """The MLIR attribute for a Python value, in the current context; an `ir.Attribute` passes through.

        Takes int, float, str, sequences of them, `ir.Type` (type), numpy arrays (tensor), bool (unit) and str (symbol).
        Raises TypeError for anything else.
        """
        attribute = value if isinstance(value, ir.Attribute) else self.make(value)
        if attribute is None:
            raise TypeError(f"expected {self.expected}, got {type(value).__name__}")
        return attribute


def _is(*classes: type) -> Check:
    return lambda attribute: isinstance(attribute, classes)


def _has_type(class_: type[Any], type_: str) -> Check:
    def check(attribute: Any) -> bool:
        return isinstance(attribute, class_) and str(attribute.type) == type_

    return check


def _array_of(check: Check) -> Check:
    return lambda attribute: isinstance(attribute, ir.ArrayAttr) and all(map(check, attribute))


def _f32(value: Any) -> ir.Attribute:
    return ir.FloatAttr.get_f32(float(value))


def _si64(value: Any) -> ir.Attribute:
    return ir.IntegerAttr.get(ir.IntegerType.get_signed(64), int(value))


def _i64s(values: Any) -> ir.Attribute:
    i64 = ir.IntegerType.get_signless(64)
    return ir.ArrayAttr.get([ir.IntegerAttr.get(i64, int(value)) for value in values])


def _type(value: Any) -> ir.Attribute | None:
    return ir.TypeAttr.get(value) if isinstance(value, ir.Type) else None


def _array(make: Callable[[Any], ir.Attribute]) -> Callable[[Any], ir.Attribute]:
    return lambda values: ir.ArrayAttr.get([make(value) for value in values])


def _values(attribute: Any) -> list[Any]:
    return [item.value for item in attribute]


def is_sparse(attribute: object) -> bool:
    """Whether an attribute is sparse elements, for which the bindings have no class."""
    if isinstance(attribute, ir.DenseElementsAttr):
        return False  # and printing it would take long
    return str(attribute).startswith("sparse<")


def is_dense(attribute: object) -> bool:
    """Whether an attribute is dense elements; strings and resources have no class of their own in the bindings."""
    return isinstance(attribute, ir.DenseElementsAttr) or str(attribute).startswith("dense")


# fmt: off
FLOAT = AttributeKind("float", 1, "f", "a 32-bit float (`1.0 : f32`)",
                      _f32, scalar_value, _has_type(ir.FloatAttr, "f32"))
INT = AttributeKind("int", 2, "i", "a 64-bit signed integer (`1 : si64`)",
                    _si64, scalar_value, _has_type(ir.IntegerAttr, "si64"))
STRING = AttributeKind("string", 3, "s", 'a string (`"..."`)', ir.StringAttr.get, scalar_value, _is(ir.StringAttr))
TENSOR = AttributeKind("tensor", 4, "t", "an elements attribute (`dense<...> : tensor<...>`)",
                       lambda array: elements_attribute(np.asarray(array)), check=is_dense)
GRAPH = AttributeKind("graph", 5, "g")
SPARSE_TENSOR = AttributeKind("sparse_tensor", 11, "sparse_tensor",
                              "a sparse elements attribute (`sparse<...> : tensor<...>`)", check=is_sparse)
TYPE = AttributeKind("type", 13, "tp", "a type (`f32`)", _type, scalar_value, _is(ir.TypeAttr))
FLOATS = AttributeKind("floats", 6, "floats", "an array of 32-bit floats (`[1.0 : f32]`)",
                       _array(_f32), _values, _array_of(_has_type(ir.FloatAttr, "f32")), FLOAT)
INTS = AttributeKind("ints", 7, "ints", "an array of 64-bit integers (`[1, 2]`)",
                     _i64s, _values, _array_of(_has_type(ir.IntegerAttr, "i64")), INT)
STRINGS = AttributeKind("strings", 8, "strings", 'an array of strings (`["..."]`)',
                        _array(ir.StringAttr.get), _values, _array_of(_is(ir.StringAttr)), STRING)
TENSORS = AttributeKind("tensors", 9, "tensors", item=TENSOR)
GRAPHS = AttributeKind("graphs", 10, "graphs", item=GRAPH)
SPARSE_TENSORS = AttributeKind("sparse_tensors", 12, "sparse_tensors", item=SPARSE_TENSOR)
TYPES = AttributeKind("types", 14, "type_protos", item=TYPE)
SYMBOL = AttributeKind("symbol", 0, "", "a symbol (`@name`)",
                       ir.FlatSymbolRefAttr.get, scalar_value, _is(ir.FlatSymbolRefAttr, ir.SymbolRefAttr))
LAYOUT = AttributeKind("layout", 0, "", "a layout (`#onnx.layout<{...}>`)", check=_is(ir.OpaqueAttr))
AFFINE_MAP = AttributeKind("affine_map", 0, "", "an affine map (`affine_map<...>`)", check=_is(ir.AffineMapAttr))
UNIT = AttributeKind("unit", 0, "", "a unit attribute",
                     lambda _: ir.UnitAttr.get(), lambda _: True, _is(ir.UnitAttr))
# fmt: on

ATTRIBUTE_KINDS = (
    *(FLOAT, INT, STRING, TENSOR, GRAPH, SPARSE_TENSOR, TYPE),
    *(FLOATS, INTS, STRINGS, TENSORS, GRAPHS, SPARSE_TENSORS, TYPES),
    *(SYMBOL, LAYOUT, AFFINE_MAP, UNIT),
)
BY_ONNX = {kind.onnx: kind for kind in ATTRIBUTE_KINDS if kind.onnx}
LISTS = {kind.item: kind for kind in ATTRIBUTE_KINDS if kind.item}
"""The kind of a list, by that of its entries."""
