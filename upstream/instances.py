# SPDX-License-Identifier: Apache-2.0
"""Small instances of a left side: functions that a pattern rewrites, or that miss one of its conditions.

Nothing is known of single ops: shapes of what is no constant are tried, small ones first, until ONNX's shape inference
accepts the whole.  Numbers are chosen so that what rules make of them is exact: roots of squares, quotients that are
whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any

import numpy as np

from ..dialect.bindings import ir
from ..dialect.constants import constant
from ..dialect.onnx import create, op_class
from ..dialect.ops.attribute_kinds import FLOAT, INT, INTS
from ..dialect.types import BY_ASM, Array, shape_of, tensor_type
from ..passes.rewriting.conditions import Equal
from ..passes.rewriting.terms import (
    REST,
    Arithmetic,
    Attribute,
    Channel,
    Const,
    Moved,
    OpTerm,
    Term,
    Value,
    Variadic,
    View,
    walk,
)
from .sources import Source

_SIZES = {"G": 2, "K": 2, "N": 3, "O": 2, "I": 2, "M": 1}
_ATTRIBUTES: Mapping[str, Any] = {
    "epsilon": 1.0,
    "alpha": 0.5,
    "beta": 2.0,
    "group": 2,
    "transA": 1,
}


@dataclass(frozen=True)
class Twist:
    """What an instance has other than the rule wants; nothing by default.

    free: a constant that is an argument instead.  read_twice: an op whose result is returned, too.  attributes: values
    by op and name.  types: element types of constants.  numbers: what constants hold.  single: a constant of one
    element.  given: an op and the name of an operand that should be absent.  any_shape: a constant of any shape.  row:
    the type of all else.
    """

    free: Const | None = None
    read_twice: OpTerm | None = None
    attributes: Mapping[tuple[OpTerm, str], Any] = field(
        default_factory=dict[tuple[OpTerm, str], Any]
    )
    types: Mapping[Term, str] = field(default_factory=dict[Term, str])
    numbers: Mapping[Term, float] = field(default_factory=dict[Term, float])
    single: Term | None = None
    given: tuple[OpTerm, str] | None = None
    any_shape: Const | None = None
    row: str = "f32"


@dataclass(frozen=True)
class Instance:
    """A module with one function, in which the letters and ops of a rule stand for `values`."""

    module: ir.Module
    values: Mapping[Term, ir.Value]


def instances(source: Source, twist: Twist | None = None, most: int = 20_000) -> Iterator[Instance]:
    """Functions that ONNX accepts, in the current context; the next one makes the values of the last one invalid.

    most: how many combinations of shapes are tried.
    """
    attempt = _Attempt(source, twist or Twist())
    for shapes in islice(attempt.combinations(), most):
        module = ir.Module.create(ir.Location.unknown())
        try:
            with ir.InsertionPoint(module.body), ir.Location.unknown():
                attempt.build(shapes)
        except (TypeError, ValueError):
            continue
        yield Instance(module, attempt.values)


class _Attempt:
    def __init__(self, source: Source, twist: Twist) -> None:
        self._source, self._twist = source, twist
        self._rule, self._case = source.rule, source.case
        left = list(dict.fromkeys(walk(self._rule.before)))
        self._views = {term.of: term for term in left if isinstance(term, View)}
        self._channels = {term.of: term for term in left if isinstance(term, Channel)}
        self._letters: list[Term] = [
            term for term in left if isinstance(term, (Value, Variadic, Const))
        ]
        self._ops = [term for term in left if isinstance(term, OpTerm)]
        # What may be left out is a vector, where it is there.
        self._vectors = {
            operand
            for op in self._ops
            for formal, operand in zip(op.family.spec.operands, op.operands, strict=False)
            if formal.arity == "optional"
        }
        self._roles = _roles(self._rule.results)
        self._fixed: dict[Term, float] = {
            condition.of: condition.number
            for condition in self._rule.conditions
            if isinstance(condition, Equal)
        }

    def combinations(self) -> Iterator[dict[Any, tuple[int, ...]]]:
        """Shapes for letters, and values for required attributes, the smallest first."""
        keys: list[Any] = []
        choices: list[list[tuple[int, ...]]] = []
        for letter in self._letters:
            if letter in self._case.absent:
                continue
            keys.append(letter)
            choices.append(list(self._shapes(letter)))
        for op in self._ops:
            for name, spec in _whole(op.family.spec.name).SPEC.attributes.items():
                if spec.required and spec.kind is INTS and name not in op.attributes:
                    keys.append((op, name))
                    choices.append([(2,), (2, 2)])
        for places in _diagonally([len(some) for some in choices]):
            chosen = (some[place] for some, place in zip(choices, places, strict=True))
            yield dict(zip(keys, chosen, strict=True))

    def _shapes(self, letter: Term) -> Iterable[tuple[int, ...]]:
        if letter is self._twist.any_shape:
            return [shape for rank in (1, 2, 3) for shape in product((2, 3, 1), repeat=rank)]
        if letter is self._twist.single:
            return [(1,)]
        if letter in self._channels:
            return [(size, *(1,) * rank) for rank in range(3) for size in (2, 3, 4)]
        if isinstance(letter, Const):
            if letter.dims:
                return [self._stored(letter)]
            return [shape for rank in range(4) for shape in product((2, 3, 1), repeat=rank)]
        return [
            shape
            for rank in ((1,) if letter in self._vectors else (2, 1, 3, 4))
            for shape in product((1, 2, 3, 4) if rank < 4 else (1, 2, 3), repeat=rank)
        ]

    def _stored(self, letter: Const) -> tuple[int, ...]:
        assert letter.dims is not None
        shape = [_SIZES.get(dim, 2) for dim in letter.dims if dim != REST]
        if letter.broadcast:
            shape = shape[-1:]
        if view := self._views.get(letter):
            if view.kind == "grouped":
                shape[:2] = [shape[0] * shape[1]]
            elif self._case.flag(view.by):
                shape.reverse()
        return (*shape, 2) if letter.dims[-1] == REST else tuple(shape)

    def build(self, shapes: dict[Any, tuple[int, ...]]) -> None:
        """The function; raises TypeError where ONNX does not accept an op."""
        self._shapes_now = shapes
        arguments = [
            letter
            for letter in self._letters
            if not isinstance(letter, Const) or letter is self._twist.free
        ]
        row = BY_ASM[self._twist.row]
        types = [tensor_type(shapes[letter], row) for letter in arguments]
        function = ir.Operation.create("func.func", regions=1)
        block = function.regions[0].blocks.append(*types)
        self.values: dict[Term, ir.Value] = dict(zip(arguments, block.arguments, strict=True))
        with ir.InsertionPoint(block):
            for letter in self._letters:
                if letter not in self.values and letter not in self._case.absent:
                    self.values[letter] = constant(self._numbers(letter)).results[0]
            results = [self._op(self._rule.before)]
            if self._twist.read_twice is not None:
                results.append(self.values[self._twist.read_twice])
            create("Return", results)
        function.attributes["sym_name"] = ir.StringAttr.get("f")
        function.attributes["function_type"] = ir.TypeAttr.get(
            ir.FunctionType.get(types, [result.type for result in results])
        )

    def _numbers(self, letter: Term) -> Array:
        shape = self._shapes_now[letter]
        count = int(np.prod(shape))
        steps = np.arange(1, count + 1, dtype=np.float64)
        numbers = {
            "root": (steps + 1) ** 2 - _ATTRIBUTES["epsilon"],
            "numerator": (steps + 1) ** 2,
            "divisor": 2.0 ** (steps % 3 + 1),
        }.get(self._roles.get(letter, ""), steps + 1 + self._letters.index(letter))
        number = self._twist.numbers.get(letter, self._fixed.get(letter))
        if number is not None:
            numbers = np.full(count, number)
        dtype = BY_ASM[self._twist.types.get(letter, self._twist.row)].dtype
        shaped: Array = numbers.reshape(shape).astype(dtype)
        return shaped

    def _op(self, op: OpTerm) -> ir.Value:
        if op in self.values:
            return self.values[op]
        spec = op.family.spec
        operands: list[Any] = []
        given = list(op.operands)
        if op in self._case.exchanged:
            given.reverse()
        for index in range(len(spec.operands)):
            operand = given[index] if index < len(given) else None
            while isinstance(operand, (Moved, View, Channel)):
                operand = operand.of
            if (op, spec.operands[index].name) == self._twist.given:
                operands.append(constant(np.array([1, 2], np.float32)).results[0])
            elif operand is None or operand in self._case.absent:
                operands.append(None)
            else:
                value = self._op(operand) if isinstance(operand, OpTerm) else self.values[operand]
                operands.append([value] if spec.operands[index].arity == "variadic" else value)
        attributes = {name: self._attribute(op, name) for name in spec.attributes}
        built = _built(spec.name, operands, attributes)
        result: ir.Value = built.results[0]
        if 0 in (shape_of(result.type) or ()):
            raise TypeError("a result without elements")
        self.values[op] = result
        _check_channels(op, built)
        return result

    def _attribute(self, op: OpTerm, name: str) -> Any:
        if (op, name) in self._twist.attributes:
            return self._twist.attributes[op, name]
        spec = op.family.spec.attributes[name]
        given = op.attributes.get(name)
        if isinstance(given, Attribute):
            if given in dict(self._case.flags):
                return self._case.flag(given)
            if given in self._fixed:
                return (spec.kind is INT and int(self._fixed[given])) or self._fixed[given]
            if spec.kind in (FLOAT, INT):
                return _ATTRIBUTES.get(name, spec.default if spec.default is not None else 1)
            return spec.default
        if given is not None:
            return given
        return self._shapes_now.get((op, name), spec.default)


def _whole(name: str) -> Any:
    """The class of an op, or of that of which it gives the first result only."""
    return op_class(name.removesuffix("SingleOut"))


def _built(name: str, operands: list[Any], attributes: dict[str, Any]) -> Any:
    """The op, with the result type that ONNX infers for it, or for the op that it is a form of."""
    types = None
    if name.endswith("SingleOut"):
        whole = _whole(name)(*operands, **attributes)
        types = [whole.results[0].type]
        whole.operation.erase()
    return op_class(name)(*operands, results=types, **attributes)


def _diagonally(lengths: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Places in lists of these lengths, by their sum: what comes early in all lists comes first."""

    def places(total: int, rest: Sequence[int]) -> Iterator[tuple[int, ...]]:
        if not rest:
            if total == 0:
                yield ()
            return
        for first in range(min(total + 1, rest[0])):
            for others in places(total - first, rest[1:]):
                yield (first, *others)

    for total in range(sum(length - 1 for length in lengths) + 1):
        yield from places(total, lengths)


