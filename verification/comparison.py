# SPDX-License-Identifier: Apache-2.0
"""Whether two arrays are the same but for rounding.  docs/numerics.md derives the numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

import numpy as np

from .precision import SINGLE, Array, is_array, is_float, precision

EXACTLY = "exactly"
"""What is computed in float64 is called so."""

LIMIT = 8.0
"""How many standard deviations of the rounding error an element may be off."""

_SLACK_FLOAT64 = 2.0**-45


class Exact(NamedTuple):
    """What the float64 runs on one input tell about one output.

    before, after: the value in float64.  rounding, approximation, constants: the mean square of what simulated rounding
    of all results of the first model, what rounding inside of ops that approximate, and of the constants that only the
    second model has, changes; for a value that is no float how often it changes.
    """

    before: Any
    after: Any
    rounding: Array
    approximation: Array
    constants: Array

    @property
    def engine(self) -> Array:
        """The mean square of what an engine may be off."""
        return np.asarray(self.rounding + self.approximation)


@dataclass(frozen=True)
class Override:
    """The user's own tolerance: atol + rtol * |value|."""

    atol: float
    rtol: float


@dataclass(frozen=True)
class Comparison:
    """How far an output of the module as it is lies from that of the module as it was.

    computed_in: the type it was computed in.  ratio: the largest difference, as a multiple of what is tolerated: above
    1 the output departs.  why: what is wrong in words.  at_input: the number of the input where.  max_abs, max_rel,
    max_ulp: None where there is no such number.
    """

    name: str
    computed_in: str
    ratio: float
    why: str = ""
    at_input: int = 0
    max_abs: float | None = None
    max_rel: float | None = None
    max_ulp: float | None = None

    @property
    def departs(self) -> bool:
        """Whether that is more than rounding."""
        return not self.ratio <= 1


def compare(
    name: str,
    before: Sequence[Any],
    after: Sequence[Any],
    exact: Sequence[Exact] | None,
    override: Override | None,
    spread: float,
) -> list[Comparison]:
    """The comparisons of an output on all inputs: as the engine computed it, and in float64 where that is known.

    before, after: a value for each input.  exact: the same.  spread: the relative error to expect where `exact` is not
    known.
    """
    arrays = [value for value in (*before, *after) if is_array(value)]
    if len(arrays) < len(before) + len(after):
        return [_others(name, before, after)]
    for number, (a, b) in enumerate(zip(before, after, strict=True)):
        if a.dtype != b.dtype or a.shape != b.shape:
            why = f"was {_type(a)} on input {number} and is {_type(b)}"
            return [Comparison(name, str(a.dtype), math.inf, why, number)]
    if len({value.shape for value in arrays}) > 1:
        # Shapes that depend on the data: one by one.
        each_input = [
            compare(name, [a], [b], [exact[n]] if exact else None, override, spread)
            for n, (a, b) in enumerate(zip(before, after, strict=True))
        ]
        numbered = [[replace(row, at_input=n) for row in rows] for n, rows in enumerate(each_input)]
        return [max(rows, key=lambda row: row.ratio) for rows in zip(*numbered, strict=False)]
    a, b = np.stack(list(before)), np.stack(list(after))
    known = _stacked(exact, a.shape) if exact else None
    if not is_float(a.dtype) and a.dtype.kind != "c":
        return [_discrete(name, a, b, known)]
    if a.dtype.kind == "c":
        a, b = _parts(a), _parts(b)
        known = None
    if known is not None and not _is_believable(a, known):
        row = _as_computed(name, a, b, None, override, spread)
        return [row, Comparison(name, EXACTLY, 0.0, NOT_BELIEVED)]
    rows = [_as_computed(name, a, b, known, override, spread)]
    if known is not None:
        rows.append(_in_float64(name, known, a.dtype))
    return rows


NOT_BELIEVED = (
    "evaluated in float64 is something else than what the engine computes, so tolerances are coarse"
)


def _is_believable(a: Array, exact: Exact) -> bool:
    """Whether what the engine computed can be the rounded form of the exact values: evaluators have bugs too."""
    rounded = precision(a.dtype)
    wide, magnitude = a.astype(np.float64), np.abs(exact.before)
    sigma = pooled(exact.engine, magnitude) + (2 * rounded.unit * magnitude) ** 2 + rounded.tiny**2
    with np.errstate(all="ignore"):
        near = np.abs(wide - exact.before) <= 2 * LIMIT * np.sqrt(sigma)
    return bool((near | ~np.isfinite(wide)).all())


