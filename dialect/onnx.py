# SPDX-License-Identifier: Apache-2.0
"""The op classes of the onnx dialect: `onnx.Gemm`, `onnx.SqueezeV11`, `onnx.BatchNormalizationInferenceMode`, ...

A class is made from its `OpSpec` when it is first named.  Its instances are MLIR op views with an accessor for each
operand, result, attribute and region:

    gemm = onnx.Gemm(A=x, B=w, C=None, transB=1)      # builder; result types are inferred if not given
    gemm.A, gemm.B                                    # ir.Value
    gemm.C                                            # None: the optional operand is absent
    gemm.alpha                                        # 1.0: the default
    gemm.Y                                            # ir.OpResult
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from .bindings import ir, register_dialect, register_operation
from .diagnostics import did_you_mean
from .ops.attributes import get_attribute
from .ops.schema import PREFIX, all_op_names, op_spec, spec_of
from .ops.spec import AttributeSpec, OpSpec, ValueSpec
from .types import is_none


@register_dialect
class OnnxDialect(ir.Dialect):
    """The dialect, as the bindings want to know it."""

    DIALECT_NAMESPACE = "onnx"


class OnnxOp(ir.OpView):
    """Base of every op class of the dialect."""

    SPEC: ClassVar[OpSpec]

    def __init__(
        self,
        *operands: ir.Value | Sequence[ir.Value] | None,
        results: Sequence[ir.Type] | None = None,
        loc: ir.Location | None = None,
        ip: ir.InsertionPoint | None = None,
        **named: Any,
    ) -> None:
        """Build the op at `ip` (default: the current insertion point).

        Operands go by position or by name; None leaves an optional one out, a variadic takes a sequence.  Attributes go
        by name and take Python values or MLIR attributes; further names prefixed with `onnx_` become discardable
        attributes.  Regions are made empty.  `results` are the result types; where they are not given, ONNX's shape
        inference says them.  Raises TypeError for names that the op does not have.
        """
        spec = self.SPEC
        values = dict(zip((operand.name for operand in spec.operands), operands, strict=False))
        if len(operands) > len(spec.operands):
            raise TypeError(
                f"{PREFIX}{spec.name} takes {len(spec.operands)} operands, got {len(operands)}"
            )
        attributes: dict[str, ir.Attribute] = {}
        for name, value in named.items():
            if any(operand.name == name for operand in spec.operands):
                values[name] = value
            elif value is not None:
                attributes[name] = _named_attribute(spec, name, value)
        flat = _flat_operands(spec, values, loc, ip)
        if results is None:
            from .ops.inference import infer_result_types

            results = infer_result_types(spec, flat, attributes)
        super().__init__(
            self.OPERATION_NAME,
            (len(spec.regions), True),
            None,
            None,
            operands=flat,
            results=list(results),
            attributes=attributes,
            regions=len(spec.regions),
            loc=loc,
            ip=ip,
        )

    if TYPE_CHECKING:
        # Operands, results, attributes and regions, by the names in the spec.
        def __getattr__(self, name: str) -> Any: ...


def _named_attribute(spec: OpSpec, name: str, value: Any) -> ir.Attribute:
    if attribute := spec.attributes.get(name):
        return attribute.kind.attribute(value)
    if not name.startswith("onnx_"):
        known = [*spec.attributes, *(operand.name for operand in spec.operands)]
        raise TypeError(
            f"{PREFIX}{spec.name} has no operand or attribute '{name}'{did_you_mean(name, known)}"
        )
    return value if isinstance(value, ir.Attribute) else ir.StringAttr.get(value)


def _flat_operands(
    spec: OpSpec, values: dict[str, Any], loc: ir.Location | None, ip: ir.InsertionPoint | None
) -> list[ir.Value]:
    flat: list[ir.Value] = []
    absent: ir.Value | None = None
    for operand in spec.operands:
        value = values.get(operand.name)
        if operand.arity == "variadic":
            flat.extend(value or ())
        elif value is not None:
            flat.append(value)
        elif operand.arity == "single":
            raise TypeError(f"{PREFIX}{spec.name} needs operand '{operand.name}'")
        else:
            absent = absent or no_value(loc=loc, ip=ip)
            flat.append(absent)
    return flat


def no_value(*, loc: ir.Location | None = None, ip: ir.InsertionPoint | None = None) -> ir.Value:
    """The result of a new onnx.NoValue: what stands for an optional operand that is left out."""
    return create("NoValue", results=[ir.NoneType.get()], loc=loc, ip=ip).results[0]


def create(
    name: str,
    operands: Sequence[ir.Value] = (),
    *,
    results: Sequence[ir.Type] = (),
    attributes: Mapping[str, ir.Attribute] | None = None,
    regions: int = 0,
    loc: ir.Location | None = None,
    ip: ir.InsertionPoint | None = None,
) -> ir.Operation:
    """`onnx.<name>` just as it is given, for those who make many: nothing is inferred, checked or filled in.

    Raises KeyError if the dialect has no such op.
    """
    full_name = op_class(name).OPERATION_NAME
    return ir.Operation.create(full_name, results, operands, attributes, None, regions, loc, ip)


@cache
def op_class(name: str) -> type[OnnxOp]:
    """The class of `onnx.<name>`.  Raises KeyError if the dialect has no such op."""
    spec = op_spec(name)
    if spec is None:
        raise KeyError(name)
    members: dict[str, Any] = {
        "OPERATION_NAME": PREFIX + name,
        "SPEC": spec,
        "__doc__": _doc(spec),
        "__module__": __name__,
    }
    members |= {region: _region(index) for index, region in enumerate(spec.regions)}
    members |= {attribute.name: _attribute(attribute) for attribute in spec.attributes.values()}
    members |= {
        result.name: _value("results", index, result) for index, result in enumerate(spec.results)
    }
    members |= {
        operand.name: _value("operands", index, operand)
        for index, operand in enumerate(spec.operands)
    }
    # `operands` of onnx.Return and the like: the view has them already.
    members = {name: member for name, member in members.items() if name not in _VIEW_MEMBERS}
    cls: type[OnnxOp] = register_operation(OnnxDialect)(type(name, (OnnxOp,), members))
    return cls


def make_op_classes(module: ir.Module) -> None:
    """Make the class of every onnx op in `module`, so that the ops show themselves as such."""

    def visit(op: ir.Operation) -> ir.WalkResult:
        if spec := spec_of(op):
            op_class(spec.name)
        return ir.WalkResult.ADVANCE

    module.operation.walk(visit)


_VIEW_MEMBERS = frozenset(name for name in dir(ir.OpView) if not name.startswith("__"))


def _value(group: str, index: int, value: ValueSpec) -> property:
    """Accessor of one formal operand or result: a value, None if it is left out, a list if it is variadic."""

    def single(op: OnnxOp) -> ir.Value | None:
        found: ir.Value = getattr(op, group)[index]
        return None if is_none(found.type) else found

    def variadic(op: OnnxOp) -> list[ir.Value]:
        return list(getattr(op, group))[index:]

    return property(variadic if value.arity == "variadic" else single)


def _attribute(attribute: AttributeSpec) -> property:
    """Accessor of one attribute: its Python value, the default where it is not set; assignment sets it."""

    def get(op: OnnxOp) -> Any:
        found = get_attribute(op, attribute.name)
        return attribute.default if found is None else attribute.kind.value(found)

    def set_(op: OnnxOp, value: Any) -> None:
        with op.context:
            op.attributes[attribute.name] = attribute.kind.attribute(value)

    return property(get, set_)


def _region(index: int) -> property:
    return property(lambda op: op.regions[index])


def _doc(spec: OpSpec) -> str:
    """The class's docstring: ONNX's own text, then what the op takes and gives."""
    version = (
        f" ({spec.domain or 'ai.onnx'} {spec.onnx_name}-{spec.since_version})"
        if spec.since_version
        else ""
    )
    lines = [f"onnx.{spec.name}{version}", "", spec.doc.strip(), ""]
    for title, values in (("Operands", spec.operands), ("Results", spec.results)):
        if values:
            lines.append(f"{title}:")
            lines += [
                f"    {value.name} ({value.arity}): {', '.join(sorted(value.types or ['any type']))}"
                for value in values
            ]
    if spec.attributes:
        lines.append("Attributes:")
        for attribute in spec.attributes.values():
            rest = "required" if attribute.required else f"default {attribute.default!r}"
            lines.append(f"    {attribute.name} ({attribute.kind.name}, {rest})")
    return "\n".join(lines)


def __getattr__(name: str) -> type[OnnxOp]:
    if name.startswith("_"):
        raise AttributeError(name)
    try:
        found = globals()[name] = op_class(name)
    except KeyError:
        hint = did_you_mean(name, all_op_names())
        raise AttributeError(f"the onnx dialect has no op '{name}'{hint}") from None
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *all_op_names()])
