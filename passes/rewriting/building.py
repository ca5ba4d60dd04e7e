# SPDX-License-Identifier: Apache-2.0
"""The right side of a rule, read as a builder of IR.

First everything is computed and judged, and nothing is changed if a number does not fit its type.  Then come the new
constants and ops: an op that stands for one of the left side is its copy, at its place, with its version and what else
it carries; any other stands where its operands are known first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, cast

from ...dialect.bindings import ir
from ...dialect.constants import constant_like
from ...dialect.onnx import no_value, op_class
from ...dialect.ops.attribute_kinds import FLOAT
from ...dialect.ops.inference import infer_result_types
from ...dialect.types import is_none, is_static, refines
from .arithmetic import Calculator, scaled_weights
from .matching import Matcher
from .numbers import Computed, NewConstant, Scaled, new_constants, weights_of
from .placing import Places
from .rewriter import (
    NoMatch,
    Rewriter,
    Rewritten,
    forget_results,
    fused_location,
    no_match,
    take_over,
)
from .steps import Match
from .terms import (
    Attribute,
    Channel,
    Const,
    Moved,
    OpTerm,
    Result,
    Term,
    Value,
    Variadic,
    View,
    children,
    walk,
)

_NOUNS = {
    ("Gemm", 2): "bias",
    ("Conv", 2): "bias",
    ("ConvTranspose", 2): "bias",
    ("Add", 0): "bias",
    ("Add", 1): "bias",
    ("BatchNormalization", 1): "scale",
    ("BatchNormalization", 2): "bias",
}
"""What an operand is to its op."""

_NO_SHAPE = {("Gemm", 2), ("Conv", 2), ("ConvTranspose", 2)}
"""Operands that have no influence on the type of the result."""


class _Application:
    """One application of a rule: what matched, and what was built so far."""

    __slots__ = ("built", "match", "new", "root")

    def __init__(self, match: Match, root: Any) -> None:
        self.match = match
        self.root = root
        self.built: dict[Term, ir.Value] = {}
        self.new: list[Any] = []

    def constant(self, made: NewConstant) -> ir.Value:
        """A new constant at the insertion point, in the form of the one whose place it takes."""
        original = None if made.letter is None else self.match.values.get(made.letter)
        value = constant_like(original, made.data(self.match))
        self.new.append(value.owner)
        return value

    def give_up(self, reason: str) -> NoMatch:
        """Leave the IR as it was."""
        for op in reversed(self.new):
            op.operation.erase()
        return no_match(reason)


Getter = Callable[[_Application], Any]


class _Plan(NamedTuple):
    """How an op is built.

    copies: whether it is a copy of its counterpart, `before`.  inner: the operands that are built first.  changed: the
    operands that the copy does not have already.
    """

    term: OpTerm
    place: OpTerm
    before: OpTerm | None
    copies: bool
    inner: tuple[Term, ...]
    operands: tuple[Getter, ...]
    changed: tuple[tuple[int, Getter], ...]
    attributes: tuple[tuple[str, Getter], ...]


class Builder:
    """A right side, compiled."""

    def __init__(self, matcher: Matcher, after: tuple[Term, ...]) -> None:
        self._matcher = matcher
        self._after = after
        self._moved_before = next(
            (term for term in walk(matcher.root) if isinstance(term, Moved)), None
        )
        found = Places(matcher.root, after)
        self._counterparts = found.counterparts
        constants = tuple(term for root in after for term in new_constants(root))
        weights = weights_of(matcher.root, constants)
        calculator = Calculator(constants, matcher.places)
        self._constants: dict[Term, NewConstant] = {}
        for root in after:
            self._compile_constants(root, weights, calculator)
        self._new_constants = tuple(self._constants.values())
        self._plans = {
            term: self._plan(term, found.places[term])
            for root in after
            for term in walk(root)
            if isinstance(term, OpTerm)
        }
        self._absorbing = next(
            (before for before in found.counterparts.values() if before is not matcher.root), None
        )

    def apply(self, root: Any, match: Match, rewriter: Rewriter) -> NoMatch | Rewritten:
        """Replace `root` by the right side, or say why that would be wrong."""
        if self._new_constants and (reason := self._refusal(match)):
            return no_match(reason)
        application = _Application(match, root)
        try:
            values = [self._value(application, term, last=True) for term in self._after]
        except TypeError as error:  # from the inference of a result type
            return application.give_up(str(error))
        results = root.results
        # One term gives the first result; nobody reads the others (`BN`).
        for value, result in zip(values, results, strict=False):
            if not refines(value.type, result.type):
                return application.give_up(
                    f"the result would be of type {value.type}, not {result.type}"
                )
        values += values[:1] * (len(results) - len(values))
        return rewriter.replace(root, values, self._detail(match) if rewriter.tells else "")

    def _refusal(self, match: Match) -> str | None:
        """Why a constant must not be written as it would be."""
        row = match.row
        assert row is not None
        try:
            for constant in self._new_constants:
                if reason := constant.refusal(match, row):
                    return reason
            for constant in self._new_constants:
                if reason := constant.late_refusal(match):
                    return reason
        except ValueError as error:  # from numpy
            return f"the shapes of the constants do not fit: {error}"
        return None

    def _detail(self, match: Match) -> str:
        """Which op took in what was folded."""
        if self._absorbing is None:
            return ""
        op = match.ops[self._absorbing]
        return f"into {op.OPERATION_NAME} {op.attributes.get('onnx_node_name', '')}".strip()

    def _compile_constants(
        self, term: Term, weights: frozenset[Term], calculator: Calculator
    ) -> None:
        if isinstance(term, (Moved, Result)):
            term = term.of
        if not isinstance(term, OpTerm):
            for constant in new_constants(term):
                self._constants[constant] = Computed(constant, None, "constant", calculator)
            return
        before = self._counterparts.get(term)
        for index, operand in enumerate(term.operands):
            if isinstance(operand, (OpTerm, Moved, Result)):
                self._compile_constants(operand, weights, calculator)
            elif operand is not None and operand in new_constants(operand):
                stored = operand.of if isinstance(operand, View) else operand
                scaled = scaled_weights(stored, weights)
                if scaled and _stored_alike(operand, self._matcher.view.get(scaled[0])):
                    owner = self._matcher.owners[scaled[0]]
                    self._constants[operand] = Scaled(scaled[0], owner, scaled[1], calculator)
                else:
                    noun = _NOUNS.get((term.family.name, index), "constant")
                    letter = _letter_at(before, index)
                    self._constants[operand] = Computed(operand, letter, noun, calculator)

    def _plan(self, term: OpTerm, place: OpTerm) -> _Plan:
        before = self._counterparts.get(term)
        operands = tuple(self._operand(operand) for operand in term.operands)
        copies = (
            before is not None
            and not any(isinstance(operand, Variadic) for operand in term.operands)
            and (term.others is None or before.others is term.others)
        )
        attributes: list[tuple[str, Getter]] = []
        for name, given in term.attributes.items():
            if not isinstance(given, Attribute):
                attributes.append((name, _always(given)))
            elif (source := self._matcher.places[given]) != (before, name) or not copies:
                attributes.append((name, _attribute_of(source)))
        changed = tuple(
            (index, get)
            for index, (get, operand) in enumerate(zip(operands, term.operands, strict=True))
            if before is None or not _same_operand(before, index, operand)
        )
        inner = tuple(
            operand for operand in term.operands if isinstance(operand, (OpTerm, Moved, Result))
        )
        return _Plan(term, place, before, copies, inner, operands, changed, tuple(attributes))

    def _operand(self, operand: Term | None) -> Getter:
        """A function that gives the value for an operand, and makes it where it is a new constant."""
        match operand:
            case None:
                return lambda _: None
            case OpTerm() | Moved() | Result():
                return lambda it: it.built[operand]
            case _ if operand in self._constants:
                made = self._constants[operand]
                return lambda it: it.constant(made)
            case Value() | Variadic() | Const():
                return lambda it: it.match.values[operand]
            case _:
                letter = children(operand)[0]
                return lambda it: it.match.values[letter]

    def _value(self, application: _Application, term: Term, *, last: bool = False) -> ir.Value:
        """The value that a term stands for, built where it is not there yet."""
        found: ir.Value
        match term:
            case OpTerm():
                found = self._op(application, term, last=last).results[0]
            case Result():
                found = self._op(application, term.of, last=last).results[term.index]
            case Moved():
                found = self._moved(application, term, last=last)
            case _:
                with ir.InsertionPoint(application.root):
                    found = self._operand(term)(application)
        return found

    def _op(self, application: _Application, term: OpTerm, *, last: bool) -> Any:
        if term in application.built:
            return cast(Any, application.built[term].owner).opview
        plan = self._plans[term]
        for operand in plan.inner:
            application.built[operand] = self._value(application, operand)
        match, root = application.match, application.root
        before = plan.before
        place = match.ops[plan.place]
        likes = (
            [root] if before is None or before is self._matcher.root else [match.ops[before], root]
        )
        with ir.InsertionPoint(place), fused_location(*likes) as location:
            if before is not None and plan.copies:
                op = _copy(match.ops[before], plan, application)
                op.location = location
            else:
                op = self._new(application, plan)
        application.new.append(op)
        application.built[term] = op.results[0]
        if last:
            take_over(op, root)
        elif before is self._matcher.root:
            # It gives something else than the root did, and so must not be called the same.
            forget_results(op)
        return op

    def _new(self, application: _Application, plan: _Plan) -> Any:
        """An op that has no counterpart, or takes other operands than that; it is called as the root was."""
        operands = [get(application) for get in plan.operands]
        attributes = {name: get(application) for name, get in plan.attributes}
        for name, attribute in self._handed_on(application.match, plan.term):
            attributes.setdefault(name, attribute)
        op = op_class(plan.term.family.op_names[0])(*operands, **attributes)
        root = application.root
        if "onnx_node_name" in root.attributes:
            op.attributes["onnx_node_name"] = root.attributes["onnx_node_name"]
        return op

    def _handed_on(self, match: Match, term: OpTerm) -> Iterator[tuple[str, ir.Attribute]]:
        for inner in walk(self._matcher.root) if term.others else ():
            if isinstance(inner, OpTerm) and inner.others is term.others:
                op = match.ops[inner]
                for name in op.SPEC.attributes:
                    if name not in inner.attributes and name in op.attributes:
                        yield name, op.attributes[name]

    def _moved(self, application: _Application, term: Moved, *, last: bool) -> ir.Value:
        assert self._moved_before is not None
        between = application.match.moved[self._moved_before]
        value = self._value(
            application, term.of, last=last and not between and isinstance(term.of, OpTerm)
        )
        for op in between:
            with ir.InsertionPoint(op):
                copy = op.operation.clone().opview
            copy.operands[0] = value
            application.new.append(copy)
            value = copy.results[0]
        if last and between:
            take_over(application.new[-1], application.root)
        application.built[term] = value
        return value


def _always(given: Any) -> Getter:
    return lambda _: given


def _attribute_of(source: tuple[OpTerm, str]) -> Getter:
    return lambda it: it.match.attribute(source)


def _letter_at(before: OpTerm | None, index: int) -> Const | None:
    """The constant that the left side has at an operand."""
    operand = before.operands[index] if before and index < len(before.operands) else None
    if isinstance(operand, (View, Channel)):
        operand = operand.of
    return operand if isinstance(operand, Const) else None


def _stored_alike(constant: Term, seen: View | None) -> bool:
    """Whether a new constant is stored as a letter is that the left side sees through `seen`."""
    if isinstance(constant, View):
        return seen is not None and (seen.kind, seen.by) == (constant.kind, constant.by)
    return seen is None


def _same_operand(before: OpTerm, index: int, operand: Term | None) -> bool:
    """Whether the left side has the same there, so that a copy has it already."""
    if index >= len(before.operands):
        return False
    old = before.operands[index]
    if operand is old:
        return not isinstance(operand, (OpTerm, Moved, Result))
    return (
        isinstance(operand, View)
        and isinstance(old, View)
        and (operand.of, operand.kind, operand.by) == (old.of, old.kind, old.by)
    )


def _copy(original: Any, plan: _Plan, application: _Application) -> Any:
    """A copy with other operands and attributes; its result types are inferred if those may change them."""
    operands = [(index, get(application)) for index, get in plan.changed]
    copy: Any = original.clone()
    slots = copy.operands
    inferred = False
    for index, operand in operands:
        old = slots[index]
        if operand is None:
            operand = old if is_none(old.type) else no_value()
        slots[index] = operand
        if (plan.term.family.name, index) not in _NO_SHAPE:
            type_ = operand.type
            inferred = inferred or type_ != old.type or not is_static(type_)
    for name, get in plan.attributes:
        given_value = get(application)
        if getattr(copy, name) != given_value:
            setattr(copy, name, given_value)
            inferred = inferred or copy.SPEC.attributes[name].kind is not FLOAT
    if inferred:
        given = {
            name: copy.attributes[name] for name in copy.SPEC.attributes if name in copy.attributes
        }
        types = infer_result_types(copy.SPEC, list(copy.operands), given)
        for result, type_ in zip(copy.results, types, strict=False):
            result.set_type(type_)
    return copy
