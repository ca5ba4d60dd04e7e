# SPDX-License-Identifier: Apache-2.0
"""The right side of a rule, in one case, as the result of a DRR pattern."""

from __future__ import annotations

from typing import Any

from ..dialect.ops.attribute_kinds import FLOAT, INT, INTS, STRING
from ..dialect.ops.spec import AttributeSpec
from ..passes.rewriting.forms import handed_on, letter_of, new_constants, stored_forms
from ..passes.rewriting.terms import (
    Attribute,
    Channel,
    Const,
    Integers,
    Moved,
    OpTerm,
    Result,
    Term,
    Value,
    Variadic,
    View,
    walk,
)
from ..passes.rewriting.text import text
from .cases import UnsayableError
from .dags import Dag
from .element_types import ElementTypes
from .numbers import Numbers, number
from .ods import attributes_of
from .sources import Source, others_of

_OWN_TYPE = """
    Abs Add And Conv Div Equal Exp Greater GreaterOrEqual Identity Less LessOrEqual Mul Neg Or Pad Pow ReduceLogSum
    ReduceMax ReduceMaxV13 ReduceMaxV18 ReduceSum ReduceSumSquare ReduceSumV11 Softmax Sqrt Squeeze SqueezeV11 Sub
    Unsqueeze UnsqueezeV11 Xor
""".split()  # noqa: SIM905 - a list of forty lines says no more
"""Ops that onnx-mlir builds without being told their result's type (utils/gen_onnx_mlir.py)."""

_NULL = {
    INT: "GetNullIntegerAttr",
    FLOAT: "GetNullFloatAttr",
    STRING: "GetNullStringAttr",
    INTS: "GetNullArrayAttr",
}
_GEMM = {"alpha": "GemmAlpha", "beta": "GemmBeta"}


def result_of(source: Source) -> Dag:
    """The result pattern; it may add conditions to those of the source."""
    result, *more = source.rule.results
    if more:
        raise UnsayableError("several results")
    return _Writer(source, result).root()


