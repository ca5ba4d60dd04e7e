# SPDX-License-Identifier: Apache-2.0
"""Ops that simulate rounding, for onnx's reference evaluator.

A float64 evaluation is exact for our purposes.  To learn what rounding to the types of the model may do to its outputs,
the evaluation is repeated with noise where the model rounds:

    Rounded(y, inputs...)   y of an op, each element off by u * sqrt(K), and by no less than half the smallest number
    Summands(inputs...)     what an op sums, each element off by u * sqrt(K)

u is the unit roundoff of the value's type in the model, K the number of terms that the op sums.  Signs are random.
Source: Higham and Mary, "A new approach to probabilistic rounding error analysis", SIAM J. Sci. Comput. 41 (2019): the
error of a sum of K terms grows with sqrt(K) u.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, TypeGuard

import numpy as np
from onnx.reference.op_run import OpRun

from .precision import Array, is_array
from .sums import depth

DOMAIN = "onnx_opt.verification"


@dataclass
class NoiseState:
    """Whether there is noise now, and which."""

    on: bool = False
    random: np.random.Generator = field(default_factory=np.random.default_rng)

    def draw(self, values: Array, unit: float, least: float) -> Array:
        """`values`, each off by `unit` of it, and by no less than `least`; zeros stay."""
        signs = self.random.integers(0, 2, values.shape, dtype=np.int8) * 2.0 - 1.0
        error = np.maximum(np.abs(values) * unit, least) * (values != 0)
        with np.errstate(all="ignore"):
            return np.asarray(values + signs * error)


def noise_ops(state: NoiseState) -> list[type[OpRun]]:
    """The ops, bound to `state`."""

    class Rounded(OpRun):
        op_domain = DOMAIN

        def _run(
            self, y: Any, *inputs: Any, unit: float, tiny: float, source: str, transposed: int
        ) -> tuple[Any]:
            if not _is_real(y):
                return (y,)
            y = y.astype(np.float64)
            if state.on:
                terms = depth(source, inputs, y, transposed=bool(transposed))
                y = state.draw(y, unit * math.sqrt(terms), tiny / 2)
            return (y,)

    class Summands(OpRun):
        op_domain = DOMAIN

        def _run(
            self, *inputs: Any, unit: float, tiny: float, source: str, transposed: int
        ) -> tuple[Any, ...]:
            if not state.on:
                return inputs
            terms = depth(source, inputs, None, transposed=bool(transposed))
            spread = unit * math.sqrt(terms)
            return tuple(
                state.draw(value, spread, tiny / 2) if _is_real(value) else value
                for value in inputs
            )

    return [Rounded, Summands]


def _is_real(value: object) -> TypeGuard[Array]:
    return is_array(value) and value.dtype.kind == "f"
