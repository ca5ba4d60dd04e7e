# SPDX-License-Identifier: Apache-2.0
"""One op of a right side, made: the copy of the op on the left that it continues, or a new one.

What is made is noted before anything can fail, so that all of it can be taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, cast

import numpy as np

from ...dialect.bindings import ir
from ...dialect.constants import constant_like
from ...dialect.dataclass import dataclass
from ...dialect.onnx import no_value, op_class
from ...dialect.ops.attribute_kinds import FLOAT
from ...dialect.ops.families import BROADCAST_BY_AXIS
from ...dialect.ops.spec import OpSpec
from ...dialect.opsets import may_be_made, recorded_opsets
from ...dialect.types import (
    BY_ASM,
    element_type,
    is_none,
    is_static,
    refines,
    shape_of,
    tensor_type,
)
from .numbers import NewConstant
from .rewriter import NoMatch, no_match
from .steps import Match
from .terms import OpTerm, Result, Term, walk

_THIRD_HAS_NO_SHAPE = frozenset(
    {"Gemm", "Conv", "ConvTranspose", "LayerNormalization", "RMSLayerNormalization"}
)
"""Ops whose third operand has no influence on the type of the result."""

_INTEGERS = BY_ASM["i64"]


class Application:
    """One application of a rule, where the current location is that of the root.

    names, converts: see `RewritePass`.  built: what stands for terms so far.  new: all ops, or their results.
    location: of the root, or of all that matched where nothing made of it has a name.
    """

    __slots__ = ("built", "converts", "location", "match", "names", "new", "root")

    def __init__(
        self, match: Match, root: Any, *, names: bool = True, converts: bool = False
    ) -> None:
        self.match = match
        self.root = root
        self.names = names or len(match.ops) == 1
        self.converts = converts
        self.built: dict[Term, ir.Value] = {}
        self.new: list[Any] = []
        self.location: Any = ir.Location.current
        if not self.names:
            self.location = ir.Location.fused([op.location for op in match.ops.values()])

    def constant(self, made: NewConstant) -> ir.Value:
        """A new constant at the insertion point, in the form of the one whose place it takes."""
        match = self.match
        original = None if made.letter is None else match.values.get(made.letter)
        value = constant_like(original and match.owners[original], made.data(match))
        self.new.append(value)
        return value

    def integers(self, term: Term) -> ir.Value:
        """A new constant of integers at the insertion point: a vector, or a scalar."""
        made = constant_like(None, np.array(self.match.made[term], np.int64))
        self.new.append(made)
        return made

    def absent(self) -> ir.Value:
        """What stands for an operand that is left out, at the insertion point."""
        value = no_value()
        self.new.append(value)
        return value

    @property
    def ops(self) -> list[Any]:
        """What was built, in its order."""
        return [new.owner if isinstance(new, ir.Value) else new for new in self.new]

    def give_up(self, reason: str) -> NoMatch:
        """Leave the IR as it was."""
        for op in reversed(self.ops):
            op.operation.erase()
        return no_match(reason)


Getter = Callable[[Application], Any]


def wanted_results(term: OpTerm, roots: Iterable[Term]) -> frozenset[int]:
    """The results of an op that right sides have."""
    inside = (each for root in roots for each in walk(root))
    further = {each.index for each in inside if isinstance(each, Result) and each.of is term}
    return frozenset({0, *further})


@dataclass(frozen=True, eq=False)
class Plan:
    """How an op is built.

    copies: whether it is a copy of its counterpart, `before`.  inner: the operands that are built first.  changed: the
    operands that the copy does not have already.  attributes: those that the copy may not have already.  dropped: those
    that it must not have, for leaving them out has a meaning of its own.  wanted: the results that the right side has.
    """

    term: OpTerm
    place: OpTerm
    before: OpTerm | None
    copies: bool
    inner: tuple[Term, ...]
    operands: tuple[Getter, ...]
    changed: tuple[tuple[int, Getter], ...]
    attributes: tuple[tuple[str, Getter], ...]
    dropped: tuple[str, ...]
    wanted: frozenset[int]

    @cached_property
    def no_shape(self) -> frozenset[int]:
        """The operands that have no influence on the type of the result."""
        return frozenset({2} if self.term.family.name in _THIRD_HAS_NO_SHAPE else ())


def copy_op(original: Any, plan: Plan, application: Application) -> Any:
    """A copy with other operands and attributes; its result types are inferred if those may change them.

    Raises TypeError where that is no valid op.
    """
    assert plan.before is not None
    before = application.match.operands[plan.before]
    operands: list[tuple[int, ir.Value]] = []
    for index, get in plan.changed:
        value = get(application)
        operands.append(
            (index, _left_out(original, index, application) if value is None else value)
        )
    inferred = bool(plan.dropped) and any(name in original.attributes for name in plan.dropped)
    copy: Any = _without(original, plan.dropped) if inferred else original.clone()
    application.new.append(copy)
    changed = inferred
    slots, spec = copy.operands, original.SPEC
    for index, operand in operands:
        slots[index] = operand
        type_ = operand.type
        other = type_ != before[index].type
        changed = changed or other
        if index not in plan.no_shape:
            # Integers may say a shape.
            says = element_type(type_) is _INTEGERS
            inferred = inferred or says or other or not is_static(type_)
    if "axis" in spec.attributes and any(index == 1 for index, _ in operands):
        changed = True
        _align(copy)
    for name, get in plan.attributes:
        given = get(application)
        if name not in spec.attributes:
            # A version of the op that always does what the default says.
            if given != plan.term.family.spec.attributes[name].default:
                raise TypeError(f"onnx.{spec.name} has no attribute '{name}'")
        elif getattr(copy, name) != given:
            changed = True
            setattr(copy, name, given)
            inferred = inferred or spec.attributes[name].kind is not FLOAT
    if inferred:
        infer_types(copy)
    # Where the original stands, so can what differs only in its values: not to ask saves 3 % of a fold.
    if changed and not application.converts:
        _check_opset(copy)
    if not application.names and "onnx_node_name" in copy.attributes:
        del copy.attributes["onnx_node_name"]
    return copy


def new_op(
    plan: Plan,
    application: Application,
    handed_on: Iterable[tuple[str, ir.Attribute]],
    *,
    last: bool = False,
) -> Any:
    """An op that has no counterpart, or takes other operands than that; it is called as the root was.

    last: whether it gives what the root gave.

    Raises TypeError where that is no valid op.
    """
    given = [get(application) for get in plan.operands]
    operands: list[Any] = []
    for index, formal in enumerate(plan.term.family.spec.operands):
        if formal.arity == "variadic":
            operands.append([value for each in given[index:] for value in _several(each)])
            break
        operand = given[index] if index < len(given) else None
        optional = operand is None and formal.arity == "optional"
        operands.append(application.absent() if optional else operand)
    attributes = {name: get(application) for name, get in plan.attributes}
    for name, attribute in handed_on:
        attributes.setdefault(name, attribute)
    root = application.root
    results = None
    if application.converts:
        results = (
            [result.type for result in root.results]
            if last
            else open_types(plan.term.family.spec, operands, attributes)
        )
    op = op_class(plan.term.family.op_names[0])(*operands, results=results, **attributes)
    application.new.append(op)
    if not application.converts:
        _leave_out(op, plan)
        _check_opset(op)
    named = application.names and not application.converts
    if named and "onnx_node_name" in root.attributes:
        op.attributes["onnx_node_name"] = root.attributes["onnx_node_name"]
    return op


def _leave_out(op: Any, plan: Plan) -> None:
    """Let the results that may be absent, and that the right side does not have, be so."""
    for index, formal in enumerate(plan.term.family.spec.results):
        if formal.arity == "optional" and index not in plan.wanted:
            op.results[index].set_type(ir.NoneType.get())


def _check_opset(op: Any) -> None:
    """Raise TypeError where the model could not be written with the op."""
    opsets = recorded_opsets(op.operation) if op.SPEC.since_version else None
    if opsets is not None and not may_be_made(op.operation, op.SPEC, opsets):
        raise TypeError(f"the model's opset has no such onnx.{op.SPEC.name}")


def open_types(
    spec: OpSpec, operands: Sequence[Any], attributes: Mapping[str, Any]
) -> list[ir.Type]:
    """The types of an op's results without shapes, but for one that comes of broadcasting static ones."""
    from ...dialect.ops.inference import infer_result_types

    flat = [value for operand in operands for value in _several(operand)]
    given = {
        name: spec.attributes[name].kind.attribute(value)
        for name, value in attributes.items()
        if value is not None
    }
    inferred = infer_result_types(spec, flat, given)
    if spec.name in BROADCAST_BY_AXIS and all(map(is_static, inferred)):
        return inferred
    rows = map(element_type, inferred)
    return [
        type_ if row is None or not isinstance(type_, ir.ShapedType) else tensor_type(None, row)
        for type_, row in zip(inferred, rows, strict=True)
    ]


