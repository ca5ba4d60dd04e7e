# SPDX-License-Identifier: Apache-2.0
"""`--verify-numerics`, for the command line and for Python callers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from .dialect.bindings import ir
from .files.inputs import Section
from .flags import Options
from .reporting.failures import NumericsError
from .verification import DepartureError, FunctionTable, NumericsTable, Settings, Verification


def settings_of(options: Options, report: Callable[[FunctionTable | str], object]) -> Settings:
    """The settings of the verification.  report: see there."""
    return Settings(
        samples=options.verify_numerics or Settings.samples,
        engine=options.verify_engine,
        inputs=dict(options.input_file),
        shapes=dict(options.input_shape),
        atol=options.atol,
        rtol=options.rtol,
        report=report,
    )


def compared(
    before: ir.Module,
    after: ir.Module,
    options: Options,
    arrays: Mapping[str, Any],
    section: Section,
) -> NumericsTable:
    """How far a module is from another.

    arrays: what feeds inputs, by their names, beside the files in the options.  section: where `after` comes from.
    Raises NumericsError if an output departs, and DiagnosticError if one of them cannot be run.
    """
    told: list[FunctionTable | str] = []
    settings = settings_of(options, told.append)
    settings = replace(settings, inputs={**settings.inputs, **arrays})
    departure: DepartureError | None = None
    with Verification(settings) as verification:
        verification.keep(before)
        try:
            verification.check(after)
        except DepartureError as error:
            departure = error
    tables = tuple(each for each in told if isinstance(each, FunctionTable))
    table = NumericsTable(tables, tuple(each for each in told if isinstance(each, str)))
    if departure is not None:
        raise NumericsError(departure, section, table)
    return table
