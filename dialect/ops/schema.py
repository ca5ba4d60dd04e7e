# SPDX-License-Identifier: Apache-2.0
"""What each op of the dialect takes and gives: ONNX's schemas under onnx-mlir's names.

`op_spec("Gemm")` describes the op `onnx.Gemm`.  Everything comes from `onnx.defs`, for every domain and every version
that the installed onnx has; the few ops that the schemas do not know are in `extra_ops.py`.

Names follow onnx-mlir: the version of an op that onnx-mlir treats as current has the plain name, any other version
carries a suffix (`onnx.SqueezeV11`).  "Current" is, with the exceptions of `_PINNED`, the newest version up to opset 22
(source: `version_dict` in onnx-mlir's utils/gen_onnx_mlir.py, July 2026); an op born later has its first version.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, cast

import onnx.defs as defs
from onnx import helper

from ..bindings import ir
from ..dataclass import replace
from ..types import ELEMENT_TYPES, normalized_type_name
from .attribute_kinds import BY_ONNX, GRAPH, TYPE
from .extra_ops import EXTRA_OPS
from .spec import Arity, AttributeSpec, OpSpec, ValueSpec

PREFIX = "onnx."
"""What the full name of each op of the dialect begins with."""

DOMAINS = ("", "ai.onnx.ml", "ai.onnx.preview.training", "ai.onnx.preview")

CURRENT_OPSET = 22
_PINNED = {
    "Attention": 24,
    "CastLike": 19,
    "Constant": 19,
    "ConstantOfShape": 20,
    "DequantizeLinear": 19,
    "GlobalLpPool": 2,
    "LabelEncoder": 2,
    "QLinearMatMul": 10,
    "QuantizeLinear": 19,
    "TreeEnsembleClassifier": 1,
    "TreeEnsembleRegressor": 1,
}
_NAMED = {
    "Clip": (6, 11, 12),
    "DFT": (17,),
    "GridSample": (16,),
    "GroupNormalization": (18,),
    "Pad": (2, 11, 13, 18),
    "ReduceL1": (13,),
    "ReduceL2": (13,),
    "ReduceLogSum": (13,),
    "ReduceLogSumExp": (13,),
    "ReduceMax": (13, 18),
    "ReduceMean": (13,),
    "ReduceMin": (13, 18),
    "ReduceProd": (13,),
    "ReduceSum": (11,),
    "ReduceSumSquare": (13,),
    "Resize": (10, 11, 13, 18),
    "Softmax": (11,),
    "Split": (11, 13),
    "Squeeze": (11,),
    "Unsqueeze": (11,),
    "Upsample": (7,),
}
"""The versions that onnx-mlir has beside the plain ones.  Source: `version_dict` of its utils/gen_onnx_mlir.py."""
_VERSIONED = re.compile(r"(.+)V(\d+)")


def current_version(onnx_name: str, domain: str) -> int:
    """The version of an ONNX op that has the plain name in the dialect; 0 if the domain has no such op."""
    if onnx_name in _PINNED:
        return _PINNED[onnx_name]
    if domain not in DOMAINS or not defs.has(onnx_name, domain):
        return 0
    try:
        return int(
            defs.get_schema(
                onnx_name, CURRENT_OPSET if not domain else 1 << 30, domain
            ).since_version
        )
    except defs.SchemaError:
        return min(all_versions(domain)[onnx_name])


def onnx_mlir_version(onnx_name: str, domain: str, since_version: int) -> int:
    """The version whose name onnx-mlir's importer gives to an op of version `since_version`; 0 if it has no such op.

    The next one that it has, whether or not that means the same.
    """
    current = current_version(onnx_name, domain)
    later = (version for version in _NAMED.get(onnx_name, ()) if since_version <= version < current)
    return next(later, current) if not domain else current


@cache
def all_versions(domain: str) -> dict[str, list[int]]:
    """The versions of each ONNX op of a domain that the installed onnx knows."""
    versions: dict[str, list[int]] = {}
    for schema in defs.get_all_schemas_with_history():
        if schema.domain == domain:
            versions.setdefault(schema.name, []).append(schema.since_version)
    return versions


def op_name(onnx_name: str, domain: str, since_version: int) -> str:
    """The dialect's name of one version of an ONNX op: `Squeeze`, `SqueezeV11`."""
    plain = since_version == current_version(onnx_name, domain)
    return onnx_name if plain else f"{onnx_name}V{since_version}"


def all_op_names() -> list[str]:
    """Every op of the dialect, sorted."""
    names = {
        op_name(s.name, s.domain, s.since_version) for s in defs.get_all_schemas_with_history()
    }
    return sorted(names | set(EXTRA_OPS))


