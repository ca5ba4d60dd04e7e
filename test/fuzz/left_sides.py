# SPDX-License-Identifier: Apache-2.0
"""Draw an instance of a rule's left side: the nodes that it matches, or on purpose does not quite match.

Shapes come from what the ops of ONNX ask for, not from the rule's letters, so that a rule is tested which asks for too
little.  What is broken on purpose is written down, and so is what a rule need not be able to see.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from arrays import DTYPES, FLOATS, Array, numbers, variances
from drawing import Drawing, Scope, Value
from instances import (
    KNOWN,
    OF_SHAPES,
    Instance,
    Node,
    default_of,
    is_constant,
    letter_of,
    onnx_name,
    roles,
    single,
    supports,
)
from moving import Mover
from onnx import helper

from onnx_opt.passes.rewriting import Rule
from onnx_opt.passes.rewriting.conditions import (
    Equal,
    LeastRank,
    Positive,
    Unknown,
    Unpadded,
)
from onnx_opt.passes.rewriting.terms import (
    REST,
    Attribute,
    Column,
    Const,
    Moved,
    OpTerm,
    Result,
    Term,
    Variadic,
    walk,
)
from onnx_opt.passes.rewriting.terms import Value as ValueLetter

Shape = tuple[int, ...]
Handler = Callable[..., Value]
SIZES = (2, 3, 1, 4)
SPATIAL = (5, 4, 6, 3)


_DRAWN = (Equal, Positive, LeastRank, Unknown, Unpadded)
"""Conditions that are met, or broken on purpose."""


class LeftSide:
    """Draws one instance, into `scope`.

    wild: how many in a hundred choices break the rule.  handlers: what draws the operands of each op, "" for any other.
    axes: where the axis of each `Moved` is.
    """

    def __init__(
        self, drawing: Drawing, scope: Scope, rule: Rule, wild: int, handlers: Mapping[str, Handler]
    ) -> None:
        self.axes: dict[Term, int] = {}
        self._handlers = handlers
        self.drawing = drawing
        self.scope = scope
        self.instance = Instance(rule, drawing.type)
        self._wild = wild
        self._bound: dict[Term, Value] = {}
        self._names: dict[Term, str] = {}
        self._sizes: dict[str, int] = {}
        self._conditions = {
            next(iter(condition.about), None): condition for condition in rule.conditions
        }
        if not all(isinstance(condition, _DRAWN) for condition in rule.conditions):
            self.instance.unsure.append("a condition that is not drawn for")
        self._roots, self._divisors = roles(rule)

    def draw(self) -> Value:
        """The value that the root gives."""
        value = self.op(self.instance.rule.before, None, None)
        self.instance.output = value.name
        # Where the root just goes, its result may be known better than what is left, for a constant was broadcast with it.
        broadcast = any(array.size > 1 for array in self.instance.stored.values())
        if (self.drawing.unranked or (self.drawing.open and broadcast)) and not all(
            isinstance(result, OpTerm) for result in self.instance.rule.results
        ):
            self.unsure("less is known of what is left")
        if self.drawing.opset < 7 and any(
            isinstance(term, Column)
            for result in self.instance.rule.results
            for term in walk(result)
        ):
            # Add-6 takes (M, N) + (N,), and (M, N) + (M,) by `axis`, but not (M, N) + (M, 1).
            self.unsure("columns are not broadcast before opset 7")
        return value

    def root(self, value: Value) -> Value | None:
        """Only the root, on a value that is there; None where it does not take any."""
        before = self.instance.rule.before
        inner = [operand for operand in before.operands if isinstance(operand, (OpTerm, Moved))]
        anything = before.family.name in ("BatchNormalization", "Add", "Mul", "Sub", "Div")
        beside = any(isinstance(operand, ValueLetter) for operand in before.operands)
        if len(inner) != 1 or beside or len(value.shape) < 2 or not anything:
            return None
        self._bound[inner[0]] = value
        return self.op(before, None, None)

    def wild(self) -> bool:
        """Whether to break the rule here."""
        return self.drawing.chance(self._wild)

    def broken(self, why: str) -> None:
        self.instance.broken.append(why)

    def bind(self, letter: Term, value: Value) -> None:
        """From now on the letter stands for this value."""
        self._bound[letter] = value

    def unsure(self, why: str) -> None:
        self.instance.unsure.append(why)

    # Operands

    def data(
        self, operand: Term | None, ranks: Sequence[int] | None = None, shape: Shape | None = None
    ) -> Value:
        """A value for an operand of one of these ranks, or of this shape."""
        if operand in self._bound:
            return self._bound[operand]
        match operand:
            case OpTerm():
                value = self.op(operand, ranks, shape)
            case Moved():
                value = self._moved(operand, ranks)
            case Result():
                value = self.op(operand.of, ranks, shape)
                value = self._bound.get(operand, value)
            case ValueLetter() | Variadic():
                value = self._any(ranks, shape)
            case _ if is_constant(operand):
                assert operand is not None
                sizes = self.letter_shape(letter_of(operand))
                name = self.constant(operand, shape or sizes, self.drawing.type)
                array = self.instance.stored[letter_of(operand)]
                return Value(name, array.shape, self.drawing.type)
            case _:
                value = self._any(ranks, shape)
        self._bound[operand] = value  # type: ignore[index]
        return value

    def _any(self, ranks: Sequence[int] | None, shape: Shape | None) -> Value:
        """A value of the graph, or a new input of it."""
        drawing = self.drawing
        fitting = [
            value
            for value in self.scope.values
            if value.type == drawing.type
            and (shape is None or value.shape == shape)
            and (not ranks or len(value.shape) in ranks)
            and (shape is not None or 0 not in value.shape)
        ]
        if fitting and drawing.chance(50):
            return drawing.choose(fitting)
        if shape is None:
            shape = self.shape(drawing.choose(ranks or (2, 3, 4)))
        value = drawing.input(shape)
        if value.type in FLOATS and drawing.chance(20):
            op = drawing.choose(("Relu", "Neg", "Abs", "Identity"))
            if supports(op, drawing.opset, value.type):
                name = drawing.node(self.scope, op, [value.name], "v")
                if value.name in drawing.dims:
                    drawing.dims[name] = drawing.dims[value.name]
                value = Value(name, shape, value.type)
                self.scope.values.append(value)
        return value

    def shape(self, rank: int) -> Shape:
        """Sizes of a tensor: a batch, channels, and what else there is."""
        sizes = [self.drawing.choose(SIZES) for _ in range(min(rank, 2))]
        return (*sizes, *(self.drawing.choose(SPATIAL) for _ in range(rank - 2)))

    def constant(self, operand: Term, shape: Shape, type_: int, formal: str = "") -> str:
        """The name of a constant for an operand."""
        letter = letter_of(operand)
        if letter in self._names:
            return self._names[letter]
        drawing = self.drawing
        array = self._array(letter, shape, type_, formal)
        role = "variance" if self._is_variance(letter, formal) else "plain"
        if letter in self._conditions:
            role = drawing.fresh("condition")  # nobody else's
        sees_through = self.instance.rule.sees_through
        behind = 12 if sees_through else self._wild // 2
        made = drawing.constant(
            self.scope, array, type_, role=role, plain=100 - self._wild // 2, behind=behind
        )
        if made.place in ("overridable", "input"):
            self.broken(f"{letter.name} is no constant")
        elif made.place == "behind" and not sees_through:
            self.broken(f"{letter.name} is behind an op")
        self.instance.stored[letter] = made.array
        self._names[letter] = made.name
        return made.name

    def _is_variance(self, letter: Const, formal: str) -> bool:
        return letter in self._roots or formal in ("var", "input_var")

    def _array(self, letter: Const, shape: Shape, type_: int, formal: str) -> Array:
        drawing = self.drawing
        condition = self._conditions.get(letter)
        if isinstance(condition, Equal):
            if not self.wild():
                return np.full(shape, condition.number).astype(DTYPES[type_])
            self.broken(condition.sentence)
            return np.full(shape, condition.number + 1).astype(DTYPES[type_])
        array = numbers(drawing.rng, shape, type_, drawing.range(8))
        if self._is_variance(letter, formal):
            kind = drawing.choose((0, 0, 0, 0, 0, 0, 11, 12, 13, 14, 15))
            return variances(drawing.rng, shape, type_, kind)
        if isinstance(condition, Positive):
            if not self.wild():
                return np.asarray(np.abs(array) + np.array(0.5).astype(array.dtype))
            self.broken(condition.sentence)
            return np.asarray(-np.abs(array))
        if letter in self._divisors:
            array = np.where(array == 0, np.array(2).astype(array.dtype), array)
        return array

    def letter_shape(self, letter: Const, beside: Shape | None = None) -> Shape:
        """A shape that a rule's dimensions allow, and that broadcasts to that of the value beside it."""
        sizes: list[int] = []
        names = [name for name in letter.dims or () if name != REST]
        for at, name in enumerate(names, -len(names)):
            size = self._sizes.get(name)
            if size is None:
                known = beside is not None and len(beside) >= -at
                size = beside[at] if beside and known else self.drawing.choose(SIZES)
                self._sizes[name] = size
            if beside is not None and (len(beside) < -at or beside[at] != size):
                size = 1
            sizes.append(1 if letter.broadcast and self.drawing.chance(20) else size)
        return tuple(sizes)

    def optional(self, node: Node, index: int, shape: Shape, type_: int) -> None:
        """An operand that may be left out, of a shape that the op asks for."""
        operand = node.operands[index] if index < len(node.operands) else None
        if operand is None:
            if self.wild() and index < len(node.schema.inputs):
                self.broken(f"operand {index} is given")
                array = numbers(self.drawing.rng, shape, type_, "ordinary")
                node.inputs.append(self.drawing.constant(self.scope, array, type_).name)
        elif not is_constant(operand):
            node.inputs.append(self.data(operand, shape=shape).name)
        elif letter_of(operand).absent is not None and self.drawing.chance(25) and index >= node.schema.min_input:  # fmt: skip
            if self.drawing.chance(30):
                node.inputs.append("")
        else:
            node.inputs.append(self.constant(operand, shape, type_))

    def operand(self, node: Node, index: int, shape: Shape, type_: int | None = None) -> str:
        """The name for an operand of this shape."""
        operand = node.operands[index]
        formal = node.schema.inputs[min(index, len(node.schema.inputs) - 1)].name
        if is_constant(operand):
            assert operand is not None
            return self.constant(operand, shape, type_ or self.drawing.type, formal)
        return self.data(operand, shape=shape).name

    # Ops

    def op(self, term: OpTerm, ranks: Sequence[int] | None, shape: Shape | None) -> Value:
        """The first result of an op, with all that feeds it."""
        if term in self._bound:
            return self._bound[term]
        schema = onnx.defs.get_schema(onnx_name(term), self.drawing.opset)
        node = Node(term, schema)
        self._attributes(node)
        handler = self._handlers.get(schema.name, self._handlers[""])
        value = handler(self, node, ranks, shape)
        self._bound[term] = value
        if term is not self.instance.rule.before and not term.shared:
            self.second_use(value, f"the {term.family.name}'s result")
        return value

    def second_use(self, value: Value, what: str) -> None:
        """Another reader of a value, now and then, or a result of the model."""
        if self.wild():
            self.broken(f"{what} has another use")
            copy = self.drawing.node(self.scope, "Identity", [value.name], "v")
            self.scope.values.append(Value(copy, value.shape, value.type))

    def emit(self, node: Node, shape: Shape, type_: int, results: int = 1) -> Value:
        """Add a node; attributes with the value None are left out."""
        drawing = self.drawing
        outputs = [drawing.fresh("y") for _ in range(results)]
        given = {name: value for name, value in node.attributes.items() if value is not None}
        while node.inputs and not node.inputs[-1] and drawing.chance(50):
            node.inputs.pop()
        name = drawing.fresh("n")
        made = helper.make_node(node.schema.name, node.inputs, outputs, name=name, **given)
        self.scope.nodes.append(made)
        self.instance.nodes.append(name)
        value = Value(outputs[0], tuple(map(int, shape)), type_)
        for index, output in enumerate(outputs):
            for term in walk(self.instance.rule.before):
                if isinstance(term, Result) and term.of is node.term and term.index == index:
                    self._bound[term] = Value(output, value.shape, type_)
        return value

    def _moved(self, term: Moved, ranks: Sequence[int] | None) -> Value:
        drawing = self.drawing
        inner = term.of
        assert isinstance(inner, OpTerm)
        count = drawing.choose((0, 0, 0, 1, 2, 3))
        value = self.op(inner, None if count else ranks, None)
        axis = term.axis % max(len(value.shape), 1)
        if not -len(value.shape) <= term.axis < len(value.shape):
            self.unsure("there is no such axis")
        mover = Mover(drawing, self.scope, value, axis)
        for _ in range(count):
            mover.random()
        if count and self.wild():
            mover.scramble()
            self.unsure("the axis is lost")
            mover.fit(ranks, None)
        else:
            mover.fit(ranks, term.to)
        chain = mover.chain
        if chain.unsure:
            self.unsure("the axis cannot be seen to survive")
        from_behind = term.axis < 0 or (term.to or 0) < 0
        if drawing.unranked and (chain.nodes or from_behind):
            self.unsure("a rank is not known")
        self.instance.nodes += chain.nodes
        for between in chain.between:
            self.second_use(between, "what is moved")
        self.axes[term] = chain.axis
        return chain.value

    # Attributes

    def _attributes(self, node: Node) -> None:
        """Those that have no influence on shapes, and those that the rule says."""
        drawing, term = self.drawing, node.term
        for name, spec in node.schema.attributes.items():
            given = term.attributes.get(name)
            if isinstance(given, Attribute):
                if given not in self.instance.attributes:
                    drawn = self._attribute(name, spec)
                    if drawn is None and default_of(spec) is None:
                        continue
                    node.attributes[name] = drawn
                    self.instance.attributes[given] = default_of(spec) if drawn is None else drawn
                else:
                    node.attributes[name] = self.instance.attributes[given]
            elif given is not None:
                node.attributes[name] = given
                if given == default_of(spec) and drawing.chance(50):
                    node.attributes[name] = None
                if isinstance(given, (int, float)) and self.wild():
                    node.attributes[name] = type(given)(0 if given else 1)
                    self.broken(f"{name} is not {given}")
            elif term.others is not None and default_of(spec) is not None and drawing.chance(30):
                drawn = self._attribute(name, spec)
                if name not in OF_SHAPES:
                    node.attributes[name] = drawn

    def _attribute(self, name: str, spec: Any) -> Any:
        """A value; None for the default, left out."""
        drawing = self.drawing
        if name in ("alpha", "beta") and drawing.chance(50):
            return single(drawing.choose((0.5, -2.0, 1.0, 0.0, 0.1, 3.0)))
        if name == "epsilon" and drawing.chance(60):
            return single(drawing.choose((1e-3, 1e-5, 0.0, 0.5, 1e-12)))
        if name in ("transA", "transB") and drawing.chance(40):
            return drawing.choose((1, 0))
        if name not in OF_SHAPES and not KNOWN.intersection({name}) and drawing.chance(40):
            kinds = {onnx.defs.OpSchema.AttrType.FLOAT: 0.5, onnx.defs.OpSchema.AttrType.INT: 1}
            return kinds.get(spec.type)
        return None

    def condition(self, term: OpTerm) -> bool:
        """Whether the rule asks of an op that it does not pad."""
        return isinstance(self._conditions.get(term), Unpadded)
