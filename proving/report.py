# SPDX-License-Identifier: Apache-2.0
"""Cases and premises as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from ..passes.rewriting.conditions import (
    Absent,
    Condition,
    ElementTypes,
    Equal,
    LeastRank,
    NotScalar,
    Positive,
    Rank,
    SameShape,
    Size,
    Unknown,
    Unpadded,
)
from ..passes.rewriting.shape_conditions import Same
from ..passes.rewriting.terms import Attribute, OpTerm, Term, Variadic
from ..passes.rewriting.text import text
from ..passes.rewriting.value_conditions import AtMost, LastAxis
from .domains import FIELD, array_of
from .judging import Difference
from .tensors import Tensor
from .verdicts import PROVEN, Verdict


def number(element: Any) -> str:
    """An element of a tensor: `2`, `-1/2`, `true`."""
    if isinstance(element, bool):
        return str(element).lower()
    if isinstance(element, Fraction) and element.denominator == 1:
        return str(element.numerator)
    return str(element)


def nested(data: Any) -> str:
    """An array, as MLIR writes it: `[[1, 2], [3, 4]]`."""
    if not data.ndim:
        return number(data[()])
    return f"[{', '.join(nested(array_of(part)) for part in data)}]"


def tensor(found: Tensor | None) -> str:
    """A tensor: `2x1 [[1], [2]]`."""
    if found is None:
        return "absent"
    shown = nested(found.data) if found.numbers is not FIELD else "..."
    kind = "" if found.type == "f32" else f"x{found.type}"
    sizes = "x".join(map(str, found.shape)) + kind
    return f"{sizes.removeprefix('x')} {shown}".strip() if found.shape or kind else shown


def case(difference: Difference) -> Iterator[str]:
    """What the letters stand for, and what both sides give."""
    instance = difference.instance
    said: list[str] = []
    for letter, given in instance.letters.items():
        if isinstance(given, tuple):
            assert isinstance(letter, Variadic)
            said.append(f"{letter.name}: {', '.join(map(tensor, given))}")
        else:
            said.append(f"{getattr(letter, 'name', '?')}: {tensor(given)}")
    lines = ["; ".join(said)]
    shown: list[str] = []
    for (op, name), given in instance.attributes.items():
        asked = op.attributes.get(name)
        called = asked.name if isinstance(asked, Attribute) else name
        value = nested(given.data) if isinstance(given, Tensor) else str(given)
        if f"{called} = {value}" not in shown:
            shown.append(f"{called} = {value}")
    for moved, moves in instance.moves.items():
        if moves:
            shown.append(f"{text(moved)} by {', '.join(move.name for move in moves)}")
    if shown:
        lines.append(", ".join(shown))
    before = ", ".join(map(tensor, difference.before))
    if difference.kind == "invalid":
        lines.append(f"before: {before}; after: invalid, {difference.reason}")
    else:
        types = difference.kind == "type"
        lines.append(
            f"before: {_typed(difference.before, types)}; after: {_typed(difference.after, types)}"
        )
    yield from lines


def _typed(results: Sequence[Tensor | None], types: bool) -> str:
    if not types:
        return ", ".join(map(tensor, results))
    return ", ".join(
        "absent" if each is None else f"{each.type} {tensor(each)}" for each in results
    )


def as_python(condition: Condition) -> str:
    """A condition as a rule says it; ops are called as their results are."""
    match condition:
        case Equal():
            return f"equal({text(condition.of)}, {condition.number:g})"
        case Positive():
            return f"positive({condition.letter.name})"
        case Rank():
            return f"rank({_called(condition.of)}, {condition.rank})"
        case LeastRank():
            return f"least_rank({_called(condition.of)}, {condition.rank})"
        case Size():
            return f"size({_called(condition.of)}, {condition.axis}, {condition.size})"
        case SameShape():
            return f"same_shape({_called(condition.of)}, {_called(condition.other)})"
        case Absent():
            return f"{'present' if condition.there else 'absent'}({condition.letter.name})"
        case ElementTypes():
            types = ", ".join(f'"{name}"' for name in condition.types)
            return f"element_type({_called(condition.of)}, {types})"
        case Unknown():
            return f"unknown({condition.letter.name})"
        case NotScalar():
            return f"not_scalar({condition.of.name})"
        case AtMost():
            return f"at_most({condition.of.name}, {condition.other.name})"
        case LastAxis():
            return f"last_axis({condition.axis.name}, {condition.of.name})"
        case Same(of=of, other=other):
            return f"same({text(of)}, {text(other) if isinstance(other, Term) else other})"
        case Unpadded():
            return f"unpadded({_called(condition.op)})"
        case _:
            return condition.sentence


def _called(term: Any) -> str:
    return text(term) if isinstance(term, OpTerm) else str(term.name)


def lines_of(verdict: Verdict) -> Iterator[str]:
    """What is said about a verdict."""
    told = f" {verdict.how}" if verdict.outcome == PROVEN else f": {verdict.how}"
    yield f"{verdict.name}: {verdict.outcome}{told if verdict.how else ''}"
    if verdict.left_alone:
        yield f"    not applied where the result would change its type or shape ({verdict.left_alone} further cases)"
    for condition in verdict.needless:
        yield f"    {as_python(condition)} is not needed"
    if verdict.difference is None:
        return
    yield from (f"    {line}" for line in case(verdict.difference))
    if verdict.how:
        return
    if verdict.premises is None:
        yield "  no further conditions are known under which it holds"
        return
    yield "  it holds if also"
    yield f"    {', '.join(map(as_python, verdict.premises))}"