@cache
def op_spec(name: str) -> OpSpec | None:
    """The spec of `onnx.<name>`, or None if the dialect has no such op."""
    if extra := EXTRA_OPS.get(name):
        return extra
    schema = _find_schema(name)
    return _from_schema(name, schema) if schema else None


def spec_of(op: ir.Operation | ir.OpView) -> OpSpec | None:
    """The spec of an op; None for one that the dialect does not have."""
    return _spec_of(op.name)


@cache
def _spec_of(full_name: str) -> OpSpec | None:
    return op_spec(full_name[len(PREFIX) :]) if full_name.startswith(PREFIX) else None


def _find_schema(name: str) -> Any:
    versioned = _VERSIONED.fullmatch(name)
    for onnx_name, version in (
        (name, 0),
        (versioned[1], int(versioned[2])) if versioned else ("", 0),
    ):
        for domain in DOMAINS:
            current = (
                current_version(onnx_name, domain)
                if onnx_name and defs.has(onnx_name, domain)
                else 0
            )
            if not current or version == current:
                continue
            try:
                schema = defs.get_schema(onnx_name, version or current, domain)
            except defs.SchemaError:
                continue
            if schema.since_version == (version or current):
                return schema
    return None


# The stubs of onnx say little about schemas, and not all of it is right: they are `Any` from here on.
_NON_DETERMINISTIC = cast(Any, defs.OpSchema).NodeDeterminism.NonDeterministic


def _from_schema(name: str, schema: Any) -> OpSpec:
    attributes: dict[str, AttributeSpec] = {}
    regions: list[str] = []
    optional_regions: set[str] = set()
    for attribute in schema.attributes.values():
        if attribute.type.value == GRAPH.onnx:
            regions.append(attribute.name)
            if not attribute.required:
                optional_regions.add(attribute.name)
        else:
            attributes[attribute.name] = _attribute_spec(schema, attribute)
    # `If` declares else before then; onnx-mlir and every reader of If want then first.
    regions.sort(key=("then_branch", "else_branch").index if "then_branch" in regions else None)
    operands = tuple(_value_spec(schema, value, "") for value in schema.inputs)
    taken = {value.name for value in operands} | set(attributes)
    results = tuple(
        _value_spec(schema, value, "o_" if _identifier(value.name) in taken else "")
        for value in schema.outputs
    )
    if schema.name == "Constant":
        # It stands for initializers too, which may have types that Constant got later or does not have.
        every = frozenset(f"tensor({row.name})" for row in ELEMENT_TYPES)
        results = tuple(replace(result, types=every) for result in results)
    return OpSpec(
        name=name,
        onnx_name=schema.name,
        domain=schema.domain,
        since_version=schema.since_version,
        operands=operands,
        results=results,
        attributes=attributes,
        regions=tuple(regions),
        optional_regions=frozenset(optional_regions),
        deterministic=schema.node_determinism != _NON_DETERMINISTIC,
        constant_like=schema.name == "Constant",
        doc=schema.doc or "",
    )


def _attribute_spec(schema: Any, attribute: Any) -> AttributeSpec:
    # The one attribute that onnx-mlir gives another type: the element type that Cast casts to.
    is_cast_to = (schema.name, attribute.name) == ("Cast", "to")
    kind = TYPE if is_cast_to else BY_ONNX[attribute.type.value]
    default = None
    if attribute.default_value is not None and attribute.default_value.name:
        default = helper.get_attribute_value(attribute.default_value)
        if isinstance(default, bytes):
            default = default.decode()
        elif not isinstance(default, (int, float, str)):
            default = tuple(item.decode() if isinstance(item, bytes) else item for item in default)
    return AttributeSpec(attribute.name, kind, required=attribute.required, default=default)


def _value_spec(schema: Any, value: Any, prefix: str) -> ValueSpec:
    option = defs.OpSchema.FormalParameterOption
    arity: Arity = "single"
    if value.option == option.Optional:
        arity = "optional"
    elif value.option == option.Variadic:
        arity = "variadic"
    variables = {constraint.type_param_str for constraint in schema.type_constraints}
    bound = value.type_str in variables and (arity != "variadic" or value.is_homogeneous)
    return ValueSpec(
        name=prefix + _identifier(value.name),
        arity=arity,
        types=frozenset(normalized_type_name(name) for name in value.types),
        variable=value.type_str if bound else "",
        min_count=value.min_arity,
    )


def _identifier(name: str) -> str:
    """Split-1 calls its result `outputs...`."""
    return name.rstrip(".")
