# SPDX-License-Identifier: Apache-2.0
"""Ops that are known again after passes.

Each op gets a number, which stands in its location: clones keep it, what replaces several ops has the numbers of all of
them, and nothing that compares ops looks at locations.  `withdraw` leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..dialect.bindings import ir

_PREFIX = "onnx-opt.number:"


class Numbering:
    """The numbers of a module's ops.

    origins: for each number which numbers of the first round it comes from; those of the first round have themselves.
    """

    def __init__(self, root: ir.Operation) -> None:
        """Number every op inside `root`."""
        self.origins: dict[int, frozenset[int]] = {}
        self._names: dict[int, str] = {}
        self._first = True
        self.renumber(root)
        self._first = False

    def renumber(self, root: ir.Operation) -> dict[int, ir.Operation]:
        """Give new ops numbers, and so those that took over that of an earlier or another op; all by their numbers."""
        found: dict[int, ir.Operation] = {}

        def visit(op: ir.Operation) -> ir.WalkResult:
            location = op.location
            number = _own_number(location)
            if number is None or number in found or self._names[number] != op.name:
                number = len(self.origins) + 1
                self._names[number] = op.name
                self.origins[number] = (
                    frozenset((number,)) if self._first else self.origins_of(location)
                )
                with op.context:
                    mark = ir.StringAttr.get(f"{_PREFIX}{number}")
                op.location = ir.Location.fused([without_numbers(location)], mark, op.context)
            found[number] = op
            return ir.WalkResult.ADVANCE

        root.walk(visit, ir.WalkOrder.PRE_ORDER)
        return found

    def origins_of(self, location: ir.Location) -> frozenset[int]:
        """The numbers of the first round behind all numbers in a location."""
        found: set[int] = set()
        for number in numbers_in(location):
            found |= self.origins.get(number, frozenset())
        return frozenset(found)

    def withdraw(self, root: ir.Operation) -> None:
        """Give all ops back the locations that they would have without numbers."""

        def visit(op: ir.Operation) -> ir.WalkResult:
            op.location = without_numbers(op.location)
            return ir.WalkResult.ADVANCE

        root.walk(visit)


def numbers_in(location: ir.Location) -> Iterator[int]:
    """All numbers in a location."""
    number = _own_number(location)
    if number is not None:
        yield number
    for inner in _inside(location):
        yield from numbers_in(inner)


def without_numbers(location: ir.Location) -> ir.Location:
    """The location as it would be without numbers in it."""
    if _own_number(location) is not None:
        return without_numbers(_inside(location)[0])
    if next(numbers_in(location), None) is None:
        return location
    inner = [without_numbers(each) for each in _inside(location)]
    if isinstance(location, ir.FusedLoc):
        return ir.Location.fused(inner, location.metadata, location.context)
    if isinstance(location, ir.NameLoc):
        return ir.Location.name(location.name_str, inner[0], location.context)
    return ir.Location.callsite(inner[0], inner[1:], location.context)


def _own_number(location: ir.Location) -> int | None:
    """The number that `renumber` put around a location."""
    metadata = location.metadata if isinstance(location, ir.FusedLoc) else None
    mark = metadata and metadata.maybe_downcast()
    if isinstance(mark, ir.StringAttr) and mark.value.startswith(_PREFIX):
        digits = mark.value.removeprefix(_PREFIX)
        return int(digits) if digits.isdecimal() else None
    return None


def _inside(location: ir.Location) -> list[ir.Location]:
    if isinstance(location, ir.FusedLoc):
        return list(location.locations)
    if isinstance(location, ir.NameLoc):
        return [location.child_loc]
    if isinstance(location, ir.CallSiteLoc):
        return [location.callee, location.caller]
    return []
