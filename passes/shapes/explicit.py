# SPDX-License-Identifier: Apache-2.0
"""What an op leaves to the shapes of its operands, written down: axes from the front, permutations, sizes.

onnx-mlir's shape inference writes the same down, and its other passes read it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...dialect.bindings import ir
from ...dialect.types import Array
from .knowledge import OpFacts

Rule = Callable[[OpFacts], "dict[str, Any]"]


def explicit_attributes(facts: OpFacts) -> dict[str, ir.Attribute]:
    """The attributes of an op that follow from shapes and are not there yet, or say it in another way."""
    rule = _RULES.get(facts.spec.onnx_name or facts.spec.name)
    if rule is None:
        return {}
    with facts.op.context:
        return {
            name: facts.spec.attributes[name].kind.attribute(value)
            for name, value in rule(facts).items()
            if name in facts.spec.attributes
        }


def explicit_axes(facts: OpFacts) -> Array | None:
    """The axes that a Squeeze or Unsqueeze has as an operand, from the front; None if they are, or are not known."""
    if facts.spec.onnx_name not in ("Squeeze", "Unsqueeze") or len(facts.operands) != 2:
        return None
    shape, axes = facts.shape(0), facts.constant(1)
    if shape is None or (axes is None and facts.has(1)):
        return None
    if axes is None:
        ones = _ones(facts)
        return np.array(ones, np.int64) if ones else None
    rank = len(shape) + (axes.size if facts.spec.onnx_name == "Unsqueeze" else 0)
    return np.where(axes < 0, axes + rank, axes).astype(np.int64) if (axes < 0).any() else None


def _ones(facts: OpFacts) -> list[int] | None:
    """The axes of size 1, if it is known of all whether they are."""
    shape = facts.shape(0)
    if shape is None or any(isinstance(dim, str) for dim in shape):
        return None
    return [axis for axis, dim in enumerate(shape) if dim == 1]


def _reversed(facts: OpFacts) -> dict[str, Any]:
    shape = facts.shape(0)
    if shape is None or facts.attribute("perm") is not None:
        return {}
    return {"perm": list(range(len(shape) - 1, -1, -1))}


def _axis(facts: OpFacts) -> dict[str, Any]:
    shape, axis = facts.shape(0), facts.attribute("axis")
    return {} if shape is None or axis is None or axis >= 0 else {"axis": axis + len(shape)}


def _axes(facts: OpFacts) -> dict[str, Any]:
    shape, axes = facts.shape(0), facts.attribute("axes")
    if "axes" not in facts.spec.attributes or shape is None:
        return {}
    if axes is None:
        ones = _ones(facts) if facts.spec.onnx_name == "Squeeze" else None
        return {"axes": ones} if ones else {}
    rank = len(shape) + (len(axes) if facts.spec.onnx_name == "Unsqueeze" else 0)
    return {"axes": [axis % rank for axis in axes]} if any(axis < 0 for axis in axes) else {}


def _hidden_size(gates: int) -> Rule:
    def rule(facts: OpFacts) -> dict[str, Any]:
        weights, recurrent = facts.shape(1), facts.shape(2)
        if facts.attribute("hidden_size") is not None:
            return {}
        for shape, axis, parts in ((recurrent, 2, 1), (recurrent, 1, gates), (weights, 1, gates)):
            if shape is not None and len(shape) == 3:
                dim = shape[axis]
                if isinstance(dim, int):
                    return {"hidden_size": dim // parts}
        return {}

    return rule


def _zero(facts: OpFacts) -> dict[str, Any]:
    return {} if facts.attribute("value") is not None else {"value": np.zeros(1, np.float32)}


_RULES: dict[str, Rule] = {
    "ArgMax": _axis,
    "ArgMin": _axis,
    "Concat": _axis,
    "ConcatShapeTranspose": _reversed,
    "ConstantOfShape": _zero,
    "GRU": _hidden_size(3),
    "LSTM": _hidden_size(4),
    "RNN": _hidden_size(1),
    "Split": _axis,
    "Squeeze": _axes,
    "Transpose": _reversed,
    "Unsqueeze": _axes,
}
