# SPDX-License-Identifier: Apache-2.0
"""One function before and after the passes: run on the same inputs, and every output compared."""

from __future__ import annotations

from typing import Any

from ..dialect.diagnostics import DiagnosticError
from .comparison import Comparison, Override, compare
from .engines import (
    ONNXRUNTIME,
    REFERENCE,
    EngineError,
    full_name,
    in_a_sentence,
    run_exact,
    run_models,
    search,
)
from .inputs import InputError, feeds, inputs_of
from .models import SavedFunction, common_values, load_structure, producer, rounding_depth
from .precision import has_elements
from .settings import DepartureError, Settings, numerics_error
from .sizes import candidates
from .table import FunctionTable


class FunctionCheck:
    """The check of one function; `run` does all of it."""

    def __init__(
        self,
        before: SavedFunction,
        after: SavedFunction,
        feeds: list[dict[str, Any]],
        engine: str,
        settings: Settings,
    ) -> None:
        self._before, self._after = before, after
        self._feeds = feeds
        self._engine = engine
        self._settings = settings
        self._override: Override | None = None
        if settings.atol is not None or settings.rtol is not None:
            self._override = Override(settings.atol or 0.0, settings.rtol or 0.0)
        self._unsearched = {ONNXRUNTIME, REFERENCE}
        self._old, self._new = load_structure(before.path), load_structure(after.path)

    def run(self) -> None:
        """Run both, report the table.  Raises DiagnosticError if an output departs."""
        self._check_signature()
        outputs = [info.name for info in self._old.graph.output]
        renamed = [info.name for info in self._new.graph.output]
        before, after = self._on_engine(outputs, renamed)
        found = self._compare(outputs, renamed, before, after)
        rows = [row for of_output in found for row in of_output]
        table = FunctionTable(
            self._before.name, len(self._feeds), full_name(self._engine), tuple(rows)
        )
        self._settings.report(table)
        for row in rows:
            if row.why and not row.departs:
                self._settings.note(f"output '{row.name}' {row.why}")
        first = next((row for row in rows if row.departs), None)
        if first is not None:
            value, origin = self._origin(outputs, first.at_input)
            told = f"@{self._before.name}: output '{first.name}' {first.why}; {origin}"
            raise DepartureError(told, first.name, value)
        self._check_elements(outputs, before)

    def _check_elements(self, outputs: list[str], before: list[list[Any]]) -> None:
        """Say which outputs have nothing to compare.  Raises DiagnosticError if none of them has."""
        empty = [
            f"'{name}'" for name, full in zip(outputs, _filled(before), strict=True) if not full
        ]
        if not empty:
            return
        if len(empty) == len(outputs):
            raise numerics_error(
                f"nothing of @{self._before.name} is verified: no output has elements{_HINT}"
            )
        self._settings.note(
            f"{len(empty)} of {len(outputs)} outputs of @{self._before.name} "
            f"not verified, without elements: {', '.join(empty)}"
        )

    def _check_signature(self) -> None:
        name = self._before.name
        took, takes = ([each.name for each in inputs_of(m)] for m in (self._old, self._new))
        if took != takes:
            raise numerics_error(f"@{name} took the inputs {took}, and now takes {takes}")
        had, has = (len(model.graph.output) for model in (self._old, self._new))
        if had != has:
            raise numerics_error(f"@{name} had {had} outputs, and now has {has}")

    def _compare(
        self,
        outputs: list[str],
        renamed: list[str],
        before: list[list[Any]],
        after: list[list[Any]],
    ) -> list[list[Comparison]]:
        """The values of `outputs` in the first model with those of `renamed` in the second, one by one."""
        exact = None
        if self._override is None:
            try:
                exact = run_exact(
                    self._before.path, self._after.path, self._feeds, (outputs, renamed)
                )
            except EngineError as error:
                self._settings.note(f"no evaluation in float64, so tolerances are coarse: {error}")
        spread = rounding_depth(self._old)
        return [
            compare(
                name,
                [each[index] for each in before],
                [each[index] for each in after],
                [each[index] for each in exact] if exact else None,
                self._override,
                spread,
            )
            for index, name in enumerate(outputs)
        ]

    def _on_engine(
        self, outputs: list[str], renamed: list[str]
    ) -> tuple[list[list[Any]], list[list[Any]]]:
        models = [(self._before.path, outputs), (self._after.path, renamed)]
        before, after = run_models(self._engine, models, self._feeds)
        if self._has_other_sizes(outputs, before):
            return self._on_engine(outputs, renamed)
        if isinstance(before, EngineError):
            if self._fall_back(before):
                return self._on_engine(outputs, renamed)
            raise numerics_error(
                f"{in_a_sentence(self._engine)} cannot run @{self._before.name}: {before}{_HINT}"
            )
        if isinstance(after, EngineError):
            # A kernel may be missing; anything else is the fault of what the passes built.
            if after.error_class in ("", "NotImplemented") and self._fall_back(after):
                return self._on_engine(outputs, renamed)
            raise numerics_error(
                f"{in_a_sentence(self._engine)} runs @{self._before.name} as it was, but not as it is: {after}"
            )
        return before, after

    def _has_other_sizes(self, outputs: list[str], before: list[list[Any]] | EngineError) -> bool:
        """Turn to other sizes of open dimensions, if more outputs have elements on them."""
        filled = -1
        if not isinstance(before, EngineError):
            filled = sum(_filled(before))
        elif before.error_class in ("", "NotImplemented"):
            return False  # no size would help
        if filled == len(outputs) or self._engine not in self._unsearched:
            return False
        self._unsearched.remove(self._engine)
        settings, inputs = self._settings, inputs_of(self._old)
        feed = self._feeds[0]
        stated = {
            each.name: feed[each.name].shape for each in inputs if each.name in settings.inputs
        }
        stated |= {
            each.name: settings.shapes[each.name] for each in inputs if each.name in settings.shapes
        }
        tried = candidates(inputs, stated)
        if not tried:
            return False
        varied = [each for each in inputs if each.name in tried[0]]
        try:
            number, now_filled = search(
                self._engine, (self._before.path, outputs), feed, varied, tried, _SECONDS
            )
            if number is None or now_filled <= filled:
                return False
            shapes = {**settings.shapes, **tried[number]}
            self._feeds = feeds(
                inputs,
                settings.samples,
                settings.inputs,
                {each.name: shapes[each.name] for each in inputs if each.name in shapes},
            )
        except (EngineError, InputError):
            return False
        listed = ", ".join(
            f"{each.name}={'x'.join(map(str, tried[number][each.name]))}" for each in varied
        )
        problem = "does not run" if filled < 0 else "has outputs without elements"
        settings.note(
            f"@{self._before.name} {problem} on the usual sizes of open dimensions; run on {listed}"
        )
        return True

    def _fall_back(self, error: EngineError) -> bool:
        """Turn to the reference evaluator, if that is allowed and new."""
        if self._settings.engine or self._engine == REFERENCE:
            return False
        self._settings.note(
            f"{self._engine} cannot run @{self._before.name}, the reference evaluator has to: {error}"
        )
        self._engine = REFERENCE
        return True

    def _origin(self, outputs: list[str], at_input: int) -> tuple[str, str]:
        """Which value departs first on an input, of those that both models have under one name; and in words."""
        trusted = self._before.value_names & self._after.value_names
        names = [n for n in common_values(self._old, self._new, trusted) if n not in outputs]
        if not names:
            return "", "no value inside is known to both by the same name"
        self._feeds = self._feeds[at_input : at_input + 1]
        self._unsearched.clear()
        try:
            found = self._compare(names, names, *self._on_engine(names, names))
        except (EngineError, DiagnosticError) as error:
            return "", f"the values inside could not be compared: {error}"
        for name, rows in zip(names, found, strict=True):
            row = next((row for row in rows if row.departs), None)
            if row is not None:
                made_by = producer(self._new, name)
                return (
                    name,
                    f"the first value that departs is '{name}', made by {made_by}: it {row.why}",
                )
        return "", f"what both compute under the same name agrees, up to '{names[-1]}'"


def _filled(values: list[list[Any]]) -> list[bool]:
    """For each output whether it has elements on any of the inputs."""
    return [any(map(has_elements, of_output)) for of_output in zip(*values, strict=True)]


_SECONDS = 20.0
"""How long other sizes are searched for."""

_HINT = (
    "; see --input-shape and --input for what it is run on, and --verify-engine for what runs it"
)
