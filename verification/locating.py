# SPDX-License-Identifier: Apache-2.0
"""Values inside a model: which ones two models share, in the order in which they are computed, and who makes them."""

from __future__ import annotations

import math
from collections.abc import Set

import onnx

from .sums import SUMMING


def common_values(before: onnx.ModelProto, after: onnx.ModelProto, trusted: Set[str]) -> list[str]:
    """Tensors that both main graphs compute under the same name, in the order of the second.

    trusted: names that say what a value is.
    """
    known = {name for node in before.graph.node for name in node.output} & trusted
    other = {
        info.name
        for info in (*before.graph.value_info, *after.graph.value_info)
        if info.type.WhichOneof("value") not in (None, "tensor_type")
    }
    return [name for node in after.graph.node for name in node.output if name in known - other]


def maker(model: onnx.ModelProto, name: str) -> str:
    """The node that computes a value, for a message."""
    for node in model.graph.node:
        if name in node.output:
            return f"{node.op_type} '{node.name}'" if node.name else f"a {node.op_type}"
    return "no node"


def rounding_depth(model: onnx.ModelProto) -> float:
    """The square root of how many roundings may meet in an output: those of all sums, and one for any other node."""
    dims = {tensor.name: list(tensor.dims) for tensor in model.graph.initializer}
    total = 0
    for node in model.graph.node:
        terms = 1
        if node.op_type in SUMMING:
            largest = (max(dims[name], default=1) for name in node.input if name in dims)
            inner = (
                math.prod(dims[name][1:])
                for name in node.input
                if name in dims and len(dims[name]) > 2
            )
            terms = max(1, *largest, *inner) if any(name in dims for name in node.input) else 1024
        total += terms
    return math.sqrt(max(1, total))
