# SPDX-License-Identifier: Apache-2.0
"""Random models with instances of rules in them, and inputs to run them on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import onnx
from arrays import Array
from drawing import Draw, Drawing, Scope, Value
from instances import Instance, onnx_name, supports
from left_sides import LeftSide
from onnx import ModelProto, TensorProto
from op_shapes import HANDLERS

from onnx_opt.passes.rewriting import RewritePass, Rule
from onnx_opt.passes.rewriting.terms import Each, Integers, OpTerm, walk

_SURROUNDINGS = ("Relu", "Neg", "Abs", "Sigmoid", "Identity")


@dataclass
class Example:
    """A model and the inputs to run it on.

    instances: what rules match, or nearly.  run: the pass, which may be one rule of it alone.
    """

    model: ModelProto
    inputs: dict[str, Array]
    run: RewritePass
    instances: list[Instance] = field(default_factory=list)


_PROVEN_ONLY = frozenset(
    {
        *("Clip", "Dropout", "Expand", "Pow", "Reshape", "Slice", "Tile"),
        *("LayerNormalization", "RMSLayerNormalization", "SoftmaxV11"),
    }
)
"""Ops of which no model is drawn: what they take is a shape, a scalar or an exponent, or no newest opset has them."""


def drawn(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules of which examples are drawn; the others are left to the prover."""
    return tuple(filter(_is_drawn, rules))


def _is_drawn(rule: Rule) -> bool:
    """Whether a rule is about neither single axes and sizes nor each of some operands, and has only ops that are drawn."""
    about = (term for condition in rule.conditions for term in condition.about)
    return not any(
        isinstance(term, (Each, Integers))
        or (isinstance(term, OpTerm) and term.family.name in _PROVEN_ONLY)
        for root in (rule.before, *rule.results, *about)
        for term in walk(root)
    )


class RuleModels:
    """Draws examples for the rules of passes."""

    def __init__(self, passes: Sequence[RewritePass]) -> None:
        self._pairs = [(pass_, rule) for pass_ in passes for rule in drawn(pass_.rules)]
        self._alone: dict[Rule, RewritePass] = {}

    def draw(self, draw: Draw) -> Example:
        """One example."""
        pass_, rule = self._pairs[draw.integer(0, len(self._pairs) - 1)]
        drawing = Drawing(draw)
        run = self._only(pass_, rule) if drawing.chance(40) else pass_
        rules = [rule]
        while drawing.chance(25) and len(rules) < 4:
            rules.append(rule if drawing.chance(30) else drawing.choose(drawn(run.rules)))
        _set_version(drawing, rules)
        _set_type(drawing, rules)
        drawing.open = drawing.chance(30)
        drawing.unranked = drawing.chance(4)
        # Most instances are ones that have to be matched, or are broken in one place.
        wild = drawing.choose((0, 0, 8, 4))
        instances: list[Instance] = []
        outputs: list[Value] = []
        scope = drawing.main
        for rule in rules:
            inner = scope
            in_branch = drawing.chance(6) and (
                drawing.opset >= 16 or drawing.type != TensorProto.BFLOAT16
            )
            if in_branch:
                inner = Scope(values=list(scope.values))
            side = LeftSide(drawing, inner, rule, wild, HANDLERS)
            value = side.draw()
            instances.append(side.instance)
            if in_branch:
                value = drawing.branch(scope, inner, value)
            if drawing.chance(30):
                value = _surround(drawing, scope, value, run)
            elif drawing.chance(15):
                # The root once more, on what may be a match by now, or none.
                again = LeftSide(drawing, scope, rule, wild, HANDLERS)
                value = again.root(value) or value
            scope.values.append(value)
            outputs.append(value)
        used = {name for node in scope.nodes for name in node.input}
        outputs += [
            value for value in scope.values if value.name not in used and value not in outputs
        ]
        if drawing.open:
            # What is known of a result in the middle is what the model says of it: less than follows.
            outputs = [value for value in outputs if value.name not in used]
        inputs = {info.name for info in scope.inputs}
        outputs = [value for value in dict.fromkeys(outputs) if value.name not in inputs]
        return Example(drawing.model(outputs), drawing.inputs, run, instances)

    def _only(self, pass_: RewritePass, rule: Rule) -> RewritePass:
        """The pass with one of its rules alone."""
        if rule not in self._alone:
            self._alone[rule] = RewritePass(
                argument=pass_.argument, summary=pass_.summary, verb=pass_.verb, rules=(rule,)
            )
        return self._alone[rule]


def _surround(drawing: Drawing, scope: Scope, value: Value, run: RewritePass) -> Value:
    """An op that no rule knows behind the instance."""
    known = _known(run.rules)
    ops = [
        op for op in _SURROUNDINGS if op not in known and supports(op, drawing.opset, value.type)
    ]
    if not ops:
        return value
    name = drawing.node(scope, drawing.choose(ops), [value.name], "v")
    return Value(name, value.shape, value.type)


@cache
def _known(rules: tuple[Rule, ...]) -> frozenset[str]:
    """The ops of ONNX that rules know."""
    return frozenset(onnx_name(term) for term in _ops(rules))


def _ops(rules: Sequence[Rule]) -> list[OpTerm]:
    return [term for rule in rules for term in walk(rule.before) if isinstance(term, OpTerm)]


def _set_version(drawing: Drawing, rules: Sequence[Rule]) -> None:
    """An opset that has all ops, with as few operands as the rules give them."""
    for opset in range(drawing.opset, onnx.defs.onnx_opset_version() + 1):
        if all(_has(opset, term) for term in _ops(rules)):
            if opset != drawing.opset:
                drawing.opset, drawing.ir_version = opset, max(drawing.ir_version, 4)
            return


_SINCE = {"LogSoftmax": 13}
"""The opsets before which an op of this name is another."""


def _has(opset: int, term: OpTerm) -> bool:
    try:
        schema = onnx.defs.get_schema(onnx_name(term), opset)
    except onnx.defs.SchemaError:
        return False
    if opset < _SINCE.get(schema.name, 0):
        return False
    return len(term.operands) >= schema.min_input and set(term.attributes) <= set(schema.attributes)


def _set_type(drawing: Drawing, rules: Sequence[Rule]) -> None:
    """A type that all ops take: a float in most cases."""
    types = (
        TensorProto.FLOAT,
        TensorProto.FLOAT,
        TensorProto.FLOAT16,
        TensorProto.DOUBLE,
        TensorProto.BFLOAT16,
        TensorProto.FLOAT,
        TensorProto.INT32,
        TensorProto.INT64,
        TensorProto.UINT32,
    )
    allowed = [
        type_
        for type_ in types
        if all(supports(onnx_name(term), drawing.opset, type_) for term in _ops(rules))
    ]
    drawing.type = drawing.choose(allowed or [TensorProto.FLOAT])