def _check_channels(op: OpTerm, built: Any) -> None:
    """What ONNX's inference does not look at."""
    shapes = [list(shape_of(operand.type) or ()) for operand in built.operands]
    match op.family.name:
        case "BatchNormalization":
            right = len(shapes[0]) > 1 and all(shape == shapes[0][1:2] for shape in shapes[1:])
        case "Conv":
            right = shapes[0][1:2] == [shapes[1][1] * built.group]
            right = right and shapes[2] in ([], shapes[1][:1])
        case "ConvTranspose":
            right = shapes[0][1:2] == shapes[1][:1]
            right = right and shapes[2] in ([], [shapes[1][1] * built.group])
        case _:
            right = True
    if not right:
        raise TypeError("another number of channels")


def _roles(results: Iterable[Term]) -> dict[Term, str]:
    """What the numbers of constants are good for: to have roots, or to be divided, or to divide."""
    found: dict[Term, str] = {}
    for term in (term for root in results for term in walk(root)):
        if isinstance(term, Arithmetic) and term.operator == "sqrt":
            found |= {each: "root" for each in walk(term) if isinstance(each, Const)}
        if isinstance(term, Arithmetic) and term.operator == "/":
            above, below = term.arguments
            if isinstance(above, Const):
                found[above] = "numerator"
            for each in walk(below):
                if isinstance(each, Const):
                    found.setdefault(each, "divisor")
    return found
