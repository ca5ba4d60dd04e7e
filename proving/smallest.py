# SPDX-License-Identifier: Apache-2.0
"""The smallest case in which a rule fails: small shapes, small numbers, and as few as possible beside 0 and 1."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product

import numpy as np

from ..passes.rewriting.conditions import Condition
from ..passes.rewriting.terms import Attribute, Const, Term, walk
from .arithmetic import Calculator
from .domains import RATIONALS
from .frames import Frame
from .hypotheses import Hypotheses, solution
from .instances import Instance, NoCase, Place, read
from .judging import Difference, Judge
from .sampling import optional_letters
from .searching import look
from .tensors import Invalid, Tensor, Undefined


def smallest(
    judge: Judge, conditions: Sequence[Condition], found: Difference, seconds: float
) -> Difference:
    """A difference like `found`, in smaller numbers; `found` itself where none is met in time."""
    end = time.process_time() + seconds
    for frame in _frames(judge, found):
        attempt = look(
            judge,
            conditions,
            RATIONALS,
            cases=60,
            draws=120,
            frame=frame,
            kind=found.kind,
            like=found.instance,
        )
        if attempt.difference is not None:
            return _simplified(judge, conditions, attempt.difference, end)
        if time.process_time() > end:
            break
    return found


def _frames(judge: Judge, found: Difference) -> Iterator[Frame]:
    """Small sizes first, everything absent first; then the flags and types with which the difference was found."""
    flags = {
        place: given
        for place, given in found.instance.attributes.items()
        if isinstance(given, (int, str))
    }
    absent = dict.fromkeys(optional_letters(judge.left), False)
    plain = {
        (op, name): op.family.spec.attributes[name].default
        for op, name in flags
        if op.family.spec.attributes[name].default is not None
    }
    types = {
        tensor.type for tensor in found.instance.letters.values() if isinstance(tensor, Tensor)
    }
    type_ = next((each for each in ("f32", "i64", "i1") if each in types), "f32")
    for largest, given, present, simple in product(
        (1, 2, 3), (plain, flags), (absent, {}), (True, False)
    ):
        yield Frame(RATIONALS, given, present, {}, type_, False, largest, False, simple)
    yield Frame(RATIONALS, flags, {}, {}, type_, False, 3, True, True)


def _simplified(
    judge: Judge, conditions: Sequence[Condition], found: Difference, end: float
) -> Difference:
    """The same with defaults, and with 1 and 0 for every number that may be so."""
    hypotheses = Hypotheses(conditions)
    for trial in _trials(found):
        if time.process_time() > end:
            break
        changed = trial(found.instance.assigned(), found.instance)
        if changed is not None:
            found = _still(judge, hypotheses, changed, found)
    return found


_Trial = Callable[[Instance, Instance], "Instance | None"]
"""Changes the assignment of an instance that has been read; None where there is nothing to change."""


def _trials(found: Difference) -> Iterator[_Trial]:
    left = found.instance.left
    for root in left.roots:
        inside = list(walk(root))
        constants = [term for term in inside if isinstance(term, Const)]
        for attribute in (term for term in inside if isinstance(term, Attribute)):
            for constant in constants:
                yield partial(_without, root, attribute, constant)
    for place, given in found.instance.attributes.items():
        if isinstance(given, Tensor):
            default = place[0].family.spec.attributes[place[1]].default
            for number in (*((default,) if default in (0, 1) else ()), 1, 0, 2):
                yield partial(_attribute, place, number)
    for letter, tensor in found.instance.letters.items():
        if isinstance(tensor, Tensor):
            for at in np.ndindex(tensor.shape):
                yield partial(_element, letter, at, 1)
                yield partial(_element, letter, at, 0)


def _without(
    root: Term, attribute: Attribute, letter: Const, trial: Instance, now: Instance
) -> Instance | None:
    """What a root is taken of stays; the letter is all of it, and the attribute 0."""
    tensor = now.letters[letter]
    if not isinstance(tensor, Tensor) or now.attribute(attribute).data[()] == 0:
        return None
    try:
        target = Calculator(now, now.domain).compute(root)
        _set(trial, now.left.places[attribute], 0)
        seen = solution(letter, root, trial, target)
    except Undefined:
        return None
    trial.letters[letter] = tensor.like(
        np.broadcast_to(seen, now.seen[letter].shape).reshape(tensor.shape)
    )
    return trial


def _attribute(place: Place, number: float, trial: Instance, now: Instance) -> Instance | None:
    default = place[0].family.spec.attributes[place[1]].default
    if now.attributes[place].data[()] in ((default,) if default in (0, 1) else (0, 1)):
        return None
    _set(trial, place, number)
    return trial


def _element(
    letter: Term, at: tuple[int, ...], number: int, trial: Instance, now: Instance
) -> Instance | None:
    tensor = now.letters[letter]
    assert isinstance(tensor, Tensor)
    if tensor.data[at] in (0, 1):
        return None
    data = tensor.data.copy()
    data[at] = tensor.numbers.from_python(number)
    trial.letters[letter] = tensor.like(data)
    return trial


def _set(instance: Instance, place: Place, number: float) -> None:
    """An attribute, everywhere where its letter stands."""
    data = instance.domain.full((), number)
    letter = place[0].attributes.get(place[1])
    for op, name in list(instance.attributes):
        if (op, name) == place or (
            isinstance(letter, Attribute) and op.attributes.get(name) is letter
        ):
            instance.attributes[op, name] = Tensor("f32", instance.domain, data)


def _still(judge: Judge, hypotheses: Hypotheses, trial: Instance, found: Difference) -> Difference:
    """The difference in `trial`, if it is of the same kind; else `found`."""
    try:
        read(trial)
        if not hypotheses.hold(trial):
            return found
        difference = judge.difference(trial)
    except (NoCase, Invalid, Undefined):
        return found
    return difference if difference is not None and difference.kind == found.kind else found
