# SPDX-License-Identifier: Apache-2.0
"""What the right side of a rule computes, where its left side has been read.

What new constants look like is as in `passes/rewriting/building.py` and `numbers.py`.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..dialect.rounding import digits
from ..dialect.types import BY_ASM
from ..passes.rewriting.arithmetic import computes, scaled_weights
from ..passes.rewriting.forms import handed_on, letter_of, new_constants, stored_forms
from ..passes.rewriting.numbers import weights_of
from ..passes.rewriting.placing import Places
from ..passes.rewriting.rule import Rule
from ..passes.rewriting.terms import (
    REST,
    Attribute,
    Const,
    Integers,
    Moved,
    OpTerm,
    Result,
    Term,
    Value,
    Variadic,
    View,
    walk,
)
from .arithmetic import Calculator
from .domains import INTEGERS
from .instances import Instance, LeftSide, NoCase, result_of
from .integers import integers
from .semantics import evaluate
from .tensors import Tensor, Undefined


class RightSide:
    """A right side, to be evaluated in instances of the left."""

    def __init__(self, rule: Rule, left: LeftSide) -> None:
        self.before, self.after = rule.before, rule.results
        self.left = left
        self.forms = stored_forms(rule.before)
        constants = [term for root in self.after for term in new_constants(root, self.forms)]
        self.weights = weights_of(rule.before, tuple(constants))
        self.computes = computes(constants, left.places)
        self.counterparts = Places(rule.before, self.after).counterparts
        self.moved = next((term for term in walk(rule.before) if isinstance(term, Moved)), None)

    def evaluate(self, instance: Instance) -> tuple[Tensor | None, ...]:
        """The results; raises NoCase where the rule is not applied, Invalid and Undefined."""
        return _Evaluation(self, instance).results()


class _Evaluation:
    def __init__(self, side: RightSide, instance: Instance) -> None:
        self._side = side
        self._instance = instance
        self._built: dict[Term, tuple[Tensor | None, ...]] = {}
        values = [each for each in instance.operands(side.before) if each is not None]
        values += [each for each in instance.results[side.before] if each is not None]
        self._row = values[0].type
        row = BY_ASM[self._row]
        whole = side.computes == "numbers" and row.dtype.kind in "iu"
        if side.computes and not row.is_float and not whole:
            raise NoCase("no numbers to compute with")
        self._calculator = Calculator(instance, instance.numbers_of(self._row))

    def results(self) -> tuple[Tensor | None, ...]:
        return tuple(self._value(term, None, 0) for term in self._side.after)

    def _value(self, term: Term | None, owner: OpTerm | None, index: int) -> Tensor | None:
        """What an operand of `owner`, or a whole right side, is."""
        match term:
            case None:
                return None
            case OpTerm():
                return result_of(self._op(term), 0)
            case Result():
                return result_of(self._op(term.of), term.index)
            case Moved():
                tensor = self._value(term.of, owner, index)
                assert tensor is not None and self._side.moved is not None
                for move in self._instance.moves.get(self._side.moved, ()):
                    tensor = move(tensor)
                return tensor
            case Value():
                return self._instance.tensor(term)
            case Integers():
                made = np.array(integers(term, self._instance), dtype=object)
                return Tensor("i64", INTEGERS, made)
            case _ if letter := handed_on(term, self._side.forms):
                return self._instance.tensor(letter)
            case _:
                return self._constant(term, owner, index)

    def _op(self, term: OpTerm) -> tuple[Tensor | None, ...]:
        if term not in self._built:
            operands: list[Tensor | None] = []
            for index, operand in enumerate(term.operands):
                if isinstance(operand, Variadic):
                    rest = self._instance.letters[operand]
                    assert isinstance(rest, tuple)
                    operands += rest
                else:
                    operands.append(self._value(operand, term, index))
            self._built[term] = evaluate(term.family.op_names[0], operands, self._attributes(term))
        return self._built[term]

    def _attributes(self, term: OpTerm) -> dict[str, Any]:
        """Those that are given, and those that the left side does not look at; the rest have their defaults."""
        instance = self._instance
        found: dict[str, Any] = {}
        for op in instance.left.ops if term.others is not None else ():
            if op.others is term.others:
                handed = instance.attributes_of(op)
                found |= {
                    name: given for name, given in handed.items() if name not in op.attributes
                }
        for name, given in term.attributes.items():
            match given:
                case Attribute():
                    found[name] = instance.attribute(given)
                case Integers():
                    found[name] = integers(given, instance)
                case _:
                    found[name] = given
        return found

    def _constant(self, term: Term, owner: OpTerm | None, index: int) -> Tensor:
        """A new constant, of the type and in the place of the one that the left side has there."""
        instance = self._instance
        stored = term.of if isinstance(term, View) else term
        scaled = scaled_weights(stored, self._side.weights)
        letter = letter_of(term) or self._letter_at(owner, index)
        try:
            if scaled is not None:
                if isinstance(term, View) == isinstance(self._side.forms[scaled[0]], View):
                    letter = scaled[0]
                data = self._calculator.scaled(*scaled)
                if isinstance(term, View):
                    data = self._calculator.unviewed(term, data)
            else:
                data = self._calculator.compute(term)
        except Undefined as error:
            # The engine leaves the op where a new constant would not be finite.
            raise Undefined(f"in a new constant: {error}") from None
        except ValueError as error:
            raise NoCase(f"the shapes of the constants do not fit: {error}") from None
        type_ = self._row
        original = None if letter is None else instance.letters.get(letter)
        if isinstance(original, Tensor):
            type_, values = original.type, BY_ASM[self._row]
            row = BY_ASM[type_]
            if (
                scaled is None
                and row is not values
                and row.is_float
                and digits(row.dtype) < digits(values.dtype)
            ):
                raise NoCase("the constant has fewer digits than the values")
        if letter is not None and letter.dims and not letter.broadcast and not data.ndim:
            names = [name for name in letter.dims if name != REST]
            if not instance.sizes.keys() >= {*names}:
                raise NoCase("the size of a new constant is not known")
            sizes = [instance.sizes[name] for name in names]
            data = np.broadcast_to(data, (prod(sizes),))
        return Tensor(type_, instance.numbers_of(type_), data)

    def _letter_at(self, owner: OpTerm | None, index: int) -> Const | None:
        before = None if owner is None else self._side.counterparts.get(owner)
        operand = before.operands[index] if before and index < len(before.operands) else None
        return letter_of(operand)
