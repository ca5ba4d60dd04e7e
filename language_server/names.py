# SPDX-License-Identifier: Apache-2.0
"""The names in an item: which ops there are, what values and blocks they name, and who refers to them.

It works on text that is not whole.  Scopes are all that stands in braces; that attributes do so too does no harm, as
nothing is named there.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from .lexer import Token, naming_tokens
from .text import Text

_NO_ENDS = (",", "[", "->")
"""What the line before a block ends in where that is one to go to, and does not begin there."""


@dataclass(eq=False, slots=True)
class Definition:
    """Where values, or a block, get their name.  Offsets are the item's.

    name: with its `%` or `^`.  count: how many values (`%0:2`).  op: what makes them; None for arguments and blocks.
    number: the first of them among the results of the op.  uses: where they are named again, as (start, end, number).
    """

    name: str
    start: int
    end: int
    op: Op | None = None
    count: int = 1
    number: int = 0
    uses: list[tuple[int, int, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.uses = []


@dataclass(eq=False, slots=True)
class Op:
    """An op: its name, where that stands, and where the op begins, with its results.  regions: those that hold ops."""

    name: str
    start: int
    end: int
    begin: int
    results: list[Definition]
    regions: list[Scope] = field(init=False)

    def __post_init__(self) -> None:
        self.regions = []


@dataclass(eq=False, slots=True)
class Scope:
    """What stands in braces, from behind the opening one to the closing one.  op: whose it is."""

    outer: Scope | None
    start: int
    end: int = -1
    op: Op | None = None
    definitions: dict[str, list[Definition]] = field(init=False)

    def __post_init__(self) -> None:
        self.definitions = {}

    def find(self, name: str, offset: int) -> Definition | None:
        """What a name means at an offset: the last definition before it, or else the first behind it."""
        scope: Scope | None = self
        while scope:
            if found := scope.definitions.get(name):
                before = [each for each in found if each.start <= offset]
                return before[-1] if before else found[0]
            scope = scope.outer
        return None


@dataclass
class Names:
    """All names of an item.  symbols, aliases: (name, start, end) of each mention, without `@`, with `#` or `!`."""

    text: str
    ops: list[Op] = field(default_factory=list[Op])
    definitions: list[Definition] = field(default_factory=list[Definition])
    symbols: list[tuple[str, int, int]] = field(default_factory=list[tuple[str, int, int]])
    aliases: list[tuple[str, int, int]] = field(default_factory=list[tuple[str, int, int]])
    comments: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    scopes: list[Scope] = field(default_factory=list[Scope])

    def at(self, offset: int) -> tuple[Definition, int, int] | None:
        """What is named at an offset, and from where to where."""
        for definition in self.definitions:
            places = [(definition.start, definition.end, 0), *definition.uses]
            for start, end, _ in places:
                if start <= offset <= end:
                    return definition, start, end
        return None

    def visible(self, offset: int) -> list[Definition]:
        """The values that can be named at an offset, the nearest first; not those that its line makes."""
        line = self.text.rfind("\n", 0, offset) + 1
        inside = [scope for scope in self.scopes if scope.start <= offset <= scope.end]
        found: dict[str, Definition] = {}
        for scope in reversed(inside):
            for definitions in reversed(scope.definitions.values()):
                for each in definitions:
                    if each.end < (line or offset) and each.name.startswith("%"):
                        found.setdefault(each.name, each)
        return list(found.values())

    def op_before(self, offset: int) -> Op | None:
        """The last op that begins before an offset."""
        index = bisect_right(self.ops, offset, key=lambda op: op.begin)
        return self.ops[index - 1] if index else None


def read_names(text: str) -> Names:
    """The names in the text of an item."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self._names = Names(text)
        self._scope = Scope(None, 0, len(text))
        self._names.scopes.append(self._scope)
        self._closed = self._scope
        self._references: list[tuple[Scope, str, int, int, int]] = []
        self._results: list[Definition] = []
        self._previous: Token | None = None
        # The parentheses in which arguments are declared: how many are open, and -1 where none is to come.
        self._open = -1

    def read(self) -> Names:
        text = Text(self._names.text)
        before = ""
        for start, line in zip(text.starts, text.lines, strict=True):
            for number, token in enumerate(naming_tokens(line)):
                begins_line = number == 0 and not before.endswith(_NO_ENDS)
                if self._open >= 0 or token.text not in "()":
                    self._take(token, start, line, begins_line)
                if token.kind != "comment":
                    self._previous = token
            before = line.rstrip() or before
        for scope, name, start, end, number in self._references:
            if definition := scope.find(name, start):
                definition.uses.append((start, end, number))
        for scope in self._names.scopes:
            scope.end = scope.end if scope.end >= 0 else len(self._names.text)
        return self._names

    def _take(self, token: Token, line_start: int, line: str, begins_line: bool) -> None:
        start, end = line_start + token.start, line_start + token.end
        if token.kind == "results":
            self._take_results(token.text, start)
        elif token.kind == "op" or (
            token.kind == "word" and self._names_op(token, line, begins_line)
        ):
            self._take_op(token, start, end)
        elif token.kind == "value":
            self._take_value(token, start, end, line)
        elif token.kind == "block":
            begins_block = begins_line or (self._previous and self._previous.text == "{")
            if begins_block:
                self._define(Definition(token.text, start, end))
                self._open = 0 if line[token.end :].lstrip().startswith("(") else -1
            else:
                self._references.append((self._scope, token.text, start, end, 0))
        elif token.kind == "symbol":
            self._names.symbols.append((token.text[1:].strip('"'), start, end))
        elif token.kind == "alias":
            self._names.aliases.append((token.text, start, end))
        elif token.kind == "comment":
            self._names.comments.append((start, end))
        elif token.kind == "bracket":
            self._take_bracket(token.text, start, end)

    def _take_results(self, text: str, start: int) -> None:
        self._results = []
        offset = number = 0
        for part in text.split(","):
            name = part.strip()
            offset += len(part) - len(part.lstrip())
            bare, _, count = name.partition(":")
            definition = Definition(bare, start + offset, start + offset + len(bare), number=number)
            definition.count = int(count) if count and len(count) < 6 else 1
            number += definition.count
            self._define(definition)
            self._results.append(definition)
            offset += len(part.lstrip()) + 1

    def _names_op(self, token: Token, line: str, begins_line: bool) -> bool:
        """Whether a word is the name of an op: one with a dot, or `return`, where an op begins."""
        if "." not in token.text and token.text != "return":
            return False
        previous = self._previous
        behind_results = previous is not None and previous.kind == "results"
        if behind_results:
            return True
        assigned = line[token.end :].lstrip().startswith("=")
        return (begins_line or (previous is not None and previous.text == "{")) and not assigned

    def _take_op(self, token: Token, start: int, end: int) -> None:
        behind = self._results and self._previous and self._previous.kind == "results"
        results = self._results if behind else []
        begin = results[0].start if results else start
        op = Op(token.text.strip('"'), start, end, begin, results)
        for each in results:
            each.op = op
        self._names.ops.append(op)
        owner = self._scope.op
        if owner and self._scope not in owner.regions[-1:]:
            owner.regions.append(self._scope)
        if len(self._names.ops) == 1 and op.name.endswith("func"):
            self._open = 0

    def _take_value(self, token: Token, start: int, end: int, line: str) -> None:
        if self._open > 0 and line[token.end :].lstrip().startswith(":"):
            self._define(Definition(token.text, start, end))
            return
        name, _, number = token.text.partition("#")
        place = int(number) if number and len(number) < 6 else 0
        self._references.append((self._scope, name, start, end, place))

    def _take_bracket(self, bracket: str, start: int, end: int) -> None:
        if self._open >= 0 and bracket in "()":
            self._open += 1 if bracket == "(" else -1
            if self._open == 0:
                self._open = -1
        elif bracket == "{":
            self._scope = Scope(self._scope, end, op=self._owner())
            self._names.scopes.append(self._scope)
        elif bracket == "}" and self._scope.outer:
            self._scope.end = start
            self._closed, self._scope = self._scope, self._scope.outer

    def _owner(self) -> Op | None:
        """Whose braces open: the last op's, or, right behind other braces (`}, {`), that of those."""
        if self._previous and self._previous.text == "}" and self._closed.outer is self._scope:
            return self._closed.op
        return self._names.ops[-1] if self._names.ops else None

    def _define(self, definition: Definition) -> None:
        self._scope.definitions.setdefault(definition.name, []).append(definition)
        self._names.definitions.append(definition)
