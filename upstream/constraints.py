# SPDX-License-Identifier: Apache-2.0
"""What the constraints of a pattern say about an instance: which of them hold.

The C++ of `vocabulary.py`, said once more in Python, for choosing tests: each negative one has to miss its own
condition and no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from ..dialect.bindings import ir
from ..dialect.constants import constant_value
from ..dialect.types import DYNAMIC, element_type, is_none, shape_of
from ..passes.rewriting.terms import OpTerm
from .cases import UnsayableError
from .dags import Dag
from .instances import Instance
from .sources import Ask, Source, code_of_type

_ASK = re.compile(r'\((\w+)(?:<"?([^">]*)"?>)?(?::\$(\w+))?((?: ?\$\w+,?)*)\)')


def environment(source: Source, instance: Instance) -> dict[str, Any]:
    """What the symbols of a source stand for: values of the IR, and Python values of attributes."""
    found: dict[str, Any] = {
        source.names[term]: value for term, value in instance.values.items() if term in source.names
    }
    for (op, name), symbol in source.attributes.items():
        found[symbol] = getattr(_owner(instance.values[op]).opview, name)
    # An operand that is left out is the result of an onnx.NoValue.
    dags = {dag.symbol: dag for dag in _dags(source.dag)}
    for term, value in instance.values.items():
        if isinstance(term, OpTerm):
            operands = list(_owner(value).operands)
            for argument, operand in zip(
                dags[source.names[term]].arguments, operands, strict=False
            ):
                if isinstance(argument, str):
                    found.setdefault(argument[1:], operand)
    return found


def failing(source: Source, instance: Instance) -> list[Ask]:
    """The conditions that do not hold."""
    known = environment(source, instance)
    return [ask for ask in source.asks if not _holds(str(ask), known)]


def _holds(ask: str, known: Mapping[str, Any]) -> bool:
    matched = _ASK.fullmatch(ask)
    assert matched, ask
    name, parameter, self_, rest = matched.groups("")
    of = [known[symbol] for symbol in ([self_] if self_ else re.findall(r"\w+", rest))]
    return bool(_says(name, parameter, of))


def _says(name: str, parameter: str, of: Sequence[Any]) -> Any:
    match name, of:
        case "AttributeIsNull", [attribute]:
            return attribute is None
        case "ArrayAttrIsOf", [attribute]:
            return attribute == [int(each) for each in parameter.split(",")]
        case "EqualString", [attribute]:
            return attribute == parameter
        case (("FloatAttrIsOf" | "IntegerAttrIsOf"), [attribute]):
            return attribute == float(parameter)
        case "IsUnpadded", [auto, pads]:
            return auto == "VALID" or (auto == "NOTSET" and not any(pads or ()))
        case "HasNoneType", [value]:
            return is_none(value.type)
        case "NotNoneType", [value]:
            return not is_none(value.type)
        case "HasOneUse", [value]:
            return len(list(value.uses)) == 1
        case "HasRankOf", [value]:
            return _rank(value) == int(parameter)
        case "HasRankGT", [value]:
            return (_rank(value) or 0) > int(parameter)
        case "HasSizeAlongAxis", [value]:
            axis, size = map(int, parameter.split(","))
            shape = shape_of(value.type) or ()
            return -len(shape) <= axis < len(shape) and shape[axis] == size
        case "HaveSameStaticShape", [value, other]:
            shapes = shape_of(value.type), shape_of(other.type)
            return shapes[0] is not None and shapes[0] == shapes[1] and DYNAMIC not in shapes[0]
        case "HasElementType", [value]:
            row = element_type(value.type)
            return row is not None and _code_of(row.asm) in parameter.split(" || ")
        case "HasFloatElementType", [value]:
            return _is_float(value)
        case "HaveSameElementType", [value, other]:
            return element_type(value.type) == element_type(other.type)
        case "HaveSameShapedType", [value, other]:
            return value.type == other.type
        case "IsFromONNXConstantOp", [value]:
            return constant_value(value) is not None
        case "IsNotAConstant", [value]:
            return constant_value(value) is None
        case "IsNotScalar", [value]:
            return shape_of(value.type) not in ((), (1,))
        case "IsConstantOf", [value]:
            return np.all(_numbers(value) == float(parameter))
        case "IsPositiveFloatConstant", [value]:
            return _is_float(value) and np.all(_numbers(value) > 0)
        case "HasSizeOfAxis", [value, beside]:
            return _has_size(parameter, value, beside)
        case "VariesAlongAxisOnly", [value, beside]:
            return _varies(parameter, value, beside)
        case _:
            raise AssertionError(f"no constraint {name}")


def _code_of(asm: str) -> str:
    try:
        return f"type.{code_of_type(asm)}"
    except UnsayableError:
        return ""


def _owner(value: ir.Value) -> Any:
    return value.owner


def _dags(dag: Dag) -> Iterator[Dag]:
    yield dag
    for inner in dag.arguments:
        if isinstance(inner, Dag):
            yield from _dags(inner)


def _rank(value: ir.Value) -> int | None:
    shape = shape_of(value.type)
    return None if shape is None else len(shape)


def _is_float(value: ir.Value) -> bool:
    row = element_type(value.type)
    return row is not None and row.is_float


def _numbers(value: ir.Value) -> Any:
    found = constant_value(value)
    return np.array([np.nan]) if found is None else found


def _varies(parameter: str, constant: ir.Value, beside: ir.Value) -> bool:
    small, large = shape_of(constant.type), shape_of(beside.type)
    if small is None or large is None or len(small) > len(large):
        return False
    axis = int(parameter) + len(large) * (int(parameter) < 0)
    sizes = enumerate(small, len(large) - len(small))
    return all(size == 1 or (at == axis and size == large[axis]) for at, size in sizes)


def _has_size(parameter: str, constant: ir.Value, beside: ir.Value) -> bool:
    small, large, axis = shape_of(constant.type), shape_of(beside.type), int(parameter)
    return small is not None and large is not None and large[axis : axis + 1] == (prod(small),)
