# SPDX-License-Identifier: Apache-2.0
"""What happens to a module, written down while passes run on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..dialect.bindings import ir
from ..dialect.diagnostics import Diagnostic
from ..passes.rewriting.remarks import OpRemark
from .comparison import Comparison
from .numbering import Numbering, numbers_in
from .snapshot import Snapshot

_NO_NODES = frozenset(
    [
        *("builtin.module", "func.func", "func.return", "onnx.EntryPoint", "onnx.Return"),
        *("onnx.Yield", "onnx.Constant", "onnx.NoValue"),
    ]
)
"""Ops that no one counts."""


@dataclass(frozen=True)
class Told:
    """A remark, and the numbers of the ops that it is about; `argument` is the pass's."""

    argument: str
    remark: Diagnostic
    numbers: tuple[int, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether it is about what the pass did."""
        return isinstance(self.remark, OpRemark) and self.remark.changed


@dataclass
class Ran:
    """A pass that ran: how many ops there were before it and after it, constants not counted, and its rewrites."""

    argument: str
    before: int
    after: int
    rewrites: int


@dataclass
class Record:
    """What a page is made of.

    passes: in their order.  by: the pass that removed or made the op of a number.  counts: of ops by name, before and
    after.  weights: bytes of all constants, before and after.
    """

    comparison: Comparison
    told: list[Told]
    passes: list[Ran]
    by: dict[int, str]
    counts: tuple[Counter[str], Counter[str]]
    weights: tuple[int, int]
    numbers: dict[int, str] = field(default_factory=dict[int, str])


class Recording:
    """Follows the ops of a module from here on; `remark` and `passed` are to be called, and `end` or `withdraw` once.

    The locations of ops hold numbers meanwhile.
    """

    def __init__(self, module: ir.Module) -> None:
        self._root = module.operation
        self._numbering = Numbering(self._root)
        self._ops = self._numbering.renumber(self._root)
        self._names = {number: op.name for number, op in self._ops.items()}
        self._before = Snapshot(self._root, self._ops)
        self._pending: list[tuple[Diagnostic, tuple[int, ...]]] = []
        self._told: list[Told] = []
        self._passes: list[Ran] = []
        self._by: dict[int, str] = {}

    def remark(self, remark: Diagnostic) -> None:
        """Take what the pass that runs says."""
        numbers: tuple[int, ...] = ()
        if isinstance(remark, OpRemark) and remark.location is not None:
            own = dict.fromkeys(numbers_in(remark.location))
            origins = self._numbering.origins_of(remark.location)
            numbers = tuple(dict.fromkeys([*own, *sorted(origins)]))
        self._pending.append((remark, numbers))

    def passed(self, argument: str) -> None:
        """A pass is through."""
        told = [Told(argument, *each) for each in self._pending]
        self._told += told
        self._pending.clear()
        self._ops = self._numbering.renumber(self._root)
        names = {number: op.name for number, op in self._ops.items()}
        removed = [number for number in self._names if number not in names]
        made = [number for number in names if number not in self._names]
        self._by.update(dict.fromkeys([*removed, *made], argument))
        rewrites = sum(each.changed for each in told)
        self._passes.append(Ran(argument, _ops(self._names), _ops(names), rewrites))
        self._names = names

    def end(self) -> Record:
        """All of it; nobody follows the module any more."""
        after = Snapshot(self._root, self._ops)
        self.withdraw()
        comparison = Comparison(self._before, after, self._numbering.origins)
        numbers: dict[int, str] = {}
        for key, pair in comparison.pairs.items():
            for node in (pair.before, pair.after):
                if node is not None and node.number:
                    numbers[node.number] = key
        counts = (_counts(self._before), _counts(after))
        weights = (self._before.weights, after.weights)
        return Record(comparison, self._told, self._passes, self._by, counts, weights, numbers)

    def withdraw(self) -> None:
        """Leave the module as if nobody had followed it."""
        self._numbering.withdraw(self._root)


def _ops(names: Mapping[int, str]) -> int:
    return sum(name not in _NO_NODES for name in names.values())


def _counts(snapshot: Snapshot) -> Counter[str]:
    return Counter(node.op for node in snapshot.nodes.values() if node.number)
