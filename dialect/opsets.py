# SPDX-License-Identifier: Apache-2.0
"""Whether an op may stand in a model: if a node under the model's opsets would be this op."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .bindings import ir
from .model_records import ATTRIBUTES, EXTRA, FUNCTION, FUNCTION_FIELDS, OPSET_IMPORT
from .ops.schema import op_spec
from .ops.spec import OpSpec
from .ops.versions import canonical_domain, means_the_same, types_admitted, version_in
from .types import is_none


def fits(op: ir.Operation, spec: OpSpec, opsets: Mapping[str, int]) -> bool:
    """Whether a node under these opsets (by canonical domain) means this op."""
    opset = opsets.get(spec.domain, 0)
    since = version_in(spec.onnx_name, spec.domain, opset)
    if not since:
        return False
    if spec.name == "BatchNormalizationInferenceMode":
        return True  # Every version has such a form.
    if spec.name == "MaxPoolSingleOut":
        spec = op_spec("MaxPool") or spec
    return since == spec.since_version or _may_stand(op, spec, since)


def _may_stand(op: ir.Operation, spec: OpSpec, since: int) -> bool:
    """Whether a node of version `since` with the op's attributes and values may be written as the op."""
    operands = [operand.type for operand in op.operands]
    while operands and is_none(operands[-1]):
        operands.pop()
    results = [result.type for result in op.results]
    return spec.name == "Constant" or means_the_same(
        spec.onnx_name,
        spec.domain,
        since,
        spec.since_version,
        set(_set_attributes(op, spec)),
        len(operands),
        lambda target: types_admitted(target, operands, results),
    )


def _set_attributes(op: ir.Operation, spec: OpSpec) -> Iterator[str]:
    """Names of attributes that a node of this op would set."""
    recorded = ATTRIBUTES.get(op.attributes, [])
    for name in op.attributes:
        if name in spec.attributes:
            default = spec.attributes[name].default_attribute()
            if name in recorded or default is None or op.attributes[name] != default:
                yield name
    yield from EXTRA.get(op.attributes, {})


def recorded_opsets(op: ir.Operation) -> Mapping[str, int] | None:
    """The opsets (by canonical domain) of the model or model-local function around `op`; None without a record."""
    around: ir.Operation | None = op
    while around is not None:
        function = FUNCTION.get(around.attributes)
        found = (
            OPSET_IMPORT.get(around.attributes)
            if function is None
            else FUNCTION_FIELDS["opset_import"].get(function)
        )
        if found is not None:
            return {canonical_domain(domain): version for domain, version in found.items()}
        parent = around.parent
        around = None if parent is None else parent.operation
    return None
