# SPDX-License-Identifier: Apache-2.0
"""Which dimensions of a function's values are equal whenever it runs.

Beside what shape inference says: more sizes that must agree, sums with numbers, and names in `onnx.dim_params`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import prod

import numpy as np

from ...dialect.bindings import ir
from ...dialect.model_records import ARGUMENTS, DIM_PARAMS, RESULTS
from ...dialect.model_texts import dim_params
from ...dialect.ops.schema import spec_of
from ...dialect.types import Array
from ..rewriting.functions import body_of, functions_in
from .analysis import Analysis
from .dims import Dim, Shape
from .knowledge import Knowledge, OpFacts

Rule = Callable[[OpFacts], "Iterator[Iterable[Dim]]"]
"""`rule(facts)`: sets of dimensions that are equal wherever the op runs."""


def equal_dims(op: ir.Operation) -> Iterator[tuple[ir.Block, Knowledge]]:
    """The body of each function inside `op`, and what is known of its values.

    Dimensions that are equal have one name, or one number.  Raises DiagnosticError if types contradict each other.
    """
    for function in functions_in(op):
        block = body_of(function)
        if block is not None:
            yield block, _knowledge(function, block)


def _knowledge(function: ir.Operation, block: ir.Block) -> Knowledge:
    analysis = _Analysis()
    knowledge = analysis.knowledge
    named: dict[str, Dim] = {}
    _name(knowledge, block.arguments, ARGUMENTS.get(function.attributes, []), named)
    analysis.block(block)
    *_, end = block.operations
    _name(knowledge, end.operands, RESULTS.get(function.attributes, []), named)
    return knowledge


def _name(
    knowledge: Knowledge,
    values: Iterable[ir.Value],
    records: Sequence[dict[str, ir.Attribute]],
    named: dict[str, Dim],
) -> None:
    """Equal names in `onnx.dim_params` are equal sizes.  named: a dimension of each name."""
    for number, value in enumerate(values):
        shape = knowledge.shape(value)
        text = DIM_PARAMS.get(records[number]) if number < len(records) else None
        if shape is None or not text:
            continue
        for axis, name in dim_params(text).items():
            if axis < len(shape):
                knowledge.dims.unify(named.setdefault(name, shape[axis]), shape[axis])


class _Analysis(Analysis):
    def __init__(self) -> None:
        super().__init__(lambda _: None)
        self._sums: dict[tuple[Dim, int], Dim] = {}

    def op(self, op: ir.Operation) -> None:
        super().op(op)
        spec = spec_of(op)
        if spec is None or spec.regions:
            return
        facts = OpFacts(op, spec, self.knowledge)
        if op.results:
            facts.result_shape = self.knowledge.shape(op.results[0])
        if spec.onnx_name == "Add" and (elements := self._added(facts)) is not None:
            self.knowledge.hold(op.results[0], elements)
        if spec.onnx_name == "Concat":
            self._joined(facts)
        rule = _RULES.get(spec.onnx_name)
        # What is in a region need not run.
        if rule is not None and self.depth == 1:
            for first, *others in map(list, rule(facts)):
                for other in others:
                    self.knowledge.dims.unify(first, other)

    def _sum(self, dim: Dim, number: int) -> Dim:
        """A dimension that is larger by a number; the same one each time."""
        dim = self.knowledge.dims.known(dim)
        if isinstance(dim, int):
            return dim + number
        return self._sums.setdefault((dim, number), self.knowledge.dims.fresh())

    def _added(self, facts: OpFacts) -> Array | None:
        """The element that Add gives on a dimension and a number."""
        a, b = facts.elements(0), facts.elements(1)
        if a is None or b is None or a.size != 1 or b.size != 1 or a.ndim != b.ndim:
            return None
        (one,), (other,) = a.flat, b.flat
        name, number = (one, other) if isinstance(one, str) else (other, one)
        if not isinstance(name, str) or not isinstance(number, int):
            return None
        return np.full(a.shape, self._sum(name, number), object)

    def _joined(self, facts: OpFacts) -> None:
        """Along its axis, what Concat makes of one dimension and numbers."""
        result = facts.result_shape
        if not result:
            return
        axis: int = facts.attribute("axis") % len(result)
        shapes = [facts.shape(index) for index in range(len(facts.operands))]
        along = [shape[axis] for shape in shapes if shape]
        names = [dim for dim in along if isinstance(dim, str)]
        if len(along) == len(shapes) and len(names) == 1:
            more = sum(dim for dim in along if isinstance(dim, int))
            self.knowledge.dims.unify(result[axis], self._sum(names[0], more))


def _concat(facts: OpFacts) -> Iterator[Iterable[Dim]]:
    shapes = [facts.shape(index) for index in range(len(facts.operands))]
    known: list[Shape] = [shape for shape in shapes if shape]
    for axis, dims in enumerate(zip(*known, strict=False)):
        if axis != facts.attribute("axis") % len(known[0]):
            yield dims


def _asked_for(
    facts: OpFacts, operand: int, axes: Iterable[int] | None = None
) -> Iterator[Iterable[Dim]]:
    """Dimensions of the result that an operand names.  axes: those which it is about, by default all."""
    shape, elements = facts.result_shape, facts.elements(operand)
    if shape and elements is not None and elements.ndim == 1:
        for axis, element in zip(
            range(len(shape)) if axes is None else axes, elements, strict=False
        ):
            if isinstance(element, str):
                yield shape[axis], element


def _center_crop_pad(facts: OpFacts) -> Iterator[Iterable[Dim]]:
    return _asked_for(facts, 1, facts.attribute("axes"))


def _max_unpool(facts: OpFacts) -> Iterator[Iterable[Dim]]:
    return _asked_for(facts, 2)


def _reshape(facts: OpFacts) -> Iterator[Iterable[Dim]]:
    """What is left on each side when equal dimensions have gone, in tensors that are not empty."""
    yield from _asked_for(facts, 1)
    before, after = facts.shape(0), facts.result_shape
    if before is None or after is None:
        return
    left, right = Counter(before), Counter(after)
    names = [
        [dim for dim in (one - other).elements() if isinstance(dim, str)]
        for one, other in ((left, right), (right, left))
    ]
    sizes = [prod(dim for dim in shape if isinstance(dim, int)) for shape in (before, after)]
    if sizes[0] == sizes[1] and len(names[0]) == len(names[1]) == 1:
        yield names[0][0], names[1][0]


def _recurrent(facts: OpFacts) -> Iterator[Iterable[Dim]]:
    """The batch of X, sequence_lens, initial_h and initial_c."""
    batch = 0 if "layout" in facts.spec.attributes and facts.attribute("layout") else 1
    found: list[Dim] = []
    for index, axis in ((0, batch), (4, 0), (5, batch), (6, batch)):
        shape = facts.shape(index) if facts.has(index) else None
        if shape is not None and axis < len(shape):
            found.append(shape[axis])
    if found:
        yield found


_RULES: dict[str, Rule] = {
    "Concat": _concat,
    "Reshape": _reshape,
    "CenterCropPad": _center_crop_pad,
    "MaxUnpool": _max_unpool,
    "RNN": _recurrent,
    "GRU": _recurrent,
    "LSTM": _recurrent,
}
