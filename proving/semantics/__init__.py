# SPDX-License-Identifier: Apache-2.0
"""What each op computes, exactly: ONNX's specification (Operators.md, opset 28) as functions on exact numbers.

A file for each family of ops, a function for each op.  Floating-point numbers are reals, integers have no bounds, but
where the bits of an integer matter; what the specification leaves to the backend is not defined here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...dialect.ops.schema import all_op_names
from ..domains import Domain
from ..tensors import Tensor
from . import (
    casts,
    constants,
    convolution,
    elementwise,
    indexing,
    joining,
    linear,
    logic,
    moves,
    normalization,
    pooling,
    reductions,
    unary,
)
from .table import ORDERED, UNKNOWN, Meaning, meaning_of

__all__ = ["KNOWN_OPS", "ORDERED_OPS", "UNKNOWN_OPS", "evaluate", "meaning"]

KNOWN_OPS: frozenset[str]
"""Names of the ops whose meaning is known."""
ORDERED_OPS: frozenset[str]
"""Those of them that compare numbers."""
UNKNOWN_OPS: frozenset[str]
"""Those of them with functions of which nothing is known."""

_FAMILIES = (
    casts,
    constants,
    convolution,
    elementwise,
    indexing,
    joining,
    linear,
    logic,
    moves,
    normalization,
    pooling,
    reductions,
    unary,
)


def meaning(op_name: str) -> Meaning | None:
    """What an op of the dialect (`Gemm`, `ReduceMeanV13`) computes; None if that is not known."""
    return meaning_of(op_name)


def evaluate(
    op_name: str,
    operands: Sequence[Tensor | None],
    attributes: Mapping[str, Any],
    *,
    reals: Domain | None = None,
    results: int | None = None,
) -> tuple[Tensor | None, ...]:
    """The results of an op; raise Invalid, Undefined or Unordered, and KeyError for an op that is not known.

    attributes: what differs from the defaults; None is as good as absent.  An attribute that is a float may be a tensor
    without axes.  reals: what floating-point types hold, where operands and attributes do not tell.  results: how
    many the op has, which Split before version 18 does not tell.
    """
    known = meaning_of(op_name)
    if known is None:
        raise KeyError(op_name)
    return known(operands, attributes, reals, results)


def _names(among: set[str] | None) -> frozenset[str]:
    found: set[str] = set()
    for name in all_op_names():
        known = meaning_of(name)
        if known and (among is None or not among.isdisjoint((name, known.spec.onnx_name))):
            found.add(name)
    return frozenset(found)


def __getattr__(name: str) -> Any:
    among = {"KNOWN_OPS": None, "ORDERED_OPS": ORDERED, "UNKNOWN_OPS": UNKNOWN}
    if name not in among:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found = _names(among[name])
    return found
