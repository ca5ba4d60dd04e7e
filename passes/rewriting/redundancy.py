# SPDX-License-Identifier: Apache-2.0
"""Equal ops made one, for --cse and --canonicalize, and constants put first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ...dialect.bindings import ir
from ...dialect.dataclass import dataclass, field
from ...dialect.model_records import BESIDE_THE_GRAPH, NAME
from ...dialect.ops.schema import spec_of
from ...dialect.ops.spec import OpSpec
from .effects import annotated_constants, is_pure

Key = tuple[Any, ...]
Candidate = Callable[[OpSpec], bool]
Visible = dict[Key, ir.Operation]


def merge_equal_ops(op: ir.Operation, candidate: Candidate | None = None) -> int:
    """Replace each pure, deterministic op inside `op` that repeats an earlier one where that one is visible.

    What a model says beside its graph, such as names, tells no ops apart: the first one's words survive.
    candidate: which ops to look at, by default all.  Gives the number of ops erased.
    """
    return _Merging(candidate).inside(op, {})


@dataclass
class _Merging:
    candidate: Candidate | None
    _defaults: dict[str, dict[str, ir.Attribute]] = field(
        default_factory=dict[str, dict[str, ir.Attribute]]
    )

    def inside(self, op: ir.Operation, visible: Visible) -> int:
        """Merge what is in an op's regions."""
        kept = annotated_constants(op)
        return sum(
            self._in_block(block, visible, kept) for region in op.regions for block in region.blocks
        )

    def _in_block(self, block: ir.Block, visible: Visible, kept: frozenset[str]) -> int:
        """Ops of `block` are visible to the rest of it and to the regions below, not to the blocks beside it."""
        erased = 0
        added: list[Key] = []
        for view in list(block.operations):
            op = view.operation
            if len(op.regions):
                erased += self.inside(op, {} if _is_isolated(op) else visible)
                continue
            key = self._key(op)
            if key is None:
                continue
            first = visible.get(key)
            if first is None:
                visible[key] = op
                added.append(key)
            elif not (kept and NAME.get(op.attributes) in kept):
                for result, earlier in zip(op.results, first.results, strict=True):
                    result.replace_all_uses_with(earlier)
                op.erase()
                erased += 1
        for key in added:
            del visible[key]
        return erased

    def _key(self, op: ir.Operation) -> Key | None:
        """What two equal ops have in common; None for an op that is not to be merged."""
        spec = spec_of(op)
        if (
            spec is None
            or not spec.deterministic
            or not (self.candidate is None or self.candidate(spec))
            or spec.terminator
            or not is_pure(op)
        ):
            return None
        defaults = self._defaults.get(spec.name)
        if defaults is None:
            defaults = self._defaults[spec.name] = spec.default_attributes()
        attributes = op.attributes
        names = {*attributes, *(known for known in spec.attributes if known in attributes)}
        try:
            values = defaults | {name: attributes[name] for name in names - BESIDE_THE_GRAPH}
        except TypeError:
            return None  # An attribute of a class that the bindings do not know.
        types = tuple(result.type for result in op.results)
        return spec.name, tuple(op.operands), types, frozenset(values.items())


def _is_isolated(op: ir.Operation) -> bool:
    spec = spec_of(op)
    return spec.isolated if spec else op.name in ("builtin.module", "func.func")


def hoist_constants(op: ir.Operation) -> None:
    """Put the constants inside `op`, those of branches and loops too, first in the block that is around all of them.

    Each that is not among the first goes before all of them, as MLIR's folder moves it.
    """
    for region in op.regions:
        below = list(_below(region))
        first = next((at for at in below if not _is_constant(at)), None)
        for inner in below[below.index(first) :] if first is not None else ():
            if _is_constant(inner):
                inner.move_before(region.blocks[0].operations[0].operation)


def _below(region: ir.Region) -> Iterator[ir.Operation]:
    """The ops in a region, and in the regions of branches and loops; what other ops hold is done meanwhile."""
    for block in region.blocks:
        for view in list(block.operations):
            op = view.operation
            yield op
            if op.name not in _SEE_ALL:
                hoist_constants(op)
                continue
            for inner in op.regions:
                yield from _below(inner)


def _is_constant(op: ir.Operation) -> bool:
    spec = spec_of(op)
    return spec is not None and spec.constant_like and is_pure(op)


_SEE_ALL = frozenset(f"onnx.{name}" for name in ("If", "Loop", "Scan"))
"""Ops whose regions see all that is around them, in every engine."""
