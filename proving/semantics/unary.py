# SPDX-License-Identifier: Apache-2.0
"""Functions of one tensor, element by element."""

from __future__ import annotations

from ..tensors import Tensor
from .formulas import Formula, formula
from .table import Call, means, need


@means("Abs", ordered=True)
def abs_(_: Call, x: Tensor) -> Tensor:
    """|X|"""
    each = formula(x)
    return x.like(each.max(-each).data)


@means("Neg")
def neg(_: Call, x: Tensor) -> Tensor:
    """-X"""
    return x.like(x.numbers.neg(x.data))


@means("Reciprocal")
def reciprocal(_: Call, x: Tensor) -> Tensor:
    """1 / X"""
    return x.like((1 / formula(x)).data)


@means("Sqrt")
def sqrt(_: Call, x: Tensor) -> Tensor:
    """The root of X"""
    return x.like(x.numbers.sqrt(x.data))


@means("Sign", ordered=True)
def sign(_: Call, x: Tensor) -> Tensor:
    """-1, 0 or 1"""
    each = formula(x)
    zero, one = each * 0, each * 0 + 1
    return x.like((-one).where(each < 0, one.where(each > 0, zero)).data)


@means("Floor", ordered=True)
def floor(_: Call, x: Tensor) -> Tensor:
    """The greatest whole number that is not above X"""
    return x.like(x.numbers.floor(x.data))


@means("Ceil", ordered=True)
def ceil(_: Call, x: Tensor) -> Tensor:
    """The least whole number that is not below X"""
    return x.like((-(-formula(x)).floor()).data)


@means("Round", ordered=True)
def round_(_: Call, x: Tensor) -> Tensor:
    """The nearest whole number; halves go to the even one"""
    return x.like(nearest(formula(x)).data)


def nearest(each: Formula) -> Formula:
    """The nearest whole number; of two the even one."""
    up = (each + 0.5).floor()
    half = each + 0.5
    tie = each.numbers.equal(up.data, half.data)
    even = (up / 2).floor() * 2
    odd = ~each.numbers.equal(even.data, up.data).astype(bool)
    return (up - 1).where(odd & tie.astype(bool), up)


@means("Acos Acosh Asin Asinh Atan Atanh Cos Erf Exp Log Sin Tan", unknown=True)
def unknown(call: Call, x: Tensor) -> Tensor:
    """A function of which it is known at most that it is odd or even"""
    return x.like(formula(x).function(call.spec.onnx_name).data)


@means("Gelu", unknown=True)
def gelu(call: Call, x: Tensor) -> Tensor:
    """0.5 * X * (1 + Erf(X / sqrt(2))), or an approximation of it; sqrt(2) is no fraction"""
    approximate = call["approximate"]
    need(approximate in ("none", "tanh"), "approximate is none of its values")
    return x.like(formula(x).function("Gelu", approximate).data)


@means("Sinh", unknown=True)
def sinh(_: Call, x: Tensor) -> Tensor:
    """(e^X - e^-X) / 2"""
    each = formula(x)
    return x.like(((each.exp() - (-each).exp()) / 2).data)


@means("Cosh", unknown=True)
def cosh(_: Call, x: Tensor) -> Tensor:
    """(e^X + e^-X) / 2"""
    each = formula(x)
    return x.like(((each.exp() + (-each).exp()) / 2).data)


@means("Tanh", unknown=True)
def tanh(_: Call, x: Tensor) -> Tensor:
    """(e^X - e^-X) / (e^X + e^-X)"""
    return x.like(_tanh(formula(x)).data)


def _tanh(each: Formula) -> Formula:
    up, down = each.exp(), (-each).exp()
    return (up - down) / (up + down)


@means("Sigmoid", unknown=True)
def sigmoid(_: Call, x: Tensor) -> Tensor:
    """1 / (1 + e^-X)"""
    return x.like((1 / (1 + (-formula(x)).exp())).data)


