# SPDX-License-Identifier: Apache-2.0
"""Which opsets a model imports that has no record of it: the newest under which its ops mean what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import onnx

from ..dialect.bindings import ir
from ..dialect.diagnostics import error_at, op_error
from ..dialect.model_records import ATTRIBUTES, DOMAIN_NAME, EXTRA
from ..dialect.ops.schema import CURRENT_OPSET, DOMAINS, op_spec, spec_of
from ..dialect.ops.spec import OpSpec
from ..dialect.ops.versions import (
    canonical_domain,
    is_deprecated,
    means_the_same,
    newest_opset,
    types_admitted,
    version_in,
)
from ..dialect.types import is_none


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


def chosen_opsets(module: ir.Module) -> dict[str, int]:
    """The newest opsets under which all ops of a module are right.  Raises DiagnosticError if there are none.

    The plain names of ops are those of opset `CURRENT_OPSET`, so newer ones are taken only where an op needs them.
    """
    used: dict[str, list[tuple[ir.Operation, OpSpec]]] = {"": []}
    custom: dict[str, int] = {}

    def visit(op: ir.Operation) -> ir.WalkResult:
        spec = spec_of(op)
        if spec and spec.custom:
            custom.setdefault(canonical_domain(DOMAIN_NAME.get(op.attributes, "")), 1)
        elif spec and spec.since_version:
            used.setdefault(spec.domain, []).append((op, spec))
        return ir.WalkResult.ADVANCE

    module.operation.walk(visit)
    found = {domain: _newest(domain, ops) for domain, ops in used.items()}
    return found | {domain: version for domain, version in custom.items() if domain not in DOMAINS}


def _newest(domain: str, ops: list[tuple[ir.Operation, OpSpec]]) -> int:
    newest = newest_opset(domain)
    preferred = min(CURRENT_OPSET, newest) if not domain else newest
    candidates: list[int] = [*range(preferred, 0, -1), *range(preferred + 1, newest + 1)]
    right = (
        opset for opset in candidates if all(fits(op, spec, {domain: opset}) for op, spec in ops)
    )
    names = {spec.onnx_name for _, spec in ops}
    deprecated: list[int] = []
    for opset in right:
        versions = ((name, domain, version_in(name, domain, opset)) for name in names)
        if not any(is_deprecated(*version) for version in versions):
            return opset
        deprecated.append(opset)
    if deprecated:
        return deprecated[0]
    op, spec = max(ops, key=lambda item: item[1].since_version)
    _, other = min(ops, key=lambda item: item[1].since_version)
    raise op_error(
        op,
        f"stands for {spec.onnx_name}-{spec.since_version}, and no opset of domain '{domain or 'ai.onnx'}' has it "
        f"together with {other.onnx_name}-{other.since_version} (onnx.{other.name})",
    )


def opset_protos(opsets: Mapping[str, int]) -> list[onnx.OperatorSetIdProto]:
    """The messages, in order."""
    return [
        onnx.OperatorSetIdProto(domain=domain, version=version)
        for domain, version in opsets.items()
    ]


def canonical(opsets: Mapping[str, int]) -> dict[str, int]:
    """Opsets by the one spelling of their domain."""
    return {canonical_domain(domain): version for domain, version in opsets.items()}


def default_ir_version(opsets: Mapping[str, int]) -> int:
    """The oldest IR version that admits these opsets."""
    try:
        found = onnx.helper.find_min_ir_version_for(opset_protos(opsets), ignore_unknown=True)
    except ValueError as error:
        raise error_at(str(error)) from None
    assert isinstance(found, int)
    return found
