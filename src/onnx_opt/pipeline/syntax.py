# SPDX-License-Identifier: Apache-2.0
"""The text of a pass pipeline, as a tree.

    pipeline := anchor `(` elements `)`
    elements := (element (`,` element)*)?
    element  := anchor? `(` elements `)`  |  name (`{` options `}`)?

An anchor is an operation's name, or `any` for every operation that a pass may run on.  This is MLIR's own
syntax; it is parsed here because MLIR does not know the passes that are written in Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from ..dialect.dataclass import dataclass
from ..errors import CommandError

T = TypeVar("T")

ANY = "any"
_NAME = re.compile(r"[A-Za-z_][\w.$-]*")
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True)
class PassElement:
    """A pass, by its name, with the text between its braces."""

    name: str
    options: str = ""

    def __str__(self) -> str:
        return f"{self.name}{{{self.options}}}" if self.options else self.name


@dataclass(frozen=True)
class Nest:
    """Elements that run on each operation called `anchor`."""

    anchor: str
    elements: tuple[PassElement | Nest, ...] = ()

    def __str__(self) -> str:
        return f"{self.anchor}({','.join(map(str, self.elements))})"


def parse_pipeline(text: str) -> Nest:
    """The tree of `text`; raises CommandError with the column of the mistake."""
    return _parsed(_Parser(text, "--pass-pipeline"), _Parser.pipeline)


def parse_elements(text: str) -> tuple[PassElement | Nest, ...]:
    """The trees of what may stand between an anchor's parentheses, at least one; raises CommandError."""
    return _parsed(_Parser(text, f"'{text}'"), _Parser.top_elements)


def _parsed(parser: _Parser, rule: Callable[[_Parser], T]) -> T:
    try:
        return rule(parser)
    except RecursionError:
        raise CommandError(f"{parser.shown}: nested too deeply") from None


class _Parser:
    """Recursive descent over the grammar of the module docstring.  shown: what messages call the text."""

    def __init__(self, text: str, shown: str) -> None:
        self.text = text
        self.shown = shown
        self.at = 0

    def pipeline(self) -> Nest:
        root = self.element()
        if isinstance(root, PassElement):
            wrapped = f"--pass-pipeline='builtin.module({self.text.strip()})'"
            raise CommandError(f"a pass pipeline starts with the operation it runs on: {wrapped}")
        self.end()
        return root

    def top_elements(self) -> tuple[PassElement | Nest, ...]:
        found = [self.element()]
        while self.take(","):
            found.append(self.element())
        self.end()
        return tuple(found)

    def end(self) -> None:
        if self.at < len(self.text):
            extra = self.text[self.at]
            raise self.error(
                "a ')' too many" if extra == ")" else f"unexpected '{extra}' after the pipeline"
            )

    def elements(self) -> Iterator[PassElement | Nest]:
        opened = self.at - 1
        if self.take(")"):
            return
        while True:
            yield self.element()
            if self.take(")"):
                return
            if not self.take(","):
                if self.at == len(self.text):
                    raise self.error("the '(' is never closed", opened)
                raise self.error(f"expected ',' or ')', not '{self.text[self.at]}'")

    def element(self) -> PassElement | Nest:
        self.skip_space()
        matched = _NAME.match(self.text, self.at)
        name = matched.group() if matched else ""
        start = self.at
        self.at += len(name)
        if self.take("("):
            return Nest(name or ANY, tuple(self.elements()))
        if not name:
            raise self.error("expected the name of a pass", start)
        options = self.options() if self.take("{") else ""
        self.skip_space()
        return PassElement(name, options)

    def options(self) -> str:
        """The text up to the brace that closes the one just read; values may hold braces and quotes."""
        start = self.at
        depth = 1
        quote = ""
        for at in range(start, len(self.text)):
            char = self.text[at]
            if quote:
                quote = "" if char == quote else quote
            elif char in "'\"":
                quote = char
            elif char in "{}":
                depth += 1 if char == "{" else -1
            if not depth:
                self.at = at + 1
                return self.text[start:at].strip()
        raise self.error("the '{' is never closed", start - 1)

    def take(self, char: str) -> bool:
        """Step over `char` and the space around it, if it comes next."""
        self.skip_space()
        if not self.text.startswith(char, self.at):
            return False
        self.at += 1
        if char != "{":
            self.skip_space()
        return True

    def skip_space(self) -> None:
        matched = _SPACE.match(self.text, self.at)
        assert matched is not None
        self.at = matched.end()

    def error(self, message: str, at: int | None = None) -> CommandError:
        column = (self.at if at is None else at) + 1
        return CommandError(f"{self.shown}, column {column}: {message}")
