# SPDX-License-Identifier: Apache-2.0
"""Where check lines stand in a source: in place of earlier ones, else in front of the function that they are about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .printed import Block, blocks_of, check

_FUNCTION = re.compile(
    r'\s*(?:func\.func [^@"(]*@(?P<name>"[^"]*"|[\w$.-]+)|"func\.func".*\bsym_name = "(?P<generic>[^"]*)")'
)
_COMMENT = re.compile(r"\s*(?://.*)?")
_EXPECTATION = re.compile(r"\s*//.*\bexpected-(?:error|warning|remark|note)\b")


def with_checks(source: str, printed: str, prefix: str = "CHECK") -> str:
    """The text of a section with FileCheck lines for what was printed for it, instead of earlier ones of the prefix.

    A function that was not printed beside others gets a `-NOT` line, but in the generic form.  All else stays as it is.
    """
    section = _Section.of(source, prefix)
    blocks = blocks_of(printed, prefix)
    if not printed.startswith('"') and any(block.function for block in blocks):
        section.add_missing(blocks, prefix)
    return section.filled(blocks)


def without_checks(source: str, prefix: str = "CHECK") -> str:
    """The text of a section without the FileCheck lines of the prefix."""
    return _Section.of(source, prefix).filled([])


@dataclass
class _Section:
    """The lines of a source.

    old: the lines that are nothing but a directive, ascending.  functions: where each begins, in order.
    """

    lines: list[str]
    old: list[int]
    functions: dict[str, int]

    @classmethod
    def of(cls, source: str, prefix: str) -> _Section:
        directive = re.compile(
            rf"\s*//\s*{re.escape(prefix)}(?:-(?:LABEL|SAME|NEXT|DAG|NOT|EMPTY|COUNT-\d+))?(?:\{{LITERAL\}})?:.*"
        )
        # One that stands behind code goes at once: nothing is put there.
        lines = [
            line if directive.fullmatch(line) else directive.sub("", line)
            for line in source.split("\n")
        ]
        old = [index for index, line in enumerate(lines) if directive.fullmatch(line)]
        functions: dict[str, int] = {}
        for index, line in enumerate(lines):
            if match := _FUNCTION.match(line):
                functions.setdefault(match["name"] or match["generic"], index)
        return cls(lines, old, functions)

    def add_missing(self, blocks: list[Block], prefix: str) -> None:
        """Put in that functions of the source must not be printed, for those that have no block."""
        at = 0
        for name in self.functions:
            found = [index for index, block in enumerate(blocks) if block.function == name]
            if not found:
                pattern = f"  func.func{{{{.*}}}}@{name}("
                blocks.insert(at, Block(name, [check(prefix, "-NOT", pattern)]))
                found = [at]
            at = found[0] + 1

    def filled(self, blocks: list[Block]) -> str:
        """The text with the blocks in their places, and without the old lines."""
        waiting = list(self._placed(blocks))
        result: list[str] = []
        removed = False
        for index, line in enumerate(self.lines):
            while waiting and waiting[0][0] == index:
                indent = line[: len(line) - len(line.lstrip())]
                result += [indent + check_line for check_line in waiting.pop(0)[1].lines]
            if index in self.old:
                removed = True
            elif line or not removed or (result and result[-1]):
                result.append(line)
                removed = False
        return "\n".join(result)

    def _placed(self, blocks: list[Block]) -> Iterator[tuple[int, Block]]:
        """The blocks with the lines that they stand in front of: as FileCheck wants it, in the order of printing."""
        at = 0
        for number, block in enumerate(blocks):
            place = self._place(block.function)
            if place is None and not number:
                place = self.old[0] if self.old else self._first_code()
            at = max(at, place or 0)
            yield at, block

    def _place(self, function: str) -> int | None:
        """In front of which line the checks of a function stand, None for a function that the source has not."""
        if function not in self.functions:
            return None
        for index in self.old:
            if _names(self.lines[index], function):
                return index
        starts = sorted(self.functions.values())
        own = self.functions[function]
        begin = own if own > starts[0] else 0
        end = min((start for start in starts if start > own), default=len(self.lines))
        for index in self.old:
            line = self.lines[index]
            if begin <= index < end and not any(_names(line, other) for other in self.functions):
                return index
        while own and _EXPECTATION.match(self.lines[own - 1]):
            own -= 1
        return own

    def _first_code(self) -> int:
        code = (i for i, line in enumerate(self.lines) if not _COMMENT.fullmatch(line))
        return next(code, len(self.lines) - 1)


def _names(line: str, function: str) -> bool:
    """Whether a check line names a function as one that begins its checks does, and not as one with a call."""
    name = re.escape(function)
    begins = rf'(?:-LABEL:|\bfunc(?:\.func)?(?!\.)).*(?:@{name}(?![\w$.-])|sym_name = "{name}")'
    return re.search(begins, line) is not None
