# SPDX-License-Identifier: Apache-2.0
"""An instance of a left side as a module that can be run, and whether a rule is applied to one."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from typing import Any

import numpy as np

from ..dialect.bindings import ir
from ..dialect.constants import constant
from ..dialect.context import make_context
from ..dialect.onnx import create, op_class
from ..dialect.ops.attribute_kinds import FLOAT, TYPE
from ..dialect.types import BY_ASM, DYNAMIC, tensor_type
from ..passes.rewriting.patterns import RewritePass
from ..passes.rewriting.rule import Rule
from ..passes.rewriting.terms import (
    Channel,
    Moved,
    OpTerm,
    Result,
    Term,
    Value,
    Variadic,
    View,
)
from .instances import Instance
from .tensors import Tensor

MAIN = "main_graph"


class _Building:
    """The ops of a left side in a function.

    open_: whether the sizes of arguments are left open.  fixed: letters for values that are constants.
    """

    def __init__(self, instance: Instance, open_: bool, fixed: Collection[Term]) -> None:
        self._instance = instance
        self._open = open_
        self._fixed = fixed
        self._values: dict[Term, Any] = {}
        self._built: dict[Term, Any] = {}
        self.arguments: list[tuple[str, ir.Type, Term | None]] = []

    def declare(self) -> None:
        """Decide which letters are arguments."""
        for letter, given in self._instance.letters.items():
            if isinstance(letter, Value) and isinstance(given, Tensor):
                if letter not in self._fixed:
                    self.arguments.append((letter.name, self._type(given), letter))
            elif isinstance(letter, Variadic) and isinstance(given, tuple):
                for number, each in enumerate(given):
                    self.arguments.append((f"{letter.name}{number}", self._type(each), None))

    def _type(self, tensor: Tensor) -> ir.Type:
        shape = [DYNAMIC] * len(tensor.shape) if self._open else tensor.shape
        return tensor_type(shape, BY_ASM[tensor.type])

    def body(self, block: ir.Block) -> list[ir.Value]:
        """All ops; the results of the last."""
        arguments = list(block.arguments)
        for (_, _, letter), argument in zip(self.arguments, arguments, strict=True):
            if letter is not None:
                self._values[letter] = argument
        rest = iter(arguments[sum(letter is not None for _, _, letter in self.arguments) :])
        for letter, given in self._instance.letters.items():
            if isinstance(given, tuple):
                self._values[letter] = [next(rest) for _ in given]
            elif given is not None and letter not in self._values:
                self._values[letter] = constant(as_numpy(given)).results[0]
        op = self._op(self._instance.left.before)
        tensors = self._instance.results[self._instance.left.before]
        return [
            value for value, tensor in zip(op.results, tensors, strict=False) if tensor is not None
        ]

    def _op(self, term: OpTerm) -> Any:
        if term not in self._built:
            formals = term.family.spec.operands
            operands: list[Any] = []
            for operand in term.operands:
                if isinstance(operand, Variadic):
                    operands += self._values[operand]
                else:
                    operands.append(None if operand is None else self._value(operand))
            if formals and formals[-1].arity == "variadic":
                operands[len(formals) - 1 :] = [operands[len(formals) - 1 :]]
            attributes = {
                name: _python(term, name, given)
                for name, given in self._instance.attributes_of(term).items()
                if given is not None
            }
            self._built[term] = op_class(term.family.op_names[0])(*operands, **attributes)
        return self._built[term]

    def _value(self, term: Term) -> Any:
        match term:
            case View() | Channel():
                return self._values.get(term.of)
            case Result():
                return self._op(term.of).results[term.index]
            case Moved(of=OpTerm() as inner):
                value = self._op(inner).results[0]
                for move in self._instance.moves.get(term, ()):
                    more = [constant(as_numpy(each)).results[0] for each in move.operands]
                    value = op_class(move.name)(value, *more, **dict(move.attributes)).results[0]
                return value
            case OpTerm():
                return self._op(term).results[0]
            case _:
                return self._values.get(term)


def _python(term: OpTerm, name: str, given: Any) -> Any:
    kind = term.family.spec.attributes[name].kind
    if kind is FLOAT and isinstance(given, Tensor):
        return float(given.data[()])
    return BY_ASM[given].type() if kind is TYPE and isinstance(given, str) else given


def as_numpy(tensor: Tensor) -> Any:
    """A tensor of numbers that its type has; others are rounded."""
    row = BY_ASM[tensor.type]
    found = np.empty(tensor.shape, row.dtype)
    with np.errstate(over="ignore"):
        for at in np.ndindex(tensor.shape):
            element = tensor.data[at]
            found[at] = float(element) if isinstance(element, Fraction) else element
    return found


def build(
    instance: Instance, *, open_: bool = False, fixed: Collection[Term] = (), known: bool = True
) -> ir.Module:
    """The left side as `@main_graph`, in the current context.  Raises TypeError where types cannot be inferred.

    known: whether values that say shapes and axes are constants, too.
    """
    structural = instance.left.structural if known else ()
    building = _Building(instance, open_, {*fixed, *structural})
    with ir.Location.unknown():
        building.declare()
        types = [type_ for _, type_, _ in building.arguments]
        module = ir.Module.create()
        with ir.InsertionPoint(module.body):
            function = ir.Operation.create(
                "func.func", regions=1, attributes={"sym_name": ir.StringAttr.get(MAIN)}
            )
            block = ir.Block.create_at_start(
                function.regions[0], types, [ir.Location.unknown()] * len(types)
            )
            with ir.InsertionPoint(block):
                results = building.body(block)
                create("Return", results)
            signature = ir.FunctionType.get(types, [result.type for result in results])
            function.attributes["function_type"] = ir.TypeAttr.get(signature)
            names = [
                ir.DictAttr.get({"onnx.name": ir.StringAttr.get(name)})
                for name, _, _ in building.arguments
            ]
            function.attributes["arg_attrs"] = ir.ArrayAttr.get(names)
            entry = ir.FlatSymbolRefAttr.get(MAIN)
            create("EntryPoint", attributes={"func": entry})
    return module


def is_applied(rule: Rule, instance: Instance) -> bool:
    """Whether the rule is applied where nothing is known of the sizes of values, nor, perhaps, of shapes and axes."""
    return _is_applied(rule, instance, known=True) or (
        bool(instance.left.structural) and _is_applied(rule, instance, known=False)
    )


def _is_applied(rule: Rule, instance: Instance, *, known: bool) -> bool:
    """known: whether values that say shapes and axes are constants."""
    with make_context(load_all=False):
        try:
            module = build(instance, open_=True, known=known)
        except TypeError:
            return True
        before = str(module)
        applied = RewritePass(argument="proof", summary="The rule", rules=(rule,))
        applied.run(module.operation)
        return str(module) != before
