# SPDX-License-Identifier: Apache-2.0
"""Tensors whose sizes and ranks are symbols: a shape, and a polynomial for each index.

There is one index for each item of a shape, so one for any number of axes that nothing distinguishes.  An index is a
variable, or made of others:

    ZERO                                      of an axis of size 1
    ("part", names, index)                    of an operand, where `index` is of the result that it is broadcast to
    ("of", name, index, ...)                  a function that nothing is known of: what Reshape does, a window
    ("group" | "within", total, groups, index)  the group that a channel is in, and its place there
    ("channel", total, groups, group, place)    and back
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .cases import ONE, Beyond, Case, Item, Size, factors, over, times
from .polynomials import Index, Polynomial, atom, number, variable

ZERO: Index = ("0",)

Shape = tuple[Item, ...]
Indices = tuple[Index, ...]


@dataclass(frozen=True)
class Tensor:
    """A shape, and what stands at each index.  axis: where the item is that `moved` is about."""

    shape: Shape
    at: Callable[[Indices], Polynomial]
    axis: int | None = None


def scalar(value: Polynomial) -> Tensor:
    """A tensor of rank 0."""
    return Tensor((), lambda _: value)


def letter(name: str, shape: Shape) -> Tensor:
    """A tensor that nothing is known of."""
    return Tensor(shape, lambda indices: atom(("letter", name, *indices)))


def index_of(item: Item) -> Index:
    """A new index for an item."""
    return variable() if item.size else ZERO


def part(index: Index, whole: Item, of: Item) -> Index:
    """The index of an operand's item where `index` is of the item that it is broadcast to."""
    if of == whole:
        return index
    if not of.size:
        return ZERO
    return ("part", tuple(sorted(of.size)), index[2] if index[0] == "part" else index)


def function(name: str, item: Item, *of: Index) -> Index:
    """An index that is an unknown function of others."""
    return ("of", name, *of) if item.size else ZERO


def group_of(total: Size, groups: Size, index: Index) -> Index:
    """The group that a channel of `total` is in."""
    return _split("group", 3, total, groups, index)


def within(total: Size, groups: Size, index: Index) -> Index:
    """The place of a channel in its group."""
    return _split("within", 4, total, groups, index)


def _split(kind: str, place: int, total: Size, groups: Size, index: Index) -> Index:
    if not groups:
        return ZERO if kind == "group" else index
    if groups == total:
        return index if kind == "group" else ZERO
    if index[:3] == ("channel", key(total), key(groups)):
        found: Index = index[place]
        return found
    return (kind, key(total), key(groups), index)


def channel(total: Size, groups: Size, group: Index, place: Index) -> Index:
    """The channel of `total` at a place in a group."""
    if not groups:
        return place
    if groups == total:
        return group
    names = (key(total), key(groups))
    if group == ("group", *names, group[-1]) and place == ("within", *names, group[-1]):
        found: Index = group[-1]
        return found
    return ("channel", *names, group, place)


def key(size: Size) -> tuple[str, ...]:
    """A size as a part of an index."""
    return tuple(sorted(size))


def total(items: Sequence[Item], of: Callable[[Indices], Polynomial]) -> Polynomial:
    """The sum over all indices of items."""
    indices = tuple(map(index_of, items))
    found = of(indices)
    for index, item in zip(indices, items, strict=True):
        if index != ZERO:
            found = found.summed(index, (key(item.size), item.open), count(item))
    return found


def count(item: Item) -> Polynomial:
    """How many indices an item has."""
    found = number(1)
    for size in (item.size,) if item.open else factors(item.size):
        found = found * atom(("size", key(size), item.open))
    return found


def locate(case: Case, shape: Shape, axis: int) -> int | None:
    """Which item is an axis; None if the rank is too small.  Blocks are told apart as far as that takes."""
    places = range(len(shape)) if axis >= 0 else range(-1, -len(shape) - 1, -1)
    for distance, place in enumerate(places):
        if shape[place].open:
            case.split(shape[place], "first" if axis >= 0 else "last")
        if distance == (axis if axis >= 0 else -axis - 1):
            return place % len(shape)
    return None


def with_rank(case: Case, of: Tensor, rank: int, what: str) -> Tensor:
    """The tensor, which has so many axes."""
    for axis in range(rank):
        if locate(case, of.shape, axis) is None:
            case.require(of.shape, (Item(ONE),) * rank, f"{what} has not rank {rank}")
    case.require(of.shape, of.shape[:rank], f"{what} has not rank {rank}")
    return of


def broadcast_shape(case: Case, one: Shape, other: Shape) -> Shape:
    """The shape to which two broadcast, as numpy does."""
    left, right = list(one), list(other)
    found: list[Item] = []
    while left and right:
        if left == right:
            found[:0] = left
            return tuple(found)
        a, b = left.pop(), right.pop()
        if a.open != b.open:
            case.split(a if a.open else b, "last")
        elif a.open and a != b and (left or right):
            raise Beyond("a broadcast of ranks that are not known")
        found.insert(0, Item(case.broadcast(a.size | b.size), a.open))
    found[:0] = left or right
    return tuple(found)


def placed(of: Tensor, shape: Shape) -> Callable[[Indices], Polynomial]:
    """What stands at the indices of a shape to which a tensor is broadcast."""
    skipped = len(shape) - len(of.shape)

    def at(indices: Indices) -> Polynomial:
        rows = zip(indices[skipped:], shape[skipped:], of.shape, strict=True)
        return of.at(tuple([part(index, whole, item) for index, whole, item in rows]))

    return at


def elementwise(
    case: Case, operands: Sequence[Tensor], compute: Callable[..., Polynomial]
) -> Tensor:
    """A function of the elements of tensors that are broadcast to each other."""
    shape = operands[0].shape
    for operand in operands[1:]:
        shape = broadcast_shape(case, shape, operand.shape)
    elements = [placed(operand, shape) for operand in operands]
    return Tensor(shape, lambda indices: compute(*[element(indices) for element in elements]))


def permuted(of: Tensor, order: Sequence[int]) -> Tensor:
    """The tensor with its items in another order: item n is item order[n] of the old one."""
    shape = tuple([of.shape[place] for place in order])
    inverse = [list(order).index(place) for place in range(len(order))]
    return Tensor(shape, lambda indices: of.at(tuple([indices[place] for place in inverse])))


def ungrouped(case: Case, of: Tensor, groups: Size, what: str) -> Tensor:
    """A tensor of shape (G, I, ...) as (G * I, ...); what has less axes stays as it is."""
    if not of.shape or locate(case, of.shape, 0) is None or locate(case, of.shape, 1) is None:
        return of
    case.require_size(of.shape[0].size, groups, what)
    whole = times(groups, of.shape[1].size)

    def at(indices: Indices) -> Polynomial:
        place = indices[0]
        pair = group_of(whole, groups, place), within(whole, groups, place)
        return of.at((*pair, *indices[1:]))

    return Tensor((Item(whole), *of.shape[2:]), at)


def by_group(of: Tensor, groups: Size) -> Tensor:
    """A vector of channels as a matrix with a row for each group."""
    if not of.shape:
        return of
    if len(of.shape) != 1 or of.shape[0].open:
        raise Beyond("by_group(...) of what is no vector")
    whole = of.shape[0].size
    shape = (Item(groups), Item(over(whole, groups)))
    return Tensor(shape, lambda indices: of.at((channel(whole, groups, *indices),)))
