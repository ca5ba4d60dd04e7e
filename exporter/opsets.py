# SPDX-License-Identifier: Apache-2.0
"""Which opsets a model imports that has no record of it: the newest under which its ops mean what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import onnx

from ..dialect.bindings import ir
from ..dialect.diagnostics import error_at, op_error
from ..dialect.model_records import DOMAIN_NAME, FUNCTION, FUNCTION_FIELDS
from ..dialect.ops.schema import CURRENT_OPSET, DOMAINS, op_name, op_spec, spec_of
from ..dialect.ops.spec import OpSpec
from ..dialect.ops.versions import (
    canonical_domain,
    is_deprecated,
    newest_opset,
    types_admitted,
    version_in,
)
from ..dialect.opsets import fits

# IR versions.
_FUNCTIONS_SINCE = 8
_OVERLOADS_SINCE = 10


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
    second_best = 0
    for opset in right:
        versions = ((name, domain, version_in(name, domain, opset)) for name in names)
        if not any(is_deprecated(*version) for version in versions) and all(
            _admits_types(op, spec, opset) for op, spec in ops
        ):
            return opset
        second_best = second_best or opset
    if second_best:
        return second_best
    op, spec = max(ops, key=lambda item: item[1].since_version)
    _, other = min(ops, key=lambda item: item[1].since_version)
    raise op_error(
        op,
        f"stands for {spec.onnx_name}-{spec.since_version}, and no opset of domain '{domain or 'ai.onnx'}' has it "
        f"together with {other.onnx_name}-{other.since_version} (onnx.{other.name})",
    )


def _admits_types(op: ir.Operation, spec: OpSpec, opset: int) -> bool:
    """Whether the version of an op that an opset has admits the types of its values."""
    since = version_in(spec.onnx_name, spec.domain, opset)
    version = op_spec(op_name(spec.onnx_name, spec.domain, since))
    operands = [operand.type for operand in op.operands]
    results = [result.type for result in op.results]
    return version is None or types_admitted(version, operands, results)


def opset_protos(opsets: Mapping[str, int]) -> list[onnx.OperatorSetIdProto]:
    """The messages, in order."""
    return [
        onnx.OperatorSetIdProto(domain=domain, version=version)
        for domain, version in opsets.items()
    ]


def canonical(opsets: Mapping[str, int]) -> dict[str, int]:
    """Opsets by the one spelling of their domain."""
    return {canonical_domain(domain): version for domain, version in opsets.items()}


def default_ir_version(opsets: Mapping[str, int], functions: Iterable[ir.Operation]) -> int:
    """The oldest IR version that admits these opsets and model-local functions.  Source: onnx.in.proto."""
    try:
        found = onnx.helper.find_min_ir_version_for(opset_protos(opsets), ignore_unknown=True)
    except ValueError as error:
        raise error_at(str(error)) from None
    assert isinstance(found, int)
    for function in functions:
        overloaded = FUNCTION_FIELDS["overload"].get(FUNCTION.get(function.attributes, {}))
        found = max(found, _OVERLOADS_SINCE if overloaded else _FUNCTIONS_SINCE)
    return found
