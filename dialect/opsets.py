# SPDX-License-Identifier: Apache-2.0
"""Whether an op may stand in a model: if a node under the model's opsets would be this op, or under newer ones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from .bindings import ir
from .context import state_of
from .model_records import ATTRIBUTES, EXTRA, FUNCTION, FUNCTION_FIELDS, OPSET_IMPORT
from .ops.schema import op_spec, spec_of
from .ops.spec import OpSpec
from .ops.versions import (
    BROADCAST,
    canonical_domain,
    means_the_same,
    newest_opset,
    says_broadcast,
    types_admitted,
    version_in,
)
from .types import is_none, shape_of


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


def may_be_made(op: ir.Operation, spec: OpSpec, opsets: Mapping[str, int]) -> bool:
    """Whether an op that was built or changed fits: also one whose node asked for broadcasting, for other sizes."""
    since = version_in(spec.onnx_name, spec.domain, opsets.get(spec.domain, 0))
    asks = BROADCAST not in spec.attributes and says_broadcast(spec.onnx_name, spec.domain, since)
    return fits(op, spec, opsets) and (not asks or _can_broadcast(op))


def _may_stand(op: ir.Operation, spec: OpSpec, since: int) -> bool:
    """Whether a node of version `since` with the op's attributes and values may be written as the op."""
    operands = [operand.type for operand in op.operands]
    while operands and is_none(operands[-1]):
        operands.pop()
    results = [result.type for result in op.results]
    if _may_ask(op, spec, since) and not _can_broadcast(op):
        return False
    return spec.name == "Constant" or means_the_same(
        spec.onnx_name,
        spec.domain,
        since,
        spec.since_version,
        set(_set_attributes(op, spec)),
        len(operands),
        lambda target: types_admitted(target, operands, results),
    )


def needs_broadcast(op: ir.Operation, spec: OpSpec, since: int) -> bool:
    """Whether a node of version `since` has to ask for the broadcasting of its last operand, and the op does not."""
    if not _may_ask(op, spec, since):
        return False
    return shape_of(op.operands[-1].type) != shape_of(op.results[0].type)


def _may_ask(op: ir.Operation, spec: OpSpec, since: int) -> bool:
    return (
        BROADCAST not in spec.attributes
        and says_broadcast(spec.onnx_name, spec.domain, since)
        and BROADCAST not in EXTRA.get(op.attributes, {})
    )


def _can_broadcast(op: ir.Operation) -> bool:
    """Whether only the last operand is broadcast, and along leading axes, as far as sizes are known."""
    operands = [operand.type for operand in op.operands if not is_none(operand.type)]
    shapes = operands[0], operands[-1], op.results[0].type
    first, last, whole = map(shape_of, shapes)
    if first is None or last is None or whole is None:
        return True
    if len(operands) > 2:
        first = whole  # A Gemm broadcasts none but C.
    if len(first) != len(whole) or len(last) > len(whole):
        return False
    sizes = list(zip(first, whole, strict=True))
    if math.prod(last) != 1:
        sizes += zip(last, whole[len(whole) - len(last) :], strict=True)
    return all(a == b or min(a, b) < 0 for a, b in sizes)


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
        attributes = around.attributes
        function = FUNCTION.get(attributes)
        record = (
            attributes.get(OPSET_IMPORT.name)
            if function is None
            else function.get(FUNCTION_FIELDS["opset_import"].name)
        )
        if record is not None:
            # Rewrites ask for each op that they make: to read the record each time is 3 % of a fold.
            known = state_of(op.context, _ReadRecords)
            found = known.get(hash(record))
            if found is None:
                found = known[hash(record)] = _by_canonical_domain(record)
            return found
        parent = around.parent
        around = None if parent is None else parent.operation
    return None


class _ReadRecords(dict[int, "Mapping[str, int]"]):
    """What records of opsets say, by their hash: where an attribute lies in its context, for good."""


def _by_canonical_domain(record: object) -> Mapping[str, int]:
    found = OPSET_IMPORT.form.read(record)
    return {canonical_domain(domain): version for domain, version in found.items()}


def raise_opsets(op: ir.Operation) -> None:
    """Let the model around `op` import opsets that have its ops, where one does not fit those that it imports.

    Where no opset has all of them the record stays; the exporter says so.  Model-local functions keep theirs.  The
    context of `op` has to be the current one.
    """
    model = op
    while model.parent is not None:
        model = model.parent.operation
    recorded = OPSET_IMPORT.get(model.attributes)
    if recorded is None:
        return
    used: dict[str, list[tuple[ir.Operation, OpSpec]]] = {}

    def visit(inner: ir.Operation) -> ir.WalkResult:
        if FUNCTION.get(inner.attributes) is not None:
            return ir.WalkResult.SKIP
        spec = spec_of(inner)
        if spec is not None and spec.since_version and not spec.custom:
            used.setdefault(spec.domain, []).append((inner, spec))
        return ir.WalkResult.ADVANCE

    model.walk(visit, ir.WalkOrder.PRE_ORDER)
    raised = dict(recorded)
    for spelled, version in recorded.items():
        domain = canonical_domain(spelled)
        ops = used.get(domain, [])
        missing = [spec for each, spec in ops if not fits(each, spec, {domain: version})]
        if not missing:
            continue
        since = max(spec.since_version for spec in missing)
        candidates = [*range(since, newest_opset(domain) + 1), *range(version, since)]
        raised[spelled] = next(
            (
                opset
                for opset in candidates
                if all(fits(each, spec, {domain: opset}) for each, spec in ops)
            ),
            version,
        )
    if raised != dict(recorded):
        from onnx.helper import make_opsetid

        records: Any = model.attributes
        OPSET_IMPORT.put(records, [make_opsetid(*each) for each in raised.items()])
