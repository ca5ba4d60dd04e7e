# SPDX-License-Identifier: Apache-2.0
"""`round_once` against rounding of exact rationals: no step in between may be seen in the result."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onnx_opt.dialect.rounding import round_once

# name: (dtype, bits of the fraction, smallest and largest exponent of a normal number)
FORMATS: dict[str, tuple[Any, int, int, int]] = {
    "bf16": (ml_dtypes.bfloat16, 7, -126, 127),
    "f16": (np.float16, 10, -14, 15),
    "f32": (np.float32, 23, -126, 127),
}


def nearest(value: float, fraction_bits: int, least: int, most: int) -> float:
    """`value` to nearest, ties to even, computed on integers."""
    exact = Fraction(value)
    exponent = least
    while exponent < most and abs(exact) >= Fraction(2) ** (exponent + 1):
        exponent += 1
    step = Fraction(2) ** (exponent - fraction_bits)
    rounded = round(exact / step) * step  # Python rounds ties to even
    if abs(rounded) >= Fraction(2) ** (most + 1):
        return float("-inf") if value < 0 else float("inf")
    return float(rounded)


def check(value: float, name: str) -> None:
    dtype, *format_ = FORMATS[name]
    with np.errstate(over="ignore"):
        (got,) = round_once(np.array([value]), np.dtype(dtype))
    expected = nearest(value, *format_)
    assert float(got) == expected, f"{value!r} ({value.hex()})"


@pytest.mark.parametrize("name", FORMATS)
@settings(derandomize=True, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number(name: str, value: float) -> None:
    check(value, name)


@pytest.mark.parametrize("name", FORMATS)
@settings(derandomize=True, deadline=None)
@given(
    st.integers(0, 2**11 - 1),
    st.integers(-160, 127),
    st.integers(-3, 3),
    st.integers(20, 52),
    st.sampled_from([1, -1]),
)
def test_near_a_tie(
    name: str, digits: int, exponent: int, nudge: int, depth: int, sign: int
) -> None:
    """Half way between two neighbours, and a hair beside: what rounding by way of float32 gets wrong."""
    _, fraction_bits, _, _ = FORMATS[name]
    number = 1 + Fraction(2 * (digits % 2**fraction_bits) + 1, 2 ** (fraction_bits + 1))
    number += Fraction(nudge, 2 ** max(depth, fraction_bits + 3))
    check(sign * float(number * Fraction(2) ** exponent), name)


@pytest.mark.parametrize(
    "text",
    [
        "0x1.0100000000001p+0",  # just above a tie; float32 would make it one, and even goes down
        "0x1.02fffffffffffp+0",  # just below a tie; float32 would make it one, and even goes up
        "-0x1.0100000000001p+0",
        "0x1.fefffffffffffp+127",  # just below what rounds to infinity
        "0x1.ffp+127",
        "0x1.0000000000001p-134",  # just above half of the smallest number
        "0x1p-134",  # half of the smallest number: even is 0
        "0x1p-1074",
        "0x1.8p-1074",
        "0x0p+0",
    ],
)
def test_traps_of_bfloat16(text: str) -> None:
    check(float.fromhex(text), "bf16")


def test_by_way_of_float32_is_wrong() -> None:
    """The trap is real: ml_dtypes' own conversion falls into it."""
    trap = np.array([float.fromhex("0x1.0100000000001p+0")])
    bfloat16 = np.dtype(ml_dtypes.bfloat16)
    assert float(trap.astype(np.float32).astype(bfloat16)[0]) == 1.0
    assert float(round_once(trap, bfloat16)[0]) == 1.0078125


@pytest.mark.parametrize("name", [*FORMATS, "f64"])
def test_special_values_and_shapes(name: str) -> None:
    dtype = np.dtype(FORMATS[name][0] if name in FORMATS else np.float64)
    special = np.array([[np.inf, -np.inf, np.nan], [0.0, -0.0, 1.0]])
    rounded = round_once(special, dtype)
    assert rounded.dtype == dtype
    np.testing.assert_array_equal(rounded.astype(np.float64), special)
    assert np.signbit(rounded.astype(np.float64)[1]).tolist() == [False, True, False]
    assert round_once(np.array(1.5), dtype).shape == ()
    assert round_once(np.zeros((0, 2)), dtype).shape == (0, 2)
