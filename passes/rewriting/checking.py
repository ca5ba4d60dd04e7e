# SPDX-License-Identifier: Apache-2.0
"""What a rule must be to have a meaning: asked when it is made, so that a plugin's mistake is an error as it is loaded.

1. the left side: a pattern of ops, letters and forms of constants, each letter in one form;
2. the right side: nothing that the left side does not bind, operands and attributes that its ops have;
3. arithmetic: on constants only, with axes that fit;
4. conditions: about what the left side binds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from ...dialect.ops.attribute_kinds import INT
from .any_number import check_variadic, own_letters
from .checking_arithmetic import check_constant, kind_of
from .conditions import Condition, Equal, Positive, Rank, Required, Unpadded
from .forms import letter_of, new_constants, same_form
from .integers import OF_SHAPES
from .numbers import weights_of
from .placing import Places
from .terms import (
    REST,
    Arithmetic,
    Attribute,
    Channel,
    Const,
    Each,
    Integers,
    Moved,
    Number,
    OpTerm,
    Others,
    Result,
    RuleError,
    Term,
    Value,
    Variadic,
    View,
    children,
    walk,
)
from .text import text
from .value_conditions import AtMost, BroadcastsBehind, LastAxis, OfType

_LETTERS = (Value, Variadic, Const, Attribute)
_ELEMENTWISE = frozenset(
    ["Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Mean", "Sum", "PRelu", "Mod"]
)
"""Ops that broadcast their operands from the right."""


def check(before: Term, after: tuple[Term, ...], conditions: tuple[Condition, ...]) -> None:
    """Raise RuleError where a rule cannot be meant."""
    if not isinstance(before, OpTerm):
        raise RuleError(f"the left side is {kind_of(before)}, not an op")
    left = _Left(before)
    _check_results(before, after)
    for root in after:
        if not isinstance(root, Term):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise RuleError(f"the right side is {kind_of(root)}, not a term")
    for term in _unique(after):
        _check_right(term, left)
    constants = tuple(chain.from_iterable(new_constants(root, left.forms) for root in after))
    weights = weights_of(before, constants) if constants else frozenset[Term]()
    for constant in constants:
        check_constant(constant, left.forms, weights)
    if left.moves:
        Places(before, after)
    for condition in conditions:
        _check_condition(condition, left.terms)


class _Left:
    """A left side that has been checked: what the other checks have to know of it.

    kinds: of the attributes that letters stand for.  along: the axis of each constant along channels.
    """

    def __init__(self, before: OpTerm) -> None:
        self.terms = _unique((before,))
        self.ops = [term for term in self.terms if isinstance(term, OpTerm)]
        self.kinds: dict[Term, object] = {}
        self.forms: dict[Term, Const | View | Channel] = {}
        moved = 0
        for op in self.ops:
            _check_operands(op)
            for index, operand in enumerate(op.operands):
                moved += isinstance(operand, Moved)
                _check_left_operand(op, index, operand, self.forms)
            _check_left_attributes(op, self.kinds)
        self.along: dict[Term, int] = {}
        for form in self.forms.values():
            if isinstance(form, View):
                _check_flag(form, self.kinds)
            elif isinstance(form, Channel):
                self.along[form.of] = form.axis
        if moved > 1:
            raise RuleError("the left side has moved(...) twice")
        self.moves = bool(moved)
        found = check_variadic(self.ops)
        self.each = None if found is None else own_letters(before, found)


def _unique(roots: tuple[Term, ...]) -> dict[Term, None]:
    """All terms, each once, in the order of the text."""
    found: dict[Term, None] = {}
    waiting = list(reversed(roots))
    while waiting:
        if (term := waiting.pop()) not in found:
            found[term] = None
            waiting.extend(reversed(children(term)))
    return found


# The left side.


def _check_left_attributes(op: OpTerm, kinds: dict[Term, object]) -> None:
    specs = op.family.spec.attributes
    for name, given in op.attributes.items():
        if isinstance(given, Integers):
            raise RuleError(
                f"the left side has {text(given)}: give '{name}' a letter, and say same(...) of it"
            )
        if (
            isinstance(given, Attribute)
            and kinds.setdefault(given, specs[name].kind) is not specs[name].kind
        ):
            raise RuleError(f"'{given.name}' is an attribute of two types")
    if op.others is not None:
        return
    for name, spec in specs.items():
        if spec.required and name not in op.attributes:
            raise RuleError(
                f"{op.family.name} always has its attribute '{name}': "
                "name it on the left side, or say others()"
            )


def _check_left_operand(
    op: OpTerm, index: int, operand: Term | None, forms: dict[Term, Const | View | Channel]
) -> None:
    match operand:
        case None | Value() | Variadic() | OpTerm():
            return
        case Each(of=(Value() | OpTerm())):
            return
        case Const() | View(of=Const()) | Channel(of=Const()):
            letter = letter_of(operand)
            assert letter is not None
        case View() | Channel():
            raise RuleError(
                f"{text(operand)} on the left side is of {kind_of(operand.of)}, not of a constant"
            )
        case Moved(of=OpTerm()):
            return
        case Result(of=OpTerm() as inner):
            _check_index(inner, operand.index)
            return
        case _:
            raise RuleError(
                f"the left side has {text(operand)}, which is no pattern: "
                "arithmetic goes to the right side or into a condition"
            )
    if not same_form(forms.setdefault(letter, operand), operand):
        raise RuleError(f"the left side has '{letter.name}' in two forms")
    formals = op.family.spec.operands
    formal = formals[min(index, len(formals) - 1)]
    if letter.absent is not None and formal.arity == "single":
        raise RuleError(
            f"{letter.name} has a value if absent, but {op.family.name} always has its operand {formal.name}"
        )
    if isinstance(operand, Channel):
        if len(op.operands) != 2 or op.family.name not in _ELEMENTWISE:
            raise RuleError(
                f"{text(operand)} is for ops that broadcast two operands, not {op.family.name}"
            )
        if op.operands[1 - index] is not operand.beside:
            raise RuleError(
                f"{text(operand)} stands beside something else than the operand of {op.family.name}"
            )


def _check_flag(view: View, kinds: Mapping[Term, object]) -> None:
    shown = text(view)
    if view.by not in kinds:
        raise RuleError(f"{shown}: no op on the left side has the attribute '{view.by.name}'")
    if kinds[view.by] is not INT:
        raise RuleError(f"{shown}: the attribute '{view.by.name}' is no integer")
    letter = letter_of(view)
    dims = letter.dims if letter else None
    if dims is None:
        return
    if view.kind == "transposed" and (len(dims) != 2 or REST in dims):
        raise RuleError(f"{shown} is of dimensions '{' '.join(dims)}', not of two")
    if view.kind == "grouped" and len(dims) < 2:
        raise RuleError(f"{shown}: the first of its dimensions '{' '.join(dims)}' is the group")


# Either side.


def _check_operands(op: OpTerm) -> None:
    spec, name = op.family.spec, op.family.name
    fewest = sum(operand.arity == "single" for operand in spec.operands)
    varies = bool(spec.operands) and spec.operands[-1].arity == "variadic"
    if len(op.operands) < fewest:
        raise RuleError(f"{name} needs {fewest} operands, got {len(op.operands)}")
    for index, operand in enumerate(op.operands):
        formal = spec.operands[min(index, len(spec.operands) - 1)]
        if operand is None and formal.arity == "single":
            raise RuleError(f"{name} needs its operand {formal.name}")
        if isinstance(operand, (Variadic, Each)) and (not varies or index < len(spec.operands) - 1):
            shown = operand.name if isinstance(operand, Variadic) else text(operand)
            raise RuleError(
                f"'{shown}' stands for the last operands of a variadic op, not of {name}"
            )


def _check_index(op: OpTerm, index: int) -> None:
    results = op.family.spec.results
    if index < 0 or (index >= len(results) and results[-1].arity != "variadic"):
        raise RuleError(f"{op.family.name} has {len(results)} results: there is no result {index}")


# The right side.


def _check_results(before: OpTerm, after: tuple[Term, ...]) -> None:
    results = before.family.spec.results
    most = None if results and results[-1].arity == "variadic" else len(results)
    if not after or (most is not None and len(after) > most):
        raise RuleError(
            f"the right side gives {len(after)} results, {before.family.name} has {most or 'more'}"
        )


def _check_right(term: Term, left: _Left) -> None:
    match term:
        case Value() | Variadic() | Const() | Attribute():
            _check_bound(term, left.terms, "the right side has")
        case Others():
            if term not in left.terms:
                raise RuleError(
                    "the right side hands attributes on, which the left side does not have"
                )
        case Moved():
            if not left.moves:
                raise RuleError("the right side has moved(...), which the left side does not have")
        case Result():
            _check_index(term.of, term.index)
        case Integers():
            _check_integers(term, left.terms)
        case Each() if left.each is None or left.each.isdisjoint(walk(term)):
            raise RuleError(f"{text(term)} is of nothing that the left side has in each(...)")
        case View() if term.by in left.terms:
            _check_flag(term, left.kinds)
        case OpTerm():
            _check_operands(term)
            _check_attributes(term, left)
            if left.along and term.family.name in _ELEMENTWISE:
                for operand in term.operands:
                    _check_direction(term, operand, left)
        case _:
            pass


def _check_integers(term: Integers, bound: dict[Term, None]) -> None:
    """Of which values the shapes are asked; letters are looked at as all others."""
    for index, given in enumerate(term.arguments):
        if isinstance(given, OpTerm) and given not in bound:
            raise RuleError(
                f"{text(term)} is about another {given.family.name} than those of the left side"
            )
        shaped = (
            isinstance(given, (Value, Const, OpTerm)) and term.function in OF_SHAPES and not index
        )
        counted = isinstance(given, (Attribute, Const, Integers, Arithmetic, Number))
        if isinstance(given, Term) and not shaped and not counted:
            raise RuleError(f"{text(term)}: {kind_of(given)} is no integer")


def _check_bound(term: Term, bound: dict[Term, None], where: str) -> None:
    if term in bound:
        return
    assert isinstance(term, _LETTERS)
    if any(isinstance(left, _LETTERS) and left.name == term.name for left in bound):
        raise RuleError(
            f"{where} another letter '{term.name}' than the left side: make a letter once"
        )
    raise RuleError(f"{where} '{term.name}', which the left side does not bind")


def _check_attributes(op: OpTerm, left: _Left) -> None:
    name, specs = op.family.name, op.family.spec.attributes
    for attribute, given in op.attributes.items():
        if isinstance(given, Attribute) and left.kinds.get(given) is not specs[attribute].kind:
            raise RuleError(
                f"'{given.name}' is of another type than the attribute '{attribute}' of {name}"
            )
    if op.others is None:
        for attribute, spec in specs.items():
            if spec.required and attribute not in op.attributes:
                raise RuleError(f"{name} needs its attribute '{attribute}'")
        return
    for source in left.ops:
        if source.others is op.others and source.family is not op.family:
            for attribute, spec in source.family.spec.attributes.items():
                if attribute in source.attributes or attribute in op.attributes:
                    continue
                mine = specs.get(attribute)
                if mine is None or mine.kind is not spec.kind or mine.default != spec.default:
                    raise RuleError(
                        f"the right side hands the attributes of {source.family.name} on to {name}, "
                        f"where '{attribute}' is {'not known' if mine is None else 'another'}"
                    )


def _check_direction(op: OpTerm, operand: Term | None, left: _Left) -> None:
    """A vector along channels is not put along the last axis by accident."""
    for letter in _bare(operand):
        if (axis := left.along.get(letter, -1)) != -1:
            raise RuleError(
                f"{text(operand or letter)} is along the last axis of what {op.family.name} gives, "
                f"{letter.name} along axis {axis}: say channel(..., beside)"
            )


def _bare(term: Term | None) -> Iterator[Const]:
    """The constants of which arithmetic has the axes as they are."""
    match term:
        case Const():
            yield term
        case Arithmetic():
            for argument in term.arguments:
                yield from _bare(argument)
        case _:
            pass


# Conditions.


def _check_condition(condition: Condition, bound: dict[Term, None]) -> None:
    letters = {term.name: term for term in bound if isinstance(term, _LETTERS)}
    if isinstance(condition, Required):
        for name in condition.names:
            if name not in letters:
                raise RuleError(
                    f"require(...) asks for '{name}', which the left side does not bind"
                )
    for about in condition.about:
        for term in walk(about) if not isinstance(about, OpTerm) else (about,):
            if isinstance(term, Integers):
                _check_integers(term, bound)
            if isinstance(term, _LETTERS):
                _check_bound(term, bound, "a condition is about")
            elif isinstance(term, OpTerm) and term not in bound:
                raise RuleError(
                    f"a condition is about another {term.family.name} than those of the left side"
                )
    given: dict[str, Any] = vars(condition)
    match condition:
        case Equal():
            for term in walk(given["of"]):
                if not isinstance(term, (Const, Attribute, Arithmetic, Number)):
                    raise RuleError(
                        f"equal(...) is about constants and attributes, not about {kind_of(term)}"
                    )
        case Positive() if not isinstance(given["letter"], Const):
            kind = kind_of(given["letter"])
            raise RuleError(f"positive(...) is about a constant, not about {kind}")
        case Rank() if not isinstance(given["of"], (Value, OpTerm)):
            raise RuleError(
                f"rank(...) is about a value or an op, not about {kind_of(given['of'])}"
            )
        case AtMost():
            for of in (given["of"], given["other"]):
                if not isinstance(of, Const):
                    raise RuleError(f"at_most(...) is about constants, not about {kind_of(of)}")
        case LastAxis(axis=of) | BroadcastsBehind(axis=of) | OfType(type=of):
            if not isinstance(of, Attribute):  # pyright: ignore[reportUnnecessaryIsInstance]
                kind = kind_of(of)
                raise RuleError(f"'{condition.sentence}' is about an attribute, not about {kind}")
        case Unpadded() if not isinstance(given["op"], OpTerm):
            raise RuleError(f"unpadded(...) is about an op, not about {kind_of(given['op'])}")
        case Unpadded() if "pads" not in condition.op.family.spec.attributes:
            raise RuleError(
                f"unpadded(...) is about an op with pads, not about {condition.op.family.name}"
            )
        case _:
            pass
