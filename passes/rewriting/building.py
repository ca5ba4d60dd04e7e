# SPDX-License-Identifier: Apache-2.0
"""The right side of a rule, read as a builder of IR.

First everything is computed and judged, and nothing is changed if a number does not fit its type.  Then come the new
constants and ops: an op that stands for one of the left side is its copy, at its place, with its version and what else
it carries; any other stands where its operands are known first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from ...dialect.bindings import ir
from ...dialect.ops.families import BROADCASTS, broadcasts_as_numpy
from ...dialect.types import is_none, is_static, is_unknown, refines, shape_of
from .any_number import is_divided
from .arithmetic import Calculator, scaled_weights
from .effects import is_used
from .forms import (
    letter_at,
    letter_of,
    new_constants,
    same_operand,
    stored_alike,
    stored_forms,
)
from .integers import integers_in, integers_of
from .making import (
    Application,
    Getter,
    Plan,
    copy_behind,
    copy_op,
    inferred_type,
    new_op,
    wanted_results,
)
from .matching import Matcher
from .numbers import LATE_REFUSAL, Computed, NewConstant, Scaled, weights_of
from .placing import Places
from .rewriter import (
    NoMatch,
    Rewriter,
    Rewritten,
    forget_results,
    is_read_as_it_is,
    no_match,
    take_over,
    take_over_each,
)
from .steps import Match
from .terms import (
    Attribute,
    Channel,
    Integers,
    Moved,
    OpTerm,
    Result,
    Term,
    Value,
    Variadic,
    View,
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


class Builder:
    """A right side, compiled.  constants: those that it makes."""

    def __init__(self, matcher: Matcher, after: tuple[Term, ...]) -> None:
        self._matcher = matcher
        self._after = after
        self._moved_before = next(
            (term for term in walk(matcher.root) if isinstance(term, Moved)), None
        )
        found = Places(matcher.root, after)
        self._counterparts = found.counterparts
        self._forms = stored_forms(matcher.root)
        constants = tuple(term for root in after for term in new_constants(root, self._forms))
        weights = weights_of(matcher.root, constants)
        calculator = Calculator(constants, matcher.places)
        self.constants: dict[Term, NewConstant] = {}
        for root in after:
            self._compile_constants(root, weights, calculator)
        self._new_constants = tuple(self.constants.values())
        self._plans = {
            term: self._plan(term, found.places[term])
            for root in after
            for term in walk(root)
            if isinstance(term, OpTerm)
        }
        self._divided = is_divided(matcher.root)
        self._integers = tuple(integers_in(after))
        self._absorbing = next(
            (before for before in found.counterparts.values() if before is not matcher.root), None
        )

    def apply(self, root: Any, match: Match, rewriter: Rewriter) -> NoMatch | Rewritten:
        """Replace `root` by the right side, or say why that would be wrong."""
        if self._new_constants and (reason := self._refusal(match)):
            return no_match(reason)
        if self._integers and (reason := self._unknown(match)):
            return no_match(reason)
        results = root.results
        if len(results) != len(self._after) and (reason := self._miscounted(list(results))):
            return no_match(reason)
        application = Application(match, root, names=rewriter.names, converts=rewriter.converts)
        single = len(self._after) == 1
        try:
            values: list[Any] = [
                self._value(application, term, last=single) for term in self._after
            ]
            if not single:
                take_over_each(values, root, application.ops)
        except TypeError as error:  # from the inference of a result type
            return application.give_up(str(error))
        for term, value, result in zip(self._after, values, results, strict=False):
            if value is None:
                from .text import text

                return application.give_up(f"{text(term)} is absent")
            known = result.type
            if isinstance(term, Value) and (not is_static(known) or is_unknown(known)):
                # What is handed on was made for another place: sizes that nobody wrote down may differ.
                known = inferred_type(root, result)
                if _may_grow(root, value):
                    return application.give_up("the result may have more axes than what it is")
            if not refines(value.type, known) or (
                value.type != result.type and is_read_as_it_is(result)
            ):
                return application.give_up(f"the result would be of type {value.type}, not {known}")
        for result in list(results)[len(values) :]:
            # Nobody reads the others, but for one that is left out.
            left_out = is_none(result.type) and is_used(result)
            values.append(application.absent() if left_out else values[0])
        detail = self._detail(match) if rewriter.tells else ""
        operands = list(root.operands) if self._divided else match.operands[self._matcher.root]
        return rewriter.replace_known(root, values, detail, operands, match.owners)

    def _miscounted(self, results: list[ir.Value]) -> str | None:
        """Why there are more results, or fewer, than the right side gives."""
        count, name = len(self._after), self._matcher.root.family.name
        if len(results) < count:
            return f"the {name} has {len(results)} results, not {count}"
        if any(is_used(result) and not is_none(result.type) for result in results[count:]):
            return f"more results of the {name} are used than {count}"
        return None

    def _refusal(self, match: Match) -> str | None:
        """Why a constant must not be written as it would be."""
        row = match.row
        assert row is not None
        try:
            for constant in self._new_constants:
                if reason := constant.refusal(match, row):
                    return reason
        except ValueError as error:  # from numpy
            return f"the shapes of the constants do not fit: {error}"
        late: str | None = match.made.get(LATE_REFUSAL)
        return late

    def _unknown(self, match: Match) -> str | None:
        """Why integers cannot be told, if they cannot."""
        for term in self._integers:
            found = integers_of(term, match, self._matcher.places)
            if found is None:
                from .text import text

                return f"{text(term)} is not known"
            match.made[term] = list(found) if isinstance(found, tuple) else found
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
            for constant in new_constants(term, self._forms):
                letter = letter_of(constant)
                self.constants[constant] = Computed(constant, letter, "constant", calculator)
            return
        before = self._counterparts.get(term)
        for index, operand in enumerate(term.operands):
            if isinstance(operand, (OpTerm, Moved, Result)):
                self._compile_constants(operand, weights, calculator)
            elif operand is not None and operand in new_constants(operand, self._forms):
                stored = operand.of if isinstance(operand, View) else operand
                scaled = scaled_weights(stored, weights)
                if scaled and stored_alike(operand, self._forms[scaled[0]]):
                    owner = self._matcher.owners[scaled[0]]
                    self.constants[operand] = Scaled(scaled[0], owner, scaled[1], calculator)
                else:
                    noun = _NOUNS.get((term.family.name, index), "constant")
                    letter = letter_of(operand) or letter_at(before, index)
                    self.constants[operand] = Computed(operand, letter, noun, calculator)

    def _plan(self, term: OpTerm, place: OpTerm) -> Plan:
        before = self._counterparts.get(term)
        copies = before is not None and _continues(term, before)
        terms = term.operands
        if copies and before is not None:
            # What the left side names and the right one does not is left out.
            terms += (None,) * (len(before.operands) - len(terms))
        operands = tuple(self._operand(operand) for operand in terms)
        attributes: list[tuple[str, Getter]] = []
        for name, given in term.attributes.items():
            if isinstance(given, Integers):
                attributes.append((name, _made(given)))
            elif not isinstance(given, Attribute):
                attributes.append((name, _always(given)))
            elif (source := self._matcher.places[given]) != (before, name) or not copies:
                attributes.append((name, _attribute_of(source)))
        dropped: list[str] = []
        for name in _to_reset(term, before) if copies and before is not None else ():
            default = term.family.spec.attributes[name].default
            if default is None:
                dropped.append(name)
            else:
                attributes.append((name, _always(default)))
        turned = before in self._matcher.exchanged
        changed = tuple(
            (index, get)
            for index, (get, operand) in enumerate(zip(operands, terms, strict=True))
            if before is None or turned or not same_operand(before, index, operand)
        )
        inner = tuple(
            operand for operand in term.operands if isinstance(operand, (OpTerm, Moved, Result))
        )
        wanted = wanted_results(term, self._after)
        return Plan(
            term,
            place,
            before,
            copies,
            inner,
            operands,
            changed,
            tuple(attributes),
            tuple(dropped),
            wanted,
        )

    def _operand(self, operand: Term | None) -> Getter:
        """A function that gives the value for an operand, and makes it where it is a new constant."""
        match operand:
            case None:
                return lambda _: None
            case OpTerm() | Moved() | Result():
                return lambda it: it.built[operand]
            case Integers():
                return lambda it: it.integers(operand)
            case _ if operand in self.constants:
                made = self.constants[operand]
                return lambda it: it.constant(made)
            case Channel():
                return self._stored_along_channel(operand)
            case _:
                letter = letter_of(operand) or operand
                return lambda it: it.match.values[letter]

    def _stored_along_channel(self, operand: Channel) -> Getter:
        """What is stored for a constant along channels, which an op of an old version may have aligned by its axis."""
        owner = next(
            op
            for op in walk(self._matcher.root)
            if isinstance(op, OpTerm) and any(letter_of(each) is operand.of for each in op.operands)
        )

        def get(it: Application) -> ir.Value:
            op = it.match.ops[owner]
            if not broadcasts_as_numpy(op):
                raise TypeError(f"the {op.SPEC.name} broadcasts from axis {op.axis} on")
            return cast(ir.Value, it.match.values[operand.of])

        return get

    def _value(self, application: Application, term: Term, *, last: bool = False) -> ir.Value:
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

    def _op(self, application: Application, term: OpTerm, *, last: bool) -> Any:
        if term in application.built:
            return cast(Any, application.built[term].owner).opview
        plan = self._plans[term]
        for operand in plan.inner:
            application.built[operand] = self._value(application, operand)
        match, root = application.match, application.root
        before = plan.before
        place = match.ops[plan.place]
        locations = [application.location]
        if application.names and before is not None and before is not self._matcher.root:
            locations.insert(0, match.ops[before].location)
        with ir.InsertionPoint(place), ir.Location.fused(locations) as location:
            if before is not None and plan.copies:
                op = copy_op(match.ops[before], plan, application)
                op.location = location
            else:
                op = new_op(plan, application, self._handed_on(match, term), last=last)
        application.built[term] = op.results[0]
        if last:
            take_over(op, root)
        elif before is self._matcher.root:
            # It gives something else than the root did, and so must not be called the same.
            forget_results(op)
        return op

    def _handed_on(self, match: Match, term: OpTerm) -> Iterator[tuple[str, ir.Attribute]]:
        for inner in walk(self._matcher.root) if term.others else ():
            if isinstance(inner, OpTerm) and inner.others is term.others:
                op = match.ops[inner]
                for name in op.SPEC.attributes:
                    if name not in inner.attributes and name in op.attributes:
                        yield name, op.attributes[name]

    def _moved(self, application: Application, term: Moved, *, last: bool) -> ir.Value:
        assert self._moved_before is not None
        between = application.match.moved[self._moved_before]
        value = self._value(
            application, term.of, last=last and not between and isinstance(term.of, OpTerm)
        )
        for op in between:
            value = copy_behind(op, value, application).results[0]
        if last and between:
            take_over(application.new[-1], application.root)
        application.built[term] = value
        return value


def _always(given: Any) -> Getter:
    return lambda _: given


def _made(term: Integers) -> Getter:
    return lambda it: it.match.made[term]


def _attribute_of(source: tuple[OpTerm, str]) -> Getter:
    op, name = source
    return lambda it: getattr(it.match.ops[op], name)


def _continues(term: OpTerm, before: OpTerm) -> bool:
    """Whether an op of the right side can be a copy of one of the left."""
    if term.others is not None and term.others is not before.others:
        return False
    operands = (*term.operands, *before.operands)
    formals = term.family.spec.operands
    varies = bool(formals) and formals[-1].arity == "variadic"
    return not any(isinstance(operand, Variadic) for operand in operands) and not (
        varies and len(term.operands) != len(before.operands)
    )


def _to_reset(term: OpTerm, before: OpTerm) -> Iterator[str]:
    """The attributes that a copy may have though the right side says that they have their defaults."""
    handed_on = term.others is not None or before.others is None
    for name in before.attributes if handed_on else term.family.spec.attributes:
        if name not in term.attributes and name not in term.family.ignored:
            yield name


def _may_grow(op: Any, value: ir.Value) -> bool:
    """Whether an op may give `value`, of which the rank is not known, the axes of another operand."""
    return (
        op.SPEC.onnx_name in BROADCASTS
        and shape_of(value.type) is None
        and any(shape_of(other.type) != () for other in op.operands if other != value)
    )
