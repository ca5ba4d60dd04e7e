# SPDX-License-Identifier: Apache-2.0
"""What ops compute on symbolic tensors is what they compute on numbers; and normal forms are sound.

A polynomial is evaluated where its letters are arrays over a prime field, its sizes numbers, and its unknown functions those
that a convolution of these sizes has.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onnx_opt.passes.rewriting import Rule, attributes, others, values
from onnx_opt.passes.rewriting.ops import (
    BN,
    Add,
    Conv,
    ConvTranspose,
    Div,
    Gemm,
    MatMul,
    Mul,
    Reciprocal,
    Sub,
    Transpose,
)
from onnx_opt.passes.rewriting.terms import Attribute, OpTerm
from onnx_opt.proving.domains import FIELD
from onnx_opt.proving.normal_forms import polynomials
from onnx_opt.proving.normal_forms.cases import Beyond, Case, Item, for_each_case
from onnx_opt.proving.normal_forms.facts import Facts
from onnx_opt.proving.normal_forms.polynomials import Polynomial, atom, equal, number, variable
from onnx_opt.proving.normal_forms.sides import Side
from onnx_opt.proving.normal_forms.tensors import ZERO, Tensor, index_of
from onnx_opt.proving.semantics import evaluate
from onnx_opt.proving.tensors import Invalid, Undefined
from onnx_opt.proving.tensors import Tensor as Numbers

PRIME = (1 << 61) - 1
x, y, z, w, b = values("x y z w b")
alpha, beta, transA, transB, epsilon, group = attributes(  # noqa: N816
    "alpha beta transA transB epsilon group"
)
window = others()


@dataclass
class World:
    """What symbols stand for.  sizes: of axes, an int, and of open blocks, a shape.  windows: see `window`."""

    sizes: dict[str, Any] = field(default_factory=dict)
    letters: dict[str, Any] = field(default_factory=dict)
    window: Any = None

    def size(self, names: tuple[str, ...], open: bool) -> tuple[int, ...]:  # noqa: A002
        shapes = [self.sizes[name] if open else (self.axis(name),) for name in names]
        return np.broadcast_shapes(*shapes)

    def axis(self, name: str) -> int:
        if name[0] != "(":
            return int(self.sizes[name])
        depths = itertools.accumulate((each == "(") - (each == ")") for each in name[1:-1])
        at = next(at for at, depth in enumerate(depths, 1) if not depth and name[at] in "*/")
        left, right = (self.axis(part) for part in (name[1:at], name[at + 1 : -1]))
        return left * right if name[at] == "*" else left // right

    def item(self, item: Item) -> tuple[int, ...]:
        return self.size(tuple(item.size), open=item.open) if item.size else (1,)

    def index(self, index: Any, at: Mapping[Any, tuple[int, ...]]) -> tuple[int, ...]:
        match index:
            case ("0",):
                return (0,)
            case ("part", names, of):
                found = self.index(of, at)
                is_open = all(isinstance(self.sizes.get(name), tuple) for name in names)
                shape = self.size(names, open=is_open)
                kept = found[len(found) - len(shape) :]
                return tuple(
                    0 if size == 1 else each for each, size in zip(kept, shape, strict=True)
                )
            case ("group" | "within" as kind, whole, groups, of):
                (channel,) = self.index(of, at)
                size = self.size(whole, open=False)[0] // self.size(groups, open=False)[0]
                return (channel // size if kind == "group" else channel % size,)
            case ("channel", whole, groups, g, i):
                size = self.size(whole, open=False)[0] // self.size(groups, open=False)[0]
                return (self.index(g, at)[0] * size + self.index(i, at)[0],)
            case ("of", _, *of):
                return tuple(self.window(*[self.index(each, at) for each in of])[0])
            case _:
                return at[index]

    def atom(self, of: Any, at: Mapping[Any, tuple[int, ...]]) -> int:
        match of:
            case ("size", names, is_open):
                return prod(self.size(names, open=is_open))
            case ("function", "sqrt", inner):
                return int(
                    FIELD.sqrt(np.asarray(self.value(polynomials.thaw(inner), at), object))[()]
                )
            case ("function", "1/", inner):
                return pow(self.value(polynomials.thaw(inner), at), -1, PRIME)
            case ("letter", name, *indices):
                found = [self.index(each, at) for each in indices]
                if name.endswith(".inside"):
                    return int(self.window(*found)[1])
                return int(self.letters[name][tuple(itertools.chain(*found))])
        raise AssertionError(of)

    def value(self, of: Polynomial, at: Mapping[Any, tuple[int, ...]]) -> int:
        found = 0
        for monomial, factor in of.terms.items():
            ranges = [np.ndindex(self.size(*over)) for _, over in monomial.bound]
            variables = [bound for bound, _ in monomial.bound]
            for point in itertools.product(*ranges):
                here = {**at, **dict(zip(variables, point, strict=True))}
                powers = [(of, power) for of, power in monomial.atoms]
                # What is not inside has no place to be read from.
                powers.sort(key=lambda each: not str(each[0][1]).endswith(".inside"))
                value = FIELD.from_python(factor)
                for each, power in powers:
                    if value:
                        value = value * pow(self.atom(each, here), power, PRIME) % PRIME
                found += value
        return found % PRIME

    def array(self, of: Tensor) -> Any:
        shapes = [self.item(item) for item in of.shape]
        indices = tuple(map(index_of, of.shape))
        value = of.at(indices)
        found = np.empty(tuple(itertools.chain(*shapes)), object)
        for point in itertools.product(*map(np.ndindex, shapes)):
            at = {index: each for index, each in zip(indices, point, strict=True) if index != ZERO}
            found[tuple(itertools.chain(*point))] = self.value(value, at)
        return found


OPS = [
    Add(x, y), Sub(x, y), Mul(x, y), Div(Mul(x, y), y),
    Gemm(x, y, z, alpha, beta, transA, transB), Gemm(x, y, None, alpha, transB), MatMul(x, y), MatMul(MatMul(x, y), z),
    Conv(x, w, b, group, window), ConvTranspose(x, w, b, group, window), BN(x, y, z, w, b, epsilon),
    Transpose(x, perm=[1, 2, 0]), Add(MatMul(x, y), z), Mul(Add(x, y), Sub(x, z)),
]  # fmt: skip


@pytest.mark.parametrize("op", OPS, ids=lambda op: f"{op.family.name}{len(op.operands)}")
def test_symbolic_ops_compute_what_ops_compute(op: OpTerm) -> None:
    # A rule with this left side; integers are not divided here.
    facts = Facts(Rule("", Mul(Reciprocal(x), op), x))
    rng = np.random.default_rng(20)
    sides: list[Side] = []

    def judge(case: Case) -> None:
        sides[:] = [Side(facts, case, None)]
        sides[0].result(op)

    for case in for_each_case({}, judge):
        (side,) = sides
        agreed = 0
        for _ in range(400):
            drawn = draw(rng, side)
            agreed += drawn is not None and agree(drawn, side, op, case)
            if agreed == 2:
                break
        assert agreed, case.known


def draw(rng: np.random.Generator, side: Side) -> World | None:
    """Random sizes and letters; None where the sizes do not fit each other."""
    world = World({"@group": 2})
    rank = int(rng.integers(1, 3))
    stored = {
        side.facts.names[letter]: found
        for letter, found in side._stored.items()
        if found is not None
    }
    for found in stored.values():
        for item in found.shape:
            for name in _bases(item.size):
                if name in world.sizes:
                    continue
                if item.open:
                    convolves = any(op.others for op in side.facts.ops)
                    sizes = [int(rng.integers(2, 4)) for _ in range(rank)] if convolves else []
                    loose = [int(rng.choice([1, size])) for size in (3, 2)][rng.integers(0, 3) :]
                    world.sizes[name] = tuple(sizes or loose)
                else:
                    world.sizes[name] = int(rng.integers(1, 5))
    try:
        shapes = {
            name: tuple(itertools.chain(*map(world.item, found.shape)))
            for name, found in stored.items()
        }
    except ValueError:
        return None
    for name, shape in shapes.items():
        world.letters[name] = FIELD.draw(rng, shape)
    for letter in side.facts.names.values():
        world.letters.setdefault(letter, FIELD.draw(rng, ()))
    return world


def _bases(size: Any) -> set[str]:
    found: set[str] = set()
    for name in size:
        if name[0] == "(":
            found |= {each for each in re.split(r"[()*/|]", name) if each}
        else:
            found.add(name)
    return found


def agree(world: World, side: Side, op: OpTerm, case: Case) -> bool:
    """Whether both agree; False where the op has no result on these numbers."""
    try:
        expected = computed(world, side, op, case)
    except (Invalid, Undefined):
        return False
    assert expected is not None
    found = side.result(op)
    for item in found.shape:
        for name in item.size:
            if name.startswith("#"):
                world.sizes[name] = expected.shape[2:]
    if op.family.name.startswith("Conv"):
        world.window = windows(world, side, op)
    try:
        assert world.array(found).tolist() == expected.data.tolist(), case.known
    except ValueError:
        return False
    return True


def computed(world: World, side: Side, term: Any, case: Case) -> Numbers | None:
    """The term on numbers."""
    if not isinstance(term, OpTerm):
        if term is None or side._stored[term] is None:
            return None
        return Numbers("f32", FIELD, world.letters[side.facts.names[term]])
    attributes: dict[str, Any] = {}
    for name, given_ in term.attributes.items():
        if not isinstance(given_, Attribute):
            attributes[name] = given_
        elif ("flag", given_.name) in case.known:
            attributes[name] = case.known["flag", given_.name]
        elif name == "group":
            attributes[name] = world.sizes["@group"]
        else:
            attributes[name] = Numbers("f32", FIELD, world.letters[given_.name])
    operands = [computed(world, side, each, case) for each in term.operands]
    if term.others:
        assert operands[1] is not None
        rank = operands[1].rank - 2
        attributes |= {"strides": [2] * rank, "pads": [1] * 2 * rank}
    return evaluate(term.family.op_names[0], operands, attributes)[0]


def windows(world: World, side: Side, op: OpTerm) -> Any:
    """Position and presence, for strides of 2 and padding of 1."""
    x_ = op.operands[0]
    assert x_ is not None
    found = side._stored[x_]
    assert found is not None
    spatial = world.item(found.shape[-1])

    def window(s: tuple[int, ...], k: tuple[int, ...]) -> tuple[tuple[int, ...], bool]:
        pairs = list(zip(s, k, strict=True))
        if op.family.name == "Conv":
            position = [2 * at - 1 + offset for at, offset in pairs]
            whole = True
        else:
            position = [(at + 1 - offset) // 2 for at, offset in pairs]
            whole = all((at + 1 - offset) % 2 == 0 for at, offset in pairs)
        inside = all(0 <= at < size for at, size in zip(position, spatial, strict=True))
        return tuple(position), whole and inside

    return window


ATOMS = st.sampled_from(["p", "q", "r"])


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3, bound: tuple[Any, ...] = ()) -> Any:
    """Trees of sums and products of letters, below sums over i and j."""
    kind = draw(st.sampled_from("anlmspd" if depth else "an"))
    if kind == "n":
        return ("n", Fraction(draw(st.integers(-3, 3)), draw(st.integers(1, 3))))
    if kind == "a":
        indices = draw(st.lists(st.sampled_from(bound), max_size=2)) if bound else []
        return ("a", f"{draw(ATOMS)}{len(indices)}", *indices)
    if kind == "l":
        name = draw(st.sampled_from("ij"))
        return ("sum", name, draw(expressions(depth - 1, (*bound, name))))
    if kind == "d":
        return ("div", draw(expressions(depth - 1, bound)), draw(expressions(0, bound)))
    operator = {"m": "*", "s": "+", "p": "-"}[kind]
    return (operator, draw(expressions(depth - 1, bound)), draw(expressions(depth - 1, bound)))


def polynomial(of: Any, at: Mapping[str, Any]) -> Polynomial:
    match of:
        case ("n", value):
            return number(value)
        case ("a", name, *indices):
            return atom(("letter", name, *[at[each] for each in indices]))
        case ("sum", name, inner):
            bound = variable()
            size = atom(("size", (name,), False))
            return polynomial(inner, {**at, name: bound}).summed(bound, ((name,), False), size)
        case (operator, left, right):
            a, c = polynomial(left, at), polynomial(right, at)
            return {"+": a.__add__, "-": a.__sub__, "*": a.__mul__, "div": a.__truediv__}[operator](
                c
            )
    raise AssertionError(of)


def evaluated(of: Any, at: Mapping[str, int], world: World) -> int:
    match of:
        case ("n", value):
            return int(FIELD.from_python(value))
        case ("a", name, *indices):
            return int(world.letters[name][tuple(at[each] for each in indices)])
        case ("sum", name, inner):
            return (
                sum(evaluated(inner, {**at, name: k}, world) for k in range(world.sizes[name]))
                % PRIME
            )
        case (operator, left, right):
            a, c = evaluated(left, at, world), evaluated(right, at, world)
            return {"+": a + c, "-": a - c, "*": a * c, "div": a * pow(c, PRIME - 2, PRIME)}[
                operator
            ] % PRIME
    raise AssertionError(of)


def exchanged(of: Any, choose: Any) -> Any:
    """An equal expression: sums distributed and renamed, operands exchanged."""
    match of:
        case ("sum", name, (("+" | "-") as operator, left, right)) if choose():
            return (
                operator,
                exchanged(("sum", name, left), choose),
                exchanged(("sum", name, right), choose),
            )
        case ("sum", name, inner):
            return ("sum", name, exchanged(inner, choose))
        case ("*", left, ("+", a, c)) if choose():
            return ("+", exchanged(("*", a, left), choose), exchanged(("*", left, c), choose))
        case (("+" | "*") as operator, left, right):
            pair = exchanged(left, choose), exchanged(right, choose)
            return (operator, *(pair[::-1] if choose() else pair))
        case ("-", left, right):
            return (
                "+",
                exchanged(left, choose),
                ("*", ("n", Fraction(-1)), exchanged(right, choose)),
            )
        case _:
            return of


@given(expressions(), expressions(), st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_normal_forms_are_equal_only_where_values_are(one: Any, other: Any, random: Any) -> None:
    rng = np.random.default_rng(7)
    world = World({"i": 3, "j": 5})
    for name in "pqr":
        for rank in range(3):
            world.letters[f"{name}{rank}"] = FIELD.draw(rng, (5,) * rank)
    alike = exchanged(one, lambda: random.random() < 0.5)
    try:
        forms = [polynomial(each, {}) for each in (one, other, alike)]
    except Beyond:
        return
    values_ = [evaluated(each, {}, world) for each in (one, other, alike)]
    assert world.value(forms[0], {}) == values_[0] == values_[2]
    assert equal(forms[0], forms[2])
    if equal(forms[0], forms[1]):
        assert values_[0] == values_[1]


def cycle(order: tuple[int, ...]) -> Polynomial:
    """The sum over i, j, k of q[i, j] q[j, k] q[k, i], the variables made and bound in some order."""
    made = {place: variable() for place in order}
    found = number(1)
    for place in order:
        found = found * atom(("letter", "q", made[place], made[(place + 1) % 3]))
    for place in order:
        found = found.summed(made[place], (("n",), False), atom(("size", ("n",), False)))
    return found


def test_the_order_of_sums_that_are_alike_does_not_matter() -> None:
    for order in itertools.permutations(range(3)):
        assert equal(cycle((0, 1, 2)), cycle(order))


def test_a_sum_times_itself_is_no_sum_of_squares() -> None:
    def total(of: Callable[[Any], Polynomial]) -> Polynomial:
        k = variable()
        return of(k).summed(k, (("n",), False), atom(("size", ("n",), False)))

    one = total(lambda k: atom(("letter", "q", k)))
    squares = total(lambda k: atom(("letter", "q", k)) ** 2)
    assert equal(one * one, one * total(lambda k: atom(("letter", "q", k))))
    assert not equal(one * one, squares)
