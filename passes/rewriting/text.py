# SPDX-License-Identifier: Apache-2.0
"""Terms as text, in mathematical form: what `--explain` prints and what remarks call things."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from .terms import (
    Along,
    Arithmetic,
    Attribute,
    ByGroup,
    Channel,
    Column,
    Const,
    Contraction,
    Each,
    Integers,
    Moved,
    Number,
    OpTerm,
    Result,
    Term,
    Value,
    Variadic,
    View,
    children,
    walk,
)

_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2}
_ATOM = 9
_NAMES = "stuvw"


def text(term: Term, names: dict[Term, str] | None = None) -> str:
    """A term in one line; what stands in `names` is called so."""
    return _Writer(names or {}).write(term)[0]


def shared_terms(results: Iterable[Term]) -> dict[Term, str]:
    """Names for arithmetic and ops that a right side has more than once."""
    uses: Counter[Term] = Counter()

    def visit(term: Term) -> None:
        uses[term] += 1
        if uses[term] == 1:
            for child in children(term):
                visit(child)

    for result in results:
        visit(result)
    shared = [t for t, count in uses.items() if count > 1 and isinstance(t, (Arithmetic, OpTerm))]
    # What others are made of comes first.
    shared.sort(key=lambda term: len(list(walk(term))))
    return dict(zip(shared, _NAMES, strict=False))


class _Writer:
    def __init__(self, names: dict[Term, str]) -> None:
        self._names = names

    def write(self, term: Term) -> tuple[str, int]:
        """The text, and how tightly it binds."""
        if term in self._names:
            return self._names[term], _ATOM
        match term:
            case Value() | Const() | Attribute():
                return term.name, _ATOM
            case Variadic():
                return f"{term.name}...", _ATOM
            case Result():
                return f"{self._inside(term.of)}#{term.index}", _ATOM
            case Number():
                return f"{term.number:g}", _ATOM
            case Arithmetic():
                return self._arithmetic(term)
            case Along():
                axes = ", ".join(map(str, term.axes))
                return f"along({self._inside(term.of)}, {axes})", _ATOM
            case Column():
                return f"column({self._inside(term.of)})", _ATOM
            case Contraction():
                inside = f"{self._inside(term.of)}, {self._inside(term.factor)}"
                return f"contraction({inside}, {', '.join(map(str, term.keep))})", _ATOM
            case ByGroup():
                return f"by_group({self._inside(term.of)}, {term.by.name})", _ATOM
            case View():
                return f"{term.kind}({self._inside(term.of)}, {term.by.name})", _ATOM
            case Channel():
                return f"channel({self._inside(term.of)})", _ATOM
            case Moved():
                return f"moved({self._inside(term.of)})", _ATOM
            case Each():
                return f"each({self._inside(term.of)})", _ATOM
            case Integers():
                return self._integers(term), _ATOM
            case OpTerm():
                return self._op(term), _ATOM
            case _:
                return "...", _ATOM

    def _integers(self, term: Integers) -> str:
        shown: list[str] = []
        for given in term.arguments:
            if isinstance(given, OpTerm):
                shown.append(f"the {given.family.name}'s result")
            elif isinstance(given, Term):
                shown.append(self._inside(given))
            else:
                shown.append(str(list(given) if isinstance(given, tuple) else given))
        return f"{term.function}({', '.join(shown)})"

    def _inside(self, term: Term) -> str:
        return self.write(term)[0]

    def _arithmetic(self, term: Arithmetic) -> tuple[str, int]:
        if term.operator == "sqrt":
            return f"sqrt({self._inside(term.arguments[0])})", _ATOM
        binds = _PRECEDENCE[term.operator]
        if len(term.arguments) == 1:
            return f"-{self._bound(term.arguments[0], binds + 1)}", binds
        left, right = term.arguments
        # To the right of - and / even the same operator needs parentheses.
        tighter = binds + (term.operator in "-/")
        shown = f"{self._bound(left, binds)} {term.operator} {self._bound(right, tighter)}"
        return shown, binds

    def _bound(self, term: Term, least: int) -> str:
        shown, binds = self.write(term)
        return shown if binds >= least else f"({shown})"

    def _op(self, term: OpTerm) -> str:
        operands = [
            "none" if operand is None else self._inside(operand) for operand in term.operands
        ]
        while operands and operands[-1] == "none":
            operands.pop()
        given = [self._attribute(name, value) for name, value in term.attributes.items()]
        if term.others:
            given.append("...")
        inside = "; ".join(filter(None, (", ".join(operands), ", ".join(given))))
        return f"{term.family.name}({inside})"

    def _attribute(self, name: str, given: Any) -> str:
        if isinstance(given, Term):
            shown = self._inside(given)
            return shown if shown == name else f"{name} = {shown}"
        return f"{name} = {given:g}" if isinstance(given, float) else f"{name} = {given}"
