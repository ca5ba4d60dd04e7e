# SPDX-License-Identifier: Apache-2.0
"""RNN, GRU and LSTM in their first layout; loops that count.

All are functions: what recurrent ops compute is not in the prover's table, and no equation looks into a body.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...dialect.bindings import ir
from ...dialect.constants import constant
from ...dialect.onnx import no_value
from ...dialect.ops.constant import constant_value
from ...dialect.types import DYNAMIC, is_none, refines, shape_of
from ..rewriting import Rule
from ..rewriting.rewriter import NoMatch, Pattern, Rewriter, Rewritten, maker, no_match
from . import looking
from .looking import build

RULES: tuple[Rule, ...] = ()

_STATES = {"RNN": (5,), "GRU": (5,), "LSTM": (5, 6)}
"""The operands that are initial states."""


def layout_of_batches(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """`layout` = 1, where the batch is the first axis, is 0 between Transposes."""
    if not op.layout:
        return no_match("the layout is 0")
    operands = list(op.operands)
    for index in (0, *_STATES[op.SPEC.onnx_name]):
        if index < len(operands) and not is_none(operands[index].type):
            operands[index] = looking.value("Transpose", operands[index], perm=[1, 0, 2])
    attributes: dict[str, Any] = {
        name: op.attributes[name] for name in op.SPEC.attributes if name in op.attributes
    }
    hidden = (shape_of(operands[2].type) or (DYNAMIC,))[-1]
    if "hidden_size" not in attributes and hidden != DYNAMIC:
        attributes["hidden_size"] = hidden
    attributes["layout"] = 0
    new = build(op.SPEC.name, *operands, **attributes)
    values: list[ir.Value] = []
    for index, (result, old) in enumerate(zip(new.results, op.results, strict=True)):
        if is_none(old.type):
            result.set_type(old.type)
            values.append(result)
            continue
        perm = [1, 0, 2] if index else [2, 0, 1, 3]
        values.append(looking.value("Transpose", result, perm=perm))
        if not refines(values[-1].type, old.type):
            return no_match(f"the result would be of type {values[-1].type}, not {old.type}")
    return rewriter.replace(op, values)


def known_sequence_length(op: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """Lengths of sequences that are all as long as X say nothing."""
    lengths = looking.integers(op.operands[4]) if len(op.operands) > 4 else None
    shape = shape_of(op.operands[0].type)
    if lengths is None or shape is None:
        return no_match("the lengths of the sequences, or the shape, are not known")
    whole = shape[1 if op.layout else 0]
    if any(each != whole for each in lengths):
        return no_match("a sequence is shorter than X")
    operands = list(op.operands)
    operands[4] = no_value()
    new = looking.copy(op, operands)
    return rewriter.replace(op, new)


def counted_loop(loop: Any, rewriter: Rewriter) -> NoMatch | Rewritten:  # noqa: ARG001
    """A Loop that goes on while counter + step < bound runs ceil((bound - counter) / step) times.

    All three are constants; the counter is carried, the bound and the step may be.  It runs once at least.
    """
    most = _number(loop.operands[0])
    block = loop.regions[0].blocks[0]
    ends = list(list(block.operations)[-1].operands)
    if most is None or is_none(loop.operands[1].type):
        return no_match("the most iterations are not known")
    less = maker(ends[0], "Less")
    add = None if less is None else maker(less.operands[0], "Add")
    if less is None or add is None:
        return no_match("the condition is not counter + step < bound")

    def carried(value: ir.Value, becomes: ir.Value) -> int | None:
        """The number of the loop's argument that `value` is, if it is `becomes` for the next iteration."""
        if not isinstance(value.owner, ir.Block) or value.owner != block:
            return None
        number: int = ir.BlockArgument(value).arg_number
        return number if number > 1 and ends[number - 1] == becomes else None

    def known(value: ir.Value) -> int | None:
        number = carried(value, value)
        return _number(value if number is None else loop.operands[number])

    counter, step = add.operands
    number = carried(counter, less.operands[0])
    first = None if number is None else _number(loop.operands[number])
    by, bound = known(step), known(less.operands[1])
    if first is None or by is None or bound is None or by <= 0 or bound <= first:
        return no_match("the numbers that the Loop counts by are not known")
    times = -((first - bound) // by)
    if most <= times:
        return no_match("the Loop ends before")
    counts = constant_value(loop.operands[number])
    if counts is None or first + times * by > np.iinfo(counts.dtype).max:
        return no_match("the counter overflows")
    loop.operands[0] = constant(np.array(times, np.int64)).results[0]
    list(block.operations)[-1].operands[0] = block.arguments[1]
    return Rewritten()


def _number(value: ir.Value) -> int | None:
    found = None if is_none(value.type) else looking.integers(value)
    return found[0] if found is not None and len(found) == 1 else None


PATTERNS: Mapping[Pattern, str] = {
    layout_of_batches: "RNN GRU LSTM",
    known_sequence_length: "RNN GRU LSTM",
    counted_loop: "Loop",
}