def copy_behind(original: Any, value: ir.Value, application: Application) -> Any:
    """A copy of an op that moves elements, of another value."""
    with ir.InsertionPoint(original):
        copy: Any = original.operation.clone().opview
    application.new.append(copy)
    old = copy.operands[0].type
    copy.operands[0] = value
    if value.type != old:
        infer_types(copy)
    return copy


def infer_types(op: Any) -> None:
    """Give the results that are there the types that ONNX infers.  Raises TypeError where it cannot."""
    for result, type_ in zip(op.results, _inferred(op), strict=False):
        if not is_none(result.type):
            result.set_type(type_)


def inferred_type(op: Any, result: ir.OpResult) -> ir.Type:
    """What ONNX infers of a result that says less itself; its own type where that is all there is."""
    try:
        found = _inferred(op)[result.result_number]
    except TypeError:
        return result.type
    return found if refines(found, result.type) else result.type


def _inferred(op: Any) -> list[ir.Type]:
    from ...dialect.ops.inference import infer_result_types

    given = {name: op.attributes[name] for name in op.SPEC.attributes if name in op.attributes}
    return infer_result_types(op.SPEC, list(op.operands), given)


def _several(operand: Any) -> list[ir.Value]:
    return cast("list[ir.Value]", operand) if isinstance(operand, list) else [operand]


