# SPDX-License-Identifier: Apache-2.0
"""The terms that rewrites are written in: values, constants, attributes, ops, and arithmetic on constants.

    A, B = value("A"), const("B", "K N")            # letters: an operand, a constant with its dimensions
    scale, var = consts("scale var", "N")
    epsilon, transB = attributes("epsilon transB")  # letters that have the names of attributes
    s = scale / sqrt(var + epsilon)                 # arithmetic, on the right side only
    Gemm(A, transposed(B * s, transB), transB)      # an op (`ops.py`)

A term is frozen data and does nothing by itself.  It is read as a pattern on IR (`matching.py`), as a program on
numbers (`arithmetic.py`), as a builder of IR (`building.py`) and as text (`text.py`).  Terms are equal if they are the
same object: a letter that occurs twice stands for the same value twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias, Union

from ...dialect.dataclass import dataclass

if TYPE_CHECKING:
    from .ops import OpFamily

Operand: TypeAlias = Union["Term", float]
"""What arithmetic takes: a term, or a number."""

REST = "..."
"""Ends the dimensions of a constant that may have more of them."""


class RuleError(ValueError):
    """A rule that cannot be meant: an unknown op, a letter that nothing binds, ..."""


@dataclass(frozen=True, eq=False)
class Term:
    """Anything that can stand in a rule.  Arithmetic on terms gives terms; it broadcasts as numpy does."""

    def __add__(self, other: Operand) -> Arithmetic:
        return Arithmetic("+", (self, term(other)))

    def __radd__(self, other: Operand) -> Arithmetic:
        return Arithmetic("+", (term(other), self))

    def __sub__(self, other: Operand) -> Arithmetic:
        return Arithmetic("-", (self, term(other)))

    def __rsub__(self, other: Operand) -> Arithmetic:
        return Arithmetic("-", (term(other), self))

    def __mul__(self, other: Operand) -> Arithmetic:
        return Arithmetic("*", (self, term(other)))

    def __rmul__(self, other: Operand) -> Arithmetic:
        return Arithmetic("*", (term(other), self))

    def __truediv__(self, other: Operand) -> Arithmetic:
        return Arithmetic("/", (self, term(other)))

    def __rtruediv__(self, other: Operand) -> Arithmetic:
        return Arithmetic("/", (term(other), self))

    def __neg__(self) -> Arithmetic:
        return Arithmetic("-", (self,))


@dataclass(frozen=True, eq=False)
class Value(Term):
    """Any value, known or not."""

    name: str


@dataclass(frozen=True, eq=False)
class Variadic(Term):
    """All operands of a variadic op, from where the letter stands."""

    name: str


@dataclass(frozen=True, eq=False)
class Each(Term):
    """All operands of a variadic op, each of the same form; letters that stand nowhere else are each element's own.

    On the right side there are as many, in their order.
    """

    of: Term


@dataclass(frozen=True, eq=False)
class Const(Term):
    """A constant.

    dims: names of its dimensions; one name means one size throughout a rule, and `...` at the end any further
    dimensions.  broadcast: the constant need only broadcast to them.  absent: the number that an operand which is left
    out stands for; None if it must be there.
    """

    name: str
    dims: tuple[str, ...] | None = None
    broadcast: bool = False
    absent: float | None = None


@dataclass(frozen=True, eq=False)
class Attribute(Term):
    """An attribute of an op on the left side: the one of that name, unless the op names another."""

    name: str


@dataclass(frozen=True, eq=False)
class Others(Term):
    """The attributes that a rule does not look at; they are handed on."""


@dataclass(frozen=True, eq=False)
class Number(Term):
    """A number."""

    number: float


@dataclass(frozen=True, eq=False)
class Arithmetic(Term):
    """`+`, `-` (of one argument, too), `*`, `/` or `sqrt` of constants, attributes and numbers, in float64."""

    operator: str
    arguments: tuple[Term, ...]


@dataclass(frozen=True, eq=False)
class Integers(Term):
    """What a function of `integers.py` makes of attributes, constants, ranks and sizes: an integer, or several.

    arguments: terms and Python's integers.  On the right side it is an attribute, or a new constant of i64.
    """

    function: str
    arguments: tuple[Term | int | tuple[int, ...], ...]


@dataclass(frozen=True, eq=False)
class Along(Term):
    """An array whose axes lie along these axes of what it is combined with."""

    of: Term
    axes: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Column(Term):
    """A vector as a matrix of one column."""

    of: Term


@dataclass(frozen=True, eq=False)
class ByGroup(Term):
    """A vector of channels as a matrix with a row for each group; a number stays one."""

    of: Term
    by: Attribute


@dataclass(frozen=True, eq=False)
class Contraction(Term):
    """The product of a constant and a factor, summed over all axes but `keep`."""

    of: Term
    factor: Term
    keep: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class View(Term):
    """The same elements in another order, as an attribute of an op asks for.

    kind: `transposed`, a matrix whose axes are exchanged if the attribute is not 0; `grouped`, a tensor whose first
    axis is split into as many groups as the attribute says.
    """

    kind: str
    of: Term
    by: Attribute


@dataclass(frozen=True, eq=False)
class Channel(Term):
    """A constant that varies along one axis of the value beside it only, or not at all: a vector, or a number.

    axis: the axis, counted in `beside`; where that is `Moved`, in the op below it.  On the right side `of` may be
    arithmetic, and `beside` is a term of the left side.
    """

    of: Term
    axis: int
    beside: Term


@dataclass(frozen=True, eq=False)
class Moved(Term):
    """The result of an op, behind any number of ops that move elements and look at none (Squeeze, Transpose, ...).

    axis: the axis of the op's result that has to survive.  to: where it has to be in the end; None for anywhere.  On
    the right side the same ops follow, and what they work on may be any value.
    """

    of: Term
    axis: int
    to: int | None = None


@dataclass(frozen=True, eq=False)
class OpTerm(Term):
    """An op.

    operands: in the order of ONNX; None for one that is left out.  attributes: by name, an attribute letter or a Python
    value that it must have (left side) or gets (right side); those that a left side does not name must have their
    defaults, unless there are `others`.  shared: whether its result may have further uses.
    """

    family: OpFamily
    operands: tuple[Term | None, ...]
    attributes: Mapping[str, Any] = MappingProxyType({})
    others: Others | None = None
    shared: bool = False


@dataclass(frozen=True, eq=False)
class Result(Term):
    """A result of an op that has several; the op itself stands for the first."""

    of: OpTerm
    index: int


def term(operand: Operand) -> Term:
    """The operand as a term."""
    return operand if isinstance(operand, Term) else Number(float(operand))


def value(name: str) -> Value:
    """A letter for any value."""
    return Value(name)


def values(names: str) -> tuple[Value, ...]:
    """Letters for values, from their names, given with spaces between."""
    return tuple(map(Value, names.split()))


def variadic(name: str) -> Variadic:
    """A letter for all further operands of a variadic op: `Concat(variadic("inputs"), axis)`."""
    return Variadic(name)


def each(of: Term) -> Each:
    """Each operand of a variadic op: `Transpose(Concat(each(Transpose(x, perm=p)), axis), perm=q)`; see `Each`."""
    return Each(of)


def result(of: OpTerm, index: int) -> Result:
    """A result of an op: `result(Split(X), 1)` is the second."""
    return Result(of, index)


def const(
    name: str, dims: str | None = None, *, broadcast: bool = False, absent: float | None = None
) -> Const:
    """A letter for a constant, `const("W", "O I ...")`; without dims it may have any shape.  See `Const`."""
    parsed = None if dims is None else tuple(dims.split())
    if parsed and REST in parsed[:-1]:
        raise RuleError(f"the dimensions of {name}, '{dims}', have '{REST}' before the end")
    return Const(name, parsed, broadcast, absent)


def consts(names: str, dims: str | None = None) -> tuple[Const, ...]:
    """Letters for constants of the same dimensions, from their names."""
    return tuple(const(name, dims) for name in names.split())


def attribute(name: str) -> Attribute:
    """A letter for the attribute of that name; `Transpose(x, perm=p)` gives it to a letter of another name."""
    return Attribute(name)


def attributes(names: str) -> tuple[Attribute, ...]:
    """Letters for attributes, from their names."""
    return tuple(map(Attribute, names.split()))


def others() -> Others:
    """A letter for the attributes that the rule does not look at: the op on the right gets them as they are."""
    return Others()


def sqrt(of: Operand) -> Arithmetic:
    """The square root."""
    return Arithmetic("sqrt", (term(of),))


def along(of: Term, *axes: int) -> Along:
    """An array whose axes lie along these axes of what it is combined with.

    `W * along(s, 0)` scales the rows of W.
    """
    return Along(of, axes)


def contraction(weights: Term, factor: Term, *keep: int) -> Contraction:
    """What a linear op makes of a constant input: `weights * factor`, summed over all axes but `keep`."""
    return Contraction(weights, factor, keep)


def transposed(matrix: Term, flag: Attribute) -> View:
    """`matrix`, transposed where the attribute is not 0; on both sides of a rule it is no case distinction."""
    return View("transposed", matrix, flag)


def grouped(weights: Term, group: Attribute) -> View:
    """The operand of which `weights` is the form with a first axis of groups: (G, I / G, ...) for (I, ...)."""
    return View("grouped", weights, group)


def by_group(vector: Term, group: Attribute) -> ByGroup:
    """A vector of channels by group, as `grouped` shows what it is combined with."""
    return ByGroup(vector, group)


def channel(of: Term, beside: Term, axis: int = 1) -> Channel:
    """A constant operand that varies along the channel axis of `beside` only; see `Channel`.

    `Mul(Mul(x, channel(c, x)), channel(d, x))` is `Mul(x, channel(c * d, x))`.
    """
    return Channel(of, beside.axis if isinstance(beside, Moved) else axis, beside)


def column(of: Term) -> Column:
    """A vector as a column, so that it varies along the last axis but one."""
    return Column(of)


def moved(of: Term, axis: int = 1, to: int | None = None) -> Moved:
    """The result of an op behind ops that move elements only; see `Moved`."""
    return Moved(of, axis, to)


def children(of: Term) -> tuple[Term, ...]:
    """The terms directly inside a term."""
    match of:
        case OpTerm():
            letters = [given for given in of.attributes.values() if isinstance(given, Term)]
            inside = [operand for operand in of.operands if operand is not None]
            return (*inside, *letters, *([of.others] if of.others else ()))
        case Arithmetic():
            return of.arguments
        case View() | ByGroup():
            return (of.of, of.by)
        case Contraction():
            return (of.of, of.factor)
        case Integers():
            # Of an op it asks the shape only: nothing is built.
            return tuple(
                each
                for each in of.arguments
                if isinstance(each, Term) and not isinstance(each, OpTerm)
            )
        case Along() | Column() | Channel() | Moved() | Result() | Each():
            return (of.of,)
        case _:
            return ()


def walk(of: Term) -> Iterator[Term]:
    """`of` and all terms inside it; what occurs twice comes twice."""
    yield of
    for child in children(of):
        yield from walk(child)
