# SPDX-License-Identifier: Apache-2.0
"""Equal ops made one, for --cse and --canonicalize."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...dialect.bindings import ir
from ...dialect.model_records import NODE_NAME
from ...dialect.ops.schema import spec_of
from ...dialect.ops.spec import OpSpec
from .effects import is_pure

Key = tuple[Any, ...]
Candidate = Callable[[OpSpec], bool]


def merge_equal_ops(op: ir.Operation, candidate: Candidate | None = None) -> int:
    """Replace each pure, deterministic op inside `op` that repeats an earlier one where that one is visible.

    candidate: which ops to look at, by default all.  Gives the number of ops erased.
    """
    return sum(_merge_in_region(region, {}, candidate) for region in op.regions)


def _merge_in_region(
    region: ir.Region, visible: dict[Key, ir.Operation], candidate: Candidate | None
) -> int:
    return sum(_merge_in_block(block, visible, candidate) for block in region.blocks)


def _merge_in_block(
    block: ir.Block, visible: dict[Key, ir.Operation], candidate: Candidate | None
) -> int:
    """Ops of `block` are visible to the rest of it and to the regions below, not to the blocks beside it."""
    erased = 0
    added: list[Key] = []
    for view in list(block.operations):
        op = view.operation
        if len(op.regions):
            below: dict[Key, ir.Operation] = {} if _is_isolated(op) else visible
            erased += sum(_merge_in_region(inner, below, candidate) for inner in op.regions)
            continue
        key = _key(op, candidate)
        if key is None:
            continue
        if first := visible.get(key):
            for result, earlier in zip(op.results, first.results, strict=True):
                result.replace_all_uses_with(earlier)
            op.erase()
            erased += 1
        else:
            visible[key] = op
            added.append(key)
    for key in added:
        del visible[key]
    return erased


def _is_isolated(op: ir.Operation) -> bool:
    spec = spec_of(op)
    return spec.isolated if spec else op.name in ("builtin.module", "func.func")


def _key(op: ir.Operation, candidate: Candidate | None) -> Key | None:
    """What two equal ops have in common; None for an op that is not to be merged."""
    spec = spec_of(op)
    if (
        spec is None
        or not spec.deterministic
        or not (candidate is None or candidate(spec))
        or spec.terminator
        or not is_pure(op)
    ):
        return None
    attributes = op.attributes
    names = dict.fromkeys(
        [*attributes, *(known for known in spec.attributes if known in attributes)]
    )
    try:
        # The node's name tells ops apart without making them different: the first op's survives.
        values = frozenset((known, attributes[known]) for known in names if known != NODE_NAME.name)
    except TypeError:
        return None  # An attribute of a class that the bindings do not know.
    return spec.name, tuple(op.operands), tuple(result.type for result in op.results), values
