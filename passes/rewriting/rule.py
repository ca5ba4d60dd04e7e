# SPDX-License-Identifier: Apache-2.0
"""A rewrite as an equation: what stands before, what stands after, and under which conditions.

    Rule("mul-by-one", before=Mul(x, one), after=x, conditions=(equal(one, 1),))

A rule is checked when it is made and compiled when it is first applied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any

from ...dialect.bindings import ir
from ...dialect.dataclass import dataclass
from ...dialect.moves import MOVES
from . import own_rules
from .any_number import WrittenOut, divided, each_of, is_divided, path_to
from .arithmetic import computes
from .building import Builder
from .forms import new_constants, stored_forms
from .matching import Matcher, places_of_attributes
from .numbers import weights_of
from .rewriter import NoMatch, Rewriter, Rewritten, no_match
from .steps import Match
from .terms import Const, Each, Moved, OpTerm, Result, RuleError, Term, walk

if TYPE_CHECKING:
    from .conditions import Condition
    from .figures import Figures


@dataclass(frozen=True, eq=False)
class Rule:
    """One equation.  Raise RuleError where it cannot be meant.

    name: in kebab-case; empty for the only rule of a pass, which is called as the pass is.  after: a term for each
    result that is to be replaced, or one for all of them.  sees_through: whether what pure ops make of constants counts
    as constant.  exchanges: whether the operands of commutative ops may come in either order.
    """

    name: str
    before: OpTerm
    after: Term | tuple[Term, ...]
    conditions: tuple[Condition, ...] = ()
    sees_through: bool = True
    exchanges: bool = True

    def __post_init__(self) -> None:
        if not own_rules.being_made():
            self.check()

    def check(self) -> None:
        """Raise RuleError where the rule cannot be meant."""
        from .checking import check

        try:
            check(self.before, self.results, self.conditions)
        except RuleError as error:
            raise RuleError(f"rule '{self.name}': {error}" if self.name else str(error)) from None

    @property
    def results(self) -> tuple[Term, ...]:
        """The right side, a term for each result."""
        return self.after if isinstance(self.after, tuple) else (self.after,)

    @property
    def is_opaque(self) -> bool:
        """Whether a Python function has a say: nothing can be proven then."""
        from .conditions import Required

        return any(isinstance(condition, Required) for condition in self.conditions)

    @cached_property
    def feeding(self) -> tuple[dict[int, frozenset[str]], ...]:
        """Which ops have to make which operands of the root, for each order of its operands."""
        operands = () if is_divided(self.before) else self.before.operands
        both = self.exchanges and _is_commutative(self.before)
        orders = [operands, operands[::-1]] if both else [operands]
        return tuple(
            {index: names for index, each in enumerate(order) if (names := _makers(each))}
            for order in orders
        )

    @cached_property
    def numbers(self) -> dict[int, float]:
        """The number that an operand of the root has to be, if it is a constant; for roots that exchange none."""
        from .conditions import Equal

        if self._is_divided or (self.exchanges and _is_commutative(self.before)):
            return {}
        equal = {each.of: each.number for each in self.conditions if isinstance(each, Equal)}
        found = enumerate(self.before.operands)
        return {
            index: equal[each] for index, each in found if isinstance(each, Const) and each in equal
        }

    @cached_property
    def each(self) -> Each | None:
        """The `each` of the left side, which stands for any number of operands."""
        return each_of(self.before)

    def with_elements(self, count: int) -> Rule:
        """The rule with `count` operands in the place of `each`."""
        known = self._written_out
        if count not in known:
            assert self.each is not None
            whole = WrittenOut(self.before, self.each, count)
            before, *after = whole.terms((self.before, *self.results))
            assert isinstance(before, OpTerm)
            conditions = tuple(found for each in self.conditions for found in whole.each(each))
            with own_rules.making():  # it has been checked
                known[count] = Rule(
                    self.name, before, tuple(after), conditions, self.sees_through, self.exchanges
                )
        return known[count]

    @cached_property
    def _written_out(self) -> dict[int, Rule]:
        return {}

    @cached_property
    def _path(self) -> tuple[int, ...]:
        assert self.each is not None
        return path_to(self.before, self.each)

    def _elements_at(self, op: Any) -> int:
        """How many operands `each` stands for where `op` is the root; 1 where that makes no difference."""
        term = self.before
        for index in self._path:
            operand = term.operands[index]
            assert isinstance(operand, OpTerm)
            owner = op.operands[index].owner if index < len(op.operands) else None
            if owner is None or isinstance(owner, ir.Block) or owner.name not in _makers(operand):
                return 1
            op, term = owner, operand
        return max(len(op.operands) - len(term.operands) + 1, 1)

    def _arrangements(self, op: Any) -> Iterable[list[Any] | None]:
        """The operands of the root, where letters for any number of them stand before others."""
        return divided(self.before, op.operands) if self._is_divided else _AS_THEY_ARE

    @cached_property
    def _is_divided(self) -> bool:
        return is_divided(self.before)

    @cached_property
    def _compiled(self) -> tuple[tuple[Matcher, Builder], ...]:
        """A matcher and a builder for each order of the operands of commutative ops."""
        forms = stored_forms(self.before)
        constants = tuple(term for root in self.results for term in new_constants(root, forms))
        weights = weights_of(self.before, constants)
        kept = frozenset(term for root in self.results for term in walk(root))
        numbers = computes(constants, places_of_attributes(self.before))
        pairs: list[tuple[Matcher, Builder]] = []
        for exchanged in _orders(self.before) if self.exchanges else [frozenset[Term]()]:
            matcher = Matcher(
                self.before,
                exchanged,
                self.conditions,
                weights=weights,
                computes=numbers,
                kept=kept,
                sees_through=self.sees_through,
            )
            pairs.append((matcher, Builder(matcher, self.results)))
        return tuple(pairs)

    def apply(self, op: Any, rewriter: Rewriter) -> tuple[int, NoMatch | Rewritten]:
        """Rewrite `op` if it matches; how far the match went, and what came of it."""
        if self.each is not None:
            return self.with_elements(self._elements_at(op)).apply(op, rewriter)
        furthest, answer = -1, _UNTRIED
        for matcher, builder in self._compiled:
            for operands in self._arrangements(op):
                found = matcher.match(op, operands)
                if isinstance(found, Match):
                    # Where the rule applies, the ops that have the attributes may be gone.
                    attributes = matcher.attributes(found) if rewriter.tells else None
                    reached, result = _WHOLE, builder.apply(op, found, rewriter)
                    if isinstance(result, Rewritten):
                        if attributes is not None:
                            result.figures = self._figures(found, attributes, builder)
                        return reached, result
                else:
                    reached, result = found[0], no_match(found[1])
                if reached > furthest:
                    furthest, answer = reached, result
        return furthest, answer

    def _figures(self, match: Match, attributes: dict[Term, Any], builder: Builder) -> Figures:
        from .figures import Figures

        return Figures(self, match, attributes, builder.constants)


_AS_THEY_ARE = (None,)

_UNTRIED = no_match("")

_WHOLE = 1_000_000
"""How far a match went that failed only at the numbers."""


def _makers(operand: Term | None) -> frozenset[str]:
    """Names of the ops one of which has to make an operand; none if anything may."""
    inner = operand.of if isinstance(operand, (Moved, Result)) else operand
    if not isinstance(inner, OpTerm):
        return frozenset()
    names = frozenset(f"onnx.{name}" for name in inner.family.op_names)
    return names | MOVES.keys() if isinstance(operand, Moved) else names


def _is_commutative(term: OpTerm) -> bool:
    return term.family.commutative and len(term.operands) == 2


def _orders(before: OpTerm) -> Iterator[frozenset[Term]]:
    """The sets of commutative ops whose operands are to be exchanged, none first."""
    binary = [term for term in walk(before) if isinstance(term, OpTerm) and _is_commutative(term)]
    for chosen in chain.from_iterable(combinations(binary, n) for n in range(len(binary) + 1)):
        yield frozenset(chosen)