class _Writer:
    def __init__(self, source: Source, result: Term) -> None:
        self._source = source
        self._result = result.of if isinstance(result, Moved) else result
        self._forms = stored_forms(source.rule.before)
        self._constants = tuple(new_constants(self._result, self._forms))
        self._numbers = Numbers(source, self._constants)
        self._left: list[OpTerm] = [
            term for term in walk(source.rule.before) if isinstance(term, OpTerm)
        ]

    def root(self) -> Dag:
        self._ask_for_types()
        written = self._operand(self._result, None, is_root=True)
        root = self._source.symbol(self._source.rule.before)
        if self._numbers.floats and not self._only_floats():
            self._source.ask("HasFloatElementType", root, kind="row")
        if isinstance(written, str):
            # Only where something broadcasts is it of another shape.
            consts = [term for term in walk(self._source.rule.before) if isinstance(term, Const)]
            shapes = consts[0] if consts else None
            self._source.ask("HaveSameShapedType", root, written, kind="shape", about=shapes)
            return Dag("replaceWithValue", (written,))
        return written

    def _ask_for_types(self) -> None:
        """What is computed with has the type of what is replaced: nothing converts."""
        root = self._source.symbol(self._source.rule.before)
        types = ElementTypes(self._source.rule.before)
        known: list[Term] = [self._source.rule.before]
        used = (term for constant in self._constants for term in walk(constant))
        for term in dict.fromkeys(used):
            if not isinstance(term, Const) or self._source.is_absent(term):
                continue
            if not any(types.same(term, each) for each in known):
                known.append(term)
                symbol = self._source.symbol(term)
                self._source.ask("HaveSameElementType", root, symbol, kind="type", about=term)

    def _only_floats(self) -> bool:
        """Whether an op that matches has no other element types."""
        floats = {f"tensor({name})" for name in ("float16", "float", "double", "bfloat16")}
        types = ElementTypes(self._source.rule.before)
        return any(
            types.same(op, self._source.rule.before)
            and (op.family.spec.results[0].types or {""}) <= floats
            for op in self._left
        )

    def _operand(
        self, term: Term | None, letter: Term | None, *, is_root: bool = False
    ) -> Dag | str:
        match term:
            case None:
                return Dag("CreateNoneValue")
            case Moved() | Result():
                if isinstance(term, Result):
                    raise UnsayableError(f"a further result of {term.of.family.name}")
                return self._operand(term.of, letter, is_root=is_root)
            case OpTerm():
                return self._op(term, is_root=is_root)
            case Value() | Variadic():
                return self._source.symbol(term)
            case Integers():
                raise UnsayableError(f"the integers {text(term)}")
            case _ if found := handed_on(term, self._forms):
                return self._source.symbol(found)
            case _ if isinstance(term, Channel) or letter_of(term):
                raise UnsayableError(f"{text(term)} on the right, which is stored otherwise")
            case _:
                written = self._numbers.write(term, letter)
                if written is None:
                    assert isinstance(letter, Const)
                    return self._source.symbol(letter)
                return written

    def _op(self, op: OpTerm, *, is_root: bool) -> Dag | str:
        if op in self._source.names:
            return self._source.symbol(op)
        spec = op.family.spec
        if len(spec.results) != 1 or spec.results[0].arity == "variadic" or spec.regions:
            raise UnsayableError(f"an op of several results, or with regions ({op.family.name})")
        twin = next((left for left in self._left if left.family is op.family), None)
        operands: list[Dag | str] = []
        for index, formal in enumerate(spec.operands):
            operand = op.operands[index] if index < len(op.operands) else None
            if (formal.arity == "variadic") != isinstance(operand, Variadic):
                raise UnsayableError(
                    f"{op.family.name} with a fixed number of its variadic operands"
                )
            operands.append(self._operand(operand, _letter_at(twin, index)))
        attributes = [self._attribute(op, each) for each in attributes_of(spec)]
        type_ = [] if is_root or spec.name in _OWN_TYPE else [self._type(op, operands)]
        return Dag(f"ONNX{spec.name}Op", (*operands, *attributes, *type_))

    def _type(self, op: OpTerm, operands: list[Dag | str]) -> Dag:
        """The type of a result that the op's builder has to be told; shape inference completes it."""
        spec = op.family.spec
        variable = spec.results[0].variable
        for formal, operand in zip(spec.operands, operands, strict=True):
            if variable and formal.variable == variable:
                return Dag("returnType", (Dag("UnrankedTensorTypeOf", (_matched(operand),)),))
        raise UnsayableError(f"the type of the result of {op.family.name}")

    def _attribute(self, op: OpTerm, spec: AttributeSpec) -> Dag | str:
        name = spec.name
        if name in op.attributes:
            given = op.attributes[name]
            if isinstance(given, Integers):
                raise UnsayableError(f"the integers {text(given)}")
            return (
                self._source.symbol(given)
                if isinstance(given, Attribute)
                else self._given(op, spec, given)
            )
        if op.others is not None:
            symbol = self._source.attributes.get((others_of(self._source.rule, op.others), name))
            if symbol:
                return f"${symbol}"
        if spec.required:
            raise UnsayableError(f"{op.family.name} without {name}")
        return self._given(op, spec, spec.default)

    def _given(self, op: OpTerm, spec: AttributeSpec, value: Any) -> Dag | str:
        if value is None:
            if spec.kind in _NULL:
                return Dag(_NULL[spec.kind])
        elif spec.kind is INT:
            return number("SI64Attr", value)
        elif spec.kind is FLOAT:
            one = op.family.name == "Gemm" and float(value) == 1
            return Dag(_GEMM[spec.name]) if one else number("F32Attr", repr(float(value)))
        elif spec.kind is STRING:
            return f'ConstantStrAttr<StrAttr, "{value}">'
        elif spec.kind is INTS:
            return number("I64ArrayAttr", f"{{{', '.join(map(str, value))}}}")
        raise UnsayableError(f"{spec.name} = {value!r} of {op.family.name}")


def _matched(operand: Dag | str) -> str:
    """A value that matched, of the same element type."""
    return _matched(operand.arguments[0]) if isinstance(operand, Dag) else operand


def _letter_at(op: OpTerm | None, index: int) -> Term | None:
    """What an op of the left side takes there."""
    operand = op.operands[index] if op is not None and index < len(op.operands) else None
    return operand.of if isinstance(operand, (View, Channel)) else operand
