# SPDX-License-Identifier: Apache-2.0
"""`--emit=ods`: the dialect in TableGen, from our own op specs, so that DRR can be checked without onnx-mlir.

onnx-opt --emit=ods -o onnx.td
onnx-opt --emit=drr --fold-bn-into-gemm -o rule.td
cat onnx.td rule.td | mlir-tblgen -gen-rewriters -I$(llvm-config --includedir)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..dialect.ops.attribute_kinds import (
    FLOAT,
    FLOATS,
    INT,
    INTS,
    STRING,
    STRINGS,
    SYMBOL,
    TYPE,
    UNIT,
    AttributeKind,
)
from ..dialect.ops.schema import all_op_names, op_spec
from ..dialect.ops.spec import AttributeSpec, OpSpec, ValueSpec
from ..dialect.types import BY_NAME
from .vocabulary import VOCABULARY

_HEAD = """\
// SPDX-License-Identifier: Apache-2.0
//
// The ONNX dialect as onnx-opt's op specs define it: what `mlir-tblgen -gen-rewriters` asks about ops, and the names
// that rules use.  Made by `onnx-opt --emit=ods`.

#ifndef ONNX_REWRITE
#define ONNX_REWRITE

include "mlir/IR/OpBase.td"
include "mlir/IR/PatternBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def ONNX_Dialect : Dialect {
  let name = "onnx";
  let cppNamespace = "::mlir";
}

class ONNX_Op<string mnemonic, list<Trait> traits = []> : Op<ONNX_Dialect, mnemonic, traits>;

def ONNX_StringType : DialectType<ONNX_Dialect, CPred<"::mlir::isa<::mlir::ONNXStringType>($_self)">, "string">;
def ONNX_SeqType : DialectType<ONNX_Dialect, CPred<"::mlir::isa<::mlir::SeqType>($_self)">, "sequence">;
def ONNX_OptType : DialectType<ONNX_Dialect, CPred<"::mlir::isa<::mlir::OptType>($_self)">, "optional">;

"""

_KINDS: dict[AttributeKind, str] = {
    FLOAT: "F32Attr",
    INT: "SI64Attr",
    STRING: "StrAttr",
    FLOATS: "F32ArrayAttr",
    INTS: "I64ArrayAttr",
    STRINGS: "StrArrayAttr",
    SYMBOL: "FlatSymbolRefAttr",
    TYPE: "TypeAttr",
    UNIT: "UnitAttr",
}


def as_ods() -> str:
    """The dialect, and the vocabulary of rules."""
    parts = [_HEAD]
    parts += [definition.text for definition in VOCABULARY.values() if definition.known]
    parts.append("\n")
    for name in all_op_names():
        spec = op_spec(name)
        assert spec is not None
        parts.append(_op(spec))
    parts.append("#endif // ONNX_REWRITE\n")
    return "".join(parts)


def _op(spec: OpSpec) -> str:
    operands = [f"{_value(operand)}:${operand.name}" for operand in spec.operands]
    attributes = [f"{_attribute(given)}:${given.name}" for given in attributes_of(spec)]
    results = [f"{_value(result)}:${result.name}" for result in spec.results]
    lines = [f'def ONNX{spec.name}Op : ONNX_Op<"{spec.name}", [{", ".join(_traits(spec))}]> {{']
    lines.append(f"  let arguments = (ins {_listed([*operands, *attributes])});")
    lines.append(f"  let results = (outs {_listed(results)});")
    if spec.regions:
        regions = [f"AnyRegion:${region}" for region in spec.regions]
        lines.append(f"  let regions = (region {_listed(regions)});")
    return "\n".join([*lines, "}", "", ""])


def attributes_of(spec: OpSpec) -> tuple[AttributeSpec, ...]:
    """The attributes in the order in which onnx-mlir declares them: by name."""
    return tuple(spec.attributes[name] for name in sorted(spec.attributes))


def _traits(spec: OpSpec) -> Iterator[str]:
    if spec.pure:
        yield "Pure"
    variadic = sum(operand.arity == "variadic" for operand in spec.operands)
    if variadic > 1:
        yield "SameVariadicOperandSize"
    if sum(result.arity == "variadic" for result in spec.results) > 1:
        yield "SameVariadicResultSize"


def _listed(entries: list[str]) -> str:
    return ",\n    ".join(entries)


def _value(value: ValueSpec) -> str:
    if value.types is None:
        return "Variadic<AnyType>" if value.arity == "variadic" else "AnyType"
    types = [_TENSOR_OF[name] for name in sorted(value.types) if name in _TENSOR_OF]
    inside = [f"TensorOf<[{', '.join(types)}]>"] if types else []
    inside += ["ONNX_SeqType"] * any(name.startswith("seq(") for name in value.types)
    inside += ["ONNX_OptType"] * any(name.startswith("optional(") for name in value.types)
    inside += ["NoneType"] * (value.arity == "optional")
    shown = f"AnyTypeOf<[{', '.join(inside)}]>" if inside else "AnyType"
    return f"Variadic<{shown}>" if value.arity == "variadic" else shown


def _element(asm: str, name: str) -> str:
    """An element type as TableGen calls it."""
    if name == "string":
        return "ONNX_StringType"
    if name.startswith("complex"):
        return f"Complex<{asm.removeprefix('complex<').removesuffix('>').upper()}>"
    if asm[0] in "ui" and asm.strip("ui") in ("2", "4"):
        return f"{asm.rstrip('24').upper()}<{asm.strip('ui')}>"
    return asm.upper()


_TENSOR_OF = {f"tensor({name})": _element(row.asm, name) for name, row in BY_NAME.items()}


def _attribute(spec: AttributeSpec) -> str:
    kind = _KINDS.get(spec.kind, "AnyAttr")
    if spec.default is not None:
        return (
            f'DefaultValued{"Str" * (spec.kind is STRING)}Attr<{kind}, "{_number(spec.default)}">'
        )
    return kind if spec.required or spec.kind is UNIT else f"OptionalAttr<{kind}>"


def _number(default: Any) -> str:
    if isinstance(default, (list, tuple)):
        return f"{{{', '.join(map(_number, default))}}}"  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return str(default)
