# SPDX-License-Identifier: Apache-2.0
"""TableGen's dags: what the patterns of DRR are written in, and how they are laid out."""

from __future__ import annotations

from dataclasses import dataclass

_WIDTH = 110


@dataclass(frozen=True)
class Dag:
    """`(op:$symbol arguments...)`; an argument is a dag, or text such as `$x`."""

    op: str
    arguments: tuple[Dag | str, ...] = ()
    symbol: str = ""

    @property
    def head(self) -> str:
        """The op with its symbol."""
        return f"{self.op}:${self.symbol}" if self.symbol else self.op

    def __str__(self) -> str:
        if not self.arguments:
            return f"({self.head})"
        return f"({self.head} {', '.join(map(str, self.arguments))})"

    def laid_out(self, indent: int) -> str:
        """Over several lines where one is too short; what follows the first is indented."""
        flat = str(self)
        if indent + len(flat) <= _WIDTH:
            return flat
        lines: list[str] = []
        plain: list[str] = []
        for argument in self.arguments:
            if isinstance(argument, str) or not argument.arguments:
                plain.append(str(argument))
                continue
            lines += [", ".join(plain)] if plain else []
            lines.append(argument.laid_out(indent + 2))
            plain = []
        lines += [", ".join(plain)] if plain else []
        # What is no dag may stand behind the op.
        beside = f" {lines.pop(0)}" if isinstance(self.arguments[0], str) else ""
        below = [f"\n{' ' * (indent + 2)}{line}" for line in lines]
        return f"({self.head}{','.join([beside, *below] if beside else below)})"
