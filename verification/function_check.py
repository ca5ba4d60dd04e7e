# SPDX-License-Identifier: Apache-2.0
"""One function before and after the passes: run on the same inputs, and every output compared."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from ..dialect.diagnostics import DiagnosticError
from ..errors import TOOL
from ..flags import Options
from .comparison import Comparison, Exact, Override, compare
from .engines import REFERENCE, called, full_name, run_exact, run_models
from .errors import EngineError
from .functions import Saved
from .graphs import load_structure
from .inputs import inputs_of
from .locating import common_values, maker, rounding_depth
from .messages import note, numerics_error
from .table import table


@dataclass
class _Values:
    """What was computed for some names, in their order: for each input a list."""

    before: list[list[Any]]
    after: list[list[Any]]
    exact: list[list[Exact]] | None


class Pair:
    """A function before and after the passes."""

    def __init__(
        self,
        before: Saved,
        after: Saved,
        feeds: list[dict[str, Any]],
        engine: str,
        options: Options,
    ) -> None:
        self._before, self._after = before, after
        self._feeds = feeds
        self._engine = engine
        self._forced = bool(options.verify_engine)
        self._override: Override | None = None
        if options.atol is not None or options.rtol is not None:
            self._override = Override(options.atol or 0.0, options.rtol or 0.0)
        self._old, self._new = load_structure(before.path), load_structure(after.path)

    def check(self) -> None:
        """Run both, print the table; raises DiagnosticError."""
        self._check_signature()
        outputs = [info.name for info in self._old.graph.output]
        renamed = [info.name for info in self._new.graph.output]
        values = self._run(outputs, renamed)
        rows = self._compare(outputs, values)
        count = len(self._feeds)
        sys.stderr.write(
            f"{TOOL}: --verify-numerics: @{self._before.function} on {count} input{'s' * (count != 1)}, "
            f"{full_name(self._engine)}\n{table([row for pair in rows for row in pair])}"
        )
        for row in (row for pair in rows for row in pair if row.why and not row.departs):
            note(f"output '{row.name}' {row.why}")
        departed = [row for pair in rows for row in pair if row.departs]
        if departed:
            worst = departed[0]
            raise numerics_error(
                f"@{self._before.function}: output '{worst.name}' {worst.why}; {self._first(outputs, worst.at_input)}"
            )

    def _check_signature(self) -> None:
        given = [[each.name for each in inputs_of(model)] for model in (self._old, self._new)]
        if given[0] != given[1]:
            raise numerics_error(
                f"@{self._before.function} took the inputs {given[0]}, and now takes {given[1]}"
            )
        counts = [len(model.graph.output) for model in (self._old, self._new)]
        if counts[0] != counts[1]:
            raise numerics_error(
                f"@{self._before.function} had {counts[0]} outputs, and now has {counts[1]}"
            )

    def _run(self, outputs: list[str], renamed: list[str]) -> _Values:
        before, after = self._on_engine(outputs, renamed)
        exact = None
        if self._override is None:
            try:
                exact = run_exact(
                    self._before.path, self._after.path, self._feeds, (outputs, renamed)
                )
            except EngineError as error:
                note(f"no evaluation in float64, so tolerances are coarse: {error}")
        return _Values(before, after, exact)

    def _on_engine(
        self, outputs: list[str], renamed: list[str]
    ) -> tuple[list[list[Any]], list[list[Any]]]:
        models = [(self._before.path, outputs), (self._after.path, renamed)]
        before, after = run_models(self._engine, models, self._feeds)
        if isinstance(before, EngineError):
            if self._fall_back(before):
                return self._on_engine(outputs, renamed)
            raise numerics_error(
                f"{called(self._engine)} cannot run @{self._before.function}: {before}{_HINT}"
            )
        if isinstance(after, EngineError):
            # A kernel may be missing; anything else is the fault of what the passes made.
            if after.kind in ("", "NotImplemented") and self._fall_back(after):
                return self._on_engine(outputs, renamed)
            raise numerics_error(
                f"{called(self._engine)} runs @{self._before.function} as it was, but not as it is: {after}"
            )
        return before, after

    def _fall_back(self, error: EngineError) -> bool:
        """Turn to the reference evaluator, if that is allowed and new."""
        if self._forced or self._engine == REFERENCE:
            return False
        note(
            f"{self._engine} cannot run @{self._before.function}, the reference evaluator has to: {error}"
        )
        self._engine = REFERENCE
        return True

    def _compare(self, names: list[str], values: _Values) -> list[list[Comparison]]:
        spread = rounding_depth(self._old)
        return [
            compare(
                name,
                [each[index] for each in values.before],
                [each[index] for each in values.after],
                [each[index] for each in values.exact] if values.exact else None,
                self._override,
                spread,
            )
            for index, name in enumerate(names)
        ]

    def _first(self, outputs: list[str], at_input: int) -> str:
        """Which value departs first on an input, of those that both models have under one name."""
        names = common_values(self._old, self._new, self._before.names & self._after.names)
        names = [name for name in names if name not in outputs]
        if not names:
            return "no value inside is known to both by the same name"
        self._feeds = self._feeds[at_input : at_input + 1]
        try:
            rows = self._compare(names, self._run(names, names))
        except (EngineError, DiagnosticError) as error:
            return f"the values inside could not be compared: {error}"
        for name, pair in zip(names, rows, strict=True):
            row = next((row for row in pair if row.departs), None)
            if row is not None:
                return f"the first value that departs is '{name}', made by {maker(self._new, name)}: it {row.why}"
        return f"what both compute under the same name agrees, up to '{names[-1]}'"


_HINT = (
    "; see --input-shape and --input for what it is run on, and --verify-engine for what runs it"
)
