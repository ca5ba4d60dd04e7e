# SPDX-License-Identifier: Apache-2.0
"""The arithmetic of a right side, read as a program on numbers: float64, or integers where the model's are.

It is compiled once, into functions of a match.  What occurs twice is computed once.
"""

from __future__ import annotations

import operator
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ...dialect.ops.attribute_kinds import FLOAT
from ...dialect.types import Array, shape_of
from .steps import Match
from .terms import (
    Along,
    Arithmetic,
    Attribute,
    ByGroup,
    Channel,
    Column,
    Const,
    Contraction,
    Moved,
    Number,
    OpTerm,
    Term,
    Value,
    View,
    children,
    walk,
)
from .weights import VIEWS, Weights

Computation = Callable[[Match], Any]
Places = dict[Term, tuple[OpTerm, str]]

_WIDE = defaultdict[str, Any](lambda: np.float64, i=np.int64, u=np.int64, b=np.int64)
"""What elements are computed with, by the kind of their type."""

_OPERATIONS: dict[tuple[str, int], Callable[..., Any]] = {
    ("+", 2): operator.add,
    ("-", 2): operator.sub,
    ("*", 2): operator.mul,
    ("/", 2): np.true_divide,
    ("-", 1): operator.neg,
    ("sqrt", 1): np.sqrt,
}
"""By operator and number of arguments."""


def calculated(operation: str, arguments: Sequence[Any]) -> Any:
    """One operation of arithmetic on numbers that are known."""
    return _OPERATIONS[operation, len(arguments)](*arguments)


class Calculator:
    """Compiles the constants of one right side.  places: of which op an attribute letter is which attribute."""

    def __init__(self, constants: Iterable[Term], places: Places) -> None:
        self._places = places
        roots = list(constants)
        inside = {term for root in roots for term in walk(root)}
        self._uses = Counter([*roots, *(child for term in inside for child in children(term))])
        self._compiled: dict[Term, Computation] = {}

    def compile(self, term: Term) -> Computation:
        """A function that computes `term`: a number or an array, float64 or int64."""
        if term not in self._compiled:
            plain = self._plain(term)
            shared = self._uses[term] > 1 and isinstance(term, (Arithmetic, Contraction))
            self._compiled[term] = _remembering(term, plain) if shared else plain
        return self._compiled[term]

    def _source(self, term: Arithmetic, names: dict[str, Any]) -> str:
        """A Python expression in `match` and `names`, which is extended.

        One function for all of it, instead of one for each operation, saves 3 % of a fold.
        """

        def of(argument: Term) -> str:
            name = f"term{len(names)}"
            match argument:
                case Arithmetic() if self._uses[argument] == 1:
                    return self._source(argument, names)
                case Const():
                    names[name] = argument
                    return f"(data := match.data[{name}]).astype(wide[data.dtype.kind])"
                case _:
                    names[name] = self.compile(argument)
                    return f"{name}(match)"

        function = f"operation{len(names)}"
        names[function] = _OPERATIONS[term.operator, len(term.arguments)]
        return f"{function}({', '.join(map(of, term.arguments))})"

    def factor(self, term: Term) -> Callable[[Match, int], Array]:
        """The same for a factor of weights, given how many axes they have."""
        if isinstance(term, Along):
            inner, axes = self.compile(term.of), term.axes

            def placed(match: Match, rank: int) -> Array:
                found = np.asarray(inner(match))
                if not found.ndim:
                    return found
                shape = [1] * rank
                for axis, size in zip(axes, found.shape, strict=True):
                    shape[axis] = size
                return found.reshape(shape)

            return placed
        placed_inside = any(isinstance(inner, Along) for inner in walk(term))
        if placed_inside and isinstance(term, Arithmetic) and len(term.arguments) == 2:
            left, right = map(self.factor, term.arguments)
            function = _OPERATIONS[term.operator, 2]
            return lambda match, rank: function(left(match, rank), right(match, rank))
        computed = self.compile(term)
        return lambda match, rank: np.asarray(computed(match))  # noqa: ARG005

    def _plain(self, term: Term) -> Computation:
        match term:
            case Number():
                number = int(term.number) if term.number.is_integer() else term.number
                return lambda match: number  # noqa: ARG005
            case Attribute():
                op, name = self._places[term]
                return lambda match: getattr(match.ops[op], name)
            case Const():
                return lambda match: match.data[term].astype(_WIDE[match.data[term].dtype.kind])
            case Arithmetic():
                names: dict[str, Any] = {"wide": _WIDE}
                compiled: Computation = eval(f"lambda match: {self._source(term, names)}", names)
                return compiled
            case Contraction(of=of_, factor=factor_, keep=keep):
                factor = self.factor(factor_)

                def contract(match: Match) -> Array:
                    weights: Weights = match.data[of_]
                    return weights.contracted(factor(match, len(weights.shape)), keep)

                return contract
            case Column():
                of = self.compile(term.of)

                def as_column(match: Match) -> Array:
                    found = np.asarray(of(match))
                    return found[:, np.newaxis] if found.ndim else found

                return as_column
            case ByGroup():
                of, place = self.compile(term.of), self._places[term.by]

                def split(match: Match) -> Array:
                    found = np.asarray(of(match))
                    return found.reshape(match.attribute(place), -1) if found.ndim else found

                return split
            case View():
                of = self.compile(term.of)
                kind, place = VIEWS[term.kind], self._places[term.by]
                return lambda match: kind.undo(np.asarray(of(match)), match.attribute(place))
            case Channel():
                of, channel = self.compile(term.of), term
                return lambda match: _along_channel(match, channel, np.asarray(of(match)))
            case Along():
                raise AssertionError("only weights know what lies along which axis")
            case _:
                raise AssertionError(f"no number: {term}")


