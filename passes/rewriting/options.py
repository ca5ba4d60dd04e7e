# SPDX-License-Identifier: Apache-2.0
"""What an option of a pass is.  Nothing here needs MLIR: the command line reads it before anything else."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeAlias

from ...dialect.dataclass import dataclass

Value: TypeAlias = "bool | int | float | str | Enum | frozenset[str]"
"""What an option may be."""


@dataclass(frozen=True)
class Option:
    """An option of a pass, given as `--pass=name=value` or `pass{name=value}`.

    The pass's function or pattern takes it as an argument, with `_` for `-`.

    type: bool, int, float, str, an enumeration of strings, or frozenset for names between commas.  flag: a flag of the
    command line, without dashes, that gives it as well, to every pass that has an option of this flag; such options
    stand in `passes/options.py`, which can be read without MLIR.
    """

    name: str
    type: type[Any]
    default: Value
    help: str
    flag: str = ""

    @property
    def flag_usage(self) -> str:
        """How `--help` writes the flag; "" if there is none."""
        if not self.flag:
            return ""
        return f"--{self.flag}" if self.type is bool else f"--{self.flag}=<{self.metavar}>"

    @property
    def metavar(self) -> str:
        """How `--help` writes a value."""
        if issubclass(self.type, Enum):
            return "|".join(member.value for member in self.type)
        return "name,..." if self.type is frozenset else self.type.__name__
