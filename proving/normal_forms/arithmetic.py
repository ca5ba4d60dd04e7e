# SPDX-License-Identifier: Apache-2.0
"""The arithmetic of a right side on symbolic tensors; it broadcasts as numpy does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from operator import add, mul, sub
from typing import Any

from ...passes.rewriting.terms import (
    Along,
    Arithmetic,
    Attribute,
    ByGroup,
    Column,
    Const,
    Contraction,
    Number,
    Term,
    View,
)
from .cases import ONE, Beyond, Case, Item, Size, Unequal, times
from .ops import Symbol, size_of
from .polynomials import Polynomial, atom, number
from .tensors import (
    Indices,
    Shape,
    Tensor,
    by_group,
    elementwise,
    locate,
    part,
    permuted,
    scalar,
    total,
    ungrouped,
)

_BINARY = {"+": add, "-": sub, "*": mul, "/": Polynomial.__truediv__}


class Arithmetics(ABC):
    """Computes with what the constants of a case are seen as."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.seen: dict[Term, Tensor] = {}

    @abstractmethod
    def attribute_letter(self, letter: Attribute) -> tuple[Any, bool]:
        """The value of an attribute letter, or a symbol; and whether it is a float."""

    def number(self, term: Term, beside: Shape | None = None) -> Tensor:
        """What arithmetic gives.  beside: the shape that axes of `along` are counted in."""
        match term:
            case Number():
                return scalar(number(term.number))
            case Attribute():
                value, is_float = self.attribute_letter(term)
                if not is_float:
                    raise Beyond(f"arithmetic with {term.name}")
                return scalar(
                    atom(("letter", value.name)) if isinstance(value, Symbol) else number(value)
                )
            case Const():
                if term not in self.seen:
                    raise Beyond(f"{term.name} is not a constant")
                return self.seen[term]
            case Arithmetic(operator="sqrt", arguments=(of,)):
                return elementwise(self.case, [self.number(of, beside)], Polynomial.sqrt)
            case Arithmetic(arguments=(of,)):
                return elementwise(self.case, [self.number(of, beside)], Polynomial.__neg__)
            case Arithmetic():
                return self._binary(term, beside)
            case Along():
                return self._along(term, beside)
            case Contraction():
                return self._contraction(term)
            case Column():
                return self._column(self.number(term.of))
            case ByGroup():
                return by_group(self.number(term.of), self._groups(term.by))
            case View():
                return self.undone(term, self.number(term.of))
            case _:
                raise Beyond(f"{type(term).__name__.lower()}(...) in arithmetic")

    def undone(self, view: View, seen: Tensor) -> Tensor:
        """What is stored where a rule sees it through a view."""
        if view.kind == "grouped":
            return ungrouped(self.case, seen, self._groups(view.by), "groups of another size")
        if not seen.shape or locate(self.case, seen.shape, 1) is None:
            return seen
        self.case.require(seen.shape, seen.shape[:2], "transposed(...) of what is no matrix")
        value, _ = self.attribute_letter(view.by)
        if isinstance(value, Symbol):
            value = self.case.choose(("flag", value.name), (0, 1))
        return permuted(seen, (1, 0)) if value else seen

    def repeated(self, of: Tensor, sizes: list[Size]) -> Tensor:
        """A number as a vector of a size that is a product."""
        size = ONE
        for each in sizes:
            size = times(size, each)
        return Tensor((Item(size),), lambda _: of.at(()))

    def _groups(self, by: Attribute) -> Size:
        return size_of(self.case, self.attribute_letter(by)[0])

    def _binary(self, term: Arithmetic, beside: Shape | None) -> Tensor:
        """What `along` stands beside gives it its place."""
        known = [None if _needs_place(each) else self.number(each) for each in term.arguments]
        if beside is None:
            beside = next((each.shape for each in known if each), None)
        pairs = zip(known, term.arguments, strict=True)
        both = [known or self.number(each, beside) for known, each in pairs]
        return elementwise(self.case, both, _BINARY[term.operator])

    def _along(self, term: Along, beside: Shape | None) -> Tensor:
        of = self.number(term.of)
        if not of.shape:
            return of
        if beside is None or len(of.shape) != len(term.axes) or any(item.open for item in of.shape):
            raise Beyond("along(...) with other axes")
        shape, places = list(beside), list[int]()
        for item, axis in zip(of.shape, term.axes, strict=True):
            place = locate(self.case, beside, axis)
            if place is None:
                raise Unequal("along(...) of an axis that is not there")
            places.append(place)
            shape[place] = Item(self.case.broadcast(beside[place].size | item.size))

        def at(indices: Indices) -> Polynomial:
            pairs = zip(places, of.shape, strict=True)
            return of.at(tuple([part(indices[place], shape[place], item) for place, item in pairs]))

        return Tensor(tuple(shape), at)

    def _contraction(self, term: Contraction) -> Tensor:
        if not isinstance(term.of, Const):
            raise Beyond("a contraction of what is no letter")
        weights = self.number(term.of)
        factor = self.number(term.factor, weights.shape)
        product = elementwise(self.case, [weights, factor], mul)
        self.case.require(product.shape, weights.shape, "a contraction with a larger factor")
        places = [locate(self.case, weights.shape, axis) for axis in term.keep]
        kept = [place for place in places if place is not None]
        if len(kept) < len(places) or kept != sorted(set(kept)):
            raise Beyond("the axes that a contraction keeps")
        rest = [place for place in range(len(weights.shape)) if place not in kept]

        def at(indices: Indices) -> Polynomial:
            def of(summed: Indices) -> Polynomial:
                by_place = dict(zip([*kept, *rest], [*indices, *summed], strict=True))
                return product.at(tuple([by_place[place] for place in range(len(weights.shape))]))

            return total([weights.shape[place] for place in rest], of)

        return Tensor(tuple([weights.shape[place] for place in kept]), at)

    def _column(self, of: Tensor) -> Tensor:
        if not of.shape:
            return of
        if len(of.shape) != 1 or of.shape[0].open:
            raise Beyond("column(...) of what is no vector")
        return Tensor((*of.shape, Item(ONE)), lambda indices: of.at(indices[:1]))


def _needs_place(term: Term) -> bool:
    """Whether `along` is a factor of it."""
    if isinstance(term, Arithmetic):
        return any(map(_needs_place, term.arguments))
    return isinstance(term, Along)
