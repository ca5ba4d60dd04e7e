# SPDX-License-Identifier: Apache-2.0
"""Passes in mathematical form, from the rules themselves: what `--explain` prints and docs/passes.md holds."""

from __future__ import annotations

from collections.abc import Iterator

from .base import Pass
from .patterns import RewritePass
from .rule import Rule
from .terms import (
    Arithmetic,
    Channel,
    Const,
    Contraction,
    Moved,
    OpTerm,
    Term,
    View,
    walk,
)
from .text import shared_terms, text

_FUNCTION = "a function in Python, for what no equation says"


def explain(pass_: Pass) -> str:
    """What a pass does, rule by rule."""
    lines = [f"--{pass_.argument}: {pass_.summary}"]
    if isinstance(pass_, RewritePass):
        for rule in pass_.rules:
            lines += ["", *explain_rule(rule, pass_.argument)]
        for name in pass_.rule_names[len(pass_.rules) :]:
            lines += ["", f"{name}: {_FUNCTION}"]
    else:
        lines += ["", _FUNCTION[0].upper() + _FUNCTION[1:]]
    return "\n".join(lines) + "\n"


def explain_rule(rule: Rule, argument: str) -> Iterator[str]:
    """One rule: the equation, what its letters are, and when it holds.  argument: of its pass, if it has no name."""
    names = shared_terms(rule.results)
    yield f"{rule.name or argument}:"
    yield f"    {text(rule.before, names)}"
    for number, result in enumerate(rule.results):
        called = f" (result {number})" if len(rule.results) > 1 else ""
        yield f"  = {text(result, names)}{called}"
    where = [*_definitions(names), *_letters(rule)]
    if where:
        yield "  where"
        yield from (f"    {line}" for line in where)
    yield "  if"
    yield from (f"    {line}" for line in dict.fromkeys(_conditions(rule)))


def _definitions(names: dict[Term, str]) -> Iterator[str]:
    for term, name in names.items():
        others = {other: called for other, called in names.items() if other is not term}
        yield f"{name} = {text(term, others)}"


def _letters(rule: Rule) -> Iterator[str]:
    """What is known of each constant; those of which the same is known share a line."""
    said: dict[str, list[str]] = {}
    views = {
        term.of: term for term in walk(rule.before) if isinstance(term, (View, Channel))
    }  # fmt: skip
    for term in walk(rule.before):
        if isinstance(term, Const):
            names = said.setdefault(_constant(term, views.get(term)), [])
            if term.name not in names:
                names.append(term.name)
    for what, names in said.items():
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        verb, noun = ("is", "a constant") if len(names) == 1 else ("are", "constants")
        yield f"{listed} {verb} {noun}{what}"


def _constant(letter: Const, seen: Term | None) -> str:
    what = ""
    if isinstance(seen, Channel):
        what = " along the channel axis, or a number"
    elif letter.dims:
        shape = ", ".join(letter.dims)
        what = f" that broadcasts to ({shape})" if letter.broadcast else f" of shape ({shape})"
        if isinstance(seen, View) and seen.kind == "grouped":
            what += ", seen by group"
    if letter.absent is not None:
        what += f", {letter.absent:g} if absent"
    return what


def _conditions(rule: Rule) -> Iterator[str]:
    for term in walk(rule.before):
        if isinstance(term, OpTerm):
            name = term.family.name
            if term.family.meaning:
                yield f"the {name} is {term.family.meaning}"
            if term is not rule.before and not term.shared:
                yield f"the result of the {name} has no other use"
        if isinstance(term, Moved):
            inner = text(term.of) if not isinstance(term.of, OpTerm) else term.of.family.name
            to = "" if term.to is None else f" and is axis {term.to} in the end"
            yield (
                f"what moves the result of the {inner} (Identity, Dropout, Squeeze, Unsqueeze, Transpose, Reshape, "
                f"Flatten, or nothing) keeps its axis {term.axis}{to}"
            )
    if any(
        isinstance(term, (Arithmetic, Contraction)) for root in rule.results for term in walk(root)
    ):
        yield "no new constant overflows its type or loses its digits"
    for condition in rule.conditions:
        yield condition.sentence