@means("Swish", unknown=True)
def swish(call: Call, x: Tensor) -> Tensor:
    """X / (1 + e^(-alpha * X))"""
    each = formula(x)
    alpha = Formula(x.numbers, call.number("alpha", x.numbers))
    return x.like((each / (1 + (-(each * alpha)).exp())).data)


@means("Softplus", unknown=True)
def softplus(_: Call, x: Tensor) -> Tensor:
    """ln(e^X + 1)"""
    return x.like((formula(x).exp() + 1).log().data)


@means("Mish", unknown=True)
def mish(_: Call, x: Tensor) -> Tensor:
    """X * tanh(ln(e^X + 1))"""
    each = formula(x)
    return x.like((each * _tanh((each.exp() + 1).log())).data)


@means("Softsign", ordered=True)
def softsign(_: Call, x: Tensor) -> Tensor:
    """X / (1 + |X|)"""
    each = formula(x)
    return x.like((each / (1 + each.max(-each))).data)


@means("Relu", ordered=True)
def relu(_: Call, x: Tensor) -> Tensor:
    """max(0, X)"""
    return x.like(x.numbers.maximum(x.data, x.numbers.from_python(0)))


def _number(call: Call, x: Tensor, name: str) -> Formula:
    return Formula(x.numbers, call.number(name, x.numbers))


@means("LeakyRelu", ordered=True)
def leaky_relu(call: Call, x: Tensor) -> Tensor:
    """alpha * X below 0, else X"""
    each = formula(x)
    return x.like((each * _number(call, x, "alpha")).where(each < 0, each).data)


@means("ThresholdedRelu", ordered=True)
def thresholded_relu(call: Call, x: Tensor) -> Tensor:
    """X above alpha, else 0"""
    each = formula(x)
    return x.like(each.where(each > _number(call, x, "alpha"), 0).data)


@means("Elu", ordered=True, unknown=True)
def elu(call: Call, x: Tensor) -> Tensor:
    """alpha * (e^X - 1) below 0, else X"""
    each = formula(x)
    return x.like(((each.exp() - 1) * _number(call, x, "alpha")).where(each < 0, each).data)


@means("Celu", ordered=True, unknown=True)
def celu(call: Call, x: Tensor) -> Tensor:
    """max(0, X) + min(0, alpha * (e^(X / alpha) - 1))"""
    each, alpha = formula(x), _number(call, x, "alpha")
    return x.like((each.max(0) + (alpha * ((each / alpha).exp() - 1)).min(0)).data)


@means("Selu", ordered=True, unknown=True)
def selu(call: Call, x: Tensor) -> Tensor:
    """gamma * (alpha * e^X - alpha) up to 0, else gamma * X"""
    each, alpha, gamma = formula(x), _number(call, x, "alpha"), _number(call, x, "gamma")
    return x.like((gamma * each.where(each > 0, alpha * each.exp() - alpha)).data)


@means("HardSigmoid", ordered=True)
def hard_sigmoid(call: Call, x: Tensor) -> Tensor:
    """max(0, min(1, alpha * X + beta))"""
    line = formula(x) * _number(call, x, "alpha") + _number(call, x, "beta")
    return x.like(line.min(1).max(0).data)


@means("HardSwish", ordered=True)
def hard_swish(_: Call, x: Tensor) -> Tensor:
    """X * max(0, min(1, X / 6 + 1 / 2))"""
    each = formula(x)
    return x.like((each * (each / 6 + 0.5).min(1).max(0)).data)


@means("Shrink", ordered=True)
def shrink(call: Call, x: Tensor) -> Tensor:
    """X + bias below -lambd, X - bias above lambd, else 0"""
    each, bias, limit = formula(x), _number(call, x, "bias"), _number(call, x, "lambd")
    return x.like((each + bias).where(each < -limit, (each - bias).where(each > limit, 0)).data)
