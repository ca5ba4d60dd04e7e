# SPDX-License-Identifier: Apache-2.0
"""Which op of the dialect a node is, and whether it has what this op asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import onnx

from ..dialect.bindings import ir
from ..dialect.dataclass import dataclass
from ..dialect.diagnostics import did_you_mean
from ..dialect.ops.attribute_kinds import INT, TYPE
from ..dialect.ops.schema import DOMAINS, all_versions, op_name, op_spec
from ..dialect.ops.spec import OpSpec
from ..dialect.ops.versions import (
    canonical_domain,
    is_deprecated,
    name_of_node,
    new_meaning,
    newest_opset,
    version_in,
)
from .attributes import NodeAttributes, cast_target
from .errors import ModelError, NodeError

_INFERENCE_INPUTS = 5


@dataclass(frozen=True)
class Operator:
    """What the op type of a node means under the opsets that its graph imports.

    name: op type.  since: version of the op; 0 for a custom one.
    """

    name: str
    domain: str
    since: int


class Operators:
    """The operators that one graph may use: its opsets, and the model-local functions.

    functions: (domain, name, overload) of each; a function hides an ONNX op of the same name.  warn: told of each
    deprecated operator that is used, once.
    """

    def __init__(
        self,
        opsets: Mapping[str, int],
        functions: frozenset[tuple[str, str, str]],
        warn: Callable[[str], None],
    ) -> None:
        self._warn = warn
        self._opsets = opsets
        self._functions = functions
        self._found: dict[tuple[str, str, str], Operator] = {}

    def of(self, node: onnx.NodeProto) -> Operator:
        """The operator of a node.  Raises NodeError."""
        key = (node.domain, node.op_type, node.overload)
        found = self._found.get(key)
        if found is None:
            try:
                found = self._found[key] = self._resolve(*key)
            except ModelError as error:
                raise NodeError(node, str(error)) from None
        return found

    def _resolve(self, spelled: str, name: str, overload: str) -> Operator:
        domain = canonical_domain(spelled)
        if (domain, name, overload) in self._functions:
            return Operator(name, domain, 0)
        shown = domain or "ai.onnx"
        if domain not in DOMAINS:
            return Operator(name, domain, 0)  # Whatever its opset, nothing is known of it.
        if domain not in self._opsets:
            raise ModelError(f"the model imports no opset of domain '{shown}'")
        opset = self._opsets[domain]
        since = version_in(name, domain, opset)
        if not since:
            versions = all_versions(domain)
            if name not in versions:
                close = did_you_mean(name, versions)
                raise ModelError(f"domain '{shown}' has no op '{name}'{close}")
            first = min(versions[name])
            raise ModelError(
                f"opset {opset} of domain '{shown}' has no {name}: it came with opset {first}"
            )
        if is_deprecated(name, domain, since):
            changed = new_meaning(name, since)
            later = f", and means something else from opset {changed} on" if changed else ""
            self._warn(f"{name} is deprecated in opset {opset}, which the model imports{later}")
        return Operator(name, domain, since)


def check_opsets(opsets: Mapping[str, int]) -> None:
    """Raise ModelError for an opset that is newer than the installed onnx knows."""
    for domain, version in opsets.items():
        if domain in DOMAINS and version > newest_opset(domain):
            raise ModelError(
                f"opset {version} of domain '{domain or 'ai.onnx'}' is newer than onnx {onnx.__version__} knows "
                f"({newest_opset(domain)}); a newer onnx may help"
            )


def spec_for(
    operator: Operator,
    node: onnx.NodeProto,
    found: NodeAttributes,
    operands: int,
    types_fit: Callable[[OpSpec], bool],
) -> OpSpec:
    """The dialect's op for a node whose operator, attributes and number of operands are known.

    types_fit: whether the types of the node's values are ones that an op admits; asked only where this decides.
    """
    if not operator.since or found.references:
        # A reference makes the value of an attribute unknown: the op must not look as if it had the default.
        return _spec("Custom")
    name, kinds = operator.name, found.kinds
    if not operator.domain:
        if name == "BatchNormalization" and is_inference_mode(node, operator.since, found):
            return _spec("BatchNormalizationInferenceMode")
        if name == "MaxPool" and not any(node.output[1:]):
            name = name_of_node(name, "", operator.since, kinds, operands, lambda _: True)
            return _spec("MaxPoolSingleOut" if name == "MaxPool" else name)
    return _spec(name_of_node(name, operator.domain, operator.since, kinds, operands, types_fit))


def _spec(name: str) -> OpSpec:
    spec = op_spec(name)
    assert spec is not None, name
    return spec


def is_inference_mode(node: onnx.NodeProto, since: int, found: NodeAttributes) -> bool:
    """Whether a BatchNormalization normalizes with the statistics that it is given, per channel.

    1. Version 14 on: `training_mode` is 0 (the default).
    2. Versions 7 and 9: it has one result.
    3. Versions 1 and 6: `is_test` is not 0 (the default is).
    Before version 9 `spatial` = 0 (the default is 1) means statistics for each element, which is another computation.
    """
    if len(node.input) != _INFERENCE_INPUTS or any(node.output[1:]):
        return False
    if since >= 14:
        return not _flag(found, "training_mode", 0)
    return bool(_flag(found, "spatial", 1)) and (since >= 7 or bool(_flag(found, "is_test", 0)))


def _flag(found: NodeAttributes, name: str, default: int) -> int:
    attribute = found.values.get(name)
    return attribute.value if isinstance(attribute, ir.IntegerAttr) else default


def check_attributes(
    node: onnx.NodeProto, operator: Operator, spec: OpSpec, found: NodeAttributes
) -> None:
    """Check that the op has such attributes, of these kinds; make Cast's `to` a type.  Raises NodeError."""
    if spec.custom:
        return
    exact = _exact_spec(operator)
    for name, kind in found.kinds.items():
        expected = exact.attributes.get(name)
        if expected is None:
            # Names with two underscores are ONNX's own way to mark what a tool left on a node.
            if name not in exact.regions and not name.startswith("__"):
                hint = did_you_mean(name, exact.attributes)
                raise NodeError(
                    node, f"{operator.name}-{operator.since} has no attribute '{name}'{hint}"
                )
        elif expected.kind is TYPE and kind is INT:
            value = found.values[name]
            assert isinstance(value, ir.IntegerAttr)
            try:
                found.values[name] = cast_target(value.value)
            except ModelError as error:
                raise NodeError(node, f"attribute '{name}': {error}") from None
        elif expected.kind is not kind:
            got = kind.name if kind and kind.expected else "another"
            raise NodeError(
                node, f"attribute '{name}' must be of kind {expected.kind.name}, got {got}"
            )


@cache
def _exact_spec(operator: Operator) -> OpSpec:
    return _spec(op_name(operator.name, operator.domain, operator.since))


def check_counts(node: onnx.NodeProto, operator: Operator, operands: int) -> None:
    """Check that the op has as many operands and results as the node has inputs and outputs.  Raises NodeError."""
    if not operator.since:
        return
    spec = _exact_spec(operator)
    for noun, formals, names in (
        ("input", spec.operands, node.input),
        ("output", spec.results, node.output),
    ):
        count = operands if noun == "input" else len(names)
        if (not formals or formals[-1].arity != "variadic") and count > len(formals):
            raise NodeError(
                node,
                f"{operator.name}-{operator.since} has at most {len(formals)} {noun}s, got {count}",
            )
        for index, formal in enumerate(formals):
            if formal.arity == "single" and (
                index >= len(names) or (noun == "input" and not names[index])
            ):
                raise NodeError(node, f"{noun} '{formal.name}' is required, but it is left out")
