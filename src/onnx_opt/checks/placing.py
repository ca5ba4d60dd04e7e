# SPDX-License-Identifier: Apache-2.0
"""Where check lines stand in a source: in place of earlier ones, else in front of the function that they are about."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .printed import Block, blocks_of, check

_SYMBOL = r'@(?P<name>"[^"]*"|[\w$.-]+)|\bsym_name = "(?P<generic>[^"]*)"'
_FUNCTION = re.compile(rf'\s*"?func\.func\b[^@]*?(?:{_SYMBOL})')
_BEGINNING = re.compile(rf"(?:-LABEL:|\bfunc(?:\.func)?(?!\.)).*?(?:{_SYMBOL})")
_COMMENT = re.compile(r"\s*(?://.*)?")
_EXPECTATION = re.compile(r"\s*//.*\bexpected-(?:error|warning|remark|note)\b")


def with_checks(source: str, printed: str, prefix: str = "CHECK") -> str:
    """The text of a section with FileCheck lines for what was printed for it, instead of earlier ones of the prefix.

    A function that was not printed beside others gets a `-NOT` line, but in the generic form.  All else stays as it is.
    """
    section = _Section.of(source, prefix)
    blocks = blocks_of(printed, prefix)
    if not printed.startswith('"') and any(block.function for block in blocks):
        blocks = section.with_missing(blocks, prefix)
    return section.filled(blocks)


def without_checks(source: str, prefix: str = "CHECK") -> str:
    """The text of a section without the FileCheck lines of the prefix."""
    return _Section.of(source, prefix).filled([])


@dataclass
class _Section:
    """The lines of a source.

    functions: where each begins, in order.  old: the lines that are nothing but a directive.  begun: where the checks
    of a function begin by its name.  nameless: the old lines that name no function, in order.
    """

    lines: list[str]
    functions: dict[str, int]
    old: set[int]
    begun: dict[str, int]
    nameless: list[int]

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
        functions: dict[str, int] = {}
        for index, line in enumerate(lines):
            if match := _FUNCTION.match(line):
                functions.setdefault(match["name"] or match["generic"], index)
        old = [index for index, line in enumerate(lines) if directive.fullmatch(line)]
        begun: dict[str, int] = {}
        nameless: list[int] = []
        for index in old:
            match = _BEGINNING.search(lines[index])
            name = (match["name"] or match["generic"]) if match else ""
            if name in functions:
                begun.setdefault(name, index)
            else:
                nameless.append(index)
        return cls(lines, functions, set(old), begun, nameless)

    def with_missing(self, blocks: list[Block], prefix: str) -> list[Block]:
        """The blocks, and for each function of the source that has none a block that it must not be printed."""
        present = {block.function for block in blocks}
        missing: dict[str, list[Block]] = {}
        before = ""
        for name in self.functions:
            if name in present:
                before = name
            else:
                pattern = f"  func.func{{{{.*}}}}@{name}("
                new = Block(name, [check(prefix, "-NOT", pattern)])
                missing.setdefault(before, []).append(new)
        result = missing.get("", [])
        for block in blocks:
            result += [block, *missing.get(block.function, [])]
        return result

    def filled(self, blocks: Iterable[Block]) -> str:
        """The text with the blocks in their places, and without the old lines."""
        placed: dict[int, list[str]] = {}
        for place, block in self._placed(blocks):
            placed.setdefault(place, []).extend(block.lines)
        result: list[str] = []
        removed = False
        for index, line in enumerate(self.lines):
            indent = line[: len(line) - len(line.lstrip())]
            result += [indent + new for new in placed.get(index, [])]
            if index in self.old:
                removed = True
            elif line or not removed or (result and result[-1]):
                result.append(line)
                removed = False
        return "\n".join(result)

    def _placed(self, blocks: Iterable[Block]) -> Iterator[tuple[int, Block]]:
        """The blocks with the lines that they stand in front of: as FileCheck wants it, in the order of printing."""
        starts = sorted(self.functions.values())
        at: int | None = None
        for block in blocks:
            place = self._place(block.function, starts)
            if place is None and at is None:
                place = min(self.old) if self.old else self._first_code()
            at = max(at or 0, place or 0)
            yield at, block

    def _place(self, function: str, starts: list[int]) -> int | None:
        """In front of which line the checks of a function stand, None for a function that the source has not.

        starts: where the functions begin, ascending.
        """
        if function in self.begun:
            return self.begun[function]
        own = self.functions.get(function)
        if own is None:
            return None
        number = bisect_left(starts, own)
        begin = own if number else 0
        end = starts[number + 1] if number + 1 < len(starts) else len(self.lines)
        first = bisect_left(self.nameless, begin)
        if first < len(self.nameless) and self.nameless[first] < end:
            return self.nameless[first]
        while own and _EXPECTATION.match(self.lines[own - 1]):
            own -= 1
        return own

    def _first_code(self) -> int:
        code = (i for i, line in enumerate(self.lines) if not _COMMENT.fullmatch(line))
        return next(code, len(self.lines) - 1)
