# SPDX-License-Identifier: Apache-2.0
"""Lists of numbers in text, `[[1.000000e+00, 0.333333343], ...]`: read and written as MLIR does.

MLIR takes 1.8 us to write a float and 0.9 us to read one; here it is 0.3 and 0.2.

A float x is written in one of two ways (`printFloatValue` in AsmPrinter.cpp, `IEEEFloat::toString` in APFloat.cpp):

1. in six digits, `1.500000e+00`, if they read back as x;
2. else in as many as tell all floats of the type apart: `0.333333343`, below 0.001 `9.99999974E-6`.

The digits come from the integer N = x * 10**t with the least t: floor(N / 10**removed), where how many places are
removed depends on how many bits N has; if that leaves digits too many, it is rounded half up.  So the last digit is not
always the nearest.  For all but very small and very large floats, float64 is exact enough for that; the others, and
those few of which it cannot tell, are left to MLIR.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ..elements.arrays import elements_attribute
from ..types import BY_DTYPE, Array

_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.int64]
_Truths = npt.NDArray[np.bool_]

MOST_ELEMENTS = 100
"""Up to so many elements MLIR writes a list, without its flag for that."""

FEW_ELEMENTS = 4
"""So few are as fast with MLIR."""

_FLOATS = re.compile(r"tensor<(?P<shape>(?:\d{1,12}x){1,32})f(?P<bits>16|32|64)>")
_DIGITS = {np.dtype(np.float16): 5, np.dtype(np.float32): 9}
"""How many digits tell the floats of a type apart, as LLVM counts: 2 + 59 / 196 of the bits of its significand."""
_FEW_DIGITS = 6
_SMALLEST, _LARGEST = 1e-12, 1e6
_SCIENTIFIC_BELOW = 1e-3
_POWERS = np.array([float(10**power) for power in range(80)])
"""Exact up to 10**22, which is all that `_digits` needs for floats from `_SMALLEST` on."""
_BATCH_ELEMENTS = 1 << 15

_OF_NUMBERS = b"0123456789.eE+- "
_DIGITS_ALIKE = bytes.maketrans(b"123456789", b"000000000")
_NO_BRACKETS = bytes.maketrans(b"[]", b"  ")


def in_hexadecimal(numbers: str, type_: str) -> str | None:
    """`dense<"0x...">` for the list `numbers` of floats, which MLIR reads 20 times as fast; None if that is no gain.

    type_: the tensor type that belongs to it, as text.
    """
    shape, dtype = _shape_and_dtype(type_)
    if dtype is None:
        return None
    array = read_floats(numbers.encode(), shape, dtype)
    return None if array is None else f'dense<"0x{array.tobytes().hex()}">'


@lru_cache(maxsize=1024)
def _shape_and_dtype(type_: str) -> tuple[tuple[int, ...], np.dtype[Any] | None]:
    found = _FLOATS.fullmatch(type_)
    if found is None:
        return (), None
    shape = tuple(map(int, found["shape"].split("x")[:-1]))
    few = math.prod(shape) <= FEW_ELEMENTS
    return shape, None if few else np.dtype(f"<f{int(found['bits']) // 8}")


def read_floats(text: bytes, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array | None:
    """The array of the list `text`; None if it is no list of that shape, or MLIR should judge it.

    dtype: float16, float32 or float64.  MLIR judges numbers in hexadecimal, and what would be rounded to infinity.
    """
    if text.count(b",") + 1 != math.prod(shape):
        return None
    if text.translate(None, _OF_NUMBERS) != _structure(shape):
        return None
    numbers = text.translate(_NO_BRACKETS).split(b",")
    # MLIR wants a point in each, behind a digit, and no plus but in an exponent; float() is content with less.
    points = text.count(b".")
    if points != len(numbers) or points != text.translate(_DIGITS_ALIKE).count(b"0."):
        return None
    if text.count(b"+") != text.count(b"e+") + text.count(b"E+"):
        return None
    try:
        values = np.array(list(map(float, numbers)))
    except ValueError:
        return None
    with np.errstate(over="ignore"):
        array = values.astype(dtype)
    return array.reshape(shape) if np.isfinite(array).all() else None


@lru_cache(maxsize=256)
def _structure(shape: tuple[int, ...]) -> bytes:
    """A list of that shape without its numbers."""
    text = b""
    for size in reversed(shape):
        text = b"[" + b",".join([text] * size) + b"]"
    return text


def written_lists(arrays: Iterable[Array]) -> Iterator[str]:
    """The list for each array of at most `MOST_ELEMENTS` elements, of which not all are the same.

    Floats of many arrays are written at once, as numpy takes longer to begin than for the elements of one.
    """
    batch: list[Array] = []
    size = 0
    for array in arrays:
        if size > _BATCH_ELEMENTS or (batch and array.dtype != batch[0].dtype):
            yield from _written(batch)
            batch, size = [], 0
        batch.append(array)
        size += array.size
    if batch:
        yield from _written(batch)


def _written(batch: list[Array]) -> Iterator[str]:
    dtype = batch[0].dtype
    if dtype.kind in "iu" and BY_DTYPE[dtype].is_native:
        yield from (str(array.tolist()) for array in batch)
        return
    if dtype not in _DIGITS:
        yield from map(_written_by_mlir, batch)
        return
    words = _words(np.concatenate([array.reshape(-1) for array in batch]))
    start = 0
    for array in batch:
        yield _list(words[start : start + array.size], array.shape)
        start += array.size


def _written_by_mlir(array: Array) -> str:
    return str(elements_attribute(array)).removeprefix("dense<").rpartition("> : ")[0]


def _list(words: Sequence[str], shape: tuple[int, ...]) -> str:
    if len(shape) > 1:
        step = len(words) // shape[0]
        words = [_list(words[i : i + step], shape[1:]) for i in range(0, len(words), step)]
    return f"[{', '.join(words)}]"


def _words(floats: Array) -> list[str]:
    """Floats of a type in `_DIGITS`, of shape (n), as MLIR writes each."""
    with np.errstate(invalid="ignore"):  # from NaNs
        values = floats.astype(np.float64)
    magnitude = np.abs(values)
    in_range = (magnitude >= _SMALLEST) & (magnitude < _LARGEST)
    magnitude[~in_range] = 1.0  # or any other for which there is arithmetic
    places = _places(magnitude)
    short, short_is_exact = _rounded(magnitude, places, _FEW_DIGITS)
    long, long_is_exact = _rounded(magnitude, places, _DIGITS[floats.dtype])
    # What is read back may not depend on the last bits of `short`: they are not those of its digits.
    expected = np.abs(floats)
    reads_back, reads_back_too = (
        (short * factor).astype(floats.dtype) == expected for factor in (1 - 2**-51, 1 + 2**-51)
    )
    is_short = (values == 0.0) | (in_range & short_is_exact & reads_back & reads_back_too)
    is_long = in_range & short_is_exact & long_is_exact & ~(reads_back | reads_back_too)
    is_tiny = is_long & (long < _SCIENTIFIC_BELOW)
    is_plain = is_long & ~is_tiny
    is_left = ~(is_short | is_long)
    short[values == 0.0] = 0.0
    numbers = np.copysign(np.where(is_short, short, long), values)

    words = [""] * len(floats)
    _put(words, is_short, _formatted("%.6e", numbers[is_short]))
    _put(words, is_plain, _formatted("%.9g", numbers[is_plain]))
    _put(words, is_tiny, map(_scientific, _formatted("%.8e", numbers[is_tiny])))
    _put(words, is_left, _words_of_mlir(floats[is_left]))
    return words


def _put(words: list[str], places: _Truths, found: Iterable[str]) -> None:
    for index, word in zip(np.flatnonzero(places).tolist(), found, strict=True):
        words[index] = word


def _places(magnitude: _Floats) -> _Integers:
    """How many decimal places each float has: as many as it has binary ones."""
    bits = magnitude.view(np.int64)
    significand = bits & (1 << 52) - 1 | 1 << 52
    _, last_bit = np.frexp((significand & -significand).astype(np.float64))
    places: _Integers = np.maximum(0, 1075 - (bits >> 52) - (last_bit - 1))
    return places


def _rounded(magnitude: _Floats, places: _Integers, digits: int) -> tuple[_Floats, _Truths]:
    """The number that the digits say, rounded to float64; and whether they are certain."""
    _, bits = np.frexp(magnitude * _POWERS[places])
    required = (digits * 196 + 58) // 59
    removed = np.maximum(0, bits - required) * 59 // 196
    places = places - removed
    scaled = magnitude * _POWERS[places]
    # One rounding of less than 2**34: what is further from an integer than 2**-19 is on the right side of it.
    certain = (removed == 0) | (np.abs(scaled - np.rint(scaled)) > 2.0**-18)
    whole = np.floor(scaled)
    # The bits let one or two digits too many through.
    more = (whole >= 10.0**digits).astype(np.int64) + (whole >= 10.0 ** (digits + 1))
    unit = _POWERS[more]
    whole = np.floor((whole + unit / 2) / unit)
    return whole / _POWERS[places - more], certain


def _formatted(form: str, values: _Floats) -> list[str]:
    return (f"{form}\n" * len(values) % tuple(values.tolist())).split("\n")[:-1]


def _scientific(word: str) -> str:
    """`1.50000000e-06` as `1.5E-6`."""
    digits, _, exponent = word.partition("e")
    digits = digits.rstrip("0")
    return f"{digits}0E{int(exponent)}" if digits.endswith(".") else f"{digits}E{int(exponent)}"


def _words_of_mlir(floats: Array) -> Iterator[str]:
    for start in range(0, len(floats), MOST_ELEMENTS):
        part = floats[start : start + MOST_ELEMENTS]
        words = _written_by_mlir(part).strip("[]").split(", ")
        yield from words if len(words) == len(part) else words * len(part)
