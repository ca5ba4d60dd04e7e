# SPDX-License-Identifier: Apache-2.0
"""What is known of an instance of a rule's left side that is being drawn, and what ONNX's schemas say of its nodes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from arrays import DTYPES, FLOATS, Array
from onnx import helper

from onnx_opt.passes.rewriting import Rule
from onnx_opt.passes.rewriting.terms import (
    Arithmetic,
    Attribute,
    Channel,
    Const,
    OpTerm,
    Term,
    View,
    walk,
)


@dataclass
class Instance:
    """A left side in a model.

    output: what its root gives.  nodes: the names of its nodes.  stored: what is stored for each letter of a constant.
    attributes: of each attribute letter.  broken: what it must not be matched for.  unsure: what it need not be matched
    for.
    """

    rule: Rule
    type: int
    output: str = ""
    nodes: list[str] = field(default_factory=list)
    stored: dict[Term, Array] = field(default_factory=dict)
    attributes: dict[Term, Any] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)


@dataclass
class Node:
    """A node that is being drawn; `inputs` are names, "" for one that is left out."""

    term: OpTerm
    schema: onnx.defs.OpSchema
    attributes: dict[str, Any] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)

    @property
    def operands(self) -> tuple[Term | None, ...]:
        return self.term.operands

    def has(self, index: int) -> bool:
        return index < len(self.operands) and self.operands[index] is not None

    def free(self, name: str) -> bool:
        """Whether the rule lets an attribute have any value."""
        given = self.term.attributes.get(name)
        return isinstance(given, Attribute) or (given is None and self.term.others is not None)


def onnx_name(term: OpTerm) -> str:
    """What ONNX calls an op: `MaxPool`, of which `MaxPoolSingleOut` is a form."""
    return term.family.spec.onnx_name


def is_constant(operand: Term | None) -> bool:
    return isinstance(operand, (Const, View, Channel))


def letter_of(operand: Term) -> Const:
    inner = operand if isinstance(operand, Const) else operand.of  # type: ignore[attr-defined]
    assert isinstance(inner, Const)
    return inner


OF_SHAPES = frozenset(
    [
        "kernel_shape",
        "strides",
        "pads",
        "dilations",
        "auto_pad",
        "group",
        "output_padding",
        "output_shape",
        "broadcast",
        "axis",
        "axes",
        "perm",
    ]
)
KNOWN = frozenset({"alpha", "beta", "epsilon", "transA", "transB", "momentum", "spatial", "is_test", "training_mode"})  # fmt: skip


def single(number: float) -> float:
    """As float32 has it, which is what an attribute can hold."""
    return float(np.float32(number))


def default_of(spec: Any) -> Any:
    default = helper.get_attribute_value(spec.default_value) if spec.default_value.name else None
    return default.decode() if isinstance(default, bytes) else default


def roles(rule: Rule) -> tuple[set[Term], set[Term]]:
    """The letters below a root, and those that something is divided by."""
    roots: set[Term] = set()
    divisors: set[Term] = set()
    for result in rule.results:
        for term in walk(result):
            if isinstance(term, Arithmetic) and term.operator == "sqrt":
                roots.update(inner for inner in walk(term) if isinstance(inner, Const))
            elif isinstance(term, Arithmetic) and term.operator == "/":
                divisors.update(inner for inner in walk(term.arguments[1]) if isinstance(inner, Const))  # fmt: skip
    return roots, divisors - roots


def supports(op: str, opset: int, type_: int, index: int = 0) -> bool:
    """Whether an op of an opset takes operands of a type, and onnx's reference evaluator does, too."""
    if op in _OF_FLOATS and type_ not in FLOATS:
        return False
    try:
        schema = onnx.defs.get_schema(op, opset)
    except onnx.defs.SchemaError:
        return False
    return type_ in types_of(schema, index)


def types_of(schema: onnx.defs.OpSchema, index: int) -> set[int]:
    """The types of tensors that an operand may have."""
    formal = schema.inputs[min(index, len(schema.inputs) - 1)]
    known = {f"tensor({name})": type_ for name, type_ in _TYPE_NAMES.items()}
    return {known[name] for name in formal.types if name in known}


_OF_FLOATS = frozenset({"ReduceL2", "ReduceLogSum", "ReduceLogSumExp"})
"""Ops that the evaluator computes on floats only."""

_TYPE_NAMES = {
    onnx.TensorProto.DataType.Name(type_).lower(): type_ for type_ in DTYPES
}  # "float", "bfloat16", ...
