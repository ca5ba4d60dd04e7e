# SPDX-License-Identifier: Apache-2.0
"""Printed lines as FileCheck patterns: names become variables, and what FileCheck would read is escaped."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import count

_STRING = r'"(?:[^"\\]|\\.)*"'
_NAME = re.compile(rf"{_STRING}|(?P<name>[%#!][\w$.-]+)")
_RESULTS = re.compile(r"\s*%[\w$.-]+(?::\d+)?(?:, %[\w$.-]+(?::\d+)?)* = ")
_HEADER = re.compile(r"\s*(?:func\.func |\^)")
_ALIAS = re.compile(r"[#!](\D+)(\d*)")
_BRACKETS = re.compile(r"[\[{]{2,}")

_MOST_GREEDY = 4
"""With more captures on a line `.+` takes a matcher too long, if the line does not fit."""

_LONG, _SHORT = 2000, 64
_LEFT_OUT = re.compile(
    rf'dense<\[[^"<>%]{{{_LONG},}}(?=\]>)|"0x[0-9A-F]{{{_LONG},}}(?=")'
    rf"|(?P<place>{_STRING}:\d+:\d+(?: to (?:\d+)?:\d+)?)"
)


class Patterns:
    """The variables that stand for the names of one function after another.

    aliases: the names that are defined for all functions, with their `#` or `!`.
    """

    def __init__(self, aliases: Collection[str]) -> None:
        self._aliases = frozenset(aliases)
        self._variables: dict[str, str] = {}
        self._taken: set[str] = set()

    def begin_function(self) -> None:
        """Forget the values: those of the next function are others."""
        kept = {name: it for name, it in self._variables.items() if name in self._aliases}
        self._variables = kept
        self._taken = set(kept.values())

    def pattern(self, line: str, *, parameters: bool = False) -> str:
        """The pattern of a line; parameters: its names that a colon follows are those of a function."""
        results = _RESULTS.match(line)
        behind_results = results.end() if results else 0
        header = parameters or _HEADER.match(line) is not None
        literals: list[str] = []
        variables: list[tuple[str, str]] = []
        position = 0
        for match in _NAME.finditer(line):
            name = match["name"]
            if name is None or (name[0] != "%" and name not in self._aliases):
                continue
            defined = match.start() < behind_results or (
                header and line.startswith(":", match.end())
            )
            literals.append(line[position : match.start()])
            sigil = ""
            if defined or name not in self._variables:
                sigil = name[0]
                self._variables[name] = self._new(name, len(variables) if parameters else None)
            variables.append((self._variables[name], sigil))
            position = match.end()
        captures = sum(bool(sigil) for _, sigil in variables)
        any_name = ".+" if captures <= _MOST_GREEDY else "[^ :,]+"
        pieces: list[str] = []
        for literal, (variable, sigil) in zip(literals, variables, strict=True):
            pieces.append(escaped(literal))
            pieces.append(f"[[{variable}:{sigil}{any_name}]]" if sigil else f"[[{variable}]]")
        return "".join([*pieces, escaped(line[position:])])

    def _new(self, name: str, parameter: int | None) -> str:
        """A variable that stands for no other name of this function, in onnx-mlir's style."""
        if parameter is not None:
            stem = f"PARAM_{parameter}"
        elif alias := _ALIAS.fullmatch(name):
            stem = f"{_word(alias[1]).upper()}_{alias[2] or 0}"
        else:
            stem = f"VAR_{_word(name[1:])}"
        variable = next(it for it in _numbered(stem) if it not in self._taken)
        self._taken.add(variable)
        return variable


def _word(name: str) -> str:
    return re.sub(r"\W", "_", name)


def _numbered(stem: str) -> Iterator[str]:
    yield f"{stem}_"
    for number in count(1):
        yield f"{stem}_{number}_"


def escaped(text: str) -> str:
    """Text as a pattern that matches it.

    Long literals are checked by their beginnings, and places in files not at all: check lines move them.
    """
    parts: list[str] = []
    position = 0
    for left_out in _LEFT_OUT.finditer(text):
        begin = left_out.start() if left_out["place"] else left_out.start() + _SHORT
        parts += [_BRACKETS.sub(_escape, text[position:begin]), "{{.*}}"]
        position = left_out.end()
    return "".join([*parts, _BRACKETS.sub(_escape, text[position:])])


def _escape(run: re.Match[str]) -> str:
    return "{{" + "".join(f"\\{bracket}" for bracket in run[0]) + "}}"
