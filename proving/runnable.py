# SPDX-License-Identifier: Apache-2.0
"""The case in which a rule fails as a module that shows it when it is run."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ..dialect.bindings import ir
from ..passes.rewriting.rule import Rule
from ..passes.rewriting.terms import Term, Value
from .case_module import build
from .domains import array_of
from .instances import NoCase, read
from .judging import Difference, Judge
from .tensors import Invalid, Tensor, Undefined


@dataclass(frozen=True)
class Runnable:
    """A module, and the shapes of its arguments where the module leaves them open."""

    module: ir.Module
    shapes: dict[str, tuple[int, ...]]


def runnable(rule: Rule, difference: Difference) -> Runnable:
    """A module with the left side of a rule, in the current context.

    Sizes are open where it is they that differ: with all of them known the rule would not be applied.
    """
    instance = difference.instance
    open_ = difference.kind != "values"
    shapes = {
        letter.name: given.shape
        for letter, given in instance.letters.items()
        if isinstance(letter, Value)
        and isinstance(given, Tensor)
        and letter not in instance.left.structural
    }
    fixed = () if open_ or _fails_anyway(rule, difference) else tuple(instance.letters)
    return Runnable(build(instance, open_=open_, fixed=fixed), shapes if open_ else {})


def _any(tensor: Tensor, random: np.random.Generator) -> Any:
    """Other numbers, of which hardly one is 0 where they are floats."""
    numbers = tensor.numbers
    if tensor.type[0] not in "fb":
        return numbers.draw(random, tensor.shape)
    drawn = array_of(random.integers(-999, 1000, tensor.shape))

    def element(whole: Any) -> Any:
        return numbers.from_python(Fraction(whole, 100))

    return numbers.map(element, drawn)


def _fails_anyway(rule: Rule, difference: Difference) -> bool:
    """Whether the rule fails as well for other numbers in the arguments, whatever they are."""
    judge, random = Judge(rule), np.random.default_rng(0)
    values: list[Term] = [
        letter
        for letter in difference.instance.letters
        if isinstance(letter, Value) and letter not in judge.left.structural
    ]
    for _ in range(6):
        other = difference.instance.assigned()
        for letter in values:
            tensor = other.letters[letter]
            if isinstance(tensor, Tensor):
                other.letters[letter] = tensor.like(_any(tensor, random))
        try:
            read(other)
            if judge.difference(other) is None:
                return False
        except (NoCase, Invalid, Undefined):
            return False
    return True
