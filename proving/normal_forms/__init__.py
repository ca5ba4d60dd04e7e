# SPDX-License-Identifier: Apache-2.0
"""Rules proven for all sizes: both sides as polynomials with bound sums, their normal forms compared.

    __init__         all cases of a rule, and what came of them
      sides          both sides of a rule in one case
        facts        what is the same in all cases
        arithmetic   the arithmetic of its right side
          ops        what ops compute
            tensors  shapes and indices that are symbols
              polynomials  bound sums, roots as symbols, and normal forms
                cases      what is assumed of sizes, ranks, flags and presence

A tensor is a function from symbolic indices to polynomials; sizes and ranks are symbols, so equality of the normal
forms is equality for every size.  After TensorRight (Arora et al., POPL 2025), which asks an SMT solver: for what is
linear in its sums none is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ...passes.rewriting.rule import Rule
from ...passes.rewriting.terms import RuleError
from .cases import Beyond, Case, Unequal, for_each_case, told
from .facts import Facts
from .sides import compare


@dataclass(frozen=True)
class Proven:
    """The sides are equal wherever both are defined.  cases: of flags, presence, ranks and broadcasting."""

    cases: int


@dataclass(frozen=True)
class Differs:
    """The normal forms differ, which does not prove that the values do.  case: where."""

    case: str


@dataclass(frozen=True)
class NotExpressible:
    """Normal forms cannot say it.  reason: what they do not know."""

    reason: str


Outcome: TypeAlias = Proven | Differs | NotExpressible


def prove_for_all_sizes(rule: Rule) -> Outcome:
    """Whether both sides of a rule are equal, for all sizes and ranks."""
    tried: list[Case] = []

    def judge(case: Case) -> None:
        tried[:] = [case]
        compare(facts, case)

    try:
        facts = Facts(rule)
        cases = sum(1 for _ in for_each_case(facts.known, judge))
    except Unequal as difference:
        return Differs(_told(str(difference), tried))
    except (Beyond, RuleError) as beyond:
        return NotExpressible(str(beyond))
    except RecursionError:
        return NotExpressible("terms as deep as these")
    return Proven(cases) if cases else NotExpressible("no case that can be")


def _told(difference: str, tried: list[Case]) -> str:
    """A difference, and what was assumed."""
    known = tried[0].known if tried else {}
    assumed = [
        f"{' '.join(map(str, question))}: {told(answer)}" for question, answer in known.items()
    ]
    return f"{difference} ({', '.join(assumed)})" if assumed else difference
