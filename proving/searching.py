# SPDX-License-Identifier: Apache-2.0
"""A few random instances in which a rule fails, under further conditions: quick, and silent about the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from ..passes.rewriting.conditions import Condition
from .domains import Domain
from .drawing import Drawer
from .frames import Frame
from .hypotheses import Hypotheses
from .instances import Instance, NoCase
from .judging import Difference, Judge
from .sampling import combinations
from .tensors import Tensor, Undefined


@dataclass(frozen=True)
class Attempt:
    """What came of some instances.  cases: in which the sides were compared.  difference: where they differ, if any."""

    cases: int
    difference: Difference | None


def look(
    judge: Judge,
    conditions: Sequence[Condition],
    domain: Domain,
    *,
    cases: int = 12,
    draws: int = 60,
    frame: Frame | None = None,
    kind: str = "",
    like: Instance | None = None,
    seed: int = 0,
) -> Attempt:
    """Compare the sides in up to so many instances; the first difference, of a kind if one is given, ends it.

    like: an instance whose ranks are tried first.
    """
    random = Random(seed)
    hypotheses = Hypotheses(conditions)
    drawer = Drawer(judge.left, hypotheses, random)
    if like is not None:
        drawer.ranks = {
            letter: {given.rank}
            for letter, given in like.letters.items()
            if isinstance(given, Tensor)
        }
    frames = _some_frames(judge, hypotheses, domain, random) if frame is None else [frame]
    compared = 0
    for number in range(draws):
        given = frames[number % len(frames)]
        if frame is None:
            given = replace(given, largest=random.choice((1, 2, 3)))
        instance = drawer.draw(given)
        if instance is None:
            continue
        try:
            difference = judge.difference(instance)
        except (NoCase, Undefined):
            continue
        compared += 1
        if difference is not None and kind in ("", difference.kind):
            return Attempt(compared, difference)
        if compared >= cases:
            break
    return Attempt(compared, None)


def _some_frames(
    judge: Judge, hypotheses: Hypotheses, domain: Domain, random: Random
) -> list[Frame]:
    """A random choice, mostly of the first type."""
    frames = list(combinations(judge.rule, hypotheses, domain))
    first = [each for each in frames if each.type == frames[0].type]
    return [random.choice(first if number % 3 else frames) for number in range(24)]
