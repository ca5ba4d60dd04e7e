# SPDX-License-Identifier: Apache-2.0
"""What is asked of passes alone, where no module is read: flags that are about one are refused."""

from __future__ import annotations

from collections.abc import Collection

from .dialect.dataclass import fields
from .errors import CommandError
from .files.inputs import STANDARD
from .flags import Options, is_given

_HEEDED = frozenset(
    {"input", "passes", "load_pass_plugin", "disable_pattern", "pass_pipeline", "o", "quiet"}
)


def refuse_input(options: Options, what: str, heeded: Collection[str]) -> None:
    """Raise CommandError if the command line gives an input, or a flag that is not heeded."""
    if options.input != STANDARD:
        raise CommandError(f"{what} reads no input, but '{options.input}' is given")
    for field in fields(Options):
        if field.name not in {*_HEEDED, *heeded} and is_given(options, field.name):
            flag = field.metadata["flag"].name or field.name.replace("_", "-")
            raise CommandError(f"{what} reads no module, which --{flag} is about")
