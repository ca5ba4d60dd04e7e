# SPDX-License-Identifier: Apache-2.0
"""What ops compute, element by element, on symbolic tensors.

Windows are functions that nothing is known of: Conv reads X at position(s, k) where inside(s, k) is 1, and both are the
same on two sides if the attributes and shapes that they depend on are.
Sources: ONNX Gemm-13, MatMul-13, Conv-11, ConvTranspose-11, BatchNormalization-15.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from operator import add, mul, sub
from typing import Any, NamedTuple

from .cases import ONE, Beyond, Case, Item, Size, over, times
from .polynomials import Index, Polynomial, atom, number
from .tensors import (
    ZERO,
    Indices,
    Tensor,
    broadcast_shape,
    channel,
    elementwise,
    function,
    group_of,
    locate,
    permuted,
    placed,
    total,
    with_rank,
    within,
)


class Symbol(NamedTuple):
    """The value of an attribute that nothing is known of."""

    name: str


class Op(ABC):
    """An op of a side: its operands, and what its attributes are."""

    case: Case
    name: str
    operands: tuple[Tensor | None, ...]

    @abstractmethod
    def attribute(self, name: str) -> Any:
        """The value of an attribute, or a symbol for it."""

    @abstractmethod
    def known_as(self, *depends_on: Any) -> str:
        """A name for what depends on its attributes and on something else; the left side has to have it, too."""

    @abstractmethod
    def is_unpadded(self, window: str) -> bool:
        """Whether a condition says so of an op with this window."""

    def operand(self, index: int) -> Tensor:
        """An operand that has to be there."""
        found = self.optional(index)
        if found is None:
            raise Beyond(f"an operand of the {self.name} that is absent")
        return found

    def optional(self, index: int) -> Tensor | None:
        """An operand, or None."""
        return self.operands[index] if index < len(self.operands) else None

    def vector(self, index: int, size: Size) -> Tensor:
        """An operand that is a vector of this size."""
        what = f"operand {index} of the {self.name} is not a vector of {'|'.join(sorted(size))}"
        found = with_rank(self.case, self.operand(index), 1, what)
        self.case.require_size(found.shape[0].size, size, what)
        return found

    def number(self, name: str) -> Polynomial:
        """A float attribute."""
        given = self.attribute(name)
        return atom(("letter", given.name)) if isinstance(given, Symbol) else number(given)

    def flag(self, name: str) -> bool:
        """An attribute that is zero or not."""
        given = self.attribute(name)
        if isinstance(given, Symbol):
            return bool(self.case.choose(("flag", given.name), (0, 1)))
        return bool(given)

    def groups(self) -> Size:
        """The number of groups."""
        given = self.attribute("group")
        return size_of(self.case, given)


def size_of(case: Case, given: Any) -> Size:
    """An attribute as a size."""
    if given == 1:
        return ONE
    return case.size(f"@{given.name if isinstance(given, Symbol) else given}")


def _gemm(op: Op) -> Tensor:
    case = op.case
    a, b = (
        with_rank(case, op.operand(index), 2, f"operand {index} of the Gemm") for index in (0, 1)
    )
    a = permuted(a, (1, 0)) if op.flag("transA") else a
    b = permuted(b, (1, 0)) if op.flag("transB") else b
    case.require_size(a.shape[1].size, b.shape[0].size, "the Gemm sums over axes of other sizes")
    shape = (a.shape[0], b.shape[1])
    alpha = op.number("alpha")
    c = op.optional(2)
    if c is not None:
        unequal = "C of the Gemm does not broadcast to the product"
        case.require(broadcast_shape(case, c.shape, shape), shape, unequal)
    added = None if c is None else placed(c, shape)
    beta = op.number("beta")

    def at(indices: Indices) -> Polynomial:
        m, n = indices
        found = alpha * total(a.shape[1:], lambda k: a.at((m, *k)) * b.at((*k, n)))
        return found if added is None else found + beta * added(indices)

    return Tensor(shape, at)


def _matmul(op: Op) -> Tensor:
    case, a, b = op.case, op.operand(0), op.operand(1)
    for operand in (a, b):
        if locate(case, operand.shape, -1) is None:
            case.require(operand.shape, (Item(ONE),), "an operand of the MatMul has rank 0")
    if locate(case, b.shape, -2) is None:
        b = Tensor((*b.shape, Item(ONE)), lambda indices, b=b: b.at(indices[:-1]))  # type: ignore[misc]
        found = _product(case, a, b)
        return Tensor(found.shape[:-1], lambda indices: found.at((*indices, ZERO)))
    if len(b.shape) == 2:
        return _product(case, a, b)
    if locate(case, a.shape, -2) is None:
        a = Tensor((Item(ONE), *a.shape), lambda indices, a=a: a.at(indices[1:]))  # type: ignore[misc]
        found = _product(case, a, b)
        shape = (*found.shape[:-2], found.shape[-1])
        return Tensor(shape, lambda indices: found.at((*indices[:-1], ZERO, indices[-1])))
    return _product(case, a, b)


def _product(case: Case, a: Tensor, b: Tensor) -> Tensor:
    """The product of matrices, or stacks of them; `a` may have any rank where `b` has rank 2."""
    k, n = b.shape[-2:]
    case.require_size(a.shape[-1].size, k.size, "the MatMul sums over axes of other sizes")
    rows = a.shape[:-1] if len(b.shape) == 2 else a.shape[-2:-1]
    stack = () if len(b.shape) == 2 else broadcast_shape(case, a.shape[:-2], b.shape[:-2])
    left = placed(a, (*stack, *rows, k))
    right = placed(b, (*stack, k, n))

    def at(indices: Indices) -> Polynomial:
        outer, row, column = indices[: len(stack)], indices[len(stack) : -1], indices[-1]
        return total((k,), lambda at: left((*outer, *row, *at)) * right((*outer, *at, column)))

    return Tensor((*stack, *rows, n), at)


def _conv(op: Op) -> Tensor:
    x, w, groups, result = _convolution(op)
    outputs, inner, *kernel = w.shape
    inputs = times(groups, inner.size)
    op.case.require_size(x.shape[1].size, inputs, "the Conv reads another number of channels")

    def at(indices: Indices) -> Polynomial:
        n, o, s = indices
        group = group_of(outputs.size, groups, o)

        def seen(summed: Indices) -> Polynomial:
            i, *k = summed
            window, inside = result.window(s, *k)
            return (
                inside * x.at((n, channel(inputs, groups, group, i), *window)) * w.at((o, *summed))
            )

        return _biased(total((inner, *kernel), seen), result.bias, o)

    return Tensor((x.shape[0], outputs, result.item), at)


def _conv_transpose(op: Op) -> Tensor:
    x, w, groups, result = _convolution(op)
    inputs, inner, *kernel = w.shape
    outputs = times(groups, inner.size)
    op.case.require_size(x.shape[1].size, inputs.size, "the ConvTranspose reads other channels")

    def at(indices: Indices) -> Polynomial:
        n, o, s = indices
        group, place = group_of(outputs, groups, o), within(outputs, groups, o)

        def seen(summed: Indices) -> Polynomial:
            i, *k = summed
            window, inside = result.window(s, *k)
            c = channel(inputs.size, groups, group, i)
            return inside * x.at((n, c, *window)) * w.at((c, place, *k))

        own = Item(over(inputs.size, groups))
        return _biased(total((own, *kernel), seen), result.bias, o)

    return Tensor((x.shape[0], Item(outputs), result.item), at)


class _Windows(NamedTuple):
    """What convolutions have in common.

    item: the positions of the result.  window: for one of them and one of the kernel, the position in X and whether it
    is inside.  bias: B, or None.
    """

    item: Item
    window: Callable[..., tuple[Indices, Polynomial]]
    bias: Tensor | None


def _convolution(op: Op) -> tuple[Tensor, Tensor, Size, _Windows]:
    x, w = (_with_channels(op, index) for index in (0, 1))
    spatial, groups = x.shape[2:], op.groups()
    name = op.known_as(x.shape[1:], w.shape)
    # A ConvTranspose skips positions between strides, too.
    pads = op.name != "Conv" or not (op.is_unpadded(name) or _is_given_unpadded(op))

    def window(*of: Index) -> tuple[Indices, Polynomial]:
        position = [function(f"{name}.{at}", item, *of) for at, item in enumerate(spatial)]
        inside = atom(("letter", f"{name}.inside", *of)) if pads else number(1)
        return tuple(position), inside

    outputs = w.shape[0].size if op.name == "Conv" else times(groups, w.shape[1].size)
    bias = None if op.optional(2) is None else op.vector(2, outputs)
    return x, w, groups, _Windows(Item(frozenset({f"{name}..."}), open=True), window, bias)


def _is_given_unpadded(op: Op) -> bool:
    auto_pad, pads = op.attribute("auto_pad"), op.attribute("pads")
    return auto_pad == "VALID" or (
        auto_pad == "NOTSET" and not isinstance(pads, Symbol) and not any(pads or ())
    )


def _with_channels(op: Op, index: int) -> Tensor:
    """An operand that has at least two axes."""
    found = op.operand(index)
    for axis in (0, 1):
        if locate(op.case, found.shape, axis) is None:
            what = f"operand {index} of the {op.name} has not two axes"
            op.case.require(found.shape, (Item(ONE), Item(ONE)), what)
    return found


def _biased(of: Polynomial, bias: Tensor | None, index: Index) -> Polynomial:
    return of if bias is None else of + bias.at((index,))


def _normalization(op: Op) -> Tensor:
    x = op.operand(0)
    if locate(op.case, x.shape, 0) is None:
        op.case.require(x.shape, (Item(ONE),), "X of the BatchNormalization has no axis")
    # Of rank 1 there is one channel.
    place = locate(op.case, x.shape, 1)
    channels = ONE if place is None else x.shape[1].size
    scale, bias, mean, var = (op.vector(index, channels) for index in (1, 2, 3, 4))
    epsilon = op.number("epsilon")

    def at(indices: Indices) -> Polynomial:
        c = (ZERO if place is None else indices[1],)
        root = (var.at(c) + epsilon).sqrt()
        return (x.at(indices) - mean.at(c)) * scale.at(c) / root + bias.at(c)

    return Tensor(x.shape, at)


def _transpose(op: Op) -> Tensor:
    x, perm = op.operand(0), op.attribute("perm")
    if perm is None or isinstance(perm, Symbol):
        return _moved(op)
    x = with_rank(op.case, x, len(perm), "the Transpose permutes another number of axes")
    return permuted(x, perm)


def _moved(op: Op) -> Tensor:
    """An op that moves elements, nobody knows whither: its attributes and the shape of X say it."""
    x = op.operand(0)
    name = op.known_as(x.shape)

    def at(indices: Indices) -> Polynomial:
        return x.at(
            tuple([function(f"{name}.{at}", item, *indices) for at, item in enumerate(x.shape)])
        )

    return Tensor((Item(frozenset({f"{name}..."}), open=True),), at)


def _elementwise(compute: Callable[..., Polynomial], op: Op) -> Tensor:
    operands = [op.operand(index) for index in range(len(op.operands))]
    return elementwise(op.case, operands, compute)


def _unknown(op: Op) -> Tensor:
    """A function of each element that nothing is known of but its attributes."""
    name = op.known_as()

    def compute(x: Polynomial) -> Polynomial:
        return x.function(name)

    return elementwise(op.case, [op.operand(0)], compute)


def _sum(*operands: Polynomial) -> Polynomial:
    return sum(operands[1:], start=operands[0])


_UNKNOWN = (
    "Abs Acos Acosh Asin Asinh Atan Atanh Ceil Celu Cos Cosh Elu Erf Exp Floor Gelu HardSigmoid HardSwish LeakyRelu "
    "Log Mish Relu Round Selu Sigmoid Sign Sin Sinh Softplus Softsign Tan Tanh ThresholdedRelu"
)

MEANINGS: dict[str, Callable[[Op], Tensor]] = {
    "Gemm": _gemm,
    "MatMul": _matmul,
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "BatchNormalization": _normalization,
    "Transpose": _transpose,
    "Flatten": _moved,
    "Identity": partial(_elementwise, _sum),
    "Add": partial(_elementwise, add),
    "Sub": partial(_elementwise, sub),
    "Mul": partial(_elementwise, mul),
    "Div": partial(_elementwise, Polynomial.__truediv__),
    "Sum": partial(_elementwise, _sum),
    "Neg": partial(_elementwise, Polynomial.__neg__),
    "Reciprocal": partial(_elementwise, Polynomial.inverse),
    "Sqrt": partial(_elementwise, Polynomial.sqrt),
    **dict.fromkeys(_UNKNOWN.split(), _unknown),
}
"""What each family of ops computes."""
