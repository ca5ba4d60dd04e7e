# SPDX-License-Identifier: Apache-2.0
"""The shapes of all values of a function, an op at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any

import onnx

from ...dialect.bindings import ir
from ...dialect.diagnostics import op_error
from ...dialect.model_records import ARGUMENTS, DIM_PARAMS
from ...dialect.model_texts import dim_params
from ...dialect.ops.attributes import AnyAttribute, get_attribute
from ...dialect.ops.inference import InferenceError, infer_protos
from ...dialect.ops.schema import spec_of
from ...dialect.protos import type_from_proto
from ...dialect.types import is_none, is_unknown, shape_of
from ...dialect.verifier.inferred import UNJUDGED_RESULTS
from .agreement import equal_sizes
from .dims import Dim
from .elements import elements_of_result
from .explicit import explicit_attributes
from .knowledge import Found, Knowledge, OpFacts
from .regions import results_of_region_op
from .rules import results_of

ResultsOf = Callable[[str], "list[ir.Type] | None"]
"""The result types of a function; None if there is no such function."""


class Analysis:
    """Goes through a function and collects what is known; nothing in the IR is changed.

    results_of: the result types of a function, for its calls; None where there is none of that name.  agrees: whether
    sizes that must be equal are taken to be.  learned: whether a size became known that way.
    """

    def __init__(
        self,
        results_of: ResultsOf = lambda _: None,
        agrees: bool = True,
    ) -> None:
        self._results_of = results_of
        self.knowledge = Knowledge()
        self.agrees = agrees
        self.learned = False
        self.depth = 0

    def block(self, block: ir.Block) -> None:
        """Go through a block, whose arguments are declared."""
        self.depth += 1
        for view in block.operations:
            self.op(view.operation)
        self.depth -= 1

    def op(self, op: ir.Operation) -> None:
        """Note what follows for the results of one op.  Raises DiagnosticError if types contradict each other."""
        if op.name == "func.call":
            self._call(op)
        spec = spec_of(op)
        if spec is None or not len(op.results):
            return
        facts = OpFacts(op, spec, self.knowledge)
        try:
            # What is in a region need not run.
            if self.agrees and self.depth == 1:
                for a, b in equal_sizes(facts):
                    new = facts.dims.unify(a, b)
                    self.learned = self.learned or (new and isinstance(facts.dims.known(a), int))
            found = results_of_region_op(facts, self) if spec.regions else results_of(facts)
            found = found or self._asked(facts)
            found += [None] * (len(op.results) - len(found))
            for result, each in zip(op.results, found, strict=False):
                self._declare(spec.name, result, each)
        except ValueError as error:
            raise op_error(op, f"shape inference failed: {error}") from None
        facts.result_shape = self.knowledge.shape(op.results[0])
        elements = elements_of_result(facts)
        if elements is not None:
            self.knowledge.hold(op.results[0], elements)

    def _declare(self, name: str, result: ir.Value, found: Found) -> None:
        try:
            self.knowledge.declare(result, found)
        except ValueError:
            if name not in UNJUDGED_RESULTS:
                raise
            self.knowledge.declare(result)

    def _call(self, call: ir.Operation) -> None:
        callee: Any = call.attributes["callee"]
        for result, type_ in zip(call.results, self._results_of(callee.value) or (), strict=False):
            self.knowledge.declare(result, type_)

    def _asked(self, facts: OpFacts) -> list[Found]:
        """What ONNX's inference says."""
        op, spec = facts.op, facts.spec
        if not spec.onnx_name:
            return []
        attributes: dict[str, AnyAttribute] = {}
        for name in spec.attributes:
            attribute = get_attribute(op, name)
            if attribute is not None:
                attributes[name] = attribute
        if spec.constant_like:
            types = [getattr(attribute, "type", None) for attribute in attributes.values()]
            return [type_ for type_ in types if isinstance(type_, ir.ShapedType)]
        attributes |= explicit_attributes(facts)
        operands = facts.operands
        absent = [index for index, operand in enumerate(operands) if is_none(operand.type)]
        try:
            protos = infer_protos(
                spec,
                [self.knowledge.proto(operand) for operand in operands],
                attributes,
                {index: facts.constant(index) for index in range(len(operands))},
                len(op.results),
                absent,
            )
        except InferenceError:
            return []
        return [
            None if proto is None else self._found(result, proto)
            for result, proto in zip(op.results, protos, strict=True)
        ]

    def _found(self, result: ir.Value, proto: onnx.TypeProto) -> Found:
        if proto.WhichOneof("value") != "tensor_type" or is_unknown(result.type):
            with result.context:
                return type_from_proto(proto)
        if not proto.tensor_type.HasField("shape"):
            return None
        return tuple([self._dim(dim) for dim in proto.tensor_type.shape.dim])

    def _dim(self, dim: onnx.TensorShapeProto.Dimension) -> Dim:
        if dim.HasField("dim_value"):
            return dim.dim_value
        return dim.dim_param or self.knowledge.dims.fresh()


def analysed(
    function: ir.Operation,
    results_of: ResultsOf = lambda _: None,
    agrees: bool = True,
) -> Analysis:
    """What is known of the values of a function, whose body is one block; see `Analysis`."""
    (block,) = function.regions[0].blocks
    analysis = Analysis(results_of, agrees)
    _declare_arguments(analysis.knowledge, function, list(block.arguments))
    analysis.block(block)
    return analysis


def _declare_arguments(
    knowledge: Knowledge, function: ir.Operation, arguments: Sequence[ir.Value]
) -> None:
    """Sizes that the model calls by one name are one size."""
    records = ARGUMENTS.get(function.attributes, [])
    for argument, record in zip_longest(arguments, records[: len(arguments)]):
        names = dim_params(DIM_PARAMS.get(record, "")) if record else {}
        sizes = shape_of(argument.type) or ()
        shape = tuple(
            [names.get(axis, size) if size < 0 else size for axis, size in enumerate(sizes)]
        )
        knowledge.declare(argument, shape if names and len(shape) else None)
