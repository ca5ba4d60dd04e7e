# SPDX-License-Identifier: Apache-2.0
"""The single nodes that ship with ONNX as calls of ops, and arrays as exact tensors and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import ml_dtypes
import numpy as np
import onnx
from corpus import node_cases
from onnx import helper, numpy_helper

from onnx_opt.dialect.ops.schema import op_name
from onnx_opt.dialect.ops.versions import version_in
from onnx_opt.dialect.types import BY_DTYPE
from onnx_opt.proving.domains import Domain, array_of, numbers_of
from onnx_opt.proving.semantics import KNOWN_OPS, evaluate, meaning
from onnx_opt.proving.tensors import Tensor

ONNX_OPS = sorted({found.spec.onnx_name for name in KNOWN_OPS if (found := meaning(name))} - {""})

WITHOUT_CASES = {"GlobalLpPool"}
"""Ops of ONNX that ship without a case: see `test_semantics.py`."""


class NoNumbers(Exception):  # noqa: N818
    """Texts: the table is about numbers."""


@dataclass(frozen=True)
class NodeCase:
    """One node with inputs and outputs.  op: its name in the dialect.  outputs: by the node's names of them."""

    name: str
    op: str
    model: onnx.ModelProto
    inputs: Sequence[Any]
    outputs: dict[str, Any]

    @property
    def node(self) -> onnx.NodeProto:
        return self.model.graph.node[0]

    @property
    def attributes(self) -> dict[str, Any]:
        found = {each.name: helper.get_attribute_value(each) for each in self.node.attribute}
        return {name: _plain(value) for name, value in found.items()}

    def operands(self, reals: Domain, change: Any = None) -> list[Tensor | None]:
        """The inputs; change: what happens to arrays of floats first."""
        names = [info.name for info in self.model.graph.input]
        given = dict(zip(names, map(array, self.inputs), strict=True))
        return [tensor(given[name], reals, change) if name else None for name in self.node.input]

    def results(self, reals: Domain, change: Any = None) -> dict[str, Tensor]:
        """What the table says that the node computes."""
        count = len(self.node.output)
        found = evaluate(
            self.op, self.operands(reals, change), self.attributes, reals=reals, results=count
        )
        named = dict(zip(self.node.output, found, strict=False))
        return {name: result for name, result in named.items() if name and result is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, onnx.TensorProto):
        return numpy_helper.to_array(value)
    return value.decode() if isinstance(value, bytes) else value


def array(value: Any) -> Any:
    """What a case gives, which is a message for types that numpy lacks."""
    found = (
        numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else np.asarray(value)
    )
    if found.dtype.kind in "OUSc":
        raise NoNumbers
    return found


@cache
def cases_by_op() -> dict[str, list[NodeCase]]:
    """The cases of each op of ONNX that the table knows."""
    found: dict[str, list[NodeCase]] = {}
    for case in node_cases():
        model = case.model()
        if len(model.graph.node) != 1 or model.graph.node[0].domain:
            continue
        node = model.graph.node[0]
        opset = next(each.version for each in model.opset_import if not each.domain)
        name = op_name(node.op_type, "", version_in(node.op_type, "", opset))
        if meaning(name) is None:
            continue
        names = [info.name for info in model.graph.output]
        found.setdefault(node.op_type, []).extend(
            NodeCase(case.name, name, model, inputs, dict(zip(names, outputs, strict=True)))
            for inputs, outputs in case.samples()
        )
    return found


def tensor(array: Any, reals: Domain, change: Any = None) -> Tensor:
    """An array as a tensor of exact numbers, or of those that `reals` says."""
    type_ = BY_DTYPE[array.dtype].asm
    numbers = numbers_of(type_, reals)
    if numbers is reals:
        wide = array.astype(np.float64)
        if change is not None:
            wide = change(wide)
        data = (
            wide
            if numbers.dtype is not object
            else numbers.map(numbers.from_python, array_of(wide))
        )
    else:
        data = array_of(array if array.dtype.kind in "iub" else array.astype(np.int64))
    return Tensor(type_, numbers, data)


def difference(found: Tensor, expected: Any) -> str:
    """How a result differs from an array by more than rounding to its type, or nothing.

    Rounding: of results, of their terms, and of functions, 16 units of the type each, relative to the greatest number.
    """
    if BY_DTYPE[expected.dtype].asm != found.type:
        return f"type {found.type} instead of {expected.dtype}"
    if expected.shape != found.shape:
        return f"shape {found.shape} instead of {expected.shape}"
    if found.type[0] in "iu":
        whole = expected if expected.dtype.kind in "iub" else expected.astype(np.int64)
        same = np.equal(array_of(whole), found.data).astype(bool)
    else:
        wide, ours = expected.astype(np.float64), found.data.astype(np.float64)
        greatest = np.abs(wide[np.isfinite(wide)]).max(initial=0)
        bound = 16 * float(ml_dtypes.finfo(expected.dtype).eps) * (np.abs(wide) + greatest)
        same = (np.abs(wide - ours) <= bound) | (wide == ours) | (np.isnan(wide) & np.isnan(ours))
    return "" if same.all() else f"{found.data[~same][:3]} instead of {expected[~same][:3]}"
