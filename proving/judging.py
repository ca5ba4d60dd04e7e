# SPDX-License-Identifier: Apache-2.0
"""Both sides of a rule in one instance: whether they are the same."""

from __future__ import annotations

from dataclasses import dataclass

from ..passes.rewriting.rule import Rule
from ..passes.rewriting.terms import Const, Term
from .case_module import is_applied
from .instances import Instance, LeftSide, NoCase, result_of
from .right_side import RightSide
from .tensors import Invalid, Tensor


@dataclass(frozen=True)
class Difference:
    """An instance in which the two sides of a rule differ.

    kind: "values", "shape", "type" or "invalid".  before, after: the results; the latter are () where the right side is
    invalid.  reason: why it is.
    """

    instance: Instance
    kind: str
    before: tuple[Tensor | None, ...]
    after: tuple[Tensor | None, ...] = ()
    reason: str = ""


class Judge:
    """Compares the two sides of one rule.

    left_alone: how often the rule would have changed a result's type.  never_applied: a case of those.
    """

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.left = LeftSide(rule.before, rule.results)
        self.left_alone = 0
        self.never_applied: Difference | None = None
        self._right = RightSide(rule, self.left)
        self._applied: dict[object, bool] = {}

    def difference(self, instance: Instance) -> Difference | None:
        """How the sides differ in an instance whose left side has been read; None if they do not.

        Raises NoCase where the rule is not applied, Undefined where a side has no exact value, and Unordered.
        """
        results = instance.results[self.rule.before]
        before = tuple(result_of(results, at) for at in range(len(self.rule.results)))
        try:
            after = self._right.evaluate(instance)
        except Invalid as error:
            return Difference(instance, "invalid", before, (), str(error))
        for kind in ("type", "shape", "values"):
            if any(_differ(kind, old, new) for old, new in zip(before, after, strict=True)):
                if kind != "values" and not self._is_applied(instance):
                    self.left_alone += 1
                    self.never_applied = Difference(instance, kind, before, after)
                    raise NoCase("the result would be of another type")
                return Difference(instance, kind, before, after)
        return None

    def _is_applied(self, instance: Instance) -> bool:
        """Whether the engine, which leaves a result its type, applies the rule where it does not know all sizes."""
        key: tuple[object, ...] = (
            tuple(
                _known(letter, given, letter in self.left.structural)
                for letter, given in instance.letters.items()
            ),
            tuple(
                None if isinstance(given, Tensor) else given
                for given in instance.attributes.values()
            ),
        )
        if key not in self._applied:
            self._applied[key] = is_applied(self.rule, instance)
        return self._applied[key]


def _known(letter: Term, given: Tensor | tuple[Tensor, ...] | None, structural: bool) -> object:
    """What the engine knows of a letter: the rank of a value, the shape of a constant."""
    if not isinstance(given, Tensor):
        return given and len(given)
    if structural:
        return given.type, given.shape, tuple(given.data.flat)
    return given.type, given.shape if isinstance(letter, Const) else given.rank


def _differ(kind: str, old: Tensor | None, new: Tensor | None) -> bool:
    if old is None or new is None:
        return kind == "type" and old is not None
    if kind == "type":
        return old.type != new.type
    if kind == "shape":
        return old.shape != new.shape
    return any(a != b for a, b in zip(old.data.flat, new.data.flat, strict=True))
