# SPDX-License-Identifier: Apache-2.0
"""Which format is read and which is written, and that the options are for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..errors import CommandError
from ..flags import BY_FIELD, Options, is_given
from .detection import FORMATS, format_of_input, format_of_output
from .format import Format

if TYPE_CHECKING:
    from ..files.inputs import InputFile


def format_to_read(file: InputFile, options: Options) -> Format:
    """The format of an input; raises CommandError if an option is for another."""
    format_ = format_of_input(file)
    for known in FORMATS:
        unfit = set(known.read_flags) - set(format_.read_flags)
        _refuse(unfit, options, f"is for {known.plural}, which '{file.name}' is not")
    return format_


def format_to_write(options: Options) -> Format:
    """The format of the output; raises CommandError if there is none such, or if an option is for another."""
    format_ = format_of_output(options.emit, options.o)
    for known in FORMATS:
        unfit = set(known.write_flags) - set(format_.write_flags)
        how = f"write one with -o <file>.{known.name} or --emit={known.name}"
        _refuse(unfit, options, f"is for {known.plural}: {how}")
    return format_


def _refuse(fields: Iterable[str], options: Options, why: str) -> None:
    for field in sorted(fields):
        if is_given(options, field):
            raise CommandError(f"{BY_FIELD[field].spelling} {why}")
