# SPDX-License-Identifier: Apache-2.0
"""The left side of a rule, in one case, as the source of a DRR pattern and its conditions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ..dialect.ops.attribute_kinds import FLOAT, INT, INTS, STRING
from ..passes.rewriting.conditions import (
    Absent,
    Condition,
    ElementTypes,
    Equal,
    LeastRank,
    NotScalar,
    Positive,
    Rank,
    Required,
    SameShape,
    Size,
    Unknown,
    Unpadded,
)
from ..passes.rewriting.rule import Rule
from ..passes.rewriting.terms import (
    REST,
    Attribute,
    Channel,
    Const,
    Moved,
    OpTerm,
    Others,
    Result,
    Term,
    Value,
    Variadic,
    View,
    walk,
)
from .cases import Case, UnsayableError
from .dags import Dag
from .ods import attributes_of

_SIZES_AGREE = frozenset({"BatchNormalization", "Conv", "ConvTranspose", "Gemm", "MatMul"})
"""Ops of which a valid one has constants of the sizes that rules give them."""

_RANKS = {
    ("Gemm", 0): 2, ("Gemm", 1): 2, ("Conv", 2): 1, ("ConvTranspose", 2): 1,
    **{("BatchNormalization", index): 1 for index in range(1, 5)},
}  # fmt: skip
"""Ranks that operands of a valid op have."""


@dataclass(frozen=True)
class Ask:
    """One condition: the constraint, and what of the rule it is about.

    kind: how it can be missed: "use", "constant", "attribute", "type", "equal", "rank", "shape", "size", "row" or
    "absent"; "case" for what only chooses the case, or the rule: without it the same comes out.  attribute: its name,
    or that of an operand which is absent.
    """

    dag: Dag | str
    kind: str
    about: Term | None = None
    attribute: str = ""

    def __str__(self) -> str:
        return str(self.dag)


@dataclass(eq=False)
class Source:
    """What the left side has become.

    dag: the source pattern.  asks: its conditions.  names: symbols of letters and ops.  attributes: symbols of the
    attributes of each op.
    """

    rule: Rule
    case: Case
    asks: list[Ask] = field(default_factory=list[Ask])
    names: dict[Term, str] = field(default_factory=dict[Term, str])
    attributes: dict[tuple[OpTerm, str], str] = field(default_factory=dict[tuple[OpTerm, str], str])
    _taken: set[str] = field(default_factory=set[str])
    _ranks: list[tuple[OpTerm, int]] = field(default_factory=list[tuple[OpTerm, int]])

    def __post_init__(self) -> None:
        self.names[self.rule.before] = self._fresh("res")
        self.dag = self._op(self.rule.before)
        for term in dict.fromkeys(walk(self.rule.before)):
            if isinstance(term, OpTerm):
                self._constants(term)
        for condition in self.rule.conditions:
            self._condition(condition)

    def symbol(self, term: Term) -> str:
        """`$name` of a letter or an op that was matched."""
        return f"${self.names[term]}"

    def is_absent(self, term: Term | None) -> bool:
        """Whether an operand is left out in this case."""
        return term is None or _letter(term) in self.case.absent

    def fresh(self, wanted: str) -> str:
        """A symbol that nothing has yet."""
        return self._fresh(wanted)

    def ask(
        self, op: str, *arguments: str, kind: str, about: Term | None = None, attribute: str = ""
    ) -> None:
        """One more condition."""
        self.asks.append(Ask(Dag(op, arguments), kind, about, attribute))

    def _fresh(self, wanted: str) -> str:
        plain = re.sub(r"\W", "", wanted) or "x"
        name, number = plain, 1
        while name in self._taken:
            number += 1
            name = f"{plain}{number}"
        self._taken.add(name)
        return name

    def _op(self, op: OpTerm) -> Dag:
        spec = op.family.spec
        called = op.family.name
        if spec.regions:
            raise UnsayableError(f"an op with regions ({called})")
        if len(spec.results) != 1 or spec.results[0].arity == "variadic":
            raise UnsayableError(f"an op of several results ({called})")
        operands = [self._operand(op, index) for index in range(len(spec.operands))]
        return Dag(f"ONNX{spec.name}Op", (*operands, *self._attributes(op)), self.names[op])

    def _operand(self, op: OpTerm, index: int) -> Dag | str:
        formal = op.family.spec.operands[index]
        given = list(op.operands)
        if op in self.case.exchanged:
            given.reverse()
        operand = given[index] if index < len(given) else None
        variadic = isinstance(operand, Variadic)
        if (formal.arity == "variadic") != variadic or (variadic and index != len(given) - 1):
            raise UnsayableError(f"{op.family.name} with a fixed number of its variadic operands")
        if isinstance(operand, Moved):
            self._axis_stays(operand)
            operand = operand.of
        if operand is None:
            name = self._fresh(f"no_{formal.name}")
            self.ask("HasNoneType", f"${name}", kind="absent", about=op, attribute=formal.name)
            return f"${name}"
        if isinstance(operand, Result):
            raise UnsayableError(f"a further result of {operand.of.family.name}")
        if isinstance(operand, OpTerm):
            return self._inner(operand)
        letter = _letter(operand)
        assert isinstance(letter, (Value, Variadic, Const))
        if letter not in self.names:
            self.names[letter] = self._fresh(letter.name)
        return self.symbol(letter)

    def _inner(self, op: OpTerm) -> Dag | str:
        if op in self.names:
            return self.symbol(op)
        self.names[op] = self._fresh(op.family.name[0].lower() + op.family.name[1:])
        if not op.shared:
            self.ask("HasOneUse", self.symbol(op), kind="use", about=op)
        return self._op(op)

    def _attributes(self, op: OpTerm) -> list[str]:
        found: list[str] = []
        for spec in attributes_of(op.family.spec):
            name = spec.name
            if name in op.family.ignored and name not in op.attributes:
                found.append("$_")
                continue
            given = op.attributes.get(name, spec.default)
            if isinstance(given, Attribute):
                known = self.names.get(given)
                symbol = known or self._fresh(given.name)
                self.names[given] = symbol
                if known is None and given in dict(self.case.flags):
                    flag = f"IntegerAttrIsOf<{self.case.flag(given)}>"
                    self.ask(flag, f"${symbol}", kind="case", about=given)
            else:
                symbol = self._fresh(name)
                if name in op.attributes or op.others is None:
                    self._fixed(op, name, f"${symbol}", given)
            self.attributes[op, name] = symbol
            found.append(f"${symbol}")
        return found

    def _fixed(self, op: OpTerm, name: str, symbol: str, value: Any) -> None:
        dag = fixed_attribute(op.family.spec.attributes[name].kind, symbol, value)
        if dag is None:
            raise UnsayableError(f"that {name} of {op.family.name} is {value!r}")
        self.asks.append(Ask(dag, "attribute", op, name))

    def _axis_stays(self, moved: Moved) -> None:
        """Nothing stands between: the axis is what it was, which is where it has to be for some ranks only."""
        if moved.to is None or moved.to == moved.axis:
            return
        if (moved.to < 0) == (moved.axis < 0) or not isinstance(moved.of, OpTerm):
            raise UnsayableError(f"that axis {moved.axis} becomes axis {moved.to}")
        self._ranks.append((moved.of, abs(moved.to - moved.axis)))

    def _constants(self, op: OpTerm) -> None:
        for inner, rank in self._ranks:
            if inner is op:
                self.ask(f"HasRankOf<{rank}>", self.symbol(op), kind="rank", about=op)
        for index, operand in enumerate(op.operands):
            letter = None if operand is None else _letter(operand)
            if isinstance(letter, Const) and operand is not None:
                self._constant(op, index, operand, letter)

    def _constant(self, op: OpTerm, index: int, operand: Term, letter: Const) -> None:
        symbol = self.symbol(letter)
        if letter in self.case.absent:
            self.ask("HasNoneType", symbol, kind="case", about=letter)
            return
        if letter.absent is not None:
            self.ask("NotNoneType", symbol, kind="case", about=letter)
        self.ask("IsFromONNXConstantOp", symbol, kind="constant", about=letter)
        if isinstance(operand, Channel):
            beside = operand.beside.of if isinstance(operand.beside, Moved) else operand.beside
            axis = f"VariesAlongAxisOnly<{operand.axis}>"
            self.ask(axis, symbol, self.symbol(beside), kind="shape", about=letter)
        elif letter.dims and not letter.broadcast and letter.dims[-1] != REST:
            rank = len(letter.dims) - (isinstance(operand, View) and operand.kind == "grouped")
            if _RANKS.get((op.family.name, index)) != rank:
                self.ask(f"HasRankOf<{rank}>", symbol, kind="rank", about=letter)
        if letter.dims and not isinstance(operand, Channel) and op.family.name not in _SIZES_AGREE:
            raise UnsayableError(f"the dimensions of {letter.name}, an operand of {op.family.name}")

    def _condition(self, condition: Condition) -> None:
        match condition:
            case Equal(of=Const() as letter, number=number):
                name = f'IsConstantOf<"{float(number)!r}">'
                self.ask(name, self.symbol(letter), kind="equal", about=letter)
            case Equal(of=Attribute() as letter, number=number):
                op, name = next(
                    (op, name)
                    for op in walk(self.rule.before)
                    if isinstance(op, OpTerm)
                    for name, given in op.attributes.items()
                    if given is letter
                )
                kind = op.family.spec.attributes[name].kind
                value = float(number) if kind is FLOAT else int(number)
                self._fixed(op, name, self.symbol(letter), value)
            case Positive(letter=letter):
                self.ask("IsPositiveFloatConstant", self.symbol(letter), kind="equal", about=letter)
            case Rank(of=of, rank=rank):
                self.ask(f"HasRankOf<{rank}>", self.symbol(of), kind="rank", about=of)
            case LeastRank(of=of, rank=rank):
                self.ask(f"HasRankGT<{rank - 1}>", self.symbol(of), kind="rank", about=of)
            case Size(of=of, axis=axis, size=size):
                name = f"HasSizeAlongAxis<{axis}, {size}>"
                self.ask(name, self.symbol(of), kind="shape", about=of)
            case SameShape(of=of, other=other):
                pair = self.symbol(of), self.symbol(other)
                self.ask("HaveSameStaticShape", *pair, kind="shape", about=of)
            case Absent(letter=letter, there=there):
                if letter not in self.case.absent and not (there and isinstance(letter, Const)):
                    name = "NotNoneType" if there else "HasNoneType"
                    self.ask(name, self.symbol(letter), kind="case", about=letter)
            case ElementTypes(of=of, types=types):
                code = " || ".join(f"type.{code_of_type(name)}" for name in types)
                self.ask(f'HasElementType<"{code}">', self.symbol(of), kind="row", about=of)
            case Unpadded(op=op):
                pair = (self.attributes[op, "auto_pad"], self.attributes[op, "pads"])
                dag = Dag("IsUnpadded", tuple(f"${name}" for name in pair))
                self.asks.append(Ask(dag, "attribute", op, "pads"))
            case Unknown(letter=letter):
                self.ask("IsNotAConstant", self.symbol(letter), kind="case", about=letter)
            case NotScalar(of=of):
                self.ask("IsNotScalar", self.symbol(of), kind="shape", about=of)
            case Required():
                raise UnsayableError(
                    f"a condition that is a function in Python ({condition.reason})"
                )
            case _:
                raise UnsayableError(f"the condition '{condition.sentence}'")


def fixed_attribute(kind: Any, symbol: str, value: Any) -> Dag | str | None:
    """The constraint that an attribute has this value; None if there is none."""
    if value is None:
        return f"(AttributeIsNull:{symbol})"
    if kind is INT:
        return Dag(f"IntegerAttrIsOf<{value}>", (symbol,))
    if kind is FLOAT:
        return Dag(f'FloatAttrIsOf<"{float(value)!r}">', (symbol,))
    if kind is STRING:
        return Dag(f'EqualString<"{value}">', (symbol,))
    if kind is INTS:
        return Dag(f'ArrayAttrIsOf<"{", ".join(map(str, value))}">', (symbol,))
    return None


def code_of_type(asm: str) -> str:
    """What mlir::Type asks for an element type."""
    if asm in ("f16", "f32", "f64", "bf16"):
        return f"is{asm.upper()}()"
    bits = asm.lstrip("ui")
    if asm[0] in "ui" and bits.isdigit():
        return f"is{'Unsigned' * (asm[0] == 'u')}Integer({bits})"
    raise UnsayableError(f"that elements are {asm}")


def others_of(rule: Rule, others: Others) -> OpTerm:
    """The op of the left side whose other attributes the letter stands for."""
    return next(op for op in walk(rule.before) if isinstance(op, OpTerm) and op.others is others)


def _letter(operand: Term) -> Term:
    return operand.of if isinstance(operand, (View, Channel)) else operand
