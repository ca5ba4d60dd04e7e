# SPDX-License-Identifier: Apache-2.0
"""Names of the results of ops with several, as MLIR gives them to ops that it knows.

    %0:2 = "onnx.RNN"(...)       ->    %Y, %Y_h = "onnx.RNN"(...)
    %1 = "onnx.Relu"(%0#1)             %0 = "onnx.Relu"(%Y_h)

MLIR prints an op that is not registered as one value of several parts.  Its rules (`SSANameState` in AsmPrinter.cpp):

1. An op whose definition names more than one result gives each its name; these take no number.
2. A name that is taken gets a suffix, from a counter that all conflicts share.
3. The values of a region are named before those of the regions within, which see its names and go on with its
   counters; regions beside each other know nothing of each other.

As the names of a text depend on each other, all values of the text are named anew, in that order.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from ..dataclass import dataclass, field
from ..ops.schema import op_spec
from ..text_scanner import STRING

_SEVERAL = re.compile(r'\s*%(?P<value>[\w$.-]+):(?P<count>\d+) = "onnx\.(?P<op>\w+)"\(')
_RESULTS = re.compile(r"\s*%[^\"=]* = ")
_VALUE = re.compile(rf"{STRING}|%(?P<value>[\w$.-]+)(?:[:#](?P<part>\d+))?", re.DOTALL)
_SUFFIXED = re.compile(r"(?P<name>.+)_(?P<number>\d+)")


def result_names(op: str) -> tuple[str, ...]:
    """The names of the results of `onnx.<op>`, which prints them if its definition has more than one; else nothing."""
    spec = op_spec(op)
    return tuple(result.name for result in spec.results) if spec and len(spec.results) > 1 else ()


def name_results(lines: list[str]) -> None:
    """Name the results in a text that MLIR printed, given in lines and changed in place.  Linear in the text."""
    regions, innermost = _regions_of(lines)
    for region in regions:
        region.assign()
    for index, line in enumerate(lines):
        region = innermost[index]
        if "%" in line and region.differs:
            lines[index] = _VALUE.sub(region.spelling, line)


@dataclass
class _Region:
    """The names in one region: as they were, and as they shall be.

    definitions: its values in order, those that are to have names with them.  conflicts, conflicts_before: the
    counters of rule 2 in the new text and in the old one.  names: the new names of a value, one for each result.
    numbers: of the values, here and around, that had a number and now have names; ascending.
    """

    parent: _Region | None
    definitions: list[tuple[str, tuple[str, ...]]] = field(
        default_factory=list[tuple[str, tuple[str, ...]]]
    )
    defined: set[str] = field(default_factory=set[str])
    taken: set[str] = field(default_factory=set[str])
    taken_before: set[str] = field(default_factory=set[str])
    names: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    numbers: list[int] = field(default_factory=list[int])
    conflicts: int = 0
    conflicts_before: int = 0
    differs: bool = False

    def define(self, value: str, names: tuple[str, ...] = ()) -> None:
        """Note a value that is made here."""
        self.defined.add(value)
        self.definitions.append((value, names))

    def knows(self, value: str) -> bool:
        """Whether a value is made here or around, as far as the text was read."""
        region: _Region | None = self
        while region:
            if value in region.defined:
                return True
            region = region.parent
        return False

    def assign(self) -> None:
        """Name the values; those of the parent have their names."""
        if parent := self.parent:
            self.conflicts, self.conflicts_before = parent.conflicts, parent.conflicts_before
            self.numbers, self.differs = parent.numbers, parent.differs
        own: list[int] = []
        for value, results in self.definitions:
            if not value.isdecimal():
                name = self._without_suffix(value)
                named = tuple(self._unique(name) for _ in results or (name,))
                if named != (value,):
                    self.names[value] = named
            elif results:
                own.append(int(value))
                self.names[value] = tuple(map(self._unique, results))
        if own:
            self.numbers = self.numbers + own
        self.differs = self.differs or bool(self.names)

    def _without_suffix(self, value: str) -> str:
        """The name that `value` has but for a conflict with another in the old text."""
        found = _SUFFIXED.fullmatch(value)
        if found and self._is_taken_before(found["name"]):
            number = self.conflicts_before
            while self._is_taken_before(f"{found['name']}_{number}"):
                number += 1
            if number == int(found["number"]):
                self.conflicts_before = number + 1
                self.taken_before.add(value)
                return found["name"]
        self.taken_before.add(value)
        return value

    def _is_taken_before(self, name: str) -> bool:
        region: _Region | None = self
        while region:
            if name in region.taken_before:
                return True
            region = region.parent
        return False

    def _unique(self, name: str) -> str:
        unique = name
        while self._is_taken(unique):
            unique = f"{name}_{self.conflicts}"
            self.conflicts += 1
        self.taken.add(unique)
        return unique

    def _is_taken(self, name: str) -> bool:
        region: _Region | None = self
        while region:
            if name in region.taken:
                return True
            region = region.parent
        return False

    def spelling(self, token: re.Match[str]) -> str:
        """How a value, or what else `_VALUE` finds, is spelled in the new text."""
        value = token["value"]
        if value is None:
            return token[0]
        region: _Region | None = self
        while region:
            if value in region.names:
                return _spelled(region.names[value], token)
            region = region.parent
        if not value.isdecimal():
            return token[0]
        number = int(value) - bisect_left(self.numbers, int(value))
        return f"%{number}{token[0][1 + len(value) :]}"


def _spelled(names: tuple[str, ...], token: re.Match[str]) -> str:
    rest = token[0][1 + len(token["value"]) :]
    if len(names) == 1:
        return f"%{names[0]}{rest}"
    if rest.startswith("#"):
        return f"%{names[int(token['part'])]}"
    return ", ".join(f"%{name}" for name in names)


def _regions_of(lines: list[str]) -> tuple[list[_Region], list[_Region]]:
    """All regions, outer ones first, and for each line the innermost that it stands in or opens."""
    region = _Region(None)
    regions, innermost = [region], [region]
    innermost.clear()
    for line in lines:
        if line.lstrip(" ").startswith("}") and region.parent:
            region = region.parent
        if several := _SEVERAL.match(line):
            names = result_names(several["op"])
            region.define(several["value"], names if len(names) == int(several["count"]) else ())
        elif results := _RESULTS.match(line):
            for value in _VALUE.finditer(results[0]):
                region.define(value["value"])
        if line.endswith("{"):
            region = _Region(region)
            regions.append(region)
        elif not line.lstrip(" ").startswith("^"):
            innermost.append(region)
            continue
        # Arguments of blocks: the values that nobody knew before.
        for value in _VALUE.finditer(line):
            if value["value"] and not region.knows(value["value"]):
                region.define(value["value"])
        innermost.append(region)
    return regions, innermost
