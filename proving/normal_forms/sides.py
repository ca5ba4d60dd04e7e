# SPDX-License-Identifier: Apache-2.0
"""Both sides of a rule as symbolic tensors, compared in one case."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from ...dialect.ops.attribute_kinds import FLOAT
from ...passes.rewriting.forms import handed_on, letter_of
from ...passes.rewriting.terms import (
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
)
from .arithmetic import Arithmetics
from .cases import Beyond, Case, Fork, Item, Unequal
from .facts import Facts
from .ops import MEANINGS, Op, Symbol
from .polynomials import Polynomial, equal, number
from .tensors import Indices, Shape, Tensor, function, index_of, letter, locate, scalar


def compare(facts: Facts, case: Case) -> None:
    """Compare the sides in one case.  Raise Fork, Unequal or Beyond where they are not known to be equal."""
    case.on_left = True
    left = Side(facts, case, None)
    before = left.result(facts.rule.before)
    case.on_left = False
    after = Side(facts, case, left).operand(None, 0, facts.rule.results[0])
    if after is None:
        raise Unequal("the right side is absent")
    case.require(after.shape, before.shape, "the results have different shapes")
    indices = tuple(map(index_of, before.shape))
    if not equal(before.at(indices), after.at(indices)):
        raise Unequal("the results differ")


class Side(Arithmetics):
    """One side in one case.  left: the left side, if this is the right one."""

    def __init__(self, facts: Facts, case: Case, left: Side | None) -> None:
        super().__init__(case)
        self.facts = facts
        self.left = left
        self._results: dict[OpTerm, Tensor] = {}
        self._names: dict[Any, str] = left._names if left else {}
        self._moved: dict[Moved, Tensor] = {}
        self._beside: dict[Term, Tensor] = {}
        self._unmoved: dict[Moved, Shape] = {}
        self.unpadded: set[str] = left.unpadded if left else set()
        self._stored: dict[Term, Tensor | None] = left._stored if left else {}
        if left:
            self.seen = left.seen

    def operand(self, op: OpTerm | None, index: int, operand: Term | None) -> Tensor | None:
        """An operand of an op, or the result of a side; None where it is absent."""
        match operand:
            case None:
                return None
            case OpTerm():
                return self.result(operand)
            case Result(index=0):
                return self.result(operand.of)
            case Moved():
                return self.moved(operand)
            case Value():
                return self._letter(op, index, operand, None)
            case Const() | View(of=Const()) if self._is_stored(operand):
                return self._letter(op, index, letter_of(operand), operand)
            case Result() | Variadic() | Channel() | Integers():
                raise Beyond(f"{type(operand).__name__.lower()}(...)")
            case _:
                if self.left is None:
                    raise Beyond("arithmetic on the left side")
                return self._constant(op, index, operand)

    def _is_stored(self, operand: Term) -> bool:
        """Whether an operand is what is stored for a letter, not computed."""
        return self.left is None or handed_on(operand, self.facts.forms) is not None

    def _letter(
        self, op: OpTerm | None, index: int, of: Term | None, form: Term | None
    ) -> Tensor | None:
        """What a letter stands for, as the op gets it."""
        assert isinstance(of, (Value, Const))
        if of not in self._stored:
            if self.left:
                raise Beyond(f"{of.name} in another form than on the left side")
            assert op is not None
            formals = op.family.spec.operands
            optional = formals[min(index, len(formals) - 1)].arity == "optional"
            name = self.facts.names[of]
            may_be_absent = isinstance(of, Value) or of.absent is not None
            absent = (
                optional and may_be_absent and self.case.choose(("absent", name), (False, True))
            )
            found: Tensor | None
            if isinstance(of, Value):
                found = None if absent else letter(name, self.case.block(f"{name}..."))
            elif absent:
                self.seen[of] = scalar(number(of.absent or 0.0))
                found = None
            else:
                self.seen[of] = found = self._seen(of)
                if isinstance(form, View):
                    found = self.undone(form, found)
            self._stored[of] = found
        return self._stored[of]

    def _seen(self, of: Const) -> Tensor:
        """A constant as the rule sees it."""
        name = self.facts.names[of]
        if of.dims is None:
            shape = self.case.block(f"{name}...")
        else:
            items: list[Item] = []
            for dim in of.dims:
                if dim == "...":
                    items.extend(self.case.block(f"{name}..."))
                else:
                    items.append(Item(self.case.size(self._dim(of, dim))))
            if of.broadcast:
                rank = self.case.choose(("rank", name), tuple(range(len(items) + 1)))
                items = [
                    Item(frozenset())
                    if self.case.choose(("one", name, at), (False, True))
                    else items[at]
                    for at in range(len(items) - rank, len(items))
                ]
            shape = tuple(items)
        return self._with_value(of, shape)

    def _with_value(self, of: Const, shape: tuple[Item, ...]) -> Tensor:
        fixed = self.facts.fixed.get(of)
        if fixed is None:
            return letter(self.facts.names[of], shape)
        value = number(fixed) if isinstance(fixed, Fraction) else self.number(fixed).at(())
        return Tensor(shape, lambda _: value)

    def _dim(self, of: Const, dim: str) -> str:
        """The size of a dimension: a constant that broadcasts asks only for what others say."""
        if not dim.isidentifier():
            raise Beyond(f"a dimension that is called '{dim}'")
        if not of.broadcast:
            return dim
        binds = any(
            isinstance(term, Const)
            and term.dims is not None
            and not term.broadcast
            and term.absent is None
            and dim in term.dims
            for term in self.facts.names
        )
        return dim if binds else f"{self.facts.names[of]}:{dim}"

    def channel(self, term: Channel, beside: Tensor) -> Tensor:
        """A constant along one axis of the tensor beside it, in the shape of that; or a number."""
        if self.left:
            if self.left.seen_beside(term).shape != beside.shape:
                raise Beyond("channel(...) beside another shape than on the left side")
            beside = self.left.seen_beside(term)
            vector = self.number(term.of)
        elif term.of in self.seen or not isinstance(term.of, Const):
            raise Beyond("channel(...) twice of one letter")
        else:
            self._beside[term.beside] = beside
            vector = self.seen[term.of] = self._channels(term.of)
        if not vector.shape:
            return vector
        place = beside.axis
        if not isinstance(term.beside, Moved):
            place = locate(self.case, beside.shape, term.axis)
        if place is None:
            raise Fork()
        if len(vector.shape) != 1 or vector.shape[0].open:
            raise Beyond("channel(...) of what is no vector")
        size = vector.shape[0].size
        self.case.require_size(size, beside.shape[place].size, "there are not as many channels")

        def at(indices: Indices) -> Polynomial:
            return vector.at((indices[place],))

        return Tensor(beside.shape, at)

    def seen_beside(self, term: Channel) -> Tensor:
        """What stands beside a constant along channels; on the right the left side has to have the same there."""
        if term.beside not in self._beside:
            raise Beyond("channel(...) of what the left side has no channels of")
        return self._beside[term.beside]

    def _channels(self, of: Const) -> Tensor:
        """A constant of which the rule sees a vector, or a number."""
        name = self.facts.names[of]
        if of.dims is not None and len(of.dims) != 1:
            raise Beyond("channel(...) of what is no vector")
        numbers = (False, True) if of.dims is None or of.broadcast else (False,)
        if self.case.choose(("number", name), numbers):
            return self._with_value(of, ())
        size = self.case.size(self._dim(of, of.dims[0]) if of.dims else f"{name}:0")
        return self._with_value(of, (Item(size),))

    def _constant(self, op: OpTerm | None, index: int, term: Term) -> Tensor:
        """A new constant.  One without axes becomes a vector where it takes the place of one."""
        found = self.number(term)
        before = self.facts.counterparts.get(op) if op else None
        old = letter_of(term)
        if old is None and before is not None and index < len(before.operands):
            old = letter_of(before.operands[index])
        if found.shape or old is None or not old.dims or old.broadcast:
            return found
        return self.repeated(found, [self.case.size(dim) for dim in old.dims if dim != "..."])

    def result(self, term: OpTerm) -> Tensor:
        """The result of an op."""
        if term not in self._results:
            self._results[term] = MEANINGS[term.family.name](_OpOfSide(self, term))
        return self._results[term]

    def operands(self, op: OpTerm) -> Iterator[Tensor | None]:
        """The operands of an op; a channel vector needs what stands beside it."""
        plain = {
            index: self.operand(op, index, operand)
            for index, operand in enumerate(op.operands)
            if not isinstance(operand, Channel)
        }
        for index, operand in enumerate(op.operands):
            if isinstance(operand, Channel):
                beside = plain.get(1 - index)
                if len(op.operands) != 2 or beside is None:
                    raise Beyond("channel(...) of an op that is not binary")
                yield self.channel(operand, beside)
            else:
                yield plain[index]

    def moved(self, term: Moved) -> Tensor:
        """What ops make of a tensor that move its elements but keep an axis.

        On the right it is what they did on the left, so what they work on has to have the same shape.
        """
        if term in self._moved:
            return self._moved[term]
        inner = self.operand(None, 0, term.of)
        if inner is None:
            raise Beyond("moved(...) of what is absent")
        old = term if self.left is None else self.facts.moves[0]
        name = f"#{self.facts.moves.index(old)}"
        kept = locate(self.case, inner.shape, old.axis)
        if self.left is None:
            self._unmoved[old] = inner.shape
        elif self.left._unmoved.get(old) != inner.shape:
            raise Unequal("what is moved has another shape")
        if kept is None and old.axis < 0:
            # The axis is counted from the end of a rank that is too small: only where nothing is moved nobody asks.
            if old.to not in (None, old.axis):
                raise Fork()
            self._moved[term] = inner
            return inner
        before = self.case.block(f"{name}a...")
        behind: Shape = ()
        if kept is not None and old.to is not None and old.to >= 0:
            before = tuple(Item(self.case.size(f"{name}a:{at}")) for at in range(old.to))
        if kept is not None and (old.to is None or old.to >= 0):
            behind = self.case.block(f"{name}b...")
        elif kept is not None and old.to is not None:
            behind = tuple(Item(self.case.size(f"{name}b:{at}")) for at in range(-1 - old.to))
        place = None if kept is None else len(before)
        channels = () if kept is None else (inner.shape[kept],)
        shape = (*before, *channels, *behind)

        def at(indices: Indices) -> Polynomial:
            others = indices if place is None else (*indices[:place], *indices[place + 1 :])
            found = [
                indices[place]
                if place is not None and item == kept
                else function(f"{name}.{item}", inner.shape[item], *others)
                for item in range(len(inner.shape))
            ]
            return inner.at(tuple(found))

        self._moved[term] = Tensor(shape, at, place)
        return self._moved[term]

    def attribute(self, op: OpTerm, name: str) -> Any:
        """What the attribute of an op is: a Python value, or a symbol."""
        spec = op.family.spec.attributes.get(name)
        if spec is None:
            raise Beyond(f"{op.family.name} without {name}")
        if name in op.attributes:
            given = op.attributes[name]
            if isinstance(given, Integers):
                raise Beyond("integers of axes and shapes")
            return self._given(given) if isinstance(given, Attribute) else given
        if self.left is None:
            if op.others is None:
                return spec.default
            return Symbol(f"{self.facts.ops.index(op)}.{name}")
        if op.others is not None:
            source = next(old for old in self.facts.ops if old.others is op.others)
            if source.family is not op.family:
                raise Beyond("others() of another op")
            if name not in source.attributes:
                return self.left.attribute(source, name)
        return spec.default

    def _given(self, letter: Attribute) -> Any:
        fixed = self.facts.fixed.get(letter)
        if isinstance(fixed, Fraction):
            return fixed
        return Symbol(self.facts.names[letter])

    def attribute_letter(self, letter: Attribute) -> tuple[Any, bool]:
        """The value of an attribute letter, and whether it is a float."""
        op, name = self.facts.places[letter]
        return self._given(letter), op.family.spec.attributes[name].kind is FLOAT

    def signature(self, op: OpTerm, *depends_on: Any) -> str:
        """A name for what depends on the attributes of an op and on something else."""
        attributes = [
            (name, _hashable(self.attribute(op, name)))
            for name in op.family.spec.attributes
            if name not in op.family.ignored
        ]
        asked = (op.family.name, *attributes, *depends_on)
        if asked not in self._names:
            if self.left:
                raise Beyond(f"a {op.family.name} that the left side does not have")
            self._names[asked] = f"#{op.family.name}{self.facts.ops.index(op)}"
        name = self._names[asked]
        if op in self.facts.unpadded:
            self.unpadded.add(name)
        return name


class _OpOfSide(Op):
    """An op of a side, as its meaning asks for it."""

    def __init__(self, side: Side, term: OpTerm) -> None:
        self.case = side.case
        self.name = term.family.name
        self.operands = tuple(side.operands(term))
        self._side = side
        self._term = term

    def attribute(self, name: str) -> Any:
        return self._side.attribute(self._term, name)

    def known_as(self, *depends_on: Any) -> str:
        return self._side.signature(self._term, *depends_on)

    def is_unpadded(self, window: str) -> bool:
        return window in self._side.unpadded


def _hashable(value: Any) -> Any:
    return value if value.__hash__ else tuple(value)
