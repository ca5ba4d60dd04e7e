# SPDX-License-Identifier: Apache-2.0
"""The shapes of all values of a function, an op at a time."""

from __future__ import annotations

import onnx

from ...dialect.bindings import ir
from ...dialect.diagnostics import op_error
from ...dialect.ops.attributes import AnyAttribute, get_attribute
from ...dialect.ops.inference import InferenceError, infer_protos
from ...dialect.ops.schema import spec_of
from ...dialect.protos import type_from_proto
from ...dialect.types import is_none, shape_of
from .dims import Dim, Shape
from .elements import elements_of_result
from .knowledge import Knowledge, OpFacts
from .regions import shapes_of_region_op
from .rules import shapes_of_results


class Analysis:
    """Goes through a function and collects what is known; nothing in the IR is changed."""

    def __init__(self) -> None:
        self.knowledge = Knowledge()

    def block(self, block: ir.Block) -> None:
        """Go through a block, whose arguments are declared."""
        for view in block.operations:
            self.op(view.operation)

    def op(self, op: ir.Operation) -> None:
        """Note what follows for the results of one op.  Raises DiagnosticError if types contradict each other."""
        spec = spec_of(op)
        if spec is None or not len(op.results):
            return
        facts = OpFacts(op, spec, self.knowledge)
        try:
            found = (
                shapes_of_region_op(facts, self)
                if spec.regions
                else shapes_of_results(facts) or self._asked(facts)
            )
            found += [None] * (len(op.results) - len(found))
            for result, shape in zip(op.results, found, strict=False):
                self.knowledge.declare(result, shape)
        except ValueError as error:
            raise op_error(op, f"shape inference failed: {error}") from None
        facts.result_shape = self.knowledge.shape(op.results[0])
        elements = elements_of_result(facts)
        if elements is not None:
            self.knowledge.hold(op.results[0], elements)

    def _asked(self, facts: OpFacts) -> list[Shape | None]:
        """What ONNX's inference says."""
        op, spec = facts.op, facts.spec
        if not spec.onnx_name:
            return []
        if spec.onnx_name == "Constant":
            value: object = get_attribute(op, "value")
            type_ = getattr(value, "type", None)
            if isinstance(type_, ir.Type):
                sizes = shape_of(type_)
                return [None if sizes is None else self.knowledge.dims.of_sizes(sizes)]
        attributes: dict[str, AnyAttribute] = {}
        for name in spec.attributes:
            attribute = get_attribute(op, name)
            if attribute is not None:
                attributes[name] = attribute
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
            None if proto is None else self._shape(result, proto)
            for result, proto in zip(op.results, protos, strict=True)
        ]

    def _shape(self, result: ir.Value, proto: onnx.TypeProto) -> Shape | None:
        if proto.WhichOneof("value") != "tensor_type":
            type_ = type_from_proto(proto)
            if type_ is not None and not is_none(result.type):
                self.knowledge.types[result] = type_
            return None
        if not proto.tensor_type.HasField("shape"):
            return None
        return tuple([self._dim(dim) for dim in proto.tensor_type.shape.dim])

    def _dim(self, dim: onnx.TensorShapeProto.Dimension) -> Dim:
        if dim.HasField("dim_value"):
            return dim.dim_value
        return dim.dim_param or self.knowledge.dims.fresh()
