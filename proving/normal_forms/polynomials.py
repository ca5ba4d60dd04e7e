# SPDX-License-Identifier: Apache-2.0
"""Polynomials with bound sums, and their normal form.

    sum over k of alpha * A[m, k] * B[k, n]  +  beta * C[n]

A monomial is a product of powers of atoms, below sums over variables that it binds.  Powers may be negative.  Atoms and
indices are nested tuples:

    ("letter", name, index, ...)  an element of a tensor; without indices, a number
    ("size", ...)                 how many values an index takes
    ("function", name, terms)     a function of a polynomial: a root, the inverse of a sum, something unknown
    ("v", number)                 a variable; other indices are made of variables, see `tensors.py`

Two polynomials are equal for all sizes if their normal forms are: bound variables renamed, like monomials collected, a
sum whose variable does not occur multiplied out.  Equality is that of rational functions: where both are defined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import count, groupby, permutations, product
from math import factorial, isfinite, isqrt, prod
from typing import Any, NamedTuple, TypeAlias, TypeGuard

from .cases import Beyond

Atom = tuple[Any, ...]
Index = tuple[Any, ...]
Frozen = tuple[Any, ...]
Factor: TypeAlias = int | Fraction

_MOST_TERMS = 2000
_MOST_ORDERS = 720
_ROUNDS = 8

_numbers = count()


def variable() -> Index:
    """A new variable."""
    return ("v", next(_numbers))


class Monomial(NamedTuple):
    """A product of powers below sums: atoms and their powers; bound variables and what they range over."""

    atoms: frozenset[tuple[Atom, int]]
    bound: frozenset[tuple[Index, Any]]


_ONE = Monomial(frozenset(), frozenset())


class Polynomial:
    """A sum of monomials with rational coefficients."""

    __slots__ = ("terms",)

    def __init__(self, terms: Mapping[Monomial, Factor]) -> None:
        if len(terms) > _MOST_TERMS:
            raise Beyond("the polynomials are too long")
        self.terms = {monomial: factor for monomial, factor in terms.items() if factor}

    def __add__(self, other: Polynomial) -> Polynomial:
        return _collected([*self.terms.items(), *other.terms.items()])

    def __neg__(self) -> Polynomial:
        return Polynomial({monomial: -factor for monomial, factor in self.terms.items()})

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + -other

    def __mul__(self, other: Polynomial) -> Polynomial:
        if len(self.terms) * len(other.terms) > _MOST_TERMS:
            raise Beyond("the polynomials are too long")
        found: list[tuple[Monomial, Factor]] = []
        for (left, a), (right, b) in product(self.terms.items(), other.terms.items()):
            found.extend(_scaled(_times(left, right), a * b))
        return _collected(found)

    def __truediv__(self, other: Polynomial) -> Polynomial:
        return self * other.inverse()

    def __pow__(self, power: int) -> Polynomial:
        base = self if power > 0 else self.inverse()
        return prod([base] * abs(power), start=number(1))

    def inverse(self) -> Polynomial:
        """1 / self; of a sum of monomials an atom."""
        if not self.terms:
            raise Beyond("a division by zero")
        monomial, factor = next(iter(self.terms.items()))
        if len(self.terms) == 1 and not monomial.bound:
            powers = [(atom, -power) for atom, power in monomial.atoms]
            return _collected(_scaled(_reduced(dict(powers), frozenset()), _ratio(1, factor)))
        frozen = freeze(self)
        leading = frozen[0][1]
        scaled = tuple((key, _ratio(factor, leading)) for key, factor in frozen)
        return atom(("function", "1/", scaled)) * number(_ratio(1, leading))

    def sqrt(self) -> Polynomial:
        """The square root: an atom, but for squares of numbers."""
        if not self.terms:
            return self
        if set(self.terms) == {_ONE}:
            square = Fraction(self.terms[_ONE])
            root = Fraction(isqrt(max(square.numerator, 0)), isqrt(square.denominator))
            if root * root == square:
                return number(root)
        return self.function("sqrt")

    def function(self, name: str) -> Polynomial:
        """A function of it that nothing is known of but its name."""
        return atom(("function", name, freeze(self)))

    def summed(self, bound: Index, over: Any, size: Polynomial) -> Polynomial:
        """The sum over a variable, which takes `size` values; `over` says which."""
        found: list[tuple[Monomial, Factor]] = []
        for monomial, factor in self.terms.items():
            if any(_has(atom, bound) for atom, _ in monomial.atoms):
                inner = Monomial(monomial.atoms, monomial.bound | {(bound, over)})
                found.append((inner, factor))
            else:
                found.extend((Polynomial({monomial: factor}) * size).terms.items())
        return _collected(found)


ZERO = Polynomial({})


def number(value: float | Fraction) -> Polynomial:
    """A number, exactly."""
    if not isfinite(value):
        raise Beyond(f"the number {value}")
    return Polynomial({_ONE: _ratio(value, 1)})


def atom(of: Atom) -> Polynomial:
    """An atom."""
    return Polynomial({Monomial(frozenset({(of, 1)}), frozenset()): 1})


def _ratio(whole: float | Factor, part: Factor) -> Factor:
    """A quotient, an int where it is whole: those are fast."""
    ratio = Fraction(whole) / part
    return ratio.numerator if ratio.denominator == 1 else ratio


def equal(left: Polynomial, right: Polynomial) -> bool:
    """Whether the two are equal as rational functions.  False: not known to be."""
    difference = _normal(left - right)
    for _ in range(_ROUNDS):
        if not difference.terms:
            return True
        denominator = next(_denominators(difference), None)
        if denominator is None:
            return False
        difference = _normal(_without(difference, *denominator))
    return False


def freeze(of: Polynomial) -> Frozen:
    """The normal form, to be part of an atom: monomials, each sorted, and their factors."""
    found: dict[Frozen, Factor] = {}
    for monomial, factor in of.terms.items():
        key = _key(monomial)
        found[key] = found.get(key, 0) + factor
    terms = [(key, factor) for key, factor in found.items() if factor]
    return tuple(sorted(terms, key=lambda term: repr(term[0])))


def thaw(frozen: Frozen) -> Polynomial:
    """The polynomial of a normal form, its bound variables new."""
    terms: dict[Monomial, Factor] = {}
    for (atoms, bound), factor in frozen:
        fresh = {old: variable() for old, _ in bound}
        monomial = Monomial(
            frozenset((renamed(atom, fresh), power) for atom, power in atoms),
            frozenset((fresh[old], over) for old, over in bound),
        )
        terms[monomial] = factor
    return Polynomial(terms)


def renamed(of: tuple[Any, ...], names: Mapping[Index, Index]) -> tuple[Any, ...]:
    """An atom or index with other variables."""
    if of in names:
        return names[of]
    if of[:1] == ("function",):
        inner = thaw(of[2])
        terms = {_renamed(monomial, names): factor for monomial, factor in inner.terms.items()}
        return ("function", of[1], freeze(Polynomial(terms)))
    return tuple([renamed(part, names) if _is_nested(part) else part for part in of])


def _renamed(monomial: Monomial, names: Mapping[Index, Index]) -> Monomial:
    return Monomial(
        frozenset((renamed(atom, names), power) for atom, power in monomial.atoms),
        frozenset((names.get(bound, bound), over) for bound, over in monomial.bound),
    )


def _collected(terms: Iterable[tuple[Monomial, Factor]]) -> Polynomial:
    found: dict[Monomial, Factor] = {}
    for monomial, factor in terms:
        found[monomial] = found.get(monomial, 0) + factor
    return Polynomial(found)


def _scaled(of: Polynomial, by: Factor) -> list[tuple[Monomial, Factor]]:
    return [(monomial, factor * by) for monomial, factor in of.terms.items()]


def _times(left: Monomial, right: Monomial) -> Polynomial:
    both = {bound for bound, _ in left.bound} & {bound for bound, _ in right.bound}
    if both:
        right = _renamed(right, {bound: variable() for bound in both})
    powers = dict(left.atoms)
    for of, power in right.atoms:
        powers[of] = powers.get(of, 0) + power
    return _reduced(powers, left.bound | right.bound)


def _reduced(powers: Mapping[Atom, int], bound: frozenset[tuple[Index, Any]]) -> Polynomial:
    """A product of powers, where roots squared and inverses of inverses are what they are of."""
    plain: dict[Atom, int] = {}
    factors: list[Polynomial] = []
    for of, power in powers.items():
        whole, left = 0, power
        if of[:2] == ("function", "sqrt"):
            whole = int(power / 2)
            left = power - 2 * whole
        elif of[:2] == ("function", "1/") and power < 0:
            whole, left = -power, 0
        if whole:
            factors.append(thaw(of[2]) ** whole)
        if left:
            plain[of] = left
    monomial = Monomial(frozenset(plain.items()), bound)
    found = Polynomial({monomial: 1})
    for factor in factors:
        found = found * factor
    return found


def _normal(of: Polynomial) -> Polynomial:
    return thaw(freeze(of))


def _denominators(of: Polynomial) -> Iterator[tuple[Atom, int]]:
    """Atoms that stand in a denominator, outside of all sums, and their largest power there."""
    for monomial in of.terms:
        for found, power in monomial.atoms:
            inverse = found[:2] == ("function", "1/")
            if (inverse or power < 0) and not any(_has(found, at) for at, _ in monomial.bound):
                powers = [dict(other.atoms).get(found, 0) for other in of.terms]
                yield found, max(powers) if inverse else -min(powers)


def _without(of: Polynomial, denominator: Atom, most: int) -> Polynomial:
    """`of` times a denominator to the power `most`."""
    if denominator[:2] != ("function", "1/"):
        return of * atom(denominator) ** most
    whole = thaw(denominator[2])
    found = ZERO
    for monomial, factor in of.terms.items():
        powers = dict(monomial.atoms)
        left = most - powers.pop(denominator, 0)
        rest = Polynomial({Monomial(frozenset(powers.items()), monomial.bound): factor})
        found = found + (rest * whole**left if left else rest)
    return found


def _is_nested(part: Any) -> TypeGuard[tuple[Any, ...]]:
    return isinstance(part, tuple)


@lru_cache(maxsize=100_000)
def _has(of: tuple[Any, ...], bound: Index) -> bool:
    return of == bound or any(_is_nested(part) and _has(part, bound) for part in of)


@lru_cache(maxsize=100_000)
def _level(of: tuple[Any, ...]) -> int:
    """How deep the bound variables inside an atom are nested."""
    if of[:1] == ("b",):
        return int(of[1])
    return max((_level(part) for part in of if _is_nested(part)), default=0)


@lru_cache(maxsize=20_000)
def _key(monomial: Monomial) -> Frozen:
    """A monomial with its bound variables numbered in an order that their names have no influence on."""
    if not monomial.bound:
        return tuple(sorted(monomial.atoms, key=repr)), ()
    level = 1 + max((_level(atom) for atom, _ in monomial.atoms), default=0)
    ranges = dict(monomial.bound)
    alike = {bound: _role(bound, monomial) for bound in ranges}
    classes = [
        list(some) for _, some in groupby(sorted(ranges, key=alike.__getitem__), alike.__getitem__)
    ]
    if prod(factorial(len(some)) for some in classes) > _MOST_ORDERS:
        raise Beyond("too many sums that are alike")
    keys: list[Frozen] = []
    for orders in product(*map(permutations, classes)):
        order = [bound for some in orders for bound in some]
        names = {bound: ("b", level, at) for at, bound in enumerate(order)}
        atoms = sorted(((renamed(atom, names), power) for atom, power in monomial.atoms), key=repr)
        keys.append((tuple(atoms), tuple([(names[bound], ranges[bound]) for bound in order])))
    return min(keys, key=repr)


def _role(bound: Index, monomial: Monomial) -> str:
    """Where a bound variable occurs, whatever the others are called."""
    names = {other: ("?",) for other, _ in monomial.bound} | {bound: ("!",)}
    atoms = [(renamed(atom, names), power) for atom, power in monomial.atoms if _has(atom, bound)]
    return repr((dict(monomial.bound)[bound], sorted(map(repr, atoms))))
