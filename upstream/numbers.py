# SPDX-License-Identifier: Apache-2.0
"""The arithmetic of a right side as ONNX ops on constants, which onnx-mlir's constant propagation folds.

Weights stay as they are stored, and what they are combined with is brought beside them:

    transposed(B * s, transB)           B s              transB = 0
                                        B unsqueeze(s)   transB = 1
    grouped(W * along(s, 0, 2), group)  W and s reshaped to (G, C / G, ...) and (G, 1, -1, 1, ...), and back
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ..passes.rewriting.terms import (
    REST,
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
    Term,
    View,
    children,
    walk,
)
from .cases import UnsayableError
from .dags import Dag
from .simplify import Simplifier
from .sources import Source

_OPS = {"+": "ONNXAddOp", "-": "ONNXSubOp", "*": "ONNXMulOp", "/": "ONNXDivOp"}
_SYMBOLS = "stuvw"


def number(kind: str, value: float | int | str) -> str:
    """An attribute of a given value."""
    return f'ConstantAttr<{kind}, "{value}">'


def constant(of: Dag) -> Dag:
    """An `onnx.Constant` of elements that a native call makes."""
    return Dag("ONNXConstantOpFromDenseAttr", (of,))


def constant_ints(numbers: str) -> Dag:
    """An `onnx.Constant` of these integers."""
    return constant(Dag(f'createDenseElementsAttrOfInts<"{numbers}">'))


def is_weights(term: Term) -> bool:
    """A constant of two or more axes, whose stored elements a rule sees in its own way."""
    return (
        isinstance(term, Const)
        and term.dims is not None
        and not term.broadcast
        and (len(term.dims) > 2 or term.dims[-1:] == (REST,) or "G" not in term.dims[:1])
        and len(term.dims) > 1
    )


class Numbers:
    """Writes constants.  floats: whether they are what only floats have."""

    def __init__(self, source: Source, constants: Iterable[Term]) -> None:
        self.floats = False
        self._source = source
        self._simplify = Simplifier(source.case.absent)
        self._views: dict[Term, View] = {}
        self._channels: dict[Term, Channel] = {}
        for term in walk(source.rule.before):
            if isinstance(term, View):
                self._views[term.of] = term
            if isinstance(term, Channel):
                self._channels[term.of] = term
        self._uses: Counter[Term] = Counter()
        for each in constants:
            self._count(self._simplify(each))
        self._bound: dict[Term, str] = {}

    def write(self, term: Term, letter: Term | None) -> Dag | str | None:
        """An operand; None if it is absent.  letter: whose place it takes."""
        simple = self._simplify(term)
        of = simple.of if isinstance(simple, View) else simple
        if isinstance(of, Number) and self._source.is_absent(letter):
            return None
        self._ask_for_sizes(of, letter)
        weights = self._weights(of)
        if weights is None:
            return self._plain(of)
        inner = self._beside(of, weights)
        if not self._is_grouped(weights):
            return inner
        symbol = self._source.symbol(weights)
        shape = constant(Dag("createDenseElementsAttrFromShape", (symbol,)))
        return self._reshaped(inner, shape, symbol)

    def _count(self, term: Term) -> None:
        self._uses[term] += 1
        if self._uses[term] == 1:
            for child in children(term):
                self._count(child)

    def _ask_for_sizes(self, term: Term, letter: Term | None) -> None:
        """A vector stands where one was: what may be a single number has to have all its elements."""
        inside = list(walk(term))
        needed = [each.of for each in inside if isinstance(each, ByGroup)]
        vector = isinstance(letter, Const) and bool(letter.dims) and not letter.broadcast
        full = any(
            isinstance(each, Contraction)
            or (isinstance(each, Const) and each.dims is not None and not each.broadcast)
            for each in inside
        )
        if vector and not full:
            needed += [each for each in inside if each in self._channels]
        for each in dict.fromkeys(needed):
            channel = self._channels.get(each)
            if channel is None:
                raise UnsayableError(f"that {each} has an element for each channel")
            beside = channel.beside.of if isinstance(channel.beside, Moved) else channel.beside
            symbols = self._source.symbol(each), self._source.symbol(beside)
            name = f"HasSizeOfAxis<{channel.axis}>"
            if name not in [ask.dag.op for ask in self._source.asks if isinstance(ask.dag, Dag)]:
                self._source.ask(name, *symbols, kind="size", about=each)

    def _weights(self, term: Term) -> Const | None:
        """The weights that `term` is elementwise of, not those that it sums up."""
        if isinstance(term, Const) and is_weights(term):
            return term
        if isinstance(term, Arithmetic):
            return next(filter(None, map(self._weights, term.arguments)), None)
        return None

    def _is_grouped(self, weights: Term) -> bool:
        view = self._views.get(weights)
        return view is not None and view.kind == "grouped"

    def _flag(self, weights: Term) -> int:
        """1 where weights are stored the other way round."""
        view = self._views.get(weights)
        return self._source.case.flag(view.by) if view and view.kind == "transposed" else 0

    def _beside(self, term: Term, weights: Const) -> Dag | str:
        """An elementwise term, as the weights are stored; grouped ones are split."""
        if term is weights:
            symbol = self._source.symbol(weights)
            if not self._is_grouped(weights):
                return symbol
            shape = Dag("createGroupedShapeOf", (symbol, self._group(weights)))
            return self._reshaped(symbol, constant(shape))
        if isinstance(term, Along):
            return self._along(term.of, term.axes, weights)
        if isinstance(term, Arithmetic) and self._has_axes(term):
            return self._arithmetic(term, [self._beside(of, weights) for of in term.arguments])
        if self._is_number(term) or not self._flag(weights):
            return self._plain(term)
        return self._along(term, (1,), weights)

    def _has_axes(self, term: Term) -> bool:
        return any(isinstance(each, Along) or is_weights(each) for each in walk(term))

    def _along(self, vector: Term, axes: tuple[int, ...], weights: Const) -> Dag | str:
        """A vector along axes of the weights as the rule sees them."""
        written = self._plain(vector)
        if self._is_number(vector):
            return written
        symbol = self._source.symbol(weights)
        if self._is_grouped(weights):
            if axes != (0, 2):
                raise UnsayableError(f"a factor along the axes {axes} of {weights.name} by group")
            shape = Dag("createGroupedFactorShapeOf", (symbol, self._group(weights)))
            return self._reshaped(written, constant(shape))
        assert weights.dims is not None
        if len(axes) != 1 or axes[0] < 0:
            raise UnsayableError(f"a factor along the axes {axes} of {weights.name}")
        axis = 1 - axes[0] if self._flag(weights) else axes[0]
        if axis == len(weights.dims) - 1 and weights.dims[-1] != REST:
            return written
        behind = "createDenseElementsAttrOfOneToRankOf"
        if axis:
            behind = f"createDenseElementsAttrOfAxesBehind<{axis}>"
        return Dag("ONNXUnsqueezeOp", (written, constant(Dag(behind, (symbol,)))))

    def _group(self, weights: Const) -> str:
        return self._source.symbol(self._views[weights].by)

    def _reshaped(self, of: Dag | str, shape: Dag, like: str = "") -> Dag:
        type_ = like or Dag(
            "UnrankedTensorTypeOf", (self._source.symbol(self._source.rule.before),)
        )
        return Dag("ONNXReshapeOp", (of, shape, number("SI64Attr", 0), Dag("returnType", (type_,))))

    def _plain(self, term: Term) -> Dag | str:
        """A term whose arrays broadcast as they are stored."""
        if term in self._bound:
            return f"${self._bound[term]}"
        written = self._once(term)
        computed = isinstance(term, (Arithmetic, Contraction, Column)) or term in self._channels
        shared = self._uses[term] > 1 and computed
        if not shared or isinstance(written, str):
            return written
        unused = next((name for name in _SYMBOLS if name not in self._bound.values()), "t")
        self._bound[term] = self._source.fresh(unused)
        return Dag(written.op, written.arguments, self._bound[term])

    def _once(self, term: Term) -> Dag | str:
        match term:
            case Number():
                return self._number(number("F32Attr", repr(term.number)))
            case Attribute():
                return self._number(self._source.symbol(term))
            case Const() if term in self._channels:
                return self._reshaped(self._source.symbol(term), constant_ints("-1"))
            case Const():
                return self._source.symbol(term)
            case Arithmetic():
                return self._arithmetic(term, [self._plain(of) for of in term.arguments])
            case Column():
                return Dag("ONNXUnsqueezeOp", (self._plain(term.of), constant_ints("1")))
            case ByGroup():
                return self._plain(term.of)
            case Contraction():
                return self._contraction(term)
            case _:
                raise UnsayableError(f"{type(term).__name__.lower()} of what has no weights")

    def _number(self, attribute: str) -> Dag:
        self.floats = True
        root = self._source.symbol(self._source.rule.before)
        return constant(Dag("createDenseElementsAttrFromFloatAttr", (root, attribute)))

    def _arithmetic(self, term: Arithmetic, arguments: list[Dag | str]) -> Dag:
        if term.operator == "sqrt" or term.operator == "/":
            self.floats = True
        if term.operator == "sqrt":
            return Dag("ONNXSqrtOp", tuple(arguments))
        if len(arguments) == 1:
            return Dag("ONNXNegOp", tuple(arguments))
        return Dag(_OPS[term.operator], tuple(arguments))

    def _contraction(self, term: Contraction) -> Dag | str:
        weights = term.of
        assert isinstance(weights, Const) and weights.dims is not None
        product = Dag(
            "ONNXMulOp", (self._beside(weights, weights), self._beside(term.factor, weights))
        )
        symbol = self._source.symbol(weights)
        if self._is_grouped(weights):
            if term.keep != (0, 1):
                raise UnsayableError(
                    f"a sum over other axes of {weights.name} than those behind its first"
                )
            axes = constant(Dag("createDenseElementsAttrOfTwoToRankPlusOneOf", (symbol,)))
        elif len(weights.dims) == 2 and weights.dims[-1] != REST and len(term.keep) == 1:
            summed = 1 - term.keep[0]
            axes = constant_ints(str(1 - summed if self._flag(weights) else summed))
        else:
            raise UnsayableError(f"a sum over all axes of {weights.name} but {term.keep}")
        total = Dag(
            "ONNXReduceSumOp", (product, axes, number("SI64Attr", 0), number("SI64Attr", 0))
        )
        if self._is_grouped(weights):
            return self._reshaped(total, constant_ints("-1"))
        return total

    def _is_number(self, term: Term) -> bool:
        """Whether it has no axes at all."""
        return not any(isinstance(each, (Const, Contraction)) for each in walk(term))