def scaled_weights(term: Term, weights: frozenset[Term]) -> tuple[Const, Term] | None:
    """(W, f) for `W * f`, `f * W` and `W / f`, where W is one of `weights`; f says what W is multiplied by."""
    if isinstance(term, Arithmetic) and len(term.arguments) == 2 and term.operator in "*/":
        left, right = term.arguments
        for product, other in ((left, right), (right, left)):
            if term.operator == "/" and product is right:
                continue
            by = other if term.operator == "*" else _inverse(other)
            if isinstance(product, Const) and product in weights:
                return product, by
            if inner := scaled_weights(product, weights):
                return inner[0], inner[1] * by
    return None


def _inverse(term: Term) -> Term:
    if isinstance(term, Along):
        return Along(1.0 / term.of, term.axes)
    return 1.0 / term


def computes(constants: Iterable[Term], places: Places) -> str:
    """What arithmetic asks of elements: "floats" for division, roots and float attributes, "numbers", or nothing."""
    found = [term for constant in constants for term in walk(constant)]
    for term in found:
        if isinstance(term, Arithmetic) and term.operator in ("/", "sqrt"):
            return "floats"
        if isinstance(term, Number) and not term.number.is_integer():
            return "floats"
        if isinstance(term, Attribute) and term in places:
            op, name = places[term]
            if op.family.spec.attributes[name].kind is FLOAT:
                return "floats"
    return "numbers" if found else ""


def _remembering(term: Term, plain: Computation) -> Computation:
    def computed(match: Match) -> Any:
        numbers = match.numbers
        if term not in numbers:
            numbers[term] = plain(match)
        return numbers[term]

    return computed


def _along_channel(match: Match, channel: Channel, vector: Array) -> Array:
    """A vector in the shape in which it broadcasts along the axis of the value beside it; a number stays one."""
    if not vector.ndim:
        return vector
    beside, axis = channel.beside, channel.axis
    if isinstance(beside, Value):
        value = match.values[beside]
        if value is None:
            raise ValueError("nothing stands beside them")
        shape = shape_of(value.type)
    else:
        inner = beside.of if isinstance(beside, Moved) else beside
        between = match.moved.get(beside, ())
        shape = shape_of((between[-1] if between else match.ops[inner]).results[0].type)
        axis = match.axes.get(beside, axis)
    if axis >= 0:
        if shape is None:
            raise ValueError("the rank of what they are combined with is not known")
        axis -= len(shape)
    return vector.reshape(-1, *[1] * (-axis - 1))