def _stacked(exact: Sequence[Exact], shape: tuple[int, ...]) -> Exact | None:
    """What is known of all inputs together; None unless it is of the shape of the outputs."""
    values = [value for each in exact for value in (each.before, each.after)]
    if not all(is_array(value) and value.shape == shape[1:] for value in values):
        return None
    return Exact(*map(np.stack, zip(*exact, strict=True)))


def _as_computed(
    name: str, a: Array, b: Array, exact: Exact | None, override: Override | None, spread: float
) -> Comparison:
    """The outputs of both models in their own type."""
    dtype, rounded = a.dtype, precision(a.dtype)
    a, b = a.astype(np.float64), b.astype(np.float64)
    if exact is not None:
        # Where the original overflows and the exact value does not, that one is what counts.
        with np.errstate(all="ignore"):
            lost = ~np.isfinite(a) & np.isfinite(exact.before)
            a = np.where(lost, np.where(np.isfinite(b), exact.before, b), a)
    magnitude = np.where(np.isfinite(a), np.abs(a), 0.0)
    if override is not None:
        tolerance = override.atol + override.rtol * magnitude
    elif exact is not None:
        sigma = 2 * pooled(exact.engine, magnitude) + pooled(exact.constants, magnitude)
        tolerance = LIMIT * np.sqrt(sigma + (2 * rounded.unit * magnitude) ** 2 + rounded.tiny**2)
    else:
        largest = np.maximum(magnitude, np.sqrt(pooled(magnitude**2)))
        tolerance = LIMIT * spread * rounded.unit * largest + rounded.tiny
    return _measured(name, str(dtype), a, b, tolerance, rounded.ulps(magnitude))


def _in_float64(name: str, exact: Exact, dtype: np.dtype[Any]) -> Comparison:
    """The outputs of both models without rounding: only new constants may make a difference."""
    rounded = precision(dtype)
    a, b = exact.before, exact.after
    magnitude = np.where(np.isfinite(a), np.abs(a), 0.0)
    share = min(1.0, SINGLE.unit / rounded.unit)
    variance = pooled(exact.constants, magnitude) + share**2 * pooled(exact.rounding, magnitude)
    sigma = np.sqrt(variance + (_SLACK_FLOAT64 * magnitude) ** 2)
    row = _measured(name, EXACTLY, a, b, LIMIT * sigma, rounded.ulps(magnitude))
    # One element may be off by chance, not all of them.
    with np.errstate(all="ignore"):
        scores = np.where(a == b, 0.0, np.abs(a - b)) / sigma
    scores = scores[np.isfinite(scores)]
    if not scores.size:
        return row
    overall = float(np.sqrt(np.mean(scores**2))) / rms_limit(a[0].size)
    if overall <= row.ratio or row.departs:
        return row
    why = f"all of it is off by {overall:.3g} times what rounding explains" if overall > 1 else ""
    return replace(row, ratio=overall, why=why)


def rms_limit(elements: int) -> float:
    """What the root mean square of `elements` errors may be, in standard deviations of one.

    Errors that come from the same constants go together: more than 16 do not count as independent.
    """
    return 1.25 * (1 + 4 / math.sqrt(min(16, max(1, elements))))


def _measured(
    name: str, computed_in: str, a: Array, b: Array, tolerance: Array, ulps: Array
) -> Comparison:
    if not a.size:
        return Comparison(name, computed_in, 0.0, max_abs=0.0, max_rel=0.0, max_ulp=0.0)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(all="ignore"):
        difference = np.where(same, 0.0, np.abs(a - b))
        difference[np.isnan(difference)] = np.inf
        ratio = np.where(same, 0.0, difference / tolerance)
        ratio[np.isnan(ratio) | (~same & ~(np.isfinite(a) & np.isfinite(b)))] = np.inf
        relative = np.where(same, 0.0, difference / np.abs(a))
        off = np.where(same, 0.0, difference / ulps)
    worst = float(ratio.max())
    why, at_input = "", 0
    if worst > 1:
        at = _index_of_largest(ratio)
        at_input = at[0]
        why = f"was {a[at]:.9g} and is {b[at]:.9g} {_place(at)}, where {tolerance[at]:.3g} is rounding"
    finite = relative[np.isfinite(relative)]
    largest = float(difference.max()), float(finite.max(initial=0.0)), float(off.max())
    return Comparison(name, computed_in, worst, why, at_input, *largest)


