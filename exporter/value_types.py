# SPDX-License-Identifier: Apache-2.0
"""Types to TypeProto and ValueInfoProto."""

from __future__ import annotations

import onnx

from ..dialect.bindings import ir
from ..dialect.model_records import NO_TYPE
from ..dialect.model_texts import dim_params, parse_message
from ..dialect.protos import type_from_proto, type_to_proto
from ..dialect.types import is_unknown, shape_of


class TypeWriter:
    """Each distinct type once."""

    def __init__(self) -> None:
        self._protos: dict[tuple[ir.Type, str], onnx.TypeProto] = {}

    def proto(self, type_: ir.Type, dims: str = "") -> onnx.TypeProto:
        """The TypeProto of a type whose dimensions are named as in `onnx.dim_params`.  Raises ValueError."""
        key = (type_, dims)
        if key not in self._protos:
            if "#" in str(type_):
                raise ValueError(f"type {type_} has a layout, which ONNX cannot say")
            proto = type_to_proto(type_, dim_params(dims).get)
            if proto is None:
                raise ValueError(f"type {type_} has no form in ONNX")
            self._protos[key] = proto
        return self._protos[key]

    def fill(self, info: onnx.ValueInfoProto, name: str, type_: ir.Type, recorded: str) -> None:
        """Make `info` that of a value.  Raises ValueError.

        recorded: its info in a record: symbolic dimensions, `?`, or a whole message, which holds as long as it agrees
        with the type.
        """
        if recorded and not recorded[0].isdigit() and recorded != NO_TYPE:
            parse_message(recorded, info)
            if not info.HasField("type") or _agrees(info.type, type_):
                info.name = name
                return
            info.Clear()
            recorded = ""
        info.name = name
        if recorded != NO_TYPE:
            info.type.CopyFrom(self.proto(type_, recorded))


def _agrees(proto: onnx.TypeProto, type_: ir.Type) -> bool:
    """Whether a message and a type can speak of one value."""
    recorded = type_from_proto(proto)
    if recorded is None or recorded == type_ or is_unknown(recorded) or is_unknown(type_):
        return True
    if not isinstance(recorded, ir.ShapedType) or not isinstance(type_, ir.ShapedType):
        return type(recorded) is type(type_)
    if recorded.element_type != type_.element_type:
        return False
    ours, theirs = shape_of(recorded), shape_of(type_)
    if ours is None or theirs is None:
        return True
    return len(ours) == len(theirs) and all(
        a == b or min(a, b) < 0 for a, b in zip(ours, theirs, strict=True)
    )
