# SPDX-License-Identifier: Apache-2.0
"""What holds of a rule in all cases: its letters, its ops, what its conditions say, and the types of its elements."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fractions import Fraction
from math import isfinite
from typing import Any

from ...passes.rewriting.arithmetic import computes
from ...passes.rewriting.conditions import Equal, LeastRank, Rank, Required, Unpadded
from ...passes.rewriting.forms import new_constants, stored_forms
from ...passes.rewriting.placing import Places
from ...passes.rewriting.rule import Rule
from ...passes.rewriting.terms import (
    Arithmetic,
    Attribute,
    Const,
    Moved,
    Number,
    OpTerm,
    Term,
    Value,
    walk,
)
from .cases import Beyond, Unequal
from .ops import MEANINGS

_FLOATS = frozenset({"tensor(float16)", "tensor(bfloat16)", "tensor(float)", "tensor(double)"})


class Facts:
    """What is the same in all cases of a rule.

    names: of letters, each another one.  ops: of the left side, in a fixed order.  fixed: the letters that conditions
    say the value of.
    """

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.ops = [term for term in _once(rule.before) if isinstance(term, OpTerm)]
        self.moves = [term for term in _once(rule.before) if isinstance(term, Moved)]
        self.names: dict[Term, str] = {}
        self.places: dict[Term, tuple[OpTerm, str]] = {}
        for op in self.ops:
            for name, given in op.attributes.items():
                if isinstance(given, Attribute):
                    self.places.setdefault(given, (op, name))
        for term in _once(rule.before):
            if isinstance(term, (Value, Const, Attribute)):
                self.names[term] = _new_name(term.name, self.names.values())
        self.forms = stored_forms(rule.before)
        self.counterparts = Places(rule.before, rule.results).counterparts
        self.fixed: dict[Term, Term | Fraction] = {}
        self.unpadded: set[OpTerm] = set()
        self.known: dict[Any, Any] = {}
        for condition in rule.conditions:
            self._assume(condition)
        others = [op.others for op in self.ops if op.others]
        if len(others) != len(set(others)):
            raise Beyond("others() of two ops")
        if len(rule.results) != 1:
            raise Beyond("several results")
        self._look_at_types()

    def _look_at_types(self) -> None:
        """The right side takes the types that the left one takes, and no integers are divided."""
        made = [term for root in self.rule.results for term in walk(root)]
        ops = [term for term in (*self.ops, *made) if isinstance(term, OpTerm)]
        for op in ops:
            if op.family.name not in MEANINGS:
                raise Beyond(op.family.name)
        admitted = [op.family.spec.operands[0].types for op in self.ops]
        known = [each for each in admitted if each is not None]
        if not known:
            return
        types = known[0].intersection(*known)
        constants = tuple(
            term for root in self.rule.results for term in new_constants(root, self.forms)
        )
        if computes(constants, self.places) == "floats":
            types &= _FLOATS
        for op in ops:
            taken = op.family.spec.operands[0].types
            if taken is not None and not types <= taken:
                raise Unequal(f"{op.family.name} does not take {min(types - taken)}")
            of_reals = op.family.name == "Div" or {"alpha", "beta"} & op.attributes.keys()
            if of_reals and not types <= _FLOATS:
                raise Beyond(f"{op.family.name} of integers")

    def _assume(self, condition: Any) -> None:
        match condition:
            case Required():
                raise Beyond("a Python function")
            case Equal(of=(Const() | Attribute()) as of):
                if isfinite(condition.number):
                    self.fixed.setdefault(of, Fraction(condition.number))
            case Equal(of=Arithmetic() as of):
                self._solve(of, Number(condition.number))
            case Unpadded():
                self.unpadded.add(condition.op)
            case Rank(of=Value() as of):
                self.known.setdefault(("block", f"{self.names[of]}..."), condition.rank)
            case LeastRank(of=Value() as of):
                for at in range(condition.rank):
                    self.known.setdefault(("block", f"{self.names[of]}..." + "~" * at), "last")
            case _:
                pass  # What is not assumed need not hold.

    def _solve(self, of: Term, equals: Term) -> None:
        """Note what a constant is, from arithmetic of it and attributes that has a known value."""
        match of:
            case Arithmetic(operator="+" | "-", arguments=(Const() as found, rest)):
                sign, known = (1.0 if of.operator == "-" else -1.0), rest
            case Arithmetic(operator="+", arguments=(rest, Const() as found)):
                sign, known = -1.0, rest
            case _:
                return
        if not any(isinstance(term, Const) for term in walk(known)):
            self.fixed.setdefault(found, equals + sign * known)


def _once(root: Term) -> Iterator[Term]:
    return iter(dict.fromkeys(walk(root)))


def _new_name(name: str, taken: Collection[str]) -> str:
    """The name of a letter, made one that no size is called by."""
    name = "".join(each if each.isalnum() else "_" for each in name)
    while name in taken:
        name += "'"
    return name