def _left_out(original: Any, index: int, application: Application) -> ir.Value:
    """The value of an operand that is left out of the copy of an op."""
    formals = original.SPEC.operands
    formal = formals[min(index, len(formals) - 1)]
    if formal.arity == "single":
        raise TypeError(f"onnx.{original.SPEC.name} needs operand '{formal.name}'")
    old: ir.Value = original.operands[index]
    return old if is_none(old.type) else application.absent()


def _without(original: Any, dropped: tuple[str, ...]) -> Any:
    """A copy without these attributes, which the bindings cannot take from an op."""
    # Iterating does not show what stands in properties.
    names = dict.fromkeys([*original.attributes, *original.SPEC.attributes])
    kept = {
        name: original.attributes[name]
        for name in names
        if name in original.attributes and name not in dropped
    }
    return ir.Operation.create(
        original.OPERATION_NAME,
        [result.type for result in original.results],
        list(original.operands),
        kept,
        None,
        len(original.regions),
    ).opview


def _align(op: Any) -> None:
    """Let an op of a version before 7 broadcast its second operand from the right."""
    if "broadcast" not in op.SPEC.attributes:
        return
    first, second = (shape_of(operand.type) for operand in op.operands)
    if first is None or second is None:
        return
    if len(second) > len(first):
        raise TypeError(f"onnx.{op.SPEC.name} does not broadcast its first operand")
    if first != second:
        op.broadcast = 1
    if op.axis is not None:
        op.axis = len(first) - len(second)
