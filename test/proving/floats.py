# SPDX-License-Identifier: Apache-2.0
"""A domain that rounds: float64 and the functions of numpy, for what has no exact value."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from onnx_opt.proving.domains import Domain


def _gelu(x: Any, approximate: str) -> Any:
    if approximate == "tanh":
        return x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return x / 2 * (1 + np.vectorize(math.erf, [float])(x / math.sqrt(2)))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "Acos": np.arccos,
    "Acosh": np.arccosh,
    "Asin": np.arcsin,
    "Asinh": np.arcsinh,
    "Atan": np.arctan,
    "Atanh": np.arctanh,
    "Cos": np.cos,
    "Erf": np.vectorize(math.erf, [float]),
    "Exp": np.exp,
    "Gelu": _gelu,
    "Log": np.log,
    "Root": lambda x, p: x ** (1 / p),
    "Sin": np.sin,
    "Tan": np.tan,
}


class _Floats(Domain):
    name = "FLOATS"
    dtype = np.float64

    def from_python(self, number: Any) -> float:
        return float(number)

    def draw(self, rng: np.random.Generator, shape: Sequence[int]) -> Any:
        return rng.standard_normal(tuple(shape))

    def array(self, elements: Any) -> Any:
        return np.asarray(elements, np.float64)

    def div(self, a: Any, b: Any) -> Any:
        return self.array(np.divide(a, b))

    def sqrt(self, a: Any) -> Any:
        return self.array(np.sqrt(a))

    def floor(self, a: Any) -> Any:
        return self.array(np.floor(a))

    def power(self, base: Any, exponent: Any, numbers: Domain) -> Any:  # noqa: ARG002
        return self.array(np.power(self.array(base), self.array(exponent)))

    def unknown(self, name: str, *arrays: Any, parameters: tuple[Any, ...] = ()) -> Any:
        return self.array(FUNCTIONS[name](*arrays, *parameters))


FLOATS: Domain = _Floats()
