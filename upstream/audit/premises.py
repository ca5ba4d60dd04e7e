# SPDX-License-Identifier: Apache-2.0
"""What is true of a case, in sentences: the premises that a rule may lack."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from ...proving.domains import BOOLS, INTEGERS
from ...proving.tensors import Tensor
from .cases import Case, values_in


def premises_of(case: Case) -> frozenset[str]:
    """The premises that a case meets."""
    met: set[str] = set()
    tensors: dict[str, Tensor] = {}
    for name, value in case.letters.items():
        if isinstance(value, Tensor):
            tensors[name] = value
        else:
            met.update(_of_attribute(name, value))
    for name, value in tensors.items():
        met.update(_of_tensor(name, value))
    for (a, first), (b, second) in combinations(tensors.items(), 2):
        met.update(_of_both(a, first, b, second))
    return frozenset(met)


def is_narrow(premise: str) -> bool:
    """Whether a premise leaves so little that any other is better."""
    return " has rank " in premise or premise.endswith((" has one element", " is one value"))


def _of_attribute(name: str, value: Any) -> set[str]:
    if value is None:
        return {f"{name} is absent"}
    if isinstance(value, (int, float, str)):
        return {f"{name} = {value}"}
    several = values_in(value) if isinstance(value, list) else tuple(value)
    if all(isinstance(each, int) for each in several):
        return {f"no entry of {name} is negative"} if all(each >= 0 for each in several) else set()
    return {f"{name} is one value"} if len(several) == 1 else set()


def _of_tensor(name: str, value: Tensor) -> set[str]:
    met = {f"{name} has rank {len(value.shape)}", f"{name} is given"}
    met.update(f"{name} has {n} axes or more" for n in (1, 2, 3) if len(value.shape) >= n)
    if value.numbers not in (INTEGERS, BOOLS):
        met.add(f"{name} is of floats")
    if 0 not in value.shape:
        met.add(f"{name} has elements")
    if value.numbers is INTEGERS and all(number >= 0 for number in value.data.ravel()):
        met.add(f"no element of {name} is negative")
    if value.data.size == 1:
        met.add(f"{name} has one element")
    return met


def _of_both(a: str, first: Tensor, b: str, second: Tensor) -> set[str]:
    met: set[str] = set()
    if first.type == second.type:
        met.add(f"{a} and {b} have the same element type")
    if first.shape == second.shape:
        met.add(f"{a} and {b} have the same shape")
    if first.shape[:1] == second.shape[:1] != ():
        met.add(f"the first axes of {a} and {b} have the same size")
    try:
        shape = np.broadcast_shapes(first.shape, second.shape)
    except ValueError:
        return met
    if shape == first.shape:
        met.add(f"{b} broadcasts to the shape of {a}")
    if shape == second.shape:
        met.add(f"{a} broadcasts to the shape of {b}")
    if first.shape == second.shape == () and first.type == second.type and first.numbers.ordered:
        smaller, larger = (a, b) if first.data[()] <= second.data[()] else (b, a)
        if first.numbers is not BOOLS:
            met.add(f"{smaller} <= {larger}")
    return met
