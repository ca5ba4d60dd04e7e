# SPDX-License-Identifier: Apache-2.0
"""Two models in float64, and what rounding may do to their outputs.  Runs in the child process."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx

from .comparison import Exact
from .evaluator import evaluator, load
from .models import load_structure
from .precision import SINGLE, Array, is_array, precision
from .promotion import NoiseState, approximates, is_promoted, noise_ops, promote, widened


def run_exact(
    before: str, after: str, feeds: Sequence[Mapping[str, Any]], outputs: Sequence[Sequence[str]]
) -> list[list[Exact]]:
    """For each of `feeds`, and each output, what its float64 runs say.

    outputs: the names in the first model, and in the second.
    """
    old, new = (_Model(*each) for each in zip((before, after), outputs, strict=True))
    known = {_digest(array) for array in old.arrays.values()}
    changed = [
        name
        for name, array in new.arrays.items()
        if is_promoted(array) and _digest(array) not in known
    ]
    return [
        _on_input(old, new, changed, feed, number, len(feeds)) for number, feed in enumerate(feeds)
    ]


def _on_input(
    old: _Model, new: _Model, changed: list[str], feed: Mapping[str, Any], number: int, inputs: int
) -> list[Exact]:
    exact = old.run(feed), new.run(feed)
    smallest = min((np.asarray(value).size for value in exact[0] if is_array(value)), default=1)
    # About 32 samples of the noise of an output, at least three of each element.
    draws = min(8, max(3, math.ceil(32 / (inputs * max(1, smallest)))))
    rounding = [_Spread(value) for value in exact[0]]
    approximation = [_Spread(value) for value in exact[0]]
    constants = [_Spread(value) for value in exact[1]]
    end = time.monotonic() + _SECONDS / inputs
    for draw in range(_MANY_DRAWS):
        # With many elements one draw of each says what three say: they are looked at together.
        if draw and smallest >= _MANY_ELEMENTS and time.monotonic() > end:
            break
        # An index may hang on a tie, which a few draws leave as it is.
        if draw >= draws and not any(
            spread.is_discrete_and_moves for spread in (*rounding, *approximation, *constants)
        ):
            break
        random = np.random.default_rng((1, number, draw))
        for spread, value in zip(rounding, old.run(feed, random), strict=True):
            spread.add(value)
        if old.approximates:
            for spread, value in zip(
                approximation, old.run(feed, random, inside=True), strict=True
            ):
                spread.add(value)
        if changed:
            drawn = {name: _perturbed(new.arrays[name], random) for name in changed}
            for spread, value in zip(constants, new.run({**feed, **drawn}), strict=True):
                spread.add(value)
    return [
        Exact(a, b, *(spread.mean() for spread in spreads))
        for a, b, *spreads in zip(*exact, rounding, approximation, constants, strict=True)
    ]


class _Model:
    """The model in a file in float64, ready to run.

    arrays: its constants in their own types.  approximates: whether it has ops that round inside of what they compute.
    """

    def __init__(self, path: str, outputs: Sequence[str]) -> None:
        model, arrays = load(path, inline=True)
        self.arrays = promote(model, arrays, _types(path, model))
        self.approximates = approximates(model)
        self._constants = {name: widened(array) for name, array in self.arrays.items()}
        self._noise = NoiseState()
        self._evaluator: Any = evaluator(model, noise_ops(self._noise))
        self._outputs = list(outputs)

    def run(
        self,
        feed: Mapping[str, Any],
        random: np.random.Generator | None = None,
        *,
        inside: bool = False,
    ) -> list[Any]:
        """The outputs; with noise if there is a source of it.  inside: that of approximations alone."""
        self._noise.random, self._noise.inside = random, inside
        feeds = {name: widened(value) if is_array(value) else value for name, value in feed.items()}
        with np.errstate(all="ignore"):
            return list(self._evaluator.run(self._outputs, {**self._constants, **feeds}))


_MANY_DRAWS = 16
_MANY_ELEMENTS = 1024
_SECONDS = 20.0
"""After so much noise there is no more, where there are so many elements."""


class _Spread:
    """The mean square of the distances from an exact value."""

    def __init__(self, exact: Any) -> None:
        self._exact = exact
        self._count = 0
        self._sum: Any = 0.0

    def add(self, value: Any) -> None:
        self._count += 1
        exact = self._exact
        if not is_array(exact) or np.shape(value) != exact.shape:
            return
        if exact.dtype.kind != "f":
            self._sum = self._sum + (value != exact)
            return
        with np.errstate(all="ignore"):
            distance = np.asarray(np.where(value == exact, 0.0, value - exact) ** 2)
        distance[np.isnan(distance)] = np.where(np.isnan(exact[np.isnan(distance)]), 0.0, np.inf)
        self._sum = self._sum + distance

    @property
    def is_discrete_and_moves(self) -> bool:
        """Whether rounding decides about some elements of what is no float."""
        exact = self._exact
        return is_array(exact) and exact.dtype.kind != "f" and bool(np.any(self._sum))

    def mean(self) -> Array:
        shape = np.shape(self._exact) if is_array(self._exact) else ()
        return np.broadcast_to(np.asarray(self._sum, np.float64) / max(1, self._count), shape)


def _types(path: str, model: onnx.ModelProto) -> dict[str, int]:
    """The element types of a model's values, as far as they are stated or can be inferred."""
    stated = [*model.graph.input, *model.graph.output, *model.graph.value_info]
    inferred = Path(path).with_suffix(".types.onnx")
    try:
        cast(Any, onnx.shape_inference).infer_shapes_path(path, str(inferred))
        graph = load_structure(inferred).graph
        stated = [*graph.value_info, *stated]
    except Exception:
        pass
    return {
        info.name: info.type.tensor_type.elem_type
        for info in stated
        if info.type.HasField("tensor_type")
    }


def _digest(array: Array) -> tuple[str, tuple[int, ...], bytes]:
    data = np.ascontiguousarray(array)
    content = repr(data.tolist()).encode() if data.dtype.kind == "O" else data.tobytes()
    return str(data.dtype), data.shape, hashlib.blake2b(content, digest_size=16).digest()


def _perturbed(array: Array, random: np.random.Generator) -> Array:
    """A constant, each element off by what one rounding to its type changes: half an ulp at most, uniformly.

    To types of float32's precision and more a pass need not round exactly once: two ulps.
    """
    wide = array.astype(np.float64)
    rounded = precision(array.dtype)
    share = 2.0 if rounded.digits >= SINGLE.digits else 0.5 / math.sqrt(3.0)
    signs = random.integers(0, 2, wide.shape, dtype=np.int8) * 2.0 - 1.0
    with np.errstate(all="ignore"):
        return np.asarray(wide + signs * share * rounded.ulps(wide) * np.isfinite(wide))