def _discrete(name: str, a: Array, b: Array, exact: Exact | None) -> Comparison:
    """Integers, bools, strings: equal, but where rounding decides, as for the index of the larger of two floats."""
    differs = np.asarray(a != b)
    if exact is not None:
        differs &= ~((exact.engine > 0) | (exact.constants > 0))
    are_strings = a.dtype.kind == "O"
    largest = None
    if not are_strings:
        largest = float(np.max(np.abs(a.astype(np.float64) - b.astype(np.float64)), initial=0.0))
    why, at_input = "", 0
    if differs.any():
        at = _index_of_largest(differs)
        at_input = at[0]
        why = f"was {a[at]!s} and is {b[at]!s} {_place(at)}"
    computed_in = "strings" if are_strings else str(a.dtype)
    ratio = math.inf if why else 0.0
    return Comparison(name, computed_in, ratio, why, at_input, largest)


def _others(name: str, before: Sequence[Any], after: Sequence[Any]) -> Comparison:
    """Sequences and maps, element by element with a tolerance of a few roundings."""
    for number, (a, b) in enumerate(zip(before, after, strict=True)):
        if not _equal(a, b):
            return Comparison(name, "sequences", math.inf, f"differs on input {number}", number)
    return Comparison(name, "sequences", 0.0)


def _equal(a: Any, b: Any) -> bool:
    if is_array(a) and is_array(b):
        if a.dtype != b.dtype or a.shape != b.shape:
            return False
        if not is_float(a.dtype):
            return bool((a == b).all())
        x, y = a.astype(np.float64), b.astype(np.float64)
        bound = LIMIT * 32 * precision(a.dtype).unit * np.max(np.abs(x), initial=0.0)
        return bool((np.isclose(x, y, rtol=0, atol=bound, equal_nan=True)).all())
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-5)
    if type(a) is not type(b):
        return False
    these, those = _items(a), _items(b)
    if these is None or those is None:
        return bool(a == b)
    return len(these) == len(those) and all(map(_equal, these, those))


def _items(value: Any) -> list[Any] | None:
    """The elements of a sequence, the keys and values of a map; None for anything else."""
    if isinstance(value, dict):
        return [item for pair in cast(Any, value).items() for item in pair]
    return list(cast(Any, value)) if isinstance(value, list) else None


def pooled(squares: Array, magnitude: Array | None = None) -> Array:
    """Mean squares from few samples, made steadier: each the largest of three estimates.

    1. its own
    2. the product of its means along all axes but one, over the mean of all: rows and channels have scales of their own
    3. the same share of its magnitude as the median has
    """
    finite = np.where(np.isfinite(squares), squares, 0.0)
    total = float(finite.mean()) if finite.size else 0.0
    if not total > 0:
        return squares
    estimate = np.full((1,) * squares.ndim, total)
    for axis in range(squares.ndim):
        others = tuple(other for other in range(squares.ndim) if other != axis)
        estimate = estimate * (finite.mean(axis=others, keepdims=True) / total)
    steady = np.maximum(squares, estimate)
    if magnitude is not None:
        some = (magnitude > 0) & (finite > 0)
        if some.any():
            share = float(np.median(finite[some] / magnitude[some] ** 2))
            steady = np.maximum(steady, share * magnitude**2)
    return np.asarray(steady)


def _parts(values: Array) -> Array:
    """Complex numbers as pairs of real ones."""
    return np.stack([np.real(values), np.imag(values)], axis=-1)


def _index_of_largest(values: Array) -> tuple[int, ...]:
    return tuple(map(int, np.unravel_index(int(values.argmax()), values.shape)))


def _place(at: tuple[int, ...]) -> str:
    """An element of stacked arrays, in words."""
    return f"at [{', '.join(map(str, at[1:]))}] of input {at[0]}"


def _type(array: Array) -> str:
    return f"{array.dtype}[{', '.join(map(str, array.shape))}]"
