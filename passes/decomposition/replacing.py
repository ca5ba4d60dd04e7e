# SPDX-License-Identifier: Apache-2.0
"""New ops that stand for the one that a pattern matched, built one after the other at its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...dialect.bindings import ir
from ...dialect.constants import constant
from ...dialect.onnx import OnnxOp, op_class
from ...dialect.types import Array, element_type, is_none, shape_of
from ..rewriting import name_results
from ..rewriting.making import open_types

INT64 = np.dtype(np.int64)


def new(
    name: str, *operands: Any, results: Sequence[ir.Type] | None = None, **attributes: Any
) -> Any:
    """A new op; its result types are inferred where they are not given.  Raises TypeError where that is no valid op."""
    return op_class(name)(*operands, results=results, **attributes)


def value_of(
    name: str, *operands: Any, type_: ir.Type | None = None, **attributes: Any
) -> ir.Value:
    """The result of a new op."""
    found: ir.Value = new(
        name, *operands, results=None if type_ is None else [type_], **attributes
    ).results[0]
    return found


def shapeless(name: str, *operands: Any, **attributes: Any) -> ir.Value:
    """The result of a new op, of the type that a pass that converts gives it; see `RewritePass`."""
    types = open_types(op_class(name).SPEC, operands, attributes)
    return value_of(name, *operands, type_=types[0], **attributes)


def in_place_of(root: OnnxOp, name: str, *operands: Any, **attributes: Any) -> Any:
    """A new op that gives what `root` gave: its types, and what the importer recorded about its results."""
    op = new(name, *operands, results=[result.type for result in root.results], **attributes)
    name_results(op, like=root)
    return op


def number(array: Any, dtype: Any = INT64) -> ir.Value:
    """The result of a new constant."""
    found: ir.Value = constant(np.asarray(array, dtype)).results[0]
    return found


def given(value: ir.Value | None) -> bool:
    """Whether an operand is there."""
    return value is not None and not is_none(value.type)


def dtype_of(value: ir.Value) -> np.dtype[Any] | None:
    """The type of a tensor's elements; None for what ONNX lacks."""
    row = element_type(value.type)
    return None if row is None else row.dtype


def sizes_of(value: ir.Value) -> tuple[int, ...] | None:
    """The sizes of a tensor if all are known."""
    shape = shape_of(value.type)
    return None if shape is None or min(shape, default=0) < 0 else shape


__all__ = [
    "Array",
    "dtype_of",
    "given",
    "in_place_of",
    "new",
    "number",
    "shapeless",
    "sizes_of",
    "value_of",
]
